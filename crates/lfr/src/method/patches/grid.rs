//! Where the patches of a picture lie.

/// Added to the variance of a patch before it is divided by its deviation: 10 grey levels squared of 256 (Coates and Ng
/// 2012), of pixels in \[-1, 1\]. What flat patches hold is noise.
pub(crate) const CONTRAST: f32 = 10.0 / (127.5 * 127.5);

/// Square patches on a square picture, at equal steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Grid {
    channels: usize,
    side: usize,
    patch: usize,
    step: usize,
    /// Patches down and across.
    places: usize,
}

impl Grid {
    /// Patches of `patch` x `patch` pixels, or of the whole picture when that is smaller, at every pixel, or every second,
    /// third, .. so that there are at most `most` down and across.
    pub(crate) fn new(channels: usize, side: usize, patch: usize, most: usize) -> Self {
        let patch = patch.min(side);
        let free = side - patch + 1;
        let step = free.div_ceil(most);
        Self { channels, side, patch, step, places: free.div_ceil(step) }
    }

    /// Numbers of a patch.
    pub(crate) fn len(&self) -> usize {
        self.channels * self.patch * self.patch
    }

    /// Patches of a picture.
    pub(crate) fn count(&self) -> usize {
        self.places * self.places
    }

    /// Where in a picture, C x H x W, patch `place` begins.
    fn corner(&self, place: usize) -> usize {
        (place / self.places * self.side + place % self.places) * self.step
    }

    /// Where the numbers of a patch are, from its beginning on.
    fn offsets(&self) -> impl Iterator<Item = usize> + use<> {
        let Self { channels, side, patch, .. } = *self;
        let lines = (0..channels).flat_map(move |c| (0..patch).map(move |y| (c * side + y) * side));
        lines.flat_map(move |line| line..line + patch)
    }

    /// Where in a picture the numbers of all patches are, patch by patch.
    pub(crate) fn indices(&self) -> Vec<usize> {
        (0..self.count()).flat_map(|place| self.offsets().map(move |at| self.corner(place) + at)).collect()
    }

    /// Writes patch `place` of `picture` into `out`, less its mean, over its deviation.
    pub(super) fn read(&self, picture: &[f32], place: usize, out: &mut [f32]) {
        let corner = self.corner(place);
        let lines = out.chunks_exact_mut(self.patch).enumerate();
        for (line, out) in lines {
            let start = corner + (line / self.patch * self.side + line % self.patch) * self.side;
            out.copy_from_slice(&picture[start..start + self.patch]);
        }
        let n = out.len() as f32;
        let mean = out.iter().sum::<f32>() / n;
        out.iter_mut().for_each(|value| *value -= mean);
        let variance = out.iter().map(|value| value * value).sum::<f32>() / n;
        let scale = 1.0 / (variance + CONTRAST).sqrt();
        out.iter_mut().for_each(|value| *value *= scale);
    }

    /// The patches of each quarter of the picture. The middle ones of an odd number are in the quarters on either side.
    pub(crate) fn quarters(&self) -> [Vec<usize>; 4] {
        let halves = [0..self.places.div_ceil(2), self.places / 2..self.places];
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(down, across)| {
            let rows = halves[down].clone();
            rows.flat_map(|row| halves[across].clone().map(move |column| row * self.places + column))
                .collect()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_where_the_indices_say() {
        for (channels, side, patch, most) in [(1, 5, 3, 9), (3, 8, 6, 2), (3, 4, 6, 32), (1, 32, 6, 32)] {
            let grid = Grid::new(channels, side, patch, most);
            let picture: Vec<f32> =
                (0..channels * side * side).map(|i| (i * i % 37) as f32 / 18.5 - 1.0).collect();
            let indices = grid.indices();
            let mut patch = vec![0.0; grid.len()];
            for (place, indices) in indices.chunks_exact(grid.len()).enumerate() {
                grid.read(&picture, place, &mut patch);
                let (mut low, mut high) = (0, 0);
                for i in 0..grid.len() {
                    // Normalising keeps the order.
                    low = if patch[i] < patch[low] { i } else { low };
                    high = if patch[i] > patch[high] { i } else { high };
                }
                let value = |at: usize| picture[indices[at]];
                assert!((0..grid.len()).all(|i| value(low) <= value(i) && value(i) <= value(high)));
            }
            assert_eq!(indices.len(), grid.count() * grid.len());
        }
    }

    #[test]
    fn large_pictures_have_no_more_patches_and_every_quarter_has_one() {
        assert_eq!(Grid::new(3, 32, 6, 32).count(), 27 * 27);
        assert_eq!(Grid::new(3, 64, 6, 32).count(), 30 * 30);
        assert!(Grid::new(1, 1000, 6, 32).count() <= 32 * 32);
        assert_eq!(Grid::new(1, 3, 3, 32).quarters(), [[0], [0], [0], [0]]);
        assert_eq!(Grid::new(1, 5, 3, 32).quarters()[3], [4, 5, 7, 8]);
        assert_eq!(Grid::new(1, 4, 3, 32).quarters(), [[0], [1], [2], [3]]);
    }
}
