//! The optimiser's step in one pass over the parameters.

use rayon::prelude::*;

use crate::check;
use crate::simd::vectorised;

/// Numbers one task updates.
const PART: usize = 1 << 15;

/// Adam (Kingma and Ba 2015) with PyTorch's conventions: the L2 penalty is added to the gradient, `epsilon` to the root
/// of the corrected second moment.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Step size.
    pub learning_rate: f32,
    /// Decay of the first moment; PyTorch: 0.9.
    pub beta_1: f32,
    /// Decay of the second moment; PyTorch: 0.999.
    pub beta_2: f32,
    /// Keeps the division finite; PyTorch: 1e-8.
    pub epsilon: f32,
    /// Weight of the penalty ½‖parameters‖²; PyTorch's `weight_decay`, 0.
    pub l2: f32,
}

impl Adam {
    /// Updates parameters and moments (zeros before the first step) by the `step`-th step, counted from 1.
    ///
    /// # Panics
    /// If lengths differ.
    pub fn update(
        &self,
        step: i32,
        gradient: &[f32],
        parameters: &mut [f32],
        [first, second]: [&mut [f32]; 2],
    ) {
        for (name, slice) in [("gradient", gradient), ("first moment", first), ("second moment", second)] {
            check(name, slice, parameters.len());
        }
        let correction = |beta: f32| 1.0 - f64::from(beta).powi(step);
        let rate = (f64::from(self.learning_rate) / correction(self.beta_1)) as f32;
        let root = correction(self.beta_2).sqrt() as f32;
        let state =
            parameters.par_chunks_mut(PART).zip(first.par_chunks_mut(PART).zip(second.par_chunks_mut(PART)));
        state.zip(gradient.par_chunks(PART)).for_each(|((p, (m, v)), g)| {
            adam(self, [rate, root], g, p, [m, v]);
        });
    }
}

vectorised! {
    fn adam(by: &Adam, [rate, root]: [f32; 2], g: &[f32], p: &mut [f32], [m, v]: [&mut [f32]; 2]) {
        for (((p, m), v), g) in p.iter_mut().zip(m).zip(v).zip(g) {
            let g = g + by.l2 * *p;
            *m = by.beta_1 * *m + (1.0 - by.beta_1) * g;
            *v = by.beta_2 * *v + (1.0 - by.beta_2) * (g * g);
            *p -= rate * *m / (v.sqrt() / root + by.epsilon);
        }
    }
}
