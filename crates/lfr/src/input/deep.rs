//! Pictures of more than 8 bits a channel: counts of cameras and microscopes, measurements as floats.

use std::io::Cursor;

use image::{DynamicImage, ImageBuffer};
use tiff::ColorType;
use tiff::decoder::{Decoder, DecodingResult, Limits};

use super::pixel::PixelRange;

/// A decoded picture, its values as they are in the file.
pub(super) struct Deep {
    width: u32,
    height: u32,
    /// 1 to 4; of 2 and 4 the last is opacity.
    channels: usize,
    values: Values,
    /// The whole range of the type: for floats, from 0 to 1.
    pub full: PixelRange,
}

enum Values {
    Words(Vec<u16>),
    Floats(Vec<f32>),
    Doubles(Vec<f64>),
}

impl Deep {
    /// A picture of more than 8 bits.
    ///
    /// # Errors
    /// The picture as it was when it has 8.
    pub fn of(picture: DynamicImage) -> Result<Self, DynamicImage> {
        let (width, height) = (picture.width(), picture.height());
        let (words, floats) = (PixelRange { low: 0.0, high: 65_535.0 }, PixelRange { low: 0.0, high: 1.0 });
        let (channels, values, full) = match picture {
            DynamicImage::ImageLuma16(raw) => (1, Values::Words(raw.into_raw()), words),
            DynamicImage::ImageLumaA16(raw) => (2, Values::Words(raw.into_raw()), words),
            DynamicImage::ImageRgb16(raw) => (3, Values::Words(raw.into_raw()), words),
            DynamicImage::ImageRgba16(raw) => (4, Values::Words(raw.into_raw()), words),
            DynamicImage::ImageRgb32F(raw) => (3, Values::Floats(raw.into_raw()), floats),
            DynamicImage::ImageRgba32F(raw) => (4, Values::Floats(raw.into_raw()), floats),
            other => return Err(other),
        };
        Ok(Self { width, height, channels, values, full })
    }

    /// The finite values of all pixels that are not transparent; none when there are none.
    pub fn range(&self) -> Option<PixelRange> {
        match &self.values {
            Values::Words(values) => self.range_of(values),
            Values::Floats(values) => self.range_of(values),
            Values::Doubles(values) => self.range_of(values),
        }
    }

    /// The picture with 8 bits a channel, black at the low end of `range` and white at the high one.
    ///
    /// # Errors
    /// The reason when a value is not finite.
    pub fn bytes(&self, range: PixelRange) -> Result<DynamicImage, String> {
        let bytes = match &self.values {
            Values::Words(values) => self.bytes_of(values, range),
            Values::Floats(values) => self.bytes_of(values, range),
            Values::Doubles(values) => self.bytes_of(values, range),
        }?;
        let (width, height) = (self.width, self.height);
        let picture = match self.channels {
            1 => ImageBuffer::from_raw(width, height, bytes).map(DynamicImage::ImageLuma8),
            2 => ImageBuffer::from_raw(width, height, bytes).map(DynamicImage::ImageLumaA8),
            3 => ImageBuffer::from_raw(width, height, bytes).map(DynamicImage::ImageRgb8),
            _ => ImageBuffer::from_raw(width, height, bytes).map(DynamicImage::ImageRgba8),
        };
        picture.ok_or_else(|| "fewer values than pixels".into())
    }

    /// Channels that are not opacity.
    fn colours(&self) -> usize {
        (self.channels - 1) | 1
    }

    fn range_of<T: Copy + Into<f64>>(&self, values: &[T]) -> Option<PixelRange> {
        let colours = self.colours();
        let mut range = PixelRange::NONE;
        for pixel in values.chunks_exact(self.channels) {
            if pixel.get(colours).is_none_or(|&opacity| opacity.into() > 0.0) {
                pixel[..colours].iter().for_each(|&value| range.widen(value.into()));
            }
        }
        range.found()
    }

    fn bytes_of<T: Copy + Into<f64>>(&self, values: &[T], range: PixelRange) -> Result<Vec<u8>, String> {
        let colours = self.colours();
        let mut bytes = Vec::with_capacity(values.len());
        for pixel in values.chunks_exact(self.channels) {
            for (channel, &value) in pixel.iter().enumerate() {
                let range = if channel < colours { range } else { self.full };
                bytes.push(range.byte(value.into())?);
            }
        }
        Ok(bytes)
    }
}

/// A grey TIFF of a type that the general decoder does not know: 32 or 64 bits, signed, or floats.
pub(super) struct GreyTiff<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    /// Width and height in pixels.
    pub size: (u32, u32),
}

impl<'a> GreyTiff<'a> {
    /// Reads the header; decoding may take `most` bytes.
    ///
    /// # Errors
    /// The reason, in words.
    pub fn open(bytes: &'a [u8], most: usize) -> Result<Self, String> {
        let mut limits = Limits::default();
        limits.decoding_buffer_size = most;
        limits.intermediate_buffer_size = most;
        let decoder = Decoder::new(Cursor::new(bytes)).map_err(|e| e.to_string())?;
        let mut decoder = decoder.with_limits(limits);
        let size = decoder.dimensions().map_err(|e| e.to_string())?;
        match decoder.colortype().map_err(|e| e.to_string())? {
            ColorType::Gray(8..) => Ok(Self { decoder, size }),
            other => Err(format!("a TIFF of an unsupported type ({other:?}); save it with 8 or 16 bits")),
        }
    }

    /// The picture.
    ///
    /// # Errors
    /// The reason, in words, when it is damaged.
    pub fn decode(mut self) -> Result<Deep, String> {
        let floats = PixelRange { low: 0.0, high: 1.0 };
        let to = |low: f64, high: f64| PixelRange { low, high };
        let (values, full) = match self.decoder.read_image().map_err(|e| e.to_string())? {
            DecodingResult::U8(v) => (Values::Floats(v.into_iter().map(f32::from).collect()), to(0.0, 255.0)),
            DecodingResult::I8(v) => {
                (Values::Floats(v.into_iter().map(f32::from).collect()), to(-128.0, 127.0))
            }
            DecodingResult::U16(v) => (Values::Words(v), to(0.0, 65_535.0)),
            DecodingResult::I16(v) => {
                (Values::Floats(v.into_iter().map(f32::from).collect()), to(-32_768.0, 32_767.0))
            }
            DecodingResult::U32(v) => {
                (Values::Doubles(v.into_iter().map(f64::from).collect()), to(0.0, f64::from(u32::MAX)))
            }
            DecodingResult::I32(v) => (
                Values::Doubles(v.into_iter().map(f64::from).collect()),
                to(f64::from(i32::MIN), f64::from(i32::MAX)),
            ),
            DecodingResult::U64(v) => {
                (Values::Doubles(v.into_iter().map(|v| v as f64).collect()), to(0.0, u64::MAX as f64))
            }
            DecodingResult::I64(v) => (
                Values::Doubles(v.into_iter().map(|v| v as f64).collect()),
                to(i64::MIN as f64, i64::MAX as f64),
            ),
            DecodingResult::F16(v) => (Values::Floats(v.into_iter().map(|v| v.to_f32()).collect()), floats),
            DecodingResult::F32(v) => (Values::Floats(v), floats),
            DecodingResult::F64(v) => (Values::Doubles(v), floats),
        };
        Ok(Deep { width: self.size.0, height: self.size.1, channels: 1, values, full })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::{Luma, LumaA, Rgb};
    use tiff::encoder::{TiffEncoder, colortype};

    fn bytes(picture: impl Into<DynamicImage>, range: Option<PixelRange>) -> Result<Vec<u8>, String> {
        let deep = Deep::of(picture.into()).map_err(|_| "shallow")?;
        Ok(deep.bytes(range.or(deep.range()).ok_or("no range")?)?.into_bytes())
    }

    #[test]
    fn counts_fill_black_to_white() {
        let counts = ImageBuffer::from_fn(3, 1, |x, _| Luma([550_u16 + 30 * x as u16]));
        assert_eq!(bytes(counts.clone(), None), Ok(vec![0, 128, 255]));
        assert_eq!(bytes(counts, Some(PixelRange { low: 0.0, high: 65_535.0 })), Ok(vec![2, 2, 2]));
        assert!(Deep::of(DynamicImage::new_rgb8(1, 1)).is_err());
    }

    #[test]
    fn transparent_pixels_have_no_part_in_the_range() {
        let grey =
            ImageBuffer::from_fn(3, 1, |x, _| LumaA([[0_u16, 0], [500, 65_535], [600, 30_000]][x as usize]));
        assert_eq!(bytes(grey, None), Ok(vec![0, 0, 0, 255, 255, 117]));
    }

    #[test]
    fn a_float_that_is_no_number_is_refused() {
        let rgb = ImageBuffer::from_pixel(1, 1, Rgb([0.5_f32, f32::NAN, 2.5]));
        assert_eq!(Deep::of(rgb.clone().into()).unwrap().range(), Some(PixelRange { low: 0.5, high: 2.5 }));
        assert_eq!(bytes(rgb, None), Err("a pixel is NaN".into()));
    }

    #[test]
    fn grey_tiffs_of_any_number_are_read() {
        let mut file = Cursor::new(Vec::new());
        let floats = [-1.5_f32, 0.0, 1.0, 2.5, f32::INFINITY, 0.25];
        TiffEncoder::new(&mut file).unwrap().write_image::<colortype::Gray32Float>(3, 2, &floats).unwrap();
        let file = file.into_inner();
        let deep = GreyTiff::open(&file, 1 << 20).unwrap().decode().unwrap();
        assert_eq!((deep.width, deep.height), (3, 2));
        assert_eq!(deep.range(), Some(PixelRange { low: -1.5, high: 2.5 }));
        let mut file = Cursor::new(Vec::new());
        TiffEncoder::new(&mut file).unwrap().write_image::<colortype::GrayI16>(2, 1, &[-300, 300]).unwrap();
        let file = file.into_inner();
        let deep = GreyTiff::open(&file, 1 << 20).unwrap().decode().unwrap();
        assert_eq!(deep.bytes(deep.range().unwrap()).unwrap().into_bytes(), [0, 255]);
        assert!(GreyTiff::open(&file[..20], 1 << 20).is_err());
    }
}
