//! Words of a document, as scikit-learn's text vectorisers cut them.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

/// Words that say little about a document's subject.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StopWords {
    /// Keep every word.
    None,
    /// Leave out the 318 English words of the Glasgow Information Retrieval Group's list, the one that
    /// scikit-learn's `stop_words="english"` takes.
    #[default]
    English,
}

impl StopWords {
    /// Whether `word` (lower case) is left out.
    pub fn contains(self, word: &str) -> bool {
        static ENGLISH: LazyLock<HashSet<&str>> =
            LazyLock::new(|| include_str!("english.txt").split_whitespace().collect());
        match self {
            StopWords::None => false,
            StopWords::English => ENGLISH.contains(word),
        }
    }
}

/// The words of a document in lower case: runs of at least two letters, digits and underscores of any script
/// (scikit-learn's default `token_pattern`; Python's `\w` is `[\p{L}\p{N}_]`).
pub fn words(lowered: &str) -> impl Iterator<Item = &str> {
    static WORD: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r"[\p{L}\p{N}_]{2,}").expect("the pattern is constant"));
    WORD.find_iter(lowered).map(|word| word.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(document: &str) -> Vec<String> {
        words(&document.to_lowercase()).map(str::to_owned).collect()
    }

    // from sklearn.feature_extraction.text import TfidfVectorizer
    // TfidfVectorizer().build_analyzer()("Don't PANIC: a_b 42 is the Straße's ΟΔΟΣ, İstanbul; हिन्दी 東京 x² ½½")
    #[test]
    fn words_are_scikit_learns() {
        let document = "Don't PANIC: a_b 42 is the Straße's ΟΔΟΣ, İstanbul; हिन्दी 東京 x² ½½";
        let expected =
            ["don", "panic", "a_b", "42", "is", "the", "straße", "οδος", "stanbul", "東京", "x²", "½½"];
        assert_eq!(cut(document), expected);
    }

    #[test]
    fn single_characters_and_punctuation_are_no_words() {
        assert!(cut("a b, c! -- ?").is_empty());
        assert!(cut("").is_empty());
    }

    #[test]
    fn the_english_list_is_whole() {
        assert_eq!(include_str!("english.txt").split_whitespace().count(), 318);
        assert!(StopWords::English.contains("the"));
        assert!(!StopWords::English.contains("engine"));
        assert!(!StopWords::None.contains("the"));
    }
}
