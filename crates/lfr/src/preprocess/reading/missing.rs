//! Marks of missing values.

/// Marks that pandas takes for missing, and those of spreadsheets, databases and people; compared without case.
const MARKS: &[&str] = &[
    "na",
    "n/a",
    "<na>",
    "#n/a",
    "#n/a n/a",
    "#na",
    "n.a.",
    "n.a",
    "n. a.",
    "k.a.",
    "k. a.",
    "nan",
    "-nan",
    "1.#qnan",
    "-1.#qnan",
    "1.#ind",
    "-1.#ind",
    "null",
    "nil",
    "none",
    "(null)",
    "(none)",
    "(blank)",
    "\\n",
    "nat",
    "?",
    "??",
    "-",
    "--",
    "---",
    "–",
    "—",
    ".",
    "..",
    "...",
    "…",
    "#div/0!",
    "#value!",
    "#ref!",
    "#name?",
    "#num!",
    "#null!",
    "unknown",
    "missing",
    "not available",
    "not applicable",
    "unbekannt",
    "undefined",
];

/// Longest of [`MARKS`], in bytes.
const LONGEST: usize = 16;

/// Whether the text of a cell marks a missing value: nothing but blanks, or one of the known marks.
pub fn is_missing(text: &str) -> bool {
    // Most cells of most files are numbers, and this is asked of every cell.
    let unsigned = text.as_bytes().strip_prefix(b"-").unwrap_or(text.as_bytes());
    match unsigned {
        [b'.', b'0'..=b'9', ..] => return false,
        [b'0'..=b'9', rest @ ..] if !rest.starts_with(b".#") => return false,
        _ => {}
    }
    let text = text.trim();
    match text.as_bytes() {
        [] => true,
        [first, ..] if first.is_ascii_digit() && !text.starts_with("1.#") => false,
        _ if text.len() > LONGEST => false,
        _ => MARKS.iter().any(|mark| text.eq_ignore_ascii_case(mark)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_known_in_any_case_and_values_are_none() {
        for text in ["", " \u{a0}", "NA", "n/a", "NaN", "-NaN", "NULL", "None", "?", "-", " -- ", ".", "n.a."]
        {
            assert!(is_missing(text), "{text:?}");
        }
        for text in ["#N/A", "#DIV/0!", "<NA>", "\\N", "Unknown", "MISSING", "1.#QNAN", "–", "not available"]
        {
            assert!(is_missing(text), "{text:?}");
        }
        for text in
            ["0", "no", "nay", "-1", "-.5", "-1.5", "2.#x", "nones", ".5", "x", "1.#", "not available here"]
        {
            assert!(!is_missing(text), "{text:?}");
        }
        assert_eq!(MARKS.iter().map(|mark| mark.len()).max(), Some(14));
    }
}
