//! CSV and its like.

mod file;
mod rows;
mod tail;

use std::collections::{HashMap, VecDeque};
use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use crate::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use self::file::{File, sample};
use self::rows::{Pending, Rows};
use self::tail::Tail;
use super::ahead::Ahead;
use super::blanks::Blank;
use super::columns::Columns;
use super::dialect::{Asked, Dialect};
use super::stream::MAX_BATCH;
use super::walk::has_extension;
use super::{Batch, Notes, Options, Source, encoding, unpack};
use crate::data::{Kind, Quarantined};
use crate::error::{Error, Result};
use crate::preprocess::DECIMAL;

/// The rows of a CSV or TSV file, all columns as text; plain or packed. Empty rows are skipped; rows with too few or
/// too many fields and those of a footer are left out. Rows are numbered from 0, those skipped and left out included.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let mut file = File {
        path: path.to_owned(),
        encoding: options.encoding.clone(),
        aligned: None,
        spaced: false,
        start: 0,
        delimiter: b',',
        comments: false,
    };
    let (dialect, aligned) = dialect(&file, options, &notes)?;
    file = File {
        aligned,
        spaced: dialect.spaced,
        start: dialect.start as u64,
        delimiter: dialect.delimiter,
        comments: dialect.comments,
        ..file
    };
    if options.kind != Some(Kind::Table) && !has_extension(&unpack::name(path)?, &["csv", "tsv"]) {
        notes.add("read as a table; --kind text takes every line for a document");
    }
    let columns = Columns::choose(path, &dialect.names, options, &notes)?;
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
    // Fields are parted by one thread, while others hash, encode and score.
    let source = match rayon::current_num_threads() {
        1 => Source::new(kind, path, options, batches),
        _ => {
            let ahead = Ahead::new(batches).map_err(|e| Error::io("read", path, e))?;
            Source::new(kind, path, options, ahead)
        }
    };
    Ok(source.noting(&notes))
}

/// How the file is written, and what parts its columns where no delimiter does.
fn dialect(file: &File, options: &Options, notes: &Notes) -> Result<(Dialect, Option<Blank>)> {
    let mut asked =
        Asked { delimiter: options.delimiter, header: options.header, known: Some(&options.known) };
    let (mut sample, mut whole) = sample(&file.path, &mut file.text(notes)?)?;
    let aligned = || Dialect::aligned(&sample, whole, &options.known);
    let aligned = asked.delimiter.map_or_else(aligned, |delimiter| (delimiter == b' ').then_some(Blank::Run));
    if matches!(&aligned, Some(Blank::Drawn(_))) {
        notes.add("read as a drawn table; its lines, its types and its count of rows are no data");
    }
    if matches!(&aligned, Some(Blank::Drawn(drawn)) if drawn.is_cut(&sample)) {
        notes.warn("the program that printed the table left rows out (…); they are not in the file");
    }
    if aligned.is_some() {
        let text = File { aligned: aligned.clone(), ..file.clone() }.text(notes)?;
        (sample, whole) = self::sample(&file.path, &mut { text })?;
        asked.delimiter = Some(b'\t').filter(|_| aligned != Some(Blank::Quoted));
    }
    if aligned == Some(Blank::Quoted) {
        notes.add("the quotes around every line are taken away");
    }
    let dialect = Dialect::find(&sample, whole, asked, notes);
    Ok((dialect.map_err(|problem| Error::input(&file.path, problem))?, aligned))
}

/// Says how many rows repeat the names of the columns.
pub(super) fn say_repeated(notes: &Notes, count: usize) {
    match count {
        0 => {}
        1 => notes.add("1 row repeats the names of the columns and is left out"),
        n => notes.add(format!("{n} rows repeat the names of the columns and are left out")),
    }
}

/// Where semicolons part the fields, commas stand before the fraction.
fn decimal(delimiter: u8) -> HashMap<String, String> {
    let likely = delimiter == b';';
    likely.then(|| (DECIMAL.to_owned(), "comma".to_owned())).into_iter().collect()
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
            say_empty(&self.notes, self.rows.empty, "row");
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

/// Says how many rows, or what else a `thing` is, hold nothing.
pub(super) fn say_empty(notes: &Notes, count: usize, thing: &str) {
    match count {
        0 => {}
        1 => notes.add(format!("1 empty {thing} skipped")),
        _ => notes.add(format!("{count} empty {thing}s skipped")),
    }
}

#[cfg(test)]
mod tests;
