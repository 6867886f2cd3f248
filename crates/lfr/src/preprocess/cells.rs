//! Cells of a table's column as numbers, moments or strings, whatever type the file gave them.

use std::borrow::Cow;

use crate::arrow::array::{Array, ArrayRef, Float64Array, StringArray};
use crate::arrow::datatypes::{ArrowError, DataType, TimeUnit};
use crate::arrow::{numbers, strings, unpacked};

use super::reading::{Cell, DAY, Reading, is_missing};
use crate::error::{Error, Result};

/// Whether a value is a number that models can work with: finite and within the range of `f32`.
pub fn is_usable(value: f64) -> bool {
    value.abs() <= f64::from(f32::MAX)
}

/// The cells of one column.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Numbers, booleans (0, 1) and durations (seconds).
    Numbers(Float64Array),
    /// Dates, dates with a time and times of day, in seconds since 1970 or since midnight.
    Moments {
        /// One for each cell.
        seconds: Float64Array,
        /// Which of the three they are.
        sort: Sort,
    },
    /// Text; of bytes, those that are UTF-8.
    Strings(StringArray),
}

/// The sorts of [`Cells::Moments`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Days.
    Date,
    /// Dates with a time of day.
    Timestamp,
    /// Times of day.
    Clock,
}

impl Cells {
    /// The cells of `array`; `None` for a type that has no reading (lists, structs).
    ///
    /// # Errors
    /// [`Error::Mismatch`] when a value cannot be converted.
    pub fn read(array: &ArrayRef) -> Result<Option<Self>> {
        let cells = match array.data_type() {
            DataType::Utf8
            | DataType::LargeUtf8
            | DataType::Utf8View
            | DataType::Binary
            | DataType::LargeBinary
            | DataType::BinaryView
            | DataType::Null => Self::Strings(as_ascii(&strings(array).map_err(unreadable)?)),
            DataType::Dictionary(..) => return Self::read(&unpacked(array).map_err(unreadable)?),
            DataType::Date32 => Self::moments(array, 1.0 / DAY, Sort::Date)?,
            DataType::Date64 => Self::moments(array, 1e3, Sort::Date)?,
            DataType::Time32(unit) => Self::moments(array, per_second(unit), Sort::Clock)?,
            DataType::Time64(unit) => Self::moments(array, per_second(unit), Sort::Clock)?,
            DataType::Timestamp(unit, _) => Self::moments(array, per_second(unit), Sort::Timestamp)?,
            DataType::Duration(unit) => Self::scaled(array, per_second(unit))?,
            kind if kind.is_numeric() || *kind == DataType::Boolean => Self::scaled(array, 1.0)?,
            _ => return Ok(None),
        };
        Ok(Some(cells))
    }

    fn scaled(array: &ArrayRef, divisor: f64) -> Result<Self> {
        let numbers = numbers(array)
            .ok_or_else(|| unreadable(ArrowError::CastError(format!("{} as a number", array.data_type()))))?;
        Ok(Self::Numbers(if divisor == 1.0 { numbers } else { numbers.unary(|v| v / divisor) }))
    }

    fn moments(array: &ArrayRef, per_second: f64, sort: Sort) -> Result<Self> {
        match Self::scaled(array, per_second)? {
            Self::Numbers(seconds) => Ok(Self::Moments { seconds, sort }),
            other => Ok(other),
        }
    }

    /// What each cell says in a column read as `reading`; `None` for null.
    pub fn read_as<'a>(&'a self, reading: &'a Reading) -> Box<dyn Iterator<Item = Cell> + 'a> {
        let value = |number: Option<f64>| number.map_or(Cell::Missing, Cell::Value);
        match self {
            Cells::Numbers(numbers) => match reading {
                Reading::EpochMilliseconds => {
                    Box::new(numbers.iter().map(move |n| value(n.map(|n| n / 1e3))))
                }
                _ => Box::new(numbers.iter().map(value)),
            },
            // Models of version 0.1 knew dates without a time as days.
            Cells::Moments { seconds, sort: Sort::Date } if *reading == Reading::Number => {
                Box::new(seconds.iter().map(move |n| value(n.map(|n| n / DAY))))
            }
            Cells::Moments { seconds, .. } => Box::new(seconds.iter().map(value)),
            Cells::Strings(strings) => {
                Box::new(strings.iter().map(|text| text.map_or(Cell::Missing, |text| reading.read(text))))
            }
        }
    }

    /// The cells as text.
    pub fn into_strings(self) -> StringArray {
        match self {
            Cells::Numbers(numbers) | Cells::Moments { seconds: numbers, .. } => {
                numbers.iter().map(|number| Some(number?.to_string())).collect()
            }
            Cells::Strings(strings) => strings,
        }
    }

    /// Whether a cell is null, NaN, or a mark of a missing value.
    pub fn is_missing(&self, row: usize) -> bool {
        match self {
            Cells::Numbers(numbers) => numbers.is_null(row) || numbers.value(row).is_nan(),
            Cells::Moments { seconds, .. } => seconds.is_null(row),
            Cells::Strings(strings) => strings.is_null(row) || is_missing(strings.value(row)),
        }
    }

    /// Number of cells.
    pub fn len(&self) -> usize {
        match self {
            Cells::Numbers(numbers) | Cells::Moments { seconds: numbers, .. } => numbers.len(),
            Cells::Strings(strings) => strings.len(),
        }
    }
}

/// Cells with the digits of other scripts as ASCII digits and without characters that nobody sees, and those that spreadsheets
/// write as `="01002"` or `'21` unwrapped.
fn as_ascii(strings: &StringArray) -> StringArray {
    let odd = |text: &str| {
        text.starts_with("=\"")
            || unquoted(text).is_some()
            || text.contains(|c| digit(c).is_some() || is_invisible(c))
    };
    let bytes = strings.value_data();
    if bytes.is_ascii() && !bytes.contains(&b'=') && !bytes.contains(&b'\'')
        || !strings.iter().flatten().any(odd)
    {
        return strings.clone();
    }
    strings.iter().map(|text| text.map(plain)).collect()
}

fn plain(text: &str) -> Cow<'_, str> {
    if let Some(inner) = text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')) {
        return Cow::Owned(inner.replace("\"\"", "\""));
    }
    if let Some(number) = unquoted(text) {
        return Cow::Borrowed(number);
    }
    if text.contains(is_invisible) {
        return Cow::Owned(plain(&text.replace(is_invisible, "")).into_owned());
    }
    if !text.contains(|c| digit(c).is_some()) {
        return Cow::Borrowed(text);
    }
    let sign = |c: char| match c {
        '\u{66b}' | '\u{ff0e}' => '.',
        '\u{66c}' | '\u{ff0c}' => ',',
        '\u{66a}' | '\u{ff05}' => '%',
        '\u{ff0f}' => '/',
        '\u{ff1a}' => ':',
        '\u{ff0d}' => '-',
        other => other,
    };
    Cow::Owned(text.chars().map(|c| digit(c).unwrap_or_else(|| sign(c))).collect())
}

/// Blanks without width and marks of the direction of writing, which web pages and programs put around numbers and dates.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{61c}')
}

/// The number behind the apostrophe that keeps spreadsheets from reading it.
fn unquoted(text: &str) -> Option<&str> {
    let number = text.strip_prefix('\'')?;
    let plain = number.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'.' | b',' | b'-'));
    (plain && number.bytes().any(|byte| byte.is_ascii_digit())).then_some(number)
}

/// The ASCII digit for one of another script: Arabic, Persian, Devanagari, Bengali, Thai, full width.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 6] = [0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10];
    let value = ZEROS.into_iter().map(|zero| u32::from(c).wrapping_sub(zero)).find(|&value| value < 10)?;
    char::from_digit(value, 10)
}

fn unreadable(error: ArrowError) -> Error {
    Error::Mismatch {
        what: "a column's values".into(),
        expected: "numbers, dates or text".into(),
        found: error.to_string(),
    }
}

fn per_second(unit: &TimeUnit) -> f64 {
    match unit {
        TimeUnit::Second => 1.0,
        TimeUnit::Millisecond => 1e3,
        TimeUnit::Microsecond => 1e6,
        TimeUnit::Nanosecond => 1e9,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::arrow::array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, LargeStringArray,
        ListArray, NullArray, Time32SecondArray, TimestampMillisecondArray,
    };
    use crate::arrow::datatypes::{Int8Type, Int32Type};

    fn numbers(array: impl Array + 'static) -> Vec<Option<f64>> {
        match Cells::read(&(Arc::new(array) as ArrayRef)).unwrap() {
            Some(Cells::Numbers(numbers)) => numbers.iter().collect(),
            other => panic!("{other:?}"),
        }
    }

    fn moments(array: impl Array + 'static) -> (Vec<Option<f64>>, Sort) {
        match Cells::read(&(Arc::new(array) as ArrayRef)).unwrap() {
            Some(Cells::Moments { seconds, sort }) => (seconds.iter().collect(), sort),
            other => panic!("{other:?}"),
        }
    }

    fn strings(array: impl Array + 'static) -> Vec<Option<String>> {
        match Cells::read(&(Arc::new(array) as ArrayRef)).unwrap() {
            Some(Cells::Strings(strings)) => strings.iter().map(|text| text.map(str::to_owned)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn every_type_with_a_reading_is_read() {
        assert_eq!(numbers(BooleanArray::from(vec![Some(true), None])), [Some(1.0), None]);
        assert_eq!(moments(Date32Array::from(vec![19_000])), ([Some(19_000.0 * DAY)].to_vec(), Sort::Date));
        let stamps = TimestampMillisecondArray::from(vec![Some(1500), None]);
        assert_eq!(moments(stamps), ([Some(1.5), None].to_vec(), Sort::Timestamp));
        assert_eq!(moments(Time32SecondArray::from(vec![7])), ([Some(7.0)].to_vec(), Sort::Clock));
        let decimal = Decimal128Array::from(vec![12_345]).with_precision_and_scale(10, 2).unwrap();
        assert_eq!(numbers(decimal), [Some(123.45)]);
        assert_eq!(strings(LargeStringArray::from(vec!["a"])), [Some("a".into())]);
        let words: DictionaryArray<Int8Type> = [Some("a"), None, Some("a")].into_iter().collect();
        assert_eq!(strings(words), [Some("a".into()), None, Some("a".into())]);
        assert_eq!(strings(BinaryArray::from(vec![&b"a"[..], b"\xff"])), [Some("a".into()), None]);
        assert_eq!(strings(NullArray::new(2)), [None, None]);
        let list = ListArray::from_iter_primitive::<Int32Type, _, _>([Some([Some(1)])]);
        assert!(Cells::read(&(Arc::new(list) as ArrayRef)).unwrap().is_none());
    }

    #[test]
    fn digits_of_other_scripts_and_wrapped_cells_are_plain() {
        let cells = ["٦٨٢", "۱۲٫۵", "२४", "１，２３４", "=\"01002\"", "=1", "'21", "'90s", "=\"a\"\"b\""];
        let plain = ["682", "12.5", "24", "1,234", "01002", "=1", "21", "'90s", "a\"b"]
            .map(|text| Some(text.to_owned()));
        assert_eq!(strings(StringArray::from(cells.to_vec())), plain);
    }

    #[test]
    fn what_nobody_sees_is_left_out() {
        let cells = [
            "79\u{200b}",
            "\u{200e}₪80.00\u{200f}",
            "\u{200e}17\u{200e}/\u{200e}3\u{200e}/\u{200e}2024",
            "\u{200f}٨٠",
            "\u{200b}",
        ];
        let plain = ["79", "₪80.00", "17/3/2024", "80", ""].map(|text| Some(text.to_owned()));
        assert_eq!(strings(StringArray::from(cells.to_vec())), plain);
    }

    #[test]
    fn older_models_read_days() {
        let days = Cells::read(&(Arc::new(Date32Array::from(vec![3])) as ArrayRef)).unwrap().unwrap();
        assert_eq!(days.read_as(&Reading::Number).collect::<Vec<_>>(), [Cell::Value(3.0)]);
        let order = Reading::Moment(super::super::reading::DateOrder::YearFirst);
        assert_eq!(days.read_as(&order).collect::<Vec<_>>(), [Cell::Value(3.0 * DAY)]);
        assert!(!is_usable(f64::NAN) && !is_usable(1e39) && is_usable(-3e38));
    }
}
