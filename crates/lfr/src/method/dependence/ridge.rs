//! Every group of features predicted from all others by ridge regression, in closed form.
//!
//! With the centred rows Z, G = ZᵀZ + λI and Θ = G⁻¹, what the ridge regression of the features g on all others leaves of
//! a row z is (zΘ)_g Θ_gg⁻¹: the inverse of a block matrix by its Schur complement. One product by the matrix
//! R = Θ diag(Θ_gg⁻¹) gives the errors of all groups. The row's own leverage in the regression of g is zΘzᵀ less the
//! quadratic form of that error, plus 1/n for the mean; over one less the leverage, the error is that of a regression
//! which has not seen the row (leave-one-out).

use std::ops::Range;

use nalgebra::{Cholesky, DMatrix, DMatrixView, Dyn};
use rayon::prelude::*;

use crate::data::Features;
use crate::linalg::{BLOCK, padded, times};

/// Sums of rows that are made side by side; so many whatever the number of threads.
const PARTS: usize = 16;

/// The least share of the features' variance that λ is, which keeps the inverse exact to a few digits.
const LEAST: f64 = 1e-10;

/// One less the leverage is at least this.
const LEAST_REST: f64 = 1e-6;

/// Features that are predicted from one another, groups one after the other.
pub(super) struct Ridge {
    /// Which features, in the order of the matrix.
    pub(super) features: Vec<u32>,
    /// How many features each group has.
    pub(super) sizes: Vec<u32>,
    /// R, row by row.
    pub(super) matrix: Vec<f64>,
}

/// A ridge regression with what leaving a row out takes.
pub(super) struct Fitted {
    pub(super) ridge: Ridge,
    /// Θ_gg of every group.
    own: Vec<DMatrix<f64>>,
    /// Root mean squared distance of each group from its mean.
    pub(super) spreads: Vec<f64>,
    items: f64,
}

impl Fitted {
    /// Fits on all rows of `x`, less `mean`; `share` is λ as a share of the mean variance of a group, in one row.
    pub(super) fn new(x: &Features, mean: &[f64], features: Vec<u32>, sizes: Vec<u32>, share: f64) -> Self {
        let mut gram = gram(x, mean, &features);
        let items = x.len() as f64;
        let ranges: Vec<Range<usize>> = ranges(&sizes).collect();
        let squares: Vec<f64> =
            ranges.iter().map(|range| range.clone().map(|j| gram[(j, j)]).sum::<f64>()).collect();
        let total: f64 = squares.iter().sum();
        let lambda = (share * total / (items * sizes.len() as f64)).max(LEAST * total);
        let mut lambda = if lambda > 0.0 { lambda } else { 1.0 };
        let inverse = loop {
            (0..features.len()).for_each(|j| gram[(j, j)] += lambda);
            match gram.clone().cholesky() {
                Some(factors) => break factors.inverse(),
                None => lambda *= 10.0,
            }
        };
        let block = |range: &Range<usize>| {
            inverse.view((range.start, range.start), (range.len(), range.len())).into_owned()
        };
        let own: Vec<DMatrix<f64>> = ranges.iter().map(block).collect();
        // By columns, which is R by rows of its transpose.
        let columns: Vec<DMatrix<f64>> = (ranges.iter().zip(&own))
            .map(|(range, own)| inverse.columns(range.start, range.len()) * inverted(own))
            .collect();
        let mut matrix = vec![0.0; features.len() * features.len()];
        for (range, columns) in ranges.iter().zip(&columns) {
            for (i, row) in matrix.chunks_exact_mut(features.len()).enumerate() {
                row[range.clone()].iter_mut().zip(columns.row(i).iter()).for_each(|(to, &from)| *to = from);
            }
        }
        let spreads = squares.iter().map(|squares| (squares / items).sqrt()).collect();
        Self { ridge: Ridge { features, sizes, matrix }, own, spreads, items }
    }

    /// Sizes of the errors of every group in the rows of a block, each less its part in the fit: row by row.
    pub(super) fn sizes_without_own(&self, rows: &[f32], mean: &[f64]) -> Vec<f64> {
        let (ridge, width) = (&self.ridge, self.ridge.features.len());
        let centred = ridge.centred(rows, mean);
        let errors = times(&centred, &ridge.matrix, width);
        let pairs = centred.chunks_exact(width).zip(errors.chunks_exact(width));
        pairs.flat_map(|(row, errors)| self.row_without_own(row, errors)).collect()
    }

    fn row_without_own(&self, row: &[f64], errors: &[f64]) -> Vec<f64> {
        // (zΘ)_g, from which zΘzᵀ follows.
        let groups: Vec<(Vec<f64>, Range<usize>)> = ranges(&self.ridge.sizes)
            .zip(&self.own)
            .map(|(range, own)| (product(own, &errors[range.clone()]), range))
            .collect();
        let leverage: f64 = groups.iter().map(|(turned, range)| dot(turned, &row[range.clone()])).sum();
        let size = |(turned, range): &(Vec<f64>, Range<usize>)| {
            let error = &errors[range.clone()];
            let own = leverage - dot(turned, error) + 1.0 / self.items;
            length(error) / (1.0 - own).max(LEAST_REST)
        };
        groups.iter().map(size).collect()
    }
}

impl Ridge {
    /// The features of the block in rows of all features, less their means.
    fn centred(&self, rows: &[f32], mean: &[f64]) -> Vec<f64> {
        centred(rows, mean, &self.features)
    }

    /// What the prediction leaves of the features of the block, in rows of all features: row by row.
    pub(super) fn errors(&self, rows: &[f32], mean: &[f64]) -> Vec<f64> {
        times(&self.centred(rows, mean), &self.matrix, self.features.len())
    }

    /// Sizes of the errors of every group: row by row.
    pub(super) fn sizes(&self, rows: &[f32], mean: &[f64]) -> Vec<f64> {
        let errors = self.errors(rows, mean);
        let row = |errors: &[f64]| -> Vec<f64> {
            ranges(&self.sizes).map(|range| length(&errors[range])).collect()
        };
        errors.chunks_exact(self.features.len()).flat_map(row).collect()
    }
}

/// Where each of the groups of so many features lies.
fn ranges(sizes: &[u32]) -> impl Iterator<Item = Range<usize>> {
    sizes.iter().scan(0, |start, &size| {
        let range = *start..*start + size as usize;
        *start = range.end;
        Some(range)
    })
}

fn centred(rows: &[f32], mean: &[f64], features: &[u32]) -> Vec<f64> {
    let row = |row: &[f32]| -> Vec<f64> {
        features.iter().map(|&j| f64::from(row[j as usize]) - mean[j as usize]).collect()
    };
    rows.chunks_exact(mean.len()).flat_map(row).collect()
}

/// ZᵀZ of the features of the rows less their means.
fn gram(x: &Features, mean: &[f64], features: &[u32]) -> DMatrix<f64> {
    let width = features.len();
    let blocks = x.len().div_ceil(BLOCK);
    let share = blocks.div_ceil(PARTS).max(1);
    let part = |part: usize| {
        let mut sum = DMatrix::zeros(width, width);
        for block in (part * share..(part + 1) * share).take_while(|&block| block < blocks) {
            let items = block * BLOCK..((block + 1) * BLOCK).min(x.len());
            let rows = padded(x, items.clone(), items.len());
            let rows = centred(&rows, mean, features);
            let columns = DMatrixView::from_slice(&rows, width, items.len());
            sum.gemm(1.0, &columns, &columns.transpose(), 1.0);
        }
        sum
    };
    let parts: Vec<DMatrix<f64>> = (0..PARTS).into_par_iter().map(part).collect();
    parts.into_iter().fold(DMatrix::zeros(width, width), |sum, part| sum + part)
}

/// The inverse of a symmetric positive matrix, which a block of one is.
fn inverted(matrix: &DMatrix<f64>) -> DMatrix<f64> {
    let factors: Option<Cholesky<f64, Dyn>> = matrix.clone().cholesky();
    factors.map_or_else(|| DMatrix::zeros(matrix.nrows(), matrix.ncols()), |factors| factors.inverse())
}

/// A symmetric matrix times a vector.
fn product(matrix: &DMatrix<f64>, vector: &[f64]) -> Vec<f64> {
    matrix.column_iter().map(|column| dot(column.as_slice(), vector)).collect()
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(vector: &[f64]) -> f64 {
    dot(vector, vector).sqrt()
}
