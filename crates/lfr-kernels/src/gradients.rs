//! What the backward passes of convolutions share.

use crate::activation::Activation;
use crate::check;
use crate::scratch::Scratch;
use crate::simd::{add, add_all, vectorised};
use crate::weights::from_outer_last;

/// Where a layer's gradients go; they replace what is there.
pub struct Gradients<'a> {
    /// Of the input, if it is wanted.
    pub input: Option<&'a mut [f32]>,
    /// Of the weight, in the weight's layout.
    pub weight: &'a mut [f32],
    /// Of the bias, if there is one.
    pub bias: Option<&'a mut [f32]>,
}

/// What a backward pass reads and writes for some items.
pub(crate) struct Part<'a> {
    pub(crate) x: &'a [f32],
    /// The output, or nothing where the activation does not need it.
    pub(crate) y: &'a [f32],
    pub(crate) dy: &'a [f32],
    pub(crate) dx: Option<&'a mut [f32]>,
}

impl<'a> Part<'a> {
    /// Parts of at most `step` items, each of `x_len` and `y_len` numbers.
    pub(crate) fn split(self, step: usize, [x_len, y_len]: [usize; 2]) -> Vec<Self> {
        if let Some(dx) = &self.dx {
            check("the gradient of x", dx, self.x.len());
        }
        let mut y = self.y.chunks(step * y_len);
        let mut dx = self.dx.map(|dx| dx.chunks_mut(step * x_len));
        let x = self.x.chunks(step * x_len);
        x.zip(self.dy.chunks(step * y_len))
            .map(|(x, dy)| {
                let dx = dx.as_mut().and_then(Iterator::next);
                Part { x, y: y.next().unwrap_or(&[]), dy, dx }
            })
            .collect()
    }

    /// The same part, borrowed for a while.
    pub(crate) fn borrow(&mut self) -> Part<'_> {
        Part { dx: self.dx.as_deref_mut(), ..*self }
    }

    /// The gradient before the activation.
    pub(crate) fn before(&self, activation: Activation) -> Scratch {
        let mut before = Scratch::dirty(self.dy.len());
        activation.backward(self.y, self.dy, &mut before);
        before
    }
}

/// `to +=` the sum of all rows.
pub(crate) fn add_rows(to: &mut [f32], rows: &[f32]) {
    let mut total = Scratch::zeros(to.len());
    sum_rows(&mut total, rows);
    add_all(to, &total);
}

vectorised! {
    fn sum_rows(to: &mut [f32], rows: &[f32]) {
        for row in rows.chunks_exact(to.len()) {
            add(to, row);
        }
    }
}

/// Adds two partial sums.
pub(crate) fn merge(mut a: Scratch, b: Scratch) -> Scratch {
    add_all(&mut a, &b);
    a
}

/// Writes the summed gradients of a weight, laid out as by [`crate::weights::outer_last`], and of a bias after it.
pub(crate) fn write(total: Option<Scratch>, sizes: [usize; 3], weight: &mut [f32], bias: Option<&mut [f32]>) {
    check("the gradient of the weight", weight, sizes.iter().product());
    // Without items the gradients are zero.
    let total = total.unwrap_or_else(|| Scratch::zeros(weight.len() + bias.as_ref().map_or(0, |b| b.len())));
    let (d_weight, d_bias) = total.split_at(weight.len());
    from_outer_last(d_weight, sizes, weight);
    if let Some(bias) = bias {
        check("the gradient of the bias", bias, d_bias.len());
        bias.copy_from_slice(d_bias);
    }
}
