//! What a reader decided about the data, for the user to know.

use std::sync::{Arc, Mutex, PoisonError};

/// Sentences that a reader collects while it reads, each of them once. Clones share their lists.
#[derive(Clone, Debug, Default)]
pub struct Notes {
    news: Arc<Mutex<Vec<String>>>,
    warnings: Arc<Mutex<Vec<String>>>,
}

impl Notes {
    /// Adds a sentence (lower case, without a full stop) unless it is there already.
    pub fn add(&self, sentence: impl Into<String>) {
        put(&self.news, sentence.into());
    }

    /// Adds a sentence about data that may be missing from the result.
    pub fn warn(&self, sentence: impl Into<String>) {
        put(&self.warnings, sentence.into());
    }

    /// All sentences so far that are no warnings, in the order in which they were added.
    pub fn list(&self) -> Vec<String> {
        self.news.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// All warnings so far, in the order in which they were added.
    pub fn warnings(&self) -> Vec<String> {
        self.warnings.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

fn put(list: &Mutex<Vec<String>>, sentence: String) {
    let mut all = list.lock().unwrap_or_else(PoisonError::into_inner);
    if !all.contains(&sentence) {
        all.push(sentence);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_kept_once_and_clones_share_the_list() {
        let notes = Notes::default();
        notes.clone().add("12 empty rows skipped");
        notes.add("12 empty rows skipped");
        notes.clone().warn("half of it is missing");
        assert_eq!(notes.list(), ["12 empty rows skipped"]);
        assert_eq!(notes.warnings(), ["half of it is missing"]);
    }
}
