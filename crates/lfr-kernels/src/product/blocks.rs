//! Products cut into blocks that stay in the caches.
#![allow(unsafe_code, reason = "tiles write through a pointer, since tasks share a destination's rows")]

use super::Into;
use super::matrix::Matrix;
use super::pack::{Factor, Panels, Right, depths, equal, left};
use super::tile::{Kernels, Tile};
use crate::partition::ranges;

/// Most rows of the left operand that stay in the second-level cache, 256 KiB.
const ROWS: usize = 512;

/// `to = a b` or `to += a b`, into rows that begin `stride` apart. The kernels are those of `b`, if it is packed.
///
/// # Safety
/// The processor must have the kernels' instructions. `to` must be valid for reading and writing `a.rows` rows of as many
/// numbers as `b` has columns, each `stride` after the last, which nothing else touches meanwhile.
pub(super) unsafe fn multiply(
    kernels: &'static Kernels,
    to: *mut f32,
    stride: usize,
    (a, b): (Matrix<'_>, Factor<'_>),
    into: Into,
) {
    let [inner, columns] = b.sizes();
    assert_eq!(a.columns, inner, "inner dimensions of a matrix product");
    a.check();
    let panels = match b {
        Factor::Matrix(b) => {
            b.check();
            Panels::new(columns, kernels)
        }
        Factor::Packed(b) => b.panels,
    };
    if a.rows * columns == 0 {
        return;
    }
    for depth in depths(inner) {
        let into = if depth.start > 0 { Into::Add } else { into };
        let (a, mut room) = (a.columns_at(depth.clone()), None);
        let right = b.right(depth, &panels, a.rows, &mut room);
        for rows in ranges(a.rows, equal(a.rows, ROWS)) {
            let mut copy = None;
            let to = to.wrapping_add(rows.start * stride);
            let a = left(a.rows_at(rows), &panels, &mut copy);
            let block = Block { panels: &panels, a, right: &right, to, stride, into };
            // SAFETY: the processor has the instructions and these rows of the destination are ours, as the caller
            // promises; the operands hold their last elements, checked above and in `Packed::with`.
            unsafe { block.multiply() };
        }
    }
}

/// A block of a product.
struct Block<'a> {
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
            let tiles = self.panels.kernels.tiles[vectors - 1];
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
            last: (columns.len() - 1) % self.panels.kernels.lanes + 1,
            into: self.into,
            next,
            next_step,
        }
    }

    /// What is read next and is not in the first-level cache: by the first tiles of a panel each some columns of the next
    /// panel, by the others the left operand's next rows.
    fn next(&self, panel: usize, row: usize, [at, rows]: [usize; 2]) -> (*const f32, usize) {
        let a = self.a.data.as_ptr().wrapping_add(row * self.a.row_stride);
        let then = if panel + 1 < self.panels.count { panel + 1 } else { 0 };
        let ahead = at * self.panels.kernels.ahead;
        if ahead < self.panels.columns(then).len() && (then > 0 || self.right.plain()) {
            let (b, width) = self.right.panel(self.panels, then);
            let below = if then == 0 { self.a.columns * width } else { 0 };
            (b.as_ptr().wrapping_add(below + ahead), width)
        } else if self.a.row_stride == 1 {
            (a.wrapping_add(rows), self.a.column_stride)
        } else if self.a.row_stride <= 2 * self.a.columns {
            (a, rows * self.a.row_stride / self.a.columns)
        } else {
            (a, 0)
        }
    }
}
