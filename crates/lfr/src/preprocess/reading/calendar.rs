//! Dates and times in the forms that people and programs write.

use chrono::{Datelike, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

use super::names::{month, without_weekday};
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

/// Days since 1970.
pub(in crate::preprocess) fn days(date: NaiveDate) -> f64 {
    f64::from(date.num_days_from_ce() - 719_163)
}

/// Seconds since 1970 as a date, with the time of day where there is one.
pub fn shown_date(seconds: f64) -> String {
    let day = (seconds / DAY).floor();
    let date = NaiveDate::from_num_days_from_ce_opt(day.clamp(-4e6, 4e6) as i32 + 719_163);
    let Some(date) = date else { return format!("{seconds} s") };
    let time = seconds - day * DAY;
    if time < 0.5 { date.to_string() } else { format!("{date} {}", shown_clock(time)) }
}

/// Seconds since midnight as hours, minutes and seconds.
pub(in crate::preprocess) fn shown_clock(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    if s == 0 { format!("{h:02}:{m:02}") } else { format!("{h:02}:{m:02}:{s:02}") }
}

/// Reads a date with or without a time; `None` for anything else, a time alone included.
pub(in crate::preprocess) fn stamp(text: &str) -> Option<Stamp> {
    let text = text.trim();
    let text = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    // JavaScript writes the name of the zone behind it.
    let text = match text.strip_suffix(')').and_then(|text| text.rsplit_once(" (")) {
        Some((text, zone)) if !zone.bytes().any(|byte| byte.is_ascii_digit()) => text,
        _ => text,
    };
    // The shortest is `2023Q1`, the longest has a weekday and month by name, a fraction and a zone.
    if !(6..=48).contains(&text.len()) || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    rearranged(text).map_or_else(|| stamp_in_order(text), |text| stamp_in_order(&text))
}

/// The same date and time in the usual order and with usual signs: `2024:01:02 08:00:00` (cameras), `Tue Jan  2 08:00:00
/// 2024` (C), `2024年1月2日` and `2024년 1월 2일`.
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
    if text.contains(['年', '년']) {
        let signs = text.replace(['年', '년', '月', '월'], "-").replace("- ", "-");
        return Some(signs.replace(['日', '일'], " "));
    }
    // `2/1/2024 à 8h05`
    if let Some((front, minutes)) = text.rsplit_once('h')
        && front.contains(' ')
        && front.ends_with(|c: char| c.is_ascii_digit())
        && minutes.len() == 2
        && minutes.bytes().all(|byte| byte.is_ascii_digit())
    {
        return Some(format!("{front}:{minutes}"));
    }
    // `2.1.2024 klo 8.05`
    if let Some((date, time)) = text.split_once(" klo ") {
        return Some(format!("{date} {}", time.replace('.', ":")));
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

/// Seconds since midnight of `8:05`, `08:05:10.5`, `8:05 pm`, `8:05 Uhr`; hours may go beyond a day.
pub(in crate::preprocess) fn clock(text: &str) -> Option<f64> {
    let text = text.trim();
    let text = text.strip_suffix("Uhr").map_or(text, str::trim_end);
    let (digits, half) = half_of_day(text);
    let mut parts = digits.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    let whole = |part: &str, most: usize| -> Option<f64> {
        let digits = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let (second, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let fraction =
        if fraction.is_empty() { 0.0 } else { whole(fraction, 9)? / 10f64.powi(fraction.len() as i32) };
    let (mut hours, minutes, second) = (whole(hours, 4)?, whole(minutes, 2)?, whole(second, 2)?);
    if parts.next().is_some() || minutes > 59.0 || second > 60.0 {
        return None;
    }
    if let Some(afternoon) = half {
        if !(1.0..=12.0).contains(&hours) {
            return None;
        }
        hours = hours % 12.0 + if afternoon { 12.0 } else { 0.0 };
    }
    Some(hours * 3600.0 + minutes * 60.0 + second + fraction)
}

/// `8:05` and whether it is in the afternoon, of `8:05 p.m.`.
fn half_of_day(text: &str) -> (&str, Option<bool>) {
    const HALVES: [(&str, bool); 4] = [("am", false), ("pm", true), ("a.m.", false), ("p.m.", true)];
    for (mark, afternoon) in HALVES {
        let at = text.len().wrapping_sub(mark.len());
        if text.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(mark)) {
            return (text[..at].trim_end(), Some(afternoon));
        }
    }
    (text, None)
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

fn packed_clock(time: &str) -> Option<f64> {
    let part = |range: std::ops::Range<usize>| time.get(range)?.parse::<u32>().ok().map(f64::from);
    let (h, m) = (part(0..2)?, part(2..4)?);
    let s = if time.len() > 4 { part(4..6)? } else { 0.0 };
    (matches!(time.len(), 4 | 6) && h < 24.0 && m < 60.0 && s <= 60.0).then_some(h * 3600.0 + m * 60.0 + s)
}

/// Days since 1970 of `20230105`.
fn packed(date: &str) -> Option<f64> {
    let part = |range: std::ops::Range<usize>| date.get(range)?.parse::<u32>().ok();
    let year = part(0..4).filter(|year| (1800..2200).contains(year) || *year == 9999)?;
    Some(days(NaiveDate::from_ymd_opt(year as i32, part(4..6)?, part(6..8)?)?))
}

/// A piece of a date.
#[derive(Clone, Copy)]
enum Piece<'a> {
    Number(&'a str),
    Word(&'a str),
}

/// Days since 1970 in each order.
fn dated(date: &str) -> Option<[Option<f64>; 3]> {
    let (pieces, separators) = pieces(date)?;
    let every = |day: Option<NaiveDate>| Some([Some(days(day?)); 3]);
    let number = |digits: &str| digits.parse::<i32>().ok();
    match pieces.as_slice() {
        // 2023-W05-3, 2023W053, 2023-W05
        [Piece::Number(y), Piece::Word("W" | "w"), Piece::Number(w), rest @ ..] if y.len() == 4 => {
            let (week, day) = match rest {
                [] if w.len() == 3 => (number(&w[..2])?, number(&w[2..])?),
                [] => (number(w)?, 1),
                [Piece::Number(d)] => (number(w)?, number(d)?),
                _ => return None,
            };
            let weekday = Weekday::try_from(u8::try_from(day.checked_sub(1)?).ok()?).ok()?;
            every(NaiveDate::from_isoywd_opt(number(y)?, week as u32, weekday))
        }
        // 2023-Q1, Q1 2023
        [Piece::Number(y), Piece::Word("Q" | "q"), Piece::Number(q)]
        | [Piece::Word("Q" | "q"), Piece::Number(q), Piece::Number(y)]
            if y.len() == 4 && q.len() == 1 =>
        {
            let quarter = number(q).filter(|q| (1..=4).contains(q))?;
            every(NaiveDate::from_ymd_opt(number(y)?, quarter as u32 * 3 - 2, 1))
        }
        [Piece::Number(a), Piece::Number(b), Piece::Number(c)] => numeric([a, b, c], separators),
        // 2023-05, 05/2023
        [Piece::Number(y), Piece::Number(m)]
            if y.len() == 4 && m.len() <= 2 && matches!(separators, b'-' | b'/') =>
        {
            every(NaiveDate::from_ymd_opt(number(y)?, number(m)? as u32, 1))
        }
        [Piece::Number(m), Piece::Number(y)]
            if y.len() == 4 && m.len() <= 2 && matches!(separators, b'-' | b'/') =>
        {
            every(NaiveDate::from_ymd_opt(number(y)?, number(m)? as u32, 1))
        }
        // 2 Jan 2023, 2-Jan-23
        [Piece::Number(d), Piece::Word(m), Piece::Number(y)] if d.len() <= 2 => every(named(y, m, d)),
        // Jan 2, 2023
        [Piece::Word(m), Piece::Number(d), Piece::Number(y)] if d.len() <= 2 => every(named(y, m, d)),
        // 2023 Jan 2
        [Piece::Number(y), Piece::Word(m), Piece::Number(d)] if y.len() == 4 => every(named(y, m, d)),
        // Jan 2023
        [Piece::Word(m), Piece::Number(y)] if y.len() == 4 => every(named(y, m, "1")),
        _ => None,
    }
}

fn named(year: &str, name: &str, day: &str) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(full_year(year)?, month(name)?, day.parse().ok()?)
}

/// A year of four digits, or of two: 69 to 99 are of the 20th century, as POSIX has it.
fn full_year(digits: &str) -> Option<i32> {
    let year: i32 = digits.parse().ok()?;
    match digits.len() {
        4 => Some(year),
        2 => Some(if year < 69 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

/// Three numbers between equal separators, as a date in each order.
fn numeric([a, b, c]: [&str; 3], separator: u8) -> Option<[Option<f64>; 3]> {
    let date = |y: &str, m: &str, d: &str| {
        let short = m.len() <= 2 && d.len() <= 2;
        let (year, month, day) = (full_year(y).filter(|_| short)?, m.parse().ok()?, d.parse().ok()?);
        NaiveDate::from_ymd_opt(year, month, day).map(days)
    };
    if a.len() == 4 {
        return Some([date(a, b, c); 3]);
    }
    // `1.2.3` is a version, and nobody writes the month first before points.
    let two = c.len() == 4 || [a, b, c].iter().all(|part| part.len() == 2) && separator != b' ';
    let year_first = (c.len() == 2 && separator != b'.').then(|| date(a, b, c)).flatten();
    let month_first = (separator != b'.').then(|| date(c, a, b)).flatten();
    two.then(|| [year_first, date(c, b, a), month_first])
}

/// Numbers and words of a date, at most four, and the separator between its numbers; `None` where separators differ or
/// there is anything else.
fn pieces(date: &str) -> Option<(Vec<Piece<'_>>, u8)> {
    let (mut all, mut rest, mut separator) = (Vec::with_capacity(4), date, 0);
    while let Some(first) = rest.chars().next() {
        if all.len() == 4 {
            return None;
        }
        let is_digit = first.is_ascii_digit();
        let end = rest.find(|c: char| if is_digit { !c.is_ascii_digit() } else { !c.is_alphabetic() });
        let (piece, tail) = rest.split_at(end.unwrap_or(rest.len()));
        let tail = if is_digit { without_ordinal(tail) } else { tail };
        match (is_digit, piece.is_empty()) {
            (_, true) => return None,
            (true, _) => all.push(Piece::Number(piece)),
            // `2 de enero de 2024`, `2nd of January 2024`
            (false, _) if matches!(piece, "de" | "of" | "г") && !all.is_empty() => {}
            (false, _) => all.push(Piece::Word(piece)),
        }
        let next = tail.find(|c: char| c.is_alphanumeric()).unwrap_or(tail.len());
        let (between, tail) = tail.split_at(next);
        let words = all.iter().any(|piece| matches!(piece, Piece::Word(_)))
            || tail.starts_with(|c: char| c.is_alphabetic());
        match between {
            "" => {}
            "." | "-" | "/" | " " if separator == 0 || between.as_bytes() == [separator] || words => {
                separator = between.as_bytes()[0];
            }
            ". " if separator == 0 || separator == b'.' || words => separator = b'.',
            ", " | "," | "-" if words => {}
            _ => return None,
        }
        rest = tail;
    }
    Some((all, separator))
}

/// What follows `2nd`, `1st`, `3rd`, `4th` behind the digits.
fn without_ordinal(tail: &str) -> &str {
    let rest = ["st", "nd", "rd", "th"].into_iter().find_map(|ending| tail.strip_prefix(ending));
    rest.filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric())).unwrap_or(tail)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str, order: DateOrder) -> Option<String> {
        Some(shown_date(stamp(text)?.seconds(order)?))
    }

    #[test]
    fn dates_that_read_one_way() {
        for (text, date) in [
            ("2023-01-05", "2023-01-05"),
            ("2023/1/5", "2023-01-05"),
            ("2023.01.05", "2023-01-05"),
            ("20230105", "2023-01-05"),
            ("5 Jan 2023", "2023-01-05"),
            ("Jan 5, 2023", "2023-01-05"),
            ("January 5 2023", "2023-01-05"),
            ("5-Jan-23", "2023-01-05"),
            ("5. Januar 2023", "2023-01-05"),
            ("5. März 2023", "2023-03-05"),
            ("5 août 2023", "2023-08-05"),
            ("Mon, 5 Jan 2023", "2023-01-05"),
            ("Mar 5 2023", "2023-03-05"),
            ("Mar 5 Sep 2023", "2023-09-05"),
            ("2023-W01-4", "2023-01-05"),
            ("2023W014", "2023-01-05"),
            ("2023-W02", "2023-01-09"),
            ("2023-Q2", "2023-04-01"),
            ("Q2 2023", "2023-04-01"),
            ("2023-05", "2023-05-01"),
            ("05/2023", "2023-05-01"),
            ("May 2023", "2023-05-01"),
            ("2023-01-05T10:30:00Z", "2023-01-05 10:30"),
            ("2023-01-05 10:30:15.250", "2023-01-05 10:30:15"),
            ("2023-01-05 10:30 UTC", "2023-01-05 10:30"),
            ("2023-01-05T10:30:00+02:00", "2023-01-05 08:30"),
            ("2023-01-05 10:30:00 -0500", "2023-01-05 15:30"),
            ("20230105T103000", "2023-01-05 10:30"),
            ("20230105103000", "2023-01-05 10:30"),
            ("2 Jan 2023, 3:15 PM", "2023-01-02 15:15"),
            ("02/Jan/2023:10:30:00 +0100", "2023-01-02 09:30"),
            ("[02/Jan/2023:10:30:00 +0000]", "2023-01-02 10:30"),
            ("2024/01/02 8:00:00 AM GMT+1", "2024-01-02 07:00"),
            ("2024/01/02 8:00:00 pm GMT-3", "2024-01-02 23:00"),
            ("2024-01-02 08:00 CET", "2024-01-02 07:00"),
            ("2024-07-02 08:00 MESZ", "2024-07-02 06:00"),
            ("Jan 2, 2024 8:00:00 AM EST", "2024-01-02 13:00"),
            ("2024:01:02 08:00:00", "2024-01-02 08:00"),
            ("2024:01:02 08:00:00+01:00", "2024-01-02 07:00"),
            ("Tue Jan  2 08:00:00 2024", "2024-01-02 08:00"),
            ("Tue Jan  2 08:00:00 CET 2024", "2024-01-02 07:00"),
            ("Tue Jan 02 2024 08:00:00 GMT+0100 (Central European Standard Time)", "2024-01-02 07:00"),
            ("2 Jan 2024 - 08:00", "2024-01-02 08:00"),
            ("2. Januar 2024 um 08:00 Uhr", "2024-01-02 08:00"),
            ("January 2, 2024 at 8:00 PM", "2024-01-02 20:00"),
            ("January 2nd, 2024", "2024-01-02"),
            ("3rd of March 2024", "2024-03-03"),
            ("2 de enero de 2024", "2024-01-02"),
            ("2024年01月02日", "2024-01-02"),
            ("2024年1月2日 08:00", "2024-01-02 08:00"),
            ("2024년 1월 2일", "2024-01-02"),
            ("2 maj 2024", "2024-05-02"),
            ("2 stycznia 2024", "2024-01-02"),
            ("2 Ocak 2024", "2024-01-02"),
            ("15 Ağustos 2024", "2024-08-15"),
            ("2 января 2024", "2024-01-02"),
            ("1 июн. 2024 г.", "2024-06-01"),
            ("March 01, 2024 at 01:26 PM", "2024-03-01 13:26"),
            ("2 janvier 2024 à 14h03", "2024-01-02 14:03"),
            ("2 Jan 2024 klo 14.03", "2024-01-02 14:03"),
        ] {
            let all = [DateOrder::YearFirst, DateOrder::DayFirst, DateOrder::MonthFirst].map(|o| at(text, o));
            assert_eq!(all, [(); 3].map(|()| Some(date.to_owned())), "{text}");
        }
    }

    #[test]
    fn dates_that_depend_on_the_order() {
        let both = |text| (at(text, DateOrder::DayFirst), at(text, DateOrder::MonthFirst));
        let date = |text: &str| Some(text.to_owned());
        assert_eq!(both("05/01/2023"), (date("2023-01-05"), date("2023-05-01")));
        assert_eq!(both("5/1/2023 8:05 am"), (date("2023-01-05 08:05"), date("2023-05-01 08:05")));
        assert_eq!(both("25/01/2023"), (date("2023-01-25"), None));
        assert_eq!(both("01/25/23"), (None, date("2023-01-25")));
        assert_eq!(both("05.01.2023"), (date("2023-01-05"), None));
        assert_eq!(at("05.01.23", DateOrder::YearFirst), None, "nobody writes the year first before points");
        assert_eq!(both("5. 1. 2023"), (date("2023-01-05"), None));
        assert_eq!(both("01-02-70"), (date("1970-02-01"), date("1970-01-02")));
        assert_eq!(at("70-02-01", DateOrder::YearFirst), date("1970-02-01"));
    }

    #[test]
    fn what_is_no_date() {
        let texts = [
            "",
            "1970",
            "today",
            "1.2.3",
            "2023-13-01",
            "2023-02-30",
            "12:30",
            "192.168.1.1",
            "1-2-3-4",
            "A5 2023",
            "555-1234",
            "12/2023/5",
            "10 Main 2023",
            "99999999",
            "2023-W54-1",
            "5/6",
            "1/2/345",
            "12:30:15 2024",
            "3024:01:02 08:00:00",
            "2024:13:02 08:00:00",
            "10 Main Street (2024)",
            "2nd place 2024",
            "room 4 of 2024",
            "1 day 2h05",
        ];
        for text in texts {
            assert_eq!(stamp(text), None, "{text}");
        }
    }

    #[test]
    fn times_of_day() {
        assert_eq!(clock("8:05"), Some(29_100.0));
        assert_eq!(clock("08:05:10.5"), Some(29_110.5));
        assert_eq!(clock("12:00 AM"), Some(0.0));
        assert_eq!(clock("12:30 p.m."), Some(45_000.0));
        assert_eq!(clock("36:00:00"), Some(129_600.0));
        for text in ["", ":", "8", "8:5:5:5", "8:61", "13:00 pm", "a:b", "8:", ":05", "1,5:30"] {
            assert_eq!(clock(text), None, "{text}");
        }
        assert_eq!([shown_clock(29_100.0), shown_clock(1.0)], ["08:05", "00:00:01"]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([0-9 .,/:TZWQ+-]|Jan|pm|nd|um|CET|年|月|\\(|\\)|\\PC){0,20}") {
            let _ = (stamp(&text), clock(&text), shown_date(text.len() as f64 * 1e15));
        }

        #[test]
        fn days_come_back(day in -700_000i32..700_000) {
            let text = shown_date(f64::from(day) * DAY);
            if let Some(found) = stamp(&text) {
                prop_assert_eq!(found.seconds(DateOrder::DayFirst), Some(f64::from(day) * DAY));
            }
        }
    }
}
