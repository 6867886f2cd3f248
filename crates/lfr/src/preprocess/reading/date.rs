//! Dates in the forms that people and programs write.

use chrono::{Datelike, NaiveDate, Weekday};

use super::day_of_year::Form;
use super::names::month;

/// Days since 1970.
pub(in crate::preprocess) fn days(date: NaiveDate) -> f64 {
    f64::from(date.num_days_from_ce() - 719_163)
}

/// The date of days since 1970.
pub(super) fn of_days(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_num_days_from_ce_opt(days.checked_add(719_163)?)
}

/// Days since 1970 of a date of the usual calendar, if there is one.
pub(super) fn days_of(year: i32, month: u32, day: u32) -> Option<f64> {
    NaiveDate::from_ymd_opt(year, month, day).map(days)
}

/// Days since 1970 of `20230105`.
pub(super) fn packed(date: &str) -> Option<f64> {
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
pub(super) fn dated(date: &str) -> Option<[Option<f64>; 3]> {
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

/// Day and month of a date without a year, and how it is written.
pub(super) fn day_and_month(date: &str) -> Option<(u32, u32, Form)> {
    let (pieces, separator) = pieces(date)?;
    let short = |digits: &str| digits.parse().ok().filter(|_| digits.len() <= 2);
    match pieces.as_slice() {
        [Piece::Number(d), Piece::Number(m)] if separator == b'.' && date.ends_with('.') => {
            Some((short(d)?, short(m)?, Form::Numbers))
        }
        [Piece::Number(d), Piece::Word(m)] => Some((short(d)?, month(m)?, Form::DayFirst)),
        [Piece::Word(m), Piece::Number(d)] if separator == b' ' => {
            Some((short(d)?, month(m)?, Form::MonthFirst))
        }
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
            // `2 de enero de 2024`, `2nd of January 2024`, `den 2 januari 2024`
            (false, _) if matches!(piece, "de" | "г" | "р") && !all.is_empty() => {}
            (false, _) if piece == "of" && matches!(all.last(), Some(Piece::Number(_))) => {}
            (false, _) if matches!(piece, "den" | "le" | "el" | "am") && all.is_empty() => {}
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

/// What follows `2nd`, `1st`, `3rd`, `4th`, `1er`, `1º` behind the digits.
fn without_ordinal(tail: &str) -> &str {
    let rest = ["st", "nd", "rd", "th", "er", "º"].into_iter().find_map(|ending| tail.strip_prefix(ending));
    rest.filter(|rest| !rest.starts_with(|c: char| c.is_alphanumeric())).unwrap_or(tail)
}
