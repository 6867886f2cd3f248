//! Tables whose columns are separated by runs of blanks, or begin at the same place in every line.

use std::io::{self, BufRead, Read};

use super::encoding;
use super::expected::Known;
use super::stream::MAX_RECORD;

/// Lines looked at.
const LINES: usize = 100;
/// Lines of titles that may stand above a table.
const TITLES: usize = 5;

/// What separates the columns of a table without delimiters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Blank {
    /// Every run of blanks.
    Run,
    /// Columns begin at these letters of a line, the first at 0.
    Places(Vec<usize>),
    /// Nothing, until the quotes around every line are taken away.
    Quoted,
}

/// Whether `sample` is a table separated by blanks: at least three lines, all but one in twenty of as many words as
/// most have, with a column of numbers. Lines of titles may stand above three columns and more.
pub(super) fn aligned(sample: &[u8]) -> bool {
    let lines: Vec<Vec<String>> = lines(sample).take(LINES).map(words).collect();
    let titled = |skip: usize| {
        let rest = lines.get(skip..).unwrap_or_default();
        let width = rest.first().map_or(0, Vec::len);
        width > 2 && rest.iter().all(|words| words.len() == width) && are_aligned(rest)
    };
    are_aligned(&lines) || (1..=TITLES).any(titled)
}

/// The lines of `sample` that hold something, without several that begin with `# ` above all others.
fn lines(sample: &[u8]) -> impl Iterator<Item = &[u8]> {
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

fn are_aligned(lines: &[Vec<String>]) -> bool {
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

/// Where the columns of `sample` begin, if they begin at the same letters of every line: at least four lines, with
/// a column of numbers, two blanks somewhere between columns, and one at least.
pub(super) fn places(sample: &[u8]) -> Option<Vec<usize>> {
    let letters = |line: &[u8]| encoding::text(line).0.trim_end().chars().collect::<Vec<char>>();
    let lines: Vec<Vec<char>> = lines(sample).take(10 * LINES).map(letters).collect();
    let widest = lines.iter().map(Vec::len).max()?;
    if lines.len() < 4 || lines.iter().flatten().any(|&c| c == '\t') {
        return None;
    }
    let blank = |at: usize| lines.iter().all(|line| line.get(at).is_none_or(|&c| c == ' '));
    let blanks: Vec<bool> = (0..widest).map(blank).collect();
    // Where columns begin, and how many blanks stand before.
    let first = blanks.iter().position(|blank| !blank)?;
    let (mut starts, mut gap) = (vec![(first, 0)], 0);
    for (at, &blank) in blanks.iter().enumerate().skip(first) {
        if !blank && gap > 0 {
            starts.push((at, gap));
        }
        gap = if blank { gap + 1 } else { 0 };
    }
    let cell = |line: &[char], column: usize| -> String {
        let end = starts.get(column + 1).map_or(line.len(), |(at, _)| (*at).min(line.len()));
        line.get(starts[column].0..end).unwrap_or_default().iter().collect::<String>().trim().to_owned()
    };
    let numbers = |column: usize| {
        let cells = lines.iter().skip(1).map(|line| cell(line, column));
        let count = cells.filter(|cell| cell.replace(',', ".").parse::<f64>().is_ok()).count();
        10 * count >= 9 * (lines.len() - 1)
    };
    let numbers: Vec<bool> = (0..starts.len()).map(numbers).collect();
    let parts = |&column: &usize| {
        starts[column].1 != 1
            || numbers[column]
            || column.checked_sub(1).is_some_and(|before| numbers[before])
    };
    let chosen: Vec<usize> = (0..starts.len()).filter(parts).collect();
    let clear = starts.iter().any(|&(_, gap)| gap > 1) && numbers.contains(&true);
    (clear && chosen.len() > 1)
        .then(|| chosen.iter().map(|&column| if column == 0 { 0 } else { starts[column].0 }).collect())
}

/// Writes `line` to `into` with a tab before every letter of `places` but the first.
fn cut(line: &[u8], places: &[usize], into: &mut Vec<u8>) {
    let line: Vec<char> = encoding::text(line).0.trim_end().chars().collect();
    if !line.is_empty() {
        for (column, &start) in places.iter().enumerate() {
            let end = places.get(column + 1).map_or(line.len(), |&end| end.min(line.len()));
            let cell: String = line.get(start..end).unwrap_or_default().iter().collect();
            let cell = cell.trim().replace('\t', " ");
            into.extend((column > 0).then_some(b'\t'));
            match cell.contains('"') {
                true => into.extend(format!("\"{}\"", cell.replace('"', "\"\"")).bytes()),
                false => into.extend(cell.bytes()),
            }
        }
    }
    into.push(b'\n');
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
}

impl<R: BufRead> Blanks<R> {
    /// The text of `inner`.
    pub fn new(inner: R, blank: Blank) -> Self {
        Self { inner, blank, line: Vec::new(), parted: Vec::new(), taken: 0 }
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
            match &self.blank {
                Blank::Run => part(&self.line, &mut self.parted),
                Blank::Places(places) => cut(&self.line, places, &mut self.parted),
                Blank::Quoted => unquote(&self.line, &mut self.parted),
            }
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
    fn columns_that_begin_at_one_place_are_found() {
        let table = "Name          City        Amount\nJohn Smith    New York      4.37\nAnn Lee       Rome          7.27\n\
                     Bob \"B\" Low   Rome        100.50\nÜrsula Öz     New York\n";
        let found = places(table.as_bytes());
        assert_eq!(found, None, "one of four amounts is missing");
        let table = table.replace("Öz     New York", "Öz     New York      1.00");
        let found = places(table.as_bytes()).unwrap();
        assert_eq!(found, [0, 14, 26]);
        let mut text = String::new();
        Blanks::new(table.as_bytes(), Blank::Places(found)).read_to_string(&mut text).unwrap();
        assert!(text.starts_with("Name\tCity\tAmount\nJohn Smith\tNew York\t4.37\n"), "{text}");
        assert!(text.contains("\"Bob \"\"B\"\" Low\"\tRome\t100.50\nÜrsula Öz\tNew York\t1.00\n"), "{text}");
        for other in [
            "1. Buy some milk\n2. Buy bread\n3. Sleep\n4. Eat\n5. Go\n",
            "one  two\nsix  ten\nhow  now\nold  cow\n",
            "This is a line.\nThat is one too.\nAnd here they end.\n12\n",
            "1\n2\n3\n4\n5\n",
            "",
        ] {
            assert_eq!(places(other.as_bytes()), None, "{other}");
        }
    }

    #[test]
    fn tables_are_told_from_sentences() {
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
