//! Data on stdout, words on stderr, and how names and numbers read in text for people.

use std::io::{IsTerminal, Write, stderr, stdout};

use anyhow::Result;
use lfr::Error;
use lfr::data::Kind;

/// Letters of a text of others that are shown.
const LONGEST: usize = 2000;

/// What stdout is called where it cannot be written.
pub const STDOUT: &str = "standard output";

/// Writes `bytes` to stdout. A terminal shows what it would obey otherwise.
pub fn print(bytes: &[u8]) -> Result<()> {
    let mut out = stdout().lock();
    let written = if out.is_terminal() {
        let harmless = |c: char| matches!(c, '\n' | '\t') || !obeyed(c);
        out.write_all(escaped(&String::from_utf8_lossy(bytes), harmless).as_bytes())
    } else {
        out.write_all(bytes)
    };
    Ok(written.and_then(|()| out.flush()).map_err(|e| Error::io("write", STDOUT, e))?)
}

/// Writes a line to stderr. Where nobody reads it or the disk is full, the run goes on all the same.
pub fn say(line: &str) {
    let _ = stderr().write_all(format!("{line}\n").as_bytes());
}

/// A text of others, such as a name, an error or a setting of a model, as a part of a line: line breaks and whatever
/// else a terminal obeys are written out as `\n` or `\u{1b}`, and what is very long is cut.
pub fn shown(text: &str) -> String {
    let mut shown = escaped(text, |c| !obeyed(c));
    if let Some((cut, _)) = shown.char_indices().nth(LONGEST) {
        shown.truncate(cut);
        shown.push('…');
    }
    shown
}

/// Whether a terminal takes `c` for a command, or for a mark that turns what follows around.
fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn escaped(text: &str, harmless: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if harmless(c) { out.push(c) } else { out.extend(c.escape_default()) }
    }
    out
}

/// Writes `value` to stdout as indented JSON.
pub fn print_json(value: &impl serde::Serialize) -> Result<()> {
    let mut text = serde_json::to_vec_pretty(value)?;
    text.push(b'\n');
    print(&text)
}

/// Whether stderr shows colours: it is a terminal, and `NO_COLOR` is not set.
pub fn colours() -> bool {
    let refused = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    stderr().is_terminal() && !refused
}

/// A whole number in groups of three digits.
pub fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `n` things: "1 item", "12 000 items".
pub fn items(n: usize) -> String {
    format!("{} item{}", count(n), if n == 1 { "" } else { "s" })
}

/// `n` things of `kind`: "1 row", "12 000 documents".
pub fn things(n: usize, kind: Kind) -> String {
    let noun = match kind {
        Kind::Images => "image",
        Kind::Table => "row",
        Kind::Text => "document",
    };
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A span of time in seconds for people.
pub fn seconds(seconds: f64) -> String {
    match seconds {
        s if s < 10.0 => format!("{s:.1} s"),
        s if s < 120.0 => format!("{s:.0} s"),
        s => format!("{:.0} min {:02.0} s", (s / 60.0).floor(), s % 60.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cannot_command_a_terminal() {
        assert_eq!(
            shown("\u{1b}[2J\u{7}a\nb\u{9b}31m\u{202e}c ünï"),
            r"\u{1b}[2J\u{7}a\nb\u{9b}31m\u{202e}c ünï"
        );
        let long = shown(&"ü".repeat(1_000_000));
        assert_eq!((long.chars().count(), long.ends_with('…')), (LONGEST + 1, true));
    }

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1 000", "1 234 567"]);
        assert_eq!([items(1), items(2)], ["1 item", "2 items"]);
        assert_eq!([things(1, Kind::Table), things(2, Kind::Text)], ["1 row", "2 documents"]);
        assert_eq!([0.04, 12.4, 119.0, 121.0].map(seconds), ["0.0 s", "12 s", "119 s", "2 min 01 s"]);
    }
}
