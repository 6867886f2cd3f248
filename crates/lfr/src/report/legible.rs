//! Text that any browser shows.

/// Marks that turn the direction of whatever follows them, to the end of the line, around.
const TURNS: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

/// `text` with every control character but tabs and line breaks replaced by U+FFFD: HTML and XML have no place for them.
/// So are marks that turn text around, as names made to deceive hold them; letters that run from right to left need none.
pub(crate) fn legible(text: &str) -> String {
    let shows = |c: char| (!c.is_control() || matches!(c, '\n' | '\t')) && !TURNS.contains(&c);
    text.chars().map(|c| if shows(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}
