//! `lfr columns`.

use std::fmt::Write;

use anyhow::Result;
use lfr::Data;
use lfr::Error;
use lfr::data::{Items, Kind};
use lfr::preprocess::{ColumnReading, TableEncoder, TableOptions};
use serde_json::json;

use crate::args::{ColumnsArgs, EncoderArgs};
use crate::plan;
use crate::terminal::{count, print, print_json, shown};

/// Reads the table and prints how its columns are read.
pub fn run(args: &ColumnsArgs) -> Result<()> {
    let options = TableOptions { columns: args.reading.columns()?, ..TableOptions::default() };
    let data = Data::read(&args.input, &plan::reading(&args.reading, &EncoderArgs::default()))?;
    let rows =
        data.items.iter().filter_map(|items| if let Items::Rows(rows) = items { Some(rows) } else { None });
    let rows: Vec<_> = rows.collect();
    if rows.is_empty() {
        let things = if data.kind == Kind::Images { "pictures" } else { "documents" };
        let problem = format!("{} holds {things}, which have no columns", args.input.display());
        return Err(Error::config("input", args.input.display(), problem).into());
    }
    let columns = TableEncoder::readings_of(&rows, &options)?;
    if args.json {
        return print_json(&json!({ "rows": data.len(), "notes": data.notes, "columns": columns }));
    }
    let mut text = format!("{} rows\n", count(data.len()));
    for note in &data.notes {
        writeln!(text, "note: {}", shown(note))?;
    }
    print((text + &table(&columns)?).as_bytes())
}

/// The columns below one another, with a line for each remark.
pub fn table(columns: &[ColumnReading]) -> Result<String, std::fmt::Error> {
    let width =
        |of: fn(&ColumnReading) -> String| columns.iter().map(|c| of(c).chars().count()).max().unwrap_or(0);
    let (name, kind) = (width(|c| c.name.clone()).min(32), width(ColumnReading::kind).min(40));
    let mut text = String::new();
    for column in columns {
        let mut line = format!("{:name$}  {:kind$}", column.name, column.kind());
        if let Some([low, high]) = &column.range {
            write!(line, "  {low} to {high}")?;
        }
        if column.levels > 0 {
            write!(line, "  {} different", count(column.levels))?;
        }
        if column.missing > 0 {
            write!(line, "  {} missing", count(column.missing))?;
        }
        writeln!(text, "{}", shown(line.trim_end()))?;
        let left_out = column.left_out.iter().map(|reason| format!("left out: {reason}"));
        for remark in left_out.chain(column.remarks()) {
            writeln!(text, "{:name$}    {}", "", shown(&remark))?;
        }
    }
    Ok(text)
}
