//! Cells of a sheet as typed columns.

use std::sync::Arc;

use crate::arrow::array::{
    ArrayRef, BooleanArray, Date32Array, Float64Array, StringArray, TimestampMicrosecondArray,
};
use calamine::Data;
use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};

/// What all cells of a column can be read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Number,
    Truth,
    /// Days without a time.
    Day,
    /// Points in time.
    Moment,
    Text,
}

/// Whether a cell holds nothing that can be used: it is empty, or an error such as `#N/A`.
pub(super) fn is_missing(cell: &Data) -> bool {
    match cell {
        Data::Empty | Data::Error(_) => true,
        Data::String(text) => text.trim().is_empty(),
        _ => false,
    }
}

/// Column `place` of `rows`: numbers, truth values, days or points in time where all of its cells are, else text.
pub(super) fn column(rows: &[Vec<Data>], place: usize) -> ArrayRef {
    let cells = || rows.iter().map(|row| row.get(place).filter(|cell| !is_missing(cell)));
    let mut types = cells().flatten().map(type_of);
    let first = types.next().unwrap_or(Type::Text);
    let common = types.fold(first, |common, next| match (common, next) {
        (one, other) if one == other => one,
        (Type::Day, Type::Moment) | (Type::Moment, Type::Day) => Type::Moment,
        _ => Type::Text,
    });
    match common {
        Type::Number => Arc::new(cells().map(|cell| number(cell?)).collect::<Float64Array>()),
        Type::Truth => Arc::new(cells().map(|cell| truth(cell?)).collect::<BooleanArray>()),
        Type::Day => {
            let epoch = DateTime::UNIX_EPOCH.date_naive();
            let day = |moment: NaiveDateTime| (moment.date() - epoch).num_days() as i32;
            Arc::new(cells().map(|cell| moment(cell?).map(day)).collect::<Date32Array>())
        }
        Type::Moment => {
            let micros = |moment: NaiveDateTime| moment.and_utc().timestamp_micros();
            Arc::new(cells().map(|cell| moment(cell?).map(micros)).collect::<TimestampMicrosecondArray>())
        }
        Type::Text => Arc::new(cells().map(|cell| cell.map(text)).collect::<StringArray>()),
    }
}

/// The cells of a row as they read.
pub(super) fn texts(row: &[Data]) -> Vec<String> {
    row.iter().map(text).collect()
}

fn type_of(cell: &Data) -> Type {
    match cell {
        Data::Int(_) | Data::Float(_) => Type::Number,
        Data::Bool(_) => Type::Truth,
        Data::DateTime(at) if at.is_duration() => Type::Number,
        Data::DateTime(_) | Data::DateTimeIso(_) => match moment(cell) {
            Some(moment) if moment.time() == NaiveTime::MIN => Type::Day,
            Some(_) => Type::Moment,
            None => Type::Text,
        },
        _ => Type::Text,
    }
}

fn number(cell: &Data) -> Option<f64> {
    match cell {
        Data::Int(value) => Some(*value as f64),
        Data::Float(value) => Some(*value),
        Data::DateTime(at) => Some(at.as_f64()),
        _ => None,
    }
}

fn truth(cell: &Data) -> Option<bool> {
    match cell {
        Data::Bool(value) => Some(*value),
        _ => None,
    }
}

/// The point in time of a cell; none for a time of day, which is less than a day after the beginning of time.
fn moment(cell: &Data) -> Option<NaiveDateTime> {
    match cell {
        Data::DateTime(at) if at.as_f64() >= 1.0 && !at.is_duration() => {
            let (year, month, day, hour, minute, second, milli) = at.to_ymd_hms_milli();
            let date = NaiveDate::from_ymd_opt(year.into(), month.into(), day.into())?;
            date.and_hms_milli_opt(hour.into(), minute.into(), second.into(), milli.into())
        }
        Data::DateTimeIso(text) => text
            .parse::<NaiveDateTime>()
            .ok()
            .or_else(|| text.parse::<NaiveDate>().ok().map(|date| date.and_time(NaiveTime::MIN))),
        _ => None,
    }
}

/// A cell as it reads: numbers as short as possible, days and times by ISO 8601, nothing for an error.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => value.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::String(text) => text.clone(),
        Data::DurationIso(text) => clock(text).unwrap_or_else(|| text.clone()),
        Data::DateTime(_) | Data::DateTimeIso(_) => match (moment(cell), cell) {
            (Some(moment), _) if moment.time() == NaiveTime::MIN => moment.date().to_string(),
            (Some(moment), _) => moment.to_string(),
            (None, Data::DateTime(at)) if !at.is_duration() => {
                let (.., hour, minute, second, _) = at.to_ymd_hms_milli();
                format!("{hour:02}:{minute:02}:{second:02}")
            }
            (None, Data::DateTime(at)) => at.as_f64().to_string(),
            (None, other) => other.to_string(),
        },
    }
}

/// `10:30:00` of the `PT10H30M00S` that OpenDocument writes for a time of day.
fn clock(text: &str) -> Option<String> {
    let (hours, rest) = text.strip_prefix("PT")?.split_once('H')?;
    let (minutes, seconds) = rest.split_once('M')?;
    let parts = [hours, minutes, seconds.strip_suffix('S')?];
    let parts = parts.map(|part| part.split(['.', ',']).next().and_then(|part| part.parse::<u32>().ok()));
    let [Some(hours), Some(minutes), Some(seconds)] = parts else { return None };
    Some(format!("{hours:02}:{minutes:02}:{seconds:02}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::{Array, AsArray};
    use crate::arrow::datatypes::{DataType, Date32Type, Float64Type, TimeUnit};
    use calamine::{CellErrorType, ExcelDateTime, ExcelDateTimeType};

    fn day(serial: f64) -> Data {
        Data::DateTime(ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, false))
    }

    fn array(cells: Vec<Data>) -> ArrayRef {
        column(&cells.into_iter().map(|cell| vec![cell]).collect::<Vec<_>>(), 0)
    }

    #[test]
    fn a_column_of_one_type_keeps_it() {
        let numbers =
            array(vec![Data::Float(1.5), Data::Empty, Data::Int(2), Data::Error(CellErrorType::NA)]);
        assert_eq!(
            numbers.as_primitive::<Float64Type>().iter().collect::<Vec<_>>(),
            [Some(1.5), None, Some(2.0), None]
        );
        assert_eq!(array(vec![Data::Bool(true), Data::Empty]).data_type(), &DataType::Boolean);
        // 45943 is 2025-10-13, as the library's documentation says; 20374 days after 1970.
        let days = array(vec![day(45943.0), Data::DateTimeIso("1970-01-02".into())]);
        assert_eq!(days.as_primitive::<Date32Type>().values().to_vec(), [20374, 1]);
        let moments = array(vec![day(45943.5), day(45943.0)]);
        assert_eq!(moments.data_type(), &DataType::Timestamp(TimeUnit::Microsecond, None));
        assert_eq!(array(vec![Data::Empty]).data_type(), &DataType::Utf8);
    }

    #[test]
    fn a_mixed_column_is_text_as_short_as_can_be() {
        let cells = vec![
            Data::Float(12.0),
            Data::Float(0.1),
            Data::String("n.a.".into()),
            day(45943.0),
            day(45943.25),
            day(0.75),
            Data::DurationIso("PT09H05M00S".into()),
            Data::Bool(false),
            Data::Error(CellErrorType::Div0),
        ];
        let found = array(cells);
        let found: Vec<_> = found.as_string::<i32>().iter().map(|cell| cell.unwrap_or("NULL")).collect();
        assert_eq!(
            found,
            [
                "12",
                "0.1",
                "n.a.",
                "2025-10-13",
                "2025-10-13 06:00:00",
                "18:00:00",
                "09:05:00",
                "false",
                "NULL"
            ]
        );
    }
}
