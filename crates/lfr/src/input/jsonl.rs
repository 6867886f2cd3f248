//! JSON lines: an object a line.

use std::collections::HashMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use serde_json::Value;

use super::columns::Columns;
use super::object;
use super::stream::{self, MAX_BATCH};
use super::{Batch, Options, Source};
use crate::data::Quarantined;
use crate::error::{Error, Result};

/// Lines whose keys make the columns.
const SAMPLE: usize = 1000;
/// Most columns, so that nested arrays cannot fill the memory.
const MAX_COLUMNS: usize = 100_000;

/// The objects of a file, plain or gzipped, all values as text. Columns are the keys of the first 1000 lines in the
/// order they turn up; later keys are passed over, absent ones and nulls are missing values. Nested objects and
/// arrays become columns named by their path (`a.b`, `a.0`). Lines that are no object are left out, blank ones too
/// but without a word; rows are numbered by their line from 0.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let mut lines = Lines { path: path.to_owned(), text: stream::open(path)?, number: 0, line: Vec::new() };
    let mut sample: Vec<Row> = Vec::new();
    while sample.len() < SAMPLE && sample.iter().map(|row| row.bytes).sum::<usize>() < MAX_BATCH {
        let Some(row) = lines.next().transpose()? else { break };
        sample.push(row);
    }
    let names = names(path, &sample)?;
    let columns = Columns::choose(path, &names, options)?;
    let picked: Vec<&String> = columns.picked.iter().filter_map(|&i| names.get(i)).collect();
    let fields: Vec<Field> =
        picked.iter().map(|name| Field::new(name.as_str(), DataType::Utf8, true)).collect();
    let kind = columns.kind();
    let mut table = Table {
        path: path.to_owned(),
        places: picked.into_iter().cloned().zip(0..).collect(),
        rows: sample.into_iter().map(Ok).chain(lines),
        schema: Arc::new(Schema::new(fields)),
        columns,
    };
    let chunk = options.chunk;
    Ok(Source::new(kind, path, options, std::iter::from_fn(move || table.batch(chunk).transpose())))
}

/// The number of a line, its length in bytes, and its keys and values or the reason why it has none.
struct Row {
    number: u64,
    bytes: usize,
    cells: Result<Vec<(String, Value)>, String>,
}

fn names(path: &Path, sample: &[Row]) -> Result<Vec<String>> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    for (name, _) in sample.iter().filter_map(|row| row.cells.as_ref().ok()).flatten() {
        let next = seen.len();
        seen.entry(name).or_insert(next);
    }
    let mut names: Vec<_> = seen.into_iter().collect();
    names.sort_unstable_by_key(|&(_, place)| place);
    match (names.len(), sample.first()) {
        (0, None) => Err(Error::Empty { path: path.to_owned(), hint: "it holds no line".into() }),
        (0, Some(Row { cells: Err(reason), .. })) => {
            let problem = format!("not JSON lines (one object a line): {reason}");
            Err(Error::input(path, problem))
        }
        (0, Some(_)) => Err(Error::input(path, "its objects have no keys")),
        (count, _) if count > MAX_COLUMNS => Err(Error::TooLarge {
            path: path.to_owned(),
            what: "the number of columns",
            size: count as u64,
            limit: MAX_COLUMNS as u64,
        }),
        _ => Ok(names.into_iter().map(|(name, _)| name.to_owned()).collect()),
    }
}

/// The rest of a file.
struct Table<I> {
    path: PathBuf,
    rows: I,
    /// Place of each column by its name.
    places: HashMap<String, usize>,
    schema: SchemaRef,
    columns: Columns,
}

impl<I: Iterator<Item = Result<Row>>> Table<I> {
    fn batch(&mut self, most: usize) -> Result<Option<Batch>> {
        let (mut rows, mut bad, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut builders: Vec<_> = self.columns.picked.iter().map(|_| StringBuilder::new()).collect();
        let mut cells: Vec<Option<String>> = vec![None; builders.len()];
        while rows.len() + bad.len() < most && bytes < MAX_BATCH {
            let Some(row) = self.rows.next().transpose()? else { break };
            bytes += row.bytes;
            match row.cells {
                Err(reason) => bad.push(Quarantined { id: row.number.to_string(), reason }),
                Ok(values) => {
                    for (name, value) in values {
                        if let Some(cell) = self.places.get(&name).and_then(|&place| cells.get_mut(place)) {
                            *cell = text(value);
                        }
                    }
                    for (builder, cell) in builders.iter_mut().zip(&mut cells) {
                        builder.append_option(cell.take());
                    }
                    rows.push(row.number);
                }
            }
        }
        if rows.is_empty() && bad.is_empty() {
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|e| Error::input(&self.path, e.to_string()))?;
        self.columns.batch(&self.path, batch, rows, bad).map(Some)
    }
}

fn text(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// The lines of a file, parsed.
struct Lines {
    path: PathBuf,
    text: Box<dyn BufRead + Send>,
    number: u64,
    line: Vec<u8>,
}

impl Iterator for Lines {
    type Item = Result<Row>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            match stream::line(&self.path, &mut self.text, &mut self.line, self.number) {
                Ok(true) => {}
                Ok(false) => return None,
                Err(error) => return Some(Err(error)),
            }
            let number = self.number;
            self.number += 1;
            if !self.line.trim_ascii().is_empty() {
                return Some(Ok(Row {
                    number,
                    bytes: self.line.len(),
                    cells: object::parse(&self.line, number + 1),
                }));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Items;
    use arrow::array::AsArray;
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
        assert_eq!(column(&batches[0], "z"), [Some("1.5".into()), Some("2000.0".into())]);
        assert_eq!(column(&batches[0], "a.x"), [Some("true".into()), None]);
        assert_eq!(column(&batches[0], "a.v.1"), [Some("two".into()), None]);
        assert_eq!(column(&batches[0], "new"), [None, None]);
        assert_eq!(ids, ["0", "2"]);
    }

    #[test]
    fn bad_lines_are_left_out_by_line_at_any_chunk_size() {
        let content = b"{\"a\": 1}\n{\"a\": \nnull\n{\"a\": 2}\n{\"a\": \"\xe9\"}\n";
        for chunk in [1, 2, 100] {
            let (_, ids, bad) = read(content, &lenient(chunk)).unwrap();
            assert_eq!(ids, ["0", "3"]);
            assert_eq!(bad.iter().map(|bad| bad.id.as_str()).collect::<Vec<_>>(), ["1", "2", "4"]);
            assert!(bad[0].reason.starts_with("line 2, column "), "{}", bad[0].reason);
            assert!(bad[1].reason.contains("expected an object"), "{}", bad[1].reason);
        }
    }

    #[test]
    fn other_json_and_keyless_objects_are_errors() {
        let refusal = |content: &[u8]| read(content, &Options::default()).unwrap_err().to_string();
        assert!(refusal(b"[{\"a\": 1}]").contains("begins an array"));
        assert!(refusal(b"{\n\"a\": 1\n}\n").contains("one object a line"));
        assert!(refusal(b"{}\n{}\n").contains("no keys"));
        assert!(refusal(b"\n\n").contains("no line"));
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
