//! Numbers of any type and range as pixels of 8 bits.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::Notes;
use super::number::Number;
use super::rows::Rows;
use crate::error::{Error, Result};

/// The values that become black and white in pictures of more than 8 bits a channel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PixelRange {
    /// Black.
    pub low: f64,
    /// White.
    pub high: f64,
}

/// How values of pictures of more than 8 bits a channel become pixels. Pictures of 8 bits stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Stretch {
    /// Stretched over the range of all pictures of the pile, as for a fit.
    #[default]
    Data,
    /// Over the whole range of their type, as for a model of pictures of 8 bits.
    Full,
    /// Over the range a model was fitted with; values outside are clipped.
    Between(PixelRange),
}

/// Ranges in which pictures are usually written as numbers.
const USUAL: [PixelRange; 4] = [
    PixelRange { low: 0.0, high: 1.0 },
    PixelRange { low: -1.0, high: 1.0 },
    PixelRange { low: 0.0, high: 255.0 },
    PixelRange { low: 0.0, high: 65_535.0 },
];

impl PixelRange {
    /// The range of no value.
    pub(super) const NONE: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    /// Takes in a value unless it is not finite.
    pub(super) fn widen(&mut self, value: f64) {
        if value.is_finite() {
            (self.low, self.high) = (self.low.min(value), self.high.max(value));
        }
    }

    /// The range of two.
    pub(super) fn with(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// Itself if it holds a value.
    pub(super) fn found(self) -> Option<Self> {
        (self.low <= self.high).then_some(self)
    }

    /// The same, widened when it is a single value and narrowed when its width is beyond floats.
    pub(super) fn settled(self) -> Self {
        let most = f64::MAX / 4.0;
        let (low, high) = (self.low.max(-most), self.high.min(most));
        let half = if low < high { 0.0 } else { 0.5_f64.max(low.abs() * 1e-6) };
        Self { low: low - half, high: high + half }
    }

    /// Whether black and white are finite and apart.
    pub fn is_valid(self) -> bool {
        self.low < self.high && (self.high - self.low).is_finite()
    }

    fn holds(self, other: Self) -> bool {
        self.low <= other.low && other.high <= self.high
    }

    /// The pixel of a value; what lies outside is clipped.
    ///
    /// # Errors
    /// The reason when the value is not finite.
    pub(super) fn byte(self, value: f64) -> Result<u8, String> {
        if !value.is_finite() {
            return Err(format!("a pixel is {value}"));
        }
        Ok(((value - self.low) * (255.0 / (self.high - self.low))).round() as u8)
    }
}

impl std::fmt::Display for PixelRange {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {}", self.low as f32, self.high as f32)
    }
}

/// What there is to say when pictures are not like those a model was fitted on; nothing while fitting.
#[derive(Clone)]
pub(super) struct Remarks {
    stretch: Stretch,
    notes: Notes,
}

impl Remarks {
    /// Remarks for `notes`.
    pub fn new(stretch: Stretch, notes: &Notes) -> Self {
        Self { stretch, notes: notes.clone() }
    }

    /// The values of an array lie in `found`.
    pub fn values(&self, found: Option<PixelRange>) {
        if let (Stretch::Between(range), Some(found)) = (self.stretch, found)
            && !range.holds(found)
        {
            self.notes.add(format!("pixel values outside the range of the fit, {range}, are clipped"));
        }
    }

    /// A picture has more than 8 bits and values in `range`.
    pub fn deep(&self, range: impl FnOnce() -> Option<PixelRange>) {
        match self.stretch {
            Stretch::Data => {}
            Stretch::Between(_) => self.values(range()),
            Stretch::Full => self.notes.add(
                "pictures of more than 8 bits per channel are read over the whole range of their type, because \
                 the model was fitted on pictures of 8 bits",
            ),
        }
    }

    /// A picture has 8 bits.
    pub fn shallow(&self) {
        if let Stretch::Between(range) = self.stretch
            && !USUAL.contains(&range)
        {
            self.notes.add(format!(
                "the model was fitted on pictures of more than 8 bits with values from {range}; \
                 pictures of 8 bits are read as 0 to 255 and their scores may not compare"
            ));
        }
    }
}

/// How the values of an array become pixels: as the bytes they are, or over a range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Scale {
    /// As they are.
    Byte,
    /// Over a range.
    Over(PixelRange),
}

impl Scale {
    /// The scale of a whole array. Bytes and truth values need none. Other types are read through once, unless a
    /// model says their range: values that fill at least half of \[0, 1\] or \[-1, 1\] (floats) or \[0, 255\], or
    /// are whole and within \[0, 255\], are taken to be written so; others are stretched over their range, which is
    /// said in `notes`.
    ///
    /// # Errors
    /// [`Error::Input`] when the values are not written in one of these ways and the model has no range, and what
    /// reading gives.
    pub fn find(
        path: &Path,
        number: Number,
        stretch: Stretch,
        notes: &Notes,
        rows: impl FnOnce() -> Result<Rows>,
    ) -> Result<Self> {
        if number.is_byte() {
            return Ok(Self::Byte);
        }
        if number.is_bool() {
            return Ok(Self::Over(USUAL[0]));
        }
        if let Stretch::Between(range) = stretch {
            return Ok(Self::Over(range));
        }
        let (mut range, mut whole) = (PixelRange::NONE, true);
        for run in rows()? {
            for value in run?.1.chunks_exact(number.size()).map(|value| number.value(value)) {
                range.widen(value);
                whole &= value.fract() == 0.0 || !value.is_finite();
            }
        }
        let float = number.is_float();
        if let Some(usual) = usual(range, float, whole, stretch) {
            return Ok(Self::Over(usual));
        }
        if stretch == Stretch::Full {
            let accepted = if float { "0 to 1, -1 to 1 or 0 to 255" } else { "0 to 255 for integers" };
            let problem =
                format!("pixels range from {range}; for a model of pictures of 8 bits they must be");
            return Err(Error::input(path, format!("{problem} {accepted}")));
        }
        notes.add(format!("pixel values from {range} are stretched to black and white"));
        Ok(Self::Over(range.settled()))
    }

    /// The range values are stretched over.
    pub fn range(self) -> Option<PixelRange> {
        match self {
            Self::Byte => None,
            Self::Over(range) => Some(range),
        }
    }

    /// The pixels of one picture.
    ///
    /// # Errors
    /// The reason when a value is not finite.
    pub fn bytes(self, number: Number, values: &[u8], remarks: &Remarks) -> Result<Vec<u8>, String> {
        let Self::Over(range) = self else {
            remarks.shallow();
            return Ok(values.to_vec());
        };
        let mut found = PixelRange::NONE;
        let byte = |value: &[u8]| {
            let value = number.value(value);
            found.widen(value);
            range.byte(value)
        };
        let bytes = values.chunks_exact(number.size()).map(byte).collect();
        remarks.values(found.found());
        bytes
    }
}

/// The way in which values of this range are usually written.
fn usual(range: PixelRange, float: bool, whole: bool, stretch: Stretch) -> Option<PixelRange> {
    let [unit, signed, byte, _] = USUAL;
    let written = |usual: PixelRange| {
        let width = range.high - range.low;
        let filled = stretch == Stretch::Full || 2.0 * width >= usual.high - usual.low || width == 0.0;
        usual.holds(range) && (filled || (usual == byte && whole))
    };
    match range.found() {
        None => Some(unit),
        Some(_) if float => [unit, signed, byte].into_iter().find(|&usual| written(usual)),
        Some(_) => Some(byte).filter(|&usual| written(usual)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn between(low: f64, high: f64) -> PixelRange {
        PixelRange { low, high }
    }

    #[test]
    fn the_range_tells_how_values_are_written() {
        let found = |low, high, float, whole| usual(between(low, high), float, whole, Stretch::Data);
        assert_eq!(found(0.0, 1.0, true, false), Some(between(0.0, 1.0)));
        assert_eq!(found(0.2, 0.25, true, false), None);
        assert_eq!(found(-0.5, 1.0, true, false), Some(between(-1.0, 1.0)));
        assert_eq!(found(0.0, 200.5, true, false), Some(between(0.0, 255.0)));
        assert_eq!(found(0.0, 23.0, true, true), Some(between(0.0, 255.0)));
        assert_eq!(found(0.0, 23.5, true, false), None);
        assert_eq!(found(0.0, 1.0, false, true), Some(between(0.0, 255.0)));
        assert_eq!(found(0.0, 4095.0, false, true), None);
        assert_eq!(found(-1.0, 1.0, false, true), None);
        assert_eq!(usual(between(0.2, 0.25), true, false, Stretch::Full), Some(between(0.0, 1.0)));
        assert!(usual(PixelRange::NONE, true, true, Stretch::Data).is_some());
    }

    #[test]
    fn one_value_and_the_whole_of_floats_are_ranges_too() {
        for range in [between(550.0, 550.0), between(-1e300, -1e300), between(f64::MIN, f64::MAX)] {
            assert!(range.settled().is_valid(), "{range}");
        }
        assert_eq!(between(550.0, 550.0).settled().byte(550.0), Ok(128));
        assert_eq!(between(550.0, 610.0).settled(), between(550.0, 610.0));
    }

    #[test]
    fn ends_and_middles_of_ranges() {
        let bytes = |low, high, values: &[f64]| {
            values.iter().map(|&v| between(low, high).byte(v)).collect::<Result<Vec<_>, _>>()
        };
        assert_eq!(bytes(0.0, 1.0, &[0.0, 0.5, 1.0]), Ok(vec![0, 128, 255]));
        assert_eq!(bytes(-1.0, 1.0, &[-1.0, 0.0, 1.0]), Ok(vec![0, 128, 255]));
        assert_eq!(bytes(0.0, 255.0, &[0.0, 127.4, 255.0]), Ok(vec![0, 127, 255]));
        assert_eq!(bytes(550.0, 610.0, &[-9.0, 550.0, 580.0, 610.0, 1e9]), Ok(vec![0, 0, 128, 255, 255]));
        assert_eq!(bytes(0.0, 1.0, &[0.0, f64::NAN]), Err("a pixel is NaN".into()));
    }
}
