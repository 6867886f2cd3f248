//! Excel and OpenDocument workbooks.

use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions};
use crate::arrow::datatypes::{Field, FieldRef, Schema};

use super::columns::{Columns, list};
use super::delimited::{say_empty, say_repeated};
use super::figures::Sums;
use super::header::{Heading, MAX_ABOVE};
use super::names::Names;
use super::sheet::{Book, Grid};
use super::totals;
use super::{Notes, Options, Source, typed};
use crate::error::{Error, Result};

/// Rows looked at to find the names.
const SAMPLE: usize = 100 + MAX_ABOVE;
/// A later sheet is the table when it has so many times the rows.
const FEW: usize = 10;

/// The rows of a sheet: the one asked for by name or number (from 1), else that of the training, else the first visible
/// one with the known columns or a table. Columns of numbers, truth values and dates are typed; others are text. Empty
/// rows are skipped, those of a footer are left out. Rows are numbered from 0, those skipped included.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let grid = sheet(path, options, &notes)?;
    let sample = texts(&grid);
    let sample: Vec<Vec<&str>> = sample.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    let heading = Heading::find(&sample, options.header, &options.known);
    let (above, first) = (heading.above, heading.length());
    if above > 0 {
        notes.add(format!("{above} row{} above the table skipped", if above == 1 { "" } else { "s" }));
    }
    let names = match heading.names(&sample, &notes) {
        Some(names) => Names::settle(names, sample.get(first..).unwrap_or_default(), &notes),
        None => Names::numbered(grid.width),
    };
    say_unset(&grid, &names, &notes);
    let columns = Columns::choose(path, &names, options, &notes)?;
    let rows: Vec<_> = grid.rows.into_iter().skip(first).collect();
    let full = |row: &[calamine::Data]| row.iter().any(|cell| !typed::is_missing(cell));
    let again = |row: &[calamine::Data]| {
        heading.named
            && grid.width > 1
            && sample.get(heading.above).is_some_and(|names| typed::texts(row) == *names)
    };
    let repeated = rows.iter().filter(|row| again(row)).count();
    say_repeated(&notes, repeated);
    let full = |row: &[calamine::Data]| full(row) && !again(row);
    let mut numbers: Vec<u64> =
        (0..).zip(&rows).filter(|(_, row)| full(row)).map(|(number, _)| number).collect();
    say_empty(&notes, rows.len() - numbers.len() - repeated, "row");
    let mut rows: Vec<_> = rows.into_iter().filter(|row| full(row)).collect();
    if !options.keep_footer {
        cut_footer(&mut rows, &mut numbers, &notes)?;
    }
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

/// Says which columns have formulas without results.
fn say_unset(grid: &Grid, names: &Names, notes: &Notes) {
    let columns: Vec<String> = grid
        .unset
        .iter()
        .filter_map(|&(place, count)| Some(format!("{} ({count})", names.all.get(place)?)))
        .collect();
    if !columns.is_empty() {
        notes.add(format!(
            "formulas were saved without their results and count as missing, in the columns {}; to have them, open the file \
             in a spreadsheet program and save it",
            list(&columns)
        ));
    }
}

/// The first rows as they read.
fn texts(grid: &Grid) -> Vec<Vec<String>> {
    grid.rows.iter().take(SAMPLE).map(|row| typed::texts(row)).collect()
}

/// Leaves out the last rows where they are no part of the table.
fn cut_footer(rows: &mut Vec<Vec<calamine::Data>>, numbers: &mut Vec<u64>, notes: &Notes) -> Result<()> {
    let row = |place: usize| totals::Row { number: numbers[place], cells: typed::texts(&rows[place]) };
    let first: Vec<totals::Row> = (0..rows.len().min(totals::SHOWN)).map(row).collect();
    let above = rows.len().saturating_sub(totals::MOST);
    let last: Vec<totals::Row> = (above..rows.len()).map(row).collect();
    let count = totals::count(&first, &last, || {
        let mut sums = Sums::default();
        rows[..above].iter().for_each(|row| sums.add(typed::texts(row).iter().map(String::as_str)));
        Ok(sums)
    })?;
    totals::say(notes, &last[last.len() - count..]);
    rows.truncate(rows.len() - count);
    numbers.truncate(rows.len());
    Ok(())
}

/// The cells of the sheet to read.
fn sheet(path: &Path, options: &Options, notes: &Notes) -> Result<Grid> {
    let mut book = Book::open(path)?;
    let (all, visible) = (book.names(false), book.names(true));
    let named = |asked: &String| {
        let number = asked.parse::<usize>().ok().and_then(|n| all.get(n.checked_sub(1)?));
        all.iter().find(|name| *name == asked).or(number)
    };
    if let Some(asked) = &options.sheet {
        let Some(name) = named(asked) else {
            let problem = format!("there is no such sheet in {}; there are {}", path.display(), list(&all));
            return Err(Error::config("sheet", asked, problem));
        };
        return book.read(name);
    }
    let known = &options.known;
    if let Some(name) = known.sheet.as_ref().and_then(named) {
        return book.read(name);
    }
    // A sheet in front that says a few words about the file is not its table.
    let mut best: Option<(&String, Grid)> = None;
    for name in &visible {
        let grid = book.read(name)?;
        let rows = texts(&grid);
        let rows: Vec<Vec<&str>> = rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        if known.place(&rows).is_some() {
            best = Some((name, grid));
            break;
        }
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
