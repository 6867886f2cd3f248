//! A dense layer on sparse rows, as TF-IDF gives them.

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::gradients::add_rows;
use crate::partition::part;
use crate::scratch::Scratch;
use crate::simd::{add_scaled, vectorised};

/// Rows without their zeros: row `i` has `values[starts[i]..starts[i + 1]]` at the columns in `columns`, all of them
/// below `width`.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseRows {
    width: usize,
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    touched: Touched,
}

/// The same numbers by column: column `columns[c]`, in ascending order, has `entries[starts[c]..starts[c + 1]]`, rows with
/// their values.
#[derive(Clone, Debug, Default, PartialEq)]
struct Touched {
    columns: Vec<u32>,
    starts: Vec<usize>,
    entries: Vec<(u32, f32)>,
}

impl SparseRows {
    /// Rows of `width` numbers, each given by columns and values; zeros among these are left out.
    ///
    /// # Panics
    /// If a column is not below `width`, or a row has not as many values as columns.
    pub fn of<'a>(rows: impl IntoIterator<Item = (&'a [u32], &'a [f32])>, width: usize) -> Self {
        let (mut starts, mut columns, mut values) = (vec![0], Vec::new(), Vec::new());
        for (of_row, numbers) in rows {
            check("values of a sparse row", numbers, of_row.len());
            for (&column, &value) in of_row.iter().zip(numbers).filter(|(_, value)| **value != 0.0) {
                assert!((column as usize) < width, "column {column} of rows of {width} numbers");
                columns.push(column);
                values.push(value);
            }
            starts.push(values.len());
        }
        let touched = Touched::new(&starts, &columns, &values);
        Self { width, starts, columns, values, touched }
    }

    /// Of `dense`, rows of `width` numbers.
    ///
    /// # Panics
    /// If `dense` is no whole number of rows.
    pub fn new(dense: &[f32], width: usize) -> Self {
        assert!(width > 0 && dense.len().is_multiple_of(width), "{} numbers in rows of {width}", dense.len());
        let scan = |row: &[f32]| -> (Vec<u32>, Vec<f32>) {
            (0..).zip(row.iter().copied()).filter(|(_, value)| *value != 0.0).unzip()
        };
        let rows: Vec<_> = dense.par_chunks(width).map(scan).collect();
        Self::of(rows.iter().map(|(columns, values)| (&columns[..], &values[..])), width)
    }

    /// How many rows there are.
    pub fn items(&self) -> usize {
        self.starts.len() - 1
    }

    /// Numbers a row, most of them 0.
    pub fn width(&self) -> usize {
        self.width
    }

    /// The columns in which some row has a number, in ascending order.
    pub fn columns(&self) -> &[u32] {
        &self.touched.columns
    }

    /// Columns and values of row `i`.
    pub(crate) fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = self.starts[i]..self.starts[i + 1];
        (&self.columns[range.clone()], &self.values[range])
    }

    /// Rows and values of the `c`-th of [`SparseRows::columns`].
    pub(crate) fn column(&self, c: usize) -> &[(u32, f32)] {
        &self.touched.entries[self.touched.starts[c]..self.touched.starts[c + 1]]
    }

    /// All rows with their zeros.
    pub fn dense(&self) -> Vec<f32> {
        let mut dense = vec![0.0; self.items() * self.width];
        for (i, row) in dense.chunks_exact_mut(self.width.max(1)).enumerate() {
            let (columns, values) = self.row(i);
            columns.iter().zip(values).for_each(|(&column, &value)| row[column as usize] = value);
        }
        dense
    }
}

impl Touched {
    fn new(of_rows: &[usize], columns: &[u32], values: &[f32]) -> Self {
        let rows = of_rows.windows(2).enumerate().flat_map(|(i, of)| (of[0]..of[1]).map(move |at| (i, at)));
        let mut all: Vec<(u64, f32)> =
            rows.map(|(i, at)| (u64::from(columns[at]) << 32 | i as u64, values[at])).collect();
        // A row may name a column twice; its values keep their order.
        all.sort_by_key(|&(place, _)| place);
        let mut touched = Self::default();
        for (place, value) in all {
            let (column, row) = ((place >> 32) as u32, place as u32);
            if touched.columns.last() != Some(&column) {
                touched.columns.push(column);
                touched.starts.push(touched.entries.len());
            }
            touched.entries.push((row, value));
        }
        touched.starts.push(touched.entries.len());
        touched
    }
}

/// Rows of a gradient that may be other than 0, each behind its number: row `f` of a gradient whose rows have `width` numbers
/// stands as `f` and `width` numbers. What is not there is 0. In f32 numbers are exact below 2^24.
#[derive(Clone, Debug, PartialEq)]
pub struct RowGradient {
    /// Numbers a row, its own number aside.
    pub width: usize,
    /// `1 + width` numbers a row, in ascending order.
    pub rows: Vec<f32>,
}

impl RowGradient {
    /// The most rows that a matrix may have.
    pub const MOST: usize = 1 << 24;

    /// The gradient with all its `rows` rows.
    ///
    /// # Panics
    /// If there are fewer.
    pub fn whole(&self, rows: usize) -> Vec<f32> {
        let mut whole = vec![0.0; rows * self.width];
        for row in self.rows.chunks_exact(1 + self.width) {
            whole[row[0] as usize * self.width..][..self.width].copy_from_slice(&row[1..]);
        }
        whole
    }
}

vectorised! {
    /// `to =` the sum of the rows of `weight` that `columns` name, by `values`.
    fn sum_scaled(columns: &[u32], values: &[f32], weight: &[f32], to: &mut [f32]) {
        to.fill(0.0);
        for (&column, &value) in columns.iter().zip(values) {
            add_scaled(to, value, &weight[column as usize * to.len()..][..to.len()]);
        }
    }
}

vectorised! {
    /// `to =` the sum of the rows of `before` that `entries` name, by their values.
    fn sum_column(entries: &[(u32, f32)], before: &[f32], to: &mut [f32]) {
        to.fill(0.0);
        for &(row, value) in entries {
            add_scaled(to, value, &before[row as usize * to.len()..][..to.len()]);
        }
    }
}

/// `y = act(x weight + bias)` for sparse `x`, which is data: it is given no gradient.
///
/// The weight is stored by input (`[inputs, outputs]`, PyTorch's transposed), so that only the rows of the inputs that a
/// batch has are read, and have a gradient.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SparseLinear {
    /// Numbers an item of `x`, most of them 0.
    pub inputs: usize,
    /// Numbers an item of `y`.
    pub outputs: usize,
    /// Applied to each output.
    pub activation: Activation,
}

impl SparseLinear {
    /// Computes `y` (`[items, outputs]`) from `x`, `weight` (`[inputs, outputs]`) and `bias` (`[outputs]`).
    ///
    /// # Panics
    /// If a length does not fit, the width of `x` among them.
    pub fn forward(&self, x: &SparseRows, weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        self.check(x);
        check("weight", weight, self.inputs * self.outputs);
        check("y", y, x.items() * self.outputs);
        bias.inspect(|bias| check("bias", bias, self.outputs));
        y.par_chunks_exact_mut(self.outputs).enumerate().for_each(|(i, y)| {
            let (columns, values) = x.row(i);
            sum_scaled(columns, values, weight, y);
            self.activation.apply(y, bias);
        });
    }

    /// Computes the gradients of weight and bias from those of the output, `dy`. The weight's is written by row, as in
    /// [`RowGradient`], with one row for each of the [columns](SparseRows::columns) of `x`. `y` is what
    /// [`SparseLinear::forward`] gave; with [`Activation::None`] it may be empty.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn backward(
        &self,
        x: &SparseRows,
        [y, dy]: [&[f32]; 2],
        d_rows: &mut [f32],
        d_bias: Option<&mut [f32]>,
    ) {
        self.check(x);
        check("dy", dy, x.items() * self.outputs);
        let mut before = Scratch::dirty(dy.len());
        self.activation.backward(y, dy, &mut before);
        if let Some(d_bias) = d_bias {
            check("the gradient of the bias", d_bias, self.outputs);
            d_bias.fill(0.0);
            add_rows(d_bias, &before);
        }
        let stride = 1 + self.outputs;
        check("the rows of the gradient of the weight", d_rows, x.columns().len() * stride);
        let step = part(x.columns().len());
        d_rows.par_chunks_mut(step * stride).enumerate().for_each(|(at, rows)| {
            for (c, row) in (at * step..).zip(rows.chunks_exact_mut(stride)) {
                row[0] = x.columns()[c] as f32;
                sum_column(x.column(c), &before, &mut row[1..]);
            }
        });
    }

    fn check(&self, x: &SparseRows) {
        assert!(self.inputs * self.outputs > 0, "a size of {self:?} is 0");
        assert_eq!(x.width, self.inputs, "width of x");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zeros_are_left_out() {
        let dense = [0.0, 2.0, 0.0, -0.0, 0.0, 0.0, 1.0, 4.0, 3.0];
        let rows = SparseRows::new(&dense, 3);
        assert_eq!(rows.items(), 3);
        assert_eq!(rows.row(0), (&[1][..], &[2.0][..]));
        assert_eq!(rows.row(1).0.len(), 0);
        assert_eq!(rows.row(2).0, [0, 1, 2]);
        assert_eq!(rows.dense(), dense);
        assert_eq!(SparseRows::new(&[0.0, f32::NAN], 2).columns(), [1]);
        assert_eq!(SparseRows::new(&[], 3).items(), 0);
    }

    #[test]
    fn columns_are_those_of_the_rows() {
        let rows = SparseRows::of([(&[4, 1][..], &[0.5, 2.0][..]), (&[], &[]), (&[1, 3], &[1.0, 0.0])], 5);
        assert_eq!(rows.columns(), [1, 4]);
        assert_eq!(rows.column(0), [(0, 2.0), (2, 1.0)]);
        assert_eq!(rows.column(1), [(0, 0.5)]);
    }

    #[test]
    #[should_panic(expected = "column 5 of rows of 5")]
    fn columns_are_checked() {
        let _ = SparseRows::of([(&[5][..], &[1.0][..])], 5);
    }
}
