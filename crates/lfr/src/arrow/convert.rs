//! Arrays of any type as numbers and as text. The crate `arrow-cast` does this and a hundred other conversions, which with
//! `arrow-ord` took a fourteenth of the build.

use arrow_array::cast::AsArray;
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType, Float64Array, StringArray};
use arrow_buffer::i256;
use arrow_schema::{ArrowError, DataType, TimeUnit};
use arrow_select::take::take;

/// Every value of `array` as the nearest 64-bit number: booleans as 0 and 1, dates, times and durations in their type's own
/// unit, dictionaries by their values. `None` for a type that is no number.
pub(crate) fn numbers(array: &dyn Array) -> Option<Float64Array> {
    Some(match array.data_type() {
        DataType::Boolean => {
            array.as_boolean().iter().map(|value| value.map(|v| f64::from(u8::from(v)))).collect()
        }
        DataType::Int8 => widened::<Int8Type>(array, f64::from),
        DataType::Int16 => widened::<Int16Type>(array, f64::from),
        DataType::Int32 => widened::<Int32Type>(array, f64::from),
        DataType::Int64 => widened::<Int64Type>(array, |value| value as f64),
        DataType::UInt8 => widened::<UInt8Type>(array, f64::from),
        DataType::UInt16 => widened::<UInt16Type>(array, f64::from),
        DataType::UInt32 => widened::<UInt32Type>(array, f64::from),
        DataType::UInt64 => widened::<UInt64Type>(array, |value| value as f64),
        DataType::Float16 => widened::<Float16Type>(array, f64::from),
        DataType::Float32 => widened::<Float32Type>(array, f64::from),
        DataType::Float64 => array.as_primitive::<Float64Type>().clone(),
        DataType::Decimal32(_, scale) => decimal::<Decimal32Type>(array, *scale, f64::from),
        DataType::Decimal64(_, scale) => decimal::<Decimal64Type>(array, *scale, |value| value as f64),
        DataType::Decimal128(_, scale) => decimal::<Decimal128Type>(array, *scale, |value| value as f64),
        DataType::Decimal256(_, scale) => decimal::<Decimal256Type>(array, *scale, wide),
        DataType::Date32 => widened::<Date32Type>(array, f64::from),
        DataType::Date64 => widened::<Date64Type>(array, |value| value as f64),
        DataType::Time32(TimeUnit::Second) => widened::<Time32SecondType>(array, f64::from),
        DataType::Time32(_) => widened::<Time32MillisecondType>(array, f64::from),
        DataType::Time64(TimeUnit::Nanosecond) => {
            widened::<Time64NanosecondType>(array, |value| value as f64)
        }
        DataType::Time64(_) => widened::<Time64MicrosecondType>(array, |value| value as f64),
        DataType::Timestamp(TimeUnit::Second, _) => {
            widened::<TimestampSecondType>(array, |value| value as f64)
        }
        DataType::Timestamp(TimeUnit::Millisecond, _) => {
            widened::<TimestampMillisecondType>(array, |value| value as f64)
        }
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            widened::<TimestampMicrosecondType>(array, |value| value as f64)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            widened::<TimestampNanosecondType>(array, |value| value as f64)
        }
        DataType::Duration(TimeUnit::Second) => widened::<DurationSecondType>(array, |value| value as f64),
        DataType::Duration(TimeUnit::Millisecond) => {
            widened::<DurationMillisecondType>(array, |value| value as f64)
        }
        DataType::Duration(TimeUnit::Microsecond) => {
            widened::<DurationMicrosecondType>(array, |value| value as f64)
        }
        DataType::Duration(TimeUnit::Nanosecond) => {
            widened::<DurationNanosecondType>(array, |value| value as f64)
        }
        DataType::Dictionary(..) => return numbers(&unpacked(array).ok()?),
        _ => return None,
    })
}

/// Every value of `array` as text, null for bytes that are not UTF-8.
pub(crate) fn strings(array: &dyn Array) -> Result<StringArray, ArrowError> {
    let bytes = |value: Option<&[u8]>| value.and_then(|value| str::from_utf8(value).ok().map(str::to_owned));
    Ok(match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().clone(),
        DataType::LargeUtf8 => array.as_string::<i64>().iter().collect(),
        DataType::Utf8View => array.as_string_view().iter().collect(),
        DataType::Binary => array.as_binary::<i32>().iter().map(bytes).collect(),
        DataType::LargeBinary => array.as_binary::<i64>().iter().map(bytes).collect(),
        DataType::BinaryView => array.as_binary_view().iter().map(bytes).collect(),
        DataType::FixedSizeBinary(_) => array.as_fixed_size_binary().iter().map(bytes).collect(),
        DataType::Null => StringArray::new_null(array.len()),
        DataType::Dictionary(..) => strings(&unpacked(array)?)?,
        _ => (0..array.len()).map(|i| array.is_valid(i).then(|| super::shown(array, i))).collect(),
    })
}

/// The values of a dictionary, one for each of its keys.
pub(crate) fn unpacked(dictionary: &dyn Array) -> Result<ArrayRef, ArrowError> {
    let dictionary = dictionary.as_any_dictionary();
    take(dictionary.values(), dictionary.keys(), None)
}

fn widened<T: ArrowPrimitiveType>(array: &dyn Array, widen: impl Fn(T::Native) -> f64) -> Float64Array {
    array.as_primitive::<T>().unary(widen)
}

fn decimal<T: ArrowPrimitiveType>(
    array: &dyn Array,
    scale: i8,
    whole: impl Fn(T::Native) -> f64,
) -> Float64Array {
    let unit = 10f64.powi(i32::from(scale).abs());
    widened::<T>(array, |value| if scale < 0 { whole(value) * unit } else { whole(value) / unit })
}

fn wide(value: i256) -> f64 {
    let (low, high) = value.wrapping_abs().to_parts();
    let size = high as f64 * 2f64.powi(128) + low as f64;
    if value < i256::ZERO { -size } else { size }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::*;

    use super::*;

    fn row(array: &dyn Array) -> Vec<Option<f64>> {
        numbers(array).unwrap().iter().collect()
    }

    #[test]
    fn numbers_of_every_sort() {
        assert_eq!(
            row(&UInt64Array::from(vec![Some(u64::MAX), None])),
            [Some(18_446_744_073_709_551_615.0), None]
        );
        assert_eq!(
            row(&BooleanArray::from(vec![Some(true), None, Some(false)])),
            [Some(1.0), None, Some(0.0)]
        );
        let cents = Decimal128Array::from(vec![Some(-12_345), None]).with_precision_and_scale(10, 2).unwrap();
        assert_eq!(row(&cents), [Some(-123.45), None]);
        let thousands = Decimal32Array::from(vec![7]).with_precision_and_scale(5, -3).unwrap();
        assert_eq!(row(&thousands), [Some(7000.0)]);
        let wide = Decimal256Array::from(vec![i256::from_i128(-5), i256::from_i128(i128::MAX)]);
        assert_eq!(
            row(&wide.with_precision_and_scale(76, 1).unwrap()),
            [Some(-0.5), Some(i128::MAX as f64 / 10.0)]
        );
        assert_eq!(
            row(&TimestampMicrosecondArray::from(vec![5]).with_timezone("Europe/Berlin")),
            [Some(5.0)]
        );
        assert!(numbers(&StringArray::from(vec!["1"])).is_none());
    }

    #[test]
    fn dictionaries_by_their_values() {
        let keys = Int8Array::from(vec![Some(1), None, Some(0)]);
        let words = DictionaryArray::new(keys.clone(), Arc::new(StringArray::from(vec!["a", "b"])));
        assert_eq!(strings(&words).unwrap().iter().collect::<Vec<_>>(), [Some("b"), None, Some("a")]);
        let values = DictionaryArray::new(keys, Arc::new(Int32Array::from(vec![3, 4])));
        assert_eq!(row(&values), [Some(4.0), None, Some(3.0)]);
    }

    #[test]
    fn text_of_every_sort() {
        let text = |array: &dyn Array| -> Vec<Option<String>> {
            strings(array).unwrap().iter().map(|value| value.map(str::to_owned)).collect()
        };
        assert_eq!(text(&StringViewArray::from(vec!["é"])), [Some("é".into())]);
        assert_eq!(text(&BinaryArray::from(vec![&b"id"[..], b"\xff"])), [Some("id".into()), None]);
        assert_eq!(text(&Int64Array::from(vec![Some(i64::MIN), None])), [Some(i64::MIN.to_string()), None]);
        assert_eq!(text(&NullArray::new(2)), [None, None]);
    }
}
