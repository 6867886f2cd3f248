//! Matrices in slices.

use std::ops::Range;

/// A matrix in a slice, whose rows or columns are contiguous.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    pub(super) data: &'a [f32],
    pub(super) rows: usize,
    pub(super) columns: usize,
    pub(super) row_stride: usize,
    pub(super) column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// All of `data` as rows of `columns` numbers.
    pub(crate) fn new(data: &'a [f32], columns: usize) -> Self {
        assert!(
            columns > 0 && data.len().is_multiple_of(columns),
            "{} numbers in rows of {columns}",
            data.len()
        );
        Self { data, rows: data.len() / columns, columns, row_stride: columns, column_stride: 1 }
    }

    /// The transposed matrix.
    pub(crate) fn t(self) -> Self {
        Self {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }

    /// Some of its rows.
    pub(super) fn rows_at(self, range: Range<usize>) -> Self {
        assert!(range.start <= range.end && range.end <= self.rows, "rows of a matrix");
        let data = if range.is_empty() { &[] } else { &self.data[range.start * self.row_stride..] };
        Self { data, rows: range.len(), ..self }
    }

    /// Some of its columns.
    pub(super) fn columns_at(self, range: Range<usize>) -> Self {
        self.t().rows_at(range).t()
    }

    /// Stops where an element lies beyond the slice.
    pub(super) fn check(&self) {
        let last = |n: usize, stride: usize| n.saturating_sub(1) * stride;
        let last = last(self.rows, self.row_stride) + last(self.columns, self.column_stride);
        assert!(self.rows * self.columns == 0 || last < self.data.len(), "operand of a matrix product");
    }
}
