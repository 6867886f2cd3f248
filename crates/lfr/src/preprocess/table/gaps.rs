//! Cells without a value in columns where every row of training had one.

use super::TableEncoder;
use crate::arrow::array::{Array, RecordBatch};
use crate::arrow::strings;
use crate::preprocess::seen::Oddity;

/// Gaps that are told.
const FEW: usize = 3;

/// Letters of a cell that are shown.
const SHOWN: usize = 40;

impl TableEncoder {
    /// How strange each of `rows` rows is by its gaps, cells without a value where all rows of training had one, from 0 to 1;
    /// empty where no row has a gap. No feature can tell a gap, as training did not know it. Beside the rows of training
    /// the first gap would be a flag raised once, which lies the root of their number out; `d` such distances make it
    /// `d / (1 + d)`. 0 for models of version 0.1, which do not tell how many rows there were.
    pub(crate) fn strangeness(&self, rows: usize, oddities: &[Oddity]) -> Vec<f32> {
        let mut gaps = vec![0_usize; rows];
        let mut places = oddities.iter().flat_map(|oddity| &oddity.gaps).peekable();
        if places.peek().is_none() {
            return Vec::new();
        }
        places.for_each(|&row| gaps[row] += 1);
        let strange = |gaps: usize| {
            let distance = (gaps as f64 * self.fitted_on() as f64).sqrt();
            (distance / (1.0 + distance)) as f32
        };
        gaps.into_iter().map(strange).collect()
    }

    /// Rows of training; 0 where that is not known.
    pub(crate) fn fitted_on(&self) -> usize {
        self.readings.first().map_or(0, |reading| reading.cells)
    }

    /// The first gaps of the rows of `batch` that are `wanted`, each with the place of its row, in the order of rows.
    pub(crate) fn first_gaps(
        &self,
        batch: &RecordBatch,
        oddities: &[Oddity],
        wanted: impl Fn(usize) -> bool,
    ) -> Vec<(usize, String)> {
        let columns = self.columns.iter().zip(oddities);
        let gaps = columns.flat_map(|(column, oddity)| {
            let rows = oddity.gaps.iter().copied().filter(|&row| wanted(row));
            rows.take(FEW).map(|row| (row, column.name.as_str()))
        });
        let mut gaps: Vec<_> = gaps.collect();
        gaps.sort_by_key(|&(row, _)| row);
        gaps.truncate(FEW);
        gaps.into_iter().map(|(row, column)| (row, in_words(batch, column, row))).collect()
    }
}

/// What a cell holds instead of a value.
fn in_words(batch: &RecordBatch, column: &str, row: usize) -> String {
    let cell = batch.column_by_name(column).map(|array| strings(&array.slice(row, 1)));
    let cell = cell.and_then(Result::ok).filter(|cell| cell.is_valid(0));
    let text = cell.as_ref().map(|cell| cell.value(0).trim()).unwrap_or_default();
    if text.is_empty() {
        return format!("`{column}` is empty");
    }
    format!("`{column}` is `{}`", text.chars().take(SHOWN).collect::<String>())
}
