//! Cells of a table's column as numbers or as strings, whatever type the file gave them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, Float64Array, StringArray};
use arrow::compute::kernels::cast_utils::string_to_timestamp_nanos;
use arrow::compute::{cast, unary};
use arrow::datatypes::{DataType, Float64Type, TimeUnit};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How the strings of a column are read as numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Decimal numbers, with or without an exponent.
    Number,
    /// Decimal numbers with a comma before the fraction, as in much of Europe.
    DecimalComma,
    /// Dates and times as ISO 8601 writes them, `2024-05-01` or `2024-05-01T12:30:00Z`, as seconds since 1970; those
    /// without a zone as UTC.
    Date,
    /// `true`, `yes`, `1` as 1 and `false`, `no`, `0` as 0, in any case.
    Boolean,
}

impl Reading {
    /// The number that `text` stands for, if it is one.
    pub fn read(self, text: &str) -> Option<f64> {
        let text = text.trim();
        match self {
            Reading::Number => text.parse().ok(),
            Reading::DecimalComma if text.contains('.') => None,
            Reading::DecimalComma => text.replacen(',', ".", 1).parse().ok(),
            Reading::Date => string_to_timestamp_nanos(text).ok().map(|nanos| nanos as f64 / 1e9),
            Reading::Boolean => {
                let is = |words: [&str; 3]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
                if is(["true", "yes", "1"]) { Some(1.0) } else { is(["false", "no", "0"]).then_some(0.0) }
            }
        }
    }
}

/// Whether a cell's text marks a missing value: empty, NA, N/A, NaN, null, None or ?, in any case.
pub fn is_missing(text: &str) -> bool {
    let text = text.trim();
    text.is_empty()
        || text.len() <= 4
            && ["na", "n/a", "nan", "null", "none", "?"].iter().any(|m| text.eq_ignore_ascii_case(m))
}

/// Whether a value is a number that models can work with: finite and within the range of `f32`.
pub fn is_usable(value: f64) -> bool {
    value.abs() <= f64::from(f32::MAX)
}

/// The cells of one column.
#[derive(Clone, Debug)]
pub enum Cells {
    /// Numbers, booleans (0, 1), dates (days since 1970), times and timestamps (seconds), durations (seconds).
    Numbers(Float64Array),
    /// Text; of bytes, those that are UTF-8.
    Strings(StringArray),
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
            | DataType::Null => Self::Strings(convert(array, &DataType::Utf8)?.as_string::<i32>().clone()),
            DataType::Dictionary(_, values) => return Self::read(&convert(array, values)?),
            DataType::Date32 => Self::scaled(array, DataType::Int32, 1.0)?,
            DataType::Date64 => Self::scaled(array, DataType::Int64, 86_400_000.0)?,
            DataType::Time32(unit) => Self::scaled(array, DataType::Int32, per_second(unit))?,
            DataType::Time64(unit) | DataType::Timestamp(unit, _) | DataType::Duration(unit) => {
                Self::scaled(array, DataType::Int64, per_second(unit))?
            }
            kind if kind.is_numeric() || *kind == DataType::Boolean => {
                Self::scaled(array, kind.clone(), 1.0)?
            }
            _ => return Ok(None),
        };
        Ok(Some(cells))
    }

    fn scaled(array: &ArrayRef, via: DataType, divisor: f64) -> Result<Self> {
        let numbers = convert(&convert(array, &via)?, &DataType::Float64)?;
        let numbers = numbers.as_primitive::<Float64Type>();
        Ok(Self::Numbers(if divisor == 1.0 { numbers.clone() } else { unary(numbers, |v| v / divisor) }))
    }

    /// The cells as numbers; text that is none becomes null.
    pub fn into_numbers(self, reading: Reading) -> Float64Array {
        match self {
            Cells::Numbers(numbers) => numbers,
            Cells::Strings(strings) => strings.iter().map(|text| reading.read(text?)).collect(),
        }
    }

    /// The cells as text.
    pub fn into_strings(self) -> StringArray {
        match self {
            Cells::Numbers(numbers) => numbers.iter().map(|number| Some(number?.to_string())).collect(),
            Cells::Strings(strings) => strings,
        }
    }
}

fn convert(array: &ArrayRef, to: &DataType) -> Result<ArrayRef> {
    if array.data_type() == to {
        return Ok(Arc::clone(array));
    }
    cast(array, to).map_err(|error| Error::Mismatch {
        what: "a column's values".into(),
        expected: format!("values convertible to {to}"),
        found: error.to_string(),
    })
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
    use super::*;
    use arrow::array::{
        BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray, LargeStringArray,
        ListArray, NullArray, TimestampMillisecondArray,
    };
    use arrow::datatypes::{Int8Type, Int32Type};

    fn numbers(array: impl Array + 'static) -> Vec<Option<f64>> {
        match Cells::read(&(Arc::new(array) as ArrayRef)).unwrap() {
            Some(Cells::Numbers(numbers)) => numbers.iter().collect(),
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
        assert_eq!(numbers(Date32Array::from(vec![19_000])), [Some(19_000.0)]);
        assert_eq!(numbers(TimestampMillisecondArray::from(vec![1500])), [Some(1.5)]);
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
    fn missing_markers_and_readings() {
        for text in ["", "  ", "NA", "n/a", "NaN", "NULL", "None", "?"] {
            assert!(is_missing(text), "{text}");
        }
        for text in ["0", "no", "nay", "-", "nones"] {
            assert!(!is_missing(text), "{text}");
        }
        assert_eq!(Reading::Number.read(" -1.5e3 "), Some(-1500.0));
        assert_eq!(Reading::Number.read("1,5"), None);
        assert_eq!(Reading::DecimalComma.read("-1,5"), Some(-1.5));
        assert_eq!(Reading::DecimalComma.read("1.234,5"), None);
        assert_eq!(Reading::Boolean.read("Yes"), Some(1.0));
        assert_eq!(Reading::Boolean.read("2"), None);
        assert_eq!(Reading::Date.read("1970-01-02"), Some(86_400.0));
        assert_eq!(Reading::Date.read("1970-01-01T01:00:00.5+01:00"), Some(0.5));
        assert_eq!(Reading::Date.read("1970-01-01 00:01:00"), Some(60.0));
        assert!(
            ["1970", "01.02.1970", "1970-13-01", "today", ""].iter().all(|t| Reading::Date.read(t).is_none())
        );
        assert!(!is_usable(f64::NAN) && !is_usable(1e39) && is_usable(-3e38));
    }
}
