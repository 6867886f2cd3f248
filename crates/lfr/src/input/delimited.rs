//! CSV and its like.

use std::collections::{HashMap, VecDeque};
use std::io::{self, BufReader, Read};
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use crate::arrow::datatypes::{DataType, Field, Schema, SchemaRef};
use csv::{ByteRecord, Reader, ReaderBuilder, StringRecord};

use super::blanks::{Blank, Blanks};
use super::columns::Columns;
use super::dialect::{Asked, Dialect};
use super::figures::Sums;
use super::stream::{self, MAX_BATCH, MAX_RECORD, Text};
use super::totals;
use super::walk::has_extension;
use super::{Batch, Notes, Options, Source, encoding, unpack};
use crate::data::{Kind, Quarantined};
use crate::error::{Error, Result};
use crate::preprocess::DECIMAL;

/// Bytes looked at to find the dialect.
const SAMPLE: u64 = 4 << 20;

/// The rows of a CSV or TSV file, all columns as text; plain or packed. Empty rows are skipped; rows with too few or
/// too many fields and those of a footer are left out. Rows are numbered from 0, those skipped and left out included.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let mut file = File {
        path: path.to_owned(),
        encoding: options.encoding.clone(),
        aligned: None,
        start: 0,
        delimiter: b',',
        comments: false,
    };
    let (dialect, aligned) = dialect(&file, options, &notes)?;
    file = File {
        aligned,
        start: dialect.start as u64,
        delimiter: dialect.delimiter,
        comments: dialect.comments,
        ..file
    };
    if options.kind != Some(Kind::Table) && !has_extension(&unpack::name(path)?, &["csv", "tsv"]) {
        notes.add("read as a table; --kind text takes every line for a document");
    }
    let columns = Columns::choose(path, &dialect.names, options)?;
    let fields = columns.picked.iter().filter_map(|&i| dialect.names.all.get(i));
    let fields: Vec<Field> = fields.map(|name| Field::new(name, DataType::Utf8, true)).collect();
    let kind = columns.kind();
    let width = dialect.names.all.len();
    let mut table = Table {
        rows: Rows {
            reader: file.reader(&notes)?,
            file,
            width: if dialect.short { 1 } else { width - usize::from(dialect.trailing) }..=width,
            full: width - usize::from(dialect.trailing),
            names: dialect.heading,
            lines: dialect.lines,
            row: 0,
            line: dialect.lines + 1,
            spans_lines: false,
            empty: 0,
            repeated: 0,
            filled: 0,
            foreign: usize::from(dialect.foreign),
        },
        tail: Tail { first: Vec::new(), last: VecDeque::new(), judged: options.keep_footer, spare: None },
        schema: Arc::new(Schema::new_with_metadata(fields, decimal(dialect.delimiter))),
        columns,
        notes: notes.clone(),
    };
    let chunk = options.chunk;
    let batches = std::iter::from_fn(move || table.batch(chunk).transpose());
    Ok(Source::new(kind, path, options, batches).noting(&notes))
}

/// How the file is written, and what parts its columns where no delimiter does.
fn dialect(file: &File, options: &Options, notes: &Notes) -> Result<(Dialect, Option<Blank>)> {
    let mut asked =
        Asked { delimiter: options.delimiter, header: options.header, known: Some(&options.known) };
    let (mut sample, mut whole) = sample(&file.path, &mut file.text(notes)?)?;
    let aligned = || Dialect::aligned(&sample, whole, &options.known);
    let aligned = asked.delimiter.map_or_else(aligned, |delimiter| (delimiter == b' ').then_some(Blank::Run));
    if aligned.is_some() {
        let text = File { aligned: aligned.clone(), ..file.clone() }.text(notes)?;
        (sample, whole) = self::sample(&file.path, &mut { text })?;
        asked.delimiter = Some(b'\t');
    }
    let dialect = Dialect::find(&sample, whole, asked, notes);
    Ok((dialect.map_err(|problem| Error::input(&file.path, problem))?, aligned))
}

/// A file, and where its rows begin.
#[derive(Clone)]
struct File {
    path: PathBuf,
    encoding: Option<String>,
    /// What parts its columns where no delimiter does.
    aligned: Option<Blank>,
    /// Bytes before the first row.
    start: u64,
    delimiter: u8,
    comments: bool,
}

impl File {
    /// All of its text, with tabs for runs of blanks that part its columns.
    fn text(&self, notes: &Notes) -> Result<Text> {
        let text = stream::open(&self.path, self.encoding.as_deref(), notes)?;
        Ok(match &self.aligned {
            Some(blank) => Box::new(BufReader::new(Blanks::new(text, blank.clone()))),
            None => text,
        })
    }

    /// Its records from the first row on.
    fn reader(&self, notes: &Notes) -> Result<Reader<Meter<Text>>> {
        let mut text = self.text(notes)?;
        let skipped = io::copy(&mut text.by_ref().take(self.start), &mut io::sink());
        skipped.map_err(|e| stream::broken(&self.path, &e))?;
        Ok(ReaderBuilder::new()
            .delimiter(self.delimiter)
            .comment(self.comments.then_some(b'#'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Meter { inner: text, left: MAX_RECORD, quotes: 0 }))
    }
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

/// The records of a file that are not empty, with the numbers of their rows.
struct Rows {
    file: File,
    reader: Reader<Meter<Text>>,
    /// Fields that a record may have: the last need not be there where rows end with a delimiter.
    width: RangeInclusive<usize>,
    /// Fields of a record to which nothing is added.
    full: usize,
    /// The row of names.
    names: Option<ByteRecord>,
    /// Lines before the first row.
    lines: u64,
    /// Number of the next row.
    row: u64,
    /// The line in which the last record begins.
    line: u64,
    /// Whether the last record goes over several lines.
    spans_lines: bool,
    /// Rows without content so far.
    empty: usize,
    /// Rows so far that are the names once more.
    repeated: usize,
    /// Rows so far that lack their last cells.
    filled: usize,
    /// Records that were not UTF-8 so far.
    foreign: usize,
}

/// A record on its way.
struct Pending {
    row: u64,
    line: u64,
    record: ByteRecord,
}

impl Rows {
    /// The next record, in the memory of `spare`.
    fn next(&mut self, spare: ByteRecord) -> Result<Option<Pending>> {
        let mut record = spare;
        while self.advance(&mut record)? {
            self.row += 1;
            if record.as_slice().trim_ascii_start().is_empty() {
                self.empty += 1;
            } else if self.names.as_ref().is_some_and(|names| *names == record) {
                self.repeated += 1;
            } else {
                return Ok(Some(Pending { row: self.row - 1, line: self.line, record }));
            }
        }
        Ok(None)
    }

    /// Reads a record; `false` after the last.
    fn advance(&mut self, record: &mut ByteRecord) -> Result<bool> {
        let path = &self.file.path;
        let more = self.reader.read_byte_record(record).map_err(|error| match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                let problem = format!("after line {}: {error}", self.line);
                Error::input(path, problem)
            }
            csv::ErrorKind::Io(error) => stream::broken(path, error),
            _ => Error::input(path, error.to_string()),
        })?;
        if !more && self.spans_lines && self.reader.get_ref().quotes % 2 == 1 {
            let problem = format!("the quoted field that begins in line {} is never closed", self.line);
            return Err(Error::input(path, problem));
        }
        self.spans_lines = record.as_slice().contains(&b'\n');
        self.line = self.lines + record.position().map_or(1, csv::Position::line);
        self.reader.get_mut().left = MAX_RECORD;
        Ok(more)
    }

    /// Whether the record has as many fields as there are columns.
    fn fits(&self, record: &ByteRecord) -> bool {
        self.width.contains(&record.len())
    }

    /// Says which rows were left out or filled up.
    fn say(&self, notes: &Notes) {
        say_repeated(notes, self.repeated);
        match self.filled {
            0 => {}
            1 => notes.add("1 row lacks its last cells, which count as empty"),
            n => notes.add(format!("{n} rows lack their last cells, which count as empty")),
        }
    }

    /// The record as text; what is not UTF-8 is windows-1252.
    fn checked(&mut self, record: ByteRecord) -> StringRecord {
        StringRecord::from_byte_record(record).unwrap_or_else(|error| {
            self.foreign += 1;
            error.into_byte_record().iter().map(|field| encoding::text(field).0).collect()
        })
    }

    /// The figures of all columns over the rows before row number `end`, for which the file is read again.
    fn sums(&self, end: u64) -> Result<Sums> {
        let mut again = Self {
            reader: self.file.reader(&Notes::default())?,
            file: self.file.clone(),
            width: self.width.clone(),
            names: self.names.clone(),
            row: 0,
            line: 0,
            spans_lines: false,
            ..*self
        };
        let (mut sums, mut record) = (Sums::default(), ByteRecord::new());
        while let Some(pending) = again.next(record)?.filter(|pending| pending.row < end) {
            if again.fits(&pending.record) {
                let cells: Vec<_> = pending.record.iter().map(|field| encoding::text(field).0).collect();
                sums.add(cells.iter().map(|cell| &**cell));
            }
            record = pending.record;
        }
        Ok(sums)
    }
}

/// Holds back the last rows until it is known whether they are a footer.
struct Tail {
    /// The first rows, which show what rows are like.
    first: Vec<totals::Row>,
    last: VecDeque<Pending>,
    /// Whether the end was reached, or rows are not looked at.
    judged: bool,
    /// Memory for a record.
    spare: Option<ByteRecord>,
}

impl Tail {
    /// The next row that is no part of a footer.
    fn next(&mut self, rows: &mut Rows, notes: &Notes) -> Result<Option<Pending>> {
        let most = if self.judged { 1 } else { totals::MOST };
        while self.last.len() < most {
            match rows.next(self.spare.take().unwrap_or_default())? {
                Some(pending) => {
                    if !self.judged && self.first.len() < totals::SHOWN && rows.fits(&pending.record) {
                        self.first.push(row(&pending));
                    }
                    self.last.push_back(pending);
                }
                None => {
                    if !std::mem::replace(&mut self.judged, true) {
                        self.judge(rows, notes)?;
                    }
                    break;
                }
            }
        }
        Ok(self.last.pop_front())
    }

    /// Takes the footer from the last rows.
    fn judge(&mut self, rows: &Rows, notes: &Notes) -> Result<()> {
        let narrow = |pending: &&Pending| pending.record.len() <= *rows.width.end();
        let last: Vec<totals::Row> = self.last.iter().rev().take_while(narrow).map(row).collect();
        let last: Vec<totals::Row> = last.into_iter().rev().collect();
        let end = last.first().map_or(0, |row| row.number);
        let count = totals::count(&self.first, &last, || rows.sums(end))?;
        totals::say(notes, &last[last.len() - count..]);
        self.last.truncate(self.last.len() - count);
        Ok(())
    }
}

/// Says how many rows repeat the names of the columns.
pub(super) fn say_repeated(notes: &Notes, count: usize) {
    match count {
        0 => {}
        1 => notes.add("1 row repeats the names of the columns and is left out"),
        n => notes.add(format!("{n} rows repeat the names of the columns and are left out")),
    }
}

/// A record as text.
fn row(pending: &Pending) -> totals::Row {
    let cells = pending.record.iter().map(|field| encoding::text(field).0.into_owned()).collect();
    totals::Row { number: pending.row, cells }
}

/// The rows of a file, batch by batch.
struct Table {
    rows: Rows,
    tail: Tail,
    schema: SchemaRef,
    columns: Columns,
    notes: Notes,
}

impl Table {
    fn batch(&mut self, most: usize) -> Result<Option<Batch>> {
        let (mut rows, mut bad, mut bytes) = (Vec::new(), Vec::new(), 0);
        let mut builders: Vec<_> = self.columns.picked.iter().map(|_| StringBuilder::new()).collect();
        while rows.len() + bad.len() < most && bytes < MAX_BATCH {
            let Some(Pending { row, line, record }) = self.tail.next(&mut self.rows, &self.notes)? else {
                break;
            };
            bytes += record.as_slice().len();
            self.tail.spare = Some(if self.rows.fits(&record) {
                self.rows.filled += usize::from(record.len() < self.rows.full);
                let record = self.rows.checked(record);
                for (builder, &column) in builders.iter_mut().zip(&self.columns.picked) {
                    builder.append_option(record.get(column));
                }
                rows.push(row);
                record.into_byte_record()
            } else {
                let (expected, found) = (self.rows.width.end(), record.len());
                let reason = format!("line {line}: expected {expected} fields, found {found}");
                bad.push(Quarantined { id: row.to_string(), reason });
                record
            });
        }
        if rows.is_empty() && bad.is_empty() {
            say_empty(&self.notes, self.rows.empty);
            self.rows.say(&self.notes);
            encoding::say(&self.notes, self.rows.foreign, "line");
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let path = &self.rows.file.path;
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|e| Error::input(path, e.to_string()))?;
        self.columns.batch(path, batch, rows, bad).map(Some)
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
