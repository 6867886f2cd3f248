//! One picture: decoding, and bringing it to the size models see.

use std::fs::File;
use std::io::{Cursor, Read};
use std::path::Path;

use image::imageops::{self, FilterType};
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits, RgbImage};

/// Largest picture decoded, in pixels.
pub(super) const MAX_PIXELS: u64 = 64 << 20;

/// Largest file read, and the most a decoder may allocate, in bytes.
const MAX_BYTES: u64 = 512 << 20;

/// Pictures at most this many pixels smaller than the wanted side are padded instead of resized.
const MAX_PADDING: u32 = 7;

/// Decodes a picture file to 8 bits a channel, grey or RGB, upright as its EXIF orientation says, transparent parts
/// on white. The content decides the format, not the extension; of several frames it takes the first.
///
/// # Errors
/// The reason, in words, when it is not a whole picture within the limits.
pub(super) fn decode(path: &Path) -> Result<DynamicImage, String> {
    let file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(|e| format!("cannot be read: {e}"))?;
    match bytes.len() as u64 {
        0 => return Err("the file is empty".into()),
        MAX_BYTES.. => return Err(format!("the file is larger than {} MiB", MAX_BYTES >> 20)),
        _ => {}
    }
    decode_bytes(&bytes)
}

fn decode_bytes(bytes: &[u8]) -> Result<DynamicImage, String> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
    let format = reader.format().ok_or("not a picture in a known format")?;
    if format == image::ImageFormat::Jpeg && !jpeg_ends(bytes) {
        return Err("cut short: the JPEG end marker is missing".into());
    }
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_BYTES);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(|e| e.to_string())?;
    let (width, height) = decoder.dimensions();
    check_pixels(u64::from(width), u64::from(height))?;
    let orientation = decoder.orientation().map_err(|e| e.to_string())?;
    let mut picture = on_white(DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?);
    picture.apply_orientation(orientation);
    Ok(picture)
}

/// Refuses pictures without pixels or with more than [`MAX_PIXELS`].
pub(super) fn check_pixels(width: u64, height: u64) -> Result<(), String> {
    match width.checked_mul(height) {
        Some(1..=MAX_PIXELS) => Ok(()),
        _ => Err(format!("{width} x {height} pixels; accepted are 1 to {} megapixels", MAX_PIXELS >> 20)),
    }
}

/// JPEG decoders fill up what is missing with grey; a whole file has an end marker after its last scan.
fn jpeg_ends(bytes: &[u8]) -> bool {
    let last = |marker: u8| bytes.windows(2).rposition(|pair| pair == [0xff, marker]);
    last(0xd9) > last(0xda)
}

/// 8 bits a channel, grey or RGB; transparent parts shine through to white, as on a page.
pub(super) fn on_white(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
        _ if picture.color().has_alpha() => {
            let rgba = picture.to_rgba8();
            DynamicImage::ImageRgb8(RgbImage::from_fn(rgba.width(), rgba.height(), |x, y| {
                let [r, g, b, a] = rgba.get_pixel(x, y).0;
                let blend = |c: u8| (u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a)) + 127) / 255;
                image::Rgb([r, g, b].map(|c| blend(c) as u8))
            }))
        }
        _ if picture.color().has_color() => DynamicImage::ImageRgb8(picture.into_rgb8()),
        _ => DynamicImage::ImageLuma8(picture.into_luma8()),
    }
}

/// A picture from `height * width * channels` values; `None` when their number is another.
pub(super) fn from_values(height: u32, width: u32, channels: usize, values: Vec<u8>) -> Option<DynamicImage> {
    match channels {
        1 => GrayImage::from_raw(width, height, values).map(DynamicImage::ImageLuma8),
        _ => RgbImage::from_raw(width, height, values).map(DynamicImage::ImageRgb8),
    }
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
        return picture.resize_exact(side, side, FilterType::Triangle);
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
    use image::{ImageFormat, Luma, Rgb, Rgba, RgbaImage};
    use proptest::prelude::*;

    fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn gradient(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 3) as u8, (y * 5) as u8, (x * y) as u8])).into()
    }

    const FORMATS: [ImageFormat; 6] = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::Gif,
    ];

    #[test]
    fn every_format_is_decoded_by_content_and_refused_when_cut_short() {
        let picture = gradient(40, 30);
        for format in FORMATS {
            let bytes = encode(&picture, format);
            let decoded = decode_bytes(&bytes).unwrap();
            assert_eq!((decoded.width(), decoded.height()), (40, 30), "{format:?}");
            if !matches!(format, ImageFormat::Jpeg | ImageFormat::Gif) {
                assert_eq!(decoded.as_bytes(), picture.as_bytes(), "{format:?}");
            }
            for part in [0.05, 0.3, 0.6, 0.9] {
                let cut = &bytes[..(bytes.len() as f64 * part) as usize];
                assert!(decode_bytes(cut).is_err(), "{format:?} cut at {part}");
            }
        }
    }

    #[test]
    fn what_is_no_picture_is_told_so() {
        assert_eq!(decode_bytes(b"<html>not found</html>"), Err("not a picture in a known format".into()));
    }

    /// The signature and the IHDR chunk of a PNG, then an empty IDAT chunk.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let chunk = |name: &[u8], data: &[u8]| {
            let body = [name, data].concat();
            let mut crc = flate2::Crc::new();
            crc.update(&body);
            [&(data.len() as u32).to_be_bytes()[..], &body, &crc.sum().to_be_bytes()].concat()
        };
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let header = chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
        [&b"\x89PNG\r\n\x1a\n"[..], &header, &chunk(b"IDAT", &[])].concat()
    }

    #[test]
    fn a_giant_header_is_refused_by_its_size() {
        let reason = decode_bytes(&png_header(50_000, 50_000)).unwrap_err();
        assert_eq!(reason, "50000 x 50000 pixels; accepted are 1 to 64 megapixels");
        assert!(decode_bytes(&png_header(u32::MAX >> 1, 3)).is_err());
    }

    #[test]
    fn transparency_shows_white_and_16_bits_become_8() {
        let pixels = [[10, 20, 30, 0], [10, 20, 30, 255], [0, 0, 0, 128]];
        let rgba = RgbaImage::from_fn(3, 1, |x, _| Rgba(pixels[x as usize]));
        let decoded = decode_bytes(&encode(&rgba.into(), ImageFormat::Png)).unwrap().into_rgb8();
        assert_eq!(decoded.into_raw(), [255, 255, 255, 10, 20, 30, 127, 127, 127]);
        let deep = image::ImageBuffer::from_fn(2, 1, |x, _| Luma([if x == 0 { 0_u16 } else { 65535 }]));
        let decoded = decode_bytes(&encode(&DynamicImage::ImageLuma16(deep), ImageFormat::Png)).unwrap();
        assert_eq!(decoded.as_luma8().map(|grey| grey.as_raw().clone()), Some(vec![0, 255]));
    }

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

    #[test]
    fn exif_orientation_turns_the_picture() {
        let jpeg = encode(&gradient(40, 30), ImageFormat::Jpeg);
        let tiff =
            [&b"MM\0*\0\0\0\x08\0\x01"[..], &[1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0], &[0; 4]].concat();
        let exif = [b"Exif\0\0", tiff.as_slice()].concat();
        let length = (exif.len() as u16 + 2).to_be_bytes();
        let bytes = [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat();
        let turned = decode_bytes(&bytes).unwrap();
        assert_eq!((turned.width(), turned.height()), (30, 40));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn damage_never_panics(format in 0_usize..6, at in any::<prop::sample::Index>(), with in any::<u8>(), n in 1_usize..20) {
            let mut bytes = encode(&gradient(20, 10), FORMATS[format]);
            let start = at.index(bytes.len());
            bytes.iter_mut().skip(start).take(n).for_each(|byte| *byte ^= with);
            let _ = decode_bytes(&bytes);
        }
    }
}
