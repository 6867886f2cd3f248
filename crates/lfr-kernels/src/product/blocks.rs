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
            let tiles = self.panels.kernels.tiles[self.panels.vectors(panel).len() - 1];
            let count = self.a.rows.div_ceil(tiles.len());
            let (mut tile, ahead, mut row) = (self.tile(panel), self.ahead(panel), 0);
            for at in 0..count {
                let rows = (self.a.rows - row).div_ceil(count - at);
                let below = self.row(row + rows);
                (tile.next, tile.next_step) = ahead.of(at).unwrap_or_else(|| self.step(below, rows));
                // SAFETY: the tile lies within the block.
                unsafe { tiles[rows - 1](&tile) };
                row += rows;
                (tile.a, tile.to) = (below, tile.to.wrapping_add(rows * self.stride));
            }
        }
    }

    /// The first tile of a panel, but for what is read next.
    fn tile(&self, panel: usize) -> Tile {
        let columns = self.panels.columns(panel);
        let (b, width) = self.right.panel(self.panels, panel);
        Tile {
            depth: self.a.columns,
            a: self.row(0),
            row: self.a.row_stride,
            step: self.a.column_stride,
            b: b.as_ptr(),
            width,
            to: self.to.wrapping_add(columns.start),
            stride: self.stride,
            last: (columns.len() - 1) % self.panels.kernels.lanes + 1,
            into: self.into,
            next: self.row(0),
            next_step: 0,
        }
    }

    /// A row of the left operand.
    fn row(&self, row: usize) -> *const f32 {
        self.a.data.as_ptr().wrapping_add(row * self.a.row_stride)
    }

    /// What the other tiles bring into the cache: the `rows` rows of the left operand at `from`, in as many steps as a tile
    /// has; none where they lie far apart.
    fn step(&self, from: *const f32, rows: usize) -> (*const f32, usize) {
        let (row, inner) = (self.a.row_stride, self.a.columns);
        match row {
            1 => (from.wrapping_add(rows), self.a.column_stride),
            _ if row <= 2 * inner => (from, rows * row / inner),
            _ => (from, 0),
        }
    }

    /// The panel after one, or the first one of the rows behind.
    fn ahead(&self, panel: usize) -> Ahead {
        let step = self.panels.kernels.ahead;
        let then = if panel + 1 < self.panels.count { panel + 1 } else { 0 };
        let (b, width) = self.right.panel(self.panels, then);
        let below = if then == 0 { self.a.columns * width } else { 0 };
        let columns = if then > 0 || self.right.plain() { self.panels.columns(then).len() } else { 0 };
        Ahead { b: b.as_ptr().wrapping_add(below), width, columns, step }
    }
}

/// What the first tiles of a panel bring into the cache: each some columns of the panel after it.
struct Ahead {
    b: *const f32,
    width: usize,
    columns: usize,
    step: usize,
}

impl Ahead {
    /// What the tile number `at` brings, and how far its rows are apart.
    fn of(&self, at: usize) -> Option<(*const f32, usize)> {
        let from = at * self.step;
        (from < self.columns).then(|| (self.b.wrapping_add(from), self.width))
    }
}
