//! CSV and its like.

use std::collections::HashMap;
use std::io::{self, BufReader, Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use crate::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::blanks::Blanks;
use super::columns::Columns;
use super::dialect::{Asked, Dialect};
use super::stream::{self, MAX_BATCH, MAX_RECORD, Text};
use super::walk::has_extension;
use super::{Batch, Notes, Options, Source, encoding, unpack};
use crate::data::{Kind, Quarantined};
use crate::error::{Error, Result};
use crate::preprocess::DECIMAL;

/// Bytes looked at to find the dialect.
const SAMPLE: u64 = 4 << 20;

/// The rows of a CSV or TSV file, all columns as text; plain or packed. Empty rows are skipped; rows with too few or
/// too many fields are left out. Rows are numbered from 0, those skipped and left out included.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let mut text = stream::open(path, options.encoding.as_deref(), &notes)?;
    let mut asked = Asked { delimiter: options.delimiter, header: options.header };
    let (mut sample, mut whole) = sample(path, &mut text)?;
    if asked.delimiter.map_or_else(|| Dialect::is_aligned(&sample, whole), |delimiter| delimiter == b' ') {
        text = Box::new(BufReader::new(Blanks::new(Cursor::new(sample).chain(text))));
        (sample, whole) = self::sample(path, &mut text)?;
        asked.delimiter = Some(b'\t');
    }
    let dialect =
        Dialect::find(&sample, whole, asked, &notes).map_err(|problem| Error::input(path, problem))?;
    if options.kind != Some(Kind::Table) && !has_extension(&unpack::name(path)?, &["csv", "tsv"]) {
        notes.add("read as a table; --kind text takes every line for a document");
    }
    let columns = Columns::choose(path, &dialect.names, options)?;
    let fields = columns.picked.iter().filter_map(|&i| dialect.names.all.get(i));
    let fields: Vec<Field> = fields.map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let kind = columns.kind();
    let rest = Cursor::new(sample.split_off(dialect.start)).chain(text);
    let mut table = Table {
        path: path.to_owned(),
        reader: ReaderBuilder::new()
            .delimiter(dialect.delimiter)
            .comment(dialect.comments.then_some(b'#'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Meter { inner: rest, left: MAX_RECORD, quotes: 0 }),
        schema: Arc::new(Schema::new_with_metadata(fields, decimal(dialect.delimiter))),
        columns,
        width: dialect.names.all.len(),
        trailing: dialect.trailing,
        lines: dialect.lines,
        row: 0,
        record: ByteRecord::new(),
        empty: 0,
        foreign: usize::from(dialect.foreign),
        notes: notes.clone(),
    };
    let chunk = options.chunk;
    let batches = std::iter::from_fn(move || table.batch(chunk).transpose());
    Ok(Source::new(kind, path, options, batches).noting(&notes))
}

/// The start of a text, and whether there is no more of it.
fn sample(path: &Path, text: &mut Text) -> Result<(Vec<u8>, bool)> {
    let mut sample = Vec::new();
    let read = text.take(SAMPLE).read_to_end(&mut sample).map_err(|e| stream::broken(path, &e))?;
    Ok((sample, (read as u64) < SAMPLE))
}

/// Where semicolons part the fields, commas stand before the fraction.
fn decimal(delimiter: u8) -> HashMap<String, String> {
    let likely = delimiter == b';';
    likely.then(|| (DECIMAL.to_owned(), "comma".to_owned())).into_iter().collect()
}

/// The rows of a file.
struct Table<R> {
    path: PathBuf,
    reader: Reader<Meter<R>>,
    schema: SchemaRef,
    columns: Columns,
    /// Fields per record.
    width: usize,
    /// Whether the last field need not be there.
    trailing: bool,
    /// Lines before the first row.
    lines: u64,
    /// Number of the next row.
    row: u64,
    /// The last record.
    record: ByteRecord,
    /// Rows without content so far.
    empty: usize,
    /// Records that were not UTF-8 so far.
    foreign: usize,
    notes: Notes,
}

impl<R: Read> Table<R> {
    fn batch(&mut self, most: usize) -> Result<Option<Batch>> {
        let (mut rows, mut bad, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut builders: Vec<_> = self.columns.picked.iter().map(|_| StringBuilder::new()).collect();
        while rows.len() + bad.len() < most && bytes < MAX_BATCH && self.advance()? {
            bytes += self.record.as_slice().len();
            if self.record.as_slice().trim_ascii_start().is_empty() {
                self.empty += 1;
            } else if self.fits() {
                let record = self.checked();
                for (builder, &column) in builders.iter_mut().zip(&self.columns.picked) {
                    builder.append_option(record.get(column));
                }
                rows.push(self.row);
                self.record = record.into_byte_record();
            } else {
                let (line, found) = (self.line(), self.record.len());
                let reason = format!("line {line}: expected {} fields, found {found}", self.width);
                bad.push(Quarantined { id: self.row.to_string(), reason });
            }
            self.row += 1;
        }
        if rows.is_empty() && bad.is_empty() {
            self.say();
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|e| Error::input(&self.path, e.to_string()))?;
        self.columns.batch(&self.path, batch, rows, bad).map(Some)
    }

    /// Says what was met on the way.
    fn say(&self) {
        say_empty(&self.notes, self.empty);
        encoding::say(&self.notes, self.foreign, "line");
    }

    /// Whether the record has as many fields as there are columns.
    fn fits(&self) -> bool {
        let fields = self.record.len();
        fields == self.width || (self.trailing && fields + 1 == self.width)
    }

    /// The line in which the record begins.
    fn line(&self) -> u64 {
        self.lines + self.record.position().map_or(1, csv::Position::line)
    }

    /// The record as text; what is not UTF-8 is windows-1252.
    fn checked(&mut self) -> StringRecord {
        StringRecord::from_byte_record(std::mem::take(&mut self.record)).unwrap_or_else(|error| {
            self.foreign += 1;
            error.into_byte_record().iter().map(|field| encoding::text(field).0).collect()
        })
    }

    /// Reads the next record; `false` after the last.
    fn advance(&mut self) -> Result<bool> {
        let spans_lines = self.record.as_slice().contains(&b'\n');
        let line = self.line();
        let more = self.reader.read_byte_record(&mut self.record).map_err(|error| match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                let problem = format!("after line {line}: {error}");
                Error::input(&self.path, problem)
            }
            csv::ErrorKind::Io(error) => stream::broken(&self.path, error),
            _ => Error::input(&self.path, error.to_string()),
        })?;
        if !more && spans_lines && self.reader.get_ref().quotes % 2 == 1 {
            let problem = format!("the quoted field that begins in line {line} is never closed");
            return Err(Error::input(&self.path, problem));
        }
        self.reader.get_mut().left = MAX_RECORD;
        Ok(more)
    }
}

/// Says how many rows hold nothing.
pub(super) fn say_empty(notes: &Notes, count: usize) {
    match count {
        0 => {}
        1 => notes.add("1 empty row skipped"),
        _ => notes.add(format!("{count} empty rows skipped")),
    }
}

/// Counts quotes, and breaks off a record that does not end.
struct Meter<R> {
    inner: R,
    /// Bytes that the record being read may still have.
    left: usize,
    quotes: usize,
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let problem =
                format!("a record is longer than {} MiB (is a quotation mark missing?)", MAX_RECORD >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let read = self.inner.read(into)?;
        self.left = self.left.saturating_sub(read);
        self.quotes += into.get(..read).unwrap_or(&[]).iter().filter(|&&byte| byte == b'"').count();
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::AsArray;
    use crate::data::Items;
    use proptest::prelude::*;

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
        assert_eq!(
            (rows, ids),
            (vec![vec!["5".to_owned()], vec!["6".to_owned()]], vec!["7".into(), "8".into()])
        );
        assert_eq!(notes(b",x\n7,5\n8,6\n").len(), 1);
        let options = Options { id: Some("x".into()), ..Options::default() };
        let problem = read_with(b",x\n7,5\n8,6\n", &options).unwrap_err().to_string();
        assert!(problem.contains("no column is left"), "{problem}");
    }

    #[test]
    fn rows_may_end_with_a_delimiter() {
        let (rows, _, bad) = read("a,b,\n1,2,\n3,4\n5,6,\n").unwrap();
        assert_eq!(
            (rows.len(), rows[1].as_slice(), bad.len()),
            (3, &["3".to_owned(), "4".to_owned()][..], 0)
        );
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
}
