//! Which reading a column of text gets.

#[cfg(test)]
mod tests;

use super::hints::{Hints, decimal, order};
use super::joined::joined;
use super::remarks::{abbreviated, asides, converted, currencies, listed};
use super::tally::Tally;
use super::unit::{common, factor};
use super::{NumberFormat, Reading, yes_or_no};

/// Marks of a number column, at most.
const MARKS: usize = 16;

/// Share of numbers, dates or times from which the other cells may be remarks, each of them different.
const BESIDE_REMARKS: f64 = 0.75;

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
    let dates = tally.dates.all + tally.numbers.compact;
    if enough(tally, dates, share) && (tally.dates.all > 0 || tally.numbers.compact == tally.numbers.all) {
        let (order, remark) = order(tally, hints);
        return values(Reading::Moment(order), marks(tally), remark);
    }
    if is_in_units_of_time(tally) && enough(tally, tally.clocks + tally.spans, share) {
        return values(Reading::Duration, marks(tally), None);
    }
    if enough(tally, tally.clocks, share) {
        let reading = match (tally.durations, tally.long_clocks) {
            (0, _) => Reading::TimeOfDay,
            (_, long) if tally.long_hours == 0 && long > 0 => Reading::MinutesSeconds,
            _ => Reading::Duration,
        };
        return values(reading, marks(tally), None);
    }
    if let Some((piece, cells)) = tally.joined.first(hints.comma > hints.point)
        && (cells as f64 >= share * tally.given as f64 - 1e-9 || cells + 1 == tally.given && cells >= 4)
    {
        let marks = marks(tally).into_iter().filter(|mark| joined(mark).is_none()).collect();
        return values(Reading::Piece(piece), marks, None);
    }
    let (unit, foreign) = unit(tally);
    if enough(tally, tally.numbers.all - foreign, share) {
        let (decimal, remark) = decimal(tally, hints);
        return values(
            Reading::Written(NumberFormat { decimal, unit }),
            marks(tally),
            remark
                .or(currencies(tally))
                .or(converted(tally, foreign))
                .or(abbreviated(tally))
                .or(asides(tally)),
        );
    }
    let few = (2..=3).contains(&tally.units.len()) && tally.units.keys().any(|unit| unit.len() > 1);
    let units = few && enough(tally, tally.numbers.all, share);
    Decision::Words(
        units.then(|| {
            format!("its numbers have different units ({}), so they are not compared", listed(tally))
        }),
    )
}

fn values(reading: Reading, marks: Vec<String>, remark: Option<String>) -> Decision {
    Decision::Values { reading, marks, remark }
}

/// Whether so many values make a column of values: nearly all cells, or at least half of them with many different ones
/// where the rest is a few repeated strings, or three quarters where the rest is remarks in words. A single other cell among four values or more is a slip.
fn enough(tally: &Tally<'_>, values: usize, share: f64) -> bool {
    let (rest, kinds) = (tally.given - values, tally.others.len());
    let slips = rest as f64 <= (1.0 - share) * tally.given as f64 + 1e-9 || rest == 1 && values >= 4;
    let repeated = kinds <= MARKS && 2 * kinds <= rest && rest == tally.rest() && tally.crowded == 0;
    let told =
        rest == tally.remarks && rest == tally.rest() && values as f64 >= BESIDE_REMARKS * tally.given as f64;
    values > 0 && values >= rest && (slips || (repeated || told) && varied(tally, values) > 2 * kinds)
}

/// Whether numbers with a unit of time are durations: some have several (`2h 5m` beside `45m`), or one is hours and another
/// minutes by a letter that could be metres.
fn is_in_units_of_time(tally: &Tally<'_>) -> bool {
    let has = |units: [&str; 3]| units.iter().any(|unit| tally.units.contains_key(unit));
    let letters = tally.units.contains_key("m") && (has(["h", "hr", "hrs"]) || has(["s", "sec", "d"]));
    tally.spans > 0 && (tally.spelled > 0 || letters && tally.spans == tally.numbers.all)
}

/// Different values, where they are numbers; else all of them.
fn varied(tally: &Tally<'_>, values: usize) -> usize {
    if tally.numbers.all == values { tally.different.len() } else { values }
}

/// The strings other than values that occur more than once, the most frequent first.
fn marks(tally: &Tally<'_>) -> Vec<String> {
    let mut repeated: Vec<_> = tally.others.iter().filter(|&(_, &count)| count > 1).collect();
    repeated.sort_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
    repeated.into_iter().take(MARKS).map(|(text, _)| (*text).to_owned()).collect()
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
    let all: usize = tally.units.values().sum();
    let unit = common(&tally.units, all < tally.numbers.all);
    let foreign = tally.units.iter().filter(|(other, _)| factor(unit, other).is_none());
    (unit.map(str::to_owned), foreign.map(|(_, &count)| count).sum())
}
