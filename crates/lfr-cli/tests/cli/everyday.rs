//! Files that people have, ranked by the default method without a flag: the odd row anyone sees comes first.

use crate::fixture::Place;

/// The identifiers of the ranking of the file `name`, most anomalous first, and what was said.
fn ranking(name: &str, content: impl AsRef<[u8]>) -> (Vec<String>, String) {
    Place::with(name, content).ranking(name)
}

/// Forty rows of `row`, which is told its number and a value: a few dozens, but 900 in row 17.
fn rows(row: impl Fn(usize, i32) -> String) -> String {
    (0..40).map(|i| row(i, if i == 17 { 900 } else { 20 + (i * 7 % 13) as i32 }) + "\n").collect()
}

/// Checks the first row of each `(name, content, id, word)`, and that the word was said; without a word, no warning.
#[track_caller]
fn assert_first(cases: &[(&str, String, &str, &str)]) {
    for (name, content, id, word) in cases {
        let (ids, said) = ranking(&format!("{name}.csv"), content);
        assert_eq!(ids[0], *id, "{name}: {said}");
        assert!(said.contains(word), "{name}: {word:?} is not in {said:?}");
        assert!(!word.is_empty() || !(said.contains("warning") || said.contains("note:")), "{name}: {said}");
    }
}

fn shop(i: usize) -> &'static str {
    ["Rewe", "Shell", "Amazon", "Bahn"][i * 5 % 4]
}

#[test]
fn exports_of_banks() {
    let german = rows(|i, x| format!("{:02}.{:02}.23;{};-{x},50", i % 28 + 1, i / 28 + 1, shop(i)));
    let trailing = rows(|i, x| format!("{:02}.01.2023;{};{x},50{}", i % 28 + 1, shop(i), ["", "-"][i % 2]));
    let swiss = rows(|i, x| format!("{:02}.01.2023;{};CHF {x}'{:03}.50", i % 28 + 1, shop(i), i * 37 % 1000));
    let american =
        rows(|i, x| format!("01/{:02}/2023,{},\"${x},{:03}.50\"", i % 28 + 1, shop(i), i * 37 % 1000));
    let indian = rows(|i, x| {
        let lakhs = if x > 800 { "9,00".into() } else { x.to_string() };
        format!("{:02}/01/2023,{},\"{lakhs},{:02},000.50\"", i % 28 + 1, shop(i), i * 37 % 100)
    });
    let french =
        rows(|i, x| format!("{:02}/01/2023;{};{x}\u{202f}{:03},50 €", i % 28 + 1, shop(i), i * 37 % 1000));
    let brazilian =
        rows(|i, x| format!("{:02}/01/2023;{};R$ {x}.{:03},50", i % 28 + 1, shop(i), i * 37 % 1000));
    let sides = rows(|i, x| {
        format!("{:02}.01.2023;{x},{:02} {}", i % 28 + 1, i * 7 % 100, ["S", "H"][usize::from(i % 5 == 0)])
    });
    let columns = rows(|i, x| {
        let amount = format!("{x}.25");
        let (debit, credit) = if i % 3 == 0 { ("", amount.as_str()) } else { (amount.as_str(), "") };
        format!("2 Jan 20{:02},{},{debit},{credit}", i % 20, shop(i))
    });
    assert_first(&[
        ("german", format!("\"Konto\";12\n\nTag;Text;Betrag\n{german}"), "17", "1 line above"),
        ("trailing-minus", format!("Tag;Text;Betrag\n{trailing}"), "17", ""),
        ("swiss", format!("Tag;Text;Betrag\n{swiss}"), "17", ""),
        ("american", format!("Date,Text,Amount\n{american}"), "17", ""),
        ("indian", format!("Date,Text,Amount\n{indian}"), "17", ""),
        ("french", format!("Date;Libellé;Montant\n{french}"), "17", ""),
        ("brazilian", format!("Data;Texto;Valor\n{brazilian}"), "17", ""),
        ("sides", format!("Tag;Betrag\n{sides}"), "17", "marked S are negative"),
        ("debit-credit", format!("Date,Text,Debit,Credit\n{columns}"), "17", ""),
    ]);
    let (place, name) = (Place::with("german.csv", format!("Tag;Text;Betrag\n{german}")), "german.csv");
    let columns = place.lfr(&format!("columns {name}")).ok();
    assert!(columns.contains("2023-01-01 to 2023-02-12"), "{columns}");
}

#[test]
fn dates_with_one_far_off() {
    let days =
        |row: usize, far: &str| {
            rows(|i, _| {
                if i == row { far.to_owned() } else { format!("{:02}.01.2023;{},5", i % 28 + 1, 40 + i % 7) }
            })
        };
    let logs = rows(|i, x| {
        format!("/{},02/Jan/2023:10:{:02}:00 +0000,{}", i % 3, if x > 800 { 0 } else { i }, 100 + i % 9)
    })
    .replace("02/Jan/2023:10:00:00 +0000,108", "02/Jan/2003:10:00:00 +0000,108");
    let until = rows(|i, _| {
        format!(
            "2023-01-{:02},{}",
            i % 28 + 1,
            if i % 3 == 0 {
                "9999-12-31"
            } else if i == 17 {
                "2123-04-01"
            } else {
                "2023-04-01"
            }
        )
    });
    assert_first(&[
        ("year-typo", format!("Tag;Betrag\n{}", days(17, "05.01.2003;43,5")), "17", ""),
        ("e-dotted", format!("Tag;Betrag\n{}", days(30, "05.01.1883;43,5")), "30", ""),
        ("sentinel", format!("from,until\n{until}"), "17", ""),
        ("web-log", format!("path,time,bytes\n{logs}"), "17", ""),
    ]);
}

#[test]
fn tables_of_laboratories() {
    let limits = rows(|i, x| {
        format!(
            "{},{},{}",
            if i % 6 == 0 { "<5".into() } else { x.to_string() },
            if i % 3 == 0 { "n.d.".into() } else { format!("1.{}", i % 7) },
            if i % 9 == 5 { "> 100".into() } else { (60 + i % 11).to_string() }
        )
    });
    let units = rows(|i, x| format!("{x}.5 °C,{} µS/cm", 400 + i * 7 % 23));
    let below = rows(|i, x| {
        format!("{}.5,{x},{}", i, if i % 8 == 3 { "#N/A".into() } else { format!("25.{}", i % 5) })
    });
    let merged = rows(|i, x| format!("S{},{},{x},{}", i % 7, i % 5, 1010 + i % 9));
    assert_first(&[
        ("limits", format!("Pb,Cd,share\n{limits}"), "17", "`n.d.` among its values"),
        ("units", format!("T,cond\n{units}"), "17", ""),
        ("units-row", format!("t,pH,T\n[s],[-],[°C]\n{below}"), "17", "holds units or the like"),
        (
            "two-names",
            format!(",Temp,,Pressure\nplace,min,max,mean\n{merged}"),
            "17",
            "the first two rows are the names",
        ),
        (
            "mixed-units",
            format!(
                "took\n{}",
                rows(|i, x| if i % 4 == 1 && i != 17 {
                    format!("{}.{x} s", i % 2)
                } else {
                    format!("{x}0 ms")
                })
            ),
            "17",
            "converted to ms",
        ),
    ]);
}

#[test]
fn what_programs_write() {
    let deltas = rows(|i, x| format!("{},{} days 00:{:02}:00", i % 5, x / 100, i % 50 + 5));
    let runs = rows(|i, x| {
        if x > 800 {
            "4:12:30".into()
        } else if i % 6 == 0 {
            format!("1:0{}:10", i % 7)
        } else {
            format!("{}:{:02}", 35 + i % 20, i * 11 % 60)
        }
    });
    let r = rows(|i, x| {
        format!("\"{}\",{},{x}", i + 1, if i % 9 == 4 { "NA".into() } else { (i % 5).to_string() })
    });
    let sql = rows(|i, x| {
        format!(
            "{i},{},{x},{}",
            ["open", "done"][i % 2],
            if i % 3 == 0 { "2023-01-02 00:00:00" } else { "\\N" }
        )
    });
    let psql = rows(|i, x| format!(" {:>3} | {:>6} | {x:>5}", i * i % 91, ["open", "done"][i % 2]));
    let markdown = rows(|i, x| format!("| {} | {} | {x} |", i * i % 91, ["open", "done"][i % 2]));
    assert_first(&[
        ("timedelta", format!("n,took\n{deltas}"), "17", ""),
        ("runs", format!("time\n{runs}"), "17", ""),
        ("r", format!("\"\",\"a\",\"b\"\n{r}"), "18", "names of the rows"),
        ("sql", format!("id,state,amount,closed\n{sql}"), "17", "only counts the rows"),
        (
            "psql",
            format!("  n  | state  | amount\n-----+--------+-------\n{psql}"),
            "17",
            "read as a drawn table",
        ),
        (
            "markdown",
            format!("| n | state | amount |\n|---|---|--:|\n{markdown}"),
            "17",
            "read as a drawn table",
        ),
    ]);
}

#[test]
fn shops_surveys_and_small_tables() {
    let order = |i: usize| match i % 3 {
        0 => format!("desk,€{}.00,{}", 220 + i * 7 % 60, i % 2 + 1),
        1 => format!("chair,€{}.00,{}", 70 + i * 7 % 40, i % 2 + 1),
        _ => format!("lamp,€{}.00,{}", 15 + i * 7 % 20, i % 2 + 1),
    };
    let orders = |odd: &str| -> String {
        let row = |i| (if i == 47 { odd.to_owned() } else { order(i) }) + "\n";
        format!("item,price,n\n{}", (0..120).map(row).collect::<String>())
    };
    let survey = rows(|i, x| {
        format!(
            "{},{x},{}",
            ["yes", "no", "unknown"][i * 5 % 3],
            if i % 9 == 4 { "refused".into() } else { (i % 5 + 1).to_string() }
        )
    });
    assert_first(&[
        ("lamp-as-desk", orders("lamp,€250.00,1"), "47", ""),
        ("rare", orders("piano,€90.00,1"), "47", ""),
        ("typo", orders("chiar,€90.00,1"), "47", ""),
        ("swapped", orders("chair,1,€90.00"), "47", ""),
        ("survey", format!("smoker,age,view\n{survey}"), "17", "`refused`"),
        (
            "eight",
            "name,kg\nAnn,61\nBob,72\nCy,68\nDan,75\nEve,58\nFay,640\nGus,80\nHal,77\n".into(),
            "5",
            "names the rows",
        ),
        ("single", rows(|_, x| format!("{x}.5")), "17", ""),
        (
            "pressure",
            format!("bp,pulse\n{}", rows(|i, x| format!("{}/{},{x}", 110 + i * 3 % 13, 70 + i % 2))),
            "17",
            "",
        ),
    ]);
}

/// The small inputs that went wrong in version 0.1, with what is right.
#[test]
fn inputs_that_once_went_wrong() {
    let dash = |i: usize| match i {
        17 => "999,2\n".to_owned(),
        _ if i % 12 == 5 => format!("-,{}\n", i % 3 + 1),
        _ => format!("{},{}\n", 20 + i * 7 % 50, i % 3 + 1),
    };
    let dashes = |rows: usize| format!("age,kids\n{}", (0..rows).map(dash).collect::<String>());
    let dots =
        rows(|i, x| format!("{},{}", i % 4, if x > 800 { "92.155".into() } else { format!("{}", 800 + x) }));
    let dollars = "item,price\na,\"$1,201.50\"\nb,\"$1,310.00\"\nc,\"$1,150.25\"\nd,\"$1,275.00\"\ne,\"$1,222.10\"\nf,\"$1,198.99\"\n";
    let millions = rows(|i, x| format!("\"{},{x:03},567\",{}", if x > 800 { 91 } else { 1 }, i % 4));
    assert_first(&[
        ("a-dash", dashes(24), "17", ""),
        ("a2-dash100", dashes(100), "17", ""),
        ("b-dots", format!("n,views\n{dots}"), "17", "before three digits"),
        ("d-millions", format!("people,n\n{millions}"), "17", ""),
    ]);
    let place = Place::with("m-dollar6.csv", dollars);
    let columns = place.lfr("columns m-dollar6.csv").ok();
    assert!(columns.contains("number") && columns.contains("1150.25 to 1310"), "{columns}");
}

/// The file holds 24 days, every third one from 2024-01-01 on, as date32.
#[test]
fn the_same_dates_score_the_same_in_every_format() {
    let days = [31, 29, 31];
    let date = |i: usize| {
        let (mut month, mut day) = (0, 1 + 3 * i);
        while day > days[month] {
            day -= days[month];
            month += 1;
        }
        format!("2024-{:02}-{day:02}", month + 1)
    };
    let dates: Vec<String> = (0..24).map(date).collect();
    let place = Place::with("dates.csv", format!("day\n{}\n", dates.join("\n")));
    place.write(
        "dates.jsonl",
        dates.iter().map(|day| format!("{{\"day\": \"{day}\"}}\n")).collect::<String>(),
    );
    place.write("dates.parquet", include_bytes!("../data/dates.parquet"));
    place.lfr("rank dates.csv -o csv --no-report").ok();
    for format in ["jsonl", "parquet"] {
        place.lfr(&format!("rank dates.{format} -o {format} --no-report")).ok();
        assert_eq!(place.read(&format!("{format}/scores.csv")), place.read("csv/scores.csv"), "{format}");
        let score = |input: &str| place.lfr(&format!("score csv/model.safetensors {input}")).ok();
        assert_eq!(score(&format!("dates.{format}")), score("dates.csv"), "{format}");
    }
}
