//! Tables whose columns are separated by something else than a delimiter, such as runs of blanks.

use std::io::{self, BufRead, Read};

use super::drawn::{Above, Drawn};
use super::expected::Known;
use super::stream::MAX_RECORD;
use super::{encoding, last, latex, places};

/// Lines looked at.
const LINES: usize = 100;
/// Lines of titles that may stand above a table.
pub(super) const TITLES: usize = 5;

/// What separates the columns of a table without delimiters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    /// Every run of blanks.
    Run,
    /// Columns begin at these letters of a line, the first at 0.
    Places(Vec<usize>),
    /// Every run of blanks, but those within the last of so many columns.
    Last(usize),
    /// Bars of a drawn table.
    Drawn(Drawn),
    /// `&`, as in LaTeX.
    Latex,
    /// Nothing, until the quotes around every line are taken away.
    Quoted,
}

/// What separates the columns of `sample` where no delimiter does: what makes most columns, unless runs of blanks part every line
/// alike.
pub(super) fn find(sample: &[u8]) -> Option<Blank> {
    let lines: Vec<Vec<String>> = lines(sample).take(LINES).map(words).collect();
    if are_aligned(&lines, 0) {
        return Some(Blank::Run);
    }
    let places = places::places(sample).map(|places| (places.len(), Blank::Places(places)));
    // One row with a word too few would otherwise put the last columns of all others together.
    let odd = are_aligned(&lines, ODD).then(|| lines[lines.len() / 2].len());
    let last = last::columns(sample).filter(|&width| odd.is_none_or(|odd| odd <= width));
    let last = last.map(|width| (width, Blank::Last(width)));
    let titled = below_titles(&lines).map(|width| (width, Blank::Run));
    let most = [places, last, titled].into_iter().flatten();
    let most = most.reduce(|most, next| if next.0 > most.0 { next } else { most });
    most.map(|(_, blank)| blank).or_else(|| odd.map(|_| Blank::Run))
}

/// How many columns a table separated by blanks has below lines of titles, three and more.
fn below_titles(lines: &[Vec<String>]) -> Option<usize> {
    let rest = |skip: usize| lines.get(skip..).unwrap_or_default();
    let width = |rest: &[Vec<String>]| rest.first().map_or(0, Vec::len);
    let titled = |rest: &&[Vec<String>]| {
        let width = width(rest);
        width > 2 && rest.iter().all(|words| words.len() == width) && are_aligned(rest, 0)
    };
    (1..=TITLES).map(rest).find(titled).map(width)
}

/// The lines of `sample` that hold something, without several that begin with `# ` above all others.
pub(super) fn lines(sample: &[u8]) -> impl Iterator<Item = &[u8]> {
    let filled = || sample.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let is_remark = |line: &&[u8]| line.starts_with(b"#");
    let first = sample.trim_ascii_start();
    let block = if first.starts_with(b"# ") || first.starts_with(b"##") {
        filled().take_while(is_remark).count()
    } else {
        0
    };
    filled().skip(if block > 1 { block } else { 0 })
}

/// Of twenty lines, how many may have more or fewer words than most.
const ODD: usize = 1;

/// Whether lines are a table separated by blanks: at least three, all but `most` in twenty of as many words as most have, with a
/// column of numbers.
fn are_aligned(lines: &[Vec<String>], most: usize) -> bool {
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
    let few =
        if most == 0 { odd == usize::from(head != width) } else { 20 * odd <= most * lines.len().max(20) };
    headed && regular.len() >= 3 && few && (0..width).any(numbers)
}

/// Whether the words of the first line are the known columns, among others.
pub(super) fn are_first(sample: &[u8], known: &Known) -> bool {
    let words = lines(sample).next().map(words).unwrap_or_default();
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

/// Writes cells to `into` with tabs between them, and none of their own.
pub(super) fn write(cells: impl Iterator<Item = String>, into: &mut Vec<u8>) {
    for (column, cell) in cells.enumerate() {
        let cell = cell.trim().replace('\t', " ");
        into.extend((column > 0).then_some(b'\t'));
        match cell.contains('"') {
            true => into.extend(format!("\"{}\"", cell.replace('"', "\"\"")).bytes()),
            false => into.extend(cell.bytes()),
        }
    }
    into.push(b'\n');
}

/// Writes `line` to `into` without the quotes around it, and with one for each pair of quotes within.
fn unquote(line: &[u8], into: &mut Vec<u8>) {
    let line = line.trim_ascii();
    let inner = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    let mut paired = false;
    for &byte in inner {
        paired = byte == b'"' && !paired;
        if !paired || byte != b'"' {
            into.push(byte);
        }
    }
    into.push(b'\n');
}

/// A stream with tabs for what parts its columns.
pub(super) struct Blanks<R> {
    inner: R,
    blank: Blank,
    line: Vec<u8>,
    parted: Vec<u8>,
    taken: usize,
    /// What has been read of a drawn table.
    above: Above,
}

impl<R: BufRead> Blanks<R> {
    /// The text of `inner`.
    pub fn new(inner: R, blank: Blank) -> Self {
        Self { inner, blank, line: Vec::new(), parted: Vec::new(), taken: 0, above: Above::default() }
    }
}

impl<R> Blanks<R> {
    /// Parts the line.
    fn part(&mut self) {
        let (line, into) = (&self.line, &mut self.parted);
        match &self.blank {
            Blank::Run => part(line, into),
            Blank::Places(places) => places::cut(line, places, into),
            Blank::Last(width) => last::part(line, *width, into),
            Blank::Quoted => unquote(line, into),
            Blank::Drawn(drawn) => {
                write(drawn.parted(&encoding::text(line).0, &mut self.above).into_iter(), into);
            }
            Blank::Latex => {
                write(latex::cells(&encoding::text(line).0).into_iter().flatten(), into);
            }
        }
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
            self.part();
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
        Blanks::new(&b"  a   b\n 1\t \"2  3\" \r\n\n4 5"[..], Blank::Run).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a\tb\n1\t\"2  3\"\n\n4\t5\n");
    }

    #[test]
    fn quotes_around_lines_are_taken_away() {
        let mut text = String::new();
        let lines = &b"\"a,b\"\r\n\"\"\"x, y\"\",2\"\n\nplain\n"[..];
        Blanks::new(lines, Blank::Quoted).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a,b\n\"x, y\",2\n\nplain\n");
    }

    #[test]
    fn a_short_row_puts_no_columns_together() {
        let rows = |line: &str| format!("{line}\n").repeat(39);
        for (line, short) in [("1 2.5 red 7.0", "17 3.5 red"), ("1 2.5 3 red 7.0", "17 3.5 3 red")] {
            let text = format!("{}{short}\n", rows(line));
            assert_eq!(find(text.as_bytes()), Some(Blank::Run), "{text}");
        }
        // One name of a file with a blank in it.
        let file = "-rw-r--r-- 1 ann ann 4096 Mar 13 10:15 a";
        let text = format!("{}{file} b\n", rows(file));
        assert_eq!(find(text.as_bytes()), Some(Blank::Last(9)));
    }

    #[test]
    fn tables_are_told_from_sentences() {
        let aligned = |sample: &[u8]| find(sample) == Some(Blank::Run);
        assert!(aligned(b"  x    y\n  1   20\n 10    3\n"));
        assert!(aligned(b"total 48\n-rw a 12 x\n-rw b 13 y\n-rw a 140 z\n"));
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
