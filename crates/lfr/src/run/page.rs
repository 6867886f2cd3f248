//! The report of a run, from its record, its scores and its items.

use std::io::Write;
use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::truth::unguided;
use crate::check::Verdict;
use crate::data::{Images, Items};
use crate::error::{Error, Result};
use crate::method::Method;
use crate::metrics::Agreement;
use crate::output::{OutputFile, Ranking, RunRecord, Scores};
use crate::pile::outlier_labels;
use crate::report::{self, Provenance, Ranked, Report, Severity, Shown, View, Warning, duration};
use crate::score::Model;
use crate::showcase::{plain, views};

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
    let html = html(record, scores, items, model, show)?;
    let path = file.path().to_owned();
    file.write(|out| out.write_all(html.as_bytes()).map_err(|e| Error::io("write", path, e)))
}

/// The report as HTML, see [`write_page`].
pub(super) fn html(
    record: &RunRecord,
    scores: &Scores,
    items: &[Items],
    model: &Model,
    show: usize,
) -> Result<String> {
    let ranking = Ranking::of(&scores.scores);
    let gallery = Gallery { record, scores, items, model, ranking };
    Ok(report::render(&gallery.report(show)?))
}

struct Gallery<'a> {
    record: &'a RunRecord,
    scores: &'a Scores,
    items: &'a [Items],
    model: &'a Model,
    ranking: Ranking,
}

impl Gallery<'_> {
    fn report(&self, show: usize) -> Result<Report> {
        let record = self.record;
        let name = record.method.get("method").and_then(Value::as_str).unwrap_or("unknown");
        let description = Method::ALL.iter().find(|method| method.name == name);
        let order = self.ranking.order();
        let middle = order.len() / 2;
        let typical = middle.saturating_sub(TYPICAL / 2)..(middle + TYPICAL / 2).min(order.len());
        let typical = typical.start.max(show.min(order.len()))..typical.end.max(show.min(order.len()));
        let ranked =
            |&item: &usize| Ranked { id: self.scores.ids.get(item), score: self.scores.scores[item] };
        Ok(Report {
            input: record.input.clone(),
            kind: record.kind,
            method: name.to_owned(),
            method_description: description.map(|method| method.summary.to_owned()).unwrap_or_default(),
            budget: self.budget(),
            elapsed: self.elapsed(),
            quarantined: record.quarantined.clone(),
            warnings: self.warnings(),
            scores: self.scores.scores.clone(),
            thresholds: record.threshold.iter().map(threshold).collect(),
            top: self.shown(0..show.min(order.len()))?,
            typical: self.shown(typical)?,
            ranking: order.iter().take(RANKED).map(ranked).collect(),
            training: record.curve.iter().map(epoch).collect(),
            columns: record.columns.clone(),
            metrics: self.metrics()?,
            checks: record.checks.iter().map(check).collect(),
            provenance: self.provenance(),
        })
    }

    /// The items of some ranks, from 0, made visible.
    fn shown(&self, ranks: std::ops::Range<usize>) -> Result<Vec<Shown>> {
        let order = self.ranking.order();
        let shown: Vec<usize> = ranks.clone().filter_map(|rank| order.get(rank).copied()).collect();
        let ids: Vec<String> = shown.iter().map(|&item| self.scores.ids.get(item)).collect();
        let parts: Vec<Items> = shown.iter().filter_map(|&item| one(self.items, item)).collect();
        if parts.is_empty() || parts.len() != shown.len() {
            return Ok(Vec::new());
        }
        let root = Path::new(&self.record.input);
        let (preprocessor, detector) = (self.model.preprocessor(), self.model.detector());
        let views = views(&Items::join(parts)?, &ids, root, preprocessor, detector)?;
        let label = |item| self.scores.labels.as_ref().and_then(|labels| labels.get(item)).map(str::to_owned);
        let made = ranks.zip(shown).zip(ids).zip(views).map(|(((rank, item), id), view)| Shown {
            id,
            rank: rank + 1,
            score: self.scores.scores[item],
            percentile: self.scores.percentiles[item],
            label: label(item),
            view,
            nearest: self.nearest(item),
        });
        Ok(made.collect())
    }

    /// The typical items most similar to `item`, made visible.
    fn nearest(&self, item: usize) -> Vec<(String, View)> {
        let found = self.record.nearest.iter().find(|(outlier, _)| *outlier == item);
        let known = found.into_iter().flat_map(|(_, nearest)| nearest.iter().copied());
        let root = Path::new(&self.record.input);
        let made = known.filter_map(|near| {
            let (id, items) = (self.scores.ids.get(near), one(self.items, near)?);
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

    fn metrics(&self) -> Result<Option<report::Metrics>> {
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
        Ok(Some(report::Metrics {
            auroc: agreement.auroc(),
            aupr: agreement.aupr(),
            average_precision: agreement.average_precision(),
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

/// Item `index` of the chunks, alone.
fn one(chunks: &[Items], mut index: usize) -> Option<Items> {
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

fn threshold(cut: &crate::threshold::Threshold) -> report::Threshold {
    report::Threshold { rule: cut.rule.clone(), value: cut.value, flagged: cut.flagged }
}

fn epoch(point: &crate::output::CurvePoint) -> report::EpochPoint {
    report::EpochPoint {
        epoch: point.epoch,
        loss: point.loss,
        parts: point.parts.clone(),
        gap: point.gap,
        auroc: point.auroc,
        aupr: point.aupr,
    }
}

fn check(check: &crate::check::Check) -> report::Check {
    let verdict = match check.verdict {
        Verdict::Ok => report::Verdict::Good,
        Verdict::Warning => report::Verdict::Bad,
    };
    report::Check { name: check.name.replace('-', " "), value: check.message.clone(), verdict }
}
