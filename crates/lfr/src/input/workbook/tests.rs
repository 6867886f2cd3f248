use std::io::Write;

use crate::arrow::array::AsArray;
use crate::arrow::datatypes::{DataType, Float64Type};
use zip::write::SimpleFileOptions;

use super::*;
use crate::data::Items;

/// A workbook of sheets by name, a row a line.
fn xlsx(sheets: &[(&str, &str)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut add = |name: &str, content: String| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content.as_bytes()).unwrap();
    };
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006/relationships";
    add("[Content_Types].xml", "<Types/>".into());
    add(
        "_rels/.rels",
        format!(
            "<Relationships xmlns=\"{package}\"><Relationship Id=\"r\" Type=\"{office}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    let (mut entries, mut links) = (String::new(), String::new());
    for (number, (name, _)) in (1..).zip(sheets) {
        entries += &format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"r{number}\"/>");
        links += &format!(
            "<Relationship Id=\"r{number}\" Type=\"{office}/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
        );
    }
    links += &format!("<Relationship Id=\"s\" Type=\"{office}/styles\" Target=\"styles.xml\"/>");
    add(
        "xl/workbook.xml",
        format!("<workbook xmlns=\"{main}\" xmlns:r=\"{office}\"><sheets>{entries}</sheets></workbook>"),
    );
    add("xl/_rels/workbook.xml.rels", format!("<Relationships xmlns=\"{package}\">{links}</Relationships>"));
    // Style 1 is a date.
    add(
        "xl/styles.xml",
        format!(
            "<styleSheet xmlns=\"{main}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
        ),
    );
    for (number, (_, rows)) in (1..).zip(sheets) {
        let rows: String = (1..)
            .zip(rows.split('\n'))
            .map(|(row, cells)| format!("<row r=\"{row}\">{}</row>", xml(row, cells)))
            .collect();
        add(
            &format!("xl/worksheets/sheet{number}.xml"),
            format!("<worksheet xmlns=\"{main}\"><sheetData>{rows}</sheetData></worksheet>"),
        );
    }
    zip.finish().unwrap().into_inner()
}

/// Cells separated by `|`: numbers, `d45000` for a date, `true`, `#N/A`, formulas with (`=5`) and without
/// (`=`) result, or text.
fn xml(row: usize, cells: &str) -> String {
    let cell = |(column, cell): (char, &str)| {
        let place = format!("r=\"{column}{row}\"");
        match cell {
            "" => String::new(),
            "true" => format!("<c {place} t=\"b\"><v>1</v></c>"),
            "#N/A" => format!("<c {place} t=\"e\"><v>#N/A</v></c>"),
            "=" => format!("<c {place}><f>A1+1</f></c>"),
            "=text" => format!("<c {place} t=\"str\"><f>IF(A1,&quot;&quot;,1)</f><v></v></c>"),
            _ if cell.starts_with('=') => format!("<c {place}><f>A1+1</f><v>{}</v></c>", &cell[1..]),
            _ if cell.parse::<f64>().is_ok() => format!("<c {place}><v>{cell}</v></c>"),
            _ if cell.starts_with("d4") => format!("<c {place} s=\"1\"><v>{}</v></c>", &cell[1..]),
            _ => format!("<c {place} t=\"inlineStr\"><is><t>{cell}</t></is></c>"),
        }
    };
    ('A'..='Z').zip(cells.split('|')).map(cell).collect()
}

fn read(content: &[u8], options: &Options) -> Result<(RecordBatch, Vec<String>, Vec<String>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.xlsx");
    std::fs::write(&path, content).unwrap();
    let mut source = super::super::open(&path, options)?;
    let chunk = source.by_ref().next().unwrap()?;
    source.by_ref().for_each(|chunk| drop(chunk.unwrap()));
    match chunk.items {
        Items::Rows(rows) => Ok((rows, chunk.ids, source.notes())),
        other => panic!("{other:?}"),
    }
}

#[test]
fn columns_are_typed_and_empty_rows_skipped() {
    let book =
        xlsx(&[("A", "name|day|n|ok|mixed\nx|d45000|1.5|true|1\n\ny|d45001|#N/A||z\nz|d45002|3|true|")]);
    let (rows, ids, notes) = read(&book, &Options::default()).unwrap();
    let schema = rows.schema();
    let types: Vec<_> = schema.fields().iter().map(|field| field.data_type().clone()).collect();
    assert_eq!(
        types,
        [DataType::Utf8, DataType::Date32, DataType::Float64, DataType::Boolean, DataType::Utf8]
    );
    assert_eq!(
        (ids, notes),
        (vec!["0".to_owned(), "2".into(), "3".into()], vec!["1 empty row skipped".to_owned()])
    );
    assert_eq!(
        rows.column(2).as_primitive::<Float64Type>().iter().collect::<Vec<_>>(),
        [Some(1.5), None, Some(3.0)]
    );
}

#[test]
fn formulas_without_results_are_told() {
    let book = xlsx(&[("A", "|a|b|c\n|1|=|=5\n|2|=|=6\n|3|4|=text\n|5|=|=7")]);
    let (rows, _, notes) = read(&book, &Options::default()).unwrap();
    assert_eq!(
        rows.column(1).as_primitive::<Float64Type>().iter().collect::<Vec<_>>(),
        [None, None, Some(4.0), None]
    );
    let told = "formulas were saved without their results and count as missing, in the columns b (3)";
    assert!(notes.len() == 1 && notes[0].starts_with(told), "{notes:?}");
}

#[test]
fn the_first_sheet_with_a_table_is_read_or_the_one_asked_for() {
    let book = xlsx(&[("About", "made by me"), ("Data", "a\n1\n2"), ("More", "b\n3\n4\n5")]);
    let name =
        |options: &Options| read(&book, options).map(|(rows, ..)| rows.schema().field(0).name().clone());
    assert_eq!(name(&Options::default()).unwrap(), "a");
    assert!(read(&book, &Options::default()).unwrap().2[0].contains("`Data`"));
    for sheet in ["More", "3"] {
        assert_eq!(name(&Options { sheet: Some(sheet.into()), ..Options::default() }).unwrap(), "b");
    }
    let message =
        name(&Options { sheet: Some("None".into()), ..Options::default() }).unwrap_err().to_string();
    assert!(message.contains("`sheet` = None") && message.contains("About, Data, More"), "{message}");
}

#[test]
fn titles_numbers_as_names_and_row_names_are_as_in_csv() {
    let book = xlsx(&[("A", "Report of May\n\n|2019|2020\nx|10|12\ny|11|13")]);
    let (rows, ids, notes) = read(&book, &Options::default()).unwrap();
    assert_eq!((rows.num_columns(), ids), (2, vec!["x".to_owned(), "y".into()]));
    assert_eq!(rows.schema().field(1).name(), "2020");
    assert!(notes.iter().any(|note| note == "2 rows above the table skipped"), "{notes:?}");
}

#[test]
fn what_is_no_workbook_says_so() {
    let book = xlsx(&[("A", "a\n1")]);
    for content in [&book[..book.len() / 2], b"PK\x03\x04nothing"] {
        assert!(read(content, &Options::default()).is_err());
    }
    let message = read(&xlsx(&[("A", "a")]), &Options::default()).unwrap_err().to_string();
    assert!(message.contains("none of its sheets"), "{message}");
    for at in (0..book.len()).step_by(7) {
        let mut damaged = book.clone();
        damaged[at] ^= 0x55;
        let _ = read(&damaged, &Options::default());
    }
}
