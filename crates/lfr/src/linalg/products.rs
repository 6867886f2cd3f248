//! Products of matrices stored row by row, lengths and distances of rows.

use nalgebra::{DMatrixView, RealField};

/// The inner product of every row of `a` with every row of `b`, rows of `width` numbers: `rows(a) * rows(b)` numbers.
pub(crate) fn products<T: RealField + Copy>(a: &[T], b: &[T], width: usize) -> Vec<T> {
    let (a_rows, b_rows) = (a.len() / width.max(1), b.len() / width.max(1));
    // nalgebra stores by columns: what is stored row by row reads as the transpose. Both operands are contiguous, for
    // its 0.35 steps out of bounds in small products of strided ones.
    let a = DMatrixView::<T>::from_slice(&a[..width * a_rows], width, a_rows);
    let b = DMatrixView::<T>::from_slice(&b[..width * b_rows], width, b_rows).transpose();
    (b * a).data.into()
}

/// `a` (rows of `inner` numbers) times `b` (`inner` rows): `rows(a) * columns(b)` numbers.
pub(crate) fn times<T: RealField + Copy>(a: &[T], b: &[T], inner: usize) -> Vec<T> {
    let (rows, columns) = (a.len() / inner.max(1), b.len() / inner.max(1));
    let a = DMatrixView::<T>::from_slice(&a[..inner * rows], inner, rows);
    let b = DMatrixView::<T>::from_slice(&b[..columns * inner], columns, inner);
    (b * a).data.into()
}

/// The squared Euclidean distance of two rows, in 64 bits.
pub(crate) fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
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

/// The squared Euclidean length of a row, summed in 64 bits.
pub(crate) fn squared_length(row: &[f32]) -> f64 {
    row.iter().map(|&v| f64::from(v) * f64::from(v)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_are_those_of_the_rows() {
        let (a, b) = ([1.0_f32, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0, 9.0, 10.0]);
        assert_eq!(products(&a, &b, 2), [17.0, 23.0, 29.0, 39.0, 53.0, 67.0]);
        assert_eq!(times(&a, &b, 2), [21.0, 24.0, 27.0, 47.0, 54.0, 61.0]);
        assert!(products::<f32>(&[], &b, 2).is_empty());
    }

    #[test]
    fn lengths_and_distances_are_euclidean() {
        let row: Vec<f32> = (0..11).map(|i| i as f32).collect();
        assert_eq!((squared_length(&row), squared_length(&[])), (385.0, 0.0));
        assert_eq!((squared_distance(&row, &[0.0; 11]), squared_distance(&row, &row)), (385.0, 0.0));
    }
}
