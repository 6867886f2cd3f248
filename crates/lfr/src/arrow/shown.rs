//! One cell of a table as a person reads it.

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_datetime, as_time};
use arrow_array::types::*;
use arrow_array::{Array, ArrayRef, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

/// The value of `array` at `i`: text as it is, dates and times as in ISO 8601 (in UTC where the column has a zone), lists in
/// brackets, bytes in hexadecimal digits; `null` for a missing one.
pub(crate) fn shown(array: &dyn Array, i: usize) -> String {
    if array.is_null(i) {
        return "null".into();
    }
    match array.data_type() {
        DataType::Utf8 => array.as_string::<i32>().value(i).to_owned(),
        DataType::LargeUtf8 => array.as_string::<i64>().value(i).to_owned(),
        DataType::Utf8View => array.as_string_view().value(i).to_owned(),
        DataType::Binary => bytes(array.as_binary::<i32>().value(i)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(i)),
        DataType::BinaryView => bytes(array.as_binary_view().value(i)),
        DataType::FixedSizeBinary(_) => bytes(array.as_fixed_size_binary().value(i)),
        DataType::Boolean => array.as_boolean().value(i).to_string(),
        DataType::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            shown(dictionary.values(), dictionary.normalized_keys()[i])
        }
        DataType::List(_) => list(&array.as_list::<i32>().value(i)),
        DataType::LargeList(_) => list(&array.as_list::<i64>().value(i)),
        DataType::FixedSizeList(..) => list(&array.as_fixed_size_list().value(i)),
        DataType::Map(..) => list(&(std::sync::Arc::new(array.as_map().value(i)) as ArrayRef)),
        DataType::Struct(fields) => {
            let columns = array.as_struct().columns();
            let cell = |(field, column): (&arrow_schema::FieldRef, &ArrayRef)| {
                format!("{}: {}", field.name(), shown(column, i))
            };
            format!("{{{}}}", fields.iter().zip(columns).map(cell).collect::<Vec<_>>().join(", "))
        }
        _ => number(array, i).unwrap_or_else(|| moment(array, i)),
    }
}

fn number(array: &dyn Array, i: usize) -> Option<String> {
    Some(match array.data_type() {
        DataType::Int8 => digits::<Int8Type>(array, i),
        DataType::Int16 => digits::<Int16Type>(array, i),
        DataType::Int32 => digits::<Int32Type>(array, i),
        DataType::Int64 => digits::<Int64Type>(array, i),
        DataType::UInt8 => digits::<UInt8Type>(array, i),
        DataType::UInt16 => digits::<UInt16Type>(array, i),
        DataType::UInt32 => digits::<UInt32Type>(array, i),
        DataType::UInt64 => digits::<UInt64Type>(array, i),
        DataType::Float16 => format!("{:?}", array.as_primitive::<Float16Type>().value(i).to_f32()),
        DataType::Float32 => digits::<Float32Type>(array, i),
        DataType::Float64 => digits::<Float64Type>(array, i),
        DataType::Decimal32(..) => array.as_primitive::<Decimal32Type>().value_as_string(i),
        DataType::Decimal64(..) => array.as_primitive::<Decimal64Type>().value_as_string(i),
        DataType::Decimal128(..) => array.as_primitive::<Decimal128Type>().value_as_string(i),
        DataType::Decimal256(..) => array.as_primitive::<Decimal256Type>().value_as_string(i),
        _ => return None,
    })
}

fn digits<T: ArrowPrimitiveType>(array: &dyn Array, i: usize) -> String {
    format!("{:?}", array.as_primitive::<T>().value(i))
}

fn moment(array: &dyn Array, i: usize) -> String {
    match array.data_type() {
        DataType::Date32 => date::<Date32Type>(i64::from(array.as_primitive::<Date32Type>().value(i))),
        DataType::Date64 => date::<Date64Type>(array.as_primitive::<Date64Type>().value(i)),
        DataType::Timestamp(unit, zone) => {
            let text = match unit {
                TimeUnit::Second => {
                    date::<TimestampSecondType>(array.as_primitive::<TimestampSecondType>().value(i))
                }
                TimeUnit::Millisecond => date::<TimestampMillisecondType>(
                    array.as_primitive::<TimestampMillisecondType>().value(i),
                ),
                TimeUnit::Microsecond => date::<TimestampMicrosecondType>(
                    array.as_primitive::<TimestampMicrosecondType>().value(i),
                ),
                TimeUnit::Nanosecond => {
                    date::<TimestampNanosecondType>(array.as_primitive::<TimestampNanosecondType>().value(i))
                }
            };
            if zone.is_some() { format!("{text}Z") } else { text }
        }
        DataType::Time32(TimeUnit::Second) => {
            time::<Time32SecondType>(array.as_primitive::<Time32SecondType>().value(i).into())
        }
        DataType::Time32(_) => {
            time::<Time32MillisecondType>(array.as_primitive::<Time32MillisecondType>().value(i).into())
        }
        DataType::Time64(TimeUnit::Nanosecond) => {
            time::<Time64NanosecondType>(array.as_primitive::<Time64NanosecondType>().value(i))
        }
        DataType::Time64(_) => {
            time::<Time64MicrosecondType>(array.as_primitive::<Time64MicrosecondType>().value(i))
        }
        DataType::Duration(unit) => {
            let per_second = match unit {
                TimeUnit::Second => 1.0,
                TimeUnit::Millisecond => 1e3,
                TimeUnit::Microsecond => 1e6,
                TimeUnit::Nanosecond => 1e9,
            };
            super::numbers(&array.slice(i, 1))
                .map_or_else(String::new, |n| format!("{} s", n.value(0) / per_second))
        }
        other => other.to_string(),
    }
}

/// A date, with its time of day unless the type has none.
fn date<T: ArrowPrimitiveType>(value: i64) -> String {
    let Some(moment) = as_datetime::<T>(value) else { return value.to_string() };
    match T::DATA_TYPE {
        DataType::Date32 | DataType::Date64 => moment.date().to_string(),
        _ => format!("{moment:?}"),
    }
}

fn time<T: ArrowPrimitiveType>(value: i64) -> String {
    as_time::<T>(value).map_or_else(|| value.to_string(), |time| time.to_string())
}

fn bytes(value: &[u8]) -> String {
    match str::from_utf8(value) {
        Ok(text) => text.to_owned(),
        Err(_) => value.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

fn list(values: &ArrayRef) -> String {
    format!("[{}]", (0..values.len()).map(|i| shown(values, i)).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::*;

    use super::*;

    #[test]
    fn cells_of_every_sort() {
        assert_eq!(shown(&Float64Array::from(vec![0.1]), 0), "0.1");
        assert_eq!(shown(&Float64Array::from(vec![2.0]), 0), "2.0");
        assert_eq!(shown(&Int8Array::from(vec![None, Some(-1)]), 0), "null");
        assert_eq!(shown(&Date32Array::from(vec![19_723]), 0), "2024-01-01");
        assert_eq!(shown(&Date32Array::from(vec![i32::MAX]), 0), i32::MAX.to_string());
        assert_eq!(shown(&TimestampMillisecondArray::from(vec![1_500]), 0), "1970-01-01T00:00:01.500");
        assert_eq!(
            shown(&TimestampSecondArray::from(vec![0]).with_timezone("Asia/Tokyo"), 0),
            "1970-01-01T00:00:00Z"
        );
        assert_eq!(shown(&Time32SecondArray::from(vec![3_661]), 0), "01:01:01");
        assert_eq!(shown(&DurationMillisecondArray::from(vec![1_500]), 0), "1.5 s");
        assert_eq!(shown(&BinaryArray::from(vec![&b"\xff\x00"[..]]), 0), "ff00");
        let cents = Decimal128Array::from(vec![-5]).with_precision_and_scale(5, 2).unwrap();
        assert_eq!(shown(&cents, 0), "-0.05");
    }

    #[test]
    fn nested_cells() {
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>([Some(vec![Some(1), None])]);
        assert_eq!(shown(&lists, 0), "[1, null]");
        let pair = StructArray::try_from(vec![
            ("a", Arc::new(BooleanArray::from(vec![true])) as ArrayRef),
            ("b", Arc::new(StringArray::from(vec!["x"])) as ArrayRef),
        ]);
        assert_eq!(shown(&pair.unwrap(), 0), "{a: true, b: x}");
    }
}
