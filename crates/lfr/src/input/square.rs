//! Bringing a picture to the size and channels models see.

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, RgbImage};

use super::shrink;

/// Pictures at most this many pixels smaller than the wanted side are padded instead of resized.
const MAX_PADDING: u32 = 7;

/// A picture from `height * width * channels` values; `None` when their number is another.
pub(super) fn from_values(height: u32, width: u32, channels: usize, values: Vec<u8>) -> Option<DynamicImage> {
    match channels {
        1 => GrayImage::from_raw(width, height, values).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, values).map(DynamicImage::ImageRgb8),
    }
}

/// A picture from the planes of its channels, C x H x W; `None` when their number is another.
pub(super) fn from_planes(height: u32, width: u32, channels: usize, values: &[u8]) -> Option<DynamicImage> {
    let area = height as usize * width as usize;
    let pixel = |at: usize| values[at..].iter().step_by(area).copied();
    if values.len() != area * channels {
        return None;
    }
    from_values(height, width, channels, (0..area).flat_map(pixel).collect())
}

/// The values of a picture brought to `side` x `side`, C x H x W, grey replicated to 3 channels where needed.
/// `None` when `channels` is 1 and the picture has colour.
///
/// A picture at most 7 pixels smaller on both sides is put in the centre of black (28 x 28 to 32 x 32 as Lin et al.
/// 2023 do with Fashion-MNIST); any other is resized with a triangle filter over the area (bilinear, antialiased),
/// its proportions not kept.
pub(super) fn values(picture: &DynamicImage, side: u32, channels: usize) -> Option<Vec<u8>> {
    let square = square(picture, side);
    match (channels, square) {
        (1, DynamicImage::ImageLuma8(grey)) => Some(grey.into_raw()),
        (1, colour) => {
            let rgb = colour.into_rgb8();
            rgb.pixels().map(|p| (p[0] == p[1] && p[1] == p[2]).then_some(p[0])).collect()
        }
        (_, any) => {
            let rgb = any.into_rgb8();
            Some((0..3).flat_map(|channel| rgb.pixels().map(move |pixel| pixel[channel])).collect())
        }
    }
}

fn square(picture: &DynamicImage, side: u32) -> DynamicImage {
    let fits = |length: u32| length <= side && length + MAX_PADDING >= side;
    let (width, height) = (picture.width(), picture.height());
    if !(fits(width) && fits(height)) {
        let short = shrink::to_sides(picture, side);
        return short.as_ref().unwrap_or(picture).resize_exact(side, side, FilterType::Triangle);
    }
    let mut canvas = match picture {
        DynamicImage::ImageLuma8(_) => DynamicImage::new_luma8(side, side),
        _ => DynamicImage::new_rgb8(side, side),
    };
    imageops::replace(&mut canvas, picture, i64::from((side - width) / 2), i64::from((side - height) / 2));
    canvas
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, Rgb};

    #[test]
    fn small_ones_are_padded_and_others_resized() {
        let one = |width, height| GrayImage::from_pixel(width, height, Luma([9])).into();
        let sum = |width, height| {
            values(&one(width, height), 32, 1).unwrap().iter().map(|&v| u32::from(v)).sum::<u32>()
        };
        assert_eq!(sum(28, 28), 9 * 28 * 28);
        assert_eq!(sum(25, 32), 9 * 25 * 32);
        assert_eq!(sum(24, 32), 9 * 32 * 32);
        assert_eq!(sum(33, 32), 9 * 32 * 32);
        assert_eq!(sum(500, 3), 9 * 32 * 32);
        let padded = values(&one(28, 28), 32, 1).unwrap();
        assert_eq!(
            (padded[2 * 32 + 1], padded[2 * 32 + 2], padded[29 * 32 + 29], padded[30 * 32]),
            (0, 9, 9, 0)
        );
    }

    #[test]
    fn a_giant_side_is_resized_too() {
        let stripe = GrayImage::from_fn(600_000, 2, |x, _| Luma([if x < 300_000 { 10 } else { 200 }]));
        let values = values(&stripe.into(), 32, 1).unwrap();
        assert!(values.chunks(32).all(|row| (row[0], row[14], row[17], row[31]) == (10, 10, 200, 200)));
    }

    #[test]
    fn planes_are_woven_into_pixels() {
        let woven = from_planes(2, 2, 3, &(0..12).collect::<Vec<_>>()).unwrap();
        assert_eq!(woven.as_bytes(), [0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
        assert!(from_planes(2, 2, 3, &[0; 11]).is_none());
    }

    #[test]
    fn shrinking_averages_the_area() {
        let checks = GrayImage::from_fn(512, 512, |x, y| Luma([if (x + y) % 2 == 0 { 0 } else { 255 }]));
        let values = values(&checks.into(), 32, 1).unwrap();
        assert!(values.iter().all(|&v| (126..=129).contains(&v)), "{values:?}");
    }

    #[test]
    fn channels_are_planes_and_colour_is_not_made_grey() {
        let colour = DynamicImage::from(RgbImage::from_pixel(8, 8, Rgb([1, 2, 3])));
        let planes = values(&colour, 8, 3).unwrap();
        assert_eq!((planes[0], planes[64], planes[128], planes.len()), (1, 2, 3, 192));
        assert_eq!(values(&colour, 8, 1), None);
        let grey = DynamicImage::from(RgbImage::from_pixel(8, 8, Rgb([4, 4, 4])));
        assert_eq!(values(&grey, 8, 1), Some(vec![4; 64]));
    }
}
