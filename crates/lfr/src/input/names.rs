//! Names for the columns of a table: every column has one, and no two the same.

use std::collections::HashSet;

use super::columns::list;
use super::notes::Notes;

/// The columns of a table.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// One name a column.
    pub all: Vec<String>,
    /// The column that holds the names of the rows.
    pub index: Option<usize>,
    /// Columns that are no features: with neither a name nor values, or further names of rows.
    pub spare: Vec<usize>,
}

impl Names {
    /// `f0`, `f1`, ...: of a table without names.
    pub fn numbered(width: usize) -> Self {
        Self { all: (0..width).map(|i| format!("f{i}")).collect(), ..Self::default() }
    }

    /// The columns named `raw`; `rows` are the first rows of data. A first column without a name holds the names of the
    /// rows, as pandas and R write them, where all of its values differ. What is decided is said in `notes`.
    pub fn settle(raw: Vec<String>, rows: &[Vec<&str>], notes: &Notes) -> Self {
        let nameless: Vec<usize> = (0..raw.len()).filter(|&i| raw[i].trim().is_empty()).collect();
        let index = Some(0).filter(|_| raw.len() > nameless.len().max(1) && is_index(&raw[0], rows));
        let spare: Vec<usize> =
            nameless.iter().copied().filter(|&i| Some(i) != index && is_void(rows, i)).collect();
        if index.is_some() {
            notes.add("the first column has no name of its own: its values are taken as the names of the rows, not as a feature");
        }
        let mut all = raw;
        let mut called = Vec::new();
        for &i in &nameless {
            all[i] = format!("column {}", i + 1);
            if Some(i) != index && !spare.contains(&i) {
                called.push(all[i].clone());
            }
        }
        if !called.is_empty() {
            notes.add(format!("columns without a name are called by their place: {}", list(&called)));
        }
        let renamed = distinguish(&mut all);
        if !renamed.is_empty() {
            notes.add(format!("columns with the name of an earlier one are renamed: {}", list(&renamed)));
        }
        Self { all, index, spare }
    }
}

/// Makes every name unlike those before it, and gives the changed ones.
fn distinguish(names: &mut [String]) -> Vec<String> {
    let mut taken: HashSet<String> = names.iter().cloned().collect();
    let (mut seen, mut renamed) = (HashSet::new(), Vec::new());
    for name in names {
        if !seen.insert(name.clone()) {
            let other = (2..).map(|n| format!("{name} ({n})")).find(|other| !taken.contains(other));
            if let Some(other) = other {
                taken.insert(other.clone());
                *name = other;
                renamed.push(name.clone());
            }
        }
    }
    renamed
}

/// Whether the first column, called `name`, holds the names of the rows: all different, and no fractions.
fn is_index(name: &str, rows: &[Vec<&str>]) -> bool {
    let cells: Vec<&str> = rows.iter().filter_map(|row| row.first()).map(|cell| cell.trim()).collect();
    let distinct: HashSet<&str> = cells.iter().copied().collect();
    let fraction = |cell: &&str| cell.parse::<f64>().is_ok_and(|value| value.fract() != 0.0);
    let nameless = name.trim().is_empty() || name == "Unnamed: 0";
    nameless
        && !cells.is_empty()
        && distinct.len() == cells.len()
        && !cells.iter().any(|c| c.is_empty() || fraction(c))
}

fn is_void(rows: &[Vec<&str>], column: usize) -> bool {
    !rows.is_empty() && rows.iter().all(|row| row.get(column).is_none_or(|cell| cell.trim().is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn settle(raw: &[&str], rows: &[Vec<&str>]) -> (Names, Vec<String>) {
        let notes = Notes::default();
        let raw = raw.iter().map(|&name| name.to_owned()).collect();
        (Names::settle(raw, rows, &notes), notes.list())
    }

    #[test]
    fn a_nameless_first_column_names_the_rows() {
        for (name, rows) in [
            ("", [vec!["0", "5"], vec!["1", "5"]]),
            ("Unnamed: 0", [vec!["0", "5"], vec!["1", "5"]]),
            (" ", [vec!["Anna", "5"], vec!["Bob", "5"]]),
        ] {
            let (names, notes) = settle(&[name, "x"], &rows);
            assert_eq!((names.index, names.spare.len(), notes.len()), (Some(0), 0, 1), "{rows:?}");
        }
        for rows in [[vec!["0.5", "5"], vec!["1.5", "5"]], [vec!["a", "5"], vec!["a", "5"]]] {
            let (names, notes) = settle(&["", "x"], &rows);
            assert_eq!((names.index, names.all[0].as_str()), (None, "column 1"));
            assert!(notes[0].contains("column 1"), "{notes:?}");
        }
        assert_eq!(settle(&["", ""], &[vec!["1", "2"]]).0.index, None, "something has to be a feature");
    }

    #[test]
    fn nameless_and_repeated_columns_get_names() {
        let (names, notes) = settle(&["a", "", "a", "a", "a (2)", ""], &[vec!["1", "2", "3", "4", "5", ""]]);
        assert_eq!(names.all, ["a", "column 2", "a (3)", "a (4)", "a (2)", "column 6"]);
        assert_eq!(names.spare, [5], "a delimiter at the end of every row");
        assert_eq!(notes.len(), 2, "{notes:?}");
        assert_eq!(settle(&["a", "b"], &[]).1, Vec::<String>::new());
    }

    proptest! {
        #[test]
        fn no_two_names_are_the_same(raw in prop::collection::vec("(a|b|a \\(2\\)|column 2|)", 0..9)) {
            let names = Names::settle(raw.clone(), &[], &Notes::default());
            let distinct: HashSet<&String> = names.all.iter().collect();
            prop_assert_eq!((distinct.len(), names.all.len()), (raw.len(), raw.len()));
        }
    }
}
