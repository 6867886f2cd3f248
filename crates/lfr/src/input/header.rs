//! Whether the first row of a table holds names, and what stands above it.

use std::collections::HashSet;

use super::expected::Known;
use super::notes::Notes;

/// Rows of titles that may stand above the names.
pub(super) const MAX_ABOVE: usize = 100;

/// Texts that stand for a missing value, and so say nothing about their column.
const MISSING: &[&str] =
    &["na", "n/a", "n.a.", "nan", "null", "none", "nil", "-", "--", "?", ".", "#n/a", "<na>", "\\n"];

/// Where a table begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Heading {
    /// Rows above the names.
    pub above: usize,
    /// Whether the row behind them holds names.
    pub named: bool,
    /// Rows below the names that are no data: units, a second line of names, what a program calls the columns.
    pub below: usize,
}

impl Heading {
    /// Looks at the first rows of a table; `asked` decides where it is given, then a row that has all of the `known`
    /// names. Rows of which less than half is filled count as titles when they have a text and a row of names comes
    /// behind them.
    pub fn find(rows: &[Vec<&str>], asked: Option<bool>, known: &Known) -> Self {
        let place = known.place(rows).filter(|_| asked != Some(false));
        if let Some(above) = place {
            return Self { above, named: true, below: count_below(&rows[above..]) };
        }
        let asked = asked.or(known.is_nameless().then_some(false));
        let mut filled: Vec<usize> = rows.iter().map(|row| filled(row)).collect();
        filled.sort_unstable();
        let typical = filled.get(filled.len() * 3 / 4).copied().unwrap_or(0);
        let above = rows.iter().take(MAX_ABOVE).take_while(|row| is_title(row, typical)).count();
        let heading = |above: usize| {
            let rest = rows.get(above..).unwrap_or_default();
            let count = if asked == Some(false) { 0 } else { count_below(rest) };
            let named = match rest.split_first() {
                Some((first, below)) => asked.unwrap_or_else(|| {
                    is_names(first, &below[count..]) || (count > 0 && has_wide_years(first))
                }),
                None => asked.unwrap_or(true),
            };
            Self { above, named, below: if named { count } else { 0 } }
        };
        let titled = Some(above).filter(|&above| above > 0 && above < rows.len()).map(heading);
        titled.filter(|heading| heading.named).unwrap_or_else(|| heading(0))
    }

    /// Rows up to the first of data.
    pub fn length(self) -> usize {
        self.above + usize::from(self.named) + self.below
    }

    /// The names in `rows`, with a second line of them joined on where the first has gaps or repeats itself, as above
    /// merged cells. What is decided is said in `notes`.
    pub fn names(self, rows: &[Vec<&str>], notes: &Notes) -> Option<Vec<String>> {
        let first = rows.get(self.above).filter(|_| self.named)?;
        let second = rows.get(self.above + 1).filter(|_| self.below > 0);
        let trimmed = |row: &[&str]| row.iter().map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
        let (mut names, Some(mut below)) = (trimmed(first), second.map(|row| trimmed(row))) else {
            return Some(trimmed(first));
        };
        let distinct = names.iter().collect::<HashSet<_>>().len();
        if distinct == names.len() && !names.contains(&String::new()) {
            let shown: Vec<&str> =
                below.iter().filter(|cell| !cell.is_empty()).map(String::as_str).take(3).collect();
            let rows = match self.below {
                1 => "the row below the names is skipped, as it holds".to_owned(),
                n => format!("the {n} rows below the names are skipped, as they hold"),
            };
            notes.add(format!("{rows} units or the like ({})", shown.join(", ")));
            return Some(names);
        }
        let third = rows.get(self.above + 2).filter(|row| self.below > 1 && is_index_name(row));
        if let Some(name) = third.map(|row| row[0].trim()) {
            names[0] = name.to_owned();
            below[0].clear();
        }
        notes.add("the first two rows are the names of the columns");
        let mut over = String::new();
        let join = |(name, below): (String, String)| {
            if !name.is_empty() {
                over.clone_from(&name);
            }
            let above = if below.is_empty() { name } else { over.clone() };
            [above, below].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
        };
        Some(names.into_iter().zip(below).map(join).collect())
    }
}

/// Most rows below the names that are no data: surveys have a row of questions and one of codes.
const MAX_BELOW: usize = 2;

/// How many rows below the first of `rows`, the names, hold no data.
fn count_below(rows: &[Vec<&str>]) -> usize {
    let without = |count: usize| -> Vec<Vec<&str>> {
        rows.iter().take(1).chain(rows.iter().skip(1 + count)).cloned().collect()
    };
    let count = (0..MAX_BELOW).take_while(|&count| has_second(&without(count))).count();
    let wide = count == 1 && rows.first().is_some_and(|row| is_wide(row));
    count + usize::from(wide && rows.get(2).is_some_and(|row| is_index_name(row)))
}

/// Whether names stand above several columns each: some come again, or have gaps beside them.
fn is_wide(row: &[&str]) -> bool {
    let distinct: HashSet<&str> = row.iter().map(|cell| cell.trim()).collect();
    distinct.len() < row.len() || distinct.contains("")
}

/// Whether a row holds nothing but the name of the first column, as pandas writes it below two rows of names.
fn is_index_name(row: &[&str]) -> bool {
    let (first, rest) = row.split_first().map_or(("", row), |(first, rest)| (first.trim(), rest));
    !first.is_empty() && !has_digit(first) && !rest.is_empty() && filled(rest) == 0
}

/// Whether the second of `rows` holds no data: in all columns of numbers it has a text that none of them has again, at
/// least twice or in brackets.
fn has_second(rows: &[Vec<&str>]) -> bool {
    let [first, second, below @ ..] = rows else { return false };
    let numbers: Vec<(&str, Vec<&str>)> = second
        .iter()
        .enumerate()
        .filter_map(|(column, cell)| {
            let below = cells(below, column);
            let many =
                below.len() > 2 && 2 * below.iter().filter(|cell| is_numeric(cell)).count() > below.len();
            many.then(|| (cell.trim(), below))
        })
        .collect();
    let told: Vec<_> = numbers.iter().filter(|(cell, _)| !is_missing(cell)).collect();
    let in_brackets =
        |cell: &str| cell.starts_with(['[', '(']) && cell.ends_with([']', ')']) && cell.len() > 2;
    let unlike = |(cell, below): &&(&str, Vec<&str>)| !is_numeric(cell) && !below.contains(cell);
    let plain = first.iter().any(|cell| is_numeric(cell.trim())) && !has_wide_years(first);
    !plain
        && 2 * told.len() > numbers.len()
        && told.iter().all(unlike)
        && (told.len() > 1 || told.iter().any(|(cell, _)| in_brackets(cell)))
}

/// Whether the numbers of a row are years above several columns each.
fn has_wide_years(row: &[&str]) -> bool {
    let is_year = |cell: &str| cell.parse().is_ok_and(|year: u32| (1900..=2100).contains(&year));
    let mut numbers = row.iter().map(|cell| cell.trim()).filter(|cell| is_numeric(cell)).peekable();
    is_wide(row) && numbers.peek().is_some() && numbers.all(is_year)
}

fn filled(row: &[&str]) -> usize {
    row.iter().filter(|cell| !cell.trim().is_empty()).count()
}

fn is_title(row: &[&str], typical: usize) -> bool {
    let text = row.iter().find(|cell| !cell.trim().is_empty());
    // Half of a row makes a title where its cells come first; elsewhere they are names of several columns each.
    let count = filled(row);
    let first = row.iter().take(count).all(|cell| !cell.trim().is_empty());
    let sparse = 2 * count < typical || (2 * count == typical && typical > 2 && first);
    sparse && text.is_none_or(|text| text.contains(char::is_alphabetic))
}

/// What the first cell of a column says about the first row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Vote {
    Name,
    Data,
}

/// Whether `first` holds names. It does where one of its cells has letters above a column of numbers, dates or codes,
/// or looks like none of the cells below; or when its numbers count or are years above numbers that do not.
/// Without any such column it does unless its texts occur again below. Words of which no two are the same may come again as a
/// whole, where several exports were joined.
fn is_names(first: &[&str], below: &[Vec<&str>]) -> bool {
    // A delimiter at the end of the row leaves an empty cell.
    let named = first.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1);
    let distinct: HashSet<&str> = first[..named].iter().map(|cell| cell.trim()).collect();
    let words = distinct.len() == named && !distinct.iter().any(|cell| is_missing(cell) || has_digit(cell));
    let others: Vec<Vec<&str>> = below.iter().filter(|row| row.as_slice() != first).cloned().collect();
    if words && named > 1 && others.len() < below.len() {
        let columns = (0..first.len()).map(|column| cells(&others, column));
        if first.iter().zip(columns).any(|(cell, column)| vote(cell, &column) == Some(Vote::Name)) {
            return true;
        }
    }
    let columns: Vec<Vec<&str>> = (0..first.len()).map(|column| cells(below, column)).collect();
    let votes: Vec<_> = first.iter().zip(&columns).map(|(cell, column)| vote(cell, column)).collect();
    if votes.contains(&Some(Vote::Name)) {
        return true;
    }
    if votes.contains(&Some(Vote::Data)) {
        return are_counted(first, &columns) || is_above_row_numbers(first, &columns);
    }
    let again = |(cell, column): (&&str, &Vec<&str>)| column.contains(&cell.trim());
    first.len() < 2 || !first.iter().zip(&columns).all(again)
}

/// The cells of a column that hold something.
fn cells<'a>(rows: &[Vec<&'a str>], column: usize) -> Vec<&'a str> {
    let cells = rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.trim());
    cells.filter(|cell| !is_missing(cell)).collect()
}

fn is_missing(cell: &str) -> bool {
    cell.is_empty() || MISSING.iter().any(|mark| mark.eq_ignore_ascii_case(cell))
}

fn vote(cell: &str, column: &[&str]) -> Option<Vote> {
    let cell = cell.trim();
    let most = |test: fn(&str) -> bool| 2 * column.iter().filter(|cell| test(cell)).count() > column.len();
    if is_missing(cell) || !most(has_digit) {
        return None;
    }
    let shapes: HashSet<String> = column.iter().map(|cell| shape(cell)).collect();
    // Words among numbers, such as `closed`, have the shape of a name; only the very same word is data.
    let alike = has_digit(cell) && shapes.contains(&shape(cell));
    if is_numeric(cell) || alike || column.contains(&cell) {
        Some(Vote::Data)
    } else if !has_digit(cell) || most(is_numeric) {
        Some(Vote::Name)
    } else {
        None
    }
}

pub(super) fn has_digit(cell: &str) -> bool {
    cell.contains(|c: char| c.is_ascii_digit())
}

/// Whether a cell is a number, an amount, a date or the like: digits without letters, or what parses.
pub(super) fn is_numeric(cell: &str) -> bool {
    cell.parse::<f64>().is_ok() || (has_digit(cell) && !cell.contains(char::is_alphabetic))
}

/// A cell with every run of digits as `9` and every run of letters as `a`.
fn shape(cell: &str) -> String {
    let mut shape = String::new();
    for c in cell.chars() {
        let class = if c.is_ascii_digit() {
            '9'
        } else if c.is_alphabetic() {
            'a'
        } else {
            c
        };
        if !(matches!(class, '9' | 'a') && shape.ends_with(class)) {
            shape.push(class);
        }
    }
    shape
}

/// Whether the whole numbers of the first row are names: years above what is none, or evenly spaced above fractions
/// or above numbers of quite another size.
fn are_counted(first: &[&str], columns: &[Vec<&str>]) -> bool {
    let mut names = Vec::new();
    let mut below = Vec::new();
    for (cell, column) in first.iter().zip(columns) {
        let numbers: Vec<f64> =
            column.iter().filter_map(|cell| cell.replace(',', ".").parse().ok()).collect();
        if 2 * numbers.len() <= column.len() {
            continue;
        }
        match cell.trim().parse::<u32>() {
            Ok(name) => names.push(f64::from(name)),
            Err(_) if cell.trim().is_empty() => continue,
            Err(_) => return false,
        }
        below.push((column, numbers));
    }
    let distinct: HashSet<u64> = names.iter().map(|name| name.to_bits()).collect();
    if names.len() < 2 || distinct.len() < names.len() {
        return false;
    }
    let is_year = |number: &f64| (1900.0..=2100.0).contains(number);
    let few_years = |numbers: &[f64]| 2 * numbers.iter().filter(|n| is_year(n)).count() < numbers.len();
    if names.iter().all(is_year) && below.iter().all(|(_, numbers)| few_years(numbers)) {
        return true;
    }
    let step = names[1] - names[0];
    let even = names.windows(2).all(|pair| pair[1] - pair[0] == step);
    let counting = names.len() > 2 || names[0] <= 1.0;
    let fractions = |column: &[&str]| column.iter().all(|cell| cell.contains(['.', ',', 'e', 'E']));
    let apart = |name: f64, numbers: &[f64]| {
        let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
        let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let range = most - least;
        numbers.len() >= 3 && (name < least - range || name > most + range)
    };
    let all_fractions = below.iter().all(|(column, _)| fractions(column));
    let all_apart =
        names.len() >= 3 && names.iter().zip(&below).all(|(&name, (_, numbers))| apart(name, numbers));
    // As on plates of wells: an empty corner above words, and 1, 2, 3, ... beside it.
    let words = columns
        .first()
        .is_some_and(|column| !column.is_empty() && !column.iter().any(|cell| has_digit(cell)));
    let cornered = first[0].trim().is_empty() && words && names.len() > 2 && names[0] <= 1.0 && step == 1.0;
    even && ((counting && all_fractions) || all_apart || cornered)
}

/// Whether the first row begins with an empty cell above 0, 1, 2, ..., the row numbers that pandas writes.
fn is_above_row_numbers(first: &[&str], columns: &[Vec<&str>]) -> bool {
    let empty = first.first().is_some_and(|cell| cell.trim().is_empty());
    let rows = columns.first().map_or(&[][..], Vec::as_slice);
    let counted = |from: usize| rows.iter().zip(from..).all(|(cell, i)| *cell == i.to_string());
    empty && rows.len() > 1 && (counted(0) || counted(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> (usize, bool) {
        let rows: Vec<Vec<&str>> = text.split('\n').map(|line| line.split(';').collect()).collect();
        let Heading { above, named, .. } = Heading::find(&rows, None, &Known::default());
        (above, named)
    }

    #[test]
    fn a_cell_unlike_its_column_makes_names() {
        for text in [
            "a;b\n1;2\n3;4",
            "a;price\nx;closed\ny;2\nz;3\nx;4\ny;closed\nz;7",
            "id;2019\n1;2\n3;4",
            "day\n01.03.2024\n02.03.2024",
            "price\n$1,201.50\n$3.00",
            "Q1 2019;Q2 2019\n1;2\n3;4",
            "land;x\nL0;a\nL1;b",
            "when\n2024-01-03T10:00:00Z\n2024-01-04T11:00:00Z",
            "weight\n31.2 kg\n30.1 kg",
            "name;city\nx;y",
            "a;b",
        ] {
            assert_eq!(find(text), (0, true), "{text}");
        }
    }

    #[test]
    fn a_row_like_the_others_is_data() {
        for text in [
            "1;2\n3;4",
            "5.1;;setosa\n4.9;3.0;setosa\n7.0;;virginica",
            "5.1;NA;setosa\n4.9;3.0;setosa\n7.0;2;virginica",
            "1,5;2,5\n3,5;4",
            "31.2 kg\n30.1 kg\n29 kg",
            "2024-01-03T10:00:00Z\n2024-01-04T11:00:00Z",
            "red;small\nblue;small\nred;big\nblue;big",
            "1990;2001;2005\n1991;2003;2008\n1992;1999;2001",
            "1;2;3\n4;5;6\n7;8;9",
        ] {
            assert_eq!(find(text), (0, false), "{text}");
        }
    }

    #[test]
    fn numbers_are_names_where_they_count() {
        for text in [
            "land;2019;2020\nLa;10;12\nLb;11;13",
            "2019;2020;2021\n1.5;2.5;3\n2;1;0",
            "0;1;2\n0.5;-1.25;3.0\n2.5;0.1;0.2",
            ";0;1\n0;0.5;1.5\n1;2.5;3.5",
            ";0;1\n0;5;7\n1;3;4",
            "1;2;3;4\n1000;1100;900;1200\n1010;1030;950;1100\n990;1020;930;1000",
            ";1;2;3\nA;0.5;3;1\nB;2;0.5;2\nC;1;1;3",
            "400;402;404\n0.12;0.13;0.5\n0.11;0.1;0.4",
        ] {
            assert_eq!(find(text), (0, true), "{text}");
        }
    }

    #[test]
    fn titles_above_names_are_counted() {
        assert_eq!(find("Report;;\n;;\nname;x;y\na;1;2\nb;3;4\nc;5;6"), (2, true));
        let bank = "Konto;DE12;;;\nZeit;1 - 3;;;\nTag;Name;Betrag;Art;Notiz\n01.01.2024;a;-1,5;E;\n02.01.2024;b;-2,5;E;";
        assert_eq!(find(bank), (2, true));
        assert_eq!(find("5;;\n1;2;3\n4;5;6"), (0, false));
        assert_eq!(find(""), (0, true));
    }

    fn names(text: &str) -> (Vec<String>, usize, Vec<String>) {
        let rows: Vec<Vec<&str>> = text.split('\n').map(|line| line.split(';').collect()).collect();
        let (heading, notes) = (Heading::find(&rows, None, &Known::default()), Notes::default());
        (heading.names(&rows, &notes).unwrap_or_default(), heading.length(), notes.list())
    }

    #[test]
    fn units_and_second_names_below_the_names_are_no_data() {
        let (all, length, notes) = names("t;pH;T\n[s];[-];[°C]\n1;7.1;25\n2;7.2;26\n3;7.1;25");
        assert_eq!((all, length), (vec!["t".into(), "pH".into(), "T".into()], 2));
        assert!(notes[0].contains("holds units or the like ([s], [-], [°C])"), "{notes:?}");
        let (all, length, notes) = names(";Temp;;Wind\nplace;min;max;mean\na;1;2;3\nb;1;3;3\na;2;2;4");
        assert_eq!(
            (all, length),
            (vec!["place".into(), "Temp min".into(), "Temp max".into(), "Wind mean".into()], 2)
        );
        assert!(notes[0].contains("first two rows"), "{notes:?}");
        let (all, length, _) = names(
            "Region;2023;;2024;\n;Sales;Ret;Sales;Ret\nNorth;80.1;3;79.5;2\nSouth;81.2;4;80.2;3\nWest;79;3;81;5",
        );
        let joined = ["Region", "2023 Sales", "2023 Ret", "2024 Sales", "2024 Ret"];
        assert_eq!((all, length), (joined.map(str::to_owned).to_vec(), 2));
        let index = ";2023;2023;2024\n;Sales;Ret;Sales\nRegion;;;\nNorth;80.1;3;79.5\nSouth;81.2;4;80.2\nWest;79;3;81";
        let joined = ["Region", "2023 Sales", "2023 Ret", "2024 Sales"];
        for index in [index.to_owned(), index.replacen(';', "year;", 1).replacen("\n;", "\nkind;", 1)] {
            assert_eq!((names(&index).0, names(&index).1), (joined.map(str::to_owned).to_vec(), 3));
        }
        for text in [
            "year;2023;2024\nNorth;n.d.;closed\nSouth;3;4\nWest;5;6\nEast;6;7",
            "a;b\nlow;n.d.\n1;2\nlow;3\n2;4\n3;5",
            "a;b\nx;closed\ny;2\nz;3\nx;4",
            "a;b\n1;2\n3;4\n5;6",
            "a;b\n;\n3;4\n5;6\n7;8",
        ] {
            assert_eq!(names(text).1, 1, "{text}");
        }
    }

    #[test]
    fn what_is_asked_for_wins() {
        let rows = [vec!["1"], vec!["2"]];
        assert!(Heading::find(&rows, Some(true), &Known::default()).named);
        assert!(!Heading::find(&[vec!["a"], vec!["2"]], Some(false), &Known::default()).named);
    }
}
