//! Fitting a method on a pile, from raw items to scores.

use std::collections::HashSet;
use std::time::Instant;

use crate::data::{Features, Kind};
use crate::device;
use crate::error::{Error, Result};
use crate::method::combined::CombinedConfig;
use crate::method::{Context, Detector, Findings, Known, Method, Observer};
use crate::pile::Pile;
use crate::preprocess::{PreprocessOptions, Preprocessor};
use crate::seed::Seed;

/// How to fit.
#[derive(Clone, Debug)]
pub struct FitOptions {
    /// The method; `None` takes the default for the kind of data.
    pub method: Option<Method>,
    /// How items become features.
    pub preprocess: PreprocessOptions,
    /// Everything random derives from it.
    pub seed: Seed,
    /// Where networks run, see [`device::names`].
    pub device: String,
    /// Index and label (true = outlier) of items to guide the methods that need a few labels; they are left out of
    /// training.
    pub known: Option<Vec<(usize, bool)>>,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            method: None,
            preprocess: PreprocessOptions::default(),
            seed: Seed(0),
            device: "cpu".into(),
            known: None,
        }
    }
}

/// A method fitted on a pile, with the scores of the pile itself.
pub struct Fitted {
    /// The method and the settings it was fitted with.
    pub method: Method,
    /// What turns items into features.
    pub preprocessor: Preprocessor,
    /// The fitted state.
    pub detector: Box<dyn Detector>,
    /// The features of the pile.
    pub features: Features,
    /// One score per item of the pile, higher = more anomalous.
    pub scores: Vec<f32>,
    /// Curve and facts for the self-checks.
    pub findings: Findings,
    /// Sentences for the user.
    pub warnings: Vec<String>,
    /// Seconds spent on features, fitting and scoring.
    pub seconds: Seconds,
}

/// Where the time went.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Seconds {
    /// Turning items into features.
    pub preprocess: f64,
    /// Training.
    pub fit: f64,
    /// Scoring.
    pub score: f64,
}

/// Fits a method on `pile` and scores the pile with it, the transductive setting of Lin et al. 2023.
///
/// # Errors
/// Settings out of range, data that cannot be learnt from, divergence, or what the observer returns.
pub fn fit(pile: &Pile, options: &FitOptions, observer: &mut dyn Observer) -> Result<Fitted> {
    let method = options.method.clone().unwrap_or_else(|| default_method(pile.kind)).suited_to(pile.kind);
    method.validate()?;
    let device = device::open(&options.device)?;
    let start = Instant::now();
    let (preprocessor, said) = Preprocessor::fit(&pile.items, &options.preprocess)?;
    let mut warnings = pile.notes.clone();
    warnings.extend(said);
    let parts = pile.items.iter().map(|items| preprocessor.apply(items)).collect::<Result<_>>()?;
    let features = Features::concat(parts)?;
    let preprocessed = Instant::now();
    let mut context = Context::new(options.seed, device, observer);
    let detector = match &options.known {
        Some(known) => {
            let (training, known) = set_apart(&features, known);
            context.known = Some(known);
            method.fit(&training, &mut context)?
        }
        None => method.fit(&features, &mut context)?,
    };
    let fitted = Instant::now();
    let scores = match options.known {
        Some(_) => detector.scores(&features)?,
        None => detector.training_scores(&features)?,
    };
    check_finite(&scores, context.findings.curve.len())?;
    warnings.append(&mut context.warnings);
    let findings = std::mem::take(&mut context.findings);
    let seconds = Seconds {
        preprocess: (preprocessed - start).as_secs_f64(),
        fit: (fitted - preprocessed).as_secs_f64(),
        score: fitted.elapsed().as_secs_f64(),
    };
    Ok(Fitted { method, preprocessor, detector, features, scores, findings, warnings, seconds })
}

/// Refuses scores that are no numbers, which only networks give that diverged, after so many `epochs`.
fn check_finite(scores: &[f32], epochs: usize) -> Result<()> {
    match scores.iter().position(|score| !score.is_finite()) {
        None => Ok(()),
        Some(_) if epochs > 0 => Err(Error::Diverged { epoch: epochs, loss: f32::NAN }),
        Some(i) => Err(Error::Scores { problem: format!("that of item {i} (from 0) is {}", scores[i]) }),
    }
}

/// The items to train on, and the labelled ones.
fn set_apart(features: &Features, known: &[(usize, bool)]) -> (Features, Known) {
    let labelled: HashSet<usize> = known.iter().map(|&(i, _)| i).collect();
    let rest: Vec<usize> = (0..features.len()).filter(|i| !labelled.contains(i)).collect();
    let indices: Vec<usize> = known.iter().map(|&(i, _)| i).collect();
    let outlier = known.iter().map(|&(_, outlier)| outlier).collect();
    (features.select(&rest), Known { features: features.select(&indices), outlier })
}

/// The method for data of `kind` when the user names none; how it was chosen: `docs/defaults.md`.
pub fn default_method(kind: Kind) -> Method {
    Method::Combined(CombinedConfig::suited_to(kind))
}
