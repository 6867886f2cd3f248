//! Matrix products of f32, on one thread or in tiles on many.
//!
//! Pixels are rows and channels are columns throughout this crate, so the vectors of a product lie along the rows of the
//! destination and of the right operand, which is copied into panels where it does not lie so. The left operand is read a
//! number at a time, along its rows or its columns. Each number is the sum of fused products in the order of the inner
//! dimension, in parts whose sizes depend on that dimension alone: it is the same in any tile, and with AVX-512, AVX2
//! and NEON.
#![allow(unsafe_code, reason = "tiles are written through a pointer; lengths are checked here")]

mod blocks;
mod matrix;
mod pack;
mod tile;

use rayon::prelude::*;

use crate::partition::ranges;
use blocks::multiply;
pub(crate) use matrix::Matrix;
use pack::Factor;
pub(crate) use pack::Packed;
use tile::{Kernels, best};

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
    product(best(), to, a, Factor::Matrix(b), into);
}

/// The same with an operand that other products share.
pub(crate) fn gemm_packed(to: &mut [f32], a: Matrix<'_>, b: &Packed, into: Into) {
    product(b.panels.kernels, to, a, Factor::Packed(b), into);
}

fn product(kernels: &'static Kernels, to: &mut [f32], a: Matrix<'_>, b: Factor<'_>, into: Into) {
    let [inner, columns] = b.sizes();
    assert_eq!(to.len(), a.rows * columns, "destination of a matrix product");
    if inner == 0 && into == Into::Set {
        to.fill(0.0);
    }
    // SAFETY: the processor has kernels that can be had; `to` is borrowed mutably and holds all rows, just checked.
    unsafe { multiply(kernels, to.as_mut_ptr(), columns, (a, b), into) }
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
            let to = shared.at(r.start * stride + c.start);
            let operands = (a.rows_at(r.clone()), Factor::Matrix(b.columns_at(c.clone())));
            multiply(best(), to, stride, operands, Into::Set);
        }
    });
}

#[cfg(test)]
mod tests;
