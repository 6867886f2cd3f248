//! Numbers joined in one cell: `120/80`, `10 x 20 x 5 cm`, `30–70`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::currency::is_currency_sign;
use super::digits::Signs;
use super::unit::factor;
use super::written::{Decimal, Written, written};

/// Most numbers in one cell.
const MOST: usize = 4;
/// Longest cell, in bytes.
const LONGEST: usize = 48;
/// Ranges that are so few different ones are levels, such as groups of ages.
const LEVELS: usize = 20;
/// Denominators of fractions.
const DENOMINATORS: [f64; 9] = [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 16.0, 32.0, 64.0];

/// One of the numbers that the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// What stands between them: `,` in lists, `/`, `×` for `x`, `X`, `×` and `*`, or `–` for what is between the ends of a range.
    pub separator: char,
    /// How many numbers a cell has.
    pub count: usize,
    /// Which of them it is, from 0.
    pub place: usize,
    /// What stands before their fraction.
    pub decimal: Decimal,
}

impl Piece {
    /// Its value in `text`, if that holds as many numbers.
    pub fn read(&self, text: &str) -> Option<f64> {
        let (separator, pieces) = joined(text.trim())?;
        let fits = separator == self.separator && pieces.len() == self.count;
        self.decimal.of(pieces.get(self.place).filter(|_| fits)?.values)
    }
}

/// What the `place`-th of several numbers is called, from 0.
pub(in crate::preprocess) fn ordinal(place: usize) -> &'static str {
    ["first", "second", "third", "fourth"].get(place).copied().unwrap_or("last")
}

/// The numbers of a cell and what stands between them; `None` for anything else, a single number included.
pub(super) fn joined(text: &str) -> Option<(char, Vec<Written<'_>>)> {
    if let Some(numbers) = listed(text) {
        return Some((',', numbers));
    }
    if text.len() > LONGEST || !text.starts_with(|c: char| c.is_ascii_digit() || is_currency_sign(c)) {
        return None;
    }
    if let Some(ends) = range(text) {
        return Some(('–', ends.into()));
    }
    let times = |c: char| matches!(c, 'x' | 'X' | '×' | '*');
    let (separator, pieces): (char, Vec<&str>) = match text.contains('/') {
        true => ('/', text.split('/').collect()),
        false if text.contains(" out of ") => ('/', text.split(" out of ").collect()),
        false if text.contains(times) => ('×', text.split(times).collect()),
        false => return None,
    };
    let most = if separator == '/' { 2 } else { MOST };
    let plain = |number: &Written<'_>| {
        !number.limit
            && number.currency.is_none()
            && number.values.into_iter().flatten().all(|value| value >= 0.0)
    };
    let padded = |number: &Written<'_>| matches!(number.signs, Signs::Plain { padded: true, .. });
    let pieces = pieces.into_iter().map(|piece| written(piece).filter(plain)).collect::<Option<Vec<_>>>()?;
    // `0x1f` and `001/24` are no measures, and those of `5 km/3 h` are of several units.
    let units: BTreeSet<&str> = pieces.iter().filter_map(|piece| piece.unit).collect();
    let hexadecimal = separator == '×' && pieces.first()?.values[0] == Some(0.0);
    let sound = (2..=most).contains(&pieces.len()) && units.len() < 2 && !hexadecimal;
    (sound && !pieces.iter().any(padded)).then_some((separator, pieces))
}

/// Numbers in brackets as programs write lists, `[0.5, -1]`, or with a decimal point each: two, as places have, `47.94, -11.0`, and
/// up to four between semicolons or blanks, `0.5 1.0 2.5`.
fn listed(text: &str) -> Option<Vec<Written<'_>>> {
    if text.len() > LONGEST || !text.contains([',', ';', ' ']) {
        return None;
    }
    let inner = text.strip_prefix('[').and_then(|text| text.strip_suffix(']'));
    let inner = inner.or_else(|| text.strip_prefix('(').and_then(|text| text.strip_suffix(')')));
    let number = |text| {
        let certain = |signs| match signs {
            Signs::Point => true,
            Signs::Plain { padded, .. } => inner.is_some() && !padded,
            _ => false,
        };
        let degrees = |unit: Option<&str>| unit.is_none_or(|unit| unit == "°");
        written(text)
            .filter(|number| certain(number.signs) && degrees(number.unit) && number.currency.is_none())
    };
    let commas = inner.is_none() && text.contains(", ");
    let most = if commas { 2 } else { MOST };
    let elements = elements(inner.unwrap_or(text));
    // The deviation behind a mean: `17.1 (0.6)`.
    if elements.iter().any(|element| element.starts_with('(')) {
        return None;
    }
    let parts = elements.into_iter().map(number).collect::<Option<Vec<_>>>()?;
    (2..=most).contains(&parts.len()).then_some(parts)
}

/// The elements of a list whose numbers have a decimal point, between semicolons, commas or blanks.
fn elements(text: &str) -> Vec<&str> {
    match text {
        _ if text.contains(';') => text.split(';').collect(),
        _ if text.contains(',') => text.split(',').collect(),
        _ if text.contains('°') => vec![text],
        _ => text.split_whitespace().collect(),
    }
}

/// The ends of a range, the lower first: `30–70`, `40k-55k`, `$5 to $9`.
fn range(text: &str) -> Option<[Written<'_>; 2]> {
    let words = [" to ", " bis ", " - ", "–", "—"].into_iter().find_map(|word| text.split_once(word));
    let hyphen = || text.split_once('-').filter(|(low, high)| !low.ends_with(' ') && !high.contains('-'));
    let (low, high) = words.or_else(hyphen)?;
    let number = |text| {
        let padded = |signs| matches!(signs, Signs::Plain { padded: true, .. });
        let positive = |number: &Written<'_>| number.values.into_iter().flatten().all(|value| value >= 0.0);
        written(text)
            .filter(|number| !number.limit && !number.aside && positive(number) && !padded(number.signs))
    };
    let (low, high) = (number(low)?, number(high)?);
    let power = |number: &Written<'_>| number.unit.and_then(|unit| factor(None, unit));
    let below = |low: [Option<f64>; 2], high: [Option<f64>; 2]| {
        low.iter().zip(high).any(|(low, high)| low.zip(high).is_some_and(|(low, high)| low <= high))
    };
    // In `40-55k` both are thousands.
    let shared = if low.unit.is_none() && below(low.values, high.values) { power(&high) } else { None };
    let scaled = |number: Written<'_>, factor: Option<f64>| match factor {
        Some(factor) => number.values.map(|value| Some(value? * factor)),
        None => number.values,
    };
    let values = [scaled(low, power(&low).or(shared)), scaled(high, power(&high))];
    below(values[0], values[1]).then_some([
        Written { values: values[0], unit: low.unit.filter(|unit| factor(None, unit).is_none()), ..low },
        Written { values: values[1], unit: high.unit.filter(|unit| factor(None, unit).is_none()), ..high },
    ])
}

/// Counts over the cells of a column that hold several numbers.
#[derive(Default)]
pub(in crate::preprocess) struct Joined<'a> {
    /// Cells by what stands between the numbers and how many there are.
    forms: BTreeMap<(char, usize), usize>,
    units: BTreeSet<&'a str>,
    /// Numbers with a certain decimal point, and with a certain comma.
    signs: [usize; 2],
    /// Cells of which the second number is a year.
    years: usize,
    /// Cells that are fractions below 1, such as `3/8`.
    fractions: usize,
    /// Ranges as written, at most [`LEVELS`] and one more.
    ranges: BTreeSet<&'a str>,
    /// Ranges with more than digits and a hyphen.
    dressed: usize,
    /// Lengths of both numbers of the others.
    lengths: BTreeSet<(usize, usize)>,
    /// Different denominators.
    denominators: BTreeSet<u64>,
}

impl<'a> Joined<'a> {
    /// Counts a cell if it holds several numbers; tells whether numbers are multiplied in it.
    pub fn add(&mut self, text: &'a str) -> bool {
        let Some((separator, pieces)) = joined(text) else { return false };
        *self.forms.entry((separator, pieces.len())).or_default() += 1;
        if separator == '–' {
            self.range(text);
        }
        self.units.extend(pieces.iter().filter_map(|piece| piece.unit));
        for piece in &pieces {
            self.signs[0] += usize::from(piece.signs == Signs::Point);
            self.signs[1] += usize::from(piece.signs == Signs::Comma);
        }
        if let [first, second] = pieces.as_slice() {
            let [Some(first), Some(second)] = [first.values[0], second.values[0]] else {
                return separator == '×';
            };
            self.years += usize::from((1900.0..=2100.0).contains(&second) && second.fract() == 0.0);
            self.fractions += usize::from(first < second && DENOMINATORS.contains(&second));
            if self.denominators.len() < 2 {
                self.denominators.insert(second.to_bits());
            }
        }
        separator == '×'
    }

    fn range(&mut self, text: &'a str) {
        if self.ranges.len() <= LEVELS {
            self.ranges.insert(text);
        }
        match text.split_once('-') {
            Some((low, high)) if text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
                self.lengths.insert((low.len(), high.len()));
            }
            _ => self.dressed += 1,
        }
    }

    /// Whether so many ranges are more than a few levels, and no codes such as `555-1234`.
    fn are_ranges(&self, cells: usize) -> bool {
        let many = self.ranges.len() > LEVELS || 2 * self.ranges.len() > cells;
        let code = self.lengths.len() == 1 && self.lengths.iter().all(|(low, high)| low != high);
        many && (2 * self.dressed >= cells || !code)
    }

    /// The first number of most cells and how many cells hold as many numbers; `None` for none, for fractions, and for
    /// numbers of a year. `comma` tells that the file has decimal commas.
    pub fn first(&self, comma: bool) -> Option<(Piece, usize)> {
        let (&(separator, count), &cells) = self.forms.iter().max_by_key(|&(_, &cells)| cells)?;
        let fractions = self.fractions == cells && self.denominators.len() > 1;
        if separator == '/' && (fractions || 2 * self.years > cells) || self.units.len() > 1 {
            return None;
        }
        if separator == '–' && !self.are_ranges(cells) {
            return None;
        }
        let [point, own] = self.signs;
        let decimal = if own > point || (own == point && comma) { Decimal::Comma } else { Decimal::Point };
        Some((Piece { separator, count, place: 0, decimal }, cells))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn first(cells: &[&str]) -> Option<(char, usize, Decimal)> {
        let mut all = Joined::default();
        for cell in cells {
            all.add(cell);
        }
        all.first(false).map(|(piece, _)| (piece.separator, piece.count, piece.decimal))
    }

    #[test]
    fn several_numbers_are_told_from_dates_fractions_and_codes() {
        assert_eq!(first(&["120/80", "118 / 76"]), Some(('/', 2, Decimal::Point)));
        assert_eq!(first(&["3x4", "5X6"]), Some(('×', 2, Decimal::Point)));
        assert_eq!(first(&["10 × 20 × 5 cm", "11 x 21 x 5 cm"]), Some(('×', 3, Decimal::Point)));
        assert_eq!(first(&["10,5 x 20,25", "11 x 21"]), Some(('×', 2, Decimal::Comma)));
        for cells in [
            &["1/2", "3/4", "7/8"][..],
            &["17/2024", "18/2024"],
            &["001/24", "002/24"],
            &["0x12", "0x44"],
            &["120", "80"],
            &["a/b", "1/b"],
            &["1/2/3", "4/5/6"],
            &["3 kg/4 m"],
            &["10 x 20 cm", "10 x 20 mm"],
            &["$3/$4"],
            &["555-1234", "556-1299"],
            &["01-02", "03-04"],
            &["3-1", "2-0"],
            &["18-24", "25-34", "18-24", "18-24", "25-34"],
            &["3 kg-4 m", "5 kg-6 m"],
            &["1-2-3", "2-3-4"],
        ] {
            assert_eq!(first(cells), None, "{cells:?}");
        }
    }

    #[test]
    fn lists_and_places_are_several_numbers() {
        for (cells, count) in [
            (&["[0.01, 0.78]", "[1, -0.5]"][..], 2),
            (&["(1, 2, 3)", "(4, 5, 6)"], 3),
            (&["47.94, -11.0", "-48.1, 11.2"], 2),
        ] {
            assert_eq!(first(cells), Some((',', count, Decimal::Point)), "{cells:?}");
        }
        for cells in
            [&["1, 2", "3, 4"][..], &["[1]", "[2]"], &["[a, 1]", "[b, 2]"], &["1,5, 2,5", "1,7, 3,5"]]
        {
            assert_eq!(first(cells), None, "{cells:?}");
        }
    }

    #[test]
    fn ranges_have_two_ends() {
        for cells in
            [&["30–70", "40–55"][..], &["40k-55k", "60k-75k"], &["$5 to $9", "$4 to $12"], &["3-12", "5-8"]]
        {
            assert_eq!(first(cells), Some(('–', 2, Decimal::Point)), "{cells:?}");
        }
        let ends = |text| {
            [0, 1].map(|place| Piece { separator: '–', count: 2, place, decimal: Decimal::Point }.read(text))
        };
        assert_eq!(ends("40k-55k"), [Some(40e3), Some(55e3)]);
        assert_eq!(ends("40-55k"), [Some(40e3), Some(55e3)]);
        assert_eq!(ends("900-1.2k"), [Some(900.0), Some(1200.0)]);
        assert_eq!((ends("3 – 7 kg"), ends("7-3")), ([Some(3.0), Some(7.0)], [None; 2]));
    }

    #[test]
    fn a_piece_is_read_at_its_place() {
        let piece = |place| Piece { separator: '/', count: 2, place, decimal: Decimal::Point };
        assert_eq!([piece(0), piece(1)].map(|piece| piece.read("120/80.5 mmHg")), [Some(120.0), Some(80.5)]);
        assert_eq!([piece(0).read("120"), piece(0).read("120 x 80"), piece(2).read("120/80")], [None; 3]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9x/×* .,a-z€–-]{0,20}|\\PC{0,20}") {
            let mut all = Joined::default();
            all.add(&text);
            let _ = all.first(true);
        }
    }
}
