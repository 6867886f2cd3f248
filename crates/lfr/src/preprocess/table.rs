//! Rows of a table as rows of numbers.

mod column;
mod gaps;
mod look;

use std::collections::BTreeMap;

use crate::arrow::array::{ArrayRef, RecordBatch};
use serde::{Deserialize, Serialize};

use self::column::{Column, find, share_scale};
pub(crate) use self::look::DECIMAL;
use self::look::{Looks, look};
use super::as_asked::AsAsked;
use super::cells::Cells;
use super::column::Finding;
use super::encoding::Encoding;
use super::feature::Feature;
use super::seen::Oddity;
use super::summary::{ColumnReading, ReadAs, warnings};
use crate::data::Matrix;
use crate::error::{Error, Result};

/// From so many columns of zeros and ones on, most of all columns, they share one scale: a rare one must not count for
/// more than a common one where there are hundreds of them.
const FLAGS: usize = 50;

/// How columns of a table become numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableOptions {
    /// Levels of a category that get a feature of their own, the most frequent ones; at least 1.
    pub max_levels: usize,
    /// Share of values among the present cells from which a column of text is one of numbers, dates or times although the
    /// other cells are not marks, in (0, 1\].
    pub numeric_share: f64,
    /// How columns are to be read, by their names; the others are detected.
    pub columns: BTreeMap<String, AsAsked>,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { max_levels: 64, numeric_share: 0.9, columns: BTreeMap::new() }
    }
}

impl TableOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        if self.max_levels == 0 {
            return Err(Error::config("max_levels", 0, "must be at least 1"));
        }
        if !(self.numeric_share > 0.0 && self.numeric_share <= 1.0) {
            return Err(Error::config("numeric_share", self.numeric_share, "must be above 0 and at most 1"));
        }
        Ok(())
    }
}

/// The columns of a table that carry information, and how each becomes features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEncoder {
    columns: Vec<Column>,
    /// How every column was read, those left out included.
    #[serde(default)]
    readings: Vec<ColumnReading>,
    /// Whether rows without a value have no features; not so in models of version 0.1 before it was said.
    #[serde(default)]
    sets_blank_apart: bool,
}

impl TableEncoder {
    /// Detects what each column of the rows (one or more runs of the same columns) holds. The second part
    /// tells which columns are left out or hold odd values, for the user.
    ///
    /// # Errors
    /// [`Error::NoFeatures`] when no column is of use, [`Error::Mismatch`] when the runs have different columns,
    /// [`Error::Config`] when the options name a column that is not there.
    pub fn fit(batches: &[&RecordBatch], options: &TableOptions) -> Result<(Self, Vec<String>)> {
        let Looks { findings, readings, falls_back } = look(batches, options)?;
        let said = warnings(&readings);
        let flags = findings.iter().filter(|finding| finding.binary && !finding.idle).count();
        let kept: Vec<Finding> = findings.into_iter().filter(|finding| falls_back || !finding.idle).collect();
        let sparse = flags >= FLAGS && 2 * flags >= kept.len();
        let mut columns: Vec<Column> = Vec::new();
        let mut shared: Vec<usize> = Vec::new();
        for finding in kept {
            if let Some(encoding) = finding.encoding {
                shared.extend((sparse && finding.binary).then_some(columns.len()));
                columns.push(Column { name: finding.reading.name, encoding });
            }
        }
        if columns.is_empty() {
            return Err(no_features(&said));
        }
        share_scale(&mut columns, &shared);
        Ok((Self { columns, readings, sets_blank_apart: true }, said))
    }

    /// How the columns of the rows would be read, without a fit.
    ///
    /// # Errors
    /// As [`TableEncoder::fit`], but for columns that are of no use.
    pub fn readings_of(batches: &[&RecordBatch], options: &TableOptions) -> Result<Vec<ColumnReading>> {
        look(batches, options).map(|looks| looks.readings)
    }

    /// The only column of prose of a table that has no other column to learn from, which is better ranked as text.
    ///
    /// # Errors
    /// As [`TableEncoder::readings_of`].
    pub fn only_prose(batches: &[&RecordBatch], options: &TableOptions) -> Result<Option<String>> {
        let mut found = None;
        // Most tables show by their first rows that they have more.
        for batches in [&batches[..batches.len().min(1)], batches] {
            let mut readings = Self::readings_of(batches, options)?;
            if readings.iter().any(|reading| reading.left_out.is_none()) {
                return Ok(None);
            }
            readings.retain(|reading| reading.read_as == ReadAs::Text);
            match <[ColumnReading; 1]>::try_from(readings) {
                Ok([only]) => found = Some(only.name),
                Err(_) => return Ok(None),
            }
        }
        Ok(found)
    }

    /// How every column was read in training, those left out included; empty for models of version 0.1.
    pub fn readings(&self) -> &[ColumnReading] {
        &self.readings
    }

    /// The features of `batch`, one row each. Columns are found by name, in any order; others are passed over.
    /// Values are finite whatever the cells hold, as missing and unusable ones count as missing; but those of a row in
    /// which all cells are missing are NaN throughout, see [`Features::featureless`](crate::data::Features::featureless).
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming columns that are absent or of another nature than in training.
    pub fn apply(&self, batch: &RecordBatch) -> Result<Matrix> {
        self.apply_noting(batch, &mut self.no_oddities())
    }

    /// As [`TableEncoder::apply`], and counts for each column what training did not have.
    pub(crate) fn apply_noting(&self, batch: &RecordBatch, oddities: &mut [Oddity]) -> Result<Matrix> {
        let arrays = find(batch, self.columns.iter().map(|column| &column.name))?;
        let width = self.width();
        let mut values = vec![0.0; batch.num_rows() * width];
        let mut at = 0;
        for ((column, array), oddity) in self.columns.iter().zip(&arrays).zip(oddities) {
            oddity.add(column.encoding.encode(&column.name, array, &mut values, width, at)?);
            at += column.encoding.width();
        }
        if self.sets_blank_apart {
            for row in blank(&arrays, batch.num_rows())? {
                values[row * width..(row + 1) * width].fill(f32::NAN);
            }
        }
        Ok(Matrix { cols: width, values })
    }

    /// A count of nothing for each column.
    pub(crate) fn no_oddities(&self) -> Vec<Oddity> {
        vec![Oddity::default(); self.columns.len()]
    }

    /// What scoring saw that training did not, one sentence for each sort.
    pub(crate) fn odd(&self, oddities: &[Oddity]) -> Vec<String> {
        type Count = fn(&Oddity) -> usize;
        const SORTS: [(Count, &str); 4] = [
            (|oddity| oddity.unread, "cells that cannot be read as in training count as missing"),
            (|oddity| oddity.missing, "cells are missing where training had none"),
            (|oddity| oddity.beyond, "values lie beyond the range of training"),
            (|oddity| oddity.unknown, "levels were not in training"),
        ];
        let sentence = |(count, what): (Count, &str)| {
            let named = self.columns.iter().zip(oddities).filter(|(_, oddity)| count(oddity) > 0);
            let names: Vec<&str> = named.map(|(column, _)| column.name.as_str()).collect();
            let total: usize = oddities.iter().map(count).sum();
            (total > 0).then(|| format!("{}: {total} {what}", super::summary::listed(&names)))
        };
        SORTS.into_iter().filter_map(sentence).collect()
    }

    /// The columns that it needs.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The columns that training kept, in their order, and how each becomes features.
    pub(crate) fn encodings(&self) -> impl Iterator<Item = (&str, &Encoding)> {
        self.columns.iter().map(|column| (column.name.as_str(), &column.encoding))
    }

    /// Whether rows without a value have no features.
    pub(crate) fn sets_blank_apart(&self) -> bool {
        self.sets_blank_apart
    }

    /// Features per row.
    pub fn width(&self) -> usize {
        self.columns.iter().map(|column| column.encoding.width()).sum()
    }

    /// The place of each feature's column, in order.
    pub(super) fn columns_of_features(&self) -> Vec<u32> {
        let places = self.columns.iter().zip(0..);
        places.flat_map(|(column, place)| std::iter::repeat_n(place, column.encoding.width())).collect()
    }

    /// What each feature stands for, in order.
    pub fn features(&self) -> Vec<Feature> {
        self.columns.iter().flat_map(Column::features).collect()
    }

    /// Checks an encoder read from a file.
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming a column whose numbers cannot be computed with.
    pub fn validate(&self) -> Result<()> {
        match self.columns.iter().find(|column| !column.encoding.is_sound()) {
            None if !self.columns.is_empty() => Ok(()),
            bad => Err(Error::Mismatch {
                what: "table encoder".into(),
                expected: "columns with finite scales".into(),
                found: bad.map_or("no column".into(), |column| format!("column `{}` without", column.name)),
            }),
        }
    }
}

/// The rows in which all cells are missing.
fn blank(columns: &[&ArrayRef], rows: usize) -> Result<Vec<usize>> {
    let mut blank: Vec<usize> = (0..rows).collect();
    for column in columns {
        if blank.is_empty() {
            break;
        }
        if let Some(cells) = Cells::read(column)? {
            blank.retain(|&row| cells.is_missing(row));
        }
    }
    Ok(blank)
}

fn no_features(warnings: &[String]) -> Error {
    let problem = match warnings {
        [] => "the table has no column except those that --ignore leaves out".into(),
        _ => format!(
            "{}; say how to read one by --columns NAME=number or NAME=category, or rank one as text by --text NAME",
            warnings.join("; ")
        ),
    };
    Error::NoFeatures { problem }
}

#[cfg(test)]
mod tests;
