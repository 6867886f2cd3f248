//! The mean over a picture's places, as the end of a residual network needs it.

use rayon::prelude::*;

use crate::check;
use crate::simd::{add, vectorised};

/// `y`, `[items, channels]`: the mean over all places of each channel of `x`, `[items, places, channels]`.
///
/// # Panics
/// If the lengths do not fit, or are 0.
pub fn average(x: &[f32], [places, channels]: [usize; 2], y: &mut [f32]) {
    check("x", x, y.len() * places);
    let items = y.par_chunks_mut(channels).zip(x.par_chunks(places * channels));
    items.for_each(|(y, x)| mean(x, 1.0 / places as f32, y));
}

/// The gradient of `x` from that of `y`.
///
/// # Panics
/// As [`average`].
pub fn average_gradient(dy: &[f32], [places, channels]: [usize; 2], dx: &mut [f32]) {
    check("the gradient of x", dx, dy.len() * places);
    let items = dx.par_chunks_mut(places * channels).zip(dy.par_chunks(channels));
    items.for_each(|(dx, dy)| spread(dy, 1.0 / places as f32, dx));
}

vectorised! {
    fn mean(x: &[f32], share: f32, y: &mut [f32]) {
        y.fill(0.0);
        for place in x.chunks_exact(y.len()) {
            add(y, place);
        }
        for y in y {
            *y *= share;
        }
    }
}

vectorised! {
    fn spread(dy: &[f32], share: f32, dx: &mut [f32]) {
        for place in dx.chunks_exact_mut(dy.len()) {
            for (dx, dy) in place.iter_mut().zip(dy) {
                *dx = share * dy;
            }
        }
    }
}
