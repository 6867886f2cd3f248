//! What a reader decided about the data, for the user to know.

use std::sync::{Arc, Mutex, PoisonError};

/// Sentences that a reader collects while it reads, each of them once. Clones share one list.
#[derive(Clone, Debug, Default)]
pub struct Notes(Arc<Mutex<Vec<String>>>);

impl Notes {
    /// Adds a sentence (lower case, without a full stop) unless it is there already.
    pub fn add(&self, sentence: impl Into<String>) {
        let sentence = sentence.into();
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !all.contains(&sentence) {
            all.push(sentence);
        }
    }

    /// All sentences so far, in the order in which they were added.
    pub fn list(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
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
        assert_eq!(notes.list(), ["12 empty rows skipped"]);
    }
}
