//! Operands copied so that tiles read them in order.

#![allow(unsafe_code, reason = "columns are turned by vector instructions; lengths are checked here")]

use std::ops::Range;

use super::matrix::Matrix;
use super::tile::turn::COLUMNS;
use super::tile::{Kernels, best};
use crate::partition::ranges;
use crate::scratch::Scratch;
use crate::simd::{copy, vectorised};

/// Most products summed in registers: as many rows of a panel as fit the first-level cache, with AVX-512 32 KiB. The same
/// for all registers, so that they all sum in the same order.
const DEPTH: usize = 128;
/// The same for inner dimensions beyond [`LONG`], of which it takes longer to begin than to read further.
const LONG_DEPTH: usize = 384;
const LONG: usize = 4096;
/// Distance of rows from which on they fall on the same cache lines, and on one page each.
const FAR: usize = 512;
/// Panels for which copying the left operand pays.
const PANELS: usize = 4;
/// Rows of the left operand for which copying the right one pays, where its rows are far apart and where they are not.
const ROWS: [usize; 2] = [48, 64];
/// Numbers between rows of a copy, so that they do not fall on the same cache lines.
const APART: usize = 16;

/// The ranges of the inner dimension that are summed in registers.
pub(super) fn depths(inner: usize) -> impl Iterator<Item = Range<usize>> {
    ranges(inner, equal(inner, if inner > LONG { LONG_DEPTH } else { DEPTH }))
}

/// The size of equal parts of at most `most`.
pub(super) fn equal(n: usize, most: usize) -> usize {
    n.div_ceil(n.div_ceil(most).max(1)).max(1)
}

/// How the columns of a right operand are cut into panels as wide as a tile.
#[derive(Clone, Copy)]
pub(super) struct Panels {
    pub(super) kernels: &'static Kernels,
    columns: usize,
    vectors: usize,
    pub(super) count: usize,
}

impl Panels {
    pub(super) fn new(columns: usize, kernels: &'static Kernels) -> Self {
        let vectors = columns.div_ceil(kernels.lanes);
        Self { kernels, columns, vectors, count: vectors.div_ceil(kernels.tiles.len()) }
    }

    /// The vectors of a panel; panels differ by at most one.
    pub(super) fn vectors(&self, panel: usize) -> Range<usize> {
        let start = |p: usize| p * (self.vectors / self.count) + p.min(self.vectors % self.count);
        start(panel)..start(panel + 1)
    }

    /// The columns of a panel.
    pub(super) fn columns(&self, panel: usize) -> Range<usize> {
        let vectors = self.vectors(panel);
        vectors.start * self.kernels.lanes..self.columns.min(vectors.end * self.kernels.lanes)
    }

    /// Numbers of a row of all panels.
    fn row(&self) -> usize {
        self.vectors * self.kernels.lanes
    }

    /// Copies a right operand, panel after panel.
    fn pack(&self, b: Matrix<'_>, to: &mut [f32]) {
        for panel in 0..self.count {
            let (vectors, lanes) = (self.vectors(panel), self.kernels.lanes);
            let to = &mut to[vectors.start * lanes * b.rows..];
            pack(b.columns_at(self.columns(panel)), to, vectors.len() * lanes, self.kernels);
        }
    }
}

/// A right operand laid out for many products.
pub(crate) struct Packed {
    numbers: Scratch,
    rows: usize,
    pub(super) panels: Panels,
}

impl Packed {
    /// Lays out a matrix.
    pub(crate) fn new(b: Matrix<'_>) -> Self {
        Self::with(best(), b)
    }

    /// The same for certain kernels.
    pub(super) fn with(kernels: &'static Kernels, b: Matrix<'_>) -> Self {
        b.check();
        let panels = Panels::new(b.columns, kernels);
        let mut numbers = Scratch::dirty(b.rows * panels.row());
        for depth in depths(b.rows) {
            panels.pack(b.rows_at(depth.clone()), &mut numbers[depth.start * panels.row()..]);
        }
        Self { numbers, rows: b.rows, panels }
    }
}

/// The right operand of a product.
#[derive(Clone, Copy)]
pub(super) enum Factor<'a> {
    Matrix(Matrix<'a>),
    Packed(&'a Packed),
}

impl<'a> Factor<'a> {
    /// Rows and columns.
    pub(super) fn sizes(&self) -> [usize; 2] {
        match self {
            Factor::Matrix(b) => [b.rows, b.columns],
            Factor::Packed(b) => [b.rows, b.panels.columns],
        }
    }

    /// Some of its rows, of which `rows` rows of a left operand are multiplied with all.
    pub(super) fn right(
        self,
        depth: Range<usize>,
        panels: &Panels,
        rows: usize,
        room: &'a mut Option<Scratch>,
    ) -> Right<'a> {
        let b = match self {
            Factor::Matrix(b) => b.rows_at(depth),
            Factor::Packed(b) => {
                return Right::Packed(&b.numbers[depth.start * panels.row()..], depth.len());
            }
        };
        let whole = b.columns.is_multiple_of(panels.kernels.lanes);
        let beside = panels.count == 1 && b.row_stride == b.columns;
        if b.column_stride == 1 && whole && (beside || rows < ROWS[usize::from(b.row_stride < FAR)]) {
            return Right::Plain(b);
        }
        let packed = room.insert(Scratch::dirty(b.rows * panels.row()));
        panels.pack(b, packed);
        Right::Packed(packed, b.rows)
    }
}

/// Rows of a right operand.
pub(super) enum Right<'a> {
    /// As it lies.
    Plain(Matrix<'a>),
    /// One panel after the other, each of so many rows of whole vectors.
    Packed(&'a [f32], usize),
}

impl Right<'_> {
    /// Whether more rows lie behind these.
    pub(super) fn plain(&self) -> bool {
        matches!(self, Right::Plain(_))
    }

    /// The numbers of a panel, and how far apart its rows are.
    pub(super) fn panel(&self, panels: &Panels, panel: usize) -> (&[f32], usize) {
        let (vectors, lanes) = (panels.vectors(panel), panels.kernels.lanes);
        match self {
            Right::Plain(b) => (&b.data[vectors.start * lanes..], b.row_stride),
            Right::Packed(packed, rows) => (&packed[vectors.start * lanes * rows..], vectors.len() * lanes),
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
