//! Standardised columns and the directions in which they vary most.

use nalgebra::DMatrix;
use rayon::prelude::*;

use crate::data::Features;
use crate::method::block_products::{BLOCK, products, times};

/// Standardised values are kept within this many standard deviations, so that their squares stay finite.
const LIMIT: f64 = 1e9;

/// Mean and standard deviation of every column.
pub(in crate::method) struct Scale {
    pub(in crate::method) mean: Vec<f64>,
    /// 1 for constant columns.
    pub(in crate::method) deviation: Vec<f64>,
}

impl Scale {
    pub(in crate::method) fn of(x: &Features) -> Self {
        let (n, width) = (x.len() as f64, x.width());
        let mut row = vec![0.0; width];
        let mut sum = |term: &dyn Fn(usize, f64) -> f64| {
            let mut sums = vec![0.0; width];
            for i in 0..x.len() {
                x.row_into(i, &mut row);
                sums.iter_mut().zip(&row).enumerate().for_each(|(j, (s, &v))| *s += term(j, f64::from(v)));
            }
            sums.into_iter().map(|sum| sum / n).collect::<Vec<f64>>()
        };
        let mean = sum(&|_, value| value);
        let variance = sum(&|column, value| (value - mean[column]).powi(2));
        let deviation = variance.iter().zip(&mean).map(|(&variance, mean)| {
            // What rounding leaves of a constant column is not variance.
            let deviation = variance.sqrt();
            if deviation > 1e-12 * mean.abs() { deviation } else { 1.0 }
        });
        Self { deviation: deviation.collect(), mean }
    }

    /// Standardises rows in place.
    pub(in crate::method) fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.mean.len()) {
            for ((value, mean), deviation) in row.iter_mut().zip(&self.mean).zip(&self.deviation) {
                *value = ((f64::from(*value) - mean) / deviation).clamp(-LIMIT, LIMIT) as f32;
            }
        }
    }
}

/// The components (rows of `width`) that hold `share` of the variance of standardised `rows`, and their variances.
pub(in crate::method) fn components(rows: &[f32], width: usize, share: f64) -> (Vec<f32>, Vec<f64>) {
    let n = rows.len() / width;
    // Rows and columns have the same non-zero eigenvalues; the smaller side makes the smaller problem.
    let by_columns = width <= n;
    let columns: Vec<f32> = if by_columns {
        (0..width).flat_map(|j| rows[j..].iter().step_by(width)).copied().collect()
    } else {
        vec![]
    };
    let (side, inner) = if by_columns { (columns.as_slice(), n) } else { (rows, width) };
    let gram: Vec<f32> =
        side.par_chunks(BLOCK * inner).flat_map_iter(|block| products(block, side, inner)).collect();
    let size = side.len() / inner;
    let eigen = DMatrix::from_iterator(size, size, gram.into_iter().map(f64::from)).symmetric_eigen();
    let mut order: Vec<usize> = (0..size).collect();
    order.sort_by(|&a, &b| eigen.eigenvalues[b].total_cmp(&eigen.eigenvalues[a]));
    let total: f64 = eigen.eigenvalues.iter().map(|value| value.max(0.0)).sum();
    let largest = order.first().map_or(0.0, |&i| eigen.eigenvalues[i]);
    let mut held = 0.0;
    let kept = order.into_iter().take_while(|&i| {
        // Below a millionth of the largest there is but rounding.
        let keep = held < share * total && eigen.eigenvalues[i] > 1e-6 * largest;
        held += eigen.eigenvalues[i];
        keep
    });
    let kept: Vec<usize> = kept.collect();
    let variances = kept.iter().map(|&i| eigen.eigenvalues[i] / (n as f64 - 1.0)).collect();
    let vectors: Vec<f32> = kept
        .iter()
        .flat_map(|&i| eigen.eigenvectors.column(i).iter().map(|&v| v as f32).collect::<Vec<_>>())
        .collect();
    let mut components = if by_columns { vectors } else { times(&vectors, rows, n) };
    for component in components.chunks_exact_mut(width) {
        let length = component.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
        component.iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
    }
    (components, variances)
}
