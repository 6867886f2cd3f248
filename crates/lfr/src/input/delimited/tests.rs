use super::*;
use crate::arrow::array::AsArray;
use crate::data::Items;
use crate::input::delimited::file::Meter;
use proptest::prelude::*;
use std::io;

/// All rows as text, their identifiers, and what was left out.
type Read = (Vec<Vec<String>>, Vec<String>, Vec<Quarantined>);

fn read_with(content: &[u8], options: &Options) -> Result<Read> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let mut source = open(file.path(), options)?;
    let (mut rows, mut ids) = (Vec::new(), Vec::new());
    for chunk in source.by_ref() {
        let chunk = chunk?;
        ids.extend(chunk.ids);
        if let Items::Rows(batch) = chunk.items {
            let cell = |row, column: &ArrayRef| column.as_string::<i32>().value(row).to_owned();
            let row = |row| batch.columns().iter().map(|column| cell(row, column)).collect();
            rows.extend((0..batch.num_rows()).map(row));
        }
    }
    Ok((rows, ids, source.quarantined().to_vec()))
}

fn read(content: &str) -> Result<Read> {
    read_with(content.as_bytes(), &Options { max_bad_fraction: 0.9, ..Options::default() })
}

#[test]
fn marks_quotes_and_line_ends() {
    let (rows, ids, bad) = read("\u{feff}a;b\r\n\"x;\"\"y\"\"\";1\r\n\r\n\"two\nlines\";2").unwrap();
    assert_eq!(rows, [["x;\"y\"", "1"], ["two\nlines", "2"]]);
    assert_eq!((ids, bad.len()), (vec!["0".to_owned(), "1".to_owned()], 0));
}

#[test]
fn a_file_without_names_loses_no_row() {
    let (rows, ids, _) = read("1,2\n3,4\n").unwrap();
    assert_eq!((rows.len(), ids), (2, vec!["0".to_owned(), "1".to_owned()]));
}

#[test]
fn ragged_rows_are_left_out_by_line_at_any_chunk_size() {
    for chunk in [1, 2, 100] {
        let options = Options { chunk, max_bad_fraction: 0.9, ..Options::default() };
        let (rows, ids, bad) = read_with(b"a,b\n1,2\n3\n4,5,6\n7,8\n", &options).unwrap();
        assert_eq!(rows, [["1", "2"], ["7", "8"]]);
        assert_eq!(ids, ["0", "3"]);
        assert_eq!(
            bad[0],
            Quarantined { id: "1".into(), reason: "line 3: expected 2 fields, found 1".into() }
        );
        assert_eq!(bad[1].reason, "line 4: expected 2 fields, found 3");
    }
}

/// The notes of a reading, which are complete at its end.
fn notes(content: &[u8]) -> Vec<String> {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), content).unwrap();
    let options = Options { kind: Some(Kind::Table), max_bad_fraction: 0.9, ..Options::default() };
    let mut source = open(file.path(), &options).unwrap();
    source.by_ref().for_each(|chunk| drop(chunk.unwrap()));
    source.notes()
}

#[test]
fn rows_that_are_not_utf_8_are_windows_1252_and_said() {
    let content = b"a,b\n1,caf\xe9\n3,4 \x80\n5,\xc3\xa9\n";
    let (rows, _, bad) = read_with(content, &Options::default()).unwrap();
    assert_eq!(rows, [["1", "café"], ["3", "4 €"], ["5", "é"]]);
    assert_eq!(bad, []);
    let notes = notes(content);
    assert!(notes[0].starts_with("2 lines are not encoded as UTF-8"), "{notes:?}");
    let options = Options { encoding: Some("koi8-r".into()), ..Options::default() };
    assert_eq!(read_with(b"a,b\n1,\xd1\n", &options).unwrap().0, [["1", "я"]]);
}

#[test]
fn empty_rows_are_skipped_and_counted() {
    let content = b"a,b\n1,2\n,\n , \n\n3,4\n,,,\n";
    let (rows, ids, bad) = read_with(content, &Options::default()).unwrap();
    assert_eq!((rows.len(), ids, bad.len()), (2, vec!["0".to_owned(), "3".to_owned()], 0));
    assert_eq!(notes(content), ["3 empty rows skipped"]);
}

#[test]
fn the_first_column_names_the_rows_where_it_has_no_name() {
    let (rows, ids, _) = read(",x\n7,5\n8,6\n").unwrap();
    assert_eq!((rows, ids), (vec![vec!["5".to_owned()], vec!["6".to_owned()]], vec!["7".into(), "8".into()]));
    assert_eq!(notes(b",x\n7,5\n8,6\n").len(), 1);
    let options = Options { id: Some("x".into()), ..Options::default() };
    let problem = read_with(b",x\n7,5\n8,6\n", &options).unwrap_err().to_string();
    assert!(problem.contains("no column is left"), "{problem}");
}

#[test]
fn rows_may_end_with_a_delimiter() {
    let (rows, _, bad) = read("a,b,\n1,2,\n3,4\n5,6,\n").unwrap();
    assert_eq!((rows.len(), rows[1].as_slice(), bad.len()), (3, &["3".to_owned(), "4".to_owned()][..], 0));
}

#[test]
fn columns_may_be_parted_by_blanks() {
    let (rows, ids, _) = read("    x    y\n  1   20\n 10    3\n").unwrap();
    assert_eq!((rows.len(), rows[1].join(" "), ids.len()), (2, "10 3".to_owned(), 2));
    let options = Options { delimiter: Some(b' '), header: Some(false), ..Options::default() };
    assert_eq!(read_with(b"1  2\n3 4\n", &options).unwrap().0, [["1", "2"], ["3", "4"]]);
}

#[test]
fn lines_are_those_of_the_file_below_titles() {
    let content = "Report\n\na;b;c\n1;2;3\n4;5\n6;7;8\n1;2;9\n";
    let (rows, _, bad) = read(content).unwrap();
    assert_eq!((rows.len(), bad[0].reason.as_str()), (3, "line 5: expected 3 fields, found 2"));
}

#[test]
fn too_many_bad_rows_and_no_rows_are_errors() {
    let found = read_with(b"a,b\n1\n2\n3,4\n", &Options::default());
    assert!(matches!(found, Err(Error::TooManyBad { bad: 2, total: 3, .. })), "{found:?}");
    assert!(matches!(read("a,b\n"), Err(Error::Empty { .. })));
}

#[test]
fn a_quote_never_closed_swallows_nothing_silently() {
    let message = read("a,b\n1,2\n3,\"4\n5,6\n7,8\n").unwrap_err().to_string();
    assert!(message.contains("begins in line 3 is never closed"), "{message}");
    assert!(read("a,b\n1,5\" pipe\n2,x\n").is_ok(), "a mark for inches is not a quote");
}

#[test]
fn a_record_without_end_is_broken_off() {
    let mut meter = Meter { inner: io::repeat(b'a'), left: 1 << 20, quotes: 0 };
    let message = io::copy(&mut meter, &mut io::sink()).unwrap_err().to_string();
    assert!(message.contains("a record is longer"), "{message}");
}

#[test]
fn a_truncated_gzip_says_so() {
    use std::io::Write;
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    (0..5000).for_each(|i| writeln!(gz, "{},{}", i, i * i % 977).unwrap());
    let packed = gz.finish().unwrap();
    assert_eq!(read_with(&packed, &Options::default()).unwrap().0.len(), 5000);
    let message = read_with(&packed[..packed.len() / 2], &Options::default()).unwrap_err().to_string();
    assert!(message.contains("cut short"), "{message}");
}

#[test]
fn nameless_and_repeated_columns_are_renamed() {
    assert_eq!(read("a,,c\n1,2,3\n").unwrap().0.len(), 1);
    let notes = notes(b"a,,a\n1,2,3\n");
    assert!(notes[0].contains("column 2") && notes[1].contains("a (2)"), "{notes:?}");
}

#[test]
fn identifiers_and_labels_stay_out_of_the_rows() {
    let options = Options { id: Some("k".into()), label: Some("y".into()), ..Options::default() };
    let (rows, ids, _) = read_with(b"k,a,y\nx,1,0\nx,2,1\n", &options).unwrap();
    assert_eq!(rows, [["1"], ["2"]]);
    assert_eq!(ids, ["x", "x"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_bytes_make_it_panic(content in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = read_with(&content, &Options::default());
    }

    #[test]
    fn no_text_makes_it_panic(content in "([a-c0-9,;\t|\"\r\n.]|\\PC){0,200}", chunk in 1..5usize) {
        let _ = read_with(content.as_bytes(), &Options { chunk, ..Options::default() });
    }

    #[test]
    fn what_is_written_is_read(rows in prop::collection::vec(("[a-z,;\"\n]{1,8}x", "\\PC{0,8}"), 1..20)) {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(["first", "second"]).unwrap();
        rows.iter().for_each(|(a, b)| writer.write_record([a, b]).unwrap());
        let (found, _, bad) = read(&String::from_utf8(writer.into_inner().unwrap()).unwrap()).unwrap();
        prop_assert_eq!(bad, []);
        let expected: Vec<_> = rows.into_iter().map(|(a, b)| vec![a, b]).collect();
        prop_assert_eq!(found, expected);
    }
}
