//! Files as programs write them: each kind with an item planted in it, which has to be the most anomalous.

use crate::fixture::{Place, Run};

/// Ranks the file `name` of `content`.
fn rank(name: &str, content: impl AsRef<[u8]>, flags: &str) -> (Place, Run) {
    let place = Place::with(name, content);
    let run = place.lfr(&format!("rank {name} -o out --method knn {flags}"));
    (place, run)
}

/// The identifiers of all items, the most anomalous first, and what was said.
fn ranking(name: &str, content: impl AsRef<[u8]>, flags: &str) -> (Vec<String>, String) {
    let (place, run) = rank(name, content, flags);
    let said = run.stderr.clone();
    run.ok();
    let scores = place.read("out/scores.csv");
    let mut rows: Vec<(usize, String)> = scores
        .lines()
        .skip(1)
        .map(|line| {
            let fields: Vec<&str> = line.split(',').collect();
            (fields[2].parse().unwrap(), fields[0].to_owned())
        })
        .collect();
    rows.sort();
    (rows.into_iter().map(|(_, id)| id).collect(), said)
}

/// Thirty rows of `row`, with one planted at 17.
fn rows(row: impl Fn(usize, i32) -> String) -> String {
    (0..30).map(|i| row(i, if i == 17 { 999 } else { 10 + (i * 7 % 11) as i32 })).collect()
}

#[track_caller]
fn assert_planted(name: &str, content: impl AsRef<[u8]>, flags: &str, id: &str, note: &str) {
    let (ids, said) = ranking(name, content, flags);
    assert_eq!((ids.len(), ids[0].as_str()), (30, id), "{said}");
    assert!(said.contains(note), "{note:?} is not in {said:?}");
    assert!(!note.is_empty() || !(said.contains("warning") || said.contains("note:")), "{said}");
}

#[test]
fn names_may_be_years() {
    let years =
        "land,2019,2020,2021\nL0,10,12,11\nL1,11,13,12\nL2,12,14,11\nL3,10,15,12\nL4,11,12,11\nL5,12,13,12\n";
    let (mut ids, _) = ranking("c-years.csv", years, "");
    ids.sort();
    assert_eq!(ids, ["0", "1", "2", "3", "4", "5"]);
    let content = rows(|i, x| format!("L{i},{x},{},{}\n", i % 5 + 11, i % 3 + 10));
    assert_planted("a.csv", format!("land,2019,2020,2021\n{content}"), "--ignore land", "17", "");
}

#[test]
fn a_nameless_first_column_names_the_rows() {
    let (mut ids, said) = ranking("f-index.csv", ",x\n0,5\n1,6\n2,7\n3,5\n4,6\n5,7\n", "");
    ids.sort();
    assert_eq!(ids, ["0", "1", "2", "3", "4", "5"]);
    assert!(said.contains("names of the rows"), "{said}");
    let content = rows(|i, x| format!("r{i},{x},{}\n", i % 5));
    assert_planted("a.csv", format!(",x,y\n{content}"), "", "r17", "names of the rows");
}

#[test]
fn a_declared_delimiter_is_obeyed() {
    let (ids, _) = ranking("n-sep.csv", "sep=;\nx;y\n1;2\n3;4\n5;9\n", "");
    assert_eq!(ids.len(), 3);
    assert_planted("a.csv", format!("sep=;\nx;y\n{}", rows(|i, x| format!("{x};{}\n", i % 5))), "", "17", "");
}

#[test]
fn titles_comments_and_empty_rows_are_skipped_and_said() {
    let content = rows(|i, x| format!("{i}.5;{x};a\n"));
    let bank = format!("Account: 12 34; exported 01.02.2024\n\nsum;amount;code\n{content}");
    assert_planted("a.csv", bank, "", "17", "1 line above the table skipped");
    let commented = format!("# made on Monday\nx,y\n{}", rows(|i, x| format!("{x},{}\n", i % 5)));
    assert_planted("a.csv", commented, "", "17", "begin with # are skipped");
    let holes = format!("x,y\n,\n,,\n{}", rows(|i, x| format!("{x},{},\n", i % 5)));
    assert_planted("a.csv", holes.replace("x,y\n", "x,y,\n"), "", "19", "2 empty rows skipped");
}

#[test]
fn encodings_change_nothing() {
    let text = format!("größe,ort\n{}", rows(|i, x| format!("{x},Köln{}\n", i % 2)));
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert_planted("a.csv", &text, "", "17", "");
    assert_planted("a.csv", &latin, "", "17", "31 lines are not encoded as UTF-8");
    assert_planted("a.csv", &latin, "--encoding latin1", "17", "");
    assert_planted("a.csv", &wide, "", "17", "read as UTF-16LE");
}

#[test]
fn a_text_that_is_a_table_is_read_as_one() {
    let content = rows(|i, x| format!("  {x:>4}   {}.5\n", i % 5));
    assert_planted("a.txt", format!("     x     y\n{content}"), "", "17", "--kind text");
    let (ids, _) = ranking("a.txt", rows(|i, x| format!("{x}\t{}\n", i % 5)), "--kind table --no-header");
    assert_eq!(ids[0], "17");
}

#[test]
fn a_key_that_comes_late_counts() {
    let content: String = (0..1000).map(|i| format!("{{\"a\": {}}}\n", i % 7)).collect();
    let (ids, _) = ranking("p-late.jsonl", format!("{content}{{\"a\": 6, \"boom\": 999}}\n"), "");
    assert_eq!((ids.len(), ids[0].as_str()), (1001, "1000"));
}

#[test]
fn arrays_of_records_are_read() {
    let records = rows(|i, x| format!("  {{\n    \"x\": {x},\n    \"v\": [{}, {}.5]\n  }},\n", i % 5, i % 3));
    let records = records.trim_end_matches(",\n");
    assert_planted("a.json", format!("[\n{records}\n]\n"), "", "17", "");
    assert_planted(
        "a.json",
        format!("{{\"count\": 30, \"data\": [\n{records}\n]}}"),
        "",
        "17",
        "the array `data`",
    );
}

/// Written by openpyxl 3.1, xlwt 1.3 and odfpy 1.4: forty orders, of which the one at 17 is too large.
#[test]
fn workbooks_of_every_program_are_read() {
    let workbooks = [
        ("orders.xlsx", &include_bytes!("../data/orders.xlsx")[..]),
        ("orders.xls", include_bytes!("../data/orders.xls")),
        ("orders.ods", include_bytes!("../data/orders.ods")),
    ];
    for (name, content) in workbooks {
        let (ids, said) = ranking(name, content, "");
        assert_eq!((ids.len(), ids[0].as_str()), (40, "17"), "{name}: {said}");
    }
    let (_, said) = ranking("orders.xlsx", workbooks[0].1, "--sheet Orders");
    assert!(said.contains("2 rows above the table skipped") && !said.contains("--sheet"), "{said}");
    rank("orders.xlsx", workbooks[0].1, "--sheet Sheet1").1.refused("there are Notes, Orders");
}

#[test]
fn a_model_reads_new_data_as_it_read_its_own() {
    let place = Place::with("a.dat", rows(|i, x| format!("{x}^{}\n", i % 5)));
    place.lfr("fit a.dat -o m.safetensors --method knn --kind table --delimiter ^ --no-header").ok();
    let scores = place.lfr("score m.safetensors a.dat").ok();
    assert_eq!(scores.lines().count(), 31);
    place.lfr("score m.safetensors a.dat --delimiter ;").refused("f0");
    place.lfr("rank a.dat --delimiter ::").refused("one ASCII character");
}

#[test]
fn hostile_tables_are_refused_in_a_sentence() {
    for (file, content, problem) in [
        ("kids.parquet", &include_bytes!("../data/kids.parquet")[..], "more columns than it describes"),
        ("nest311.parquet", include_bytes!("../data/nest311.parquet"), "nested deeper"),
        ("pages-n.parquet", include_bytes!("../data/pages-n.parquet"), "more columns than it describes"),
        ("pages-g.parquet", include_bytes!("../data/pages-g.parquet"), "damaged"),
        ("dictblow.parquet", include_bytes!("../data/dictblow.parquet"), "times the bytes of the file"),
    ] {
        Place::with(file, content).lfr(&format!("rank {file} --method knn")).refused(problem);
    }
    let rest = "{\"a\":1}\n".repeat(20);
    let names = format!("{{\"{}\":[0{}]}}\n{rest}", "k".repeat(1 << 16), ",0".repeat(1000));
    Place::with("a.jsonl", names).lfr("rank a.jsonl --method knn").refused("the length of all names");
    let zeros = format!("{{\"a\":[0{}]}}\n{rest}", ",0".repeat(200_000));
    Place::with("a.jsonl", zeros).lfr("rank a.jsonl --method knn").refused("the number of values");
}
