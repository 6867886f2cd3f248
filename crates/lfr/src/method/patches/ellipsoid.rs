//! How far an item is from the others, in their own measure (Mahalanobis 1936), with a shrunk covariance (Ledoit and
//! Wolf 2004, "A well-conditioned estimator for large-dimensional covariance matrices").

use rayon::prelude::*;

use crate::data::Weights;
use crate::error::Result;
use crate::linalg::components;
use crate::linalg::{BLOCK, products};
use crate::method::detector::bad_array;
use crate::method::patches::codebook::centre;

/// A centre, orthogonal axes, and the variance along each.
pub(super) struct Ellipsoid {
    centre: Vec<f32>,
    /// One row of the items' width an axis.
    axes: Vec<f32>,
    variances: Vec<f64>,
}

impl Ellipsoid {
    /// Around `rows` without the share `trimmed` of them that is farthest out.
    pub(super) fn around(rows: &[f32], width: usize, variance: f64, trimmed: f64) -> Self {
        let all = Self::fit(rows.to_vec(), width, variance);
        let n = rows.len() / width.max(1);
        let farthest = (trimmed * n as f64) as usize;
        if farthest == 0 {
            return all;
        }
        let distances: Vec<f32> = rows.par_chunks(width).map(|row| all.distance(row)).collect();
        let mut order: Vec<usize> = (0..n).collect();
        order.sort_by(|&a, &b| distances[a].total_cmp(&distances[b]));
        let kept = order[..n - farthest].iter().flat_map(|&i| &rows[i * width..(i + 1) * width]);
        Self::fit(kept.copied().collect(), width, variance)
    }

    /// Along the components that hold the share `variance` of the rows' variance.
    fn fit(mut rows: Vec<f32>, width: usize, variance: f64) -> Self {
        let centre = centre(&mut rows, width);
        if rows.is_empty() {
            return Self { centre, axes: vec![], variances: vec![] };
        }
        let (axes, spread) = components(&rows, width, variance);
        if spread.is_empty() {
            return Self { centre, axes, variances: spread };
        }
        let blocks = rows.par_chunks(BLOCK * width);
        let along: Vec<f32> = blocks.flat_map_iter(|block| products(block, &axes, width)).collect();
        let (variances, shrinkage) = shrinkage(&along, spread.len());
        let mean = variances.iter().sum::<f64>() / variances.len() as f64;
        let shrunk = variances.iter().map(|own| (1.0 - shrinkage) * own + shrinkage * mean);
        Self { centre, variances: shrunk.collect(), axes }
    }

    /// How far out `row` is, in deviations.
    pub(super) fn distance(&self, row: &[f32]) -> f32 {
        if self.variances.is_empty() {
            return 0.0;
        }
        let centred: Vec<f32> = row.iter().zip(&self.centre).map(|(value, mean)| value - mean).collect();
        let along = products(&centred, &self.axes, centred.len());
        let terms = along.iter().zip(&self.variances).map(|(&t, v)| f64::from(t).powi(2) / v);
        terms.sum::<f64>().sqrt() as f32
    }

    pub(super) fn store(&self, weights: &mut Weights) {
        let (count, width) = (self.variances.len(), self.centre.len());
        weights.put_f32("centre", &[width], self.centre.clone());
        weights.put_f32("axes", &[count, width], self.axes.clone());
        weights.put_f64("variances", &[count], self.variances.clone());
    }

    pub(super) fn load(width: usize, weights: &mut Weights) -> Result<Self> {
        let (_, centre) = weights.take_f32("centre", &[Some(width)])?;
        let (shape, axes) = weights.take_f32("axes", &[None, Some(width)])?;
        let (_, variances) = weights.take_f64("variances", &[Some(shape[0])])?;
        match variances.iter().find(|&&variance| variance <= 0.0) {
            Some(variance) => Err(bad_array("variances", "positive numbers", variance)),
            None => Ok(Self { centre, axes, variances }),
        }
    }
}

/// The variances of uncorrelated columns of mean 0, and how much of their covariance should be replaced by their mean
/// variance: Ledoit and Wolf's estimate, in \[0, 1\].
fn shrinkage(rows: &[f32], width: usize) -> (Vec<f64>, f64) {
    let n = (rows.len() / width) as f64;
    let (mut variances, mut fourth) = (vec![0.0; width], 0.0);
    for row in rows.chunks_exact(width) {
        let mut length = 0.0;
        for (variance, &value) in variances.iter_mut().zip(row) {
            let square = f64::from(value).powi(2);
            *variance += square / n;
            length += square;
        }
        fourth += length * length;
    }
    let squares: f64 = variances.iter().map(|own| own * own).sum();
    let mean = variances.iter().sum::<f64>() / width as f64;
    // How far the covariance is from a multiple of the identity, and how much of that is chance.
    let apart = squares - width as f64 * mean * mean;
    let chance = ((fourth / n - squares) / n).min(apart);
    (variances, if chance > 0.0 { chance / apart } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `n` rows of `cols` numbers, the columns tied to one another.
    fn tied(n: usize, cols: usize) -> Vec<f32> {
        let value = |i: usize| {
            let (row, column) = (i / cols, i % cols);
            (row as f32 * 0.37).sin() * (column + 1) as f32 + (i * i % 31) as f32 * 0.02
        };
        (0..n * cols).map(value).collect()
    }

    // import numpy as np; from sklearn.covariance import LedoitWolf; from sklearn.decomposition import PCA
    // for n, cols, share in ((60, 5, None), (8, 12, .999)):
    //     i = np.arange(n * cols); x = np.sin((i // cols).astype(np.float32) * np.float32(.37)) * (i % cols + 1)
    //     x = (x + (i * i % 31) * np.float32(.02)).astype(np.float32).reshape(n, cols).astype(float)
    //     t = PCA(share).fit_transform(x); w = LedoitWolf().fit(t)
    //     print(t.shape[1], w.shrinkage_, np.sqrt(w.mahalanobis(t))[[0, 1, n - 1]])
    #[test]
    fn agrees_with_scikit_learn() {
        for (n, cols, share, axes, expected) in [
            (60, 5, 1.0, 5, [1.0942928, 1.25228746, 0.71012765]),
            (8, 12, 0.999, 4, [2.2443975, 1.02633344, 0.52204234]),
        ] {
            let rows = tied(n, cols);
            let ellipsoid = Ellipsoid::fit(rows.clone(), cols, share);
            assert_eq!(ellipsoid.variances.len(), axes);
            for (i, expected) in [0, 1, n - 1].into_iter().zip(expected) {
                let found = f64::from(ellipsoid.distance(&rows[i * cols..(i + 1) * cols]));
                assert!((found - expected).abs() < 1e-3 * expected, "{found} instead of {expected}");
            }
        }
    }

    #[test]
    fn the_shrinkage_is_that_of_scikit_learn() {
        // w.shrinkage_ of the program above.
        for (n, cols, share, expected) in
            [(60, 5, 1.0, 0.012351298280958885), (8, 12, 0.999, 0.24927095386537174)]
        {
            let mut rows = tied(n, cols);
            centre(&mut rows, cols);
            let (axes, spread) = components(&rows, cols, share);
            let found = shrinkage(&products(&rows, &axes, cols), spread.len()).1;
            assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
        }
        assert_eq!(shrinkage(&[1.0, -1.0], 1).1, 0.0);
    }

    #[test]
    fn the_farthest_rows_do_not_stretch_it() {
        let mut rows = tied(50, 3);
        rows.extend([[900.0, -400.0, 70.0]; 4].concat());
        let distance = |trimmed| Ellipsoid::around(&rows, 3, 1.0, trimmed).distance(&rows[150..153]);
        assert!(distance(0.1) > 20.0 * distance(0.0), "{} {}", distance(0.1), distance(0.0));
    }
}
