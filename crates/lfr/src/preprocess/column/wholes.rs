//! What is hidden in the words of a column: numbers, or several words in a cell.

use std::collections::HashSet;

use crate::preprocess::cells::Cells;
use crate::preprocess::number::{KNEE, Number};
use crate::preprocess::reading::{Reading, both_values};

/// Texts around a number that are told apart; cells with more of them are no measures.
const FRAMES: usize = 16;
/// Different words in cells that hold several, at most.
const WORDS: usize = 4096;

/// The first number of `text`, and what stands before and behind it; none with zeros in front, which make codes.
fn framed(text: &str) -> Option<(f64, (&str, &str))> {
    let (before, number) = text.split_at(text.find(|c: char| c.is_ascii_digit())?);
    let body = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',');
    let (number, behind) = number.split_at(number.find(|c| !body(c)).unwrap_or(number.len()));
    let coded = number.starts_with('0') && number.as_bytes().get(1).is_some_and(u8::is_ascii_digit);
    let [point, comma] = both_values(number);
    Some((point.or(comma).filter(|_| !coded)?, (before, behind)))
}

/// The cell with a number far from those of all others, if nearly all cells have one and differ in little else: `N 980 km/h`
/// among `SW 9 km/h`.
pub(super) fn far_number<'a>(given: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let (mut frames, mut texts, mut numbers, mut cells) = (HashSet::new(), HashSet::new(), Vec::new(), 0);
    for text in given {
        cells += 1;
        if let Some((number, frame)) = framed(text) {
            frames.insert(frame);
            texts.insert(text);
            numbers.push((number, text));
        }
        if frames.len() > FRAMES {
            return None;
        }
    }
    if 5 * numbers.len() < 4 * cells || texts.len() <= 2 * frames.len() {
        return None;
    }
    let values: Vec<f64> = numbers.iter().map(|&(number, _)| number).collect();
    let (scale, _) = Number::fit(&[Cells::Numbers(values.into())], &Reading::Number, &[])?;
    let distance = |number: f64| (number - scale.center).abs() / scale.spread;
    let (number, text) =
        numbers.into_iter().max_by(|(a, _), (b, _)| distance(*a).total_cmp(&distance(*b)))?;
    (distance(number) > KNEE).then_some(text)
}

/// What separates the words of cells that hold several, now more, now fewer: most cells do, and they have fewer different words than
/// there are different cells: `red;blue`, `blue`, `red;green;blue`. Cells of names (`Doe, Ann`) have more words.
pub(super) fn separator<'a, I: Iterator<Item = &'a str>>(given: impl Fn() -> I, names: bool) -> Option<char> {
    let signs: &[char] = if names { &[';', '|'] } else { &[';', '|', ','] };
    signs.iter().copied().find(|&sign| {
        // Commas beside digits are parts of numbers.
        let has = |text: &&str| {
            text.contains(sign) && (sign != ',' || !text.bytes().any(|byte| byte.is_ascii_digit()))
        };
        if 2 * given().filter(has).count() < given().count() {
            return false;
        }
        let (mut words, mut cells, mut counts) = (HashSet::new(), HashSet::new(), HashSet::new());
        for text in given() {
            cells.insert(text);
            let parts = text.split(sign).map(str::trim);
            if counts.len() < 2 {
                counts.insert(parts.clone().count());
            }
            words.extend(parts);
            if words.len() > WORDS {
                return false;
            }
        }
        counts.len() > 1 && words.len() < cells.len()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn far(form: impl Fn(usize) -> String) -> Option<String> {
        let cells: Vec<String> = (0..60).map(form).collect();
        far_number(cells.iter().map(String::as_str)).map(str::to_owned)
    }

    #[test]
    fn a_far_number_in_words_is_found() {
        let number = |i: usize| if i == 30 { 980 } else { i % 12 + 5 };
        assert_eq!(
            far(|i| format!("{} {} km/h", ["N", "SW"][i % 2], number(i))).as_deref(),
            Some("N 980 km/h")
        );
        assert_eq!(far(|i| format!("{} 10^9/L", number(i))).as_deref(), Some("980 10^9/L"));
        assert_eq!(far(|i| format!("#{}", number(i))).as_deref(), Some("#980"));
        for none in [
            far(|i| format!("Level {}", i % 12)),
            far(|i| format!("{} of {i}", number(i))),
            far(|i| format!("D-{:05}", number(i))),
            far(|i| ["<1000", "1000-5000", "5000-20000", "900000+"][if i == 30 { 3 } else { i % 3 }].into()),
            far(|i| ["red", "blue"][i % 2].into()),
        ] {
            assert_eq!(none, None);
        }
    }

    #[test]
    fn cells_with_several_words_are_told_from_names() {
        let split = |cells: &[&'static str]| separator(|| cells.iter().copied(), false);
        assert_eq!(split(&["red;blue", "red", "blue;green", "red;green;blue", "green;red"]), Some(';'));
        assert_eq!(split(&["a, b", "b, c", "a, c", "c, b, a"]), Some(','));
        for cells in [
            &["Poe, Ann", "Doe, Bob", "Roe, Cid"][..],
            &["A, C", "A, D", "B, C", "B, D", "E, C", "E, D"],
            &["red", "blue"],
            &["a;b", "a;b", "a"],
            &["1,5 a", "1,6 a", "1,7,8 a"],
        ] {
            assert_eq!(split(cells), None, "{cells:?}");
        }
        let names = ["A, C", "A, D", "B, C", "B, D", "B, D, Jr."];
        assert_eq!(separator(|| names.iter().copied(), true), None);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[a-c0-9 .,;|-]{0,20}|\\PC{0,20}") {
            let cells = [text.as_str(), "a;b 1", "b 2"];
            let _ = (far_number(cells.into_iter()), separator(|| cells.into_iter(), false));
        }
    }
}
