//! JSON: a record a line, an array of records, or a table as pandas lays it out.

use std::path::Path;

use super::keyed::{self, Row};
use super::pandas::{self, Layout};
use super::records::Records;
use super::{Notes, Options, Source, encoding, object};
use crate::error::Result;

/// The records of a file, plain or packed, all values as text. Columns are the keys in the order in which they turn up,
/// for which the file is read twice; absent ones and nulls are missing values. Nested objects and arrays become columns
/// named by their path (`a.b`, `a.0`). What is no list of records but a table as pandas writes
/// it is read as that. Records that are no object are left out, blank lines too but without a word;
/// rows are numbered by their line or element from 0.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let index = match pandas::find(path, options, &notes)? {
        Layout::Table(table) => return table.source(path, options, &notes),
        Layout::Records(index) => index,
    };
    keyed::source(path, options, &notes, &index, || Parsed::open(path, options, &notes))
}

/// The records of a file, parsed.
struct Parsed {
    records: Records,
    record: Vec<u8>,
    /// Records that were not UTF-8 so far.
    foreign: usize,
}

impl Parsed {
    fn open(path: &Path, options: &Options, notes: &Notes) -> Result<Self> {
        Ok(Self { records: Records::open(path, options, notes)?, record: Vec::new(), foreign: 0 })
    }
}

impl keyed::Records for Parsed {
    fn next(&mut self) -> Result<Option<Row>> {
        let Some(number) = self.records.next(&mut self.record)? else { return Ok(None) };
        let (text, foreign) = encoding::text(&self.record);
        self.foreign += usize::from(foreign);
        let cells = object::parse(&text, &self.records.place(number));
        Ok(Some(Row { number, bytes: self.record.len(), cells }))
    }

    fn foreign(&self) -> usize {
        self.foreign
    }

    fn refusal(&self, reason: &str) -> String {
        format!("not JSON lines (one object per line) nor an array of objects: {reason}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::{AsArray, RecordBatch};
    use crate::data::{Items, Quarantined};
    use proptest::prelude::*;

    fn read(content: &[u8], options: &Options) -> Result<(Vec<RecordBatch>, Vec<String>, Vec<Quarantined>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let mut source = open(file.path(), options)?;
        let (mut batches, mut ids) = (Vec::new(), Vec::new());
        for chunk in source.by_ref() {
            let chunk = chunk?;
            ids.extend(chunk.ids);
            if let Items::Rows(batch) = chunk.items {
                batches.push(batch);
            }
        }
        Ok((batches, ids, source.quarantined().to_vec()))
    }

    fn lenient(chunk: usize) -> Options {
        Options { chunk, max_bad_fraction: 0.9, ..Options::default() }
    }

    fn column(batch: &RecordBatch, name: &str) -> Vec<Option<String>> {
        let column = batch.column_by_name(name).unwrap();
        column.as_string::<i32>().iter().map(|cell| cell.map(str::to_owned)).collect()
    }

    #[test]
    fn keys_become_columns_in_the_order_they_turn_up() {
        let content =
            b"{\"z\": 1.5, \"a\": {\"x\": true, \"v\": [1, \"two\"]}}\n\n{\"new\": null, \"z\": 2e3}\n";
        let (batches, ids, _) = read(content, &lenient(10)).unwrap();
        let schema = batches[0].schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names[0], "z");
        assert_eq!(names.len(), 5, "{names:?}");
        assert_eq!(column(&batches[0], "z"), [Some("1.5".into()), Some("2e3".into())]);
        assert_eq!(column(&batches[0], "a.x"), [Some("true".into()), None]);
        assert_eq!(column(&batches[0], "a.v.1"), [Some("two".into()), None]);
        assert_eq!(column(&batches[0], "new"), [None, None]);
        assert_eq!(names, ["z", "a.x", "a.v.0", "a.v.1", "new"]);
        assert_eq!(ids, ["0", "2"]);
    }

    #[test]
    fn bad_lines_are_left_out_by_line_at_any_chunk_size() {
        let content = b"{\"a\": 1}\n{\"a\": \nnull\n{\"a\": 2}\n{\"a\": \"\xe9\"}\n";
        for chunk in [1, 2, 100] {
            let (batches, ids, bad) = read(content, &lenient(chunk)).unwrap();
            assert_eq!(ids, ["0", "3", "4"]);
            assert_eq!(column(batches.last().unwrap(), "a").last(), Some(&Some("é".into())));
            assert_eq!(bad.iter().map(|bad| bad.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
            assert!(bad[0].reason.starts_with("line 2, column "), "{}", bad[0].reason);
            assert!(bad[1].reason.contains("expected an object"), "{}", bad[1].reason);
        }
    }

    #[test]
    fn other_json_and_keyless_objects_are_errors() {
        let refusal = |content: &[u8]| read(content, &Options::default()).unwrap_err().to_string();
        assert!(refusal(b"[1, 2]").contains("neither objects"));
        assert!(refusal(b"a,b\n1,2\n").contains("one object per line"));
        assert!(refusal(b"{}\n{}\n").contains("no keys"));
        assert!(refusal(b"\n\n").contains("no record"));
    }

    #[test]
    fn a_key_that_comes_late_is_a_column() {
        let content = format!("{}{{\"a\": 2, \"late\": 999}}\n", "{\"a\": 1}\n".repeat(2000));
        let (batches, _, _) = read(content.as_bytes(), &lenient(5000)).unwrap();
        assert_eq!(column(&batches[0], "late").last(), Some(&Some("999".into())));
    }

    #[test]
    fn an_array_is_read_as_lines_are() {
        let lines = read(b"{\"a\": 1, \"b\": [2]}\n{\"a\": 3}\n", &lenient(10)).unwrap();
        let array = read(b"[{\"a\": 1, \"b\": [2]},\n {\"a\": 3}]\n", &lenient(10)).unwrap();
        assert_eq!((&lines.0, &lines.1), (&array.0, &array.1));
        let bad = read(b"[{\"a\": 1}, 7, {\"a\": 3}]", &lenient(10)).unwrap().2;
        assert_eq!((bad[0].id.as_str(), bad[0].reason.starts_with("record 2: expected")), ("1", true));
    }

    #[test]
    fn documents_come_from_a_key() {
        let options = Options { text: Some("t".into()), id: Some("k".into()), ..lenient(10) };
        let content = b"{\"k\": 7, \"t\": \"one\"}\n{\"k\": 8}\n{\"t\": \"three\"}\n";
        let (_, ids, bad) = read(content, &options).unwrap();
        assert_eq!(ids, ["7", "2"]);
        assert_eq!(bad[0].reason, "the document is empty");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_bytes_make_it_panic(content in prop::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&content, &Options::default());
        }

        #[test]
        fn no_json_makes_it_panic(content in "([{}\\[\\]:,\"\n]|\"a\"|\"b\":|1|-2\\.5e9|null|\\{\"a\":1\\}\n){0,60}") {
            let _ = read(content.as_bytes(), &lenient(2));
        }
    }
}
