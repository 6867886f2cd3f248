//! How the text of a column is read: as numbers, dates, times of day or yes and no.

mod angle;
mod aside;
mod calendar;
mod clock;
mod compound;
mod currency;
mod date;
mod day_of_year;
mod decide;
mod digits;
mod dressing;
mod duration;
mod families;
mod hints;
mod joined;
mod labelled;
mod missing;
mod names;
mod period;
mod remarks;
mod solar;
mod tally;
mod unit;
mod written;
mod zone;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

pub(crate) use calendar::DAY;
pub(super) use calendar::stamp;
pub use calendar::{DateOrder, shown_date};
pub(super) use clock::{clock, lap, shown_clock};
use day_of_year::day_of_year;
pub(super) use day_of_year::{YEAR, shown_day};
pub(super) use decide::{Decision, decide};
use digits::Signs;
pub(super) use duration::lasting;
pub(super) use hints::Hints;
pub use joined::Piece;
pub(super) use joined::ordinal;
pub use labelled::Labelled;
pub(super) use labelled::labelled;
pub use missing::is_missing;
pub use period::Period;
pub(super) use remarks::{format, joined_remarks};
use solar::solar;
pub(super) use tally::Tally;
pub(crate) use written::both_values;
pub(super) use written::has_unit;
pub use written::{Decimal, NumberFormat};

/// How the strings of a column are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reading {
    /// Decimal numbers, with or without an exponent; of models written by version 0.1.
    Number,
    /// Decimal numbers with a comma before the fraction; of models written by version 0.1.
    DecimalComma,
    /// ISO 8601 dates as seconds since 1970; of models written by version 0.1.
    Date,
    /// `true`, `yes`, `1` and the like as 1 and `false`, `no`, `0` as 0, in any case.
    Boolean,
    /// Numbers as people write them.
    Written(NumberFormat),
    /// Dates and times as seconds since 1970 (UTC where no zone is given).
    Moment(DateOrder),
    /// Times of day as seconds since midnight.
    TimeOfDay,
    /// Hours, minutes and seconds as seconds, without an end of day.
    Duration,
    /// As durations, but two parts are minutes and seconds: `42:15` beside `1:05:22`.
    MinutesSeconds,
    /// Seconds since 1970 as numbers.
    EpochSeconds,
    /// Milliseconds since 1970 as numbers.
    EpochMilliseconds,
    /// Days without a year as days since the first of January.
    DayOfYear,
    /// One of several numbers in a cell.
    Piece(Piece),
    /// Numbers behind a label.
    Labelled(Labelled),
    /// The start or the length of what has a start and an end.
    Period(Period),
    /// Dates of the Iranian calendar as seconds since 1970.
    SolarHijri,
}

/// What the text of a cell says.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell {
    /// A mark of a missing value, or nothing.
    Missing,
    /// A number.
    Value(f64),
    /// The limit of a measurement: `<0.5` or `>100`.
    Limit(f64),
    /// Something else than the column holds.
    Unread,
}

/// Words for yes, then for no.
const YES: &[&str] = &["true", "yes", "y", "t", "1", "on", "ja", "wahr", "oui", "vrai", "si", "sí"];
const NO: &[&str] = &["false", "no", "n", "f", "0", "off", "nein", "falsch", "non", "faux"];

/// 1 for a word of agreement, 0 for one of refusal.
pub(super) fn yes_or_no(text: &str) -> Option<f64> {
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
    if is(YES) { Some(1.0) } else { is(NO).then_some(0.0) }
}

/// What makes seconds of a time whose two parts, if there are no more, are minutes and seconds.
fn minutes_seconds(text: &str) -> impl Fn(f64) -> f64 {
    let short = text.bytes().filter(|&byte| byte == b':').count() == 1;
    move |seconds| if short { seconds / 60.0 } else { seconds }
}

impl Reading {
    /// What `text` says in a column read so.
    pub fn read(&self, text: &str) -> Cell {
        // Most cells are such numbers.
        if let Reading::Written(format) = self
            && let Some(value) = format.plain(text)
        {
            return Cell::Value(value);
        }
        if is_missing(text) {
            return Cell::Missing;
        }
        let value = |number: Option<f64>| number.map_or(Cell::Unread, Cell::Value);
        match self {
            Reading::Number => value(text.trim().parse().ok()),
            Reading::DecimalComma if text.contains('.') => Cell::Unread,
            Reading::DecimalComma => value(text.trim().replacen(',', ".", 1).parse().ok()),
            Reading::Date => value(stamp(text).and_then(|stamp| stamp.seconds(DateOrder::YearFirst))),
            Reading::Boolean => value(yes_or_no(text)),
            Reading::Written(format) => format.read(text),
            Reading::Moment(order) => value(stamp(text).and_then(|stamp| stamp.seconds(*order))),
            Reading::TimeOfDay => value(clock(text).filter(|&seconds| seconds < calendar::DAY)),
            Reading::Duration => value(clock(text).or_else(|| lap(text)).or_else(|| lasting(text))),
            Reading::MinutesSeconds => {
                let clock = clock(text).map(minutes_seconds(text));
                value(clock.or_else(|| lap(text)).or_else(|| lasting(text)))
            }
            Reading::DayOfYear => value(day_of_year(text)),
            Reading::EpochSeconds => value(text.trim().parse().ok()),
            Reading::EpochMilliseconds => value(text.trim().parse::<f64>().ok().map(|ms| ms / 1e3)),
            Reading::Piece(piece) => value(piece.read(text)),
            Reading::Labelled(labelled) => labelled.read(text),
            Reading::Period(period) => value(period.read(text)),
            Reading::SolarHijri => value(solar(text)),
        }
    }

    /// The format in words, for people; empty where there is nothing to say.
    pub fn describe(&self) -> String {
        match self {
            Reading::Number | Reading::Boolean => String::new(),
            Reading::DecimalComma => "decimal comma".into(),
            Reading::Date => "year-month-day".into(),
            Reading::Written(format) => format.describe(),
            Reading::Moment(order) => order.describe().into(),
            Reading::TimeOfDay => "hours:minutes".into(),
            Reading::Duration | Reading::MinutesSeconds => "hours:minutes:seconds".into(),
            Reading::DayOfYear => "day of the year".into(),
            Reading::EpochSeconds => "seconds since 1970".into(),
            Reading::EpochMilliseconds => "milliseconds since 1970".into(),
            Reading::Labelled(labelled) => labelled.describe(),
            Reading::Period(period) => period.describe(),
            Reading::SolarHijri => "year/month/day of the Iranian calendar".into(),
            Reading::Piece(piece) => {
                (0..piece.count).map(ordinal).collect::<Vec<_>>().join(&piece.separator.to_string())
            }
        }
    }
}

/// Dates that stand for "no date" or "no end" in business programs, as seconds since 1970.
pub(super) fn is_sentinel(seconds: f64) -> bool {
    let day = (seconds / calendar::DAY).floor();
    sentinel_days().any(|sentinel| sentinel == day)
}

/// Those dates as days since 1970.
pub(crate) fn sentinel_days() -> impl Iterator<Item = f64> {
    const SENTINELS: [(i32, u32, u32); 9] = [
        (1, 1, 1),
        (1753, 1, 1),
        (1899, 12, 30),
        (1899, 12, 31),
        (1900, 1, 1),
        (2099, 12, 31),
        (2999, 12, 31),
        (9999, 1, 1),
        (9999, 12, 31),
    ];
    SENTINELS.into_iter().filter_map(|(y, m, d)| NaiveDate::from_ymd_opt(y, m, d).map(date::days))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_of_older_models_stay() {
        assert_eq!(Reading::Number.read(" -1.5e3 "), Cell::Value(-1500.0));
        assert_eq!(Reading::Number.read("1,5"), Cell::Unread);
        assert_eq!(Reading::DecimalComma.read("-1,5"), Cell::Value(-1.5));
        assert_eq!(Reading::DecimalComma.read("1.234,5"), Cell::Unread);
        assert_eq!(Reading::Date.read("1970-01-02"), Cell::Value(86_400.0));
        assert_eq!(Reading::Date.read("1970-01-01T01:00:00.5+01:00"), Cell::Value(0.5));
        assert_eq!(Reading::Date.read("1970-13-01"), Cell::Unread);
        let json = ["\"number\"", "\"decimal-comma\"", "\"date\"", "\"boolean\""];
        let old = [Reading::Number, Reading::DecimalComma, Reading::Date, Reading::Boolean];
        for (json, reading) in json.into_iter().zip(old) {
            assert_eq!(serde_json::from_str::<Reading>(json).unwrap(), reading);
        }
    }

    #[test]
    fn yes_and_no_are_known_in_several_languages() {
        assert_eq!(Reading::Boolean.read("Yes"), Cell::Value(1.0));
        assert_eq!(Reading::Boolean.read(" nein"), Cell::Value(0.0));
        assert_eq!(Reading::Boolean.read("2"), Cell::Unread);
        assert_eq!(Reading::Boolean.read("-"), Cell::Missing);
    }

    #[test]
    fn sentinels_are_the_dates_that_programs_put_in() {
        let seconds = |text: &str| match Reading::Moment(DateOrder::YearFirst).read(text) {
            Cell::Value(seconds) => seconds,
            other => panic!("{text}: {other:?}"),
        };
        assert!(
            ["9999-12-31", "1900-01-01", "9999-12-31 23:59:59"].map(seconds).into_iter().all(is_sentinel)
        );
        assert!(!["2024-01-01", "1970-01-01", "9999-12-30"].map(seconds).into_iter().any(is_sentinel));
    }
}
