//! The table of cells in docs/reading.md: every row is a column, and is read as the table says.

use std::path::Path;

use serde_json::Value;

use crate::fixture::Place;

/// Parts the cells of a column.
const BETWEEN: &str = " · ";

/// A row of the table.
struct Example<'a> {
    /// The cells of the column.
    cells: Vec<String>,
    /// `--columns x=category`, or nothing.
    flag: &'a str,
    /// `number, decimal comma`
    kind: &'a str,
    /// `3 to 9; 1 unreadable`
    found: &'a str,
}

/// The rows of the table below the heading `Cells`.
fn examples(document: &str) -> Vec<Example<'_>> {
    let (_, table) = document.split_once("| cells | read as | found |\n|---|---|---|\n").unwrap();
    table.lines().take_while(|line| line.starts_with('|')).map(example).collect()
}

fn example(line: &str) -> Example<'_> {
    let parts: Vec<&str> = line.trim_matches(['|', ' ']).split(" | ").collect();
    let [cells, kind, found] = parts.try_into().expect(line);
    let (kind, flag) = kind.split_once(" (`").unwrap_or((kind, ""));
    Example { cells: column(cells), flag: flag.trim_end_matches("`)"), kind, found }
}

/// Cells as written; `…` counts from the number before it to the one behind.
fn column(cells: &str) -> Vec<String> {
    let cells: Vec<&str> = cells.split(BETWEEN).map(|cell| cell.trim_matches('`')).collect();
    let number = |i: usize| cells[i].parse::<usize>().unwrap();
    let texts = cells.iter().enumerate().flat_map(|(i, &cell)| match cell {
        "…" => (number(i - 1) + 1..number(i + 1)).map(|n| n.to_string()).collect(),
        "*empty*" => vec![String::new()],
        text => vec![text.to_owned()],
    });
    texts.collect()
}

/// What `lfr columns` says of the column, in the words of the table.
fn read(example: &Example<'_>) -> (String, String) {
    let row = |(i, cell): (usize, &String)| format!("\"{cell}\",{}\n", ["a", "b"][i % 2]);
    let rows: String = example.cells.iter().enumerate().map(row).collect();
    let place = Place::with("example.csv", format!("x,y\n{rows}"));
    let printed = place.lfr(&format!("columns example.csv --header --json {}", example.flag)).ok();
    let printed: Value = serde_json::from_str(&printed).unwrap();
    let column = &printed["columns"][0];
    (kind(column), found(column))
}

fn kind(column: &Value) -> String {
    let name = match column["read_as"].as_str().unwrap() {
        "boolean" => "yes or no",
        "time" => "time of day",
        name => name,
    };
    let format = column["format"].as_str().unwrap();
    [name, format].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn found(column: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let list = |key: &str| column[key].as_array().cloned().unwrap_or_default();
    let count = |key: &str, word: &str| match column[key].as_u64().unwrap() {
        0 => None,
        count => Some(format!("{count} {word}")),
    };
    let said = |key: &str, words: &str| (!column[key].is_null()).then(|| words.to_owned());
    let range: Vec<String> = list("range").iter().map(text).collect();
    let counts =
        [("levels", "different"), ("missing", "missing"), ("limits", "limits"), ("unread", "unreadable")];
    let parts = [Some(range.join(" to ")).filter(|range| !range.is_empty())]
        .into_iter()
        .chain(counts.map(|(key, word)| count(key, word)))
        .chain(list("marks").into_iter().map(|mark| Some(format!("mark `{}`", text(&mark)))))
        .chain([said("remark", "a warning"), said("left_out", "left out")]);
    parts.flatten().collect::<Vec<_>>().join("; ")
}

#[test]
fn columns_are_read_as_the_table_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/reading.md");
    let document = std::fs::read_to_string(path).unwrap();
    let examples = examples(&document);
    assert!(examples.len() >= 30, "only {} rows found", examples.len());
    for example in examples {
        let expected = (example.kind.to_owned(), example.found.to_owned());
        assert_eq!(read(&example), expected, "{:?}", example.cells);
    }
}
