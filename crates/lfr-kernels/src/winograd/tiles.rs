//! Tiles of channels-last pictures, to and from the matrices that are multiplied.

use std::ops::Range;

use super::PRODUCTS;
use super::planes::Planes;
use super::transform::{BLOCK, Input, InputAdjoint, LANES, Map, Output, OutputAdjoint, SPAN, TILE, blank};
use crate::product::Matrix;
use crate::scratch::Scratch;
use crate::simd::{add, copy, vectorised};

/// Numbers between one place's matrix and the next, so that they do not fall on the same cache lines.
const APART: usize = 2 * LANES;

/// The input's or the output's pictures, and how tiles lie on their phases: every `stride`-th pixel down and across, of
/// which the channels of all phases are multiplied together.
pub(super) struct Side {
    /// Height and width.
    image: [usize; 2],
    channels: usize,
    stride: usize,
    /// Pixels that the first tile begins before its phase.
    padding: usize,
    /// Tiles down and across a phase.
    pub(super) tiles: [usize; 2],
}

impl Side {
    /// A side whose outputs the tiles cover.
    pub(super) fn new(image: [usize; 2], channels: usize, stride: usize, padding: usize) -> Self {
        let tiles = image.map(|n| (n / stride).div_ceil(TILE));
        Self { image, channels, stride, padding, tiles }
    }

    /// Numbers of a picture.
    pub(super) fn len(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    /// Channels of a pixel.
    pub(super) fn channels(&self) -> usize {
        self.channels
    }

    /// Channels of all phases.
    pub(super) fn depth(&self) -> usize {
        self.stride * self.row()
    }

    /// Channels of the phases that lie on one row of pixels, which are stored beside each other.
    fn row(&self) -> usize {
        self.stride * self.channels
    }

    /// Room for `tiles` transformed tiles.
    pub(super) fn room(&self, tiles: usize) -> Scratch {
        Scratch::dirty(PRODUCTS * self.apart(tiles))
    }

    /// Numbers from one place's matrix to the next.
    fn apart(&self, tiles: usize) -> usize {
        tiles * self.depth() + APART
    }

    /// The room's matrices.
    pub(super) fn planes<'a>(&self, room: &'a mut [f32], tiles: usize) -> Planes<'a> {
        let planes = room.chunks_exact_mut(self.apart(tiles));
        Planes(planes.map(|plane| &mut plane[..tiles * self.depth()]).collect())
    }

    /// The room's matrix of `place`.
    pub(super) fn matrix<'a>(&self, room: &'a [f32], tiles: usize, place: usize) -> Matrix<'a> {
        Matrix::new(&room[place * self.apart(tiles)..][..tiles * self.depth()], self.depth())
    }

    /// Lays out the transformed input tiles of `lines` of tiles.
    pub(super) fn read(&self, pictures: &[f32], lines: &Range<usize>, to: &mut Planes<'_>) {
        lay_out::<Input, SPAN>(self.corners(lines), pictures, to);
    }

    /// Adds the adjoint of [`Side::read`] to the pictures.
    pub(super) fn add(&self, from: &Planes<'_>, lines: &Range<usize>, pictures: &mut [f32]) {
        add_inputs(self.corners(lines), from, pictures);
    }

    /// Writes the outputs of `lines` of tiles from their products.
    pub(super) fn write_outputs(&self, from: &Planes<'_>, lines: &Range<usize>, pictures: &mut [f32]) {
        write_outputs(self.corners(lines), from, pictures);
    }

    /// Lays out the products' gradients from those of the outputs: the adjoint of [`Side::write_outputs`].
    pub(super) fn read_outputs(&self, pictures: &[f32], lines: &Range<usize>, to: &mut Planes<'_>) {
        lay_out::<OutputAdjoint, TILE>(self.corners(lines), pictures, to);
    }

    /// Every block of channels of every tile of `lines`, in the order of the planes' numbers.
    fn corners(&self, lines: &Range<usize>) -> Corners<'_> {
        let [down, _] = self.tiles;
        let picture = lines.start / down * self.len();
        let corner = Corner { picture, y: lines.start % down, x: 0, phase: 0, channel: 0 };
        Corners { side: self, lines: lines.len(), corner }
    }

    /// The start of row `i` of a tile, if it lies on its phase.
    #[inline(always)]
    fn line(&self, at: Corner, i: usize) -> Option<usize> {
        let y = (at.y * TILE + i).checked_sub(self.padding).filter(|&y| y < self.image[0] / self.stride)?;
        let row = y * self.stride + at.phase;
        Some(at.picture + row * self.image[1] * self.channels + at.channel)
    }

    /// The start of column `j` of that row, if it lies on its phase.
    #[inline(always)]
    fn pixel(&self, line: usize, at: Corner, j: usize) -> Option<usize> {
        let x = (at.x * TILE + j).checked_sub(self.padding).filter(|&x| x < self.image[1] / self.stride)?;
        Some(line + x * self.row())
    }

    /// Channels of the block at a corner.
    #[inline(always)]
    fn block(&self, at: Corner) -> usize {
        (self.row() - at.channel).min(BLOCK)
    }
}

/// Where a block of channels of a tile begins.
#[derive(Clone, Copy)]
struct Corner {
    /// The first number of the picture.
    picture: usize,
    /// Tiles above and to the left.
    y: usize,
    x: usize,
    /// Row of the phases' first pixels.
    phase: usize,
    /// Of the phases on that row.
    channel: usize,
}

/// Counts through the blocks of tiles.
struct Corners<'a> {
    side: &'a Side,
    /// Lines of tiles to go.
    lines: usize,
    corner: Corner,
}

impl Iterator for Corners<'_> {
    type Item = Corner;

    #[inline(always)]
    fn next(&mut self) -> Option<Corner> {
        if self.lines == 0 {
            return None;
        }
        let (side, found) = (self.side, self.corner);
        let at = &mut self.corner;
        at.channel += BLOCK;
        if at.channel >= side.row() {
            (at.channel, at.phase) = (0, at.phase + 1);
            if at.phase == side.stride {
                (at.phase, at.x) = (0, at.x + 1);
            }
            if at.x == side.tiles[1] {
                (at.x, at.y) = (0, at.y + 1);
                self.lines -= 1;
            }
            if at.y == side.tiles[0] {
                (at.y, at.picture) = (0, at.picture + side.len());
            }
        }
        Some(found)
    }
}

vectorised! {
    /// Lays out tiles of `N x N` pixels, each mapped both ways; pixels beyond the picture are zeros.
    fn lay_out<M: Map<N, SPAN>, const N: usize>(corners: Corners<'_>, pictures: &[f32], to: &mut Planes<'_>) {
        let (side, mut place) = (corners.side, 0);
        let (mut tile, mut mapped) = (blank::<N>(), blank::<SPAN>());
        for at in corners {
            let channels = side.block(at);
            for (i, row) in tile.iter_mut().enumerate() {
                let line = side.line(at, i);
                for (j, pixel) in row.iter_mut().enumerate() {
                    match line.and_then(|line| side.pixel(line, at, j)) {
                        Some(start) => copy(&mut pixel[..channels], &pictures[start..start + channels]),
                        None => pixel.fill(0.0),
                    }
                }
            }
            M::both_ways(&tile, &mut mapped, channels);
            to.put(place, &mapped, channels);
            place += channels;
        }
    }
}

vectorised! {
    fn add_inputs(corners: Corners<'_>, from: &Planes<'_>, pictures: &mut [f32]) {
        let (side, mut place) = (corners.side, 0);
        let (mut tile, mut mapped) = (blank::<SPAN>(), blank::<SPAN>());
        for at in corners {
            let channels = side.block(at);
            from.take(place, &mut tile, channels);
            InputAdjoint::both_ways(&tile, &mut mapped, channels);
            for (i, row) in mapped.iter().enumerate() {
                let Some(line) = side.line(at, i) else { continue };
                for (j, pixel) in row.iter().enumerate() {
                    if let Some(start) = side.pixel(line, at, j) {
                        add(&mut pictures[start..start + channels], pixel);
                    }
                }
            }
            place += channels;
        }
    }
}

vectorised! {
    fn write_outputs(corners: Corners<'_>, from: &Planes<'_>, pictures: &mut [f32]) {
        let (side, mut place) = (corners.side, 0);
        let (mut tile, mut mapped) = (blank::<SPAN>(), blank::<TILE>());
        for at in corners {
            let channels = side.block(at);
            from.take(place, &mut tile, channels);
            Output::both_ways(&tile, &mut mapped, channels);
            for (i, row) in mapped.iter().enumerate() {
                let Some(line) = side.line(at, i) else { continue };
                for (j, pixel) in row.iter().enumerate() {
                    if let Some(start) = side.pixel(line, at, j) {
                        copy(&mut pictures[start..start + channels], &pixel[..channels]);
                    }
                }
            }
            place += channels;
        }
    }
}
