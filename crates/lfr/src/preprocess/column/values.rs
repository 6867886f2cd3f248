//! Columns of numbers, dates and times.

use super::Finding;
use crate::preprocess::cells::{Cells, is_usable};
use crate::preprocess::encoding::Encoding;
use crate::preprocess::identifier::is_identifier;
use crate::preprocess::moment::{Moment, TimeOfDay};
use crate::preprocess::number::{Counts, Number};
use crate::preprocess::periods::Periods;
use crate::preprocess::pieces::Pieces;
use crate::preprocess::reading::{Period, Piece, Reading, shown_clock, shown_date, shown_day};
use crate::preprocess::seen::{Seen, seen};
use crate::preprocess::stand_in::stand_ins;
use crate::preprocess::summary::{ColumnReading, ReadAs};

/// Unreadable cells that are shown.
const EXAMPLES: usize = 3;

impl Finding {
    /// A column of numbers, dates or times.
    pub(super) fn values(
        cells: &[Cells],
        how: &Reading,
        marks: &[String],
        reading: ColumnReading,
        asked: bool,
    ) -> Self {
        if let Reading::Piece(piece) = how {
            return Self::pieces(cells, *piece, marks, reading);
        }
        if let Reading::Period(period) = how {
            return Self::periods(cells, *period, marks, reading);
        }
        let stands = if asked || !matches!(how, Reading::Written(_)) {
            Vec::new()
        } else {
            stand_ins(cells, how, marks)
        };
        let marks = &[marks, &stands.iter().map(f64::to_string).collect::<Vec<_>>()].concat();
        let reading = ColumnReading { remark: stood_in(&stands, reading.remark), ..reading };
        let fitted: Option<(Encoding, Counts, Number)> = match how {
            Reading::Moment(_) | Reading::SolarHijri | Reading::EpochSeconds | Reading::EpochMilliseconds => {
                Moment::fit(cells, how, marks)
                    .map(|(m, counts)| (Encoding::Moment(m.clone()), counts, m.position))
            }
            Reading::TimeOfDay | Reading::DayOfYear => TimeOfDay::fit(cells, how, marks)
                .map(|(t, counts)| (Encoding::TimeOfDay(t.clone()), counts, t.number)),
            _ => Number::fit(cells, how, marks).map(|(n, counts)| (Encoding::Number(n.clone()), counts, n)),
        };
        let Some((encoding, counts, number)) = fitted else {
            let missing =
                cells.iter().flat_map(|cells| (0..cells.len()).filter(|&row| cells.is_missing(row))).count();
            let none = missing < reading.cells && matches!(how, Reading::Moment(_));
            let reason = if none { "all its dates stand for none" } else { "all its values are missing" };
            return Self::useless(ColumnReading { missing, ..reading }, reason.into());
        };
        let whole = counts.missing + counts.unread == 0 && number.flags_of_values() == 0;
        let in_words = |value: f64| match how {
            Reading::TimeOfDay => shown_clock(value),
            Reading::DayOfYear => shown_day(value),
            _ if matches!(encoding, Encoding::Moment(_)) => shown_date(value),
            Reading::Duration | Reading::MinutesSeconds if value >= 0.0 => shown_clock(value),
            _ => shown(value),
        };
        let mut reading = ColumnReading {
            read_as: read_as(how),
            missing: counts.missing,
            unread: counts.unread,
            examples: examples(cells, how, &number, counts.unread),
            marks: number.marks.iter().map(|mark| mark.text.clone()).collect(),
            limits: counts.limits,
            range: number.range.map(|range| range.map(in_words)),
            ..reading
        };
        let idle = if counts.constant && whole {
            // Whole numbers beyond 2^53 are not all told apart.
            let large = number.center.abs() >= 9e15;
            let reason = if large {
                "its values are equal, or too large to be told apart"
            } else {
                "all its values are equal"
            };
            Some(reason.to_owned())
        } else if whole
            && counts.whole
            && !asked
            && matches!(encoding, Encoding::Number(_))
            && *how != Reading::Boolean
        {
            is_identifier(&reading.name, cells, how)
        } else {
            None
        };
        if idle.is_some() && !counts.constant {
            reading.read_as = ReadAs::Identifier;
        }
        reading.left_out = idle;
        Self { encoding: Some(encoding), idle: reading.left_out.is_some(), reading, binary: counts.binary }
    }

    /// A column with several numbers in each cell, of which `first` is the first.
    fn pieces(cells: &[Cells], first: Piece, marks: &[String], reading: ColumnReading) -> Self {
        let Some((pieces, counts)) = Pieces::fit(cells, first, marks) else {
            return Self::useless(reading, "all its values are missing".into());
        };
        let number = pieces.first();
        let left_out = if counts.missing + counts.unread > 0 || number.flags_of_values() > 0 {
            None
        } else if counts.constant {
            Some("all its values are equal".to_owned())
        } else if counts.whole {
            is_identifier(&reading.name, cells, &number.reading)
        } else {
            None
        };
        let idle = left_out.is_some();
        let separator = first.separator.to_string();
        let end = |end: usize| pieces.ends(end).map(shown).collect::<Vec<_>>().join(&separator);
        let reading = ColumnReading {
            read_as: ReadAs::Number,
            missing: counts.missing,
            unread: counts.unread,
            examples: examples(cells, &number.reading, number, counts.unread),
            marks: number.marks.iter().map(|mark| mark.text.clone()).collect(),
            range: Some([end(0), end(1)]),
            left_out,
            ..reading
        };
        Self { encoding: Some(Encoding::Pieces(pieces)), idle, reading, binary: false }
    }
}

impl Finding {
    /// A column whose cells have a start and an end.
    fn periods(cells: &[Cells], period: Period, marks: &[String], reading: ColumnReading) -> Self {
        let Some((periods, counts)) = Periods::fit(cells, period, marks) else {
            return Self::useless(reading, "all its values are missing".into());
        };
        let number = periods.start.number();
        let whole = counts.missing + counts.unread == 0 && number.flags_of_values() == 0;
        let left_out = (whole && counts.constant).then(|| "all its values are equal".to_owned());
        let idle = left_out.is_some();
        let how = Reading::Period(period);
        let reading = ColumnReading {
            read_as: read_as(&how),
            missing: counts.missing,
            unread: counts.unread,
            examples: examples(cells, &how, number, counts.unread),
            marks: number.marks.iter().map(|mark| mark.text.clone()).collect(),
            range: periods.end(0).zip(periods.end(1)).map(|(first, last)| [first, last]),
            left_out,
            ..reading
        };
        Self { encoding: Some(Encoding::Periods(periods)), idle, reading, binary: false }
    }
}

/// Says which numbers stand for a missing value, before what else there is to say.
fn stood_in(stands: &[f64], remark: Option<String>) -> Option<String> {
    let list = stands.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let taken = match stands.len() {
        0 => return remark,
        1 => "is taken for a missing value (--columns NAME=number keeps it)",
        _ => "are taken for missing values (--columns NAME=number keeps them)",
    };
    let said = format!("{list}, repeated and apart from all others, {taken}");
    Some([Some(said), remark].into_iter().flatten().collect::<Vec<_>>().join("; "))
}

/// A number for people: whole, or with six digits that count.
fn shown(value: f64) -> String {
    let short = format!("{value:.5e}").parse::<f64>().unwrap_or(value);
    if value.fract() == 0.0 { value.to_string() } else { short.to_string() }
}

pub(super) fn read_as(how: &Reading) -> ReadAs {
    match how {
        Reading::Moment(_)
        | Reading::Date
        | Reading::SolarHijri
        | Reading::DayOfYear
        | Reading::EpochSeconds
        | Reading::EpochMilliseconds => ReadAs::Date,
        Reading::Period(Period { order: Some(_), .. }) => ReadAs::Date,
        Reading::TimeOfDay | Reading::Period(_) => ReadAs::Time,
        Reading::Boolean => ReadAs::Boolean,
        Reading::Number
        | Reading::DecimalComma
        | Reading::Written(_)
        | Reading::Duration
        | Reading::MinutesSeconds
        | Reading::Piece(_)
        | Reading::Labelled(_) => ReadAs::Number,
    }
}

/// The first cells that could not be read.
fn examples(cells: &[Cells], how: &Reading, number: &Number, unread: usize) -> Vec<String> {
    if unread == 0 {
        return Vec::new();
    }
    let marks = || number.marks.iter().map(|mark| mark.text.as_str());
    let texts = cells.iter().flat_map(|cells| {
        let odd = seen(cells, how, marks()).enumerate().filter(|(_, seen)| *seen == Seen::Unread);
        odd.filter_map(move |(i, _)| match cells {
            Cells::Strings(strings) => Some(strings.value(i).trim().to_owned()),
            Cells::Numbers(numbers) => {
                Some(numbers.value(i).to_string()).filter(|_| !is_usable(numbers.value(i)))
            }
            Cells::Moments { .. } => None,
        })
    });
    texts.take(EXAMPLES).map(|text| text.chars().take(40).collect()).collect()
}
