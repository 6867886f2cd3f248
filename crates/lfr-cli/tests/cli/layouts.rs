//! Tables that banks, instruments and office programs lay out in their own ways: names, rows and the planted row.

use crate::fixture::Place;

/// Ranks `content` and checks how many rows there are, that row `id` is first, that there is a column of each of
/// `names`, and that each of `words` was said; without words, that nothing was.
#[track_caller]
fn assert_read(name: &str, content: &str, count: usize, id: &str, names: &[&str], words: &[&str]) {
    let place = Place::with(name, content);
    let (ids, said) = place.ranking(name);
    assert_eq!((ids.len(), ids[0].as_str()), (count, id), "{name}: {said}");
    let columns = place.lfr(&format!("columns {name}")).ok();
    for name in names {
        assert!(columns.lines().any(|line| line.starts_with(&format!("{name} "))), "{name:?}: {columns}");
    }
    for word in words {
        assert!(said.contains(word), "{name}: {word:?} is not in {said:?}");
    }
    assert!(!words.is_empty() || !(said.contains("warning") || said.contains("note:")), "{name}: {said}");
}

/// Sixty rows of `row`, which is told its number and a value: a few dozens, but 900 in row 17.
fn rows(row: impl Fn(usize, i32) -> String) -> String {
    (0..60).map(|i| row(i, if i == 17 { 900 } else { 40 + (i * 7 % 13) as i32 }) + "\n").collect()
}

fn shop(i: usize) -> &'static str {
    ["Rewe", "Shell", "Amazon", "Bahn"][i * 5 % 4]
}

#[test]
fn amounts_above_and_below_a_table_do_not_decide_on_the_delimiter() {
    let rows = rows(|i, x| format!("{:02}.03.2024;{};{x},20", i % 28 + 1, shop(i)));
    let table = format!("Tag;Text;Betrag\n{rows}");
    let names = ["Tag", "Text", "Betrag"];
    for (head, foot, words) in [
        ("Stand;1.234,56 EUR\n", "Alt;9.234,56 EUR\n", "1 line above the table skipped"),
        ("", "Alt;9.234,56 EUR\nNeu;10.234,56 EUR\n", "could not be read"),
        ("Stand;1.234,56 EUR\nKonto;7, privat\n\n", "Alt;9.234,56 €\n", "2 lines above the table skipped"),
    ] {
        assert_read("bank.csv", &format!("{head}{table}{foot}"), 60, "17", &names, &[words]);
    }
}

#[test]
fn any_number_of_comments_stands_above_a_table() {
    let head: String = (0..45).map(|i| format!("# p{i}: {i}\n")).collect();
    let names = ["Time", "Force", "Ext"];
    let csv = rows(|i, x| format!("{}.5,{x},{}", i % 9, i * 3 % 11));
    let commented = "lines that begin with # are skipped as comments";
    assert_read("a.csv", &format!("{head}Time,Force,Ext\n{csv}"), 60, "17", &names, &[commented]);
    let commas = head.replace(": ", ",1,");
    assert_read("a.csv", &format!("{commas}Time,Force,Ext\n{csv}"), 60, "17", &names, &[commented]);
    let blanks = rows(|i, x| format!("{}.5 {x} {}", i % 9, i * 3 % 11));
    assert_read("a.txt", &format!("{head}Time Force Ext\n{blanks}"), 60, "17", &names, &[commented]);
    let fixed = rows(|i, x| format!("{:<14}{x:>7}{:>7}", ["New York", "Rome"][i % 2], i * 3 % 11));
    let fixed = format!("{:<14}{:>7}{:>7}\n{fixed}", "Time", "Force", "Ext");
    assert_read("a.txt", &format!("{head}{fixed}"), 60, "17", &names, &[commented]);
    let tabs = csv.replace(',', "\t");
    let usgs = format!("{head}Time\tForce\tExt\n5s\t15s\t20d\n{tabs}");
    for name in ["a.txt", "a.csv"] {
        assert_read(name, &usgs, 60, "17", &names, &[commented, "holds units or the like"]);
    }
    let settings: String = (0..45).map(|i| format!("Param{i},7\n")).collect();
    let above = "45 lines above the table skipped";
    assert_read("a.csv", &format!("{settings}Time,Force,Ext\n{csv}"), 60, "17", &names, &[above]);
}

#[test]
fn years_stand_above_names() {
    let table = rows(|i, x| format!("R{i},{x}.5,{},{}.5,{}", i % 5, 40 + i * 5 % 9, i % 4));
    let names = ["2023 Sales", "2023 Ret", "2024 Sales", "2024 Ret"];
    let said = "the first two rows are the names of the columns";
    for head in [
        "Region,2023,,2024,\n,Sales,Ret,Sales,Ret\n",
        "year,2023,2023,2024,2024\nkind,Sales,Ret,Sales,Ret\nRegion,,,,\n",
        "year,2023,2023,2024,2024\nkind,Sales,Ret,Sales,Ret\n",
    ] {
        let (ids, _) = Place::with("a.csv", format!("{head}{table}")).ranking("a.csv");
        assert_read("a.csv", &format!("{head}{table}"), 60, &ids[0], &names, &[said]);
        assert!(["17", "R17"].contains(&ids[0].as_str()), "{ids:?}");
    }
}

#[test]
fn files_joined_with_their_marks_and_titles_are_one_table() {
    let mark = "\u{feff}";
    let part = |from: usize| -> String {
        rows(|i, x| format!("{},{x}.5,{}", ["red", "blue"][(i + from) % 2], i % 9))
    };
    let (first, again) = (part(0), part(1).replace("900.5", "45.5"));
    for names in ["kind,total,items", "\"kind\",\"total\",\"items\""] {
        let table = format!("{mark}{names}\n{first}{mark}{names}\n{again}");
        let said = "1 row repeats the names of the columns and is left out";
        assert_read("a.csv", &table, 120, "17", &["kind", "total", "items"], &[said]);
    }
    let bank = |more: &str| -> String {
        rows(|i, x| format!("\"{:02}.02.2024\";\"{}{more}\";\"{x},20\";", i % 28 + 1, shop(i)))
    };
    let names = "\"Tag\";\"Text\";\"Betrag\";\n";
    let (giro, visa) = (bank(""), bank(" Visa").replace("900,20", "45,20"));
    let joined = format!("\"Giro\";\"60 Tage\";\n\n{names}{giro}\n\"Visa\";\"60 Tage\";\n\n{names}{visa}");
    // The title between them is a row without its last cell.
    assert_read("a.csv", &joined, 121, "60", &["Tag", "Text", "Betrag"], &["1 row repeats the names"]);
}

#[test]
fn blanks_before_quotes_are_skipped() {
    let table = rows(|i, x| format!("\"{}, dark\", \"1,{x:03}\", {}.5", shop(i), i % 9));
    let table = format!("\"kind\", \"total\", \"items\"\n{table}").replace("1,900", "9,900");
    assert_read("a.csv", &table, 60, "17", &["kind", "total", "items"], &[]);
    let columns = Place::with("a.csv", &table).lfr("columns a.csv").ok();
    assert!(columns.contains("1040 to 9900") && columns.contains("4 different"), "{columns}");
    let plain = table.replace("\", \"", "\",\"").replace("\", ", "\",");
    let place = Place::with("a.csv", plain);
    let (unspaced, _) = place.ranking("a.csv");
    assert_eq!(Place::with("a.csv", &table).ranking("a.csv").0, unspaced);
}

#[test]
fn names_are_kept_where_rows_are_parted_otherwise() {
    let names = ["kind", "total", "items"];
    let table = rows(|i, x| format!("{};{x},20;{}", shop(i), i % 9));
    assert_read("a.csv", &format!("kind,total,items\n{table}"), 60, "17", &names, &[]);
    let table = rows(|i, x| format!("{},{x}.20,{}", shop(i), i % 9));
    assert_read("a.csv", &format!("kind,total,items,\n{table}"), 60, "17", &names, &[]);
}

#[test]
fn plates_and_frames() {
    let plate = |plate: usize| -> String {
        let well = |row: usize, i: usize| {
            if (plate, row, i) == (2, 4, 5) { 990 } else { 500 + (row * 7 + i * 5 + plate * 3) % 40 }
        };
        let row = |row: usize| -> String {
            let wells: String = (1..13).map(|i| format!(",0.{}", well(row, i))).collect();
            format!("{}{wells}\n", ["A", "B", "C", "D", "E", "F", "G", "H"][row])
        };
        format!("Plate:,{plate}\n,1,2,3,4,5,6,7,8,9,10,11,12\n{}\n", (0..8).map(row).collect::<String>())
    };
    let (ids, said) = Place::with("a.csv", plate(2)).ranking("a.csv");
    assert_eq!((ids.len(), ids[0].as_str()), (8, "E"), "{said}");
    let plates: String = (0..10).map(plate).collect();
    Place::with("a.csv", plates).lfr("rank a.csv").refused("expected 13 fields, found 2");
    let frame = "===== ======== =====";
    let rst = rows(|i, x| format!("{:<5} {x:>5}.20 {:>5}", ["red", "blue"][i % 2], i % 9));
    let rst = format!("{frame}\nkind  total    items\n{frame}\n{rst}{frame}\n");
    let (ids, said) = Place::with("a.txt", rst).ranking("a.txt");
    assert_eq!((ids.len(), ids[0].as_str()), (60, "17"), "{said}");
}

#[test]
fn quotes_around_whole_lines_are_taken_away() {
    let rows = rows(|i, x| format!("\"\"\"{}, dark\"\",{x}.20,{}\"", shop(i), i % 9));
    let said = "quotes around every line are taken away";
    assert_read(
        "a.csv",
        &format!("\"kind,total,items\"\n{}", rows.replace(", dark", "")),
        60,
        "17",
        &["kind", "total", "items"],
        &[said],
    );
    assert_read(
        "a.csv",
        &format!("\"\"\"kind, x\"\",total,items\"\n{rows}"),
        60,
        "17",
        &["kind, x", "total", "items"],
        &[said],
    );
}

#[test]
fn what_would_be_read_wrongly_is_refused_by_name() {
    let rows = rows(|i, x| format!("{}::{x}::{}", i % 9 + 1, i % 5));
    for (name, content, words) in [
        ("a.txt", rows.clone(), "its columns are separated by `::`"),
        (
            "a.arff",
            format!("@relation x\n@attribute k {{a,b}}\n@data\n{}", rows.replace("::", ",")),
            "an ARFF file",
        ),
        (
            "a.mtx",
            format!("%%MatrixMarket matrix coordinate real\n9 5 60\n{}", rows.replace("::", " ")),
            "Matrix Market",
        ),
    ] {
        Place::with(name, content).lfr(&format!("rank {name}")).refused(words);
    }
    let wide: Vec<u8> = "\u{feff}a,b\n1,2\n3,4\n".chars().flat_map(|c| u32::from(c).to_le_bytes()).collect();
    Place::with("a.csv", wide).lfr("rank a.csv").refused("encoded as UTF-32, which is not read");
    let place = Place::with("a.csv", "a,b\n1,2\n3,4\n");
    place.lfr("rank a.csv --encoding utf-16le").refused("a.csv is encoded as UTF-8");
}
