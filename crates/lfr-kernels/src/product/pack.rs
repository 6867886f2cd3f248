//! Operands copied so that tiles read them in order.

#![allow(unsafe_code, reason = "columns are turned by vector instructions; lengths are checked here")]

use std::ops::Range;

use super::matrix::Matrix;
use super::tile::Kernels;
use super::tile::turn::COLUMNS;
use crate::scratch::Scratch;
use crate::simd::{copy, vectorised};

/// Distance of rows from which on they fall on the same cache lines, and on one page each.
const FAR: usize = 512;
/// Panels for which copying the left operand pays.
const PANELS: usize = 4;
/// Rows of the left operand for which copying the right one pays, where its rows are far apart and where they are not.
const ROWS: [usize; 2] = [48, 96];
/// Numbers between rows of a copy, so that they do not fall on the same cache lines.
const APART: usize = 16;

/// How the columns of a right operand are cut into panels as wide as a tile.
#[derive(Clone, Copy)]
pub(super) struct Panels {
    columns: usize,
    lanes: usize,
    vectors: usize,
    pub(super) count: usize,
}

impl Panels {
    pub(super) fn new(columns: usize, kernels: &Kernels) -> Self {
        let vectors = columns.div_ceil(kernels.lanes);
        Self { columns, lanes: kernels.lanes, vectors, count: vectors.div_ceil(kernels.tiles.len()) }
    }

    /// The vectors of a panel; panels differ by at most one.
    pub(super) fn vectors(&self, panel: usize) -> Range<usize> {
        let start = |p: usize| p * (self.vectors / self.count) + p.min(self.vectors % self.count);
        start(panel)..start(panel + 1)
    }

    /// The columns of a panel.
    pub(super) fn columns(&self, panel: usize) -> Range<usize> {
        let vectors = self.vectors(panel);
        vectors.start * self.lanes..self.columns.min(vectors.end * self.lanes)
    }

    /// Numbers of all panels of a right operand of some rows.
    fn len(&self, rows: usize) -> usize {
        rows * self.vectors * self.lanes
    }
}

/// Rows of a right operand, in panels.
pub(super) enum Right<'a> {
    /// As it lies.
    Plain(Matrix<'a>),
    /// One panel after the other, each row of whole vectors.
    Packed(Scratch, usize),
}

impl<'a> Right<'a> {
    /// Rows that `rows` rows of a left operand are multiplied with.
    pub(super) fn new(b: Matrix<'a>, panels: &Panels, rows: usize, kernels: &Kernels) -> Self {
        let whole = b.columns.is_multiple_of(panels.lanes);
        let beside = panels.count == 1 && b.row_stride == b.columns;
        if b.column_stride == 1 && whole && (beside || rows < ROWS[usize::from(b.row_stride < FAR)]) {
            return Right::Plain(b);
        }
        let mut packed = Scratch::dirty(panels.len(b.rows));
        for panel in 0..panels.count {
            let vectors = panels.vectors(panel);
            let to = &mut packed[panels.len(b.rows) / panels.vectors * vectors.start..];
            pack(b.columns_at(panels.columns(panel)), to, vectors.len() * panels.lanes, kernels);
        }
        Right::Packed(packed, b.rows)
    }

    /// Whether more rows lie behind these.
    pub(super) fn plain(&self) -> bool {
        matches!(self, Right::Plain(_))
    }

    /// The numbers of a panel, and how far apart its rows are.
    pub(super) fn panel(&self, panels: &Panels, panel: usize) -> (&[f32], usize) {
        let vectors = panels.vectors(panel);
        match self {
            Right::Plain(b) => (&b.data[vectors.start * panels.lanes..], b.row_stride),
            Right::Packed(packed, rows) => {
                let from = vectors.start * panels.lanes * rows;
                (&packed[from..], vectors.len() * panels.lanes)
            }
        }
    }
}

/// A left operand, copied where its rows lie badly.
pub(super) fn left<'a>(a: Matrix<'a>, panels: &Panels, copy: &'a mut Option<Scratch>) -> Matrix<'a> {
    let upright = a.column_stride == 1;
    let lines = if upright { a } else { a.t() };
    if panels.count < PANELS || lines.row_stride < FAR {
        return a;
    }
    let stride = lines.columns.next_multiple_of(APART) + APART;
    let copy = copy.insert(Scratch::dirty(lines.rows * stride));
    pack_rows(lines, copy, stride);
    let lines = Matrix { data: copy, row_stride: stride, ..lines };
    if upright { lines } else { lines.t() }
}

/// Copies a matrix to rows of `width` numbers, with zeros behind them.
fn pack(from: Matrix<'_>, to: &mut [f32], width: usize, kernels: &Kernels) {
    if from.column_stride == 1 { pack_rows(from, to, width) } else { pack_columns(from, to, width, kernels) }
}

vectorised! {
    fn pack_rows(from: Matrix<'_>, to: &mut [f32], width: usize) {
        for (l, to) in to.chunks_exact_mut(width).take(from.rows).enumerate() {
            let (row, rest) = to.split_at_mut(from.columns);
            copy(row, &from.data[l * from.row_stride..][..from.columns]);
            rest.fill(0.0);
        }
    }
}

/// The same from a matrix whose columns are contiguous.
fn pack_columns(from: Matrix<'_>, to: &mut [f32], width: usize, kernels: &Kernels) {
    from.check();
    assert!(from.columns <= width && from.rows * width <= to.len(), "room for a panel");
    let whole = from.columns / COLUMNS * COLUMNS;
    for left in (0..whole).step_by(COLUMNS) {
        let columns = from.columns_at(left..left + COLUMNS);
        // SAFETY: the processor has the instructions of kernels that are available; the columns hold their last
        // element, and the panel has room for all rows.
        unsafe {
            let to = to[left..].as_mut_ptr();
            (kernels.turn)(columns.data.as_ptr(), from.column_stride, from.rows, to, width);
        }
    }
    for (l, to) in to.chunks_exact_mut(width).take(from.rows).enumerate() {
        for (column, to) in to.iter_mut().enumerate().skip(whole) {
            *to = if column < from.columns { from.data[column * from.column_stride + l] } else { 0.0 };
        }
    }
}
