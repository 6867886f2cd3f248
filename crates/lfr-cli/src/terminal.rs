//! Data on stdout, and how numbers read in text for people.

use std::io::{IsTerminal, Write, stderr, stdout};

use anyhow::Result;
use lfr::data::Kind;

/// Writes `bytes` to stdout.
pub fn print(bytes: &[u8]) -> Result<()> {
    let mut out = stdout().lock();
    out.write_all(bytes)?;
    Ok(out.flush()?)
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
    fn numbers_read_well() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1 000", "1 234 567"]);
        assert_eq!([items(1), items(2)], ["1 item", "2 items"]);
        assert_eq!([things(1, Kind::Table), things(2, Kind::Text)], ["1 row", "2 documents"]);
        assert_eq!([0.04, 12.4, 119.0, 121.0].map(seconds), ["0.0 s", "12 s", "119 s", "2 min 01 s"]);
    }
}
