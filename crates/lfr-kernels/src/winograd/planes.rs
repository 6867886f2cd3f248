//! Transformed tiles as the matrices that are multiplied.

use std::ops::Range;

use super::transform::{SPAN, Tile};
use crate::simd::copy;

/// Of each place the matrix of its numbers, tiles by channels of all phases.
pub(super) struct Planes<'a>(pub(super) Vec<&'a mut [f32]>);

impl Planes<'_> {
    /// The numbers at `range` of every plane.
    pub(super) fn at(&mut self, range: Range<usize>) -> Planes<'_> {
        Planes(self.0.iter_mut().map(|plane| &mut plane[range.clone()]).collect())
    }

    /// The numbers of a place.
    pub(super) fn plane(&self, place: usize) -> &[f32] {
        self.0[place]
    }

    /// The same to be written.
    pub(super) fn plane_mut(&mut self, place: usize) -> &mut [f32] {
        self.0[place]
    }

    /// Writes a block of channels of a tile, numbers from `at` on of every plane.
    #[inline(always)]
    pub(super) fn put(&mut self, at: usize, tile: &Tile<SPAN>, channels: usize) {
        for (plane, place) in self.0.iter_mut().zip(tile.as_flattened()) {
            copy(&mut plane[at..at + channels], &place[..channels]);
        }
    }

    /// Reads a block of channels of a tile.
    #[inline(always)]
    pub(super) fn take(&self, at: usize, tile: &mut Tile<SPAN>, channels: usize) {
        for (plane, place) in self.0.iter().zip(tile.as_flattened_mut()) {
            copy(&mut place[..channels], &plane[at..at + channels]);
        }
    }
}

impl<'a> Planes<'a> {
    /// Planes of at most `len` numbers each that cover these.
    pub(super) fn split(self, len: usize) -> Vec<Planes<'a>> {
        let count = self.0.first().map_or(0, |plane| plane.len().div_ceil(len));
        let mut chunks: Vec<_> = self.0.into_iter().map(|plane| plane.chunks_mut(len)).collect();
        (0..count).map(|_| Planes(chunks.iter_mut().filter_map(Iterator::next).collect())).collect()
    }
}
