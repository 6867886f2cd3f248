//! Tables whose columns begin at the same place in every line.

use super::blanks::{lines, write};
use super::encoding;

/// Lines looked at.
const LINES: usize = 1000;

/// Where the columns of `sample` begin, if they begin at the same letters of every line: at least four lines, two blanks
/// somewhere between columns unless three are of numbers below names, and one at least. There is a column of numbers, or the names are in capitals, as programs of
/// the command line write them.
pub(super) fn places(sample: &[u8]) -> Option<Vec<usize>> {
    let letters = |line: &[u8]| encoding::text(line).0.trim_end().chars().collect::<Vec<char>>();
    let lines: Vec<Vec<char>> = lines(sample).take(LINES).map(letters).collect();
    if lines.len() < 4 || lines.iter().flatten().any(|&c| c == '\t') {
        return None;
    }
    let starts = starts(&lines)?;
    let cell = |line: &[char], column: usize| -> String {
        let end = starts.get(column + 1).map_or(line.len(), |(at, _)| (*at).min(line.len()));
        line.get(starts[column].0..end).unwrap_or_default().iter().collect::<String>().trim().to_owned()
    };
    let numbers = |column: usize| {
        let count = lines.iter().skip(1).filter(|line| is_amount(&cell(line, column))).count();
        10 * count >= 9 * (lines.len() - 1)
    };
    let numbers: Vec<bool> = (0..starts.len()).map(numbers).collect();
    let names: Vec<String> = (0..starts.len()).map(|column| cell(&lines[0], column)).collect();
    let filled = names.iter().filter(|name| !name.is_empty()).count();
    let named = 2 * filled >= names.len() && !names.iter().any(|name| is_amount(name));
    let parts = |&column: &usize| {
        let apart = starts[column].1 != 1
            || numbers[column]
            || column.checked_sub(1).is_some_and(|before| numbers[before]);
        // Words of the last column may stand below one another by chance.
        apart && (column == 0 || !named || !names[column].is_empty())
    };
    let chosen: Vec<usize> = (0..starts.len()).filter(parts).collect();
    let capitals = || {
        let capital = |c: char| !c.is_lowercase();
        let wide = |&column: &usize| column == 0 || starts[column].1 > 1;
        let words = names.iter().flat_map(|name| name.chars());
        chosen.len() > 2
            && chosen.iter().all(wide)
            && words.clone().all(capital)
            && words.filter(|c| c.is_alphabetic()).count() > 2
    };
    let figures = numbers.iter().filter(|&&number| number).count();
    let wide = starts.iter().any(|&(_, gap)| gap > 1) || (named && figures > 2);
    let clear = wide && (figures > 0 || capitals());
    (clear && chosen.len() > 1)
        .then(|| chosen.iter().map(|&column| if column == 0 { 0 } else { starts[column].0 }).collect())
}

/// The places where a letter stands behind blanks in all lines, and how many blanks.
fn starts(lines: &[Vec<char>]) -> Option<Vec<(usize, usize)>> {
    let widest = lines.iter().map(Vec::len).max()?;
    let blank = |at: usize| lines.iter().all(|line| line.get(at).is_none_or(|&c| c == ' '));
    let blanks: Vec<bool> = (0..widest).map(blank).collect();
    let first = blanks.iter().position(|blank| !blank)?;
    let (mut starts, mut gap) = (vec![(first, 0)], 0);
    for (at, &blank) in blanks.iter().enumerate().skip(first) {
        if !blank && gap > 0 {
            starts.push((at, gap));
        }
        gap = if blank { gap + 1 } else { 0 };
    }
    Some(starts)
}

/// Whether a cell is a number, alone or with `%` or up to two letters behind it: `1.2G`.
fn is_amount(cell: &str) -> bool {
    let number = cell.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    cell.len() - number.len() <= 2 && number.replace(',', ".").parse::<f64>().is_ok()
}

/// Writes `line` to `into` with a tab before every letter of `places` but the first.
pub(super) fn cut(line: &[u8], places: &[usize], into: &mut Vec<u8>) {
    let line: Vec<char> = encoding::text(line).0.trim_end().chars().collect();
    if line.is_empty() {
        return into.push(b'\n');
    }
    let ends = places.iter().skip(1).copied().chain([line.len()]);
    let cell = |(&start, end): (&usize, usize)| -> String {
        line.get(start..end.min(line.len())).unwrap_or_default().iter().collect()
    };
    write(places.iter().zip(ends).map(cell), into);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::blanks::{Blank, Blanks};
    use std::io::Read;

    fn read(table: &str) -> Option<String> {
        let mut text = String::new();
        let blank = Blank::Places(places(table.as_bytes())?);
        Blanks::new(table.as_bytes(), blank).read_to_string(&mut text).unwrap();
        Some(text)
    }

    #[test]
    fn columns_that_begin_at_one_place_are_found() {
        let table = "Name          City        Amount\nJohn Smith    New York      4.37\nAnn Lee       Rome          7.27\n\
                     Bob \"B\" Low   Rome        100.50\nÜrsula Öz     New York\n";
        let found = places(table.as_bytes());
        assert_eq!(found, None, "one of four amounts is missing");
        let table = table.replace("Öz     New York", "Öz     New York      1.00");
        assert_eq!(places(table.as_bytes()).unwrap(), [0, 14, 26]);
        let text = read(&table).unwrap();
        assert!(text.starts_with("Name\tCity\tAmount\nJohn Smith\tNew York\t4.37\n"), "{text}");
        assert!(text.contains("\"Bob \"\"B\"\" Low\"\tRome\t100.50\nÜrsula Öz\tNew York\t1.00\n"), "{text}");
    }

    #[test]
    fn sizes_and_names_in_capitals_tell_tables_of_programs() {
        let disks = "Filesystem      Size  Used Avail Use% Mounted on\n/dev/sda1        50G   20G   28G  42% /\n\
                     tmpfs           3.9G  1.2M  3.9G   1% /run\n/dev/sdb1       916G  800G   70G  92% /data\n";
        assert!(read(disks).unwrap().ends_with("/dev/sdb1\t916G\t800G\t70G\t92%\t/data\n"));
        let blocks = "Filesystem 1K-blocks     Used Available Use% Mounted on\n/dev/sda1       5000     2000      2800  42% /\n\
                      tmpfs      264212084 26055224  69230664   1% /run\nlong_names       916      800        70  92% /data\n";
        assert!(
            read(blocks).unwrap().starts_with("Filesystem\t1K-blocks\tUsed\tAvailable\tUse%\tMounted on\n")
        );
        let containers = "CONTAINER ID   IMAGE     STATUS       NAMES\nabcdef012345   nginx:1   Up 2 weeks   web\n\
                          bcdef0123456   redis     Up 3 days    a b\nacdef0123456   redis     Exited       c\n";
        let text = read(containers).unwrap();
        assert!(text.starts_with("CONTAINER ID\tIMAGE\tSTATUS\tNAMES\n"), "{text}");
        assert_eq!(read(&containers.to_lowercase()), None);
    }

    #[test]
    fn lines_of_words_have_no_places() {
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
}
