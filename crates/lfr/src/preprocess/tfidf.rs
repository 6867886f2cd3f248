//! TF-IDF weights of documents, exactly those of scikit-learn's `TfidfVectorizer` defaults.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::data::Csr;
use crate::error::{Error, Result};
use crate::words::{StopWords, words};

/// How documents become numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TextOptions {
    /// Terms kept at most: the most frequent ones of the whole pile (scikit-learn's `max_features`). 10 000 as
    /// in the text experiments of Lai et al. 2020 (RSRAE).
    pub max_features: usize,
    /// Words left out.
    pub stop_words: StopWords,
}

impl Default for TextOptions {
    fn default() -> Self {
        Self { max_features: 10_000, stop_words: StopWords::English }
    }
}

impl TextOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] when no term at all may be kept.
    pub fn validate(&self) -> Result<()> {
        if self.max_features == 0 {
            return Err(Error::config("max_features", 0, "at least one term must be kept"));
        }
        Ok(())
    }
}

/// A fitted vocabulary: a document becomes `count(term) * idf(term)`, scaled to length 1, with
/// `idf(term) = ln((1 + n) / (1 + df(term))) + 1` over the `n` documents of the fit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TfIdf {
    /// Words left out.
    stop_words: StopWords,
    /// Documents of the fit, `n`.
    documents: usize,
    /// The kept terms in alphabetical (code point) order: the columns.
    terms: Vec<String>,
    /// Documents that hold each term, `df`.
    frequencies: Vec<usize>,
    /// The share of words that all but a twentieth of the documents of the fit have in common with no other document, or
    /// that are not kept: a new document has as many unknown words. 1 in models that do not know it.
    #[serde(default = "all")]
    usually_unknown: f32,
}

fn all() -> f32 {
    1.0
}

/// Occurrences of each term over all documents, and the number of documents that hold it.
type Counts = HashMap<String, (usize, usize)>;

impl TfIdf {
    /// Learns the vocabulary of `documents`. Where `max_features` cuts between terms of equal frequency,
    /// the alphabetically first stay (scikit-learn leaves that open).
    ///
    /// # Errors
    /// [`Error::NoFeatures`] when no document holds a word.
    pub fn fit(documents: &[&str], options: &TextOptions) -> Result<Self> {
        options.validate()?;
        let total = documents.len();
        let add = |counts, document: &&str| count(counts, document, options.stop_words);
        let parts = documents.par_iter().with_min_len(256).fold(Counts::default, add);
        let terms = parts.reduce(Counts::default, merge);
        if terms.is_empty() {
            let problem = format!(
                "none of the {total} documents holds a word of two letters or more that is not a stop word"
            );
            return Err(Error::NoFeatures { problem });
        }
        let mut ranked: Vec<_> = terms.into_iter().collect();
        ranked.par_sort_unstable_by(|(a, (tf_a, _)), (b, (tf_b, _))| tf_b.cmp(tf_a).then_with(|| a.cmp(b)));
        ranked.truncate(options.max_features);
        ranked.par_sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
        let (terms, frequencies) = ranked.into_iter().map(|(term, (_, df))| (term, df)).unzip();
        let stop_words = options.stop_words;
        let mut fitted = Self { stop_words, documents: total, terms, frequencies, usually_unknown: all() };
        let mut shares = fitted.unknown(documents, 2);
        shares.sort_unstable_by(f32::total_cmp);
        fitted.usually_unknown = shares[(shares.len() * 19 / 20).min(shares.len() - 1)];
        Ok(fitted)
    }

    /// How much more of each document's words than usual are unknown, from 0 (no more than those of 19 in 20 documents of
    /// the fit would be to a vocabulary without them) to 1 (none is known).
    pub fn strangeness(&self, documents: &[String]) -> Vec<f32> {
        let usual = self.usually_unknown;
        let excess = |share: f32| if share > usual { (share - usual) / (1.0 - usual) } else { 0.0 };
        self.unknown(documents, 1).into_iter().map(excess).collect()
    }

    /// Whether each document has words, all of them stop words.
    pub(super) fn commonplace(&self, documents: &[String]) -> Vec<bool> {
        let plain = |document: &String| {
            let text = document.to_lowercase();
            let mut words = words(&text).peekable();
            words.peek().is_some() && words.all(|word| self.stop_words.contains(word))
        };
        documents.par_iter().map(plain).collect()
    }

    /// The share of each document's words that are not among the terms of at least `least` documents of the fit; 0 without
    /// a word.
    fn unknown<T: AsRef<str> + Sync>(&self, documents: &[T], least: usize) -> Vec<f32> {
        let terms = self.terms.iter().zip(&self.frequencies);
        let known: HashSet<&str> =
            terms.filter(|&(_, &df)| df >= least).map(|(term, _)| term.as_str()).collect();
        let share = |document: &T| {
            let text = document.as_ref().to_lowercase();
            let (mut unknown, mut total) = (0.0f32, 0.0f32);
            for word in words(&text).filter(|word| !self.stop_words.contains(word)) {
                total += 1.0;
                unknown += f32::from(u8::from(!known.contains(word)));
            }
            unknown / total.max(1.0)
        };
        documents.par_iter().map(share).collect()
    }

    /// The weights of `documents`, one row each; a document without a known term is a zero row.
    pub fn apply(&self, documents: &[String]) -> Csr {
        let index: HashMap<&str, u32> = self.terms.iter().map(String::as_str).zip(0..).collect();
        let idf = self.idf();
        let rows: Vec<_> = documents.par_iter().map(|document| row(document, &index, &idf)).collect();
        let stored = rows.iter().map(Vec::len).sum();
        let mut out = Csr {
            cols: self.terms.len(),
            offsets: Vec::with_capacity(rows.len() + 1),
            indices: Vec::with_capacity(stored),
            values: Vec::with_capacity(stored),
        };
        out.offsets.push(0);
        for row in rows {
            out.indices.extend(row.iter().map(|&(column, _)| column));
            out.values.extend(row.iter().map(|&(_, value)| value));
            out.offsets.push(out.values.len());
        }
        out
    }

    /// The kept terms, in the order of the columns.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The share of unknown words up to which a document is as usual.
    pub(crate) fn usually_unknown(&self) -> f32 {
        self.usually_unknown
    }

    /// Words left out.
    pub(crate) fn stop_words(&self) -> StopWords {
        self.stop_words
    }

    /// Checks a vocabulary read from a file.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when its parts do not belong together.
    pub fn validate(&self) -> Result<()> {
        let usual = (0.0..=1.0).contains(&self.usually_unknown);
        let ascending = self.terms.windows(2).all(|pair| pair[0] < pair[1]);
        let counted = self.frequencies.iter().all(|&df| (1..=self.documents).contains(&df));
        if usual
            && ascending
            && counted
            && self.terms.len() == self.frequencies.len()
            && !self.terms.is_empty()
        {
            return Ok(());
        }
        Err(Error::Mismatch {
            what: "vocabulary".into(),
            expected: "sorted terms with their document counts".into(),
            found: format!("{} terms, {} counts", self.terms.len(), self.frequencies.len()),
        })
    }

    /// The weight of each term.
    pub(crate) fn idf(&self) -> Vec<f64> {
        let n = self.documents as f64;
        self.frequencies.iter().map(|&df| ((1.0 + n) / (1.0 + df as f64)).ln() + 1.0).collect()
    }
}

fn count(mut counts: Counts, document: &str, stop_words: StopWords) -> Counts {
    let text = document.to_lowercase();
    let mut found: Vec<&str> = words(&text).filter(|word| !stop_words.contains(word)).collect();
    found.sort_unstable();
    for run in found.chunk_by(|a, b| a == b) {
        let (term, tf) = (run[0], run.len());
        match counts.get_mut(term) {
            Some(known) => *known = (known.0 + tf, known.1 + 1),
            None => drop(counts.insert(term.to_owned(), (tf, 1))),
        }
    }
    counts
}

fn merge(a: Counts, b: Counts) -> Counts {
    let (mut large, small) = if a.len() < b.len() { (b, a) } else { (a, b) };
    for (term, (tf, df)) in small {
        let known = large.entry(term).or_default();
        *known = (known.0 + tf, known.1 + df);
    }
    large
}

/// The stored columns of one document, ascending, and their weights.
fn row(document: &str, index: &HashMap<&str, u32>, idf: &[f64]) -> Vec<(u32, f32)> {
    let text = document.to_lowercase();
    let mut found: Vec<u32> = words(&text).filter_map(|word| index.get(word).copied()).collect();
    found.sort_unstable();
    let weights: Vec<(u32, f64)> = found
        .chunk_by(|a, b| a == b)
        .filter_map(|run| Some((run[0], run.len() as f64 * idf.get(run[0] as usize)?)))
        .collect();
    let length = weights.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
    weights.into_iter().map(|(column, weight)| (column, (weight / length) as f32)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOCUMENTS: [&str; 6] = [
        "The cat sat on the mat.",
        "The dog ate the cat, the CAT!",
        "Dogs and cats; cats and dogs: Ünïcode straße",
        "",
        "a b c",
        "mat mat mat dog zebra",
    ];

    fn fit(max_features: usize, stop_words: StopWords) -> TfIdf {
        TfIdf::fit(&DOCUMENTS, &TextOptions { max_features, stop_words }).unwrap()
    }

    fn assert_row(csr: &Csr, i: usize, columns: &[u32], values: &[f64]) {
        let (found, weights) = csr.row(i);
        assert_eq!(found, columns, "row {i}");
        for (&weight, &value) in weights.iter().zip(values) {
            assert!((f64::from(weight) - value).abs() < 1e-6, "row {i}: {weight} for {value}");
        }
    }

    fn owned(documents: &[&str]) -> Vec<String> {
        documents.iter().map(|&document| document.to_owned()).collect()
    }

    // from sklearn.feature_extraction.text import TfidfVectorizer
    // v = TfidfVectorizer(); X = v.fit_transform(DOCUMENTS); X.sort_indices()
    // print(v.get_feature_names_out(), v.idf_, [(X[i].indices, X[i].data) for i in range(6)])
    // Y = v.transform(["cat unknown zebra zebra dog"]); Y.sort_indices(); print(Y.indices, Y.data)
    #[test]
    fn agrees_with_scikit_learn() {
        let tfidf = fit(10_000, StopWords::None);
        let terms = [
            "and",
            "ate",
            "cat",
            "cats",
            "dog",
            "dogs",
            "mat",
            "on",
            "sat",
            "straße",
            "the",
            "zebra",
            "ünïcode",
        ];
        assert_eq!(tfidf.terms(), terms);
        assert!((tfidf.idf()[0] - 2.252762968495368).abs() < 1e-12);
        assert!((tfidf.idf()[2] - 1.8472978603872037).abs() < 1e-12);
        let x = tfidf.apply(&owned(&DOCUMENTS));
        let (mat, sat, the) = (0.3338099794691375, 0.40707823918804836, 0.667619958938275);
        assert_row(&x, 0, &[2, 6, 7, 8, 10], &[mat, mat, sat, sat, the]);
        let (ate, cat, dog) = (0.30987939918318885, 0.5082110804329426, 0.2541055402164713);
        assert_row(&x, 1, &[1, 2, 4, 10], &[ate, cat, dog, 0.7623166206494139]);
        let (twice, once) = (0.5345224838248488, 0.2672612419124244);
        assert_row(&x, 2, &[0, 3, 5, 9, 12], &[twice, twice, twice, once, once]);
        assert_row(&x, 3, &[], &[]);
        assert_row(&x, 4, &[], &[]);
        assert_row(&x, 5, &[4, 6, 11], &[0.29504869676994333, 0.88514609030983, 0.35980920686327644]);
        let new = tfidf.apply(&owned(&["cat unknown zebra zebra dog"]));
        assert_row(&new, 0, &[2, 4, 11], &[0.35469396002314924, 0.35469396002314924, 0.8650921277217781]);
    }

    // As above with TfidfVectorizer(stop_words="english", max_features=5).
    #[test]
    fn agrees_with_scikit_learn_on_stop_words_and_max_features() {
        let tfidf = fit(5, StopWords::English);
        assert_eq!(tfidf.terms(), ["cat", "cats", "dog", "dogs", "mat"]);
        let x = tfidf.apply(&owned(&DOCUMENTS));
        assert_row(&x, 1, &[0, 2], &[0.8944271909999159, 0.4472135954999579]);
        assert_row(&x, 5, &[2, 4], &[0.31622776601683794, 0.9486832980505139]);
        assert_eq!(fit(1, StopWords::English).terms(), ["mat"], "four times, ahead of cat with three");
    }

    #[test]
    fn no_word_at_all_is_an_error_that_says_so() {
        let error = TfIdf::fit(&["the", "a b", ""], &TextOptions::default()).unwrap_err();
        assert!(error.to_string().contains("none of the 3 documents"), "{error}");
        let none = TextOptions { max_features: 0, ..TextOptions::default() };
        assert!(matches!(TfIdf::fit(&DOCUMENTS, &none), Err(Error::Config { .. })));
    }

    #[test]
    fn more_unknown_words_than_usual_are_strange() {
        // Of the two words of each document one is its own.
        let documents: Vec<String> = (0..40).map(|i| format!("common own{i}")).collect();
        let borrowed: Vec<&str> = documents.iter().map(String::as_str).collect();
        let tfidf = TfIdf::fit(&borrowed, &TextOptions::default()).unwrap();
        assert_eq!(tfidf.usually_unknown, 0.5);
        let new = ["common own1", "common new", "common new newer newest", "new", ""];
        assert_eq!(tfidf.strangeness(&owned(&new)), [0.0, 0.0, 0.5, 1.0, 0.0]);
        let json = serde_json::to_string(&tfidf).unwrap();
        let old: TfIdf = serde_json::from_str(&json.replace(",\"usually_unknown\":0.5", "")).unwrap();
        assert_eq!(old.strangeness(&owned(&new)), [0.0; 5], "an old model does not know what is usual");
    }

    #[test]
    fn documents_of_stop_words_alone_are_known() {
        let tfidf = fit(10_000, StopWords::English);
        let documents = owned(&["And you?", "who are you", "and cat", "zebra", "!!", "", "I a"]);
        assert_eq!(tfidf.commonplace(&documents), [true, true, false, false, false, false, false]);
        assert_eq!(fit(10_000, StopWords::None).commonplace(&documents), [false; 7]);
    }

    #[test]
    fn survives_json_and_refuses_damage() {
        let tfidf = fit(10_000, StopWords::English);
        let text = serde_json::to_string(&tfidf).unwrap();
        assert_eq!(serde_json::from_str::<TfIdf>(&text).unwrap(), tfidf);
        assert!(tfidf.validate().is_ok());
        let short = TfIdf { frequencies: vec![1], ..tfidf.clone() };
        assert!(short.validate().is_err());
        let swapped = TfIdf { terms: tfidf.terms.iter().rev().cloned().collect(), ..tfidf };
        assert!(swapped.validate().is_err());
        assert!(TfIdf { usually_unknown: 2.0, ..fit(5, StopWords::None) }.validate().is_err());
    }
}
