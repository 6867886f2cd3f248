use std::sync::Arc;

use super::*;
use crate::arrow::array::{ArrayRef, Float64Array, StringArray};
use crate::preprocess::number::Number;
use crate::preprocess::summary::ReadAs;

fn finding_as(array: ArrayRef, asked: Option<AsAsked>) -> Finding {
    let cells: Vec<Cells> = Cells::read(&array).unwrap().into_iter().collect();
    let looked = Looked::at("x", asked, Some(&cells), String::new());
    let hints = looked.hints();
    looked.settle(hints, &TableOptions::default()).unwrap()
}

fn text(cells: &[&str]) -> Finding {
    finding_as(Arc::new(StringArray::from(cells.to_vec())), None)
}

fn numbers(values: &[f64]) -> Finding {
    finding_as(Arc::new(Float64Array::from(values.to_vec())), None)
}

fn number(finding: &Finding) -> &Number {
    match &finding.encoding {
        Some(Encoding::Number(number)) => number,
        other => panic!("{other:?}"),
    }
}

fn left_out(finding: &Finding) -> &str {
    finding.reading.left_out.as_deref().unwrap_or("not left out")
}

#[test]
fn numbers_flags_and_categories_are_told_apart() {
    let age = text(&["31", " 4e1", "", "29", "35", "33"]);
    let age = number(&age);
    assert_eq!((age.width(), age.median), (2, 33.0));
    let member = text(&["yes", "NO", "yes", "true", "0", "1"]);
    assert_eq!((&number(&member).reading, member.reading.read_as), (&Reading::Boolean, ReadAs::Boolean));
    match text(&["red", "blue", "red", "NA", "blue", "red"]).encoding {
        Some(Encoding::Category(colour)) => {
            let levels: Vec<_> = colour.levels.iter().map(|level| level.name.as_str()).collect();
            assert_eq!(levels, ["red", "blue", ""]);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn useless_columns_are_left_out_with_a_reason() {
    let nothing = text(&["", "NA", "null", "?", "None"]);
    assert_eq!(left_out(&nothing), "all its values are missing");
    let names = text(&["ann", "bob", "cid", "dan"]);
    assert_eq!(left_out(&names), "every value is different, so it names the rows");
    assert_eq!(names.reading.read_as, ReadAs::Identifier);
    let prose = "many words ".repeat(9);
    assert!(left_out(&text(&[&prose, &prose, "few words"])).contains("--text x"));
    assert!([nothing, names].iter().all(|finding| finding.encoding.is_none()));
}

#[test]
fn constants_and_identifiers_are_idle() {
    let constant = numbers(&[1.0; 6]);
    assert!(constant.idle && constant.encoding.is_some());
    assert_eq!(left_out(&constant), "all its values are equal");
    assert!(text(&["a", "a"]).idle);
    assert!(!text(&["a", "", "a"]).idle, "whether it is there tells something");
    assert!(!numbers(&[1.0, f64::NAN, 1.0]).idle);
    let count: Vec<f64> = (1..20).map(f64::from).collect();
    assert!(numbers(&count).idle);
    let asked = finding_as(Arc::new(Float64Array::from(count)), Some(AsAsked::Number(None)));
    assert!(!asked.idle, "asked for");
}

#[test]
fn odd_cells_among_numbers_are_missing_with_a_remark() {
    let mut cells: Vec<String> = (0..100).map(|i| (i * i % 37).to_string()).collect();
    (cells[3], cells[50], cells[60]) = ("abc".into(), "inf".into(), "1e39".into());
    let found = text(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    let remark = "3 cells are no number (\"abc\", \"inf\", \"1e39\") and count as missing";
    assert_eq!(found.reading.remarks(), [remark]);
    assert_eq!(number(&found).missing, 0.03);
    let found = numbers(&[1.0, 2.0, f64::INFINITY, f64::NAN, 1e300]);
    assert_eq!((found.reading.unread, found.reading.missing), (2, 1));
}

#[test]
fn a_dash_is_no_category() {
    let mut cells: Vec<String> = (0..92).map(|i| (30 + i % 21).to_string()).collect();
    cells.extend(vec!["-".to_owned(); 8]);
    cells[40] = "999".into();
    let found = text(&cells.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((found.reading.read_as, found.reading.missing), (ReadAs::Number, 8));
    assert_eq!(found.reading.range, Some(["30".into(), "999".into()]));
}

#[test]
fn dates_have_a_position_and_a_format() {
    let mut days: Vec<String> = (1..29).map(|day| format!("{day:02}.05.2024")).collect();
    days[7] = "soon".into();
    let found = text(&days.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(found.reading.kind(), "date, day.month.year");
    assert_eq!(found.reading.range, Some(["2024-05-01".into(), "2024-05-28".into()]));
    assert_eq!(found.reading.remarks(), ["1 cell is no date (\"soon\") and counts as missing"]);
}

#[test]
fn what_is_asked_for_wins() {
    let array = || Arc::new(StringArray::from(vec!["1", "2", "1", "3"])) as ArrayRef;
    let category = finding_as(array(), Some(AsAsked::Category));
    assert_eq!((category.reading.read_as, category.reading.levels), (ReadAs::Category, 3));
    assert_eq!(left_out(&finding_as(array(), Some(AsAsked::Ignore))), "as asked");
    let epoch = finding_as(array(), Some(AsAsked::Epoch));
    assert_eq!(epoch.reading.range, Some(["1970-01-01 00:00:01".into(), "1970-01-01 00:00:03".into()]));
    let comma = Arc::new(StringArray::from(vec!["1.234", "2.345", "9.999"])) as ArrayRef;
    let comma = finding_as(comma, Some("number:comma".parse().unwrap()));
    assert_eq!(comma.reading.range, Some(["1234".into(), "9999".into()]));
}

#[test]
fn numbers_of_another_size_without_a_unit_are_said() {
    let remark = |cells: &[&str]| text(cells).reading.remark.unwrap_or_default();
    let hours = ["2 h", "3 h", "1 h", "4 h", "2.5 h"];
    let said = remark(&[&hours[..], &["95", "90", "80", "100", "85"]].concat());
    assert!(said.contains("another size") && said.contains("median 90 against 2.5"), "{said}");
    for bare in [&["2", "3", "1", "4", "5"][..], &["95", "2"]] {
        assert_eq!(remark(&[&hours[..], bare].concat()), "");
    }
}

#[test]
fn decimal_numbers_that_may_be_days_are_said() {
    let remark = |name: &str, cells: &[&str]| {
        let array: ArrayRef = Arc::new(StringArray::from(cells.to_vec()));
        let cells: Vec<Cells> = Cells::read(&array).unwrap().into_iter().collect();
        let looked = Looked::at(name, None, Some(&cells), String::new());
        looked.settle(Hints::default(), &TableOptions::default()).unwrap().reading.remark.unwrap_or_default()
    };
    let days = ["17.03", "24.12", "02.04", "30.11", "05.05"];
    assert!(remark("Datum", &days).contains("days and months"));
    assert_eq!(remark("price", &days), "");
    assert_eq!(remark("Datum", &["17.03", "24.92", "02.04", "30.11", "05.05"]), "");
}

#[test]
fn letters_are_temperatures_where_the_name_says_so() {
    let read_as = |name: &str, cells: &[&str]| {
        let array: ArrayRef = Arc::new(StringArray::from(cells.to_vec()));
        let cells: Vec<Cells> = Cells::read(&array).unwrap().into_iter().collect();
        let looked = Looked::at(name, None, Some(&cells), String::new());
        looked.settle(Hints::default(), &TableOptions::default()).unwrap().reading.read_as
    };
    let letters = ["12F", "12K", "14C", "9F", "12F", "12K"];
    assert_eq!(read_as("Max Temp.", &letters), ReadAs::Number);
    assert_ne!(read_as("seat", &letters), ReadAs::Number);
}
