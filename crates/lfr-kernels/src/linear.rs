//! Dense layers.

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::gradients::{Gradients, add_rows};
use crate::product::{Matrix, gemm_tiled};
use crate::scratch::Scratch;

/// Columns of a product that one task computes: it packs its part of the weight once for the whole batch.
const COLUMNS: usize = 64;
/// Rows of a product that one task computes.
const ROWS: usize = 256;
/// Rows of the gradient of a weight that one task computes.
const GRADIENT_ROWS: usize = 128;
/// Numbers of a batch that one task passes through the activation.
const ELEMENTS: usize = 1 << 14;

/// `y = act(x weightᵀ + bias)`, as PyTorch's `linear`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Linear {
    /// Numbers an item of `x`.
    pub inputs: usize,
    /// Numbers an item of `y`.
    pub outputs: usize,
    /// Applied to each output.
    pub activation: Activation,
}

impl Linear {
    /// Computes `y` (`[items, outputs]`) from `x` (`[items, inputs]`), `weight` (`[outputs, inputs]`) and `bias`
    /// (`[outputs]`).
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn forward(&self, x: &[f32], weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        let items = self.check(x, weight);
        check("y", y, items * self.outputs);
        bias.inspect(|bias| check("bias", bias, self.outputs));
        let (x, weight) = (Matrix::new(x, self.inputs), Matrix::new(weight, self.inputs));
        gemm_tiled(y, x, weight.t(), [ROWS, COLUMNS]);
        let rows = ELEMENTS.div_ceil(self.outputs);
        y.par_chunks_mut(rows * self.outputs).for_each(|y| self.activation.apply(y, bias));
    }

    /// Computes the gradients from those of the output, `dy`. `y` is what [`Linear::forward`] gave; with
    /// [`Activation::None`] it may be empty.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn backward(&self, x: &[f32], weight: &[f32], [y, dy]: [&[f32]; 2], gradients: Gradients<'_>) {
        let items = self.check(x, weight);
        check("dy", dy, items * self.outputs);
        check("the gradient of the weight", gradients.weight, weight.len());
        let before = self.before(y, dy);
        let d_before = Matrix::new(&before, self.outputs);
        let columns = self.columns(8).clamp(4 * COLUMNS, 16 * COLUMNS);
        gemm_tiled(gradients.weight, d_before.t(), Matrix::new(x, self.inputs), [GRADIENT_ROWS, columns]);
        if let Some(dx) = gradients.input {
            gemm_tiled(dx, d_before, Matrix::new(weight, self.inputs), [ROWS, self.columns(32)]);
        }
        if let Some(d_bias) = gradients.bias {
            check("the gradient of the bias", d_bias, self.outputs);
            d_bias.fill(0.0);
            add_rows(d_bias, &before);
        }
    }

    /// Columns of a task when `parts` share the inputs: of long rows, which lie a page apart, more than of short ones.
    fn columns(&self, parts: usize) -> usize {
        self.inputs.div_ceil(parts).next_multiple_of(COLUMNS)
    }

    /// The gradient before the activation.
    fn before(&self, y: &[f32], dy: &[f32]) -> Scratch {
        let mut before = Scratch::dirty(dy.len());
        if self.activation == Activation::None {
            before.copy_from_slice(dy);
            return before;
        }
        check("y", y, dy.len());
        let parts = before.par_chunks_mut(ELEMENTS).zip(y.par_chunks(ELEMENTS)).zip(dy.par_chunks(ELEMENTS));
        parts.for_each(|((before, y), dy)| self.activation.backward(y, dy, before));
        before
    }

    /// Items in the batch.
    fn check(&self, x: &[f32], weight: &[f32]) -> usize {
        assert!(self.inputs * self.outputs > 0, "a size of {self:?} is 0");
        check("weight", weight, self.inputs * self.outputs);
        let items = x.len() / self.inputs;
        check("x", x, items * self.inputs);
        items
    }
}
