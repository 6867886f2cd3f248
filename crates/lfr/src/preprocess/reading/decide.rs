//! Which reading a column of text gets.

#[cfg(test)]
mod tests;

use super::day_of_year::day_of_year;
use super::hints::{Hints, decimal, order};
use super::joined::joined;
use super::labelled::{LEVELS, labelled};
use super::period::{Period, is_period};
use super::remarks::{abbreviated, asides, converted, currencies, joined_remarks, lent, listed, uneven};
use super::solar::solar;
use super::tally::Tally;
use super::unit::{common, conversion, is_letter_of_temperature};
use super::{NumberFormat, Reading, yes_or_no};

/// Marks of a number column, at most.
const MARKS: usize = 16;

/// Share of numbers, dates or times from which the other cells may be remarks, each of them different.
const BESIDE_REMARKS: f64 = 0.75;

/// Share of numbers, dates or times from which they are values beside several marks.
const BESIDE_WORDS: f64 = 0.1;

/// What is said where `m` could be months or minutes.
const MONTH_OR_MINUTE: &str = "`m` alone could be months or minutes beside its years and months, so its durations are not \
                               compared; `mo` or `min` would tell";

/// What a column of text is.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::preprocess) enum Decision {
    /// Numbers, dates or times, with these repeated strings among them.
    Values {
        /// How they are read.
        reading: Reading,
        /// Strings that stand in place of a value, each with a meaning of its own.
        marks: Vec<String>,
        /// What the user should know.
        remark: Option<String>,
    },
    /// Words, with what the user should know.
    Words(Option<String>),
}

/// Decides over all cells; `share` of the given ones must be values unless the others are marks.
pub(in crate::preprocess) fn decide(tally: &Tally<'_>, hints: Hints, share: f64) -> Decision {
    let words = |word: &&str| yes_or_no(word).is_some();
    let flags = tally.numbers.all == 0
        || tally.different.iter().all(|&bits| matches!(f64::from_bits(bits), 0.0 | 1.0));
    let known = tally.crowded == 0 && !tally.others.is_empty() && tally.others.keys().all(words);
    if known && flags && tally.dates.all + tally.clocks == 0 {
        return values(Reading::Boolean, Vec::new(), None);
    }
    if let Some(remark) = code(tally) {
        return Decision::Words(Some(remark));
    }
    if let Some((dated, cells)) = tally.periods.most()
        && nearly(tally, cells, share, is_period)
    {
        let (order, remark) = order(&tally.periods.dates, hints);
        let (order, remark) = if dated { (Some(order), remark) } else { (None, None) };
        let period = Reading::Period(Period { order, length: false });
        return values(period, marks_but(tally, is_period), remark);
    }
    let is_solar = |text: &str| solar(text).is_some();
    if nearly(tally, tally.solar.cells, share, is_solar) {
        return values(Reading::SolarHijri, marks_but(tally, is_solar), tally.solar.remark());
    }
    // With no other month in the column `8 set 12` is no date.
    let certain = tally.dates.doubtful < tally.dates.all || tally.dates.all == 0;
    let dates = tally.dates.all + tally.numbers.compact;
    if certain
        && enough(tally, dates, share)
        && (tally.dates.all > 0 || tally.numbers.compact == tally.numbers.all)
    {
        let (order, remark) = order(&tally.dates, hints);
        return values(Reading::Moment(order), marks(tally), remark);
    }
    if enough(tally, tally.days.count(), share) {
        let marks = marks_but(tally, |mark| day_of_year(mark).is_some());
        return values(Reading::DayOfYear, marks, None);
    }
    let in_units = is_in_units_of_time(tally) && enough(tally, tally.clocks + tally.spans, share);
    let in_clocks = enough(tally, tally.clocks, share);
    if (in_units || in_clocks) && is_month_or_minute(tally) {
        return Decision::Words(Some(MONTH_OR_MINUTE.to_owned()));
    }
    if in_units {
        return values(Reading::Duration, marks(tally), uneven(tally));
    }
    if in_clocks {
        let reading = match (tally.durations, tally.long_clocks) {
            (0, _) => Reading::TimeOfDay,
            (_, long) if tally.long_hours == 0 && long > 0 => Reading::MinutesSeconds,
            _ => Reading::Duration,
        };
        return values(reading, marks(tally), uneven(tally));
    }
    if let Some((piece, cells)) = tally.joined.first(hints.comma > hints.point)
        && nearly(tally, cells, share, |text| joined(text).is_some())
    {
        let marks = marks_but(tally, |mark| joined(mark).is_some());
        return values(Reading::Piece(piece), marks, None);
    }
    if let Some(numbers) = numbers(tally, hints, share).or_else(|| labelled(tally, hints, share, LEVELS)) {
        return numbers;
    }
    let measures = tally.measures();
    let letter = |unit: &&str| unit.len() == 1 && unit.starts_with(char::is_alphabetic);
    let few = (2..=3).contains(&measures.len()) && !measures.keys().all(letter);
    let units = few && enough(tally, tally.numbers.all, share);
    Decision::Words(
        units.then(|| {
            format!("its numbers have different units ({}), so they are not compared", listed(tally))
        }),
    )
}

/// The numbers of a column that has enough of them.
pub(super) fn numbers(tally: &Tally<'_>, hints: Hints, share: f64) -> Option<Decision> {
    let (unit, foreign) = unit(tally);
    if !enough(tally, tally.numbers.all - foreign, share) {
        return None;
    }
    let (decimal, remark) = decimal(tally, hints);
    let remark = joined_remarks([
        remark,
        currencies(tally),
        lent(tally),
        converted(tally, foreign),
        abbreviated(tally),
        asides(tally),
    ]);
    Some(values(Reading::Written(NumberFormat { decimal, unit }), marks(tally), remark))
}

fn values(reading: Reading, marks: Vec<String>, remark: Option<String>) -> Decision {
    Decision::Values { reading, marks, remark }
}

/// Whether so many values make a column of values: nearly all cells, or nearly all of those that are no marks, however many marks
/// there are; where values are in the majority, also all but as many as there are marks, or three quarters where the rest is
/// remarks in words. A single other cell among four values or more is a slip.
fn enough(tally: &Tally<'_>, values: usize, share: f64) -> bool {
    let rest = tally.given - values;
    let slips = |rest: usize| are_slips(rest, values, share);
    let most = values >= rest;
    if values == 0 || most && slips(rest) {
        return values > 0;
    }
    let marks = if rest == tally.rest() { repeated(tally) } else { Vec::new() };
    let marked: usize = marks.iter().map(|&(_, count)| count).sum();
    let told = rest == tally.remarks && values as f64 >= BESIDE_REMARKS * tally.given as f64;
    // Beside several words, a few numbers are cells that slipped in from another column.
    let beside = most || marks.len() == 1 || values as f64 >= BESIDE_WORDS * tally.given as f64;
    let set_apart = marked > 0 && beside && (slips(rest - marked) || most && 2 * marked >= rest);
    (set_apart || told && rest == tally.rest()) && varied(tally, values) > 2 * marks.len()
}

/// Whether so few cells beside `values` are slips.
fn are_slips(rest: usize, values: usize, share: f64) -> bool {
    rest as f64 <= (1.0 - share) * (values + rest) as f64 + 1e-9 || rest == 1 && values >= 4
}

/// Whether so many values, which are counted among the other cells and which `is_value` tells from those, are nearly all cells, or
/// half of them and nearly all of those that are no marks.
fn nearly(tally: &Tally<'_>, values: usize, share: f64, is_value: impl Fn(&str) -> bool) -> bool {
    let rest = tally.given - values;
    let marked = || repeated(tally).into_iter().filter(|(text, _)| !is_value(text)).map(|(_, count)| count);
    values > 0
        && (are_slips(rest, values, share)
            || values >= rest
                && values > 2 * marked().count()
                && are_slips(rest.saturating_sub(marked().sum()), values, share))
}

/// Whether numbers with a unit of time are durations: some have several (`2h 5m` beside `45m`), or one is hours and another
/// minutes by a letter that could be metres.
fn is_in_units_of_time(tally: &Tally<'_>) -> bool {
    let has = |units: [&str; 3]| units.iter().any(|unit| tally.units.contains_key(unit));
    let letters = tally.units.contains_key("m") && (has(["h", "hr", "hrs"]) || has(["s", "sec", "d"]));
    tally.spans > 0 && (tally.spelled > 0 || letters && tally.spans == tally.numbers.all)
}

/// Whether `6m` could be months as well as minutes: there are years or months, and neither hours nor seconds that would make it
/// minutes.
fn is_month_or_minute(tally: &Tally<'_>) -> bool {
    let lone = ["m", "M"].iter().any(|unit| tally.units.contains_key(unit));
    lone && tally.uneven > 0 && tally.timed == 0
}

/// Different values, where they are numbers; else all of them.
fn varied(tally: &Tally<'_>, values: usize) -> usize {
    if tally.numbers.all == values { tally.different.len() } else { values }
}

/// The strings other than values that occur more than once, at most [`MARKS`], the most frequent first.
fn repeated<'a>(tally: &Tally<'a>) -> Vec<(&'a str, usize)> {
    let counts = tally.others.iter().map(|(&text, &count)| (text, count));
    let mut repeated: Vec<_> = counts.filter(|&(_, count)| count > 1).collect();
    repeated.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    repeated.truncate(MARKS);
    repeated
}

/// Those strings alone.
fn marks(tally: &Tally<'_>) -> Vec<String> {
    repeated(tally).into_iter().map(|(text, _)| text.to_owned()).collect()
}

/// Those of them that are no values.
fn marks_but(tally: &Tally<'_>, is_value: impl Fn(&str) -> bool) -> Vec<String> {
    marks(tally).into_iter().filter(|mark| !is_value(mark)).collect()
}

/// Digits of one length with zeros in front name things: postal codes, article numbers.
fn code(tally: &Tally<'_>) -> Option<String> {
    let numbers = &tally.numbers;
    let (least, most) = numbers.lengths?;
    let fixed = least == most && most >= 3 && numbers.short + numbers.long == tally.given;
    (fixed && numbers.padded > 0)
        .then(|| format!("its {most} digits begin with zeros, so they are a code, not numbers"))
}

/// The unit of the column, and how many numbers have one that does not convert into it.
fn unit(tally: &Tally<'_>) -> (Option<String>, usize) {
    let measures = tally.measures();
    let unit = common(&measures, tally.is_bare());
    let seat = |unit: &str| tally.are_seats() && is_letter_of_temperature(unit);
    let other_seat = |other: &str| seat(other) && unit.is_some_and(|unit| unit != other && seat(unit));
    let foreign = measures.iter().filter(|(other, _)| conversion(unit, other).is_none() || other_seat(other));
    (unit.map(str::to_owned), foreign.map(|(_, &count)| count).sum())
}
