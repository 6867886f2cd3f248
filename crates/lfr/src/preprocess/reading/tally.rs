//! What the cells of a column of text look like, counted in one pass.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::calendar::Stamp;
use super::currency::is_currency_sign;
use super::day_of_year::DaysOfYear;
use super::digits::plain_signs;
use super::duration::{has_hours_or_seconds, has_uneven, is_unit_of_time};
use super::joined::Joined;
use super::names::is_doubtful;
use super::period::PeriodCounts;
use super::solar::Solar;
use super::unit::{is_letter_of_temperature, is_quantity};
use super::written::{Written, is_space, written};
use super::{Signs, clock, is_missing, lap, lasting, stamp};

/// Different strings, numbers or units that are told apart; more are "many".
const MOST: usize = 4096;

/// Counts over the cells of a column.
#[derive(Default)]
pub(in crate::preprocess) struct Tally<'a> {
    /// All cells.
    pub cells: usize,
    /// Those that are not missing.
    pub given: usize,
    /// Their bytes.
    pub bytes: usize,
    /// Numbers, by what their digits tell about the decimal sign.
    pub numbers: Numbers,
    /// Different numbers, at most [`MOST`].
    pub different: HashSet<u64>,
    /// Units behind numbers.
    pub units: BTreeMap<&'a str, usize>,
    /// Numbers with a letter that could be a temperature, and those of them with the letter right behind: `12F`.
    pub letters: [usize; 2],
    /// Whether the column has a name, which speaks of no temperature.
    pub is_no_temperature: bool,
    /// Currencies with numbers.
    pub currencies: BTreeMap<&'a str, usize>,
    /// Currencies with numbers that have no unit.
    pub amounts: BTreeMap<&'a str, usize>,
    /// Numbers with both a unit and a currency.
    pub priced: usize,
    /// Days without a year, which are counted as something else, too.
    pub days: DaysOfYear,
    /// Dates, by the order that gives one.
    pub dates: Dates,
    /// Dates of the Iranian calendar, which are counted as something else, too.
    pub solar: Solar,
    /// Cells with a start and an end, which are counted as something else, too.
    pub periods: PeriodCounts,
    /// Times of day and durations.
    pub clocks: usize,
    /// Those of a day or more, or written as durations.
    pub durations: usize,
    /// Those of several numbers with units or with words: `2h 5m`, `2 weeks ago`.
    pub spelled: usize,
    /// Numbers with something beside them that is passed over.
    pub asides: usize,
    /// Numbers with one unit of time, which may be durations: `45m`.
    pub spans: usize,
    /// Durations and such numbers with months or years.
    pub uneven: usize,
    /// Times and durations with hours or seconds.
    pub timed: usize,
    /// Those of hours, minutes and seconds.
    pub long_clocks: usize,
    /// Those of them that have a day's hours or more.
    pub long_hours: usize,
    /// Cells that hold several numbers, whatever else they are.
    pub joined: Joined<'a>,
    /// Everything else: the trimmed text and how often it occurs.
    pub others: HashMap<&'a str, usize>,
    /// How many cells `others` has no room for.
    pub crowded: usize,
    /// Of everything else, remarks in words: see [`is_remark`].
    pub remarks: usize,
}

/// Counts of numbers.
#[derive(Default)]
pub(in crate::preprocess) struct Numbers {
    /// All of them.
    pub all: usize,
    /// Digits alone, below 1000.
    pub short: usize,
    /// Digits alone, 1000 and above.
    pub long: usize,
    /// Digits alone that begin with a 0.
    pub padded: usize,
    /// Shortest and longest run of digits alone.
    pub lengths: Option<(usize, usize)>,
    /// With a certain decimal point.
    pub point: usize,
    /// With a certain decimal comma.
    pub comma: usize,
    /// Those that set thousands apart with a point or a comma, for certain.
    pub grouped: usize,
    /// One point before three digits.
    pub either_point: usize,
    /// One comma before three digits.
    pub either_comma: usize,
    /// Sum of the logarithms (see [`size`]) of those that are digits alone, and how many are not 0.
    pub plain: (f64, usize),
    /// Sum of the logarithms of those with one sign before three digits, read as the decimal sign.
    pub either: f64,
    /// Of eight digits that are a date, or fourteen that are one with a time.
    pub compact: usize,
}

impl Numbers {
    /// Whether the sign of the numbers in doubt sets thousands apart, as it does among whole numbers unless it would be
    /// the decimal sign of numbers of the same size; `None` without plain ones.
    pub fn thousands_fit(&self) -> Option<bool> {
        let doubtful = self.either_point + self.either_comma;
        let mean = |sum: f64, count: usize| sum / count as f64;
        let (sum, count) = self.plain;
        (count > 0 && doubtful > 0).then(|| mean(sum, count) - mean(self.either, doubtful) > 1.5)
    }
}

/// Whether a hyphen and a second time, or a zone, stand behind a time: `2024-03-01 09:00-10:30`.
fn ends_in_time(text: &str) -> bool {
    text.rfind('-').zip(text.find(':')).is_some_and(|(hyphen, colon)| colon < hyphen)
}

/// Whether text among numbers says something about one, such as `see invoice 17`: it begins with a word of three letters and
/// more, not all of them capitals, or has no digit at all.
fn is_remark(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphabetic());
    let word = |word: &str| word.chars().count() >= 3 && word.chars().any(char::is_lowercase);
    !text.bytes().any(|byte| byte.is_ascii_digit()) || words.next().is_some_and(word)
}

/// The natural logarithm of a number without its sign, to a tenth: the exponent, and the fraction as it is.
fn size(value: f64) -> f64 {
    let bits = value.abs().to_bits();
    let fraction = (bits & ((1 << 52) - 1)) as f64 / (1_u64 << 52) as f64;
    std::f64::consts::LN_2 * ((bits >> 52) as f64 - 1023.0 + fraction)
}

/// Counts of dates.
#[derive(Default)]
pub(in crate::preprocess) struct Dates {
    /// All of them.
    pub all: usize,
    /// Those with a month that is a word of English, too.
    pub doubtful: usize,
    /// Those that are dates with the year, the day or the month first.
    pub orders: [usize; 3],
    /// The years that dates of two-digit years fall into, by order.
    pub years: [BTreeSet<i32>; 3],
}

impl Dates {
    /// Counts a date, or one and another that must be read in the same order.
    pub fn add(&mut self, stamp: &Stamp, other: Option<&Stamp>) {
        self.all += 1;
        let others = other.map_or([true; 3], Stamp::orders);
        for ((count, holds), also) in self.orders.iter_mut().zip(stamp.orders()).zip(others) {
            *count += usize::from(holds && also);
        }
        for years in [Some(stamp), other].into_iter().flatten().filter_map(Stamp::years) {
            self.years.iter_mut().zip(years).for_each(|(seen, year)| seen.extend(year));
        }
    }

    /// Whether the year comes first where dates are read in any order: years vary less than days of the month do. Only an
    /// order that reads as many dates as any may compete.
    pub fn is_year_first(&self) -> bool {
        let most = self.orders.into_iter().max().unwrap_or_default();
        let years = |place: usize| self.years[place].len();
        [1, 2]
            .into_iter()
            .all(|other| self.orders[other] < most || years(other) == 0 || years(0) < years(other))
    }
}

impl<'a> Tally<'a> {
    /// Counts the cells of a column; `None` is a null.
    pub fn of(cells: impl Iterator<Item = Option<&'a str>>) -> Self {
        let mut tally = Self::default();
        for cell in cells {
            tally.cells += 1;
            if let Some(text) = cell.filter(|text| !is_missing(text)) {
                tally.given += 1;
                tally.bytes += text.len();
                tally.add(text.trim());
            }
        }
        tally
    }

    /// Units with how many numbers have them. Where units are known and none of them is a price, the currency of an amount is
    /// its unit: `85 ct` and `85 kg` beside `1.20 €`.
    pub fn measures(&self) -> BTreeMap<&'a str, usize> {
        let mut all = self.units.clone();
        if self.priced == 0 && all.keys().any(|unit| is_quantity(unit)) {
            self.amounts.iter().for_each(|(currency, count)| *all.entry(currency).or_default() += count);
        }
        all
    }

    /// Whether letters (`12C`, `12F`) are seats and the like, not temperatures to convert.
    pub fn are_seats(&self) -> bool {
        self.is_no_temperature && 2 * self.letters[1] > self.letters[0]
    }

    /// Whether there are numbers without a unit.
    pub fn is_bare(&self) -> bool {
        self.measures().values().sum::<usize>() < self.numbers.all
    }

    /// Cells that are none of numbers, dates and times.
    pub fn rest(&self) -> usize {
        self.given - self.numbers.all - self.dates.all - self.clocks
    }

    fn add(&mut self, text: &'a str) {
        if let Some((signs, value)) = plain_signs(text) {
            self.distinguish(value);
            self.number(text, signs, value);
            return;
        }
        self.days.add(text);
        if self.joined.add(text) {
            self.other(text);
        } else if let Some(count) = self.others.get_mut(text) {
            *count += 1;
            self.beside(text);
        } else if !text.bytes().any(|byte| byte.is_ascii_digit()) {
            match (text.ends_with(" ago") || text.starts_with("Up ")) && lasting(text).is_some() {
                true => self.lasting(text),
                false => self.other(text),
            }
        } else if let Some(number) = written(text) {
            self.written(text, &number);
        } else if let Some(stamp) = stamp(text) {
            self.dates.add(&stamp, None);
            self.dates.doubtful += usize::from(is_doubtful(text));
            if ends_in_time(text) {
                self.periods.add(text, true);
            }
            self.solar.add(text);
        } else if let Some(seconds) = clock(text) {
            let long = text.matches(':').count() > 1;
            self.clocks += 1;
            self.timed += 1;
            self.durations += usize::from(seconds >= super::DAY);
            self.long_clocks += usize::from(long);
            self.long_hours += usize::from(long && seconds >= super::DAY);
        } else if lap(text).is_some() {
            self.clocks += 1;
            self.timed += 1;
            self.durations += 1;
            self.long_clocks += 1;
        } else if lasting(text).is_some() {
            self.lasting(text);
        } else {
            self.other(text);
        }
    }

    fn lasting(&mut self, text: &str) {
        self.clocks += 1;
        self.spelled += usize::from(!text.contains(':'));
        self.uneven += usize::from(has_uneven(text));
        self.timed += usize::from(has_hours_or_seconds(text));
        self.durations += 1;
        self.long_clocks += 1;
        self.long_hours += 1;
    }

    /// Counts what else a cell may be that is no single number, date or time.
    fn beside(&mut self, text: &str) {
        self.remarks += usize::from(is_remark(text));
        self.periods.add(text, false);
        self.solar.add(text);
    }

    fn other(&mut self, text: &'a str) {
        self.beside(text);
        if self.others.len() < MOST {
            *self.others.entry(text).or_default() += 1;
        } else {
            self.crowded += 1;
        }
    }

    fn distinguish(&mut self, value: f64) {
        if self.different.len() < MOST {
            self.different.insert(value.to_bits());
        }
    }

    fn written(&mut self, text: &'a str, number: &Written<'a>) {
        self.distinguish(number.values.into_iter().flatten().next().unwrap_or(f64::NAN));
        if let Some(unit) =
            number.unit.filter(|unit| self.units.len() < MOST || self.units.contains_key(unit))
        {
            *self.units.entry(unit).or_default() += 1;
        }
        if let Some(letter) = number.unit.filter(|unit| is_letter_of_temperature(unit)) {
            let behind = text.strip_suffix(letter).is_some_and(|front| !front.ends_with(is_space));
            self.letters = [self.letters[0] + 1, self.letters[1] + usize::from(behind)];
        }
        self.asides += usize::from(number.aside);
        if number.unit.is_some_and(is_unit_of_time) && lasting(text).is_some() {
            self.spans += 1;
            self.spelled += usize::from(text.ends_with(" ago"));
            self.uneven += usize::from(has_uneven(text));
            self.timed += usize::from(has_hours_or_seconds(text));
        }
        if let Some(currency) = number.currency {
            *self.currencies.entry(currency).or_default() += 1;
            if number.unit.is_none() {
                *self.amounts.entry(currency).or_default() += 1;
            }
        }
        let priced =
            |unit: &str| number.currency.is_some() || unit.contains(is_currency_sign) && unit.len() > 3;
        self.priced += usize::from(number.unit.is_some_and(priced));
        let decimal = if number.signs == Signs::EitherComma { number.values[1] } else { number.values[0] };
        self.number(text, number.signs, decimal.unwrap_or(f64::NAN));
    }

    /// Counts a number whose value is `value` where a separator in doubt is the decimal sign.
    fn number(&mut self, text: &str, signs: Signs, value: f64) {
        let numbers = &mut self.numbers;
        numbers.all += 1;
        let text = text.trim_end_matches(['.', ',', '-']);
        numbers.grouped += usize::from(text.bytes().filter(|byte| matches!(byte, b'.' | b',')).count() > 1);
        let digits = text.len();
        match signs {
            Signs::Plain { .. } if value.abs() >= f64::MIN_POSITIVE => {
                numbers.plain = (numbers.plain.0 + size(value), numbers.plain.1 + 1);
            }
            Signs::EitherPoint | Signs::EitherComma => numbers.either += size(value),
            _ => {}
        }
        match signs {
            Signs::Plain { long, padded } => {
                numbers.short += usize::from(!long);
                numbers.long += usize::from(long);
                numbers.padded += usize::from(padded);
                let (least, most) = numbers.lengths.unwrap_or((digits, digits));
                numbers.lengths = Some((least.min(digits), most.max(digits)));
                let date = matches!(digits, 8 | 14) && stamp(text).is_some_and(|stamp| stamp.compact);
                numbers.compact += usize::from(date);
            }
            Signs::Point => numbers.point += 1,
            Signs::Comma => numbers.comma += 1,
            Signs::EitherPoint => numbers.either_point += 1,
            Signs::EitherComma => numbers.either_comma += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_is_counted_once() {
        let cells = [
            "1",
            "2.155",
            "1,5",
            "$ 3",
            "4 kg",
            "2023-01-05",
            "05/06/2023",
            "8:30",
            "36:00",
            "red",
            "red",
            "-",
        ];
        let tally = Tally::of(cells.into_iter().map(Some).chain([None]));
        assert_eq!((tally.cells, tally.given, tally.rest()), (13, 11, 2));
        let numbers = &tally.numbers;
        assert_eq!((numbers.all, numbers.short, numbers.comma, numbers.either_point), (5, 3, 1, 1));
        assert_eq!((tally.units.get("kg"), tally.currencies.get("$")), (Some(&1), Some(&1)));
        assert_eq!((tally.dates.all, tally.dates.orders), (2, [1, 2, 2]));
        assert_eq!((tally.clocks, tally.durations, tally.others.get("red")), (2, 1, Some(&2)));
        assert_eq!(Tally::of(["20230105", "20231305"].map(Some).into_iter()).numbers.compact, 1);
    }
}
