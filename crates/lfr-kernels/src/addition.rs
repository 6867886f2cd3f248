//! Sums of batches, as residual blocks need them.

use rayon::prelude::*;

use crate::check;
use crate::simd::vectorised;

/// Numbers that one task adds.
const ELEMENTS: usize = 1 << 15;

/// `y = a + b`.
///
/// # Panics
/// If the lengths differ.
pub fn add(a: &[f32], b: &[f32], y: &mut [f32]) {
    check("b", b, a.len());
    check("y", y, a.len());
    let parts = y.par_chunks_mut(ELEMENTS).zip(a.par_chunks(ELEMENTS)).zip(b.par_chunks(ELEMENTS));
    parts.for_each(|((y, a), b)| sum(a, b, y));
}

vectorised! {
    fn sum(a: &[f32], b: &[f32], y: &mut [f32]) {
        for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
            *y = a + b;
        }
    }
}
