//! Words that look like measures, though no reading knows them.

use std::collections::HashMap;

/// Shapes that are told apart; more are no shape that most cells have.
const MOST: usize = 256;
/// Longest cell with a shape, in bytes.
const LONGEST: usize = 48;

/// The text of a cell with every run of digits as one `0`: `1,23 Mio. €` is `0,0 Mio. €`. `None` for text that does not begin
/// with a digit, a sign or a currency, and for what is no measure: `10.0.0.1`, `12A`.
fn shape(text: &str) -> Option<String> {
    let measured = text.len() <= LONGEST
        && text.trim_start_matches(|c: char| !c.is_alphanumeric()).starts_with(|c: char| c.is_ascii_digit());
    let mut shape = String::new();
    for c in text.chars().filter(|_| measured) {
        match c.is_ascii_digit() {
            true if shape.ends_with('0') => {}
            true => shape.push('0'),
            false => shape.push(c),
        }
    }
    (!shape.is_empty() && shape != "0.0.0.0").then_some(shape)
}

/// Whether the letters of a shape make it more than a code, whose digits are separated by signs or stand beside capitals.
fn is_code(shape: &str) -> bool {
    let part =
        |c: char| matches!(c, '0' | '-' | '/' | ' ' | '#' | '_' | '+' | '(' | ')') || c.is_ascii_uppercase();
    shape.chars().all(part)
        || !shape.contains(|c: char| !c.is_alphanumeric()) && shape.matches('0').count() < 2
}

/// What cells look like measures by, if most of them do: the first of them, and whether it could be a code all the same.
pub(super) fn unread_measures<'a>(given: impl Iterator<Item = &'a str>) -> Option<(&'a str, bool)> {
    let mut shapes: HashMap<String, (usize, &'a str)> = HashMap::new();
    let (mut cells, mut shaped) = (0, 0);
    for text in given {
        cells += 1;
        if let Some(shape) = shape(text) {
            shaped += 1;
            if shapes.len() < MOST || shapes.contains_key(&shape) {
                shapes.entry(shape).or_insert((0, text)).0 += 1;
            }
        }
    }
    let (shape, (_, first)) = shapes.into_iter().filter(|(_, (count, _))| 2 * count > cells).max()?;
    (5 * shaped >= 4 * cells).then_some((first, is_code(&shape)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_have_one_shape_that_is_no_code() {
        let looks = |cells: &[&'static str]| unread_measures(cells.iter().copied());
        assert_eq!(looks(&["3 zorks 5", "7 zorks 12", "17 zorks 1"]), Some(("3 zorks 5", false)));
        assert_eq!(looks(&["~3:x:5", "~4:x:6", "other"]), None, "a third is something else");
        assert_eq!(looks(&["2024-0017", "2024-0018"]), Some(("2024-0017", true)));
        assert_eq!(looks(&["+49 (30) 1200", "+49 (30) 17"]), Some(("+49 (30) 1200", true)));
        assert_eq!(looks(&["12A", "7A", "3A"]), Some(("12A", true)));
        for cells in
            [&["A17", "A18"][..], &["10.0.0.1", "10.0.0.2"], &["5f3a", "9bc1", "0dd4"], &["red", "blue"]]
        {
            assert_eq!(looks(cells), None, "{cells:?}");
        }
    }
}
