//! The tokenizer of BERT and its relatives: words, cut into the longest pieces that the vocabulary has (Devlin et al. 2019,
//! after Schuster and Nakajima 2012), as tokenizer.json describes it.

use std::collections::HashMap;

use regex::Regex;
use serde_json::Value;
#[cfg(feature = "encoders")]
use unicode_normalization::UnicodeNormalization;

/// Signs of their own: ASCII ones, punctuation, and those of Chinese, each of which is a word.
const SIGNS: &str = r"!-/:-@\[-`{-~\p{P}\u{4E00}-\u{9FFF}\u{3400}-\u{4DBF}\u{20000}-\u{2A6DF}\u{2A700}-\u{2CEAF}\u{F900}-\u{FAFF}\u{2F800}-\u{2FA1F}";

/// What is dropped from a text.
const DROPPED: &str = r"[\p{Cc}\p{Cf}\p{Cn}\p{Co}\x{FFFD}--\t\n\r]";

/// A tokenizer of words and their pieces.
pub(super) struct WordPiece {
    vocabulary: HashMap<String, u32>,
    unknown: u32,
    prefix: String,
    longest_word: usize,
    lowercase: bool,
    strips_accents: bool,
    before: Vec<u32>,
    after: Vec<u32>,
    dropped: Regex,
    words: Regex,
    marks: Regex,
}

impl WordPiece {
    /// Reads the bytes of tokenizer.json.
    pub fn load(json: &[u8]) -> Result<Self, String> {
        let json: Value = serde_json::from_slice(json).map_err(|e| format!("not JSON: {e}"))?;
        let (model, normalizer) = (&json["model"], &json["normalizer"]);
        let kind = |part: &Value| part["type"].as_str().unwrap_or("unknown").to_owned();
        for (part, wanted) in [
            (model, "WordPiece"),
            (normalizer, "BertNormalizer"),
            (&json["pre_tokenizer"], "BertPreTokenizer"),
        ] {
            if kind(part) != wanted {
                let found = kind(part);
                return Err(format!("it is of the kind {found}; only that of BERT ({wanted}) is supported"));
            }
        }
        let number = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
        let entries = model["vocab"].as_object().ok_or("it has no vocabulary")?;
        let entry = |(word, id): (&String, &Value)| Some((word.clone(), number(id)?));
        let vocabulary: HashMap<String, u32> =
            entries.iter().map(entry).collect::<Option<_>>().ok_or("its vocabulary is damaged")?;
        let unknown = model["unk_token"].as_str().unwrap_or("[UNK]");
        let unknown = *vocabulary.get(unknown).ok_or_else(|| format!("its vocabulary lacks {unknown}"))?;
        let (before, after) = around(&json["post_processor"])?;
        let lowercase = normalizer["lowercase"].as_bool().unwrap_or(true);
        let regex = |pattern: &str| Regex::new(pattern).map_err(|e| e.to_string());
        Ok(Self {
            vocabulary,
            unknown,
            prefix: model["continuing_subword_prefix"].as_str().unwrap_or("##").to_owned(),
            longest_word: model["max_input_chars_per_word"].as_u64().map_or(100, |n| n.min(1000) as usize),
            lowercase,
            strips_accents: normalizer["strip_accents"].as_bool().unwrap_or(lowercase),
            before,
            after,
            dropped: regex(DROPPED)?,
            words: regex(&format!(r"[{SIGNS}]|[^\s{SIGNS}]+"))?,
            marks: regex(r"\p{Mn}")?,
        })
    }

    /// Tokens that are put around every text.
    pub fn around(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// The tokens of a text with those around it.
    pub fn between(&self, own: Vec<u32>) -> Vec<u32> {
        [self.before.as_slice(), &own, &self.after].concat()
    }

    /// The largest number that a token has.
    pub fn largest(&self) -> u32 {
        self.vocabulary.values().copied().max().unwrap_or_default()
    }

    /// The first `most` tokens of a text.
    pub fn tokens(&self, text: &str, most: usize) -> Vec<u32> {
        let mut text = self.dropped.replace_all(text, "").into_owned();
        if self.strips_accents {
            text = self.marks.replace_all(&decomposed(&text), "").into_owned();
        }
        if self.lowercase {
            text = text.chars().flat_map(char::to_lowercase).collect();
        }
        let mut tokens = Vec::new();
        for word in self.words.find_iter(&text) {
            if tokens.len() >= most {
                break;
            }
            self.cut(word.as_str(), &mut tokens);
        }
        tokens.truncate(most);
        tokens
    }

    /// The longest pieces of a word, one after the other; a word that they do not make up is unknown as a whole.
    fn cut(&self, word: &str, tokens: &mut Vec<u32>) {
        let first = tokens.len();
        let mut ends: Vec<usize> = word.char_indices().map(|(at, _)| at).skip(1).collect();
        ends.push(word.len());
        if ends.len() > self.longest_word {
            return tokens.push(self.unknown);
        }
        let mut start = 0;
        while start < word.len() {
            let piece = |&end: &usize| {
                let part = &word[start..end];
                let id = match start {
                    0 => self.vocabulary.get(part),
                    _ => self.vocabulary.get(&format!("{}{part}", self.prefix)),
                };
                id.map(|&id| (end, id))
            };
            match ends.iter().rev().take_while(|&&end| end > start).find_map(piece) {
                Some((end, id)) => {
                    tokens.push(id);
                    start = end;
                }
                None => {
                    tokens.truncate(first);
                    return tokens.push(self.unknown);
                }
            }
        }
    }
}

#[cfg(feature = "encoders")]
fn decomposed(text: &str) -> String {
    text.nfd().collect()
}

/// Nothing is encoded in a build without encoders.
#[cfg(not(feature = "encoders"))]
fn decomposed(text: &str) -> String {
    text.to_owned()
}

/// The tokens before and after a text.
fn around(post: &Value) -> Result<(Vec<u32>, Vec<u32>), String> {
    let number = |value: &Value| value.as_u64().and_then(|id| u32::try_from(id).ok());
    let damaged = || "the tokens around a text are damaged".to_owned();
    match post["type"].as_str() {
        None => Ok((Vec::new(), Vec::new())),
        Some("BertProcessing" | "RobertaProcessing") => {
            let id = |key: &str| number(&post[key][1]).ok_or_else(damaged);
            Ok((vec![id("cls")?], vec![id("sep")?]))
        }
        Some("TemplateProcessing") => {
            let (mut around, mut is_after) = ([Vec::new(), Vec::new()], false);
            for part in post["single"].as_array().ok_or_else(damaged)? {
                match part["SpecialToken"]["id"].as_str() {
                    None => is_after = true,
                    Some(name) => {
                        let ids = post["special_tokens"][name]["ids"].as_array().ok_or_else(damaged)?;
                        let ids = ids.iter().map(number).collect::<Option<Vec<_>>>().ok_or_else(damaged)?;
                        around[usize::from(is_after)].extend(ids);
                    }
                }
            }
            let [before, after] = around;
            Ok((before, after))
        }
        Some(other) => Err(format!("its post-processor {other} is not supported")),
    }
}

#[cfg(all(test, feature = "encoders"))]
mod tests {
    use super::*;
    use serde_json::json;

    fn json(words: &[&str]) -> Value {
        let vocab: serde_json::Map<_, _> =
            words.iter().zip(0..).map(|(w, i)| ((*w).to_owned(), json!(i))).collect();
        json!({
            "normalizer": {"type": "BertNormalizer", "lowercase": true, "strip_accents": null},
            "pre_tokenizer": {"type": "BertPreTokenizer"},
            "post_processor": {"type": "BertProcessing", "cls": ["[CLS]", 1], "sep": ["[SEP]", 2]},
            "model": {"type": "WordPiece", "unk_token": "[UNK]", "vocab": vocab},
        })
    }

    const WORDS: [&str; 12] =
        ["[UNK]", "[CLS]", "[SEP]", "un", "##aff", "##able", "uber", "!", "\u{4e2d}", "\u{6587}", "c", "##d"];

    fn tokens(text: &str) -> Vec<u32> {
        let words = WordPiece::load(json(&WORDS).to_string().as_bytes()).unwrap();
        words.tokens(text, 99)
    }

    #[test]
    fn words_are_cut_into_their_longest_pieces() {
        assert_eq!(tokens("Unaffable"), [3, 4, 5]);
        assert_eq!(tokens("\u{dc}ber! un-un"), [6, 7, 3, 0, 3], "accents, signs and what is unknown");
        assert_eq!(tokens("unaffableX"), [0], "a rest without a piece");
        assert_eq!(tokens("\u{4e2d}\u{6587}un"), [8, 9, 3], "Chinese signs are words");
        assert_eq!(tokens("c\u{0}d \u{200b}c\td"), [10, 11, 10, 0], "signs that cannot be seen");
        assert_eq!(tokens(&"x".repeat(101)), [0]);
        assert!(tokens(" \u{7}\n").is_empty());
    }

    #[test]
    fn tokenizers_of_other_kinds_are_refused_by_name() {
        let refused = |change: fn(&mut Value)| {
            let mut json = json(&WORDS);
            change(&mut json);
            WordPiece::load(json.to_string().as_bytes()).map(|_| ()).unwrap_err()
        };
        assert!(refused(|json| json["model"]["type"] = "Unigram".into()).contains("of the kind Unigram"));
        assert!(refused(|json| json["normalizer"] = Value::Null).contains("of the kind unknown"));
        assert!(refused(|json| json["model"]["unk_token"] = "<unk>".into()).contains("lacks <unk>"));
        assert!(refused(|json| json["model"]["vocab"]["un"] = (-1).into()).contains("vocabulary is damaged"));
        assert!(WordPiece::load(b"{").map(|_| ()).unwrap_err().contains("not JSON"));
    }

    #[test]
    fn tokens_around_a_text_are_read_in_both_forms() {
        let template = json!({
            "type": "TemplateProcessing",
            "single": [{"SpecialToken": {"id": "<s>"}}, {"Sequence": {"id": "A"}}, {"SpecialToken": {"id": "</s>"}}],
            "special_tokens": {"<s>": {"ids": [5]}, "</s>": {"ids": [6, 7]}},
        });
        assert_eq!(around(&template), Ok((vec![5], vec![6, 7])));
        assert_eq!(around(&Value::Null), Ok((vec![], vec![])));
        assert!(around(&json!({"type": "ByteLevel"})).unwrap_err().contains("ByteLevel"));
        let words = WordPiece::load(json(&WORDS).to_string().as_bytes()).unwrap();
        assert_eq!((words.around(), words.between(vec![9])), (2, vec![1, 9, 2]));
    }
}
