//! From what Python asks for to a fit.

use std::collections::BTreeMap;

use lfr::data::Kind;
use lfr::fit::FitOptions;
use lfr::preprocess::{AsAsked, PreprocessOptions};
use lfr::seed::Seed;
use lfr::{Error, Method};
use pyo3::prelude::*;
use serde_json::{Map, Value};

use super::errors::exception;
use super::settings::Settings;

/// How to fit on `data`, by the JSON table `asked`; `known` are the places and labels of a few items.
pub fn options(asked: &str, data: &lfr::Data, known: Option<Vec<(usize, bool)>>) -> PyResult<FitOptions> {
    let mut asked = Settings::read(asked)?;
    let method = method(&mut asked, data)?;
    if let Some(known) = &known {
        check_known(known, &method)?;
    }
    let mut preprocess = PreprocessOptions::default();
    preprocess.table.columns = columns(&mut asked, data.kind)?;
    let options = FitOptions {
        method: Some(method),
        preprocess,
        seed: Seed(asked.take("seed")?.unwrap_or_default()),
        known,
        all_normal: asked.take("all_normal")?.unwrap_or_default(),
        ..FitOptions::default()
    };
    asked.finish()?;
    Ok(options)
}

/// The method for `data`, with the user's settings put over it. As on the command line, `epochs`, `batch_size` and
/// `learning_rate` are those of its training.
fn method(asked: &mut Settings, data: &lfr::Data) -> PyResult<Method> {
    let name = asked.take("method")?.unwrap_or_else(|| "combined".to_owned());
    let preset: Option<String> = asked.take("preset")?;
    let mut settings: Map<String, Value> = asked.take("settings")?.unwrap_or_default();
    let budget = ["epochs", "batch_size", "learning_rate"].map(|key| (key, settings.remove(key)));
    let method = Method::named(&name, preset.as_deref()).map_err(exception)?;
    let method = match data.encoded {
        Some(_) => method.suited_to_encoded().map_err(exception)?,
        None => method.suited_to(data.kind),
    };
    let mut method = method.with(&Value::Object(settings)).map_err(exception)?;
    for (key, value) in budget.into_iter().filter_map(|(key, value)| Some((key, value?))) {
        let refused = |problem: &str| exception(Error::config(key, &value, problem));
        let trains = format!("method {name} trains no network");
        let schedule = method.schedule_mut().ok_or_else(|| refused(&trains))?;
        let whole = || {
            value
                .as_u64()
                .and_then(|n| usize::try_from(n).ok())
                .ok_or_else(|| refused("must be a whole number"))
        };
        match key {
            "epochs" => (schedule.epochs, schedule.most_items) = (whole()?, 0),
            "batch_size" => schedule.batch_size = whole()?,
            _ => schedule.learning_rate = value.as_f64().ok_or_else(|| refused("must be a number"))?,
        }
    }
    method.validate().map_err(exception)?;
    Ok(method)
}

/// Refuses labels that would teach nothing.
fn check_known(known: &[(usize, bool)], method: &Method) -> PyResult<()> {
    let problem = match method.learns_from_labels() {
        true if !known.is_empty() => return Ok(()),
        true => "none is known; label an item as an inlier or an outlier".into(),
        false => format!(
            "method {} does not learn from labels; leave `method` out, or use ae-lfr or gt-lfr",
            method.name()
        ),
    };
    Err(exception(Error::Labels { problem }))
}

/// How columns are to be read, by their names.
fn columns(asked: &mut Settings, kind: Kind) -> PyResult<BTreeMap<String, AsAsked>> {
    let given: BTreeMap<String, String> = asked.take("columns")?.unwrap_or_default();
    if let (Kind::Images | Kind::Text, Some((name, reading))) = (kind, given.first_key_value()) {
        let problem = format!("the data is of the kind {kind}, which has no columns");
        return Err(exception(Error::config("columns", format!("{name}: {reading}"), problem)));
    }
    given.into_iter().map(|(name, reading)| Ok((name, reading.parse().map_err(exception)?))).collect()
}
