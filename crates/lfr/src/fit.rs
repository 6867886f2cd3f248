//! Fitting a method on a pile, from raw items to scores.

use std::borrow::Cow;
use std::collections::HashSet;
use std::time::Instant;

use crate::data::{Features, Kind};
use crate::device;
use crate::error::Result;
use crate::featureless::{Featureless, Whole};
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
    /// One score an item of the pile, higher = more anomalous.
    pub scores: Vec<f32>,
    /// The score of any item without features ([`Features::featureless`]), above all others; `None` where the method
    /// itself scores them.
    pub featureless_score: Option<f32>,
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
    let (unlabelled, known) = match &options.known {
        Some(known) => {
            let (unlabelled, known) = set_apart(&features, known);
            (Cow::Owned(unlabelled), Some(known))
        }
        None => (Cow::Borrowed(&features), None),
    };
    let featureless = Featureless::of_pile(&unlabelled);
    let training = featureless.rest(&unlabelled);
    let mut whole = Whole { observer, featureless: &featureless };
    let mut context = Context::new(options.seed, device, &mut whole);
    context.known = known;
    let detector = method.fit(&training, &mut context)?;
    let fitted = Instant::now();
    warnings.append(&mut context.warnings);
    let findings = std::mem::take(&mut context.findings);
    let all = Featureless::of_pile(&features);
    let scores = match options.known {
        Some(_) => detector.scores(&all.rest(&features))?,
        None => detector.training_scores(&training)?,
    };
    let featureless_score = all.score(&scores);
    let scores = all.fill(scores, featureless_score.unwrap_or_default());
    warnings.extend(all.warning(pile.kind));
    let seconds = Seconds {
        preprocess: (preprocessed - start).as_secs_f64(),
        fit: (fitted - preprocessed).as_secs_f64(),
        score: fitted.elapsed().as_secs_f64(),
    };
    drop(training);
    drop(unlabelled);
    Ok(Fitted {
        method,
        preprocessor,
        detector,
        features,
        scores,
        featureless_score,
        findings,
        warnings,
        seconds,
    })
}

/// The items to train on, and the labelled ones that have features.
fn set_apart(features: &Features, known: &[(usize, bool)]) -> (Features, Known) {
    let labelled: HashSet<usize> = known.iter().map(|&(i, _)| i).collect();
    let rest: Vec<usize> = (0..features.len()).filter(|i| !labelled.contains(i)).collect();
    let empty = features.featureless();
    let (indices, outlier): (Vec<usize>, _) = known.iter().filter(|&&(i, _)| !empty[i]).copied().unzip();
    (features.select(&rest), Known { features: features.select(&indices), outlier })
}

/// The method for data of `kind` when the user names none; how it was chosen: `docs/defaults.md`.
pub fn default_method(kind: Kind) -> Method {
    Method::Combined(CombinedConfig::suited_to(kind))
}
