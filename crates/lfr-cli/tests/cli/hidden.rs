//! Values that words hide: beside marks, behind labels, as codes for "no answer". The odd row comes first all the same.

use crate::fixture::Place;

/// The row that is odd.
const ODD: usize = 40;

/// A hundred rows with a word and a number beside the cells of `v`.
fn table(v: impl Fn(usize) -> String) -> String {
    let row = |i: usize| format!("{}\t{}\t{}\n", ["x", "y", "z"][i * 5 % 3], v(i), i * 7 % 31);
    ["kind\tv\tq\n".to_owned()].into_iter().chain((0..100).map(row)).collect()
}

/// The rank of the odd row, and what was said.
fn rank(v: impl Fn(usize) -> String, flags: &str) -> (usize, String) {
    let (ids, said) = Place::with("a.tsv", table(v)).ranking(&format!("a.tsv {flags}"));
    (ids.iter().position(|id| *id == ODD.to_string()).unwrap() + 1, said)
}

/// What `lfr columns` says.
fn columns(v: impl Fn(usize) -> String) -> String {
    Place::with("a.tsv", table(v)).lfr("columns a.tsv").ok()
}

#[test]
fn values_with_marks_are_values_however_many_marks_there_are() {
    for marked in [4, 6, 8] {
        let marks = |i: usize| i != ODD && i * 3 % 10 < marked;
        let date =
            |i: usize| if i == ODD { "1971-03-13".into() } else { format!("2024-03-{:02}", i * 11 % 27 + 1) };
        let number = |i: usize| if i == ODD { "980.00".into() } else { format!("6.{:02}", i * 37 % 90 + 10) };
        let dates = rank(|i| if marks(i) { "Never".into() } else { date(i) }, "");
        let numbers = rank(|i| if marks(i) { ["<LOD", "n.b."][i / 10 % 2].into() } else { number(i) }, "");
        for (mark, (rank, said)) in [("`Never`", dates), ("`<LOD`", numbers)] {
            assert_eq!(rank, 1, "{marked} of 10: {said}");
            assert!(said.contains(mark) && said.contains("among its values"), "{said}");
        }
    }
    let slips =
        columns(|i| if i % 20 == 7 { (i * 3).to_string() } else { ["Rome", "Oslo", "Bonn"][i % 3].into() });
    assert!(slips.contains("category"), "{slips}");
}

#[test]
fn more_rows_do_not_turn_values_with_marks_and_slips_into_words() {
    for rows in [100, 1000, 5000] {
        let cell = |i: usize| match i % 50 {
            7 => format!("typo {i}"),
            j if j % 5 < 3 => "Never".into(),
            _ => format!("{}.{}", i % 7, i % 9),
        };
        let content: String = (0..rows).map(|i| format!("{}\t{}\n", cell(i), i % 13)).collect();
        let said = Place::with("a.tsv", format!("v\tq\n{content}")).lfr("columns a.tsv").ok();
        assert!(said.contains("number") && !said.contains("category"), "{rows} rows: {said}");
    }
}

#[test]
fn numbers_behind_one_label_are_compared_by_size() {
    for label in ["#", "Level ", "No. "] {
        let cell = |i: usize| format!("{label}{}", if i == ODD { 9800 } else { i * 7 % 37 + 24 });
        let (rank, said) = rank(cell, "");
        assert_eq!(rank, 1, "{label}: {said}");
        assert!(!said.contains("warning"), "{said}");
        assert!(columns(cell).contains(&format!("number, behind `{}`", label.trim())), "{label}");
    }
    let cell = |i: usize| format!("Level {}", if i == ODD { 9800 } else { i % 12 });
    let (_, said) = rank(cell, "");
    assert!(said.contains("the number of `Level 9800` is far from all others"), "few are names: {said}");
    let (rank, said) = rank(cell, "--columns v=number");
    assert_eq!(rank, 1, "{said}");
}

#[test]
fn what_is_hidden_in_words_is_said() {
    let wind = columns(|i| match i {
        ODD => "N 980 km/h".into(),
        _ => format!("{} {} km/h", ["SW", "N", "E"][i % 3], i * 7 % 9 + 3),
    });
    assert!(wind.contains("the number of `N 980 km/h` is far from all others"), "{wind}");
    let clean = columns(|i| format!("Group {}", i % 4));
    assert!(!clean.contains("far from") && clean.contains("category"), "{clean}");
}

#[test]
fn a_rare_word_among_several_is_first() {
    let words = ["red", "blue", "green", "pink", "gold", "teal"];
    for (sign, odd) in [(";", "plutonium"), (", ", "red, plutonium, blue"), ("|", "plutonium|red")] {
        let cell = |i: usize| match i {
            ODD => odd.to_owned(),
            _ => [words[i % 6], words[(i * 3 + 1) % 6], words[i / 7 % 6]][..i % 3 + 1].join(sign),
        };
        let (rank, said) = rank(cell, "");
        assert_eq!(rank, 1, "{sign}: {said}");
        assert!(!said.contains("warning"), "{said}");
        assert!(columns(cell).contains("7 different"), "{}", columns(cell));
    }
}

#[test]
fn codes_for_no_answer_do_not_rank_above_the_odd_one() {
    let coded = |codes: &'static [&'static str], usual: &dyn Fn(usize) -> usize, odd: &str| {
        rank(
            |i| match i {
                ODD => odd.to_owned(),
                _ if i % 16 == 3 => codes[i / 16 % codes.len()].to_owned(),
                _ => usual(i).to_string(),
            },
            "",
        )
    };
    let answer = |i: usize| i * 7 % 5 + 1;
    let celsius = |i: usize| i * 37 % 80 + 10;
    for (codes, (rank, said)) in [
        ("99, repeated", coded(&["99"], &answer, "9")),
        ("-9, -8, repeated", coded(&["-9", "-8"], &celsius, "300")),
        ("32767, repeated", coded(&["32767"], &celsius, "900")),
    ] {
        assert_eq!(rank, 1, "{codes}: {said}");
        assert!(said.contains(codes) && said.contains("taken for"), "{said}");
    }
}

#[test]
fn readings_that_no_cell_has_are_refused() {
    let place = Place::with("a.tsv", table(|i| format!("2024-03-{:02}", i * 11 % 27 + 1)));
    for (asked, problem) in [
        ("v=number", "`2024-03-01` is no number, nor is any other of its cells; write v=date"),
        ("kind=number", "`x` is no number, nor is any other of its cells; write kind=category"),
        ("kind=date", "`x` is no date"),
        ("kind=time", "`x` is no time of day"),
        ("v=boolean", "`2024-03-01` is no yes or no"),
        ("kind=duration", "`x` is no number"),
        ("kind=number:comma", "`x` is no number"),
        ("q=time", "`0` is no time of day, nor is any other of its cells; write q=number"),
        ("q=category,q=number", "another reading already"),
    ] {
        for command in ["rank", "columns"] {
            place.lfr(&format!("{command} a.tsv --columns {asked}")).refused(problem);
        }
    }
}

#[test]
fn short_prose_is_no_name_of_the_row() {
    let words = ["see", "you", "at", "home", "later", "please", "call", "mum", "about", "dinner"];
    let body = |i: usize| (0..9).map(|j| words[(i * (j + 3) + j * j) % 10]).collect::<Vec<_>>().join(" ");
    let rows =
        (0..100).map(|i| format!("2024-03-{:02},4917{},{} {i}\n", i % 27 + 1, 1000 + i * 37 % 9, body(i)));
    let sms = format!("date,address,body\n{}", rows.collect::<String>());
    let said = Place::with("sms.csv", sms).lfr("columns sms.csv").ok();
    assert!(said.contains("it holds prose (to rank it as text, pass --text body)"), "{said}");
    let letter = |i: usize| char::from(b'A' + (i % 10) as u8);
    let names = columns(|i| format!("{} {} van den Berg", letter(i / 10), letter(i)));
    assert!(names.contains("names the rows"), "{names}");
    let numbered = columns(|i| format!("Ann van den Berg {i}"));
    assert!(numbered.contains("left out: it only counts the rows"), "{numbered}");
}

#[test]
fn messages_of_stop_words_rank_in_the_middle() {
    let words = ["dinner", "train", "home", "ticket", "mum", "garden", "beer", "match", "rain"];
    let line = |i: usize| match i {
        17 => "wire bitcoin to this wallet and win million dollars\n".into(),
        _ if i % 25 == 3 => "and you?\n".into(),
        _ if i % 25 == 9 => "who are you\n".to_owned(),
        _ => (0..5).map(|j| words[(i * (j + 2) + j * j) % 9]).collect::<Vec<_>>().join(" ") + "\n",
    };
    let place = Place::with("chat.txt", (0..100).map(line).collect::<String>() + "!!\n");
    let (ids, said) = place.ranking("chat.txt");
    assert_eq!(ids[..2], ["100", "17"], "{said}");
    assert!(said.contains("1 of 101 documents holds no known word; it ranks first"), "{said}");
    assert!(said.contains("8 of 101 documents hold stop words only; they rank in the middle"), "{said}");
    let rank = |id: &str| ids.iter().position(|other| other == id).unwrap();
    assert!((25..75).contains(&rank("3")) && (25..75).contains(&rank("9")), "{ids:?}");
    place.write("new.txt", "and you?\nstrange unknown things\n");
    let scores = place.lfr("score out/model.safetensors new.txt -q").ok();
    let percentile = |line: &str| line.rsplit(',').next().unwrap().parse::<f64>().unwrap();
    let found: Vec<f64> = scores.lines().skip(1).map(percentile).collect();
    assert!(found[0] < 0.75 && found[1] == 1.0, "{scores}");
}
