//! The record of a fit.

use serde_json::{Value, json};

use super::Run;
use crate::check::{Check, Evidence, checks};
use crate::device;
use crate::fit::FitOptions;
use crate::metrics::Agreement;
use crate::output::{Metrics, RunRecord};

/// What there is to tell about a fit, its self-checks included.
pub(super) fn of_run(run: &Run, options: &FitOptions) -> RunRecord {
    let (data, header) = (&run.data, &run.model.header);
    RunRecord {
        version: env!("CARGO_PKG_VERSION").into(),
        command: Vec::new(),
        input: data.input.clone(),
        kind: data.kind,
        method: header.method.clone(),
        config: config(run, options),
        seed: header.seed,
        device: device::open(&options.device).map_or_else(|_| options.device.clone(), |opened| opened.name),
        threads: run.threads,
        fingerprint: data.fingerprint.clone(),
        items: run.scores.len(),
        bad: data.bad,
        quarantined: data.quarantined.clone(),
        seconds: run.seconds.clone(),
        columns: run.model.preprocessor().columns().to_vec(),
        encoder: run.model.encoder().cloned(),
        nearest: run.nearest.clone(),
        warnings: run.warnings.clone(),
        checks: self_checks(run),
        curve: run.curve.clone(),
        metrics: None,
        guides: guides(options),
        threshold: run.threshold.clone(),
    }
}

/// Places of the items whose labels guided the fit, ascending.
fn guides(options: &FitOptions) -> Vec<usize> {
    let mut guides: Vec<usize> = options.known.iter().flatten().map(|&(place, _)| place).collect();
    guides.sort_unstable();
    guides.dedup();
    guides
}

/// The self-checks of a fit.
pub(super) fn self_checks(run: &Run) -> Vec<Check> {
    let losses: Vec<f32> = run.findings.curve.iter().map(|epoch| epoch.loss).collect();
    let latents = run.findings.latents.as_ref().map(|(rows, values)| (*rows, values.as_slice()));
    let (orthogonality, agreement) = (run.findings.orthogonality, run.findings.agreement);
    let width = run.model.preprocessor().width();
    checks(&Evidence { scores: &run.scores, losses: &losses, latents, width, orthogonality, agreement })
}

/// Numbers that say how well scores agree with labels.
pub(super) fn metrics(agreement: &Agreement) -> Metrics {
    Metrics {
        auroc: agreement.auroc(),
        aupr: agreement.aupr(),
        average_precision: agreement.average_precision(),
        outliers: agreement.outliers() as usize,
    }
}

/// How the pile was read and turned into features.
fn config(run: &Run, options: &FitOptions) -> Value {
    let reading = &run.data.reading;
    json!({
        // An encoder has its own.
        "image_size": run.model.encoder().is_none().then_some(reading.image_size),
        "id": reading.id,
        "ignore": reading.ignore,
        "label": reading.label,
        "text": reading.text,
        "kind": reading.kind,
        "header": reading.header,
        "delimiter": reading.delimiter.map(char::from),
        "encoding": reading.encoding,
        "sheet": reading.sheet,
        "keep_footer": reading.keep_footer,
        "max_bad_fraction": reading.max_bad_fraction,
        "preprocess": options.preprocess,
        "all_normal": options.all_normal,
    })
}
