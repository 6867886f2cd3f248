//! Patches of channels-last images laid out as the rows of a matrix, and their sum back into images.

use std::ops::Range;

use crate::simd::{add, copy, vectorised};

/// The size of a batch of images.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Images {
    /// How many images.
    pub items: usize,
    /// Rows of pixels.
    pub height: usize,
    /// Pixels a row.
    pub width: usize,
}

impl Images {
    /// Pixels of one image.
    pub(crate) fn pixels(&self) -> usize {
        self.height * self.width
    }
}

/// How a grid of square patches lies on an image.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Patches {
    /// Height and width of the image.
    pub(crate) image: [usize; 2],
    pub(crate) channels: usize,
    /// Patches down and across.
    pub(crate) grid: [usize; 2],
    pub(crate) kernel: usize,
    pub(crate) stride: usize,
    pub(crate) padding: usize,
}

impl Patches {
    /// Numbers of one image.
    pub(crate) fn image_len(&self) -> usize {
        self.image[0] * self.image[1] * self.channels
    }

    /// Patches of one image.
    pub(crate) fn count(&self) -> usize {
        self.grid[0] * self.grid[1]
    }

    /// Numbers of one patch, ordered by kernel row, kernel column and channel.
    pub(crate) fn len(&self) -> usize {
        self.kernel * self.kernel * self.channels
    }

    /// Whether patches are the pixels themselves.
    pub(crate) fn are_pixels(&self) -> bool {
        self.kernel == 1 && self.stride == 1 && self.padding == 0
    }

    /// The patches of `images`, one a row of `rows`; zeros where they reach beyond the image.
    pub(crate) fn gather(&self, images: &[f32], rows: &mut [f32]) {
        gather(self, images, rows);
    }

    /// Adds the patches in `rows` to the images they lie on: the adjoint of [`Patches::gather`].
    pub(crate) fn scatter(&self, rows: &[f32], images: &mut [f32]) {
        scatter(self, rows, images);
    }

    /// The image's row under row `y` of the padded image.
    #[inline(always)]
    fn down(&self, y: usize) -> Option<usize> {
        y.checked_sub(self.padding).filter(|&y| y < self.image[0])
    }

    /// Of a patch's line that begins at pixel `x` of the padded image: which numbers lie inside, and where in the
    /// image's row the first of them is.
    #[inline(always)]
    fn across(&self, x: usize) -> (Range<usize>, usize) {
        let first = self.padding.saturating_sub(x).min(self.kernel);
        let last = (self.image[1] + self.padding).saturating_sub(x).clamp(first, self.kernel);
        let from = if first == last { 0 } else { x + first - self.padding };
        (first * self.channels..last * self.channels, from * self.channels)
    }
}

vectorised! {
    fn gather(patches: &Patches, images: &[f32], rows: &mut [f32]) {
        let per_image = rows.chunks_exact_mut(patches.count() * patches.len());
        for (image, rows) in images.chunks_exact(patches.image_len()).zip(per_image) {
            let line = patches.kernel * patches.channels;
            for (position, row) in rows.chunks_exact_mut(patches.len()).enumerate() {
                let (down, across) = (position / patches.grid[1], position % patches.grid[1]);
                let (y, x) = (down * patches.stride, across * patches.stride);
                let (inside, from) = patches.across(x);
                for (ky, line) in row.chunks_exact_mut(line).enumerate() {
                    let Some(iy) = patches.down(y + ky) else {
                        line.fill(0.0);
                        continue;
                    };
                    let start = iy * patches.image[1] * patches.channels + from;
                    line[..inside.start].fill(0.0);
                    copy(&mut line[inside.clone()], &image[start..start + inside.len()]);
                    line[inside.end..].fill(0.0);
                }
            }
        }
    }
}

vectorised! {
    fn scatter(patches: &Patches, rows: &[f32], images: &mut [f32]) {
        let per_image = rows.chunks_exact(patches.count() * patches.len());
        for (image, rows) in images.chunks_exact_mut(patches.image_len()).zip(per_image) {
            let line = patches.kernel * patches.channels;
            for (position, row) in rows.chunks_exact(patches.len()).enumerate() {
                let (down, across) = (position / patches.grid[1], position % patches.grid[1]);
                let (y, x) = (down * patches.stride, across * patches.stride);
                let (inside, from) = patches.across(x);
                for (ky, line) in row.chunks_exact(line).enumerate() {
                    if let Some(iy) = patches.down(y + ky) {
                        let start = iy * patches.image[1] * patches.channels + from;
                        add(&mut image[start..start + inside.len()], &line[inside.clone()]);
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn any_patches()(h in 1usize..8, w in 1usize..8, channels in 1usize..4, kernel in 1usize..6,
                         stride in 1usize..4, padding in 0usize..4) -> Patches {
            let side = |n: usize| (n + 2 * padding).saturating_sub(kernel) / stride + 1;
            Patches { image: [h, w], channels, grid: [side(h), side(w)], kernel, stride, padding }
        }
    }

    proptest! {
        #[test]
        fn patches_are_where_they_should(p in any_patches()) {
            let image: Vec<f32> = (0..2 * p.image_len()).map(|i| i as f32 + 1.0).collect();
            let mut rows = vec![f32::NAN; 2 * p.count() * p.len()];
            p.gather(&image, &mut rows);
            for (i, &got) in rows.iter().enumerate() {
                let (patch, at) = (i / p.len(), i % p.len());
                let (item, patch) = (patch / p.count(), patch % p.count());
                let (ky, kx, c) = (at / (p.kernel * p.channels), at / p.channels % p.kernel, at % p.channels);
                let y = (patch / p.grid[1] * p.stride + ky).checked_sub(p.padding).filter(|&y| y < p.image[0]);
                let x = (patch % p.grid[1] * p.stride + kx).checked_sub(p.padding).filter(|&x| x < p.image[1]);
                let want = match (y, x) {
                    (Some(y), Some(x)) => image[((item * p.image[0] + y) * p.image[1] + x) * p.channels + c],
                    _ => 0.0,
                };
                prop_assert_eq!(got, want);
            }
        }

        #[test]
        fn scatter_is_the_adjoint_of_gather(p in any_patches()) {
            let image: Vec<f32> = (0..p.image_len()).map(|i| (i * 7 % 11) as f32 - 5.0).collect();
            let weight: Vec<f32> = (0..p.count() * p.len()).map(|i| (i * 5 % 13) as f32 - 6.0).collect();
            let mut rows = vec![f32::NAN; weight.len()];
            p.gather(&image, &mut rows);
            let mut back = vec![0.0; image.len()];
            p.scatter(&weight, &mut back);
            let inner = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
            prop_assert_eq!(inner(&rows, &weight), inner(&image, &back));
        }
    }
}
