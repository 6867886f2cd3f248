//! How far reconstructions are from their items, and the gradients, without temporaries.

use rayon::prelude::*;

use crate::check;
use crate::simd::{squared_distance, vectorised};

/// `‖x_i - y_i‖²` of each item, for items of `width` numbers.
///
/// # Panics
/// If a length does not fit.
pub fn squared_errors(x: &[f32], y: &[f32], width: usize) -> Vec<f32> {
    each(x, y, width, |square| square as f32)
}

/// `‖x_i - y_i‖` of each item, for items of `width` numbers.
///
/// # Panics
/// If a length does not fit.
pub fn distances(x: &[f32], y: &[f32], width: usize) -> Vec<f32> {
    each(x, y, width, |square| square.sqrt() as f32)
}

/// Writes the gradient with respect to `y` into `dy`, from `d_errors`, those of [`squared_errors`]'s results.
///
/// # Panics
/// If a length does not fit.
pub fn squared_errors_gradient(x: &[f32], y: &[f32], d_errors: &[f32], dy: &mut [f32]) {
    gradient(x, y, dy, d_errors.len(), |i| 2.0 * d_errors[i]);
}

/// Writes the gradient with respect to `y` into `dy`, from `d_distances`, those of [`distances`]'s results, which are
/// `distances`. Where a distance is 0 its gradient is.
///
/// # Panics
/// If a length does not fit.
pub fn distances_gradient(x: &[f32], y: &[f32], [distances, d_distances]: [&[f32]; 2], dy: &mut [f32]) {
    check("the gradient of distances", d_distances, distances.len());
    gradient(
        x,
        y,
        dy,
        distances.len(),
        |i| if distances[i] > 0.0 { d_distances[i] / distances[i] } else { 0.0 },
    );
}

/// `dy_i = factor(i) (y_i - x_i)`.
fn gradient(x: &[f32], y: &[f32], dy: &mut [f32], items: usize, factor: impl Fn(usize) -> f32 + Sync) {
    let width = (x.len() / items.max(1)).max(1);
    check("x", x, width * items);
    check("y", y, x.len());
    check("dy", dy, x.len());
    let pairs = x.par_chunks(width).zip(y.par_chunks(width));
    dy.par_chunks_mut(width).zip(pairs).enumerate().for_each(|(i, (dy, (x, y)))| {
        scaled_difference(factor(i), x, y, dy);
    });
}

vectorised! {
    fn scaled_difference(factor: f32, x: &[f32], y: &[f32], to: &mut [f32]) {
        for ((to, x), y) in to.iter_mut().zip(x).zip(y) {
            *to = factor * (y - x);
        }
    }
}

vectorised! {
    fn square(x: &[f32], y: &[f32]) -> f64 {
        squared_distance(x, y)
    }
}

fn each(x: &[f32], y: &[f32], width: usize, f: impl Fn(f64) -> f32 + Sync) -> Vec<f32> {
    check("x", x, y.len());
    assert!(width > 0 && x.len().is_multiple_of(width), "{} numbers in items of {width}", x.len());
    x.par_chunks(width).zip(y.par_chunks(width)).map(|(x, y)| f(square(x, y))).collect()
}
