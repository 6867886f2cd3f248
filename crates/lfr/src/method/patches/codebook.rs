//! Patches learnt from pictures, and pictures as mixes of them (Coates, Lee and Ng 2011, "An Analysis of Single-Layer
//! Networks in Unsupervised Feature Learning").

use rand::seq::index;
use rayon::prelude::*;

use crate::data::{Features, Matrix, Weights};
use crate::error::Result;
use crate::linalg::components;
use crate::linalg::{BLOCK, products};
use crate::method::lvad::kmeans::KMeans;
use crate::method::patches::PatchesConfig;
use crate::method::patches::grid::Grid;
use crate::seed::Seed;
use crate::stop;

/// Added to the variances of patches before they are whitened (Coates and Ng 2012).
const SMALL_VARIANCE: f64 = 0.1;

/// Rounds of k-means.
const ROUNDS: usize = 10;

/// Whitened patches' centroids.
pub(super) struct Codebook {
    grid: Grid,
    /// The quarters that each patch of a picture is in.
    quarters: [Vec<usize>; 4],
    /// The mean patch.
    mean: Vec<f32>,
    /// From patches to whitened ones: one row of a patch's length an axis.
    whitening: Vec<f32>,
    /// Rows of as many numbers as there are axes.
    centroids: Matrix,
    /// Their squared lengths.
    lengths: Vec<f32>,
}

impl Codebook {
    /// Learns from random patches of the pictures `x`.
    pub(super) fn learn(x: &Features, grid: Grid, config: &PatchesConfig, seed: Seed) -> Self {
        let mut rows = sample(x, grid, config.samples, seed);
        let mean = centre(&mut rows, grid.len());
        let (mut whitening, variances) = components(&rows, grid.len(), config.whitened);
        for (axis, variance) in whitening.chunks_exact_mut(grid.len()).zip(&variances) {
            let scale = 1.0 / (variance + SMALL_VARIANCE).sqrt();
            axis.iter_mut().for_each(|value| *value = (f64::from(*value) * scale) as f32);
        }
        let axes = variances.len();
        if axes == 0 {
            // All patches are equal.
            return Self::new(grid, mean, whitening, Matrix { cols: 0, values: vec![] });
        }
        let blocks = rows.par_chunks(BLOCK * grid.len());
        let whitened = Matrix {
            cols: axes,
            values: blocks.flat_map_iter(|block| products(block, &whitening, grid.len())).collect(),
        };
        let clusters = config.centroids.min(whitened.rows());
        let plan = KMeans { clusters, restarts: 1, iterations: ROUNDS };
        let centroids = plan.centres(&whitened, seed.stream("centroids"));
        Self::new(grid, mean, whitening, centroids)
    }

    fn new(grid: Grid, mean: Vec<f32>, whitening: Vec<f32>, centroids: Matrix) -> Self {
        let lengths = (0..centroids.rows()).map(|c| square(centroids.row(c))).collect();
        Self { grid, quarters: grid.quarters(), mean, whitening, centroids, lengths }
    }

    /// Numbers that describe a picture.
    pub(super) fn width(&self) -> usize {
        self.quarters.len() * self.centroids.rows()
    }

    /// What picture `i` of `x` is made of: for each quarter and centroid the square root of how much of it there is.
    pub(super) fn features(&self, x: &Features, i: usize) -> Vec<f32> {
        stop::check();
        let mut picture = vec![0.0; x.width()];
        x.row_into(i, &mut picture);
        let shares = self.shares(&picture);
        let count = self.centroids.rows();
        let pooled = self.quarters.iter().flat_map(|quarter| {
            let mut sums = vec![0.0; count];
            for &place in quarter {
                let shares = &shares[place * count..(place + 1) * count];
                sums.iter_mut().zip(shares).for_each(|(sum, share)| *sum += share);
            }
            sums.into_iter().map(|sum| (sum / quarter.len() as f32).sqrt())
        });
        pooled.collect()
    }

    /// How near each patch of `picture` is to each centroid: by how much it is nearer than to the mean centroid, or 0
    /// (the "triangle" activation).
    fn shares(&self, picture: &[f32]) -> Vec<f32> {
        let (len, axes) = (self.grid.len(), self.centroids.cols);
        if axes == 0 {
            return vec![];
        }
        let mut patches = vec![0.0; self.grid.count() * len];
        for (place, patch) in patches.chunks_exact_mut(len).enumerate() {
            self.grid.read(picture, place, patch);
            patch.iter_mut().zip(&self.mean).for_each(|(value, mean)| *value -= mean);
        }
        let whitened = products(&patches, &self.whitening, len);
        let mut shares = products(&whitened, &self.centroids.values, axes);
        for (shares, patch) in shares.chunks_exact_mut(self.lengths.len()).zip(whitened.chunks_exact(axes)) {
            let own = square(patch);
            for (share, length) in shares.iter_mut().zip(&self.lengths) {
                *share = (own + length - 2.0 * *share).max(0.0).sqrt();
            }
            let mean = shares.iter().sum::<f32>() / shares.len() as f32;
            shares.iter_mut().for_each(|share| *share = (mean - *share).max(0.0));
        }
        shares
    }

    pub(super) fn store(&self, weights: &mut Weights) {
        let (len, axes) = (self.grid.len(), self.centroids.cols);
        weights.put_f32("mean", &[len], self.mean.clone());
        weights.put_f32("whitening", &[axes, len], self.whitening.clone());
        weights.put_f32("centroids", &[self.centroids.rows(), axes], self.centroids.values.clone());
    }

    pub(super) fn load(grid: Grid, weights: &mut Weights) -> Result<Self> {
        let (_, mean) = weights.take_f32("mean", &[Some(grid.len())])?;
        let (shape, whitening) = weights.take_f32("whitening", &[None, Some(grid.len())])?;
        let (_, values) = weights.take_f32("centroids", &[None, Some(shape[0])])?;
        Ok(Self::new(grid, mean, whitening, Matrix { cols: shape[0], values }))
    }
}

/// At most `count` random patches of the pictures.
fn sample(x: &Features, grid: Grid, count: usize, seed: Seed) -> Vec<f32> {
    let all = x.len() * grid.count();
    let mut chosen = index::sample(&mut seed.stream("patches"), all, count.min(all)).into_vec();
    chosen.sort_unstable();
    let read = |picture: &mut Vec<f32>, at: usize| {
        stop::check();
        let mut patch = vec![0.0; grid.len()];
        x.row_into(at / grid.count(), picture);
        grid.read(picture, at % grid.count(), &mut patch);
        patch
    };
    let patches: Vec<Vec<f32>> = chosen.into_par_iter().map_init(|| vec![0.0; x.width()], read).collect();
    patches.concat()
}

/// Subtracts the mean of the rows from each of them, and returns it.
pub(super) fn centre(rows: &mut [f32], width: usize) -> Vec<f32> {
    let mut sums = vec![0.0; width];
    for row in rows.chunks_exact(width.max(1)) {
        sums.iter_mut().zip(row).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    let n = (rows.len() / width.max(1)).max(1) as f64;
    let mean: Vec<f32> = sums.into_iter().map(|sum| (sum / n) as f32).collect();
    for row in rows.chunks_exact_mut(width.max(1)) {
        row.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean);
    }
    mean
}

fn square(row: &[f32]) -> f32 {
    row.iter().map(|value| value * value).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;

    // import numpy as np
    // from numpy.lib.stride_tricks import sliding_window_view as windows
    // i = np.arange(50); x = ((i * i * 31 + i * 7) % 251).reshape(2, 5, 5) / 127.5 - 1
    // p = windows(x, (3, 3), (1, 2)).reshape(18, 9); p = p - p.mean(1, keepdims=True)
    // p /= np.sqrt((p**2).mean(1, keepdims=True) + 10 / 127.5**2); p -= p.mean(0)
    // v, u = np.linalg.eigh(p.T @ p / 17); k = v > 1e-6 * v[-1]; z = p @ u[:, k] / np.sqrt(v[k] + .1)
    // d = np.linalg.norm(z[:9, None] - z, axis=2); f = np.maximum(d.mean(1, keepdims=True) - d, 0).reshape(3, 3, 18)
    // q = np.sqrt(np.array([f[a:a+2, b:b+2].mean((0, 1)) for a in (0, 1) for b in (0, 1)]))
    // print(k.sum(), np.sort(q, 1)[:, [0, 9, 17]].round(6), q.sum(1))
    #[test]
    fn agrees_with_numpy_when_every_patch_is_a_centroid() {
        let pixels = (0..50).map(|i| ((i * i * 31 + i * 7) % 251) as u8).collect();
        let x = Features::Images(Images { channels: 1, side: 5, pixels });
        let config = PatchesConfig { whitened: 1.0, centroids: 18, ..PatchesConfig::default() };
        let book = Codebook::learn(&x, Grid::new(1, 5, 3, 32), &config, Seed(0));
        assert_eq!((book.centroids.cols, book.width()), (8, 72));
        let expected = [
            (0.0, 0.381877, 1.188967, 8.084782),
            (0.0, 0.507337, 1.155528, 7.839594),
            (0.0, 0.583507, 1.008442, 8.288611),
            (0.0, 0.104471, 1.085223, 7.155288),
        ];
        for (quarter, (least, middle, most, sum)) in book.features(&x, 0).chunks_exact(18).zip(expected) {
            let mut sorted = quarter.to_vec();
            sorted.sort_by(f32::total_cmp);
            let found = [sorted[0], sorted[9], sorted[17], quarter.iter().sum()];
            for (found, expected) in found.into_iter().zip([least, middle, most, sum]) {
                // A patch is its own centroid: of a distance of 0 single precision leaves up to .001.
                assert!((f64::from(found) - expected).abs() < 1e-3, "{found} instead of {expected}");
            }
        }
    }
}
