//! Encoding of a column with several words in each cell: `red;blue`.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::category::Level;
use super::number::squash;
use super::reading::is_missing;
use super::seen::Oddity;
use crate::arrow::array::{Array, StringArray};

/// The words of a column that holds several in each cell, each of the frequent ones a feature, and one more for all others.
///
/// The feature of word `j`, which `p_j` of the rows have, is `(here - p_j) / sqrt(p_j (K - 1))` with `here` 1 or 0 and `K` the
/// words seen, as that of the levels of a [`Category`](super::Category). In the feature of the others a row lies as far out as
/// the rarest of those that it has; one that training never saw counts as half a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tags {
    /// What stands between words.
    pub separator: char,
    /// Training rows.
    pub rows: usize,
    /// Words with the rows that have them, the most frequent first. A missing value is the word `""`.
    pub tags: Vec<Level>,
    /// How many of them have a feature of their own, the first ones.
    pub kept: usize,
}

/// Words that a model keeps, at most.
const NAMED: usize = 1 << 15;

impl Tags {
    /// Gives the `most` frequent words a feature (of equal ones the alphabetically first).
    pub fn fit(columns: &[StringArray], separator: char, most: usize) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for cell in columns.iter().flatten() {
            for tag in parts(cell, separator) {
                *counts.entry(tag).or_default() += 1;
            }
        }
        let mut ranked: Vec<_> = counts.into_iter().collect();
        ranked.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
        ranked.truncate(NAMED);
        let tags: Vec<Level> =
            ranked.into_iter().map(|(name, count)| Level { name: name.to_owned(), count }).collect();
        let rows = columns.iter().flatten().count();
        Self { separator, rows, kept: most.min(tags.len()), tags }
    }

    /// Features this column becomes.
    pub fn width(&self) -> usize {
        self.kept + 1
    }

    /// The words with a feature of their own, in order.
    pub fn kept(&self) -> impl Iterator<Item = &str> {
        self.tags[..self.kept].iter().map(|tag| tag.name.as_str())
    }

    /// Writes the features of `values` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, values: &StringArray, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let places: HashMap<&str, usize> = self.tags.iter().map(|tag| tag.name.as_str()).zip(0..).collect();
        let codes: Vec<[f32; 2]> = self.tags.iter().map(|tag| self.code(tag.count as f64)).collect();
        let unknown = self.code(0.5);
        let mut oddity = Oddity { rows: Array::len(values), ..Oddity::default() };
        for (row, cell) in out.chunks_exact_mut(width).zip(values) {
            let features = &mut row[at..at + self.width()];
            for (feature, code) in features.iter_mut().zip(&codes[..self.kept]) {
                *feature = code[0];
            }
            features[self.kept] = 0.0;
            let mut strange = false;
            for tag in parts(cell, self.separator) {
                let place = places.get(tag).copied();
                let [_, here] = place.map_or(unknown, |place| codes[place]);
                match place {
                    Some(place) if place < self.kept => features[place] = here,
                    _ => features[self.kept] = here.max(features[self.kept]),
                }
                strange |= place.is_none();
            }
            oddity.unknown += usize::from(strange && self.tags.len() < NAMED);
        }
        oddity
    }

    /// The feature of a word that `count` rows have, where it is not and where it is.
    fn code(&self, count: f64) -> [f32; 2] {
        let share = (count / self.rows.max(1) as f64).min(1.0);
        let unit = (share * self.tags.len().saturating_sub(1).max(1) as f64).sqrt();
        [squash(-share / unit) as f32, squash((1.0 - share) / unit) as f32]
    }

    /// Whether it can be computed with.
    pub fn is_sound(&self) -> bool {
        let counted = self.tags.iter().all(|tag| (1..=self.rows).contains(&tag.count));
        !self.tags.is_empty() && self.kept <= self.tags.len() && counted
    }
}

/// The different words of a cell.
fn parts(cell: Option<&str>, separator: char) -> BTreeSet<&str> {
    let text = cell.filter(|text| !is_missing(text)).unwrap_or("");
    let parts: BTreeSet<&str> =
        text.split(separator).map(str::trim).filter(|part| !part.is_empty()).collect();
    if parts.is_empty() { BTreeSet::from([""]) } else { parts }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(tags: &Tags, cells: &[Option<&str>]) -> Vec<Vec<f32>> {
        let mut out = vec![0.0; cells.len() * tags.width()];
        tags.encode(&StringArray::from(cells.to_vec()), &mut out, tags.width(), 0);
        out.chunks(tags.width()).map(<[f32]>::to_vec).collect()
    }

    #[test]
    fn a_rare_word_lies_far_out_alone_and_among_others() {
        let mut cells: Vec<Option<&str>> =
            (0..99).map(|i| Some(["red;blue", "blue; green", "red", "green ;red;blue"][i % 4])).collect();
        cells.push(Some("red;plutonium"));
        for most in [2, 64] {
            let tags = Tags::fit(&[StringArray::from(cells.clone())], ';', most);
            let new = [Some("red;polonium"), None, Some(";")];
            let rows = encode(&tags, &[cells.as_slice(), &new].concat());
            let length = |i: usize| rows[i].iter().map(|value| value * value).sum::<f32>().sqrt();
            let usual = (0..99).map(length).fold(0.0, f32::max);
            assert!(usual < 1.2 && length(99) > 3.0 * usual, "{most}: {usual} {}", length(99));
            assert!(length(100) > length(99) && length(101) > length(99), "new and missing are rarer");
            assert_eq!(rows[101], rows[102]);
        }
    }

    #[test]
    fn words_count_once_a_row_in_any_order() {
        let cells = ["b;a", "a;b;b", "a"].map(Some).to_vec();
        let tags = Tags::fit(&[StringArray::from(cells.clone())], ';', 64);
        let counts: Vec<_> = tags.tags.iter().map(|tag| (tag.name.as_str(), tag.count)).collect();
        assert_eq!((counts, tags.rows), (vec![("a", 3), ("b", 2)], 3));
        let rows = encode(&tags, &cells);
        assert!(rows[0] == rows[1] && rows[0] != rows[2]);
        assert!(tags.is_sound() && !Tags { kept: 3, ..tags.clone() }.is_sound());
        let json = serde_json::to_string(&tags).unwrap();
        assert_eq!(serde_json::from_str::<Tags>(&json).unwrap(), tags);
    }
}
