//! Text that any browser shows.

/// `text` with every control character but tabs and line breaks replaced by U+FFFD: HTML and XML have no place for them.
pub(crate) fn legible(text: &str) -> String {
    let shows = |c: char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars().map(|c| if shows(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
