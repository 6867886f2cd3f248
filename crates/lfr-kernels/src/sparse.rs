//! A dense layer on sparse rows, as TF-IDF gives them.

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::gradients::add_rows;
use crate::partition::part;
use crate::scratch::Scratch;
use crate::simd::{add_scaled, vectorised};

/// Rows in compressed form: row `i` has `values[starts[i]..starts[i + 1]]` at the columns in `columns`.
#[derive(Clone, Copy, Debug)]
pub struct SparseRows<'a> {
    /// One more than there are rows, not decreasing, from 0 to the number of values.
    pub starts: &'a [usize],
    /// The column of each value.
    pub columns: &'a [u32],
    /// The numbers that are not zero.
    pub values: &'a [f32],
}

impl<'a> SparseRows<'a> {
    fn items(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn row(&self, i: usize) -> impl Iterator<Item = (usize, f32)> + 'a {
        let range = self.starts[i]..self.starts[i + 1];
        self.columns[range.clone()].iter().map(|&c| c as usize).zip(self.values[range].iter().copied())
    }
}

/// `y = act(x weight + bias)` for sparse `x`. Unlike elsewhere the weight is `[inputs, outputs]`, PyTorch's transposed:
/// a value of `x` then selects a contiguous row of it.
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
    /// If a length does not fit, or a column is not below `inputs`.
    pub fn forward(&self, x: SparseRows<'_>, weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        assert!(self.inputs * self.outputs > 0, "a size of {self:?} is 0");
        check("weight", weight, self.inputs * self.outputs);
        check("y", y, x.items() * self.outputs);
        bias.inspect(|bias| check("bias", bias, self.outputs));
        y.par_chunks_mut(self.outputs).enumerate().for_each(|(i, y)| {
            vectorised(|| {
                y.fill(0.0);
                for (column, value) in x.row(i) {
                    add_scaled(y, value, &weight[column * self.outputs..][..self.outputs]);
                }
            });
            self.activation.apply(y, bias);
        });
    }

    /// Computes the gradients of weight (`[inputs, outputs]`) and bias from those of the output, `dy`. `y` is what
    /// [`SparseLinear::forward`] gave; with [`Activation::None`] it may be empty.
    ///
    /// # Panics
    /// If a length does not fit, or a column is not below `inputs`.
    pub fn backward(
        &self,
        x: SparseRows<'_>,
        [y, dy]: [&[f32]; 2],
        d_weight: &mut [f32],
        d_bias: Option<&mut [f32]>,
    ) {
        check("the gradient of the weight", d_weight, self.inputs * self.outputs);
        check("dy", dy, x.items() * self.outputs);
        let mut before = Scratch::dirty(dy.len());
        self.activation.backward(y, dy, &mut before);
        let by_column = self.by_column(x);
        // Every task owns some rows of the weight, and adds to each of them in the order of the items.
        let rows = part(self.inputs);
        d_weight.par_chunks_mut(rows * self.outputs).enumerate().for_each(|(task, d_weight)| {
            vectorised(|| {
                d_weight.fill(0.0);
                let first = task * rows;
                for (column, d_row) in d_weight.chunks_exact_mut(self.outputs).enumerate() {
                    for &(item, value) in by_column.column(first + column) {
                        add_scaled(d_row, value, &before[item as usize * self.outputs..][..self.outputs]);
                    }
                }
            });
        });
        if let Some(d_bias) = d_bias {
            check("the gradient of the bias", d_bias, self.outputs);
            d_bias.fill(0.0);
            add_rows(d_bias, &before);
        }
    }

    /// Sorts the values by column, those of a column by item.
    fn by_column(&self, x: SparseRows<'_>) -> ByColumn {
        let mut ends = vec![0; self.inputs + 1];
        x.columns.iter().for_each(|&column| ends[column as usize + 1] += 1);
        let mut total = 0;
        for end in &mut ends {
            total += *end;
            *end = total;
        }
        // Now column c's values begin at ends[c]; filling them moves that to where they end.
        let mut values = vec![(0, 0.0); x.values.len()];
        for item in 0..x.items() {
            for (column, value) in x.row(item) {
                values[ends[column]] = (item as u32, value);
                ends[column] += 1;
            }
        }
        ByColumn { ends, values }
    }
}

/// The values of sparse rows sorted by column.
struct ByColumn {
    ends: Vec<usize>,
    values: Vec<(u32, f32)>,
}

impl ByColumn {
    fn column(&self, c: usize) -> &[(u32, f32)] {
        let start = if c == 0 { 0 } else { self.ends[c - 1] };
        &self.values[start..self.ends[c]]
    }
}
