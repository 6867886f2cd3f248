//! What is known of a table before it is read: the columns that a model needs.

use super::header::MAX_ABOVE;

/// What a model knows of the tables that it scores. It decides how a file is read only where the file has it; the rest
/// is detected as ever.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Columns that are needed, among others that may be there.
    pub columns: Vec<String>,
    /// The sheet of a workbook that the training data was on.
    pub sheet: Option<String>,
    /// The column that identified the rows of the training.
    pub id: Option<String>,
    /// The column that held the documents of the training.
    pub text: Option<String>,
    /// Whether the documents of a folder were those of the most frequent sort only.
    pub one_sort: bool,
}

impl Known {
    /// The first of `rows` that holds all names; none when no name is known.
    pub(super) fn place(&self, rows: &[Vec<&str>]) -> Option<usize> {
        rows.iter().take(MAX_ABOVE + 1).position(|row| self.are_in(row))
    }

    /// Whether `cells` are names with all of the known ones among them.
    pub(super) fn are_in(&self, cells: &[&str]) -> bool {
        !self.columns.is_empty()
            && self.columns.iter().all(|name| cells.iter().any(|cell| cell.trim() == name.trim()))
    }

    /// Whether the columns have the names of a table without names: `f0`, `f1`, ...
    pub(super) fn is_nameless(&self) -> bool {
        self.fields().is_some()
    }

    /// Fewest fields of a table without names; none for one with names.
    pub(super) fn fields(&self) -> Option<usize> {
        let place = |name: &String| -> Option<usize> { name.strip_prefix('f')?.parse().ok() };
        let places: Option<Vec<usize>> = self.columns.iter().map(place).collect();
        places?.into_iter().max()?.checked_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(columns: &[&str]) -> Known {
        Known { columns: columns.iter().map(|&name| name.to_owned()).collect(), ..Known::default() }
    }

    #[test]
    fn names_are_found_in_any_order_among_others() {
        let rows = [vec!["Report", ""], vec![" b", "c", "a"], vec!["a", "b"]];
        assert_eq!(known(&["a", "b"]).place(&rows), Some(1));
        assert_eq!(known(&["a", "d"]).place(&rows), None);
        assert_eq!(known(&[]).place(&rows), None);
    }

    #[test]
    fn numbered_columns_have_no_names() {
        assert_eq!(known(&["f0", "f12"]).fields(), Some(13));
        assert_eq!(known(&["f0", "b"]).fields(), None);
        assert_eq!(known(&[]).fields(), None);
    }
}
