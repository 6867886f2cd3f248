//! Tables separated by blanks whose last column holds blanks, too: `ps aux`, `ls -l`.

use super::blanks::{TITLES, lines, write};
use super::encoding;
use super::header::has_digit;

/// Lines looked at.
const LINES: usize = 200;

/// How many columns `sample` has, if the last of them holds now more, now fewer words: every row has as many words as there are
/// names, or more, and two columns are of numbers in short rows and in long ones, three where there are no names.
pub(super) fn columns(sample: &[u8]) -> Option<usize> {
    let lines: Vec<_> = lines(sample).take(LINES).map(|line| encoding::text(line).0).collect();
    let words: Vec<Vec<&str>> = lines.iter().map(|line| line.split_whitespace().collect()).collect();
    // `total 48` is a title, a line of many words has names.
    let is_title = |words: &Vec<&str>, width: usize| 2 * words.len() < width;
    (0..=TITLES).find_map(|above| {
        let (titles, rows) = words.split_at_checked(above)?;
        width(rows).filter(|&width| titles.iter().all(|words| is_title(words, width)))
    })
}

fn width(lines: &[Vec<&str>]) -> Option<usize> {
    let (first, below) = lines.split_first()?;
    let least = below.iter().map(Vec::len).min()?;
    let named = !first.iter().any(|word| has_digit(word));
    let width = if named { first.len() } else { first.len().min(least) };
    if width < 3 || below.len() < 3 || least < width {
        return None;
    }
    let long = below.iter().filter(|words| words.len() > width).count();
    // A row with a word too many is torn, not long, where the last column is of numbers.
    let of_words = |words: &&Vec<&str>| words.len() == width && words[width - 1].parse::<f64>().is_err();
    let varied = long > 0 && 2 * below.iter().filter(of_words).count() + long >= below.len();
    if !varied {
        return None;
    }
    let mostly = |count: usize, all: usize| 10 * count >= 9 * all;
    let is_number = |words: &&Vec<&str>, column: usize| words[column].parse::<f64>().is_ok();
    let numbers = |&column: &usize| {
        let all = below.iter().filter(|words| is_number(words, column)).count();
        let of_long = below.iter().filter(|words| words.len() > width && is_number(words, column)).count();
        mostly(all, below.len()) && mostly(of_long, long)
    };
    // Two numbers alone may be those of chapters and verses.
    let enough = if named { 2 } else { 3 };
    ((0..width - 1).filter(numbers).count() >= enough).then_some(width)
}

/// Writes `line` to `into` with one tab for every run of blanks but those within the last of `width` columns.
pub(super) fn part(line: &[u8], width: usize, into: &mut Vec<u8>) {
    let text = encoding::text(line).0;
    let mut rest = text.trim();
    let mut cells = Vec::new();
    while !rest.is_empty() {
        let end = if cells.len() + 1 < width { rest.find(char::is_whitespace) } else { None };
        let (cell, behind) = rest.split_at(end.unwrap_or(rest.len()));
        cells.push(cell.to_owned());
        rest = behind.trim_start();
    }
    write(cells.into_iter(), into);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_column_holds_the_rest() {
        let processes = "USER  PID %CPU  TIME COMMAND\nroot    1  0.0  0:12 /sbin/init splash\nroot    2  0.1  0:00 [kthreadd]\n\
                         ann   812 12.5  3:20 python3 -m http.server\n";
        assert_eq!(columns(processes.as_bytes()), Some(5));
        let mut text = Vec::new();
        processes.lines().for_each(|line| part(line.as_bytes(), 5, &mut text));
        let text = String::from_utf8(text).unwrap();
        assert!(
            text.starts_with("USER\tPID\t%CPU\tTIME\tCOMMAND\nroot\t1\t0.0\t0:12\t/sbin/init splash\n"),
            "{text}"
        );
        let files = "total 48\n-rw-r--r-- 1 ann ann 4096 Mar  3 10:15 a b\n-rw-r--r-- 1 ann ann  120 Mar 13 10:15 c\n\
                     drwxr-xr-x 2 ann ann 4096 Apr  3  2023 my own files\n-rw-r--r-- 1 ann ann 77 Mar  3 10:15 d\n\
                     -rw-r--r-- 1 ann ann 12 Mar  3 10:15 e f\n";
        assert_eq!(columns(files.as_bytes()), Some(9));
    }

    #[test]
    fn texts_behind_two_numbers_are_none() {
        let verses = "40 1 The book of the generation\n40 2 Abraham begat Isaac\n43 11 Jesus wept.\n43 12 Then said the Jews\n\
                      43 13 And some of them said, Could not this man\n";
        assert_eq!(columns(verses.as_bytes()), None);
        let files = "-rw-r--r-- 1 ann ann 96 Mar  3 10:15 a b\n-rw-r--r-- 1 ann ann 12 Mar 13 10:15 c\n\
                     -rw-r--r-- 1 ann ann 77 Apr  3 10:15 d\n-rw-r--r-- 1 ann ann 12 Mar  3 10:15 e f g\n";
        assert_eq!(columns(files.as_bytes()), Some(9));
    }

    #[test]
    fn blanks_of_other_scripts_are_no_words() {
        assert_eq!(columns("\u{a0}\n\u{a0}\n\u{a0}\n\u{a0}\n\u{a0}\n".as_bytes()), None);
    }

    #[test]
    fn sentences_and_regular_tables_are_none() {
        for other in [
            "1. Buy some milk\n2. Buy bread\n3. Sleep\n4. Eat now\n5. Go\n",
            "a b c\n1 2 3\n4 5 6\n7 8 9\n",
            "a b c\n1 2 3\n4 5 6\n7 8 9 1\n4 5 6\n",
            "3.3. Shop food 12,50 €\n4.3. Fuel at noon 45,20 €\n5.3. Food and drinks 13,50 €\n6.3. Fuel 4 €\n",
            "NAME OF IT  SINCE  FOR\na b 1 days ago 2 days\nc d 2 days ago 3 days\ne f 1 days ago 2 days or so\n\
             g h 3 days ago 2 days or so\ni j 3 days ago 4 days\n",
            "May  1 10:00:00 host cron[12]: (root) CMD\nMay  1 10:00:01 host x: a b c d\nMay  1 10:00:02 host y: a b\nMay  2 1 a b c d\n",
            "",
        ] {
            assert_eq!(columns(other.as_bytes()), None, "{other}");
        }
    }
}
