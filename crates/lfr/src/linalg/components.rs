//! The directions in which rows vary most.

use nalgebra::DMatrix;
use rayon::prelude::*;

use super::{BLOCK, products, squared_length, times};

/// The components (rows of `width`) that hold `share` of the variance of standardised `rows`, and their variances.
pub(crate) fn components(rows: &[f32], width: usize, share: f64) -> (Vec<f32>, Vec<f64>) {
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
        let length = squared_length(component).sqrt();
        component.iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
    }
    (components, variances)
}
