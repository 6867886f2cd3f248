//! The nearest dense items, by matrix products.
//!
//! Squared distances come from a product in 32 bits, each with a bound on its rounding error; what may be among the
//! nearest within these bounds is measured again in 64 bits. Rows are centred first, which shrinks the bounds. The
//! result is exact: it depends neither on the product's rounding nor on the other items asked about.

use crate::data::Features;
use crate::method::block_products::{BLOCK, by_block, padded, products, squared_distance};
use crate::method::neighbours::nearest::{Neighbour, order};

/// Items a matrix product.
const PANEL: usize = 512;

/// What a search needs to know of the items kept.
pub(in crate::method) struct Panels {
    mean: Vec<f32>,
    /// Squared length of each item less the mean.
    lengths: Vec<f64>,
}

/// A row asked about.
pub(in crate::method) struct Query<'a> {
    row: &'a [f32],
    /// Squared length less the mean.
    length: f64,
    /// Inner products with every item, both less the mean.
    products: Vec<f32>,
    lengths: &'a [f64],
}

impl Panels {
    pub(in crate::method) fn new(kept: &Features) -> Self {
        let mean = mean(kept);
        let lengths = by_block(kept, |items, mut rows| {
            centre(&mut rows, &mean);
            rows.chunks_exact(mean.len()).take(items.len()).map(length).collect()
        });
        Self { mean, lengths }
    }

    /// The rows of a block, ready to be asked about.
    pub(in crate::method) fn queries<'a>(&'a self, kept: &Features, rows: &'a [f32]) -> Vec<Query<'a>> {
        let width = self.mean.len();
        let mut centred = rows.to_vec();
        centre(&mut centred, &self.mean);
        let products = self.products(kept, &centred);
        let pairs = rows.chunks_exact(width).zip(centred.chunks_exact(width)).zip(products);
        pairs
            .map(|((row, centred), products)| Query {
                row,
                length: length(centred),
                products,
                lengths: &self.lengths,
            })
            .collect()
    }

    /// Inner products of every centred row with every item kept.
    fn products(&self, kept: &Features, rows: &[f32]) -> Vec<Vec<f32>> {
        let width = self.mean.len();
        let mut all = vec![Vec::new(); BLOCK];
        for start in (0..kept.len()).step_by(PANEL) {
            let items = start..(start + PANEL).min(kept.len());
            let mut panel = padded(kept, items.clone(), PANEL);
            centre(&mut panel, &self.mean);
            let products = products(rows, &panel, width);
            let found = products.chunks_exact(PANEL).map(|row| &row[..items.len()]);
            all.iter_mut().zip(found).for_each(|(all, found)| all.extend_from_slice(found));
        }
        all
    }
}

impl Query<'_> {
    /// The `k` nearest of the items `kept` (there must be as many), but for `own`.
    pub(in crate::method) fn nearest(&self, kept: &Features, k: usize, own: Option<usize>) -> Vec<Neighbour> {
        let others = || (0..self.products.len()).filter(|&item| Some(item) != own);
        let mut upper: Vec<f64> = others().map(|item| self.bounds(item).1).collect();
        let (_, &mut limit, _) = upper.select_nth_unstable_by(k - 1, f64::total_cmp);
        let lower = others().map(|item| (self.bounds(item).0, item));
        // Numbers too large for 32 bits make bounds NaN; such items stay candidates.
        let mut candidates: Vec<(f64, usize)> =
            lower.filter(|(lower, _)| lower.is_nan() || limit.is_nan() || *lower <= limit).collect();
        candidates.sort_unstable_by(order);
        let mut nearest: Vec<(f64, usize)> = Vec::with_capacity(k + 1);
        let mut other = vec![0.0; self.row.len()];
        for (lower, item) in candidates {
            if nearest.get(k - 1).is_some_and(|last| lower.max(0.0) >= last.0) {
                break;
            }
            kept.row_into(item, &mut other);
            let found = (squared_distance(self.row, &other), item);
            nearest.insert(nearest.partition_point(|have| order(have, &found).is_lt()), found);
            nearest.truncate(k);
        }
        nearest.into_iter().map(Neighbour::from).collect()
    }

    /// Between which two numbers the squared distance to an item lies.
    fn bounds(&self, item: usize) -> (f64, f64) {
        // Rounding of a sum of as many products as there are columns, of centring and of the result.
        let unit = (self.row.len() + 16) as f64 * f64::from(f32::EPSILON);
        let lengths = self.length + self.lengths[item];
        let middle = lengths - 2.0 * f64::from(self.products[item]);
        (middle - unit * lengths, middle + unit * lengths)
    }
}

fn length(row: &[f32]) -> f64 {
    row.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
}

fn mean(x: &Features) -> Vec<f32> {
    let mut sums = vec![0.0; x.width()];
    let mut row = vec![0.0; x.width()];
    for i in 0..x.len() {
        x.row_into(i, &mut row);
        sums.iter_mut().zip(&row).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    sums.into_iter().map(|sum| (sum / x.len() as f64) as f32).collect()
}

fn centre(rows: &mut [f32], mean: &[f32]) {
    for row in rows.chunks_exact_mut(mean.len()) {
        row.iter_mut().zip(mean).for_each(|(value, mean)| *value -= mean);
    }
}
