//! A job: one method on one draw of a data set, as a value whose hash names its record.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use crate::dataset::Name;

/// A method as a grid names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MethodSpec {
    /// As in `--method`.
    pub name: String,
    /// As in `--preset`; `None` takes the method's defaults.
    pub preset: Option<String>,
    /// Settings put over those of the preset, laid out as in the program's configuration.
    pub settings: Map<String, Value>,
}

/// Everything that a run depends on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Job {
    /// The data set.
    pub dataset: Name,
    /// The inlier class, as [`Name::class_names`] spells it.
    pub inlier: String,
    /// The paper's c, outliers / inliers.
    pub ratio: f64,
    /// Seed of the draw and of the fit.
    pub seed: u64,
    /// The method.
    pub method: MethodSpec,
    /// Whether to score the items during training too.
    pub curve: bool,
    /// Whether to keep every item's score.
    pub histogram: bool,
}

impl Job {
    /// 16 hexadecimal digits that name the job: the start of the SHA-256 of its JSON with sorted keys.
    /// What a figure or a table calls the method is no part of it, so that grids share records.
    pub fn hash(&self) -> String {
        // Written out in order: tables look thousands of jobs up several times.
        let text = format!(
            r#"{{"curve":{},"dataset":"{}","histogram":{},"inlier":{},"method":{},"preset":{},"ratio":{},"seed":{},"settings":{}}}"#,
            self.curve,
            self.dataset,
            self.histogram,
            json!(self.inlier),
            json!(self.method.name),
            json!(self.method.preset),
            json!(self.ratio),
            self.seed,
            sorted(&Value::Object(self.method.settings.clone())),
        );
        Sha256::digest(text).iter().take(8).map(|byte| format!("{byte:02x}")).collect()
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
        write!(f, " on {dataset}/{inlier}, c = {ratio}, seed {seed}")
    }
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
    let settings = json!({ "schedule": { "epochs": 20, "batch_size": 64 }, "latent": 32 });
    Job {
        dataset: Name::Caltech101,
        inlier: "ketch".into(),
        ratio: 0.1,
        seed: 0,
        method: MethodSpec {
            name: "ae-lfr".into(),
            preset: Some("paper".into()),
            settings: settings.as_object().cloned().unwrap_or_default(),
        },
        curve: false,
        histogram: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // import hashlib, json
    // settings = {"schedule": {"epochs": 20, "batch_size": 64}, "latent": 32}
    // job = {"dataset": "caltech101", "inlier": "ketch", "ratio": 0.1, "seed": 0, "method": "ae-lfr", "preset": "paper",
    //        "settings": settings, "curve": False, "histogram": False}
    // text = json.dumps(job, sort_keys=True, separators=(",", ":"))
    // print(hashlib.sha256(text.encode()).hexdigest()[:16])
    #[test]
    fn the_hash_never_changes() {
        assert_eq!(example().hash(), "91560e437c2d13f8");
    }

    #[test]
    fn the_hash_depends_on_every_field_but_not_on_the_order_of_settings() {
        let base = example();
        let changed: [Job; 9] = [
            Job { dataset: Name::Reuters, ..base.clone() },
            Job { inlier: "watch".into(), ..base.clone() },
            Job { ratio: 0.3, ..base.clone() },
            Job { seed: 1, ..base.clone() },
            Job { curve: true, ..base.clone() },
            Job { histogram: true, ..base.clone() },
            Job { method: MethodSpec { name: "ae".into(), ..base.method.clone() }, ..base.clone() },
            Job { method: MethodSpec { preset: None, ..base.method.clone() }, ..base.clone() },
            Job { method: MethodSpec { settings: Map::new(), ..base.method.clone() }, ..base.clone() },
        ];
        for job in changed {
            assert_ne!(job.hash(), base.hash(), "{job}");
        }
        let text = r#"{"latent": 32, "schedule": {"batch_size": 64, "epochs": 20}}"#;
        let settings = serde_json::from_str(text).unwrap();
        let other = Job { method: MethodSpec { settings, ..base.method.clone() }, ..base.clone() };
        assert_eq!(other.hash(), base.hash());
    }

    #[test]
    fn a_job_reads_back_and_prints() {
        let text = serde_json::to_string(&example()).unwrap();
        assert_eq!(serde_json::from_str::<Job>(&text).unwrap(), example());
        assert_eq!(example().to_string(), "ae-lfr (paper) on caltech101/ketch, c = 0.1, seed 0");
    }
}
