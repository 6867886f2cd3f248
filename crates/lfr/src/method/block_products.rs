//! Items in blocks of one size, and matrix products over them.
//!
//! A product of floats depends in its last digits on the shapes involved. Blocks are always full (padded with zero
//! rows), so that an item gets the same number in any company.

use std::ops::Range;

use nalgebra::{DMatrixView, RealField};
use rayon::prelude::*;

use crate::data::Features;

/// Items per block.
pub(super) const BLOCK: usize = 128;

/// Calls `each` with every run of at most [`BLOCK`] items of `x` and their rows (`BLOCK * width` numbers, zero rows at
/// the end when there are fewer items); joins the results in order.
pub(super) fn by_block<T: Send>(
    x: &Features,
    each: impl Fn(Range<usize>, Vec<f32>) -> Vec<T> + Sync,
) -> Vec<T> {
    let blocks = x.len().div_ceil(BLOCK);
    let results: Vec<Vec<T>> = (0..blocks)
        .into_par_iter()
        .map(|block| {
            let items = block * BLOCK..((block + 1) * BLOCK).min(x.len());
            each(items.clone(), padded(x, items, BLOCK))
        })
        .collect();
    results.into_iter().flatten().collect()
}

/// The rows `items` of `x`, then zero rows up to `rows` in all.
pub(super) fn padded(x: &Features, items: Range<usize>, rows: usize) -> Vec<f32> {
    let width = x.width();
    let mut values = vec![0.0; rows * width];
    if width > 0 {
        items.zip(values.chunks_exact_mut(width)).for_each(|(i, row)| x.row_into(i, row));
    }
    values
}

/// The inner product of every row of `a` with every row of `b`, rows of `width` numbers: `rows(a) * rows(b)` numbers.
pub(super) fn products<T: RealField + Copy>(a: &[T], b: &[T], width: usize) -> Vec<T> {
    let (a_rows, b_rows) = (a.len() / width.max(1), b.len() / width.max(1));
    // nalgebra stores by columns: what is stored row by row reads as the transpose. Both operands are contiguous, for
    // its 0.35 steps out of bounds in small products of strided ones.
    let a = DMatrixView::<T>::from_slice(&a[..width * a_rows], width, a_rows);
    let b = DMatrixView::<T>::from_slice(&b[..width * b_rows], width, b_rows).transpose();
    (b * a).data.into()
}

/// `a` (rows of `inner` numbers) times `b` (`inner` rows): `rows(a) * columns(b)` numbers.
pub(super) fn times<T: RealField + Copy>(a: &[T], b: &[T], inner: usize) -> Vec<T> {
    let (rows, columns) = (a.len() / inner.max(1), b.len() / inner.max(1));
    let a = DMatrixView::<T>::from_slice(&a[..inner * rows], inner, rows);
    let b = DMatrixView::<T>::from_slice(&b[..columns * inner], columns, inner);
    (b * a).data.into()
}

/// The squared Euclidean distance of two rows, in 64 bits.
pub(super) fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    const LANES: usize = 8;
    let mut sums = [0.0; LANES];
    let term = |a: f32, b: f32| (f64::from(a) - f64::from(b)).powi(2);
    let (a, b) = (a.chunks_exact(LANES), b.chunks_exact(LANES));
    let rest: f64 = a.remainder().iter().zip(b.remainder()).map(|(&a, &b)| term(a, b)).sum();
    for (a, b) in a.zip(b) {
        // Several sums side by side, which the compiler turns into vector instructions.
        for lane in 0..LANES {
            sums[lane] += term(a[lane], b[lane]);
        }
    }
    sums.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;

    #[test]
    fn products_are_those_of_the_rows() {
        let (a, b) = ([1.0_f32, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
        assert_eq!(products(&a, &b, 2), [17.0, 23.0, 29.0, 39.0, 53.0, 67.0]);
        assert_eq!(times(&a, &b, 2), [21.0, 24.0, 27.0, 47.0, 54.0, 61.0]);
        assert!(products::<f32>(&[], &b, 2).is_empty());
    }

    #[test]
    fn blocks_come_back_in_order() {
        let x = Features::Dense(Matrix { cols: 2, values: (0..520).map(|v| v as f32).collect() });
        let seen = by_block(&x, |items, rows| {
            assert_eq!(rows.len(), BLOCK * 2);
            items.zip(rows.chunks_exact(2).map(|row| row[0])).collect()
        });
        assert_eq!(seen, (0..260).map(|i| (i, 2.0 * i as f32)).collect::<Vec<_>>());
    }
}
