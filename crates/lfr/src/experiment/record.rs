//! A record: what one job gave, as one JSON file.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::job::Job;
use crate::error::{Error, Result};
use crate::regular;

/// The layout of record files that this version writes.
const FORMAT: u32 = 1;

/// Largest record, in bytes; one with every item's score is the longest.
const MAX_SIZE: u64 = 1 << 30;

/// The outcome of a job. Runs of one job by one version differ in [`Record::run`] alone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// The layout of the file.
    pub format: u32,
    /// The job.
    pub job: Job,
    /// Version of the program.
    pub version: String,
    /// Commit it was built from, where known.
    pub commit: Option<String>,
    /// Every setting of the method, as after preset and overrides.
    pub config: Value,
    /// Number of inliers.
    pub inliers: usize,
    /// Number of outliers.
    pub outliers: usize,
    /// How well each score of the run agrees with the labels, the method's own first.
    pub scores: Vec<Quality>,
    /// The training, where the job asks for it.
    pub curve: Vec<Point>,
    /// What the method had to say.
    pub warnings: Vec<String>,
    /// Where and how fast it ran.
    pub run: Run,
}

/// Agreement of a score with the labels, after training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// `S_A` or `S_B` (Lin et al. 2023, Eq. 12) for methods with a latent layer, `S` for the others.
    pub name: String,
    /// Area under the ROC curve, in \[0, 1\].
    pub auroc: f64,
    /// Area under the precision-recall curve by trapezoids, outliers positive; what the paper reports.
    pub aupr_trapezoid: f64,
    /// The same area as a sum of steps.
    pub average_precision: f64,
    /// Area by trapezoids with the inliers positive, which E3Outlier reports too.
    pub aupr_inliers: f64,
    /// Every item's score, where the job asks for it.
    pub values: Option<Scores>,
}

/// The scores of all items, by label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scores {
    /// Of the inliers, in the order of the draw.
    pub inliers: Vec<f32>,
    /// Of the outliers.
    pub outliers: Vec<f32>,
}

/// The state after an epoch, by the method's own score.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// From 1.
    pub epoch: usize,
    /// Mean loss an item.
    pub loss: f32,
    /// Mean error of the worst tenth over the median error.
    pub gap: Option<f32>,
    /// Area under the ROC curve.
    pub auroc: f64,
    /// Area under the precision-recall curve by trapezoids, outliers positive.
    pub aupr_trapezoid: f64,
    /// Mean score of the inliers.
    pub inliers: f64,
    /// Mean score of the outliers.
    pub outliers: f64,
}

/// Where and how fast a job ran.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Wall time of fitting and scoring, in seconds, with the scoring for the curve; reading the data set is not in it.
    pub seconds: f64,
    /// As in `--device`.
    pub device: String,
    /// Threads it had.
    pub threads: usize,
    /// The most memory the process has held so far, in bytes, where the system tells. With several jobs at a time,
    /// that of all of them.
    pub peak_memory: Option<u64>,
}

impl Record {
    /// A record of `job` by this version of the program, to be filled in.
    pub fn new(job: &Job, commit: Option<&str>, config: Value, run: Run) -> Self {
        Self {
            format: FORMAT,
            job: job.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit.map(str::to_owned),
            config,
            inliers: 0,
            outliers: 0,
            scores: Vec::new(),
            curve: Vec::new(),
            warnings: Vec::new(),
            run,
        }
    }

    /// Where the record of the job with this hash lies.
    pub fn path(folder: &Path, hash: &str) -> PathBuf {
        folder.join(format!("{hash}.json"))
    }

    /// The score called `name`, or the method's own.
    pub fn quality(&self, name: Option<&str>) -> Option<&Quality> {
        match name {
            None => self.scores.first(),
            Some(name) => self.scores.iter().find(|quality| quality.name == name),
        }
    }

    /// The text of the file.
    ///
    /// # Errors
    /// [`Error::Config`] for a record that would not read back, as with numbers that are not finite.
    pub fn to_json(&self) -> Result<String> {
        let bad = |error: serde_json::Error| {
            Error::config("record", &self.job, format!("cannot be stored, is a number not finite? ({error})"))
        };
        let text = serde_json::to_string(self).map_err(bad)? + "\n";
        serde_json::from_str::<Self>(&text).map_err(bad)?;
        Ok(text)
    }

    /// Reads the record of the job with this hash; `None` when there is none.
    ///
    /// # Errors
    /// A file that cannot be read, is half written, of another layout, or belongs to another job.
    pub fn read(folder: &Path, hash: &str) -> Result<Option<Self>> {
        let path = Self::path(folder, hash);
        let text = match regular::read(&path, "the record's size in bytes", MAX_SIZE) {
            Ok(text) => text,
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let problem = match serde_json::from_slice::<Self>(&text) {
            Ok(record) if record.format != FORMAT => {
                format!("has layout {}, known is {FORMAT}", record.format)
            }
            Ok(record) if record.job.hash() != hash => format!("belongs to another job: {}", record.job),
            Ok(record) => return Ok(Some(record)),
            Err(error) => format!("is half written or no record: {error}"),
        };
        Err(Error::input(path, format!("{problem}; delete it or run `lfr bench run` again")))
    }
}

#[cfg(test)]
pub(super) fn example(job: &Job, auroc: f64) -> Record {
    let run = Run { seconds: 0.5, device: "cpu".into(), threads: 1, peak_memory: None };
    let quality = |name: &str, auroc| Quality {
        name: name.into(),
        auroc,
        aupr_trapezoid: auroc / 2.0,
        average_precision: auroc / 3.0,
        aupr_inliers: 0.9,
        values: None,
    };
    let scores = vec![quality("S_B", auroc), quality("S_A", auroc - 0.125)];
    Record { inliers: 100, outliers: 10, scores, ..Record::new(job, None, Value::Null, run) }
}

#[cfg(test)]
mod tests {
    use super::super::job;
    use super::*;

    #[test]
    fn a_record_reads_back() {
        let folder = tempfile::tempdir().unwrap();
        let record = example(&job::example(), 0.1 + 0.2);
        let hash = record.job.hash();
        assert_eq!(Record::read(folder.path(), &hash).unwrap(), None);
        std::fs::write(Record::path(folder.path(), &hash), record.to_json().unwrap()).unwrap();
        assert_eq!(Record::read(folder.path(), &hash).unwrap(), Some(record));
    }

    #[test]
    fn broken_and_foreign_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let record = example(&job::example(), 0.75);
        let (text, hash) = (record.to_json().unwrap(), record.job.hash());
        for (text, part) in [
            (text[..text.len() / 2].to_owned(), "half written"),
            (String::new(), "half written"),
            ("{}".into(), "no record"),
            (text.replace("\"format\":1", "\"format\":2"), "layout 2"),
            (text.replace("ketch", "watch"), "another job: ae-lfr (paper) on caltech101/watch"),
            (text.replace("\"warnings\"", "\"warning\""), "unknown field"),
        ] {
            std::fs::write(Record::path(folder.path(), &hash), text).unwrap();
            let message = Record::read(folder.path(), &hash).unwrap_err().to_string();
            assert!(message.contains(part) && message.contains(&hash), "{message}");
        }
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_before_they_are_stored() {
        let message = example(&job::example(), f64::NAN).to_json().unwrap_err().to_string();
        assert!(message.contains("not finite") && message.contains("ketch"), "{message}");
    }
}
