//! A dense layer on sparse rows, as TF-IDF gives them.
#![allow(clippy::needless_range_loop, reason = "loops over lanes read better by index")]

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::gradients::add_rows;
use crate::partition::part;
use crate::scratch::Scratch;
use crate::simd::{LANES, fold, vectorised};

/// Rows without their zeros: row `i` has `values[starts[i]..starts[i + 1]]` at the columns in `columns`, all of them
/// below `width`.
#[derive(Clone, Debug, PartialEq)]
pub struct SparseRows {
    width: usize,
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
}

impl SparseRows {
    /// Of `dense`, rows of `width` numbers.
    ///
    /// # Panics
    /// If `dense` is no whole number of rows.
    pub fn new(dense: &[f32], width: usize) -> Self {
        assert!(width > 0 && dense.len().is_multiple_of(width), "{} numbers in rows of {width}", dense.len());
        let step = part(dense.len() / width) * width;
        let parts: Vec<Self> = dense.par_chunks(step).map(|dense| Self::scan(dense, width)).collect();
        let mut rows = Self { width, starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for part in parts {
            let before = rows.values.len();
            rows.starts.extend(part.starts[1..].iter().map(|start| before + start));
            rows.columns.extend(part.columns);
            rows.values.extend(part.values);
        }
        rows
    }

    fn scan(dense: &[f32], width: usize) -> Self {
        let mut rows = Self { width, starts: vec![0], columns: Vec::new(), values: Vec::new() };
        for row in dense.chunks_exact(width) {
            for (column, &value) in row.iter().enumerate().filter(|(_, value)| **value != 0.0) {
                rows.columns.push(column as u32);
                rows.values.push(value);
            }
            rows.starts.push(rows.values.len());
        }
        rows
    }

    /// How many rows there are.
    pub fn items(&self) -> usize {
        self.starts.len() - 1
    }

    /// Columns and values of row `i`.
    fn row(&self, i: usize) -> (&[u32], &[f32]) {
        let range = self.starts[i]..self.starts[i + 1];
        (&self.columns[range.clone()], &self.values[range])
    }
}

vectorised! {
    /// The inner product of every row with `w`.
    #[allow(unsafe_code, reason = "checking each of the scattered reads keeps them from being vectors")]
    fn products(rows: &SparseRows, w: &[f32], to: &mut [f32]) {
        check("a row of the weight", w, rows.width);
        // SAFETY: every column is below the width, which is the length of `w`.
        let at = |column: u32| unsafe { *w.get_unchecked(column as usize) };
        for (i, to) in to.iter_mut().enumerate() {
            let (columns, values) = rows.row(i);
            let (columns, last_columns) = columns.as_chunks::<LANES>();
            let (values, last_values) = values.as_chunks::<LANES>();
            let mut sums = [0.0; LANES];
            for (columns, values) in columns.iter().zip(values) {
                for l in 0..LANES {
                    sums[l] += values[l] * at(columns[l]);
                }
            }
            let mut rest = 0.0;
            for (&column, value) in last_columns.iter().zip(last_values) {
                rest += value * at(column);
            }
            *to = fold(sums) + rest;
        }
    }
}

vectorised! {
    /// `to =` the sum of all rows, row `i` by `scales[i * step]`.
    #[allow(unsafe_code, reason = "a check a number would take as long as adding it")]
    fn sum_scaled(rows: &SparseRows, scales: &[f32], step: usize, to: &mut [f32]) {
        check("a row of the weight's gradient", to, rows.width);
        to.fill(0.0);
        for i in 0..rows.items() {
            let scale = scales[i * step];
            if scale == 0.0 {
                continue;
            }
            let (columns, values) = rows.row(i);
            for (&column, value) in columns.iter().zip(values) {
                // SAFETY: every column is below the width, which is the length of `to`.
                unsafe { *to.get_unchecked_mut(column as usize) += scale * value };
            }
        }
    }
}

/// `y = act(x weightᵀ + bias)` for sparse `x`, which is data: it is given no gradient.
///
/// One row of the weight stays in the cache while all items meet it, so the scattered accesses cost little.
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
    /// Computes `y` (`[items, outputs]`) from `x`, `weight` (`[outputs, inputs]`) and `bias` (`[outputs]`).
    ///
    /// # Panics
    /// If a length does not fit, the width of `x` among them.
    pub fn forward(&self, x: &SparseRows, weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        assert!(self.inputs * self.outputs > 0, "a size of {self:?} is 0");
        check("weight", weight, self.inputs * self.outputs);
        check("y", y, x.items() * self.outputs);
        bias.inspect(|bias| check("bias", bias, self.outputs));
        if x.items() == 0 {
            return;
        }
        let mut by_output = Scratch::dirty(y.len());
        let outputs = by_output.par_chunks_mut(x.items()).zip(weight.par_chunks(self.inputs));
        outputs.for_each(|(to, w)| products(x, w, to));
        y.par_chunks_exact_mut(self.outputs).enumerate().for_each(|(i, y)| {
            y.iter_mut().zip(by_output.chunks_exact(x.items())).for_each(|(y, of)| *y = of[i]);
            self.activation.apply(y, bias);
        });
    }

    /// Computes the gradients of weight (`[outputs, inputs]`) and bias from those of the output, `dy`. `y` is what
    /// [`SparseLinear::forward`] gave; with [`Activation::None`] it may be empty.
    ///
    /// # Panics
    /// If a length does not fit, the width of `x` among them.
    pub fn backward(
        &self,
        x: &SparseRows,
        [y, dy]: [&[f32]; 2],
        d_weight: &mut [f32],
        d_bias: Option<&mut [f32]>,
    ) {
        check("the gradient of the weight", d_weight, self.inputs * self.outputs);
        check("dy", dy, x.items() * self.outputs);
        let mut before = Scratch::dirty(dy.len());
        self.activation.backward(y, dy, &mut before);
        d_weight.par_chunks_mut(self.inputs).enumerate().for_each(|(output, d_row)| {
            sum_scaled(x, &before[output..], self.outputs, d_row);
        });
        if let Some(d_bias) = d_bias {
            check("the gradient of the bias", d_bias, self.outputs);
            d_bias.fill(0.0);
            add_rows(d_bias, &before);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_zeros_are_left_out() {
        let rows = SparseRows::new(&[0.0, 2.0, 0.0, -0.0, 0.0, 0.0, 1.0, f32::NAN, 3.0], 3);
        assert_eq!(rows.items(), 3);
        assert_eq!(rows.row(0), (&[1][..], &[2.0][..]));
        assert_eq!(rows.row(1).0.len(), 0);
        assert_eq!(rows.row(2).0, [0, 1, 2]);
        assert_eq!(SparseRows::new(&[], 3).items(), 0);
    }
}
