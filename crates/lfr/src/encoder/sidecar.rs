//! The settings beside a network, as they are usually written.

use serde_json::Value;

use super::Files;
use super::card::{Layout, Pooling};
use crate::error::{Error, Result};

/// What is said about the pictures of a network, in the JSON file of its name or in `preprocessor_config.json`.
#[derive(Debug, Default)]
pub(super) struct Pictures {
    pub side: Option<usize>,
    pub layout: Option<Layout>,
    /// For values in \[0, 1\].
    pub mean: Option<Vec<f32>>,
    /// For values in \[0, 1\].
    pub deviation: Option<Vec<f32>>,
    pub output: Option<String>,
}

impl Pictures {
    pub fn read(files: &Files) -> Result<Self> {
        for name in [files.sidecar(), Some("preprocessor_config.json".into())].into_iter().flatten() {
            if let Some(settings) = files.settings(&name)? {
                let odd = |problem: String| Error::encoder(&files.path, format!("{name}: {problem}"));
                return Self::of(&settings).map_err(odd);
            }
        }
        Ok(Self::default())
    }

    fn of(settings: &Value) -> Result<Self, String> {
        let does = |key: &str| settings[key].as_bool().unwrap_or(true);
        // Values are multiplied by the factor before the mean is subtracted; here they are divided by 255.
        let factor = match settings["rescale_factor"].as_f64() {
            _ if !does("do_rescale") => 1.0,
            Some(factor) if factor > 0.0 => factor,
            Some(factor) => return Err(format!("rescale_factor is {factor}, which must be above 0")),
            None => 1.0 / 255.0,
        };
        let scaled = |list: Vec<f64>| list.into_iter().map(|v| (v / (255.0 * factor)) as f32).collect();
        let (mean, deviation) = match does("do_normalize") {
            true => (numbers(settings, "image_mean")?, numbers(settings, "image_std")?),
            false => (Some(vec![0.0]), Some(vec![1.0])),
        };
        if mean.is_some() != deviation.is_some() {
            return Err("it has one of image_mean and image_std without the other".into());
        }
        let layout = match settings["layout"].as_str().map(str::to_lowercase).as_deref() {
            None => None,
            Some("nchw") => Some(Layout::Nchw),
            Some("nhwc") => Some(Layout::Nhwc),
            Some(other) => return Err(format!("layout is {other}; accepted are NCHW and NHWC")),
        };
        let side = ["crop_size", "size"].iter().find_map(|key| side(&settings[key]));
        let output = settings["output"].as_str().map(str::to_owned);
        Ok(Self { side, layout, mean: mean.map(scaled), deviation: deviation.map(scaled), output })
    }
}

/// A list of numbers, or a single one.
fn numbers(settings: &Value, key: &str) -> Result<Option<Vec<f64>>, String> {
    let wrong = || format!("{key} is {}, wanted is a list of numbers", settings[key]);
    match &settings[key] {
        Value::Null => Ok(None),
        Value::Array(values) => {
            values.iter().map(|v| v.as_f64().ok_or_else(wrong)).collect::<Result<_, _>>().map(Some)
        }
        value => value.as_f64().map(|number| Some(vec![number])).ok_or_else(wrong),
    }
}

/// A side in one of the ways that it is written.
fn side(size: &Value) -> Option<usize> {
    let side = match size {
        Value::Object(parts) => ["height", "shortest_edge"].iter().find_map(|key| parts.get(*key)?.as_u64()),
        size => size.as_u64(),
    };
    side.and_then(|side| usize::try_from(side).ok())
}

/// What is said about the texts of a network in a folder of sentence-transformers.
#[derive(Debug)]
pub(super) struct Texts {
    pub longest: usize,
    pub pooling: Pooling,
}

impl Texts {
    /// Reads it, and says in `notes` what had to be assumed.
    pub fn read(files: &Files, notes: &mut Vec<String>) -> Result<Self> {
        let bad = |problem: String| Error::encoder(&files.path, problem);
        if let Some(module) = further_module(files)? {
            return Err(bad(format!("it has the layer {module} behind the network, which is not supported")));
        }
        let pooling = match files.settings("1_Pooling/config.json")? {
            Some(settings) => pooling(&settings).map_err(bad)?,
            None => {
                notes.push(format!(
                    "{} does not say how tokens are pooled; their mean is taken",
                    files.name()
                ));
                Pooling::Mean
            }
        };
        let number = |file: &str, key: &str| -> Result<Option<u64>> {
            Ok(files.settings(file)?.and_then(|settings| settings[key].as_u64()))
        };
        let longest = match number("sentence_bert_config.json", "max_seq_length")? {
            Some(longest) => longest,
            None => number("config.json", "max_position_embeddings")?.unwrap_or(512),
        };
        match usize::try_from(longest).ok().filter(|longest| (3..=1 << 16).contains(longest)) {
            Some(longest) => Ok(Self { longest, pooling }),
            None => Err(bad(format!("its texts have {longest} tokens at most; accepted are 3 to 65536"))),
        }
    }
}

/// A layer behind transformer and pooling other than the scaling to unit length, which is done anyway.
fn further_module(files: &Files) -> Result<Option<String>> {
    let modules = files.settings("modules.json")?.unwrap_or_default();
    let kinds = modules.as_array().into_iter().flatten().filter_map(|module| module["type"].as_str());
    let known = |kind: &&str| ["Transformer", "Pooling", "Normalize"].iter().any(|name| kind.ends_with(name));
    Ok(kinds.filter(|kind| !known(kind)).map(str::to_owned).next())
}

fn pooling(settings: &Value) -> Result<Pooling, String> {
    let modes = [
        ("mean_tokens", "mean", Pooling::Mean),
        ("max_tokens", "max", Pooling::Max),
        ("cls_token", "cls", Pooling::First),
        ("lasttoken", "lasttoken", Pooling::Last),
    ];
    if let Some(name) = settings["pooling_mode"].as_str() {
        let found = modes.iter().find(|(_, short, _)| *short == name).map(|&(_, _, pooling)| pooling);
        return found.ok_or_else(|| format!("its pooling {name} is not supported"));
    }
    let on: Vec<String> = settings
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| value.as_bool() == Some(true))
        .filter_map(|(key, _)| key.strip_prefix("pooling_mode_").map(str::to_owned))
        .collect();
    match modes.iter().find(|(long, _, _)| on.len() == 1 && on[0] == *long) {
        Some(&(_, _, pooling)) => Ok(pooling),
        None => Err(format!(
            "its pooling ({}) is not supported; mean, max, first or last token are",
            on.join(" and ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scaling_is_read_in_its_usual_forms() {
        let read = |settings: Value| Pictures::of(&settings).unwrap();
        let usual = read(
            json!({"image_mean": [0.5, 0.4, 0.3], "image_std": 0.5, "size": {"shortest_edge": 256}, "crop_size": {"height": 224, "width": 224}}),
        );
        assert_eq!(
            (usual.side, usual.mean, usual.deviation),
            (Some(224), Some(vec![0.5, 0.4, 0.3]), Some(vec![0.5]))
        );
        // To -1..1 by a factor of 1/127.5 and a mean of 1.
        let wide = read(
            json!({"rescale_factor": 1.0 / 127.5, "image_mean": 1.0, "image_std": 1.0, "layout": "NHWC"}),
        );
        assert_eq!(
            (wide.mean, wide.deviation, wide.layout),
            (Some(vec![0.5]), Some(vec![0.5]), Some(Layout::Nhwc))
        );
        // Bytes as they are.
        let raw = read(json!({"do_rescale": false, "do_normalize": false, "size": 96}));
        assert!((raw.deviation.unwrap()[0] - 1.0 / 255.0).abs() < 1e-7 && raw.side == Some(96));
        let refused = |settings: Value| Pictures::of(&settings).unwrap_err();
        assert!(refused(json!({"image_mean": ["x"]})).contains("wanted is a list of numbers"));
        assert!(refused(json!({"image_mean": 0.5})).contains("without the other"));
        assert!(refused(json!({"layout": "CHWN"})).contains("NCHW and NHWC"));
        assert!(refused(json!({"rescale_factor": 0})).contains("above 0"));
    }

    #[test]
    fn pooling_is_read_in_both_forms() {
        let old = |on: &[&str]| {
            let all = ["cls_token", "mean_tokens", "max_tokens", "lasttoken", "weightedmean_tokens"];
            let modes = all.iter().map(|mode| (format!("pooling_mode_{mode}"), json!(on.contains(mode))));
            pooling(&modes.collect())
        };
        assert_eq!(old(&["mean_tokens"]), Ok(Pooling::Mean));
        assert_eq!(old(&["cls_token"]), Ok(Pooling::First));
        assert!(old(&["mean_tokens", "max_tokens"]).unwrap_err().contains("max_tokens and mean_tokens"));
        assert!(old(&["weightedmean_tokens"]).is_err() && old(&[]).is_err());
        assert_eq!(pooling(&json!({"pooling_mode": "lasttoken"})), Ok(Pooling::Last));
        assert!(pooling(&json!({"pooling_mode": "sum"})).is_err());
    }
}
