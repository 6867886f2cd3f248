//! What the columns of a table hold.

use crate::arrow::array::{ArrayRef, RecordBatch};
use crate::arrow::datatypes::{DataType, Schema};
use rayon::prelude::*;

use super::TableOptions;
use super::column::find;
use crate::error::{Error, Result};
use crate::preprocess::cells::Cells;
use crate::preprocess::column::{Finding, Looked};
use crate::preprocess::reading::Hints;
use crate::preprocess::summary::{ColumnReading, ReadAs, listed};

/// What was found in every column of a table.
pub(super) struct Looks {
    pub(super) findings: Vec<Finding>,
    /// For people.
    pub(super) readings: Vec<ColumnReading>,
    /// Whether columns of little use are taken, as there is nothing else.
    pub(super) falls_back: bool,
}

/// Whether nothing but columns of little use is left, which are then taken. Prose is better ranked in another way, and a column
/// that only counts the rows says nothing beside words that name them or values that could not be read.
fn falls_back(findings: &[Finding]) -> bool {
    let (kept, others): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.encoding.is_some());
    let counts = kept.iter().all(|finding| finding.reading.read_as == ReadAs::Identifier);
    let better = |finding: &&Finding| match finding.reading.read_as {
        ReadAs::Text => true,
        ReadAs::Identifier => counts,
        ReadAs::Nothing => counts && finding.reading.levels > 0,
        _ => false,
    };
    kept.iter().all(|finding| finding.idle) && !others.iter().any(better)
}

/// The columns of a table, each in one or more runs.
struct Columns<'a> {
    names: &'a [String],
    arrays: &'a [Vec<&'a ArrayRef>],
    options: &'a TableOptions,
}

impl<'a> Columns<'a> {
    fn runs(&self, i: usize) -> impl Iterator<Item = &'a ArrayRef> {
        self.arrays.iter().filter_map(move |run| run.get(i).copied())
    }

    /// Whether it holds numbers, which say nothing about the file. Their cells have 64 bits, so they are made for one column
    /// at a time.
    fn is_number(&self, i: usize) -> bool {
        self.runs(i).all(|array| array.data_type().is_numeric())
    }

    fn cells(&self, i: usize) -> Result<Option<Vec<Cells>>> {
        self.runs(i).map(Cells::read).collect()
    }

    fn looked<'c>(&'c self, i: usize, cells: Option<&'c [Cells]>) -> Looked<'c> {
        let kind = self.runs(i).next().map(|array| kind(array.data_type())).unwrap_or_default();
        Looked::at(&self.names[i], self.options.columns.get(&self.names[i]).copied(), cells, kind)
    }
}

/// What each column holds, and how it was read.
pub(super) fn look(batches: &[&RecordBatch], options: &TableOptions) -> Result<Looks> {
    options.validate()?;
    let schema = batches.first().map(|batch| batch.schema());
    let fields = schema.iter().flat_map(|schema| schema.fields().iter());
    let names: Vec<String> = fields.map(|field| field.name().clone()).collect();
    if let Some(unknown) = options.columns.keys().find(|name| !names.contains(name)) {
        let there: Vec<&str> = names.iter().map(String::as_str).collect();
        let problem = format!("there is no such column; there are {}", listed(&there));
        return Err(Error::config("columns", unknown, problem));
    }
    let arrays = batches.iter().map(|batch| find(batch, &names)).collect::<Result<Vec<_>>>()?;
    let columns = Columns { names: &names, arrays: &arrays, options };
    let texts: Vec<Option<Vec<Cells>>> = (0..names.len())
        .into_par_iter()
        .map(|i| if columns.is_number(i) { Ok(None) } else { columns.cells(i) })
        .collect::<Result<_>>()?;
    let looked = texts.par_iter().enumerate();
    let looked: Vec<Option<Looked<'_>>> = looked
        .map(|(i, cells)| (!columns.is_number(i)).then(|| columns.looked(i, cells.as_deref())))
        .collect();
    let hints = looked.iter().flatten().map(Looked::hints).fold(of_file(schema.as_deref()), Hints::and);
    let settle = |(i, looked): (usize, Option<Looked<'_>>)| match looked {
        Some(looked) => looked.settle(hints, options),
        None => columns.looked(i, columns.cells(i)?.as_deref()).settle(hints, options),
    };
    let settled: Vec<_> = looked.into_par_iter().enumerate().map(settle).collect();
    let findings: Vec<Finding> = settled.into_iter().collect::<Result<_>>()?;
    let mut readings: Vec<ColumnReading> = findings.iter().map(|finding| finding.reading.clone()).collect();
    let falls_back = falls_back(&findings);
    if falls_back {
        // There is nothing better, so they are taken.
        for (reading, finding) in readings.iter_mut().zip(&findings).filter(|(_, finding)| finding.idle) {
            let reason = finding.reading.left_out.clone().unwrap_or_default();
            (reading.left_out, reading.remark) =
                (None, Some(format!("{reason}; used because there is nothing else")));
        }
    }
    Ok(Looks { findings, readings, falls_back })
}

/// The type of a column for people.
fn kind(of: &DataType) -> String {
    match of {
        DataType::Map(..) => "a map".into(),
        DataType::Struct(_) => "a structure".into(),
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::ListView(_) => {
            "a list".into()
        }
        other => other.to_string(),
    }
}

/// What the file's form says about the decimal sign; readers leave it in the schema.
fn of_file(schema: Option<&Schema>) -> Hints {
    match schema.and_then(|schema| schema.metadata().get(DECIMAL)).map(String::as_str) {
        Some("point") => Hints { point_for_certain: true, ..Hints::default() },
        Some("comma") => Hints { comma: 1, ..Hints::default() },
        _ => Hints::default(),
    }
}

/// Key of a schema's metadata: `point` where numbers have a decimal point for certain (JSON), `comma` where a comma is
/// likely (fields separated by semicolons).
pub(crate) const DECIMAL: &str = "lfr.decimal";
