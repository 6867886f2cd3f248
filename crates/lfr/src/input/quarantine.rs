//! Accounting of items that could not be read.

use std::path::Path;

use crate::data::{Chunk, Quarantined};
use crate::error::{Error, Result};

/// How many left-out items are remembered with their reasons.
const REMEMBERED: usize = 1000;

/// What a reader makes of a run of consecutive items.
pub(crate) struct Batch {
    /// The readable ones; each keeps the identifier it has by its place in the input.
    pub chunk: Chunk,
    /// The others.
    pub bad: Vec<Quarantined>,
}

/// Counts of good and bad items.
#[derive(Default)]
pub(super) struct Account {
    good: usize,
    bad: usize,
    first: Vec<Quarantined>,
}

impl Account {
    pub fn record(&mut self, good: usize, bad: Vec<Quarantined>) {
        self.good += good;
        self.bad += bad.len();
        let room = REMEMBERED.saturating_sub(self.first.len());
        self.first.extend(bad.into_iter().take(room));
    }

    pub fn first(&self) -> &[Quarantined] {
        &self.first
    }

    pub fn bad(&self) -> usize {
        self.bad
    }

    /// Judges the whole input, once it is read.
    ///
    /// # Errors
    /// [`Error::TooManyBad`] when bad items exceed the share `limit`, [`Error::Empty`] when there was no item.
    pub fn verdict(&self, path: &Path, limit: f64) -> Result<()> {
        let total = self.good + self.bad;
        match self.first.first() {
            None if total == 0 => {
                Err(Error::Empty { path: path.to_owned(), hint: "it holds no item".into() })
            }
            Some(first) if self.good == 0 || self.bad as f64 > limit * total as f64 => {
                Err(Error::TooManyBad {
                    path: path.to_owned(),
                    bad: self.bad,
                    total,
                    limit,
                    first: format!("{}: {}", first.id, first.reason),
                })
            }
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(good: usize, bad: usize) -> Account {
        let mut account = Account::default();
        let bad = (0..bad).map(|i| Quarantined { id: format!("{i}.png"), reason: "cut short".into() });
        account.record(good, bad.collect());
        account
    }

    #[test]
    fn the_limit_is_a_share_of_all_items() {
        let path = Path::new("pile");
        assert!(account(9, 1).verdict(path, 0.1).is_ok());
        assert!(account(8, 1).verdict(path, 0.1).is_err());
        assert!(account(1, 0).verdict(path, 0.0).is_ok());
        let message = account(1, 2).verdict(path, 0.5).unwrap_err().to_string();
        assert_eq!(
            message,
            "pile: 2 of 3 items could not be read, more than 50 %; the first: 0.png: cut short"
        );
        assert_eq!(account(1, 2).verdict(path, 0.5).unwrap_err().acceptable(), Some(0.7));
        assert_eq!(account(0, 2).verdict(path, 0.5).unwrap_err().acceptable(), None);
    }

    #[test]
    fn nothing_readable_is_an_error_at_any_limit() {
        assert!(matches!(account(0, 3).verdict(Path::new("pile"), 1.0), Err(Error::TooManyBad { .. })));
        assert!(matches!(account(0, 0).verdict(Path::new("pile"), 1.0), Err(Error::Empty { .. })));
    }

    #[test]
    fn only_the_first_thousand_are_remembered() {
        let mut account = account(0, 999);
        account.record(0, vec![Quarantined { id: "x".into(), reason: String::new() }; 5]);
        assert_eq!((account.first().len(), account.bad()), (1000, 1004));
    }
}
