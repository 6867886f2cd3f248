//! Tiles of channels-last pictures, to and from the matrices that are multiplied.

use std::ops::Range;

use super::PRODUCTS;
use super::transform::{LANES, Lane, SPAN, TILE, both_ways, input, input_adjoint, output, output_adjoint};
use crate::gemm::Matrix;
use crate::scratch::Scratch;

/// Numbers between one place's matrix and the next, so that they do not fall on the same cache lines.
const APART: usize = 2 * LANES;

/// The input's or the output's pictures, and how tiles lie on them.
pub(super) struct Side {
    /// Height and width.
    pub(super) image: [usize; 2],
    pub(super) channels: usize,
    /// Tiles down and across a picture.
    pub(super) tiles: [usize; 2],
    /// Pixels that the first tile begins before the picture.
    pub(super) padding: usize,
}

impl Side {
    /// Numbers of a picture.
    pub(super) fn len(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    /// Room for `tiles` transformed tiles.
    pub(super) fn room(&self, tiles: usize) -> Scratch {
        Scratch::dirty(PRODUCTS * self.stride(tiles))
    }

    fn stride(&self, tiles: usize) -> usize {
        tiles * self.channels + APART
    }

    /// The matrix of `place`, tiles by channels.
    pub(super) fn matrix<'a>(&self, room: &'a [f32], tiles: usize, place: usize) -> Matrix<'a> {
        Matrix::new(&room[place * self.stride(tiles)..][..tiles * self.channels], self.channels)
    }

    /// The same to be written.
    pub(super) fn matrix_mut<'a>(&self, room: &'a mut [f32], tiles: usize, place: usize) -> &'a mut [f32] {
        &mut room[place * self.stride(tiles)..][..tiles * self.channels]
    }

    /// Lays out the transformed input tiles of `lines` of tiles.
    #[inline(always)]
    pub(super) fn read(&self, pictures: &[f32], lines: &Range<usize>, room: &mut [f32]) {
        self.lay_out(pictures, lines, room, input);
    }

    /// Adds the adjoint of [`Side::read`] to the pictures.
    #[inline(always)]
    pub(super) fn add(&self, room: &[f32], lines: &Range<usize>, pictures: &mut [f32]) {
        let stride = self.stride(lines.len() * self.tiles[1]);
        self.each(lines, |tile, at| {
            let tile = both_ways(&take(&room[tile..], stride), input_adjoint);
            self.pixels(at, SPAN, |i, j, start| {
                let pixel = &mut pictures[start..start + LANES];
                (Lane::load(pixel) + tile[i][j]).store(pixel);
            });
        });
    }

    /// Writes the outputs of `lines` of tiles from their products.
    #[inline(always)]
    pub(super) fn write_outputs(&self, room: &[f32], lines: &Range<usize>, pictures: &mut [f32]) {
        let stride = self.stride(lines.len() * self.tiles[1]);
        self.each(lines, |tile, at| {
            let tile = both_ways(&take(&room[tile..], stride), output);
            self.pixels(at, TILE, |i, j, start| tile[i][j].store(&mut pictures[start..start + LANES]));
        });
    }

    /// Lays out the products' gradients from those of the outputs: the adjoint of [`Side::write_outputs`].
    #[inline(always)]
    pub(super) fn read_outputs(&self, pictures: &[f32], lines: &Range<usize>, room: &mut [f32]) {
        self.lay_out(pictures, lines, room, output_adjoint);
    }

    /// Lays out the tiles of `N x N` pixels, each mapped both ways.
    #[inline(always)]
    fn lay_out<const N: usize>(
        &self,
        pictures: &[f32],
        lines: &Range<usize>,
        room: &mut [f32],
        map: impl Fn([Lane; N]) -> [Lane; SPAN],
    ) {
        let stride = self.stride(lines.len() * self.tiles[1]);
        self.each(lines, |tile, at| {
            put(both_ways(&self.load(pictures, at), &map), &mut room[tile..], stride);
        });
    }

    /// Calls `f` for every tile and lane with its place in the room and on the pictures.
    #[inline(always)]
    fn each(&self, lines: &Range<usize>, mut f: impl FnMut(usize, Corner)) {
        let [down, across] = self.tiles;
        for (row, line) in lines.clone().enumerate() {
            for x in 0..across {
                for channel in (0..self.channels).step_by(LANES) {
                    let corner = Corner {
                        picture: line / down * self.len(),
                        y: line % down * TILE,
                        x: x * TILE,
                        channel,
                    };
                    f((row * across + x) * self.channels + channel, corner);
                }
            }
        }
    }

    /// The pixels of a tile; zeros beyond the picture.
    #[inline(always)]
    fn load<const N: usize>(&self, pictures: &[f32], at: Corner) -> [[Lane; N]; N] {
        let mut tile = [[Lane::ZERO; N]; N];
        self.pixels(at, N, |i, j, start| tile[i][j] = Lane::load(&pictures[start..start + LANES]));
        tile
    }

    /// Calls `f` with row, column and start of each pixel of a tile that lies on the picture.
    #[inline(always)]
    fn pixels(&self, at: Corner, size: usize, mut f: impl FnMut(usize, usize, usize)) {
        let [height, width] = self.image;
        for i in 0..size {
            let y = (at.y + i).wrapping_sub(self.padding);
            if y >= height {
                continue;
            }
            let line = at.picture + y * width * self.channels + at.channel;
            for j in 0..size {
                let x = (at.x + j).wrapping_sub(self.padding);
                if x < width {
                    f(i, j, line + x * self.channels);
                }
            }
        }
    }
}

/// Where a tile begins.
#[derive(Clone, Copy)]
struct Corner {
    /// Start of the picture.
    picture: usize,
    y: usize,
    x: usize,
    channel: usize,
}

/// Writes a tile to the matrices of its places.
#[inline(always)]
fn put(tile: [[Lane; SPAN]; SPAN], room: &mut [f32], stride: usize) {
    for (place, lane) in tile.as_flattened().iter().enumerate() {
        lane.store(&mut room[place * stride..][..LANES]);
    }
}

/// Reads a tile from the matrices of its places.
#[inline(always)]
fn take(room: &[f32], stride: usize) -> [[Lane; SPAN]; SPAN] {
    let mut tile = [[Lane::ZERO; SPAN]; SPAN];
    for (place, lane) in tile.as_flattened_mut().iter_mut().enumerate() {
        *lane = Lane::load(&room[place * stride..][..LANES]);
    }
    tile
}
