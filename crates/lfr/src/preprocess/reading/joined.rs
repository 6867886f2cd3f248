//! Numbers joined in one cell: `120/80`, `10 x 20 x 5 cm`.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::written::{Decimal, Signs, Written, written};

/// Most numbers in one cell.
const MOST: usize = 4;
/// Longest cell, in bytes.
const LONGEST: usize = 48;
/// Denominators of fractions.
const DENOMINATORS: [f64; 9] = [2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 16.0, 32.0, 64.0];

/// One of the numbers that the cells of a column hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Piece {
    /// What stands between them: `/`, or `×` for `x`, `X`, `×` and `*`.
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
        pieces.get(self.place).filter(|_| fits)?.values[self.decimal as usize]
    }
}

/// What the `place`-th of several numbers is called, from 0.
pub(in crate::preprocess) fn ordinal(place: usize) -> &'static str {
    ["first", "second", "third", "fourth"].get(place).copied().unwrap_or("last")
}

/// The numbers of a cell and what stands between them; `None` for anything else, a single number included.
pub(super) fn joined(text: &str) -> Option<(char, Vec<Written<'_>>)> {
    if text.len() > LONGEST || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let times = |c: char| matches!(c, 'x' | 'X' | '×' | '*');
    let (separator, pieces): (char, Vec<&str>) = match text.contains('/') {
        true => ('/', text.split('/').collect()),
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
    /// Different denominators.
    denominators: BTreeSet<u64>,
}

impl<'a> Joined<'a> {
    /// Counts a cell if it holds several numbers; tells whether numbers are multiplied in it.
    pub fn add(&mut self, text: &'a str) -> bool {
        let Some((separator, pieces)) = joined(text) else { return false };
        *self.forms.entry((separator, pieces.len())).or_default() += 1;
        self.units.extend(pieces.iter().filter_map(|piece| piece.unit));
        for piece in &pieces {
            self.signs[0] += usize::from(piece.signs == Signs::Point);
            self.signs[1] += usize::from(piece.signs == Signs::Comma);
        }
        if let [first, second] = pieces.as_slice() {
            let [Some(first), Some(second)] = [first.values[0], second.values[0]] else {
                return separator != '/';
            };
            self.years += usize::from((1900.0..=2100.0).contains(&second) && second.fract() == 0.0);
            self.fractions += usize::from(first < second && DENOMINATORS.contains(&second));
            if self.denominators.len() < 2 {
                self.denominators.insert(second.to_bits());
            }
        }
        separator != '/'
    }

    /// The first number of most cells and how many cells hold as many numbers; `None` for none, for fractions, and for
    /// numbers of a year. `comma` tells that the file has decimal commas.
    pub fn first(&self, comma: bool) -> Option<(Piece, usize)> {
        let (&(separator, count), &cells) = self.forms.iter().max_by_key(|&(_, &cells)| cells)?;
        let fractions = self.fractions == cells && self.denominators.len() > 1;
        if separator == '/' && (fractions || 2 * self.years > cells) || self.units.len() > 1 {
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
        ] {
            assert_eq!(first(cells), None, "{cells:?}");
        }
    }

    #[test]
    fn a_piece_is_read_at_its_place() {
        let piece = |place| Piece { separator: '/', count: 2, place, decimal: Decimal::Point };
        assert_eq!([piece(0), piece(1)].map(|piece| piece.read("120/80.5 mmHg")), [Some(120.0), Some(80.5)]);
        assert_eq!([piece(0).read("120"), piece(0).read("120 x 80"), piece(2).read("120/80")], [None; 3]);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[0-9x/×* .,a-z€]{0,20}|\\PC{0,20}") {
            let mut all = Joined::default();
            all.add(&text);
            let _ = all.first(true);
        }
    }
}
