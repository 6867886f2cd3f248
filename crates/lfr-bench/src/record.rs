//! A record: what one job gave, as one JSON object.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::job::{Job, config_of};
use lfr::check::{Check, Verdict};
use lfr::error::{Error, Result};

/// The layout of records that this version writes. In the first one the settings in force stood beside the job, and there
/// were no self-checks.
const FORMAT: u32 = 2;

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
    /// Number of inliers.
    pub inliers: usize,
    /// Number of outliers.
    pub outliers: usize,
    /// Marked inliers and outliers, where the job asks for marks; they are not among the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub marked: Option<[usize; 2]>,
    /// How well each score of the run agrees with the labels, the method's own first; with marks, on the items without.
    /// Empty where every outlier was marked.
    pub scores: Vec<Quality>,
    /// The training, where the job asks for it.
    pub curve: Vec<Point>,
    /// What the method had to say.
    pub warnings: Vec<String>,
    /// The self-checks of the fit, see [`lfr::check`]; `None` in records made before there were any.
    pub checks: Option<Vec<Check>>,
    /// Where and how fast it ran.
    pub run: Run,
}

/// Agreement of a score with the labels, after training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quality {
    /// `S_A` or `S_B` (Lin et al. 2023, Eq. 12) for methods with a latent layer, `S` for the others; `S_0` for the ranking
    /// without labels that a job with marks begins with.
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
    /// Mean loss per item.
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
    /// As in `--device`, with a GPU's own name behind it.
    pub device: String,
    /// Threads it had.
    pub threads: usize,
    /// The most memory the process has held so far, in bytes, where the system tells. With several jobs at a time,
    /// that of all of them.
    pub peak_memory: Option<u64>,
}

impl Record {
    /// A record of `job` by this version of the program, to be filled in.
    pub fn new(job: &Job, commit: Option<&str>, run: Run) -> Self {
        Self {
            format: FORMAT,
            job: job.clone(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            commit: commit.map(str::to_owned),
            inliers: 0,
            outliers: 0,
            marked: None,
            scores: Vec::new(),
            curve: Vec::new(),
            warnings: Vec::new(),
            checks: None,
            run,
        }
    }

    /// The score called `name`, or the method's own.
    pub fn quality(&self, name: Option<&str>) -> Option<&Quality> {
        match name {
            None => self.scores.first(),
            Some(name) => self.scores.iter().find(|quality| quality.name == name),
        }
    }

    /// Whether it holds all that `job` asks for, of which it has the hash.
    pub fn serves(&self, job: &Job) -> bool {
        self.job.curve >= job.curve && self.job.histogram >= job.histogram
    }

    /// Whether it is to be preferred to `other` of the same hash: it holds more, else it says better where it is from.
    pub(super) fn is_richer(&self, other: &Self) -> bool {
        let wealth = |r: &Self| (r.job.curve, r.job.histogram, r.checks.is_some(), r.commit.is_some());
        wealth(self) > wealth(other)
    }

    /// Whether its scores mean nothing or its network gives every item the same latent: a self-check says so, or, without
    /// checks, the scores with and without the LFR layer agree with the labels to the last digit.
    pub fn is_dead(&self) -> bool {
        const SIGNS: [&str; 4] = ["finite-scores", "distinct-scores", "score-spread", "dead-latent"];
        let alike = |a: &Quality, b: &Quality| {
            (a.auroc, a.aupr_trapezoid, a.aupr_inliers) == (b.auroc, b.aupr_trapezoid, b.aupr_inliers)
        };
        match (&self.checks, self.scores.as_slice()) {
            (Some(checks), _) => checks
                .iter()
                .any(|check| check.verdict == Verdict::Warning && SIGNS.contains(&check.name.as_str())),
            (None, [own, other]) => alike(own, other),
            (None, _) => false,
        }
    }

    /// The hash of its job as this version would write it: settings that came later have their defaults.
    pub(super) fn current_hash(&self) -> String {
        let mut job = self.job.clone();
        if let Ok(config) = job.method.method().and_then(|method| config_of(&method)) {
            job.method.config = config;
        }
        job.hash()
    }

    /// One line of JSON.
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

    /// Reads a record of this or the first layout.
    ///
    /// # Errors
    /// What is wrong with it: half written, or of another layout.
    pub(super) fn parse(text: &[u8]) -> std::result::Result<Self, String> {
        let broken = |error: serde_json::Error| format!("is half written or no record: {error}");
        let value: Value = serde_json::from_slice(text).map_err(broken)?;
        match value.get("format").and_then(Value::as_u64) {
            Some(1) => serde_json::from_value(upgraded(value)).map_err(broken),
            Some(2) => serde_json::from_value(value).map_err(broken),
            Some(other) => Err(format!("has layout {other}, known are 1 and {FORMAT}")),
            None => Err("is half written or no record: it names no layout".into()),
        }
    }
}

/// A record of the first layout as one of the second.
fn upgraded(mut value: Value) -> Value {
    if let Some(record) = value.as_object_mut() {
        let config = record.remove("config").unwrap_or_default();
        if let Some(method) = record.get_mut("job").and_then(|job| job.get_mut("method")?.as_object_mut()) {
            method.insert("config".into(), config);
        }
        record.insert("format".into(), json!(FORMAT));
        record.insert("checks".into(), Value::Null);
    }
    value
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
    Record { inliers: 100, outliers: 10, scores, ..Record::new(job, None, run) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job;

    fn parse(text: &str) -> std::result::Result<Record, String> {
        Record::parse(text.as_bytes())
    }

    #[test]
    fn a_record_reads_back() {
        let record = example(&job::example(), 0.1 + 0.2);
        assert_eq!(parse(&record.to_json().unwrap()), Ok(record.clone()));
        assert_eq!(record.current_hash(), record.job.hash());
    }

    #[test]
    fn a_record_of_the_first_layout_keeps_its_content() {
        let mut record = example(&job::example(), 0.75);
        let mut first = serde_json::to_value(&record).unwrap();
        let config = first["job"]["method"].as_object_mut().unwrap().remove("config").unwrap();
        first["config"] = config;
        first["format"] = json!(1);
        first.as_object_mut().unwrap().remove("checks");
        assert_eq!(parse(&first.to_string()), Ok(record.clone()));
        // Written before the setting existed: it has its default.
        let settings = record.job.method.config.as_object_mut().unwrap();
        assert!(settings.remove("score_on").is_some());
        assert_ne!(record.job.hash(), record.current_hash());
        assert_eq!(record.current_hash(), job::example().hash());
    }

    #[test]
    fn broken_texts_are_named() {
        let text = example(&job::example(), 0.75).to_json().unwrap();
        for (text, part) in [
            (text[..text.len() / 2].to_owned(), "half written"),
            (String::new(), "half written"),
            ("{}".into(), "no record"),
            ("[1, 2]".into(), "no record"),
            (text.replace("\"format\":2", "\"format\":3"), "layout 3"),
            (text.replace("\"warnings\"", "\"warning\""), "unknown field"),
        ] {
            let message = parse(&text).unwrap_err();
            assert!(message.contains(part), "{message}");
        }
    }

    #[test]
    fn a_record_with_more_serves_and_is_richer() {
        let (plain, asked) = (job::example(), Job { curve: true, ..job::example() });
        let (poor, rich) = (example(&plain, 0.5), example(&asked, 0.5));
        assert!(poor.serves(&plain) && rich.serves(&plain) && rich.serves(&asked) && !poor.serves(&asked));
        assert!(rich.is_richer(&poor) && !poor.is_richer(&rich) && !poor.is_richer(&poor));
        let known = Record { commit: Some("c0ffee".into()), ..poor.clone() };
        assert!(known.is_richer(&poor) && rich.is_richer(&known));
    }

    #[test]
    fn dead_networks_are_told_by_their_checks_or_their_two_scores() {
        let mut record = example(&job::example(), 0.75);
        assert!(!record.is_dead());
        let mut other = record.scores[0].clone();
        other.name = "S_A".into();
        record.scores[1] = other;
        assert!(record.is_dead());
        let check =
            |name: &str, verdict| Check { name: name.into(), value: 1.0, verdict, message: String::new() };
        let checked = |checks: Vec<Check>| Record { checks: Some(checks), ..record.clone() }.is_dead();
        assert!(!checked(vec![]));
        assert!(!checked(vec![check("dead-latent", Verdict::Ok), check("loss-rebound", Verdict::Warning)]));
        assert!(checked(vec![check("dead-latent", Verdict::Warning)]));
    }

    #[test]
    fn numbers_that_are_not_finite_are_refused_before_they_are_stored() {
        let message = example(&job::example(), f64::NAN).to_json().unwrap_err().to_string();
        assert!(message.contains("not finite") && message.contains("ketch"), "{message}");
    }
}
