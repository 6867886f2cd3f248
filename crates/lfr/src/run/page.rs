//! The report of a run, from its record, its scores and its items.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::record::metrics;
use super::truth::unguided;
use crate::check::Verdict;
use crate::data::{Images, Items};
use crate::durable::OutputFile;
use crate::error::{Error, Result};
use crate::labels::outlier_labels;
use crate::method::Method;
use crate::metrics::Agreement;
use crate::output::{RunRecord, Scores};
use crate::ranking::Ranking;
use crate::readable::duration;
use crate::report::{self, Labelled, Marked, Provenance, Ranked, Report, Severity, Shown, View, Warning};
use crate::score::Model;
use crate::views::{plain, views};

/// Typical items shown for comparison.
const TYPICAL: usize = 12;

/// Rows of the ranking's head.
const RANKED: usize = 100;

/// Points of a ROC or precision-recall curve.
const POINTS: usize = 400;

/// Writes the report of a run into `file`, with the `show` most anomalous of `items` in its gallery.
///
/// # Errors
/// [`Error::Mismatch`] when the items do not fit the model, [`Error::Io`] when the file cannot be written.
pub fn write_page(
    file: OutputFile,
    record: &RunRecord,
    scores: &Scores,
    items: &[Items],
    model: &Model,
    show: usize,
) -> Result<()> {
    write(file, record, scores, &|place| one(items, place), model, show)
}

/// The items at `places` of a run made visible, in that order. `root` is its input, `items` its pile.
///
/// # Errors
/// [`Error::Mismatch`] when the items do not fit the model, or do not reach to a place.
pub fn show(
    root: &Path,
    scores: &Scores,
    ranks: &[usize],
    items: &[Items],
    model: &Model,
    places: &[usize],
) -> Result<Vec<Shown>> {
    visible(root, scores, ranks, &|place| one(items, place), model, places)
}

/// As [`show`], whatever holds the items.
fn visible(
    root: &Path,
    scores: &Scores,
    ranks: &[usize],
    item: Item<'_>,
    model: &Model,
    places: &[usize],
) -> Result<Vec<Shown>> {
    let ids: Vec<String> = places.iter().map(|&place| scores.ids.get(place)).collect();
    let parts: Vec<Items> = places.iter().filter_map(|&place| item(place)).collect();
    if parts.len() != places.len() {
        let what = "items to show".into();
        let (expected, found) = (places.len().to_string(), parts.len().to_string());
        return Err(Error::Mismatch { what, expected, found });
    }
    if parts.is_empty() {
        return Ok(Vec::new());
    }
    let views = views(&Items::join(parts)?, &ids, root, model.preprocessor(), model.detector())?;
    let label = |item| scores.labels.as_ref().and_then(|labels| labels.get(item)).map(str::to_owned);
    let made = places.iter().zip(ids).zip(views).map(|((&item, id), view)| Shown {
        id,
        rank: ranks[item],
        score: scores.scores[item],
        percentile: scores.percentiles[item],
        label: label(item),
        view,
        nearest: Vec::new(),
    });
    Ok(made.collect())
}

/// The item at a place, alone; none where it is not at hand.
pub(super) type Item<'a> = &'a dyn Fn(usize) -> Option<Items>;

/// As [`write_page`], whatever holds the items.
pub(super) fn write(
    file: OutputFile,
    record: &RunRecord,
    scores: &Scores,
    item: Item<'_>,
    model: &Model,
    show: usize,
) -> Result<()> {
    let ranking = scores.ranking();
    let gallery = Gallery { record, scores, item, model, ranking };
    let html = report::render(&gallery.report(show)?);
    let path = file.path().to_owned();
    file.write(|out| out.write_all(html.as_bytes()).map_err(|e| Error::io("write", path, e)))
}

struct Gallery<'a> {
    record: &'a RunRecord,
    scores: &'a Scores,
    item: Item<'a>,
    model: &'a Model,
    ranking: Ranking,
}

impl Gallery<'_> {
    fn report(&self, show: usize) -> Result<Report> {
        let record = self.record;
        let name = record.method.get("method").and_then(Value::as_str).unwrap_or("unknown");
        let description = Method::ALL.iter().find(|method| method.name == name);
        let scores = self.scores;
        let (order, marked) = self.ranking.order().split_at(self.unmarked());
        let ranked = |&item: &usize| Ranked { id: scores.ids.get(item), score: scores.scores[item] };
        let mark = |&item: &usize| Marked { item: ranked(&item), outlier: scores.known(item) == Some(true) };
        Ok(Report {
            input: record.input.clone(),
            kind: record.kind,
            method: name.to_owned(),
            method_description: described(description.map_or("", |method| method.summary), record),
            budget: self.budget(),
            elapsed: self.elapsed(),
            quarantined: record.quarantined.clone(),
            warnings: self.warnings(),
            scores: order.iter().map(|&item| scores.scores[item]).collect(),
            marked: marked.iter().map(mark).collect(),
            thresholds: record.threshold.iter().cloned().collect(),
            top: self.shown((0..show.min(order.len())).collect())?,
            typical: self.shown(self.typical(show))?,
            ranking: order.iter().take(RANKED).map(ranked).collect(),
            training: record.curve.clone(),
            columns: record.columns.clone(),
            labelled: self.labelled()?,
            checks: record.checks.clone(),
            provenance: self.provenance(),
        })
    }

    /// How many items have no known label; they come first in the ranking.
    fn unmarked(&self) -> usize {
        (0..self.scores.len()).filter(|&item| self.scores.known(item).is_none()).count()
    }

    /// Ranks in the middle, from 0, whose items are at hand.
    fn typical(&self, show: usize) -> Vec<usize> {
        let order = &self.ranking.order()[..self.unmarked()];
        let middle = order.len() / 2;
        let at_hand = |rank: &usize| (self.item)(order[*rank]).is_some();
        let upwards = (middle..order.len()).filter(at_hand).take(TYPICAL / 2);
        let mut ranks: Vec<usize> =
            (0..middle).rev().filter(at_hand).take(TYPICAL / 2).chain(upwards).collect();
        ranks.retain(|&rank| rank >= show);
        ranks.sort_unstable();
        ranks
    }

    /// The items of some ranks, from 0, made visible; none when one is not at hand.
    fn shown(&self, ranks: Vec<usize>) -> Result<Vec<Shown>> {
        let order = self.ranking.order();
        let places: Vec<usize> = ranks.into_iter().filter_map(|rank| order.get(rank).copied()).collect();
        if places.iter().any(|&place| (self.item)(place).is_none()) {
            return Ok(Vec::new());
        }
        let root = Path::new(&self.record.input);
        let mut shown = visible(root, self.scores, &self.ranking.ranks(), self.item, self.model, &places)?;
        shown.iter_mut().zip(places).for_each(|(shown, place)| shown.nearest = self.nearest(place));
        Ok(shown)
    }

    /// The typical items most similar to `item`, made visible.
    fn nearest(&self, item: usize) -> Vec<(String, View)> {
        let found = self.record.nearest.iter().find(|(outlier, _)| *outlier == item);
        let known = found.into_iter().flat_map(|(_, nearest)| nearest.iter().copied());
        let root = Path::new(&self.record.input);
        let made = known.filter_map(|near| {
            let (id, items) = (self.scores.ids.get(near), (self.item)(near)?);
            let view = plain(&items, std::slice::from_ref(&id), root).pop()?;
            Some((id, view))
        });
        made.collect()
    }

    /// Wall time of the run; none when the record tells one that cannot be.
    fn elapsed(&self) -> Duration {
        let seconds = self.record.seconds.get("total").copied().unwrap_or_default();
        Duration::try_from_secs_f64(seconds).unwrap_or_default()
    }

    fn budget(&self) -> String {
        let seconds = self.record.seconds.get("fit").copied().unwrap_or_default();
        let fit = duration(Duration::try_from_secs_f64(seconds).unwrap_or_default());
        match self.record.curve.len() {
            0 => format!("fitted in {fit} on {}", self.record.device),
            epochs => format!("{epochs} epochs, fitted in {fit} on {}", self.record.device),
        }
    }

    fn warnings(&self) -> Vec<Warning> {
        let failed = self.record.checks.iter().filter(|check| check.verdict == Verdict::Warning);
        let failed = failed.map(|check| Warning { severity: Severity::Severe, text: check.message.clone() });
        let said = self.record.warnings.iter();
        failed.chain(said.map(|text| Warning { severity: Severity::Warning, text: text.clone() })).collect()
    }

    fn labelled(&self) -> Result<Option<Labelled>> {
        let Some(labels) = &self.scores.labels else { return Ok(None) };
        let labels = outlier_labels(&labels.iter().collect::<Vec<_>>())?;
        let mut guides = self.record.guides.clone();
        guides.sort_unstable();
        let (scores, labels) = (unguided(&self.scores.scores, &guides), unguided(&labels, &guides));
        let agreement = Agreement::new(&scores, &labels)?;
        let of = |wanted: bool| {
            let scores = scores.iter().zip(&labels);
            scores.filter(|&(_, &outlier)| outlier == wanted).map(|(&score, _)| score).collect()
        };
        Ok(Some(Labelled {
            metrics: metrics(&agreement),
            inliers: of(false),
            outliers: of(true),
            roc: agreement.roc(POINTS),
            precision_recall: agreement.precision_recall(POINTS),
        }))
    }

    fn provenance(&self) -> Provenance {
        let record = self.record;
        Provenance {
            command: record.command.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" "),
            version: record.version.clone(),
            seed: record.seed,
            fingerprint: record.fingerprint.clone(),
            config: serde_json::json!({ "method": record.method, "input": record.config, "encoder": record.encoder }),
            environment: vec![
                ("Device".into(), record.device.clone()),
                ("Threads".into(), record.threads.to_string()),
            ],
        }
    }
}

/// What the method is, the members of a combination, and the encoder.
fn described(summary: &str, record: &RunRecord) -> String {
    let members = record.method["members"].as_array().into_iter().flatten();
    let mut members: Vec<_> = members.filter_map(|member| member["method"].as_str()).collect();
    members.dedup();
    let members = if members.is_empty() { String::new() } else { format!(" ({})", members.join(", ")) };
    let encoder = record
        .encoder
        .as_ref()
        .map_or(String::new(), |encoder| format!(", on the features of {}", encoder.name));
    format!("{summary}{members}{encoder}")
}

/// Item `index` of the chunks, alone; `None` past the end.
pub fn one(chunks: &[Items], mut index: usize) -> Option<Items> {
    let chunk = chunks.iter().find(|chunk| {
        let inside = index < chunk.len();
        index -= if inside { 0 } else { chunk.len() };
        inside
    })?;
    Some(match chunk {
        Items::Images(images) => Items::Images(Images { pixels: images.image(index).to_vec(), ..*images }),
        Items::Rows(batch) => Items::Rows(batch.slice(index, 1)),
        Items::Documents(documents) => Items::Documents(vec![documents[index].clone()]),
    })
}

/// A word of a command as a shell takes it.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "_-+=:,./@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_owned(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}
