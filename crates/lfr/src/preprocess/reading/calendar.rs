//! Dates with and without times.

#[cfg(test)]
mod tests;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::clock::{clock, packed_clock, shown_clock};
use super::date::{dated, packed};
use super::dressing::{epoch_of_json, undressed};
use super::names::without_weekday;
use super::zone::without_zone;

/// Seconds of a day.
pub(crate) const DAY: f64 = 86_400.0;

/// Which part comes first in dates such as `01/02/2023` and `01-02-23`. Dates that can be read in one way only (a year
/// of four digits first, a month by name, weeks, quarters) are read so in every order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DateOrder {
    /// `2023-02-01`
    YearFirst,
    /// `01.02.2023`
    DayFirst,
    /// `02/01/2023`
    MonthFirst,
}

impl DateOrder {
    /// The order in words.
    pub fn describe(self) -> &'static str {
        match self {
            Self::YearFirst => "year-month-day",
            Self::DayFirst => "day.month.year",
            Self::MonthFirst => "month/day/year",
        }
    }
}

/// What is true in which order: year first, day first, month first.
pub(in crate::preprocess) type Orders = [bool; 3];

/// A date, perhaps with a time, found in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::preprocess) struct Stamp {
    /// Days since 1970 in each order that gives a date.
    days: [Option<f64>; 3],
    /// Seconds since midnight, and seconds that the zone is ahead of UTC.
    time: Option<(f64, f64)>,
    /// Whether the date is digits alone, as a number may be.
    pub compact: bool,
}

impl Stamp {
    /// Seconds since 1970 in an order.
    pub fn seconds(&self, order: DateOrder) -> Option<f64> {
        let (time, ahead) = self.time.unwrap_or_default();
        Some(self.days[order as usize]? * DAY + time - ahead)
    }

    /// Seconds since midnight, where there is a time of day.
    pub fn clock(&self) -> Option<f64> {
        self.time.map(|(seconds, _)| seconds)
    }

    /// The years in each order, where they depend on it.
    pub fn years(&self) -> Option<[Option<i32>; 3]> {
        let [year, day, month] = self.days;
        (year.is_some() && (year != day || year != month))
            .then(|| self.days.map(|days| days.map(|days| (days / 365.25).floor() as i32)))
    }

    /// The orders in which this is a date.
    pub fn orders(&self) -> Orders {
        self.days.map(|days| days.is_some())
    }
}

/// Seconds since 1970 as a date, with the time of day where there is one.
pub fn shown_date(seconds: f64) -> String {
    let day = (seconds / DAY).floor();
    let date = NaiveDate::from_num_days_from_ce_opt(day.clamp(-4e6, 4e6) as i32 + 719_163);
    let Some(date) = date else { return format!("{seconds} s") };
    let time = seconds - day * DAY;
    if time < 0.5 { date.to_string() } else { format!("{date} {}", shown_clock(time)) }
}

/// Reads a date with or without a time; `None` for anything else, a time alone included.
pub(in crate::preprocess) fn stamp(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    if let Some(seconds) = epoch_of_json(text) {
        let days = (seconds / DAY).floor();
        return Some(Stamp {
            days: [Some(days); 3],
            time: Some((seconds - days * DAY, 0.0)),
            compact: false,
        });
    }
    let text = undressed(text);
    let text = text.as_ref();
    // The shortest is `2023Q1`, the longest has a weekday and month by name, a fraction and a zone.
    if !(6..=48).contains(&text.len()) || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    rearranged(text).map_or_else(|| stamp_in_order(text), |text| stamp_in_order(&text))
}

/// The same date and time in the usual order and with usual signs: `2024:01:02 08:00:00` (cameras), `Tue Jan  2 08:00:00
/// 2024` (C).
fn rearranged(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let digits = |range: std::ops::Range<usize>| bytes[range].iter().all(u8::is_ascii_digit);
    if bytes.len() > 15
        && bytes[4] == b':'
        && bytes[7] == b':'
        && bytes[10] == b' '
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && matches!(&bytes[..2], b"18" | b"19" | b"20" | b"21")
    {
        return Some(format!("{}-{}-{}{}", &text[..4], &text[5..7], &text[8..10], &text[10..]));
    }
    let (rest, year) = text.rsplit_once(' ')?;
    let in_front = rest.contains(':') && year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let (date, clock) = rest.split_at(rest.find(':').filter(|_| in_front)?);
    let hours = date.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (date, hours) = date.split_at(date.len() - hours);
    let date: Vec<&str> = date.split_whitespace().collect();
    (date.len() <= 3).then(|| format!("{} {year} {hours}{clock}", date.join(" ")))
}

fn stamp_in_order(text: &str) -> Option<Stamp> {
    let text = without_weekday(text.trim());
    if text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let (date, time) = text.split_at(8);
        let time = packed_clock(time)?;
        return Some(Stamp { days: [packed(date); 3], time: Some((time, 0.0)), compact: true }).filter(sound);
    }
    let (date, time) = match text.find(':') {
        Some(_) => split_clock(text)?,
        None => split_packed_clock(text).unwrap_or((text, None)),
    };
    let compact = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    let days = if compact { [packed(date); 3] } else { dated(date)? };
    Some(Stamp { days, time, compact: compact && time.is_none() }).filter(sound)
}

fn sound(stamp: &Stamp) -> bool {
    stamp.days.iter().any(Option::is_some)
}

/// A time in the day and the seconds that its zone is ahead.
type Time = Option<(f64, f64)>;

/// The date in front of a time with colons, and that time.
fn split_clock(text: &str) -> Option<(&str, Time)> {
    let (text, ahead) = without_zone(text);
    let colon = text.find(':')?;
    // `02/Jan/2023:10:30:00 +0100`, as web servers write it.
    if let Some((date, time)) = text.split_once(':').filter(|(date, _)| date.contains('/'))
        && time.contains(':')
        && let Some(seconds) = clock(time).filter(|&seconds| seconds <= DAY && !date.contains(' '))
    {
        return Some((date, Some((seconds, ahead))));
    }
    let hours = text[..colon].bytes().rev().take_while(u8::is_ascii_digit).count();
    let (date, time) = text.split_at(colon - hours);
    let date = date.strip_suffix(['T', 't', ' ', '_', '-']).or_else(|| date.strip_suffix("\u{a0}"))?;
    let seconds = clock(time).filter(|&seconds| seconds <= DAY)?;
    Some((without_at(date), Some((seconds, ahead))))
}

/// The date without what may stand between it and the time: a comma, a dash, `um`, `at`.
fn without_at(date: &str) -> &str {
    let date = date.trim_end();
    let between =
        [" -", " –", " um", " at", " à", " kl.", " @"].into_iter().find_map(|word| date.strip_suffix(word));
    between.unwrap_or(date).trim_end_matches([',', ' '])
}

/// The date and the time of `20230105T103000Z`.
fn split_packed_clock(text: &str) -> Option<(&str, Time)> {
    let (text, ahead) = without_zone(text);
    let (date, time) = text.split_once('T')?;
    Some((date, Some((packed_clock(time)?, ahead))))
}
