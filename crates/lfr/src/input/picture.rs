//! One picture file: decoding it within bounds of memory.

use std::io::{Cursor, Read};

use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

use super::budget::Budget;
use super::deep::{Deep, GreyTiff};
use super::pixel::{PixelRange, Remarks, Stretch};
use super::walk::File;
use super::{bits, bmp, frames, jpeg, shrink};
use crate::panics::caught;

/// Largest picture decoded, in pixels.
const MAX_PIXELS: u64 = 200_000_000;

/// Largest file read, in bytes.
const MAX_BYTES: u64 = 512 << 20;

/// The most a picture may take once decoded, in bytes.
const MAX_DECODED: u64 = 1 << 30;

/// Files held in memory at a time by all threads, but for small ones.
static FILES: Budget = Budget::new(MAX_BYTES, 16 << 20);

/// Decoded pictures held in memory at a time by all threads, but for those of an ordinary camera.
static DECODED: Budget = Budget::new(MAX_DECODED, 96 << 20);

/// What to tell of a picture whose decoder panicked.
const BROKEN: &str = "damaged: its decoder failed";

/// Gives `then` the picture `file`: 8 bits a channel, grey or RGB, upright as its EXIF orientation says,
/// transparent parts on white, and whether it is the first of several pages or frames. The content decides the format, not
/// the extension. Nothing when the picture has more bits and `stretch` does not say yet over which range.
///
/// # Errors
/// The reason, in words, when it is not a whole picture within the limits.
pub(super) fn read<T>(
    file: &File,
    stretch: Stretch,
    remarks: &Remarks,
    then: impl FnOnce(DynamicImage, bool) -> T,
) -> Result<Option<T>, String> {
    caught(|| load(file, |bytes| decoded(bytes, stretch, remarks, then)))
        .unwrap_or_else(|| Err(BROKEN.into()))
}

/// The range of a picture of more than 8 bits; `None` when it has 8, or no finite value.
///
/// # Errors
/// As [`read`].
pub(super) fn range(file: &File) -> Result<Option<PixelRange>, String> {
    let range = |bytes: &[u8]| {
        let opened = Opened::new(bytes)?;
        if !opened.is_deep() {
            return Ok(None);
        }
        let _held = DECODED.take(opened.size()?);
        Ok(opened.decode()?.0.ok().and_then(|deep| deep.range()))
    };
    caught(|| load(file, range)).unwrap_or_else(|| Err(BROKEN.into()))
}

/// What `then` makes of the content of `file`.
fn load<T>(file: &File, then: impl FnOnce(&[u8]) -> Result<T, String>) -> Result<T, String> {
    let failed = |e| format!("cannot be read: {e}");
    let _held = FILES.take(file.size().map_err(failed)?);
    let mut bytes = Vec::new();
    file.open().map_err(failed)?.take(MAX_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    match bytes.len() as u64 {
        0 => Err("the file is empty".into()),
        MAX_BYTES.. => Err(format!("the file is larger than {} MiB", MAX_BYTES >> 20)),
        _ => then(&bytes),
    }
}

fn decoded<T>(
    bytes: &[u8],
    stretch: Stretch,
    remarks: &Remarks,
    then: impl FnOnce(DynamicImage, bool) -> T,
) -> Result<Option<T>, String> {
    let mended = mended(bytes)?;
    let opened = Opened::new(mended.as_deref().unwrap_or(bytes))?;
    if opened.is_deep() && stretch == Stretch::Data {
        return Ok(None);
    }
    let _held = DECODED.take(opened.size()?);
    let (picture, orientation) = opened.decode()?;
    let picture = match picture {
        Ok(deep) => {
            remarks.deep(|| deep.range());
            deep.bytes(if let Stretch::Between(range) = stretch { range } else { deep.full })?
        }
        Err(shallow) => {
            remarks.shallow();
            shallow
        }
    };
    let mut picture = on_white(shrink::to_area(picture));
    picture.apply_orientation(orientation);
    Ok(Some(then(picture, frames::several(bytes))))
}

/// A JPEG without an end marker with one, when all its rows are there, and a TIFF with its bits in order; nothing for
/// pictures that need no mending.
///
/// # Errors
/// The reason when a JPEG is cut short.
fn mended(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Jpeg) => with_end(bytes),
        Ok(ImageFormat::Tiff) => Ok(bits::in_order(bytes)),
        _ => Ok(None),
    }
}

fn with_end(bytes: &[u8]) -> Result<Option<Vec<u8>>, String> {
    let cut = || Err("cut short: the JPEG end marker is missing".to_owned());
    match jpeg::end(bytes) {
        jpeg::End::Marked => Ok(None),
        jpeg::End::Cut => cut(),
        jpeg::End::Open => {
            let (mended, continued) = jpeg::continued(bytes);
            let _held = DECODED.take(Opened::new(&mended)?.size()?.saturating_mul(2));
            let decode = |bytes: &[u8]| Opened::new(bytes)?.decode().map(|(picture, _)| picture.err());
            let whole = decode(&mended);
            let same = |other: &Vec<u8>| whole.is_ok() && decode(other) == whole;
            if !continued.iter().all(same) {
                return cut();
            }
            Ok(Some(mended))
        }
    }
}

/// A picture whose header is read.
enum Opened<'a> {
    Usual(Box<dyn ImageDecoder + 'a>),
    GreyTiff(Box<GreyTiff<'a>>),
}

impl<'a> Opened<'a> {
    fn new(bytes: &'a [u8]) -> Result<Self, String> {
        if is_heif(bytes) {
            return Err("HEIC and AVIF pictures are not supported; convert it to JPEG".into());
        }
        let mut reader =
            ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|e| e.to_string())?;
        let format = reader.format().ok_or("not a picture in a known format")?;
        if format == ImageFormat::Bmp && bmp::lacks_pixels(bytes) {
            return Err("cut short: it has no pixel data".into());
        }
        let mut limits = Limits::default();
        limits.max_alloc = Some(MAX_DECODED);
        reader.limits(limits);
        let opened = match reader.into_decoder() {
            Ok(decoder) => Self::Usual(Box::new(decoder)),
            Err(ImageError::Unsupported(_)) if format == ImageFormat::Tiff => {
                Self::GreyTiff(Box::new(GreyTiff::open(bytes, MAX_DECODED as usize)?))
            }
            Err(error) => return Err(error.to_string()),
        };
        let (width, height) = opened.dimensions();
        check_pixels(u64::from(width), u64::from(height))?;
        Ok(opened)
    }

    fn dimensions(&self) -> (u32, u32) {
        match self {
            Self::Usual(decoder) => decoder.dimensions(),
            Self::GreyTiff(tiff) => tiff.size,
        }
    }

    /// Whether the picture has more than 8 bits a channel.
    fn is_deep(&self) -> bool {
        match self {
            Self::Usual(decoder) => {
                decoder.color_type().bytes_per_pixel() > decoder.color_type().channel_count()
            }
            Self::GreyTiff(_) => true,
        }
    }

    /// Bytes of the decoded picture.
    ///
    /// # Errors
    /// The reason when they are too many.
    fn size(&self) -> Result<u64, String> {
        let (width, height) = self.dimensions();
        let size = match self {
            Self::Usual(decoder) => decoder.total_bytes(),
            Self::GreyTiff(_) => u64::from(width) * u64::from(height) * 8,
        };
        if size > MAX_DECODED {
            let (found, most) = (size >> 20, MAX_DECODED >> 20);
            return Err(format!("decoded it takes {found} MiB; accepted are {most}"));
        }
        Ok(size)
    }

    /// The picture as it is, and how to turn it.
    fn decode(self) -> Result<(Result<Deep, DynamicImage>, Orientation), String> {
        match self {
            Self::Usual(mut decoder) => {
                let orientation = decoder.orientation().map_err(|e| e.to_string())?;
                let picture = DynamicImage::from_decoder(decoder).map_err(|e| e.to_string())?;
                Ok((Deep::of(picture), orientation))
            }
            Self::GreyTiff(tiff) => Ok((Ok(tiff.decode()?), Orientation::NoTransforms)),
        }
    }
}

/// Whether bytes begin as a HEIC or AVIF picture does.
pub(super) fn is_heif(bytes: &[u8]) -> bool {
    let brands = [b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"];
    bytes.get(4..8) == Some(b"ftyp")
        && bytes.get(8..12).is_some_and(|brand| brands.iter().any(|b| *b == brand))
}

/// Refuses pictures without pixels or with more than 200 megapixels.
pub(super) fn check_pixels(width: u64, height: u64) -> Result<(), String> {
    match width.checked_mul(height) {
        Some(1..=MAX_PIXELS) => Ok(()),
        _ => {
            Err(format!("{width} x {height} pixels; accepted are 1 to {} megapixels", MAX_PIXELS / 1_000_000))
        }
    }
}

/// 8 bits a channel, grey or RGB; transparent parts shine through to white, as on a page.
pub(super) fn on_white(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => picture,
        _ if picture.color().has_alpha() => {
            let rgba = picture.into_rgba8();
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::Notes;
    use image::{Luma, Rgb, Rgba, RgbaImage};
    use proptest::prelude::*;

    fn decode_bytes(bytes: &[u8]) -> Result<DynamicImage, String> {
        let remarks = Remarks::new(Stretch::Full, &Notes::default());
        let read = || decoded(bytes, Stretch::Full, &remarks, |picture, _| picture).map(Option::unwrap);
        caught(read).unwrap_or_else(|| Err(BROKEN.into()))
    }

    fn encode(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn gradient(width: u32, height: u32) -> DynamicImage {
        RgbImage::from_fn(width, height, |x, y| Rgb([(x * 3) as u8, (y * 5) as u8, (x * y) as u8])).into()
    }

    const FORMATS: [ImageFormat; 7] = [
        ImageFormat::Png,
        ImageFormat::Jpeg,
        ImageFormat::WebP,
        ImageFormat::Bmp,
        ImageFormat::Tiff,
        ImageFormat::Gif,
        ImageFormat::Pnm,
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

    fn chunk(name: &[u8], data: &[u8]) -> Vec<u8> {
        let body = [name, data].concat();
        let mut crc = flate2::Crc::new();
        crc.update(&body);
        [&(data.len() as u32).to_be_bytes()[..], &body, &crc.sum().to_be_bytes()].concat()
    }

    /// The signature and the IHDR chunk of a PNG, then an empty IDAT chunk.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
        let header = chunk(b"IHDR", &[&size[..], &[8, 2, 0, 0, 0]].concat());
        [&b"\x89PNG\r\n\x1a\n"[..], &header, &chunk(b"IDAT", &[])].concat()
    }

    #[test]
    fn a_giant_header_is_refused_by_its_size() {
        let reason = decode_bytes(&png_header(50_000, 50_000)).unwrap_err();
        assert_eq!(reason, "50000 x 50000 pixels; accepted are 1 to 200 megapixels");
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

    #[test]
    fn what_follows_a_jpeg_does_not_matter_and_its_end_marker_may_be_missing() {
        let jpeg = encode(&gradient(40, 30), ImageFormat::Jpeg);
        let whole = decode_bytes(&jpeg).unwrap();
        for film in [&b"film"[..], b"film \xff\xda", &jpeg] {
            assert_eq!(decode_bytes(&[&jpeg, film].concat()), Ok(whole.clone()));
        }
        assert_eq!(jpeg[jpeg.len() - 2..], [0xff, 0xd9]);
        assert_eq!(decode_bytes(&jpeg[..jpeg.len() - 2]), Ok(whole.clone()));
        assert_eq!(decode_bytes(&jpeg[..jpeg.len() - 1]), Ok(whole));
        for missing in 12..jpeg.len() {
            let reason = decode_bytes(&jpeg[..jpeg.len() - missing]).unwrap_err();
            assert!(missing > jpeg.len() - 400 || reason.contains("cut short"), "{missing}: {reason}");
        }
    }

    #[test]
    fn a_decoder_that_panics_is_a_damaged_picture() {
        // A palette whose length is no multiple of 3.
        let header = chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 3, 0, 0, 0]);
        let mut data = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        std::io::Write::write_all(&mut data, &[0, 0]).unwrap();
        let parts = [
            b"\x89PNG\r\n\x1a\n".to_vec(),
            header,
            chunk(b"PLTE", &[0, 0, 0, 180]),
            chunk(b"IDAT", &data.finish().unwrap()),
            chunk(b"IEND", &[]),
        ];
        assert!(decode_bytes(&parts.concat()).is_err());
    }

    #[test]
    fn bits_in_either_order_are_the_same_picture() {
        let scan = |order, bits| decode_bytes(&bits::tests::scan(order, bits)).map(DynamicImage::into_bytes);
        let pixels = scan(1, [0b1000_0000, 0b1110_0001]).unwrap();
        assert_eq!(pixels[..3], [255, 0, 0]);
        assert_eq!(scan(2, [0b0000_0001, 0b1000_0111]), Ok(pixels));
    }

    #[test]
    fn black_that_is_no_data_is_refused() {
        let sound = bmp::tests::rle(&[4, 1, 0, 0, 4, 0, 0, 1]);
        assert_eq!(decode_bytes(&sound).map(|picture| (picture.width(), picture.height())), Ok((4, 2)));
        assert!(
            decode_bytes(&bmp::tests::rle(&[0, 1])).is_err_and(|reason| reason.contains("no pixel data"))
        );
    }

    #[test]
    fn counts_of_12_bits_in_a_pgm_fill_the_scale() {
        let pgm = [&b"P5\n3 1\n4095\n"[..], &[0, 0, 0x08, 0, 0x0f, 0xff]].concat();
        assert_eq!(decode_bytes(&pgm).map(DynamicImage::into_bytes), Ok(vec![0, 128, 255]));
    }

    #[test]
    fn heic_is_named() {
        let reason = decode_bytes(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic").unwrap_err();
        assert!(reason.contains("HEIC"), "{reason}");
    }

    /// A PNG after `flip` changed its chunks' content, with checksums that are right again.
    fn mutant(png: &[u8], flip: impl Fn(usize, &mut [u8])) -> Vec<u8> {
        let (mut bytes, mut rest, mut at) = (png[..8].to_vec(), &png[8..], 0);
        while let Some(length) = rest.get(..4) {
            let length = u32::from_be_bytes(length.try_into().unwrap()) as usize;
            let (name, mut data) = (&rest[4..8], rest[8..8 + length].to_vec());
            flip(at, &mut data);
            bytes.extend(chunk(name, &data));
            rest = &rest[12 + length..];
            at += 1;
        }
        bytes
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn damage_behind_right_checksums_never_panics(
            kind in 0_usize..4, at in any::<prop::sample::Index>(), with in 1_u8.., which in any::<prop::sample::Index>(),
        ) {
            let picture = gradient(20, 10);
            let picture = match kind {
                0 => picture,
                1 => picture.into_luma8().into(),
                2 => picture.into_rgba16().into(),
                _ => DynamicImage::ImageLumaA8(picture.into_luma_alpha8()),
            };
            let png = encode(&picture, ImageFormat::Png);
            let chunks = png.windows(4).filter(|name| [b"IHDR", b"IDAT", b"IEND"].iter().any(|n| *n == name)).count();
            let chosen = which.index(chunks);
            let _ = decode_bytes(&mutant(&png, |i, data| {
                if i == chosen && !data.is_empty() {
                    data[at.index(data.len())] ^= with;
                }
            }));
        }

        #[test]
        fn damage_never_panics(format in 0_usize..7, at in any::<prop::sample::Index>(), with in any::<u8>(), n in 1_usize..20) {
            let mut bytes = encode(&gradient(20, 10), FORMATS[format]);
            let start = at.index(bytes.len());
            bytes.iter_mut().skip(start).take(n).for_each(|byte| *byte ^= with);
            let _ = decode_bytes(&bytes);
        }
    }
}
