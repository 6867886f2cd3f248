//! Which reading a column of text gets.

use std::collections::BTreeSet;

use super::joined::joined;
use super::tally::Tally;
use super::unit::{common, factor, magnitudes};
use super::{DateOrder, Decimal, NumberFormat, Reading, yes_or_no};

/// Marks of a number column, at most.
const MARKS: usize = 16;
/// Share of numbers, dates or times from which the other cells may be remarks, each of them different.
const BESIDE_REMARKS: f64 = 0.75;

/// What the other columns of a file, or the file itself, say about the decimal sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::preprocess) struct Hints {
    /// Whether numbers have a decimal point whatever they look like, as in JSON.
    pub point_for_certain: bool,
    /// Columns with a certain decimal point.
    pub point: usize,
    /// Columns with a certain decimal comma.
    pub comma: usize,
    /// Columns with dates that have the day first for certain.
    pub day_first: usize,
    /// Columns with dates that have the month first for certain.
    pub month_first: usize,
}

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

impl Hints {
    /// What one column says.
    pub fn of(tally: &Tally<'_>) -> Self {
        let (numbers, [_, day, month]) = (&tally.numbers, tally.dates.orders);
        Self {
            point_for_certain: false,
            point: usize::from(numbers.point > numbers.comma),
            comma: usize::from(numbers.comma > numbers.point),
            day_first: usize::from(day > month),
            month_first: usize::from(month > day),
        }
    }

    /// What both say.
    pub fn and(self, other: Self) -> Self {
        Self {
            point_for_certain: self.point_for_certain || other.point_for_certain,
            point: self.point + other.point,
            comma: self.comma + other.comma,
            day_first: self.day_first + other.day_first,
            month_first: self.month_first + other.month_first,
        }
    }
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

/// Says that something beside numbers is passed over.
fn asides(tally: &Tally<'_>) -> Option<String> {
    let cells = if tally.asides == 1 { "1 cell".to_owned() } else { format!("{} cells", tally.asides) };
    (tally.asides > 0)
        .then(|| format!("only the first number of {cells} is used (of `4.5 ± 0.1`, `4.5 (0.1)`, `4.5***`)"))
}

/// Says which letters stand for powers of ten.
fn abbreviated(tally: &Tally<'_>) -> Option<String> {
    let bare = tally.units.values().sum::<usize>() < tally.numbers.all;
    let powers = (common(&tally.units, bare).is_none() && !tally.units.is_empty())
        .then(|| magnitudes(&tally.units))?;
    Some(format!("its numbers are abbreviated: {powers}"))
}

/// The format of numbers for people: the decimal sign only where a number has one, and abbreviations.
pub(in crate::preprocess) fn format(reading: &Reading, tally: &Tally<'_>) -> String {
    let Reading::Written(written) = reading else { return reading.describe() };
    let numbers = &tally.numbers;
    let separated = numbers.point + numbers.comma + numbers.either_point + numbers.either_comma > 0;
    let decimal = if separated { written.decimal } else { Decimal::Point };
    let own = NumberFormat { decimal, unit: written.unit.clone() }.describe();
    let powers = match written.unit {
        None if !tally.units.is_empty() => magnitudes(&tally.units),
        _ => String::new(),
    };
    [own, powers].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Says that numbers of several units are converted into one.
fn converted(tally: &Tally<'_>, foreign: usize) -> Option<String> {
    let unit = common(&tally.units, true)?;
    let several =
        tally.units.keys().any(|other| factor(Some(unit), other).is_some_and(|factor| factor != 1.0));
    (several && foreign == 0).then(|| {
        match tally.units.keys().find(|other| factor(Some(unit), other) == Some(-1.0)) {
            Some(debit) => format!("amounts marked {debit} are negative, those marked {unit} positive"),
            None => {
                format!("its numbers have different units ({}); all are converted to {unit}", listed(tally))
            }
        }
    })
}

fn listed(tally: &Tally<'_>) -> String {
    let mut units: Vec<_> = tally.units.iter().collect();
    units.sort_by_key(|&(unit, &count)| (std::cmp::Reverse(count), *unit));
    units.into_iter().take(3).map(|(unit, count)| format!("{unit} {count}")).collect::<Vec<_>>().join(", ")
}

fn currencies(tally: &Tally<'_>) -> Option<String> {
    let codes: BTreeSet<String> = tally.currencies.keys().map(|sign| currency(sign)).collect();
    let signs: Vec<_> = tally.currencies.iter().map(|(sign, count)| format!("{sign} {count}")).collect();
    (codes.len() > 1)
        .then(|| format!("amounts in several currencies ({}) are compared as they stand", signs.join(", ")))
}

/// One name for a currency, however it is written.
fn currency(sign: &str) -> String {
    match sign.to_uppercase().trim_end_matches('.') {
        "€" => "EUR",
        "$" | "US$" => "USD",
        "£" => "GBP",
        "RS" | "₹" => "INR",
        "FR" | "SFR" => "CHF",
        other => other,
    }
    .to_owned()
}

/// The decimal sign: what the column's own numbers leave no doubt of, else what the file says, else the likelier.
fn decimal(tally: &Tally<'_>, hints: Hints) -> (Decimal, Option<String>) {
    let numbers = &tally.numbers;
    let file = match (hints.point, hints.comma) {
        (point, comma) if comma > point => Some(Decimal::Comma),
        (point, comma) if point > comma => Some(Decimal::Point),
        _ => None,
    };
    let doubtful = numbers.either_point + numbers.either_comma + numbers.grouped > 0;
    if numbers.point > 0 && numbers.comma > 0 && !doubtful {
        let remark = format!(
            "{} of its numbers have a decimal point and {} a decimal comma; both are read",
            numbers.point, numbers.comma
        );
        return (Decimal::Either, Some(remark));
    }
    if numbers.point != numbers.comma {
        return (if numbers.comma > numbers.point { Decimal::Comma } else { Decimal::Point }, None);
    }
    if hints.point_for_certain && numbers.either_comma == 0 {
        return (Decimal::Point, None);
    }
    // Thousands are set apart in numbers from 1000 on and in no others, and numbers of a column are of like size.
    let (decimal, sure) = match (numbers.either_point > 0, numbers.either_comma > 0) {
        (false, false) => return (file.unwrap_or_default(), None),
        (true, false) => {
            let thousands = numbers.long == 0 && numbers.thousands_fit() == Some(true);
            let own = if thousands { Decimal::Comma } else { Decimal::Point };
            (file.unwrap_or(own), thousands == (file == Some(Decimal::Comma)))
        }
        (false, true) if numbers.thousands_fit() == Some(false) => {
            (file.unwrap_or(Decimal::Comma), file == Some(Decimal::Comma))
        }
        // Semicolons between the fields leave little doubt about commas within them.
        (point, _) => (file.unwrap_or_default(), !point || file != Some(Decimal::Comma)),
    };
    let (sign, example) = if numbers.either_point > 0 { ('.', "2.155") } else { (',', "2,155") };
    let whole = (sign == '.') == (decimal == Decimal::Comma);
    let meaning = if whole {
        format!("thousands ({example} is 2155)")
    } else {
        format!("decimals ({example} is two and a bit)")
    };
    let remark = format!(
        "`{sign}` before three digits is read as {meaning}; --columns NAME=number:point or number:comma decides"
    );
    (decimal, (!sure).then_some(remark))
}

/// The order of day, month and year: the one that reads most dates, else what the file says, else the likelier.
fn order(tally: &Tally<'_>, hints: Hints) -> (DateOrder, Option<String>) {
    let [year, day, month] = tally.dates.orders;
    if year >= day.max(month) && tally.dates.is_year_first() || year > day.max(month) {
        return (DateOrder::YearFirst, None);
    }
    if day != month {
        return (if day > month { DateOrder::DayFirst } else { DateOrder::MonthFirst }, None);
    }
    let order = if hints.month_first > hints.day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst };
    let (read, other) = match order {
        DateOrder::MonthFirst => ("month/day/year", "dmy"),
        _ => ("day/month/year", "mdy"),
    };
    let remark = format!(
        "its dates could have the day or the month first; read as {read} (--columns NAME=date:{other} for the other)"
    );
    (order, Some(remark))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reading::Cell;

    fn of(cells: &[&str], hints: Hints) -> Decision {
        decide(&Tally::of(cells.iter().map(|&cell| Some(cell))), hints, 0.9)
    }

    fn reading(cells: &[&str]) -> Reading {
        match of(cells, Hints::default()) {
            Decision::Values { reading, .. } => reading,
            other => panic!("{cells:?}: {other:?}"),
        }
    }

    fn number(decimal: Decimal) -> Reading {
        Reading::Written(NumberFormat { decimal, unit: None })
    }

    #[test]
    fn the_decimal_sign_is_one_of_the_column() {
        assert_eq!(reading(&["1.5", "2.155", "3"]), number(Decimal::Point));
        assert_eq!(reading(&["1,5", "2,155", "3"]), number(Decimal::Comma));
        assert_eq!(reading(&["2.155", "846", "212"]), number(Decimal::Comma));
        assert_eq!(reading(&["2.155", "1846", "12"]), number(Decimal::Point));
        assert_eq!(reading(&["1", "1", "1.001", "1.002", "50"]), number(Decimal::Point));
        assert_eq!(reading(&["1", "1", "1,001", "1,002", "50"]), number(Decimal::Comma));
        assert_eq!(reading(&["846", "2,155", "212"]), number(Decimal::Point));
        assert_eq!(reading(&["2.155", "3.200", "1.000"]), number(Decimal::Point));
        assert_eq!(reading(&["12,000", "13,000", "1,200,000"]), number(Decimal::Point));
        assert_eq!(reading(&["1.234.567", "2.155", "3"]), number(Decimal::Comma));
    }

    #[test]
    fn what_stays_in_doubt_follows_the_file_with_a_word() {
        let cells = ["2.155", "846", "212"];
        let told = |hints| match of(&cells, hints) {
            Decision::Values { reading, remark, .. } => (reading, remark.is_some()),
            other => panic!("{other:?}"),
        };
        assert_eq!(told(Hints::default()), (number(Decimal::Comma), true));
        assert_eq!(told(Hints { point: 2, comma: 1, ..Hints::default() }), (number(Decimal::Point), true));
        assert_eq!(told(Hints { comma: 1, ..Hints::default() }), (number(Decimal::Comma), false));
        let json = Hints { point_for_certain: true, ..Hints::default() };
        assert_eq!(told(json), (number(Decimal::Point), false));
    }

    #[test]
    fn repeated_strings_among_numbers_are_marks() {
        let mut cells = vec!["12", "15", "19", "23", "27", "31", "sold out", "closed", "sold out", "closed"];
        match of(&cells, Hints::default()) {
            Decision::Values { marks, .. } => assert_eq!(marks, ["closed", "sold out"]),
            other => panic!("{other:?}"),
        }
        cells.extend(["A1", "B2", "C7", "D9", "E4", "F1", "G1"]);
        assert_eq!(of(&cells, Hints::default()), Decision::Words(None));
        assert!(matches!(reading(&["1", "2", "3", "4", "oops"]), Reading::Written(_)));
        assert_eq!(of(&["1", "2", "x", "y"], Hints::default()), Decision::Words(None));
    }

    #[test]
    fn units_are_one_of_the_column_or_no_numbers() {
        let kilograms = Reading::Written(NumberFormat { decimal: Decimal::Point, unit: Some("kg".into()) });
        assert_eq!(reading(&["31.2 kg", "30 kg", "29.5 kg", "28"]), kilograms);
        match of(&["5 kg", "300 mm", "2 kg", "150 mm"], Hints::default()) {
            Decision::Words(Some(remark)) => {
                assert!(remark.contains("different units (kg 2, mm 2)"), "{remark}")
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(of(&["12A", "7B", "3C", "12D"], Hints::default()), Decision::Words(None), "a code");
    }

    #[test]
    fn units_of_one_quantity_are_converted_with_a_word() {
        let told = |cells: &[&str]| match of(cells, Hints::default()) {
            Decision::Values { reading: Reading::Written(format), remark, .. } => {
                (format, remark.unwrap_or_default())
            }
            other => panic!("{cells:?}: {other:?}"),
        };
        let (format, remark) = told(&["20 ms", "30 ms", "1.5 s", "25 ms"]);
        assert_eq!((format.unit.as_deref(), format.read("1.5 s")), (Some("ms"), Cell::Value(1500.0)));
        assert!(remark.contains("converted to ms"), "{remark}");
        let (format, remark) = told(&["12.50 S", "13.20 S", "9.95 H"]);
        assert_eq!((format.read("12.50 S"), format.read("9.95 H")), (Cell::Value(-12.5), Cell::Value(9.95)));
        assert!(remark.contains("marked S are negative"), "{remark}");
        let (format, _) = told(&["950", "12k", "1.2M", "30k"]);
        assert_eq!(
            (format.unit.as_deref(), format.read("12k"), format.read("950")),
            (None, Cell::Value(12e3), Cell::Value(950.0))
        );
    }

    #[test]
    fn years_of_two_digits_stand_where_they_vary_least() {
        for (cells, order) in [
            (["02.01.23", "15.01.23", "28.02.23", "31.03.23"], DateOrder::DayFirst),
            (["02-01-23", "15-01-23", "28-02-23", "31-03-23"], DateOrder::DayFirst),
            (["23-01-02", "23-01-15", "23-02-28", "23-03-31"], DateOrder::YearFirst),
            (["01/02/23", "01/15/23", "02/28/23", "03/31/23"], DateOrder::MonthFirst),
        ] {
            assert_eq!(reading(&cells), Reading::Moment(order), "{cells:?}");
        }
    }

    #[test]
    fn durations_in_words_and_of_minutes_and_seconds() {
        assert_eq!(reading(&["0 days 00:05:00", "0 days 00:12:30"]), Reading::Duration);
        assert_eq!(reading(&["42:15", "55:10", "1:05:22", "38:59"]), Reading::MinutesSeconds);
        assert_eq!(Reading::MinutesSeconds.read("42:15"), Cell::Value(2535.0));
        assert_eq!(Reading::MinutesSeconds.read("1:05:22"), Cell::Value(3922.0));
    }

    #[test]
    fn dates_and_times() {
        assert_eq!(
            reading(&["01.03.2024", "02.03.2024", "13.03.2024"]),
            Reading::Moment(DateOrder::DayFirst)
        );
        assert_eq!(reading(&["01/13/2024", "02/03/2024"]), Reading::Moment(DateOrder::MonthFirst));
        assert_eq!(reading(&["2024-01-13", "20240113"]), Reading::Moment(DateOrder::YearFirst));
        assert_eq!(reading(&["20240113", "20240114"]), Reading::Moment(DateOrder::YearFirst));
        assert_eq!(reading(&["8:05", "23:59", "closed", "0:10", "9:00"]), Reading::TimeOfDay);
        assert_eq!(reading(&["1:02:33", "26:00:00"]), Reading::Duration);
        match of(&["01/02/2024", "02/03/2024"], Hints::default()) {
            Decision::Values { reading: Reading::Moment(DateOrder::DayFirst), remark: Some(_), .. } => {}
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn yes_no_codes_and_words() {
        assert_eq!(reading(&["yes", "NO", "yes", "true", "0", "1"]), Reading::Boolean);
        assert_eq!(reading(&["0", "1", "1"]), number(Decimal::Point));
        assert!(matches!(of(&["01234", "98765", "00501"], Hints::default()), Decision::Words(Some(_))));
        assert_eq!(of(&["red", "blue"], Hints::default()), Decision::Words(None));
    }
}
