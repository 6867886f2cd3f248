//! How near items are to marked ones.

use rayon::prelude::*;

use crate::data::{Csr, Features, Matrix};
use crate::error::Result;
use crate::linalg::{squared_distance, squared_length};
use crate::method::neighbours::nearest::{Asked, Neighbours};
use crate::method::reference::some;
use crate::method::scaling::Scaling;
use crate::seed::Seed;

/// Items among which distances to neighbours are measured.
const SAMPLE: usize = 1000;

/// Marked items as some members see them.
pub(super) struct MarkedRows {
    scaling: Scaling,
    rows: Matrix,
    /// l²: the mean squared distance of an item to its nearest neighbours.
    length: f64,
}

impl MarkedRows {
    /// Of `items`, with distances as they are among the items of `pool`.
    pub(super) fn fit(scaling: Scaling, items: &Features, pool: &Features, seed: Seed) -> Result<Self> {
        let seed = seed.part("nearness");
        let pool = some(pool, SAMPLE, seed);
        let neighbours = Neighbours::fit(&scaling.apply(&pool), SAMPLE, seed)?;
        let sample = &neighbours.reference().items;
        let k = (sample.len() / 20).clamp(5, 20);
        let squares = neighbours.map(sample, k, Asked::Kept, |found| {
            found.iter().map(|neighbour| neighbour.distance.powi(2)).sum::<f64>() / found.len() as f64
        })?;
        let length = squares.iter().sum::<f64>() / squares.len() as f64;
        Ok(Self::new(scaling, items, length))
    }

    /// Of `items`, with a known l².
    pub(super) fn new(scaling: Scaling, items: &Features, length: f64) -> Self {
        let seen = scaling.apply(items);
        let all: Vec<usize> = (0..seen.len()).collect();
        Self { scaling, rows: Matrix { cols: seen.width(), values: seen.dense(&all) }, length }
    }

    /// l².
    pub(super) fn length(&self) -> f64 {
        self.length
    }

    /// Calls `each` with the nearness, in \[0, 1\], of every item of `x` to every marked one.
    pub(super) fn map<T: Send>(&self, x: &Features, each: impl Fn(&[f64]) -> T + Sync) -> Vec<T> {
        let seen = self.scaling.apply(x);
        let near = |squares: Vec<f64>| each(&squares.into_iter().map(|d| self.near(d)).collect::<Vec<_>>());
        if let Features::Sparse(x) = &*seen {
            let lengths: Vec<f64> = self.marks().map(squared_length).collect();
            return (0..x.rows()).into_par_iter().map(|i| near(self.sparse(x, i, &lengths))).collect();
        }
        let item = |row: &mut Vec<f32>, i: usize| {
            seen.row_into(i, row);
            near(self.marks().map(|mark| squared_distance(row, mark)).collect())
        };
        (0..seen.len()).into_par_iter().map_init(|| vec![0.0; seen.width()], item).collect()
    }

    fn marks(&self) -> impl Iterator<Item = &[f32]> {
        self.rows.values.chunks_exact(self.rows.cols.max(1))
    }

    /// Squared distances of row `i` to every mark, whose squared lengths are `lengths`.
    fn sparse(&self, x: &Csr, i: usize, lengths: &[f64]) -> Vec<f64> {
        let (columns, values) = x.row(i);
        let own = squared_length(values);
        let product = |mark: &[f32]| {
            let terms = columns.iter().zip(values).map(|(&c, &v)| f64::from(v) * f64::from(mark[c as usize]));
            terms.sum::<f64>()
        };
        self.marks()
            .zip(lengths)
            .map(|(mark, length)| (own + length - 2.0 * product(mark)).max(0.0))
            .collect()
    }

    /// Where neighbours coincide, only what coincides is near.
    fn near(&self, squared: f64) -> f64 {
        match self.length > 0.0 {
            true => (-squared / self.length).exp(),
            false => f64::from(u8::from(squared <= 0.0)),
        }
    }
}
