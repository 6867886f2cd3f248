//! Logs: lines that begin with a time and go on in words.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::bytes::Regex;
use serde::de::IgnoredAny;

/// Lines looked at.
const LINES: usize = 100;

/// A time of day behind nothing but a day: `2024-05-01T10:00:00`, `[01.05.2024 10:00:00`, `May  1 10:00:00`, `I0501 10:00:00`.
static TIME: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let day = r"(?:[A-Za-z]{1,3}[ ,.]*)?[\d ,./:T>\])-]*";
    Regex::new(&format!(r"^(?:<\d+>)?[\[(]*{day}\d\d:\d\d:\d\d(?:[.,]\d+)?")).ok()
});

/// The first lines with content.
fn lines(start: &[u8], whole: bool) -> Vec<&[u8]> {
    let mut lines: Vec<&[u8]> = start.split(|&byte| byte == b'\n').collect();
    if !whole {
        lines.pop();
    }
    lines.into_iter().map(<[u8]>::trim_ascii).filter(|line| !line.is_empty()).take(LINES).collect()
}

/// Whether nearly all lines begin with a time and go on in words, now more, now fewer, without a character that parts columns.
pub(super) fn is_log(start: &[u8], whole: bool) -> bool {
    let lines = lines(start, whole);
    let Some(time) = TIME.as_ref() else { return false };
    let behind: Vec<&[u8]> = lines.iter().filter_map(|line| line.get(time.find(line)?.end()..)).collect();
    let counts = |mark: fn(&u8) -> bool| -> HashSet<usize> {
        behind.iter().map(|line| line.split(mark).filter(|part| !part.is_empty()).count()).collect()
    };
    let parts = |mark: u8| 2 * behind.iter().filter(|line| line.contains(&mark)).count() > behind.len();
    let commas = counts(|&byte| byte == b',');
    lines.len() > 2
        && 20 * behind.len() >= 19 * lines.len()
        && counts(u8::is_ascii_whitespace).len() > 1
        && !b"\t;|".iter().any(|&mark| parts(mark))
        && (commas.len() > 1 || commas.contains(&1))
}

/// Whether all lines, three and more, are records of JSON.
pub(super) fn is_json(start: &[u8], whole: bool) -> bool {
    let lines = lines(start, whole);
    let is_record =
        |line: &&[u8]| line.starts_with(b"{") && serde_json::from_slice::<IgnoredAny>(line).is_ok();
    lines.len() > 2 && lines.iter().all(is_record)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_words_behind_a_time_are_a_log() {
        for line in [
            "May  1 10:00:00 host cron[12]: (root) CMD (x)",
            "2024-05-01T10:00:00.123+02:00 host kernel: up",
            "I0501 10:00:00.123456       1 a.go:12] Syncing pod",
            "[2024-05-01 10:00:00] worker took 3 ms",
            "2024-05-01 10:00:00,123 INFO [main] x - ok",
            "<13>May  1 10:00:00 host x",
        ] {
            let log = format!("{line}\n{line} and more\n{line}\n");
            assert!(is_log(log.as_bytes(), true), "{line}");
            assert!(!is_log(format!("{line}\n").repeat(5).as_bytes(), true), "as many words each: {line}");
        }
        for line in [
            "2024-05-01 10:00:00;a b;3",
            "2024-05-01 10:00:00,a,3",
            "John Smith  10:00:00  5.2",
            "10.5 20.5",
            "2024-05-01 10:00:00\ta",
        ] {
            assert!(!is_log(format!("{line}\n{line} b\n{line}\n").as_bytes(), true), "{line}");
        }
        assert!(is_json(b"{\"a\": 1}\n{}\n{\"b\": 2}\n", true) && !is_json(b"{\"a\": 1}\n{}\n{b}\n", true));
    }
}
