//! Whether a picture file holds more pictures than the first: pages of a TIFF, frames of an animation.

use std::io::Cursor;

use image::ImageFormat;
use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// Pages of a TIFF that are looked at.
const MOST: usize = 1000;

/// Flags of a TIFF's page that is a smaller copy of another or a mask for it.
const NO_PAGE: u32 = 0b101;

/// Whether there are several pages or frames. Smaller copies and masks are none, and nothing is decoded.
pub(super) fn several(bytes: &[u8]) -> bool {
    match image::guess_format(bytes) {
        Ok(ImageFormat::Tiff) => pages(bytes),
        Ok(ImageFormat::Gif) => gif(bytes).is_some(),
        Ok(ImageFormat::Png) => png(bytes).is_some_and(|frames| frames > 1),
        Ok(ImageFormat::WebP) => webp(bytes) > 1,
        _ => false,
    }
}

/// Whether a page follows the first one of a TIFF.
fn pages(bytes: &[u8]) -> bool {
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else { return false };
    let next = || {
        let more = decoder.more_images() && decoder.next_image().is_ok();
        more.then(|| decoder.find_tag_unsigned(Tag::NewSubfileType).ok().flatten().unwrap_or(0))
    };
    std::iter::from_fn(next).take(MOST).any(|kind: u32| kind & NO_PAGE == 0)
}

/// The place behind a table of colours that `flags` announce.
fn behind_colours(at: usize, flags: u8) -> usize {
    at + if flags & 0x80 == 0 { 0 } else { 6 << (flags & 7) }
}

/// Where the second frame of a GIF begins.
fn gif(bytes: &[u8]) -> Option<usize> {
    let mut at = behind_colours(13, *bytes.get(10)?);
    let mut frames = 0;
    loop {
        let block = *bytes.get(at)?;
        at = match block {
            0x21 => at + 2,
            0x2c if frames == 1 => return Some(at),
            0x2c => behind_colours(at + 10, *bytes.get(at + 9)?) + 1,
            _ => return None,
        };
        frames += usize::from(block == 0x2c);
        while let size @ 1.. = usize::from(*bytes.get(at)?) {
            at += 1 + size;
        }
        at += 1;
    }
}

/// The frames that a PNG announces before its picture.
fn png(bytes: &[u8]) -> Option<u32> {
    let word = |at: usize| Some(u32::from_be_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?));
    let mut at = 8_usize;
    loop {
        match bytes.get(at + 4..at + 8)? {
            b"acTL" => return word(at + 8),
            b"IDAT" => return None,
            _ => at = at.checked_add(word(at)? as usize)?.checked_add(12).filter(|&at| at < bytes.len())?,
        }
    }
}

/// The frames of an animated WebP.
fn webp(bytes: &[u8]) -> usize {
    let mut rest = bytes.get(12..).unwrap_or_default();
    let mut frames = 0;
    while let (Some(name), Some(size)) = (rest.get(..4), rest.get(4..8)) {
        frames += usize::from(name == b"ANMF");
        let size = u32::from_le_bytes(size.try_into().unwrap_or_default()) as usize;
        rest = rest.get(size.saturating_add(size % 2).saturating_add(8)..).unwrap_or_default();
    }
    frames
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::codecs::gif::GifEncoder;
    use image::{DynamicImage, Frame, RgbaImage};
    use proptest::prelude::*;
    use tiff::encoder::{TiffEncoder, colortype};

    fn gif(frames: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        let frame =
            |i: usize| Frame::new(RgbaImage::from_pixel(9, 9, image::Rgba([i as u8 * 90, 7, 7, 255])));
        GifEncoder::new(&mut bytes).encode_frames((0..frames).map(frame)).unwrap();
        bytes
    }

    fn tiff(kinds: &[u32]) -> Vec<u8> {
        let mut file = Cursor::new(Vec::new());
        let mut encoder = TiffEncoder::new(&mut file).unwrap();
        for &kind in kinds {
            let mut page = encoder.new_image::<colortype::Gray8>(2, 2).unwrap();
            page.encoder().write_tag(Tag::NewSubfileType, kind).unwrap();
            page.write_data(&[1, 2, 3, 4]).unwrap();
        }
        file.into_inner()
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(9, 9).write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    /// A PNG with a chunk that announces `frames`.
    fn apng(frames: u32) -> Vec<u8> {
        let png = encoded(ImageFormat::Png);
        let data = [&b"acTL"[..], &frames.to_be_bytes(), &[0; 4]].concat();
        let mut crc = flate2::Crc::new();
        crc.update(&data);
        let chunk = [&8_u32.to_be_bytes()[..], &data, &crc.sum().to_be_bytes()].concat();
        [&png[..33], &chunk, &png[33..]].concat()
    }

    fn animated_webp(frames: usize) -> Vec<u8> {
        let chunks = [&b"VP8X\x01\0\0\0\0\0"[..], &b"ANMF\x02\0\0\0\0\0".repeat(frames)].concat();
        [b"RIFF\0\0\0\0WEBP", chunks.as_slice()].concat()
    }

    #[test]
    fn pages_and_frames_are_told_and_copies_are_none() {
        assert!(several(&gif(2)) && several(&gif(5)) && !several(&gif(1)));
        assert!(several(&tiff(&[0, 0])) && several(&tiff(&[0, 1, 2])) && !several(&tiff(&[0, 1, 4])));
        assert!(several(&apng(3)) && !several(&apng(1)));
        assert!(several(&animated_webp(2)) && !several(&animated_webp(1)));
        for format in
            [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Tiff, ImageFormat::WebP, ImageFormat::Gif]
        {
            assert!(!several(&encoded(format)), "{format:?}");
        }
    }

    proptest! {
        #[test]
        fn damage_never_panics(which in 0_usize..4, at in any::<prop::sample::Index>(), with in any::<u8>(), cut in any::<prop::sample::Index>()) {
            let mut bytes = vec![gif(3), tiff(&[0, 0]), apng(2), animated_webp(2)].swap_remove(which);
            let place = at.index(bytes.len());
            bytes[place] ^= with;
            several(&bytes);
            several(&bytes[..cut.index(bytes.len())]);
        }
    }
}
