//! Items in blocks of one size.
//!
//! A product of floats depends in its last digits on the shapes involved. Blocks are always full (padded with zero
//! rows), so that an item gets the same number in any company.

use std::ops::Range;

use rayon::prelude::*;

use crate::data::Features;
use crate::stop;

/// Items per block.
pub(crate) const BLOCK: usize = 128;

/// Calls `each` with every run of at most [`BLOCK`] items of `x` and their rows (`BLOCK * width` numbers, zero rows at
/// the end when there are fewer items); joins the results in order.
pub(crate) fn by_block<T: Send>(
    x: &Features,
    each: impl Fn(Range<usize>, Vec<f32>) -> Vec<T> + Sync,
) -> Vec<T> {
    let blocks = x.len().div_ceil(BLOCK);
    let results: Vec<Vec<T>> = (0..blocks)
        .into_par_iter()
        .map(|block| {
            stop::check();
            let items = block * BLOCK..((block + 1) * BLOCK).min(x.len());
            each(items.clone(), padded(x, items, BLOCK))
        })
        .collect();
    results.into_iter().flatten().collect()
}

/// The rows `items` of `x`, then zero rows up to `rows` in all.
pub(crate) fn padded(x: &Features, items: Range<usize>, rows: usize) -> Vec<f32> {
    let width = x.width();
    let mut values = vec![0.0; rows * width];
    if width > 0 {
        items.zip(values.chunks_exact_mut(width)).for_each(|(i, row)| x.row_into(i, row));
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;

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
