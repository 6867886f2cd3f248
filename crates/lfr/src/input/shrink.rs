//! Giant pictures made smaller before anything else is done with them, so that memory stays bounded.

use image::{DynamicImage, ImageBuffer, Pixel};

/// Pictures of at most this many pixels are resized from what they are.
const MAX_AREA: u64 = 64 << 20;

/// The resizer holds at most this many pixels of floats: a picture's width by the height wanted.
const MAX_HELD: u32 = 8 << 20;

/// A picture of at most 64 megapixels: blocks of a larger one are averaged, those of the longer side first.
pub(super) fn to_area(picture: DynamicImage) -> DynamicImage {
    let (across, down) = factors(picture.width(), picture.height(), MAX_AREA);
    by(&picture, across, down).unwrap_or(picture)
}

/// Width and height of the blocks of which a picture has at most `most`.
fn factors(width: u32, height: u32, most: u64) -> (u32, u32) {
    let (mut across, mut down) = (1, 1);
    while u64::from(width.div_ceil(across)) * u64::from(height.div_ceil(down)) > most {
        if width / across >= height / down { across += 1 } else { down += 1 }
    }
    (across, down)
}

/// A very wide or tall picture with its long side averaged down to what can be resized to `side` in bounded memory;
/// `None` when it can be as it is.
pub(super) fn to_sides(picture: &DynamicImage, side: u32) -> Option<DynamicImage> {
    let most = (MAX_HELD / side.max(1)).max(1);
    by(picture, picture.width().div_ceil(most), picture.height().div_ceil(most))
}

/// The means of blocks of `across` x `down` pixels; `None` when that is one, or the picture is not of 8 bits.
fn by(picture: &DynamicImage, across: u32, down: u32) -> Option<DynamicImage> {
    if across * down <= 1 {
        return None;
    }
    Some(match picture {
        DynamicImage::ImageLuma8(grey) => DynamicImage::ImageLuma8(blocks(grey, across, down)),
        DynamicImage::ImageLumaA8(grey) => DynamicImage::ImageLumaA8(blocks(grey, across, down)),
        DynamicImage::ImageRgb8(rgb) => DynamicImage::ImageRgb8(blocks(rgb, across, down)),
        DynamicImage::ImageRgba8(rgba) => DynamicImage::ImageRgba8(blocks(rgba, across, down)),
        _ => return None,
    })
}

type Bytes<P> = ImageBuffer<P, Vec<u8>>;

fn blocks<P: Pixel<Subpixel = u8>>(picture: &Bytes<P>, across: u32, down: u32) -> Bytes<P> {
    let channels = usize::from(P::CHANNEL_COUNT);
    let (width, height) = (picture.width().div_ceil(across), picture.height().div_ceil(down));
    let mut small = Bytes::<P>::new(width, height);
    let row = picture.width() as usize * channels;
    let strips = picture.as_raw().chunks(row * down as usize);
    for (to, strip) in small.chunks_exact_mut(width as usize * channels).zip(strips) {
        let mut sums = vec![0_u64; to.len()];
        for line in strip.chunks_exact(row) {
            for (sum, block) in sums.chunks_exact_mut(channels).zip(line.chunks(across as usize * channels)) {
                for pixel in block.chunks_exact(channels) {
                    sum.iter_mut().zip(pixel).for_each(|(sum, &value)| *sum += u64::from(value));
                }
            }
        }
        let lines = (strip.len() / row) as u64;
        for (x, (to, sum)) in to.iter_mut().zip(sums).enumerate() {
            let first = (x / channels) as u32 * across;
            let count = u64::from(across.min(picture.width() - first)) * lines;
            *to = ((sum + count / 2) / count) as u8;
        }
    }
    small
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{GrayImage, Luma, Rgb, RgbImage};

    #[test]
    fn blocks_are_averaged_and_those_at_the_edge_are_smaller() {
        let picture = GrayImage::from_fn(5, 3, |x, y| Luma([(10 * x + y) as u8]));
        let small = blocks(&picture, 2, 2);
        assert_eq!(small.dimensions(), (3, 2));
        // Means of (0, 10, 1, 11), (20, 30, 21, 31), (40, 41), (2, 12), (22, 32), (42); halves are rounded up.
        assert_eq!(small.into_raw(), [6, 26, 41, 7, 27, 42]);
        let colours = RgbImage::from_fn(4, 1, |x, _| Rgb([x as u8, 100, 200 + x as u8]));
        assert_eq!(blocks(&colours, 4, 1).into_raw(), [2, 100, 202]);
    }

    #[test]
    fn only_what_is_too_long_is_shrunk() {
        let picture = |width, height| DynamicImage::from(GrayImage::new(width, height));
        let sides = |width, height, side| {
            to_sides(&picture(width, height), side).map(|small| (small.width(), small.height()))
        };
        assert_eq!(sides(32_768, 2, 256), None);
        assert_eq!(sides(32_769, 2, 256), Some((16_385, 2)));
        assert_eq!(sides(3, 300_000, 32), Some((3, 150_000)));
        assert_eq!(factors(8192, 8192, MAX_AREA), (1, 1));
        assert_eq!(factors(12_000, 8000, MAX_AREA), (2, 1));
        assert_eq!(factors(16_320, 12_240, MAX_AREA), (2, 2));
        assert_eq!(factors(1, 200_000_000, MAX_AREA), (1, 3));
    }
}
