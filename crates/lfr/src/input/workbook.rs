//! Excel and OpenDocument workbooks.

use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use crate::arrow::datatypes::{Field, FieldRef, Schema};

use super::columns::{Columns, list};
use super::delimited::say_empty;
use super::header::{Heading, MAX_ABOVE};
use super::names::Names;
use super::sheet::{Book, Grid};
use super::{Notes, Options, Source, typed};
use crate::error::{Error, Result};

/// Rows looked at to find the names.
const SAMPLE: usize = 100 + MAX_ABOVE;
/// A later sheet is the table when it has so many times the rows.
const FEW: usize = 10;

/// The rows of a sheet: the one asked for by name or number (from 1), else the first visible one with a table. Columns
/// of numbers, truth values and dates are typed; others are text. Empty rows are skipped. Rows are numbered from 0,
/// those skipped included.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let grid = sheet(path, options, &notes)?;
    let sample: Vec<Vec<String>> = grid.rows.iter().take(SAMPLE).map(|row| typed::texts(row)).collect();
    let sample: Vec<Vec<&str>> = sample.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let heading = Heading::find(&sample, options.header);
    let (above, first) = (heading.above, heading.length());
    if above > 0 {
        notes.add(format!("{above} row{} above the table skipped", if above == 1 { "" } else { "s" }));
    }
    let names = match heading.names(&sample, &notes) {
        Some(names) => Names::settle(names, sample.get(first..).unwrap_or_default(), &notes),
        None => Names::numbered(grid.width),
    };
    let columns = Columns::choose(path, &names, options)?;
    let rows: Vec<_> = grid.rows.into_iter().skip(first).collect();
    let full = |row: &[calamine::Data]| row.iter().any(|cell| !typed::is_missing(cell));
    let numbers: Vec<u64> = (0..).zip(&rows).filter(|(_, row)| full(row)).map(|(number, _)| number).collect();
    say_empty(&notes, rows.len() - numbers.len());
    let rows: Vec<_> = rows.into_iter().filter(|row| full(row)).collect();
    let arrays: Vec<ArrayRef> = columns.picked.iter().map(|&place| typed::column(&rows, place)).collect();
    let field = |(&place, array): (&usize, &ArrayRef)| -> FieldRef {
        Arc::new(Field::new(&names.all[place], array.data_type().clone(), true))
    };
    let fields: Vec<FieldRef> = columns.picked.iter().zip(&arrays).map(field).collect();
    let count = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    let table = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), arrays, &count)
        .map_err(|e| Error::input(path, e.to_string()))?;
    let (kind, chunk, own_path) = (columns.kind(), options.chunk, path.to_owned());
    let batches = (0..rows.len()).step_by(chunk).map(move |start| {
        let length = chunk.min(table.num_rows() - start);
        let rows = numbers[start..start + length].to_vec();
        columns.batch(&own_path, table.slice(start, length), rows, Vec::new())
    });
    Ok(Source::new(kind, path, options, batches).noting(&notes))
}

/// The cells of the sheet to read.
fn sheet(path: &Path, options: &Options, notes: &Notes) -> Result<Grid> {
    let mut book = Book::open(path)?;
    let (all, visible) = (book.names(false), book.names(true));
    if let Some(asked) = &options.sheet {
        let number = asked.parse::<usize>().ok().and_then(|n| all.get(n.checked_sub(1)?));
        let Some(name) = all.iter().find(|name| *name == asked).or(number).cloned() else {
            let problem = format!("there is no such sheet in {}; there are {}", path.display(), list(&all));
            return Err(Error::config("sheet", asked, problem));
        };
        return book.read(&name);
    }
    // A sheet in front that says a few words about the file is not its table.
    let mut best: Option<(&String, Grid)> = None;
    for name in &visible {
        let grid = book.read(name)?;
        let most = best.as_ref().map_or(1, |(_, grid)| FEW * grid.rows.len());
        if grid.rows.len() > most {
            best = Some((name, grid));
        }
    }
    if let Some((name, grid)) = best {
        let others: Vec<String> = all.iter().filter(|other| *other != name).cloned().collect();
        if !others.is_empty() {
            notes.add(format!("the sheet `{name}` is read; --sheet names another ({})", list(&others)));
        }
        return Ok(grid);
    }
    Err(Error::Empty { path: path.to_owned(), hint: "none of its sheets holds a table".into() })
}

#[cfg(test)]
mod tests;
