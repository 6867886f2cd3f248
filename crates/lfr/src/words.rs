//! Words of a document, as scikit-learn's text vectorisers cut them, but for scripts without spaces, which are cut into
//! pairs of characters, and emoji, each of which is a word.

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
    pub(crate) fn contains(self, word: &str) -> bool {
        static ENGLISH: LazyLock<HashSet<&str>> =
            LazyLock::new(|| include_str!("words/english.txt").split_whitespace().collect());
        match self {
            StopWords::None => false,
            StopWords::English => ENGLISH.contains(word),
        }
    }

    /// Whether a document has a word that is not left out.
    pub(crate) fn leaves(self, document: &str) -> bool {
        words(&document.to_lowercase()).any(|word| !self.contains(word))
    }
}

/// Scripts that put no spaces between words.
const UNSPACED: &str =
    r"\p{Han}\p{Hiragana}\p{Katakana}\x{30FC}\p{Bopomofo}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}";

/// The words of a document in lower case: runs of at least two letters, digits and underscores of a script with spaces
/// (scikit-learn's default `token_pattern`; Python's `\w` is `[\p{L}\p{N}_]`), every two neighbours in a run of a script
/// without (or its only character), and emoji.
pub(crate) fn words(lowered: &str) -> impl Iterator<Item = &str> {
    // The same words, found in a fraction of the time.
    let plain = lowered.is_ascii().then(|| {
        let between = |c: char| !c.is_ascii_alphanumeric() && c != '_';
        lowered.split(between).filter(|word| word.len() > 1)
    });
    let found = plain.is_none().then(|| found(lowered));
    plain.into_iter().flatten().chain(found.into_iter().flatten())
}

/// The words of a document in any script.
fn found(lowered: &str) -> impl Iterator<Item = &str> {
    static WORD: LazyLock<Regex> = LazyLock::new(|| {
        let emoji = r"\p{Regional_Indicator}{2}|\p{Emoji_Presentation}|\p{Extended_Pictographic}\x{FE0F}";
        let pattern = format!(r"[[\p{{L}}\p{{N}}_]--[{UNSPACED}]]{{2,}}|[{UNSPACED}]+|{emoji}");
        Regex::new(&pattern).expect("the pattern is constant")
    });
    WORD.find_iter(lowered).flat_map(|found| pieces(found.as_str()))
}

/// Every two neighbouring characters of a run of a script without spaces; anything else whole.
fn pieces(run: &str) -> impl Iterator<Item = &str> {
    static RUN: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(&format!("^[{UNSPACED}]")).expect("the pattern is constant"));
    // These scripts begin at U+0E00, so that their first byte tells most words from them.
    let unspaced = run.as_bytes()[0] >= 0xE0 && RUN.is_match(run);
    let ends = run.char_indices().map(|(at, c)| at + c.len_utf8()).skip(1).filter(move |_| unspaced);
    let mut pairs =
        run.char_indices().map(|(at, _)| at).zip(ends).map(|(start, end)| &run[start..end]).peekable();
    let whole = pairs.peek().is_none().then_some(run);
    pairs.chain(whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn plain_text_has_the_words_of_any_script(text in "[a-z0-9_ .,;'\\-\n\x00-\x7f]{0,80}") {
            let text = text.to_lowercase();
            prop_assert_eq!(words(&text).collect::<Vec<_>>(), found(&text).collect::<Vec<_>>());
        }
    }

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
    fn scripts_without_spaces_are_cut_into_pairs() {
        assert_eq!(
            cut("今日は 良い天気。tokyo東京2020 犬"),
            ["今日", "日は", "良い", "い天", "天気", "tokyo", "東京", "2020", "犬"]
        );
        assert_eq!(cut("ラーメン"), ["ラー", "ーメ", "メン"]);
        assert_eq!(cut("สวัสดี"), ["สว", "วั", "ัส", "สด", "ดี"]);
        assert_eq!(cut("날씨가 좋다"), ["날씨가", "좋다"], "Korean has spaces");
    }

    #[test]
    fn emoji_are_words() {
        assert_eq!(cut("ok🔥🔥 ❤️, 🇩🇪 © 3"), ["ok", "🔥", "🔥", "❤️", "🇩🇪"]);
        assert!(StopWords::English.leaves("the 🔥") && !StopWords::English.leaves("the and"));
    }

    #[test]
    fn single_characters_and_punctuation_are_no_words() {
        assert!(cut("a b, c! -- ?").is_empty());
        assert!(cut("").is_empty());
    }

    #[test]
    fn the_english_list_is_whole() {
        assert_eq!(include_str!("words/english.txt").split_whitespace().count(), 318);
        assert!(StopWords::English.contains("the"));
        assert!(!StopWords::English.contains("engine"));
        assert!(!StopWords::None.contains("the"));
    }
}
