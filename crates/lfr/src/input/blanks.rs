//! Tables whose columns are parted by runs of blanks.

use std::io::{self, BufRead, Read};

use super::expected::Known;
use super::stream::MAX_RECORD;

/// Lines looked at.
const LINES: usize = 100;

/// Whether `sample` is a table parted by blanks: at least three lines, all but one in twenty of as many words as
/// most have, with a column of numbers.
pub(super) fn aligned(sample: &[u8]) -> bool {
    let lines = sample.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<Vec<String>> = lines.take(LINES).map(words).collect();
    let Some(width) = lines.get(lines.len() / 2).map(Vec::len).filter(|&width| width > 1) else {
        return false;
    };
    let regular: Vec<&Vec<String>> = lines.iter().filter(|words| words.len() == width).collect();
    let numbers = |column: usize| {
        let numbers = regular.iter().skip(1).filter(|words| words[column].parse::<f64>().is_ok()).count();
        10 * numbers >= 9 * regular.len().saturating_sub(1)
    };
    // Names may be one fewer, where the first column is of names of rows.
    let head = lines[0].len();
    let headed = head == width || (width > 2 && head + 1 == width);
    let odd = lines.len() - regular.len();
    headed && regular.len() >= 3 && 20 * odd <= lines.len().max(20) && (0..width).any(numbers)
}

/// Whether the words of the first line are the known columns, among others.
pub(super) fn are_first(sample: &[u8], known: &Known) -> bool {
    let first = sample.split(|&byte| byte == b'\n').find(|line| !line.trim_ascii().is_empty());
    let words = first.map(words).unwrap_or_default();
    words.len() > 1 && known.are_in(&words.iter().map(String::as_str).collect::<Vec<_>>())
}

/// The fields of a line; blanks within double quotes do not part.
fn words(line: &[u8]) -> Vec<String> {
    let mut parted = Vec::new();
    part(line, &mut parted);
    let parted = String::from_utf8_lossy(&parted);
    parted.trim_end().split('\t').map(str::to_owned).collect()
}

/// Writes `line` to `into` with one tab for every run of blanks, none at the start and the end.
fn part(line: &[u8], into: &mut Vec<u8>) {
    let (mut quoted, mut gap) = (false, false);
    for &byte in line.trim_ascii() {
        if !quoted && matches!(byte, b' ' | b'\t') {
            gap = true;
            continue;
        }
        if std::mem::take(&mut gap) {
            into.push(b'\t');
        }
        quoted ^= byte == b'"';
        into.push(byte);
    }
    into.push(b'\n');
}

/// A stream whose runs of blanks are tabs.
pub(super) struct Blanks<R> {
    inner: R,
    line: Vec<u8>,
    parted: Vec<u8>,
    taken: usize,
}

impl<R: BufRead> Blanks<R> {
    /// The text of `inner`.
    pub fn new(inner: R) -> Self {
        Self { inner, line: Vec::new(), parted: Vec::new(), taken: 0 }
    }
}

impl<R: BufRead> Read for Blanks<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.parted.len() {
            self.line.clear();
            self.parted.clear();
            self.taken = 0;
            let most = MAX_RECORD as u64 + 1;
            if self.inner.by_ref().take(most).read_until(b'\n', &mut self.line)? == 0 {
                return Ok(0);
            }
            if self.line.len() > MAX_RECORD {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a line is too long"));
            }
            part(&self.line, &mut self.parted);
        }
        let rest = &self.parted[self.taken..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_blanks_become_tabs() {
        let mut text = String::new();
        Blanks::new(&b"  a   b\n 1\t \"2  3\" \r\n\n4 5"[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a\tb\n1\t\"2  3\"\n\n4\t5\n");
    }

    #[test]
    fn tables_are_told_from_sentences() {
        assert!(aligned(b"  x    y\n  1   20\n 10    3\n"));
        assert!(aligned(b"1 2.5 red\n2 3.5 blue\n3 4.5 red\n"));
        for other in [
            "name\nJohn Smith\nJane Doe\nMax Power\n",
            "full name\nJohn Smith\nJane Doe\nMax Power\n",
            "blue pink green\nred black green\nblack gold grey\n",
            "1\n2\n3\n",
            "1 2\n3 4\n",
            "amount\n1 234,50\n2 999,00\n12 000,50\n",
            "",
        ] {
            assert!(!aligned(other.as_bytes()), "{other}");
        }
    }
}
