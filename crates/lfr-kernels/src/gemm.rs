//! Matrix products. The `gemm` crate computes them; everything unsafe about it is here.
//!
//! It is fastest when the destination's rows are long and contiguous, its right operand has the same direction, and
//! the left operand is contiguous along the inner dimension: then it packs nothing. So pixels are rows and channels
//! are columns throughout this crate.
#![allow(unsafe_code, reason = "the gemm crate takes raw pointers; lengths are checked here")]

use ::gemm::Parallelism;
use rayon::prelude::*;

use crate::partition::ranges;

/// A matrix in a slice.
#[derive(Clone, Copy)]
pub(crate) struct Matrix<'a> {
    data: &'a [f32],
    rows: usize,
    columns: usize,
    row_stride: usize,
    column_stride: usize,
}

impl<'a> Matrix<'a> {
    /// All of `data` as rows of `columns` numbers.
    pub(crate) fn new(data: &'a [f32], columns: usize) -> Self {
        assert!(
            columns > 0 && data.len().is_multiple_of(columns),
            "{} numbers in rows of {columns}",
            data.len()
        );
        Self { data, rows: data.len() / columns, columns, row_stride: columns, column_stride: 1 }
    }

    /// The transposed matrix.
    pub(crate) fn t(self) -> Self {
        Self {
            data: self.data,
            rows: self.columns,
            columns: self.rows,
            row_stride: self.column_stride,
            column_stride: self.row_stride,
        }
    }

    fn rows_at(self, range: &std::ops::Range<usize>) -> Self {
        let data = if range.is_empty() { &[] } else { &self.data[range.start * self.row_stride..] };
        Self { data, rows: range.len(), ..self }
    }

    fn columns_at(self, range: &std::ops::Range<usize>) -> Self {
        self.t().rows_at(range).t()
    }
}

/// Whether a product replaces what is in the destination.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Into {
    /// It replaces it.
    Set,
    /// It is added to it.
    Add,
}

/// `to = a b` or `to += a b` on this thread, `to` contiguous with rows of `b.columns`.
pub(crate) fn gemm(to: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, into: Into) {
    assert_eq!(to.len(), a.rows * b.columns, "destination of a matrix product");
    if a.columns == 0 {
        return if into == Into::Set {
            to.fill(0.0)
        };
    }
    // SAFETY: `to` is borrowed mutably and holds all rows of `b.columns`, just checked.
    unsafe { tile(to.as_mut_ptr(), b.columns, a, b, into) }
}

/// A pointer that tasks writing disjoint parts share.
struct Shared(*mut f32);

// SAFETY: only `gemm_tiled` shares one, among tasks that write tiles which do not overlap.
unsafe impl Sync for Shared {}

impl Shared {
    fn at(&self, offset: usize) -> *mut f32 {
        self.0.wrapping_add(offset)
    }
}

/// `to = a b` over tiles of at most `rows x columns`, in parallel.
pub(crate) fn gemm_tiled(to: &mut [f32], a: Matrix<'_>, b: Matrix<'_>, [rows, columns]: [usize; 2]) {
    assert_eq!(to.len(), a.rows * b.columns, "destination of a matrix product");
    if a.columns == 0 {
        return to.fill(0.0);
    }
    let stride = b.columns;
    let tiles: Vec<_> =
        ranges(a.rows, rows).flat_map(|r| ranges(stride, columns).map(move |c| (r.clone(), c))).collect();
    let shared = Shared(to.as_mut_ptr());
    tiles.par_iter().with_max_len(1).for_each(|(r, c)| {
        // SAFETY: `to` is borrowed mutably and holds `a.rows` rows of `stride`, just checked; the tile lies within,
        // and tiles do not overlap.
        unsafe {
            tile(shared.at(r.start * stride + c.start), stride, a.rows_at(r), b.columns_at(c), Into::Set);
        }
    });
}

/// One product into rows that begin `stride` apart.
///
/// # Safety
/// `to` must be valid for writing `a.rows` rows of `b.columns` numbers, each `stride` after the last, which nothing
/// else touches meanwhile.
unsafe fn tile(to: *mut f32, stride: usize, a: Matrix<'_>, b: Matrix<'_>, into: Into) {
    assert_eq!(a.columns, b.rows, "inner dimensions of a matrix product");
    for matrix in [&a, &b] {
        let last =
            (matrix.rows.max(1) - 1) * matrix.row_stride + (matrix.columns.max(1) - 1) * matrix.column_stride;
        assert!(matrix.rows * matrix.columns == 0 || last < matrix.data.len(), "operand of a matrix product");
    }
    // SAFETY: the operands hold their last elements (checked above), the destination as promised by the caller;
    // no slice is longer than isize::MAX bytes, so the strides fit.
    unsafe {
        ::gemm::gemm(
            a.rows,
            b.columns,
            a.columns,
            to,
            1,
            stride as isize,
            into == Into::Add,
            a.data.as_ptr(),
            a.column_stride as isize,
            a.row_stride as isize,
            b.data.as_ptr(),
            b.column_stride as isize,
            b.row_stride as isize,
            1.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn numbers(n: usize, seed: usize) -> Vec<f32> {
        (0..n).map(|i| ((i * 31 + seed * 17) % 13) as f32 - 6.0).collect()
    }

    proptest! {
        #[test]
        fn products_are_exact_on_small_integers(m in 0usize..40, n in 1usize..40, k in 1usize..40, flip: [bool; 2]) {
            let (a, b) = (numbers(m * k, 1), numbers(k * n, 2));
            let at = |i: usize, j: usize| if flip[0] { a[j * m.max(1) + i] } else { a[i * k + j] };
            let bt = |i: usize, j: usize| if flip[1] { b[j * k + i] } else { b[i * n + j] };
            let want: Vec<f32> =
                (0..m * n).map(|e| (0..k).map(|l| at(e / n, l) * bt(l, e % n)).sum()).collect();
            prop_assume!(m > 0 || !flip[0]);
            let ma = if flip[0] { Matrix::new(&a, m).t() } else { Matrix::new(&a, k) };
            let mb = if flip[1] { Matrix::new(&b, k).t() } else { Matrix::new(&b, n) };
            let mut to = vec![f32::NAN; m * n];
            gemm(&mut to, ma, mb, Into::Set);
            prop_assert_eq!(&to, &want);
            gemm(&mut to, ma, mb, Into::Add);
            let twice: Vec<f32> = want.iter().map(|v| 2.0 * v).collect();
            prop_assert_eq!(&to, &twice);
            gemm_tiled(&mut to, ma, mb, [7, 9]);
            prop_assert_eq!(&to, &want);
        }
    }

    #[test]
    #[should_panic(expected = "inner dimensions")]
    fn shapes_are_checked() {
        gemm(&mut [0.0; 4], Matrix::new(&[0.0; 4], 2), Matrix::new(&[0.0; 6], 2), Into::Set);
    }
}
