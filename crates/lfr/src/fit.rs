//! Fitting a method on a pile, from raw items to scores.

use std::sync::Arc;
use std::time::Instant;

use sha2::{Digest, Sha256};

use crate::Data;
use crate::data::{Features, Kind};
use crate::device;
use crate::encoder::{EncoderStep, nearest};
use crate::error::{Error, Result};
use crate::featureless::{Featureless, Whole};
use crate::marks::Marks;
use crate::method::combined::CombinedConfig;
use crate::method::{Detector, Method};
use crate::preprocess::{PreprocessOptions, Preprocessor};
use crate::seed::Seed;
use crate::train::{Checkpoints, Context, Findings, Observer};

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
    /// Index and label (true = outlier) of items that guide the methods that learn from labels, see
    /// [`Method::learns_from_labels`]; the other items are ranked by what these teach.
    pub known: Option<Vec<(usize, bool)>>,
    /// Whether every item is declared normal, so that items without features are so too. Methods that look for outliers in
    /// what they learn from go on doing so, which a warning says.
    pub all_normal: bool,
    /// Where networks in training leave their state, and go on from.
    pub checkpoints: Option<Checkpoints>,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self {
            method: None,
            preprocess: PreprocessOptions::default(),
            seed: Seed(0),
            device: "cpu".into(),
            known: None,
            all_normal: false,
            checkpoints: None,
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
    /// The score of any item without features ([`Features::featureless`]), above all others; `None` where the method
    /// itself scores them.
    pub featureless_score: Option<f32>,
    /// Curve and facts for the self-checks.
    pub findings: Findings,
    /// For the most anomalous items the typical ones most similar to them; empty where no encoder made the features.
    pub nearest: Vec<(usize, Vec<usize>)>,
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

/// Fits a method on `data` and scores the pile with it, the transductive setting of Lin et al. 2023.
///
/// # Errors
/// Settings out of range, data that cannot be learnt from, divergence, or what the observer returns.
pub fn fit(data: &Data, options: &FitOptions, observer: &mut dyn Observer) -> Result<Fitted> {
    let method = match (&options.method, &data.encoded) {
        (asked, Some(_)) => asked.clone().unwrap_or_else(default_on_encoded).suited_to_encoded()?,
        (asked, None) => asked.clone().unwrap_or_else(|| default_method(data.kind)).suited_to(data.kind),
    };
    method.validate()?;
    let opened = device::open(&options.device)?;
    let start = Instant::now();
    let (preprocessor, said, features) = prepared(data, options)?;
    let mut warnings = data.notes.clone();
    warnings.extend(said);
    let preprocessed = Instant::now();
    let commonplace =
        || data.items.iter().flat_map(|items| preprocessor.commonplace(items)).collect::<Vec<_>>();
    let all = Featureless::of_pile(&features).knowing(commonplace, None);
    let marks = options.known.as_deref().map(|known| Marks::new(known, &all, features.len())).transpose()?;
    let unmarked = marks.as_ref().map(|marks| features.select(&marks.unmarked));
    let featureless = marks.as_ref().map_or_else(|| all.clone(), |marks| all.at(&marks.unmarked));
    let training = featureless.rest(unmarked.as_ref().unwrap_or(&features));
    let mut whole = Whole { observer, featureless: &featureless };
    let mut context = Context::new(options.seed, opened.device.clone(), &mut whole);
    context.warnings.extend(opened.warnings(&method));
    context.known =
        marks.as_ref().map(|marks| marks.known(&features)).filter(|known| !known.outlier.is_empty());
    context.warnings.extend(marks.as_ref().and_then(|marks| marks.warning(&method)));
    // Only networks use it, and it takes a pass over all features.
    let unfinished = options.checkpoints.as_ref().filter(|_| !method.networks().0.is_empty());
    context.checkpoints = unfinished.map(|all| all.of_fit(&identity(&method, options, &features)));
    context.columns = preprocessor.columns_of_features();
    let detector = method.fit(&training, &mut context)?;
    let fitted = Instant::now();
    warnings.append(&mut context.warnings);
    let findings = std::mem::take(&mut context.findings);
    let scores = detector.training_scores(&training)?;
    check_finite(&scores, findings.curve.len())?;
    let scores = match (&marks, &context.known) {
        (Some(marks), Some(known)) => {
            let own = detector.scores(&known.features)?;
            check_finite(&own, findings.curve.len())?;
            marks.woven(scores, own, &all)
        }
        _ => scores,
    };
    let featureless_score = match options.all_normal {
        true => all.score_among_normal(&scores),
        false => all.score(&scores),
    };
    let scores = all.fill(scores, featureless_score.unwrap_or_default());
    match options.all_normal {
        true => warnings.extend(assumes_outliers(&method)),
        false => warnings.extend(all.warning(data.kind)),
    }
    let seconds = Seconds {
        preprocess: (preprocessed - start).as_secs_f64(),
        fit: (fitted - preprocessed).as_secs_f64(),
        score: fitted.elapsed().as_secs_f64(),
    };
    let nearest = data.encoded.as_ref().map(|encoded| nearest(&encoded.rows, &scores)).unwrap_or_default();
    drop(training);
    Ok(Fitted {
        method,
        preprocessor,
        detector,
        features,
        scores,
        featureless_score,
        findings,
        nearest,
        warnings,
        seconds,
    })
}

/// The warning of a method that takes some of its training items for outliers, whatever is declared.
fn assumes_outliers(method: &Method) -> Option<String> {
    let text =
        "drae takes part of every batch for outliers, although all items are declared normal; ae does not";
    matches!(method, Method::Drae(_)).then(|| text.into())
}

/// What determines the state of every training of a fit.
fn identity(method: &Method, options: &FitOptions, features: &Features) -> Vec<u8> {
    let mut hash = Sha256::new();
    hash.update(serde_json::to_vec(method).unwrap_or_default());
    hash.update(format!("{:?}{}{:?}", options.seed, options.device, options.known));
    hash.update(format!("{} x {}", features.len(), features.width()));
    let mut row = vec![0.0; features.width()];
    for i in 0..features.len() {
        features.row_into(i, &mut row);
        row.iter().for_each(|value| hash.update(value.to_le_bytes()));
    }
    hash.finalize().to_vec()
}

/// The preprocessor of a pile, what to say about it, and the features.
fn prepared(data: &Data, options: &FitOptions) -> Result<(Preprocessor, Vec<String>, Features)> {
    if let Some(encoded) = &data.encoded {
        encoded.check()?;
        let step = EncoderStep::of(Arc::clone(&encoded.encoder));
        return Ok((Preprocessor::Encoder(step), Vec::new(), Features::Dense(encoded.rows.clone())));
    }
    let (preprocessor, said) = Preprocessor::fit(&data.items, &options.preprocess)?;
    let parts = data.items.iter().map(|items| preprocessor.apply(items));
    let features = Features::joined(data.len(), parts)?;
    Ok((preprocessor, said, features))
}

/// Refuses scores that are no numbers, which only networks give that diverged, after so many `epochs`.
fn check_finite(scores: &[f32], epochs: usize) -> Result<()> {
    match scores.iter().position(|score| !score.is_finite()) {
        None => Ok(()),
        Some(_) if epochs > 0 => Err(Error::Diverged { epoch: epochs, loss: f32::NAN }),
        Some(i) => Err(Error::Scores { problem: format!("that of item {i} (from 0) is {}", scores[i]) }),
    }
}

/// The method for data of `kind` when the user names none; how it was chosen: `docs/defaults.md`.
pub fn default_method(kind: Kind) -> Method {
    Method::Combined(CombinedConfig::suited_to(kind))
}

/// The method for the features of an encoder when the user names none; how it was chosen: `docs/defaults.md`.
pub fn default_on_encoded() -> Method {
    Method::Combined(CombinedConfig::on_encoded())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::data::{Images, Items};
    use crate::method::Takes;
    use crate::metrics::Agreement;
    use crate::model::ModelFile;
    use crate::run::Fit;
    use crate::score::Model;
    use crate::train::Silent;

    const EMPTY: usize = 12;

    fn data(items: Items) -> Data {
        Data {
            input: "a test".into(),
            reading: crate::input::Options::default(),
            range: None,
            kind: items.kind(),
            ids: (0..items.len()).map(|i| i.to_string()).collect(),
            labels: None,
            items: vec![items],
            quarantined: Vec::new(),
            bad: 0,
            fingerprint: String::new(),
            notes: Vec::new(),
            news: 0,
            encoded: None,
        }
    }

    fn noise(i: usize) -> usize {
        i * i % 101 + i * 7919 % 89
    }

    /// Sixty documents of seven of fifteen words, every tenth of other words; then some without a word.
    fn documents(empty: usize) -> Data {
        let word = |i: usize, j: usize| {
            if i % 10 == 9 {
                format!("odd{}", noise(i + 60 * j) % 30)
            } else {
                format!("usual{}", noise(i + 60 * j) % 15)
            }
        };
        let document = |i: usize| (0..7).map(|j| word(i, j)).collect::<Vec<_>>().join(" ");
        data(Items::Documents((0..60).map(document).chain((0..empty).map(|_| "...".into())).collect()))
    }

    /// Thirty pictures of a slope, every tenth of blotches; then some of one colour.
    fn pictures(empty: usize) -> Data {
        let pixel =
            |i: usize, at: usize| if i % 10 == 9 { noise(i + at) } else { 3 * at + noise(i + at) / 16 } as u8;
        let pixels = (0..30).flat_map(|i| (0..64).map(move |at| pixel(i, at)));
        let plain = (0..empty).flat_map(|i| vec![20 * i as u8; 64]);
        data(Items::Images(Images { channels: 1, side: 8, pixels: pixels.chain(plain).collect() }))
    }

    /// Every method that needs no labels and not too long, short.
    fn methods(kind: Kind) -> Vec<Method> {
        let all = Method::ALL.iter().filter(|method| method.takes == Takes::Anything);
        let short = |name: &str| {
            let mut method = Method::named(name, None).unwrap().suited_to(kind);
            if let Some(schedule) = method.schedule_mut() {
                (schedule.epochs, schedule.batch_size) = (3, 16);
            }
            method
        };
        all.map(|method| short(method.name)).collect()
    }

    fn fitted(data: &Data, method: Method) -> Fitted {
        fit(data, &FitOptions { method: Some(method), ..FitOptions::default() }, &mut Silent).unwrap()
    }

    fn auroc(scores: &[f32]) -> f64 {
        let outlier: Vec<bool> = (0..scores.len()).map(|i| i % 10 == 9).collect();
        Agreement::new(scores, &outlier).unwrap().auroc()
    }

    #[test]
    fn documents_without_a_word_come_first_and_change_nothing_else() {
        for method in methods(Kind::Text) {
            let name = method.name();
            let alone = auroc(&fitted(&documents(0), method.clone()).scores);
            // The weights of words change a little with the number of documents, and three epochs are steep.
            let network = method.clone().schedule_mut().is_some();
            let all = fitted(&documents(EMPTY), method);
            let (others, empty) = all.scores.split_at(60);
            let within = if network { 0.1 } else { 0.03 };
            assert!((auroc(others) - alone).abs() < within, "{name}: {} instead of {alone}", auroc(others));
            assert!(others.iter().all(|score| *score < empty[0] && empty[0].is_finite()), "{name}");
            assert_eq!(empty, [empty[0]; EMPTY]);
            assert!(all.warnings.contains(&"12 of 72 documents hold no known word; they rank first".into()));
        }
    }

    #[test]
    fn pictures_of_one_colour_come_first_and_change_nothing_else() {
        for method in methods(Kind::Images) {
            let name = method.name();
            let alone = fitted(&pictures(0), method.clone());
            let all = fitted(&pictures(EMPTY), method);
            let (others, plain) = all.scores.split_at(30);
            assert_eq!(others, alone.scores, "{name}");
            assert!(others.iter().all(|score| *score < plain[0]), "{name}");
            assert_eq!(plain, [plain[0]; EMPTY]);
        }
    }

    #[test]
    fn labelled_items_without_features_guide_nothing() {
        let known =
            |labelled: &[usize]| Some(labelled.iter().map(|&i| (i, i >= 30 || i % 10 == 9)).collect());
        let settings = json!({ "iterations": 12, "batch_size": 8 });
        let method = Method::named("elite-ae", None).unwrap().with(&settings).unwrap();
        let scores = |labelled: &[usize]| {
            let options =
                FitOptions { method: Some(method.clone()), known: known(labelled), ..FitOptions::default() };
            fit(&pictures(EMPTY), &options, &mut Silent).unwrap().scores
        };
        assert_eq!(scores(&[0, 1, 9, 19]), scores(&[0, 1, 9, 19, 30, 31]));
    }

    #[test]
    fn a_new_document_without_a_known_word_scores_above_the_pile_and_one_with_few_in_between() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.safetensors");
        for (empty, name) in [(0, "knn"), (EMPTY, "knn"), (0, "combined"), (0, "isolation-forest")] {
            let data = documents(empty);
            let method = Method::named(name, None).unwrap().suited_to(Kind::Text);
            let fitted = Fit::new(method).run(data).unwrap();
            fitted.save_model(&path).unwrap();
            let scores = |text: &str| {
                let items = Items::Documents(vec![text.into(), "usual1 usual2".into()]);
                Model::load(&path).unwrap().scores(&items).unwrap()[0]
            };
            let largest = fitted.scores[..60].iter().copied().fold(f32::MIN, f32::max);
            assert!(scores("nothing known") > largest && scores("") == scores("nothing known"), "{name}");
            assert!(scores("usual1 usual2 strange stranger") > scores("usual1 usual2"), "{name}");
            let model = Model::load(&path).unwrap();
            assert_eq!(model.header.quantiles.percentile(scores("")), 1.0);
        }
        let mut old = ModelFile::load(&path).unwrap();
        old.header.featureless_score = None;
        old.save(&path).unwrap();
        assert!(Model::load(&path).unwrap().scores(&documents(1).items[0]).is_ok(), "older models score too");
    }
}
