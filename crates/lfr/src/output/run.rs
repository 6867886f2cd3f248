//! The record of a run: how its scores came about.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::check::Check;
use crate::data::{Kind, Quarantined};
use crate::durable;
use crate::encoder::Card;
use crate::error::{Error, Result};
use crate::preprocess::ColumnReading;
use crate::regular;
use crate::threshold::Threshold;

/// The version of the record that this code writes, and the newest it reads.
const FORMAT: u64 = 1;

/// Largest record, in bytes.
const MAX_SIZE: u64 = 256 << 20;

/// Everything about a run but the scores, as `run.json` holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RunRecord {
    /// Version of the tool.
    pub version: String,
    /// The command line, one word per entry.
    pub command: Vec<String>,
    /// The input as the user named it.
    pub input: String,
    /// What the items are.
    pub kind: Kind,
    /// The method and all its settings; the key `method` holds its name.
    pub method: Value,
    /// Every other setting in force.
    pub config: Value,
    /// Everything random derives from it.
    pub seed: u64,
    /// Where networks ran.
    pub device: String,
    /// Threads of the processor in use.
    pub threads: usize,
    /// SHA-256 of the items' identifiers and values.
    pub fingerprint: String,
    /// Items ranked.
    pub items: usize,
    /// Items that could not be read.
    pub bad: usize,
    /// The first of them.
    pub quarantined: Vec<Quarantined>,
    /// Wall time by stage, in seconds.
    pub seconds: BTreeMap<String, f64>,
    /// How every column of a table was read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<ColumnReading>,
    /// The encoder that made the features.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoder: Option<Card>,
    /// For the most anomalous items, by their place from 0, the typical ones most similar to them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub nearest: Vec<(usize, Vec<usize>)>,
    /// Sentences for the user.
    pub warnings: Vec<String>,
    /// What the self-checks found.
    pub checks: Vec<Check>,
    /// One point per epoch; empty for methods that do not train.
    pub curve: Vec<CurvePoint>,
    /// How well the scores agree with the labels, when labels were given.
    pub metrics: Option<Metrics>,
    /// Places, from 0, of the labelled items that guided the fit; the metrics leave them out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub guides: Vec<usize>,
    /// The cut between items flagged and not, when one was asked for.
    pub threshold: Option<Threshold>,
}

/// The outcome of one pass over the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// From 1.
    pub epoch: usize,
    /// Mean loss per item.
    pub loss: f32,
    /// Its summands by name.
    pub parts: Vec<(String, f32)>,
    /// Mean error of the worst tenth over the median error.
    pub gap: Option<f32>,
    /// Area under the ROC curve at this point, when labels were given.
    pub auroc: Option<f32>,
    /// Area under the precision-recall curve by trapezoids at this point, when labels were given.
    pub aupr: Option<f32>,
}

/// How well scores agree with labels.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metrics {
    /// Area under the ROC curve.
    pub auroc: f64,
    /// Area under the precision-recall curve by trapezoids.
    pub aupr: f64,
    /// Average precision.
    pub average_precision: f64,
    /// Items labelled as outliers.
    pub outliers: usize,
}

#[derive(Deserialize)]
struct Version {
    format: u64,
}

#[derive(Serialize, Deserialize)]
struct Versioned<R> {
    format: u64,
    #[serde(flatten)]
    record: R,
}

impl RunRecord {
    /// Writes the record as indented JSON.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written.
    pub fn write(&self, path: &Path) -> Result<()> {
        durable::write(path, |out| {
            let failed = |e| Error::io("write", path, e);
            serde_json::to_writer_pretty(&mut *out, &Versioned { format: FORMAT, record: self })
                .map_err(|e| failed(e.into()))?;
            out.write_all(b"\n").map_err(failed)
        })
    }

    /// Reads a record.
    ///
    /// # Errors
    /// [`Error::Io`]; [`Error::TooLarge`] beyond 256 MiB; [`Error::Input`] when it is no record or a newer one.
    pub fn read(path: &Path) -> Result<Self> {
        let bytes = regular::read(path, "the record's size in bytes", MAX_SIZE)?;
        let damaged = |e: serde_json::Error| Error::input(path, format!("not the record of a run: {e}"));
        let Version { format } = serde_json::from_slice(&bytes).map_err(damaged)?;
        if format > FORMAT {
            let problem =
                format!("the record has format {format}, this lfr reads up to {FORMAT}; use a newer lfr");
            return Err(Error::input(path, problem));
        }
        serde_json::from_slice::<Versioned<Self>>(&bytes).map(|v| v.record).map_err(damaged)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::check::{Evidence, checks};
    use crate::threshold::{Rule, threshold};

    fn record() -> RunRecord {
        RunRecord {
            version: "0.1.0".into(),
            command: vec!["lfr".into(), "rank".into(), "my pile".into()],
            input: "my pile".into(),
            kind: Kind::Images,
            method: serde_json::json!({ "method": "ae", "epochs": 3 }),
            config: serde_json::json!({ "image_size": 32 }),
            seed: u64::MAX,
            device: "cpu".into(),
            threads: 2,
            fingerprint: "00".repeat(32),
            items: 2,
            bad: 1,
            quarantined: vec![Quarantined { id: "x.png".into(), reason: "cut short".into() }],
            seconds: [("fit".to_owned(), 1.25)].into(),
            columns: vec![ColumnReading { name: "a".into(), cells: 2, ..ColumnReading::default() }],
            encoder: None,
            nearest: vec![(1, vec![0])],
            warnings: vec!["w".into()],
            checks: checks(&Evidence { scores: &[1.0, 1.0], ..Evidence::default() }),
            curve: vec![CurvePoint {
                epoch: 1,
                loss: 0.1,
                parts: vec![("task".into(), 0.1)],
                gap: Some(2.0),
                auroc: None,
                aupr: None,
            }],
            metrics: Some(Metrics { auroc: 0.9, aupr: 0.5, average_precision: 0.49, outliers: 1 }),
            guides: vec![1],
            threshold: threshold(&[1.0, 2.0], Rule::TopK(1)).ok(),
        }
    }

    #[test]
    fn a_record_comes_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        record().write(&path).unwrap();
        assert_eq!(RunRecord::read(&path).unwrap(), record());
        assert!(
            fs::read_to_string(&path).unwrap().starts_with("{\n  \"format\": 1,\n  \"version\": \"0.1.0\"")
        );
    }

    #[test]
    fn what_is_no_record_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let refusal = |content: &str| {
            fs::write(&path, content).unwrap();
            RunRecord::read(&path).unwrap_err().to_string()
        };
        assert!(refusal("{\"format\": 9}").contains("the record has format 9"));
        for content in ["", "[]", "{}", "{\"format\": 1}", "\u{0}"] {
            assert!(refusal(content).contains("not the record of a run"), "{content:?}");
        }
        assert!(matches!(RunRecord::read(&folder.path().join("absent")), Err(Error::Io { .. })));
    }
}
