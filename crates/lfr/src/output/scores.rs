//! Scores of a pile and the files that hold them.
//!
//! A score file has one row per item, in the order of the input, with the columns `id`, `anomaly_score` (higher = more
//! anomalous), `anomaly_rank` (1 = most anomalous, ties in input order), `anomaly_percentile` and, where they are
//! known, `outlier` (whether a threshold flags the item), `label` (as the user gave it) and `known` (`outlier` or `inlier`
//! where a label guided the fit, else empty). Items with a known label have the last ranks; the percentiles are among the
//! others.

use std::collections::HashMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::{Ids, Texts, formula, read, write};
use crate::durable::OutputFile;
use crate::error::{Error, Result};
use crate::ranking::Ranking;

/// The forms of a score file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// Comma-separated values with a header line.
    #[default]
    Csv,
    /// One JSON object per line.
    Jsonl,
    /// Apache Parquet, zstd.
    Parquet,
}

impl Format {
    /// Every form.
    pub const ALL: [Format; 3] = [Format::Csv, Format::Jsonl, Format::Parquet];

    /// The ending of the files' names, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Csv => "csv",
            Format::Jsonl => "jsonl",
            Format::Parquet => "parquet",
        }
    }

    /// The form that the name of `path` promises.
    ///
    /// # Errors
    /// [`Error::Input`] for another ending or none.
    pub fn of(path: &Path) -> Result<Self> {
        let ending = path.extension().unwrap_or_default().to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|format| *format.extension() == *ending)
            .ok_or_else(|| Error::input(path, "the name of a score file ends in .csv, .jsonl or .parquet"))
    }
}

/// Scores with all that is told about their items. Every list is as long as `scores`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// Who the scores belong to.
    pub ids: Ids,
    /// Finite, higher = more anomalous.
    pub scores: Vec<f32>,
    /// Share of the reference scores that are smaller or equal, in \[0, 1\]. The reference is the pile itself when
    /// it was fitted on, the training pile otherwise.
    pub percentiles: Vec<f32>,
    /// Whether a threshold flags the item.
    pub outliers: Option<Vec<bool>>,
    /// The item's true label, as the user gave it.
    pub labels: Option<Texts>,
    /// The labels that guided the fit, true = outlier; `None` for the items that were ranked. Empty where none did.
    pub known: Vec<Option<bool>>,
}

impl Scores {
    /// Scores whose percentiles are among themselves.
    pub fn of_pile(ids: Ids, scores: Vec<f32>) -> Self {
        Self::of_guided_pile(ids, scores, Vec::new())
    }

    /// Scores whose percentiles are among those of the items without a label in `known`, as long as `scores` or empty.
    pub fn of_guided_pile(ids: Ids, scores: Vec<f32>, known: Vec<Option<bool>>) -> Self {
        let percentiles = percentiles(&scores, &known);
        Self { ids, scores, percentiles, outliers: None, labels: None, known }
    }

    /// The label of an item that guided the fit.
    pub fn known(&self, item: usize) -> Option<bool> {
        self.known.get(item).copied().flatten()
    }

    /// The scores of the items without a known label, in their order.
    pub fn ranked(&self) -> Vec<f32> {
        (0..self.len()).filter(|&item| self.known(item).is_none()).map(|item| self.scores[item]).collect()
    }

    /// Flags the items with scores above `cut`; of those with a known label the outliers, whatever their scores.
    pub fn flag(&mut self, cut: f32) {
        let flag = |item: usize| self.known(item).unwrap_or(self.scores[item] > cut);
        self.outliers = Some((0..self.len()).map(flag).collect());
    }

    /// The items from the most to the least anomalous, those with a known label last.
    pub fn ranking(&self) -> Ranking {
        Ranking::with_last(&self.scores, |item| self.known(item).is_some())
    }

    /// Reads a score file in the form that its name promises. Needs the column `anomaly_score`; ranks are not read.
    ///
    /// # Errors
    /// [`Error::Io`], or [`Error::Input`] naming the row and what is wrong with it; [`Error::Empty`] without a row.
    pub fn read(path: &Path) -> Result<Self> {
        read::read(path, Format::of(path)?)
    }

    /// Writes a score file, in memory that does not grow with the number of items beyond what `self` takes.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::Mismatch`] when the lists differ in length.
    pub fn write(&self, path: &Path, format: Format) -> Result<()> {
        self.write_into(OutputFile::create(path, true)?, format)
    }

    /// Writes a score file that was prepared before; otherwise as [`Scores::write`].
    ///
    /// # Errors
    /// As [`Scores::write`] and [`OutputFile::write`].
    pub fn write_into(&self, file: OutputFile, format: Format) -> Result<()> {
        let path = file.path().to_owned();
        file.write(|out| self.write_to(out, &path, format))
    }

    /// Writes a score file to `out`, which messages call `name`; otherwise as [`Scores::write`].
    ///
    /// # Errors
    /// As [`Scores::write`].
    pub fn write_to(&self, out: &mut (impl Write + Send), name: &Path, format: Format) -> Result<()> {
        self.check_lengths()?;
        write::write(self, out, name, format)
    }

    /// The same with a quote before every identifier and label that a spreadsheet would take for a formula, as `=1+2`.
    #[must_use]
    pub fn without_formulas(mut self) -> Self {
        if let Ids::Names(names) = &mut self.ids {
            *names = formula::quoted(names);
        }
        if let Some(labels) = &mut self.labels {
            *labels = formula::quoted(labels);
        }
        self
    }

    /// The same with the quotes of [`Scores::without_formulas`] taken off the identifiers.
    #[must_use]
    pub fn with_formulas(mut self) -> Self {
        if let Ids::Names(names) = &mut self.ids {
            let mut plain = Texts::default();
            plain.extend(names.iter().map(formula::unquoted));
            *names = plain;
        }
        self
    }

    /// The same scores in the order of the items `ids`, found by their identifiers when they stand in another order.
    ///
    /// # Errors
    /// [`Error::Scores`] naming an item without a score, a score without an item, or an identifier of several items.
    pub fn in_order_of(self, ids: &[String]) -> Result<Self> {
        let own: Vec<String> =
            (0..self.len()).map(|i| formula::unquoted(&self.ids.get(i)).to_owned()).collect();
        if own.iter().map(String::as_str).eq(ids.iter().map(|id| formula::unquoted(id))) {
            return Ok(self);
        }
        let problem = |problem: String| Error::Scores { problem };
        let mut places = HashMap::new();
        for (place, id) in own.iter().enumerate() {
            if places.insert(id.as_str(), place).is_some() {
                return Err(problem(format!(
                    "they are not in the order of the input, and `{id}` stands for several items"
                )));
            }
        }
        let order = ids.iter().map(|id| {
            let none = || problem(format!("none for the item `{id}`; take the file as the run wrote it"));
            places.remove(formula::unquoted(id)).ok_or_else(none)
        });
        let order = order.collect::<Result<Vec<usize>>>()?;
        match places.keys().min() {
            Some(id) => {
                Err(problem(format!("`{id}` is not an item of the input; take the file as the run wrote it")))
            }
            None => Ok(self.select(&order)),
        }
    }

    /// The items at `order`, in that order.
    fn select(&self, order: &[usize]) -> Self {
        let mut ids = Ids::default();
        ids.extend(order.iter().map(|&i| self.ids.get(i)));
        Self {
            ids,
            scores: order.iter().map(|&i| self.scores[i]).collect(),
            percentiles: order.iter().map(|&i| self.percentiles[i]).collect(),
            outliers: self.outliers.as_ref().map(|flags| order.iter().map(|&i| flags[i]).collect()),
            labels: self.labels.as_ref().map(|labels| {
                let mut texts = Texts::default();
                texts.extend(order.iter().filter_map(|&i| labels.get(i)));
                texts
            }),
            known: if self.known.is_empty() {
                Vec::new()
            } else {
                order.iter().map(|&i| self.known[i]).collect()
            },
        }
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.scores.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.scores.is_empty()
    }

    fn check_lengths(&self) -> Result<()> {
        let n = self.scores.len();
        let others = [
            ("identifiers", self.ids.len()),
            ("percentiles", self.percentiles.len()),
            ("flags", self.outliers.as_ref().map_or(n, Vec::len)),
            ("labels", self.labels.as_ref().map_or(n, Texts::len)),
            ("known labels", if self.known.is_empty() { n } else { self.known.len() }),
        ];
        match others.into_iter().find(|&(_, length)| length != n) {
            None => Ok(()),
            Some((what, length)) => Err(Error::Mismatch {
                what: format!("number of {what}"),
                expected: n.to_string(),
                found: length.to_string(),
            }),
        }
    }
}

/// The share of the scores of items without a label in `known` that are smaller or equal, one an item.
pub(super) fn percentiles(scores: &[f32], known: &[Option<bool>]) -> Vec<f32> {
    if known.iter().all(Option::is_none) {
        return Ranking::of(scores).percentiles(scores);
    }
    let unknown = scores.iter().zip(known).filter(|(_, known)| known.is_none());
    let mut sorted: Vec<f32> = unknown.map(|(&score, _)| score).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    let share =
        |&score: &f32| sorted.partition_point(|&other| other <= score) as f64 / sorted.len().max(1) as f64;
    scores.iter().map(|score| share(score) as f32).collect()
}

#[cfg(test)]
mod tests;
