//! Products cut into blocks that stay in the caches.
#![allow(unsafe_code, reason = "tiles write through a pointer, since tasks share a destination's rows")]

use super::Into;
use super::matrix::Matrix;
use super::pack::{Panels, Right, left};
use super::tile::{Kernels, Tile};
use crate::partition::ranges;

/// Most products summed in registers: as many rows of a panel as fit the first-level cache, with AVX-512 32 KiB. The same
/// for all registers, so that they all sum in the same order.
const DEPTH: usize = 128;
/// Most rows of the left operand that stay in the second-level cache, 256 KiB.
const ROWS: usize = 512;

/// `to = a b` or `to += a b`, into rows that begin `stride` apart.
///
/// # Safety
/// The processor must have the kernels' instructions. `to` must be valid for reading and writing `a.rows` rows of
/// `b.columns` numbers, each `stride` after the last, which nothing else touches meanwhile.
pub(super) unsafe fn multiply(
    kernels: &Kernels,
    to: *mut f32,
    stride: usize,
    [a, b]: [Matrix<'_>; 2],
    into: Into,
) {
    assert_eq!(a.columns, b.rows, "inner dimensions of a matrix product");
    a.check();
    b.check();
    if a.rows * b.columns == 0 {
        return;
    }
    let panels = Panels::new(b.columns, kernels);
    let step = equal(a.columns, DEPTH);
    for depth in ranges(a.columns, step) {
        let into = if depth.start > 0 { Into::Add } else { into };
        let (a, b) = (a.columns_at(depth.clone()), b.rows_at(depth));
        let right = Right::new(b, &panels, a.rows, kernels);
        for rows in ranges(a.rows, equal(a.rows, ROWS)) {
            let mut copy = None;
            let to = to.wrapping_add(rows.start * stride);
            let a = left(a.rows_at(rows), &panels, &mut copy);
            let block = Block { kernels, panels: &panels, a, right: &right, to, stride, into };
            // SAFETY: the processor has the instructions and these rows of the destination are ours, as the caller
            // promises; the operands hold their last elements, checked above.
            unsafe { block.multiply() };
        }
    }
}

/// The size of equal parts of at most `most`.
fn equal(n: usize, most: usize) -> usize {
    n.div_ceil(n.div_ceil(most).max(1)).max(1)
}

/// A block of a product.
struct Block<'a> {
    kernels: &'a Kernels,
    panels: &'a Panels,
    a: Matrix<'a>,
    right: &'a Right<'a>,
    to: *mut f32,
    stride: usize,
    into: Into,
}

impl Block<'_> {
    /// # Safety
    /// As [`multiply`].
    unsafe fn multiply(&self) {
        for panel in 0..self.panels.count {
            let vectors = self.panels.vectors(panel).len();
            let tiles = self.kernels.tiles[vectors - 1];
            let count = self.a.rows.div_ceil(tiles.len());
            let mut row = 0;
            for at in 0..count {
                let rows = (self.a.rows - row).div_ceil(count - at);
                let tile = self.tile(panel, row, [at, rows]);
                // SAFETY: the tile lies within the block.
                unsafe { tiles[rows - 1](&tile) };
                row += rows;
            }
        }
    }

    /// The tile number `at` of a panel, `rows` rows from `row` on.
    fn tile(&self, panel: usize, row: usize, [at, rows]: [usize; 2]) -> Tile {
        let columns = self.panels.columns(panel);
        let (b, width) = self.right.panel(self.panels, panel);
        let a = self.a.data[row * self.a.row_stride..].as_ptr();
        let (next, next_step) = self.next(panel, row + rows, [at, rows]);
        Tile {
            depth: self.a.columns,
            a,
            row: self.a.row_stride,
            step: self.a.column_stride,
            b: b.as_ptr(),
            width,
            to: self.to.wrapping_add(row * self.stride + columns.start),
            stride: self.stride,
            last: (columns.len() - 1) % self.kernels.lanes + 1,
            into: self.into,
            next,
            next_step,
        }
    }

    /// What is read next and is not in the cache yet: by the first tiles of a panel each two columns of vectors of the
    /// next panel, else, before the left operand was read once, its next rows.
    fn next(&self, panel: usize, row: usize, [at, rows]: [usize; 2]) -> (*const f32, usize) {
        let a = self.a.data.as_ptr().wrapping_add(row * self.a.row_stride);
        let then = if panel + 1 < self.panels.count { panel + 1 } else { 0 };
        if 2 * at < self.panels.vectors(then).len() && (then > 0 || self.right.plain()) {
            let (b, width) = self.right.panel(self.panels, then);
            let below = if then == 0 { self.a.columns * width } else { 0 };
            (b.as_ptr().wrapping_add(below + 2 * at * self.kernels.lanes), width)
        } else if panel > 0 {
            (a, 0)
        } else if self.a.row_stride == 1 {
            (a.wrapping_add(rows), self.a.column_stride)
        } else {
            (a, rows)
        }
    }
}
