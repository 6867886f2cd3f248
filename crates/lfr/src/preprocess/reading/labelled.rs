//! Numbers behind one label: `#17`, `Level 17`, `No. 25`.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::decide::numbers;
use super::hints::Hints;
use super::tally::Tally;
use super::{Cell, Decision, NumberFormat, Reading};

/// Numbers behind a label that are so few different ones are the names of levels, such as `Group 1` to `Group 4`.
pub(super) const LEVELS: usize = 20;
/// Longest label, in bytes.
const LONGEST: usize = 32;

/// What stands before every number of a column, and how the numbers are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Labelled {
    /// The label without blanks around it: `#`, `Level`, `No.`.
    pub label: String,
    /// The form of the numbers.
    pub format: NumberFormat,
}

impl Labelled {
    /// What `text` says, which is no mark of a missing value.
    pub fn read(&self, text: &str) -> Cell {
        text.trim().strip_prefix(&self.label).map_or(Cell::Unread, |rest| self.format.read(rest))
    }

    /// The format in words, for people.
    pub fn describe(&self) -> String {
        let behind = format!("behind `{}`", self.label);
        [behind, self.format.describe()]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(", ")
    }
}

/// The label before the first number of `text`: a sign, or words with a blank or a sign behind them. Letters right before a
/// digit (`A17`) and hyphens between them (`INV-17`) make codes.
fn label(text: &str) -> Option<&str> {
    let (before, number) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    let negative = number.len() < text.len() && before.ends_with(" -");
    let before = before.strip_suffix('-').filter(|_| negative).unwrap_or(before);
    let parted = before.ends_with([' ', '#', ':', '=', '.']) && before.len() <= LONGEST;
    let said = before.contains(|c: char| c.is_alphabetic() || c == '#');
    (parted && said).then(|| before.trim_end())
}

/// Reads a column as numbers behind a label, if nearly all of its cells are that, all with the same label and with more than
/// `levels` different numbers.
pub(in crate::preprocess) fn labelled(
    tally: &Tally<'_>,
    hints: Hints,
    share: f64,
    levels: usize,
) -> Option<Decision> {
    let label = common(tally)?;
    let mut cells: Vec<(&str, usize)> = tally.others.iter().map(|(&text, &count)| (text, count)).collect();
    cells.sort_unstable();
    let behind = cells
        .into_iter()
        .flat_map(|(text, count)| std::iter::repeat_n(Some(text.strip_prefix(label).unwrap_or(text)), count));
    let behind = Tally { is_no_temperature: tally.is_no_temperature, ..Tally::of(behind) };
    // Zeros in front make codes.
    if behind.different.len() <= levels || behind.numbers.padded > 0 {
        return None;
    }
    match numbers(&behind, hints, share)? {
        Decision::Values { reading: Reading::Written(format), marks, remark } => {
            let reading = Reading::Labelled(Labelled { label: label.to_owned(), format });
            Some(Decision::Values { reading, marks, remark })
        }
        _ => None,
    }
}

/// The label that half of the cells and more have.
fn common<'a>(tally: &Tally<'a>) -> Option<&'a str> {
    let mut labels: HashMap<&str, usize> = HashMap::new();
    for (&text, count) in &tally.others {
        if let Some(label) = label(text) {
            *labels.entry(label).or_default() += count;
        }
    }
    let (label, count) = labels.into_iter().max_by_key(|&(label, count)| (count, label))?;
    (2 * count >= tally.given).then_some(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reading::decide;
    use proptest::prelude::*;

    fn read(cells: impl Iterator<Item = String>) -> Option<String> {
        let cells: Vec<String> = cells.collect();
        let tally = Tally::of(cells.iter().map(|cell| Some(cell.as_str())));
        match decide(&tally, Hints::default(), 0.9) {
            Decision::Values { reading, .. } => Some(reading.describe()),
            Decision::Words(_) => None,
        }
    }

    #[test]
    fn numbers_behind_one_label_are_numbers() {
        for (label, said) in [
            ("#", "behind `#`"),
            ("Level ", "behind `Level`"),
            ("No. ", "behind `No.`"),
            ("n=", "behind `n=`"),
        ] {
            assert_eq!(read((0..90).map(|i| format!("{label}{}", i % 30))).as_deref(), Some(said));
        }
        let euros = (0..90).map(|i| format!("Gate {},{} kg", i % 30, i % 7 + 1));
        assert_eq!(read(euros).as_deref(), Some("behind `Gate`, decimal comma, in kg"));
        let none = (0..90).map(|i| if i % 3 == 0 { "none yet".into() } else { format!("Level -{i}") });
        assert_eq!(read(none).as_deref(), Some("behind `Level`"));
        let labelled = Labelled { label: "Level".into(), format: NumberFormat::default() };
        let cells = ["Level -3", " Level 1.5 ", "Level", "Rank 3"].map(|cell| labelled.read(cell));
        assert_eq!(cells, [Cell::Value(-3.0), Cell::Value(1.5), Cell::Unread, Cell::Unread]);
    }

    #[test]
    fn codes_few_levels_and_several_labels_are_words() {
        let cells = |form: &dyn Fn(usize) -> String| read((0..90).map(form));
        assert_eq!(cells(&|i| format!("A{}", i % 30)), None);
        assert_eq!(cells(&|i| format!("INV-{}", i % 30)), None);
        assert_eq!(cells(&|i| format!("Group {}", i % 20)), None);
        assert_eq!(cells(&|i| format!("No. {:04}", i % 30)), None);
        assert_eq!(cells(&|i| format!("{} {} km/h", ["N", "SW", "E"][i % 3], i % 30)), None);
        assert_eq!(cells(&|i| format!("Part {}: of {i}", i % 30)), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[#A-Za-z0-9 .,=:-]{0,20}|\\PC{0,20}") {
            let tally = Tally::of([Some(text.as_str()); 3].into_iter());
            let _ = labelled(&tally, Hints::default(), 0.9, 0);
        }
    }
}
