//! Times from and to in one cell: `2024-03-01 - 2024-03-05`, `09:00–17:30`, `3 Mar 2024 to 7 Mar 2024`.

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::calendar::{Stamp, stamp};
use super::clock::clock;
use super::duration::lasting;
use super::names::{month, without_weekday};
use super::tally::Dates;
use super::{DAY, DateOrder, is_sentinel};

/// Longest cell, in bytes.
const LONGEST: usize = 80;
/// Hyphens and slashes, at most: those of two dates with zones behind their times have seven.
const SIGNS: usize = 7;
/// Zones of a column, at most, where each could be an end.
const ZONES: usize = 4;
/// What stands between both ends, the clearest first.
#[rustfmt::skip]
const BETWEEN: [&str; 14] = [
    " - ", " – ", " — ", "–", "—", " to ", " bis ", " until ", " till ", " through ", " → ", " -> ", "/", "-",
];
/// Ends that are still to come, in lower case.
const OPEN: [&str; 6] = ["present", "now", "today", "ongoing", "heute", "aujourd'hui"];

/// One of both numbers of a column whose cells have a start and an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Period {
    /// The order of day, month and year; `None` for times of day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<DateOrder>,
    /// Whether it is how long the period takes in seconds, and not when it starts.
    pub length: bool,
}

/// A start.
#[derive(Clone, Copy)]
enum Start {
    Date(Stamp),
    /// Seconds since midnight.
    Clock(f64),
}

/// An end.
#[derive(Clone, Copy)]
enum End {
    Date(Stamp),
    /// Seconds since midnight, of the day of the start or the one behind it.
    Clock(f64),
    /// Seconds behind the start.
    Lasting(f64),
    Open,
}

impl End {
    /// Whether it is still to come, as it is where a program put in a date that stands for none: `2020-01-01 - 9999-12-31`.
    fn is_open(self) -> bool {
        const ORDERS: [DateOrder; 3] = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst];
        match self {
            Self::Open => true,
            Self::Date(stamp) => ORDERS.into_iter().filter_map(|order| stamp.seconds(order)).any(is_sentinel),
            Self::Clock(_) | Self::Lasting(_) => false,
        }
    }
}

impl Period {
    /// Its value in `text`: seconds since 1970 or since midnight, or of the length, which is NaN where the end is open.
    pub fn read(&self, text: &str) -> Option<f64> {
        let (start, end) = period(text)?;
        let (start, day) = match (start, self.order) {
            (Start::Date(stamp), Some(order)) => {
                let seconds = stamp.seconds(order)?;
                (seconds, (seconds / DAY).floor() * DAY)
            }
            (Start::Clock(seconds), None) => (seconds, 0.0),
            _ => return None,
        };
        let length = match end {
            End::Date(stamp) => {
                let end = stamp.seconds(self.order?)?;
                if is_sentinel(end) { f64::NAN } else { end - start }
            }
            // A whole day, `00:00-24:00`, is no turn of the clock.
            End::Clock(seconds) if day + seconds - start == DAY => DAY,
            End::Clock(seconds) => (day + seconds - start).rem_euclid(DAY),
            End::Lasting(seconds) => seconds,
            End::Open => f64::NAN,
        };
        Some(if self.length { length } else { start })
    }

    /// The format in words, for people.
    pub fn describe(&self) -> String {
        format!("{}, start and length", self.order.map_or("hours:minutes", DateOrder::describe))
    }
}

/// Counts of the cells of a column that have a start and an end.
#[derive(Default)]
pub(in crate::preprocess) struct PeriodCounts {
    /// Those of dates, which must be dates in the same order.
    pub dates: Dates,
    /// Those of times of day.
    pub clocks: usize,
    /// Those that could be a time with a zone, `2024-03-01 09:00-10:30`, and those of them whose end is later than their start.
    zoned: [usize; 2],
    /// Their ends, at most [`ZONES`] and one more.
    ends: BTreeSet<u64>,
    /// Whether one of their ends is that of no zone.
    no_zone: bool,
    open: usize,
}

impl PeriodCounts {
    /// Counts a cell if it has both; `zoned` tells that it can be read as a single time, too.
    pub fn add(&mut self, text: &str, zoned: bool) {
        let Some((start, end)) = period(text) else { return };
        if zoned {
            let (Start::Date(start), End::Clock(end)) = (start, end) else { return };
            let forward = start.clock().is_some_and(|start| start < end);
            self.zoned = [self.zoned[0] + 1, self.zoned[1] + usize::from(forward)];
            if self.ends.len() <= ZONES {
                self.ends.insert(end.to_bits());
            }
            self.no_zone |= !is_western_zone(end);
        }
        self.open += usize::from(end.is_open());
        match (start, end) {
            (Start::Date(start), End::Date(end)) => self.dates.add(&start, Some(&end)),
            (Start::Date(start), _) => self.dates.add(&start, None),
            (Start::Clock(_), _) => self.clocks += 1,
        }
    }

    /// The sort that most cells are, and how many; `None` where none leaves no doubt.
    pub fn most(&self) -> Option<(bool, usize)> {
        let all = self.dates.all + self.clocks;
        // One odd cell among times with a zone makes no periods of them.
        let apart = all - self.zoned[0];
        // Hardly a column has so many zones, one of them where there is none, and its times come before all of them.
        let many = self.no_zone && self.ends.len() > ZONES && self.zoned[1] == self.zoned[0];
        let no_zones = apart > 0 && 10 * apart >= all || many;
        let certain = all > 0 && no_zones && 2 * self.open <= all;
        certain.then(|| (self.dates.all >= self.clocks, self.dates.all.max(self.clocks)))
    }
}

/// Whether so many seconds could be how far a zone is behind UTC: at most twelve hours, in halves. Midnight comes before all of
/// them, however many a country has.
fn is_western_zone(seconds: f64) -> bool {
    seconds <= DAY / 2.0 && seconds % 1800.0 == 0.0
}

/// Whether a cell has a start and an end.
pub(super) fn is_period(text: &str) -> bool {
    period(text).is_some()
}

/// Both ends of a cell; `None` for a single date or time, and for anything else.
fn period(text: &str) -> Option<(Start, End)> {
    let text = text.trim();
    // The shortest is `9am-5pm`.
    let digits = || text.bytes().filter(u8::is_ascii_digit).count();
    let signs = || text.bytes().filter(|byte| matches!(byte, b'-' | b'/')).count();
    if !(7..=LONGEST).contains(&text.len()) || digits() < 2 || signs() > SIGNS || !begins(text) {
        return None;
    }
    BETWEEN.iter().find_map(|between| {
        let ends = |(at, _): (usize, &str)| ends(text[..at].trim(), text[at + between.len()..].trim());
        text.match_indices(between).find_map(ends)
    })
}

/// Whether text begins as a date or time does, with a digit, a day of the week or a month, so that sentences and paths are not
/// tried at each of their signs. What is not ASCII is not looked at.
fn begins(text: &str) -> bool {
    let known = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_digit() || !c.is_ascii())
            || text.split(|c: char| !c.is_alphabetic()).next().and_then(month).is_some()
    };
    known(text) || known(without_weekday(text))
}

fn ends(start: &str, end: &str) -> Option<(Start, End)> {
    if let Some(seconds) = time(start) {
        return Some((Start::Clock(seconds), End::Clock(time(end)?)));
    }
    if start.is_empty() || end.is_empty() {
        return None;
    }
    let known = OPEN.iter().any(|word| end.eq_ignore_ascii_case(word)).then_some(End::Open);
    let lasting = || lasting(end).filter(|_| end.starts_with('P')).map(End::Lasting);
    if let Some(start) = stamp(start) {
        let clock = || time(end).filter(|_| start.clock().is_some()).map(End::Clock);
        if let Some(end) = known.or_else(lasting).or_else(clock).or_else(|| stamp(end).map(End::Date)) {
            return Some((Start::Date(start), end));
        }
    }
    let (start, end) = completed(start, end)?;
    Some((Start::Date(stamp(&start)?), End::Date(stamp(&end)?)))
}

/// Seconds since midnight of a time of day, `5pm` among them.
fn time(text: &str) -> Option<f64> {
    let hour = || {
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (hour, half) = text.split_at(digits);
        let half = half.trim_start();
        let known = ["am", "pm", "a.m.", "p.m."].iter().any(|known| half.eq_ignore_ascii_case(known));
        (known && (1..=2).contains(&digits)).then(|| clock(&format!("{hour}:00 {half}"))).flatten()
    };
    // `6:4` is a score.
    let minutes = |rest: &str| rest.bytes().take_while(u8::is_ascii_digit).count() == 2;
    let is_time = text.split_once(':').is_some_and(|(_, rest)| minutes(rest));
    let exact = if is_time { clock(text) } else { None };
    exact.or_else(hour).filter(|&seconds| seconds <= DAY)
}

/// Both ends with what only one of them says: `3` and `7 Mar 2024`, `3 Mar` and `7 Apr 2024`, `1.3.` and `5.3.2024`, `Mar 3` and
/// `7, 2024`.
fn completed<'a>(start: &'a str, end: &'a str) -> Option<(Cow<'a, str>, Cow<'a, str>)> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let year = end.get(end.len().checked_sub(4)?..).filter(|year| is_number(year))?;
    let day = start.trim_end_matches('.');
    if is_number(day) && day.len() <= 2 {
        let rest = end.trim_start_matches(|c: char| c.is_ascii_digit());
        let own = end.len() - rest.len();
        // What is behind the day has a month and a year.
        return ((1..=2).contains(&own) && rest.len() > 6)
            .then(|| (Cow::Owned(format!("{day}{rest}")), Cow::Borrowed(end)));
    }
    let letters = start.find(|c: char| !c.is_alphabetic()).unwrap_or_default();
    let (month, behind) = start.split_at(letters);
    let end = match end.split_once(',') {
        Some((day, _)) if is_number(day) && letters > 0 => Cow::Owned(format!("{month} {end}")),
        _ => Cow::Borrowed(end),
    };
    let dotted = start.ends_with('.') && letters == 0;
    let parted = start.len() <= 20 && (letters == 0 || is_number(behind.trim()));
    let start = if dotted { format!("{start}{year}") } else { format!("{start} {year}") };
    parted.then_some((Cow::Owned(start), end))
}
