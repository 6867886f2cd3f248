//! The record of a fit.

use std::path::Path;

use lfr::check::{Evidence, checks};
use lfr::fit::Fitted;
use lfr::metrics::Agreement;
use lfr::output::{CurvePoint, Metrics, RunRecord};
use lfr::pile::Pile;
use serde_json::{Value, json};

use crate::plan::Plan;

/// What there is to tell about a fit, its self-checks included.
pub fn of_fit(
    input: &Path,
    plan: &Plan<'_>,
    pile: &Pile,
    fitted: &Fitted,
    curve: Vec<CurvePoint>,
) -> RunRecord {
    let losses: Vec<f32> = fitted.findings.curve.iter().map(|epoch| epoch.loss).collect();
    let latents = fitted.findings.latents.as_ref().map(|(rows, values)| (*rows, values.as_slice()));
    let orthogonality = fitted.findings.orthogonality;
    let agreement = fitted.findings.agreement;
    let width = fitted.features.width();
    let evidence =
        Evidence { scores: &fitted.scores, losses: &losses, latents, width, orthogonality, agreement };
    let seconds = &fitted.seconds;
    let seconds = [("preprocess", seconds.preprocess), ("fit", seconds.fit), ("score", seconds.score)];
    RunRecord {
        version: env!("CARGO_PKG_VERSION").into(),
        command: std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect(),
        input: input.display().to_string(),
        kind: pile.kind,
        method: serde_json::to_value(&fitted.method).unwrap_or(Value::Null),
        config: config(plan),
        seed: plan.fitting.seed.0,
        device: plan.fitting.device.clone(),
        threads: rayon::current_num_threads(),
        fingerprint: pile.fingerprint.clone(),
        items: pile.len(),
        bad: pile.bad,
        quarantined: pile.quarantined.clone(),
        seconds: seconds.into_iter().map(|(stage, seconds)| (stage.to_owned(), seconds)).collect(),
        warnings: fitted.warnings.clone(),
        checks: checks(&evidence),
        curve,
        metrics: None,
        threshold: None,
    }
}

/// Numbers that say how well scores agree with labels.
pub fn metrics(agreement: &Agreement) -> Metrics {
    Metrics {
        auroc: agreement.auroc(),
        aupr: agreement.aupr(),
        average_precision: agreement.average_precision(),
        outliers: agreement.outliers() as usize,
    }
}

/// How the pile was read and turned into features.
fn config(plan: &Plan<'_>) -> Value {
    let reading = &plan.reading;
    json!({
        "image_size": reading.image_size,
        "id": reading.id,
        "ignore": reading.ignore,
        "label": reading.label,
        "text": reading.text,
        "max_bad_fraction": reading.max_bad_fraction,
        "preprocess": plan.fitting.preprocess,
    })
}
