//! Numbers of any type and range as pixels of 8 bits.

use std::path::Path;

use super::number::Number;
use super::rows::Rows;
use crate::error::{Error, Result};

/// How the values of an array stand for 0..=255.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// As they are.
    Byte,
    /// From 0 to 1.
    Unit,
    /// From -1 to 1.
    Signed,
}

impl Scale {
    /// The scale of a whole array. Bytes stand for themselves; other types are read through once: floats within
    /// \[0, 1\], else \[-1, 1\], else \[0, 255\]; integers within \[0, 255\].
    ///
    /// # Errors
    /// [`Error::Input`] when the values are in none of these ranges, and what reading gives.
    pub fn find(path: &Path, number: Number, rows: impl FnOnce() -> Result<Rows>) -> Result<Self> {
        if number.is_byte() {
            return Ok(Self::Byte);
        }
        if number.is_bool() {
            return Ok(Self::Unit);
        }
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for run in rows()? {
            let (_, values) = run?;
            for value in values.chunks_exact(number.size()).map(|value| number.value(value)) {
                if value.is_finite() {
                    (low, high) = (low.min(value), high.max(value));
                }
            }
        }
        Self::of(number, low, high).ok_or_else(|| {
            let accepted =
                if number.is_float() { "0 to 1, -1 to 1 or 0 to 255" } else { "0 to 255 for integers" };
            Error::input(path, format!("pixels range from {low} to {high}; accepted are {accepted}"))
        })
    }

    /// The scale of values from `low` to `high` (`low` > `high` when there are none).
    fn of(number: Number, low: f64, high: f64) -> Option<Self> {
        let float = number.is_float();
        if float && low >= 0.0 && high <= 1.0 {
            Some(Self::Unit)
        } else if float && low >= -1.0 && high <= 1.0 {
            Some(Self::Signed)
        } else {
            (low >= 0.0 && high <= 255.0).then_some(Self::Byte)
        }
    }

    /// The pixels of one picture.
    ///
    /// # Errors
    /// The reason when a value is not finite.
    pub fn bytes(self, number: Number, values: &[u8]) -> Result<Vec<u8>, String> {
        if number.is_byte() {
            return Ok(values.to_vec());
        }
        values.chunks_exact(number.size()).map(|value| self.byte(number.value(value))).collect()
    }

    fn byte(self, value: f64) -> Result<u8, String> {
        if !value.is_finite() {
            return Err(format!("a pixel is {value}"));
        }
        let scaled = match self {
            Self::Byte => value,
            Self::Unit => value * 255.0,
            Self::Signed => (value + 1.0) * 127.5,
        };
        Ok(scaled.round() as u8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_tells_the_scale() {
        let (float, integer): (Number, Number) = ("<f4".parse().unwrap(), "<i8".parse().unwrap());
        assert_eq!(Scale::of(float, 0.0, 1.0), Some(Scale::Unit));
        assert_eq!(Scale::of(float, -0.5, 1.0), Some(Scale::Signed));
        assert_eq!(Scale::of(float, 0.0, 1.5), Some(Scale::Byte));
        assert_eq!(Scale::of(float, -0.5, 1.5), None);
        assert_eq!(Scale::of(float, 0.0, 256.0), None);
        assert_eq!(Scale::of(integer, 0.0, 1.0), Some(Scale::Byte));
        assert_eq!(Scale::of(integer, -1.0, 1.0), None);
        assert!(Scale::of(float, f64::INFINITY, f64::NEG_INFINITY).is_some());
    }

    #[test]
    fn ends_and_middles_of_ranges() {
        let bytes = |scale: Scale, values: &[f64]| {
            values.iter().map(|&v| scale.byte(v)).collect::<Result<Vec<_>, _>>()
        };
        assert_eq!(bytes(Scale::Unit, &[0.0, 0.5, 1.0]), Ok(vec![0, 128, 255]));
        assert_eq!(bytes(Scale::Signed, &[-1.0, 0.0, 1.0]), Ok(vec![0, 128, 255]));
        assert_eq!(bytes(Scale::Byte, &[0.0, 127.4, 255.0]), Ok(vec![0, 127, 255]));
        assert_eq!(bytes(Scale::Unit, &[0.0, f64::NAN]), Err("a pixel is NaN".into()));
    }
}
