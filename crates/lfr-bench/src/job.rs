//! A job: one method on one draw of a data set, as a value whose hash names its record.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::data::DataOptions;
use crate::marked::Marking;
use lfr::data::Kind;
use lfr::dataset::Name;
use lfr::error::{Error, Result};
use lfr::method::Method;

/// A method as a grid names it, and what that means.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodSpec {
    /// As in `--method`.
    pub name: String,
    /// As in `--preset`; `None` takes the method's defaults.
    pub preset: Option<String>,
    /// Settings put over those of the preset, laid out as in the program's configuration.
    pub settings: Map<String, Value>,
    /// Every setting in force, after preset, overrides and the choice by kind of data.
    pub config: Value,
}

impl MethodSpec {
    /// Finds the settings in force on data of `kind`.
    ///
    /// # Errors
    /// [`Error::Config`] for a method, preset or setting that does not exist, or one out of range.
    pub fn resolve(
        name: &str,
        preset: Option<&str>,
        settings: &Map<String, Value>,
        kind: Kind,
    ) -> Result<Self> {
        let method = Method::named(name, preset)?.with(&Value::Object(settings.clone()))?.suited_to(kind);
        method.validate()?;
        let (name, preset) = (name.to_owned(), preset.map(str::to_owned));
        Ok(Self { name, preset, settings: settings.clone(), config: config_of(&method)? })
    }

    /// The method with the settings in force.
    ///
    /// # Errors
    /// [`Error::Config`] for a configuration of another version.
    pub fn method(&self) -> Result<Method> {
        serde_json::from_value(self.config.clone())
            .map_err(|error| Error::config("config", &self.name, error.to_string()))
    }
}

/// Every setting of `method`.
pub(super) fn config_of(method: &Method) -> Result<Value> {
    serde_json::to_value(method).map_err(|error| Error::config("method", method.name(), error.to_string()))
}

/// One run of a method.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The data set.
    pub dataset: Name,
    /// How it is read and drawn from.
    #[serde(default, skip_serializing_if = "DataOptions::is_default")]
    pub data: DataOptions,
    /// The inlier class, as [`Name::class_names`] spells it.
    pub inlier: String,
    /// The paper's c, outliers / inliers.
    pub ratio: f64,
    /// Seed of the draw and of the fit.
    pub seed: u64,
    /// So many items are marked before the fit; the others are measured.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub labelled: usize,
    /// Which ones, and how.
    #[serde(default, skip_serializing_if = "Marking::is_default")]
    pub marking: Marking,
    /// The method.
    pub method: MethodSpec,
    /// Whether to score the items during training too.
    pub curve: bool,
    /// Whether to keep every item's score.
    pub histogram: bool,
}

impl Job {
    /// 16 hexadecimal digits that name the job: the start of the SHA-256 of what determines its scores, as JSON with sorted
    /// keys. What a grid calls the method, by which preset and overrides its settings came about, and what more is kept of
    /// a run (curve, histogram) are no part of it, so that grids share records.
    pub fn hash(&self) -> String {
        let text = self.draw(&sorted(&self.method.config).to_string());
        Sha256::digest(text)[..8].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What the grid asks for, whatever settings that stood for: jobs with the same request and another hash differ in
    /// their settings in force alone.
    pub(super) fn request(&self) -> String {
        let MethodSpec { name, preset, settings, .. } = &self.method;
        self.draw(&sorted(&json!({ "name": name, "preset": preset, "settings": settings })).to_string())
    }

    // Written out in order: tables look thousands of jobs up several times.
    fn draw(&self, method: &str) -> String {
        let data = if self.data.is_default() { Value::Null } else { sorted(&json!(self.data)) };
        let (dataset, inlier, ratio, seed) = (self.dataset, json!(self.inlier), self.ratio, self.seed);
        // Without marks the text is that of the time before there were any.
        let mut labelled =
            if self.labelled > 0 { format!(r#""labelled":{},"#, self.labelled) } else { String::new() };
        if self.labelled > 0 && !self.marking.is_default() {
            labelled += &format!(r#""marking":{},"#, json!(self.marking));
        }
        format!(
            r#"{{"data":{data},"dataset":"{dataset}","inlier":{inlier},{labelled}"method":{method},"ratio":{ratio},"seed":{seed}}}"#
        )
    }
}

impl fmt::Display for Job {
    /// For instance `ae-lfr (paper) on caltech101/ketch, c = 0.1, seed 0`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { dataset, inlier, ratio, seed, method, .. } = self;
        f.write_str(&method.name)?;
        if let Some(preset) = &method.preset {
            write!(f, " ({preset})")?;
        }
        write!(f, " on {dataset}/{inlier}, c = {ratio}, seed {seed}")?;
        match self.labelled {
            0 => Ok(()),
            labelled => write!(f, ", {labelled} marked{}", self.marking.words()),
        }
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// `value` with sorted keys, whatever order `serde_json` is built to keep.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let tree: BTreeMap<_, _> = map.iter().map(|(key, value)| (key.clone(), sorted(value))).collect();
            Value::Object(tree.into_iter().collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(sorted).collect()),
        scalar => scalar.clone(),
    }
}

#[cfg(test)]
pub(super) fn example() -> Job {
    example_of(
        "ae-lfr",
        Some("paper"),
        &json!({ "schedule": { "epochs": 20, "batch_size": 64 }, "latent": 32 }),
    )
}

#[cfg(test)]
pub(super) fn example_of(method: &str, preset: Option<&str>, settings: &Value) -> Job {
    let settings = settings.as_object().cloned().unwrap_or_default();
    Job {
        dataset: Name::Caltech101,
        data: DataOptions::default(),
        inlier: "ketch".into(),
        ratio: 0.1,
        seed: 0,
        labelled: 0,
        marking: Marking::Top,
        method: MethodSpec::resolve(method, preset, &settings, Kind::Images).unwrap(),
        curve: false,
        histogram: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lfr::dataset::{Count, Outliers};

    // import hashlib, json
    // job = {"data": None, "dataset": "caltech101", "inlier": "ketch", "ratio": 0.1, "seed": 0,
    //        "method": {"method": "knn", "k": 10}}
    // text = json.dumps(job, sort_keys=True, separators=(",", ":"))
    // print(hashlib.sha256(text.encode()).hexdigest()[:16])
    #[test]
    fn the_hash_never_changes() {
        let mut job = example();
        job.method.config = json!({ "method": "knn", "k": 10 });
        assert_eq!(job.hash(), "e159787a10b8232c");
    }

    #[test]
    fn the_hash_depends_on_what_determines_the_scores_and_on_nothing_else() {
        let base = example();
        let method = |settings: Value| example_of("ae-lfr", Some("paper"), &settings).method;
        let first = DataOptions { outliers: Outliers::First, ..DataOptions::default() };
        let cut = DataOptions { count: Count::Truncated, ..DataOptions::default() };
        let changed: [Job; 10] = [
            Job { dataset: Name::Reuters, ..base.clone() },
            Job { inlier: "watch".into(), ..base.clone() },
            Job { ratio: 0.3, ..base.clone() },
            Job { seed: 1, ..base.clone() },
            Job { labelled: 5, ..base.clone() },
            Job { labelled: 5, marking: Marking::Random, ..base.clone() },
            Job { data: first, ..base.clone() },
            Job { data: cut, ..base.clone() },
            Job { method: method(json!({ "latent": 16 })), ..base.clone() },
            example_of("ae", None, &json!({})),
        ];
        for job in changed {
            assert_ne!(job.hash(), base.hash(), "{job}");
        }
        let marked = Job { labelled: 5, ..base.clone() };
        assert_ne!(Job { marking: Marking::Random, ..marked.clone() }.hash(), marked.hash());
        let mut others = [base.clone(), base.clone(), base.clone()];
        others[0].curve = true;
        others[1].histogram = true;
        others[2].method = method(
            json!({ "lfr": { "k": 10 }, "latent": 32, "schedule": { "batch_size": 64, "epochs": 20 } }),
        );
        others.iter().for_each(|job| assert_eq!(job.hash(), base.hash(), "{job}"));
        assert_eq!(others[0].request(), base.request());
        assert_ne!(others[2].request(), base.request());
    }

    #[test]
    fn a_job_reads_back_and_prints() {
        let text = serde_json::to_string(&example()).unwrap();
        let read = serde_json::from_str::<Job>(&text).unwrap();
        assert_eq!((&read, read.hash()), (&example(), example().hash()));
        assert_eq!(example().to_string(), "ae-lfr (paper) on caltech101/ketch, c = 0.1, seed 0");
        assert!(!text.contains("\"data\""));
        assert_eq!(config_of(&read.method.method().unwrap()).unwrap(), read.method.config);
    }

    #[test]
    fn unknown_methods_presets_and_settings_are_named() {
        for (name, preset, settings, part) in [
            ("aee", None, json!({}), "aee"),
            ("ae", Some("papers"), json!({}), "papers"),
            ("ae", None, json!({ "schedule": { "epocs": 3 } }), "epocs"),
            ("ae", None, json!({ "schedule": { "epochs": 0 } }), "epochs"),
        ] {
            let settings = settings.as_object().cloned().unwrap_or_default();
            let message = MethodSpec::resolve(name, preset, &settings, Kind::Images).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
    }
}
