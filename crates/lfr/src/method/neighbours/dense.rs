//! The nearest dense items, by matrix products.
//!
//! Squared distances come from a product in 32 bits, each with a bound on its rounding error; what may be among the
//! nearest within these bounds is measured again in 64 bits. Rows are centred first, which shrinks the bounds. The
//! result is exact: it depends neither on the product's rounding nor on the other items asked about.
//!
//! A search goes through the items panel by panel and keeps the k smallest upper bounds so far, so that a comparison in 32
//! bits passes over nearly all items.

use crate::data::Features;
use crate::linalg::{by_block, padded, products, squared_distance, squared_length};
use crate::method::neighbours::nearest::{Neighbour, order};

/// Items a matrix product.
const PANEL: usize = 512;

/// Items that are compared at once.
const LANES: usize = 16;

/// What a search needs to know of the items kept.
pub(in crate::method) struct Panels {
    mean: Vec<f32>,
    /// Squared length of each item less the mean.
    lengths: Vec<f64>,
    /// The same less the largest rounding error that it has a part in.
    offsets: Vec<f32>,
}

impl Panels {
    pub(in crate::method) fn new(kept: &Features) -> Self {
        let mean = mean(kept);
        let lengths: Vec<f64> = by_block(kept, |items, mut rows| {
            centre(&mut rows, &mean);
            rows.chunks_exact(mean.len()).take(items.len()).map(squared_length).collect()
        });
        let offsets = lengths.iter().map(|length| (length * coarse(mean.len())) as f32).collect();
        Self { mean, lengths, offsets }
    }

    /// The `k` nearest of the items `kept` (there must be as many) of every row of a block, but for the one of `owns`.
    pub(in crate::method) fn nearest(
        &self,
        kept: &Features,
        rows: &[f32],
        owns: &[Option<usize>],
        k: usize,
    ) -> Vec<Vec<Neighbour>> {
        let width = self.mean.len();
        let mut centred = rows.to_vec();
        centre(&mut centred, &self.mean);
        let pairs = rows.chunks_exact(width).zip(centred.chunks_exact(width)).zip(owns);
        let mut searches: Vec<Search<'_>> =
            pairs.map(|((row, centred), &own)| Search::new(row, squared_length(centred), own, k)).collect();
        for start in (0..kept.len()).step_by(PANEL) {
            let items = start..(start + PANEL).min(kept.len());
            let mut panel = padded(kept, items.clone(), PANEL);
            centre(&mut panel, &self.mean);
            let products = products(&centred, &panel, width);
            for (search, products) in searches.iter_mut().zip(products.chunks_exact(PANEL)) {
                search.add(self, start, &products[..items.len()]);
            }
        }
        searches.into_iter().map(|search| search.finish(kept)).collect()
    }
}

/// The search for the nearest items of a row.
struct Search<'a> {
    row: &'a [f32],
    /// Squared length of the row less the mean.
    length: f64,
    own: Option<usize>,
    k: usize,
    /// The smallest upper bounds so far, at most `k`, ascending.
    upper: Vec<f64>,
    /// Items whose lower bound was not above them, with that bound.
    candidates: Vec<(f64, usize)>,
    /// An item whose offset less twice its product is above this is none.
    limit: f32,
}

impl<'a> Search<'a> {
    fn new(row: &'a [f32], length: f64, own: Option<usize>, k: usize) -> Self {
        let (upper, candidates) = (Vec::with_capacity(k + 1), Vec::new());
        Self { row, length, own, k, upper, candidates, limit: f32::INFINITY }
    }

    /// Looks at the items from `start` on, with whom the row has these products.
    fn add(&mut self, panels: &Panels, start: usize, products: &[f32]) {
        let offsets = &panels.offsets[start..start + products.len()];
        for (chunk, (offsets, products)) in offsets.chunks(LANES).zip(products.chunks(LANES)).enumerate() {
            let limit = self.limit;
            // No early end, so that the comparisons become vector instructions. What is no number is not above.
            let pairs = offsets.iter().zip(products);
            let passed =
                pairs.fold(true, |passed, (offset, product)| passed & (offset - 2.0 * product > limit));
            if !passed {
                for (i, &product) in products.iter().enumerate() {
                    self.consider(panels, start + chunk * LANES + i, product);
                }
            }
        }
    }

    fn consider(&mut self, panels: &Panels, item: usize, product: f32) {
        if Some(item) == self.own || panels.offsets[item] - 2.0 * product > self.limit {
            return;
        }
        let (lower, upper) = self.bounds(panels.lengths[item], product);
        if !(lower.is_finite() && upper.is_finite()) {
            // Numbers too large for 32 bits; such items stay candidates.
            return self.candidates.push((f64::NEG_INFINITY, item));
        }
        self.candidates.push((lower, item));
        if self.upper.len() < self.k || self.upper.last().is_some_and(|&last| upper < last) {
            self.upper.insert(self.upper.partition_point(|&have| have <= upper), upper);
            self.upper.truncate(self.k);
            if let Some(&last) = self.upper.get(self.k - 1) {
                self.limit = ((last - self.length * coarse(self.row.len())) as f32).next_up();
            }
        }
    }

    /// Between which two numbers the squared distance to an item of this length lies.
    fn bounds(&self, length: f64, product: f32) -> (f64, f64) {
        let lengths = self.length + length;
        let (middle, error) = (lengths - 2.0 * f64::from(product), unit(self.row.len()) * lengths);
        (middle - error, middle + error)
    }

    fn finish(mut self, kept: &Features) -> Vec<Neighbour> {
        let limit = self.upper.get(self.k - 1).copied().unwrap_or(f64::INFINITY);
        self.candidates.retain(|(lower, _)| *lower <= limit);
        self.candidates.sort_unstable_by(order);
        let mut nearest: Vec<(f64, usize)> = Vec::with_capacity(self.k + 1);
        let mut other = vec![0.0; self.row.len()];
        for (lower, item) in self.candidates {
            if nearest.get(self.k - 1).is_some_and(|last| lower.max(0.0) >= last.0) {
                break;
            }
            kept.row_into(item, &mut other);
            let found = (squared_distance(self.row, &other), item);
            nearest.insert(nearest.partition_point(|have| order(have, &found).is_lt()), found);
            nearest.truncate(self.k);
        }
        nearest.into_iter().map(Neighbour::from).collect()
    }
}

/// The rounding error of a squared distance over the squared lengths of both rows: of a sum of as many products as there
/// are columns, of centring and of the result.
fn unit(width: usize) -> f64 {
    (width + 16) as f64 * f64::from(f32::EPSILON)
}

/// What is left of a squared length after the error of a distance, the comparison in 32 bits included.
fn coarse(width: usize) -> f64 {
    1.0 - unit(width) - 4.0 * f64::from(f32::EPSILON)
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
