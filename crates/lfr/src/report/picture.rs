//! Pictures as data URIs, and residuals as heat maps.

use std::io::Cursor;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{FilterType, resize};
use image::{ImageFormat, RgbImage};

use super::Residual;

/// Longest side shown.
const LARGEST: u32 = 160;

/// Up to this side a picture is stored without loss: its pixels are shown as squares.
const LOSSLESS: u32 = 64;

/// Of 100.
const JPEG_QUALITY: u8 = 85;

/// A picture as a file that every browser shows.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// `image/png` or `image/jpeg`.
    pub mime: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
    /// Whether each pixel is to be shown as a square.
    pub pixelated: bool,
}

/// A picture ready for an `<img>`.
pub(super) struct Thumbnail {
    /// The data URI.
    pub(super) uri: String,
    /// Whether each pixel is to be shown as a square.
    pub(super) pixelated: bool,
}

/// `picture` at no more than 160 pixels a side as a data URI; `None` when it has no pixel.
pub(super) fn thumbnail(picture: &RgbImage) -> Option<Thumbnail> {
    let Encoded { mime, bytes, pixelated } = encoded(picture, LARGEST)?;
    Some(Thumbnail { uri: format!("data:{mime};base64,{}", BASE64_STANDARD.encode(bytes)), pixelated })
}

/// `picture` at no more than `largest` pixels a side, at least 1; `None` when it has no pixel.
///
/// Small pictures are PNG. Larger ones are JPEG: three dozen photographs as PNG would make a page of several megabytes.
pub fn encoded(picture: &RgbImage, largest: u32) -> Option<Encoded> {
    if picture.is_empty() {
        return None;
    }
    let side = picture.width().max(picture.height());
    let mut bytes = Cursor::new(Vec::new());
    let (mime, pixelated) = if side <= LOSSLESS {
        picture.write_to(&mut bytes, ImageFormat::Png).ok()?;
        ("image/png", true)
    } else {
        let fit = |length: u32| (u64::from(length) * u64::from(largest) / u64::from(side)).max(1) as u32;
        let small = (side > largest)
            .then(|| resize(picture, fit(picture.width()), fit(picture.height()), FilterType::Triangle));
        let encoder = JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY);
        small.as_ref().unwrap_or(picture).write_with_encoder(encoder).ok()?;
        ("image/jpeg", false)
    };
    Some(Encoded { mime, bytes: bytes.into_inner(), pixelated })
}

/// The residual drawn white-hot, `high` and all above.
///
/// One value for all pictures of a page, so that their heat compares: the 99.5 % quantile, which a few hot pixels do
/// not move.
pub(super) fn hottest<'a>(residuals: impl Iterator<Item = &'a Residual>) -> f32 {
    let mut values: Vec<f32> =
        residuals.flat_map(|r| r.as_raw()).map(|v| v.abs()).filter(|v| v.is_finite()).collect();
    values.sort_unstable_by(f32::total_cmp);
    values.get(values.len().saturating_sub(1) * 995 / 1000).copied().unwrap_or(0.0)
}

/// `residual` in the colours of Inferno (van der Walt and Smith 2015), black at 0, pale yellow from `hottest`.
pub(super) fn heat(residual: &Residual, hottest: f32) -> RgbImage {
    RgbImage::from_fn(residual.width(), residual.height(), |x, y| {
        let [value] = residual.get_pixel(x, y).0;
        let share = if value.is_finite() { value.abs() / hottest.max(f32::MIN_POSITIVE) } else { 1.0 };
        colour(share)
    })
}

/// The colour bar that goes with [`heat`], cold to the left.
pub(super) fn colour_bar() -> RgbImage {
    RgbImage::from_fn(64, 1, |x, _| colour(x as f32 / 63.0))
}

fn colour(share: f32) -> image::Rgb<u8> {
    image::Rgb(colorous::INFERNO.eval_continuous(f64::from(share.clamp(0.0, 1.0))).into_array())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(thumbnail: &Thumbnail) -> RgbImage {
        let (_, data) = thumbnail.uri.split_once("base64,").unwrap();
        image::load_from_memory(&BASE64_STANDARD.decode(data).unwrap()).unwrap().to_rgb8()
    }

    #[test]
    fn small_pictures_survive_unchanged() {
        let picture = RgbImage::from_fn(28, 20, |x, y| image::Rgb([x as u8, y as u8, 7]));
        let thumbnail = thumbnail(&picture).unwrap();
        assert!(thumbnail.pixelated && thumbnail.uri.starts_with("data:image/png;"));
        assert_eq!(decode(&thumbnail), picture);
    }

    #[test]
    fn large_pictures_shrink_and_keep_their_shape() {
        for (width, height, expected) in [(640, 320, (160, 80)), (100, 90, (100, 90)), (5000, 1, (160, 1))] {
            let thumbnail = thumbnail(&RgbImage::new(width, height)).unwrap();
            assert!(!thumbnail.pixelated);
            assert_eq!(decode(&thumbnail).dimensions(), expected);
        }
        assert!(thumbnail(&RgbImage::new(0, 0)).is_none());
        assert!(thumbnail(&RgbImage::new(0, 500)).is_none() && thumbnail(&RgbImage::new(9, 0)).is_none());
    }

    #[test]
    fn heat_has_one_scale_and_takes_any_number() {
        let residual = |values: Vec<f32>| Residual::from_raw(values.len() as u32, 1, values).unwrap();
        let (weak, strong) = (residual(vec![0.0, -1.0]), residual(vec![2.0, f32::NAN]));
        let hottest = hottest([&weak, &strong].into_iter());
        assert_eq!(hottest, 1.0);
        assert_eq!(heat(&weak, 2.0).get_pixel(1, 0), &colour(0.5));
        assert_eq!(heat(&strong, 2.0).get_pixel(0, 0), heat(&strong, 2.0).get_pixel(1, 0));
        assert_eq!(heat(&residual(vec![0.0]), 0.0).get_pixel(0, 0), &colour(0.0));
        assert_eq!(super::hottest([].into_iter()), 0.0);
    }
}
