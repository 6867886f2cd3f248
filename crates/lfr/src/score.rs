//! Scoring with a fitted model: kept in memory after a fit, or loaded from a model file.

use std::path::Path;

use crate::data::{Chunk, Features, Items};
use crate::device;
use crate::error::{Error, Result};
use crate::featureless::Featureless;
use crate::fit::Fitted;
use crate::input::{self, Options};
use crate::method::{Detector, Method};
use crate::model::{Header, ModelFile, Quantiles, Reading};
use crate::nn::autoencoder::{Input, Shape};
use crate::pile::Pile;
use crate::preprocess::Preprocessor;
use crate::seed::Seed;

/// A fitted model, ready to score items it has never seen.
pub struct Model {
    /// What is known about it.
    pub header: Header,
    preprocessor: Preprocessor,
    detector: Box<dyn Detector>,
}

/// The model file of a fit: `reading` and `seed` are those the pile was read and the method fitted with.
///
/// # Errors
/// [`Error::TooFewItems`] when the fit has no score.
pub fn model_file(fitted: &Fitted, pile: &Pile, reading: &Options, seed: Seed) -> Result<ModelFile> {
    let mut weights = crate::data::Weights::default();
    fitted.detector.store(&mut weights);
    let channels = match &fitted.preprocessor {
        Preprocessor::Images(shape) => Some(shape.channels),
        _ => None,
    };
    let quantiles = Quantiles::of(&fitted.scores).ok_or_else(|| Error::TooFewItems {
        found: 0,
        needed: 1,
        what: "a model file".into(),
    })?;
    let header = Header {
        tool_version: env!("CARGO_PKG_VERSION").into(),
        kind: pile.kind,
        method: json(&fitted.method)?,
        preprocessor: json(&fitted.preprocessor)?,
        reading: Reading {
            image_size: reading.image_size,
            channels,
            id: reading.id.clone(),
            ignore: reading.ignore.clone(),
            label: reading.label.clone(),
            text: reading.text.clone(),
        },
        seed: seed.0,
        fingerprint: pile.fingerprint.clone(),
        items: pile.len(),
        quantiles,
        featureless_score: fitted.featureless_score,
        warnings: fitted.warnings.clone(),
    };
    Ok(ModelFile { header, weights })
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|e| Error::config("model", "", e.to_string()))
}

impl Model {
    /// Reads the model file at `path`; networks run on the device called `device`.
    ///
    /// # Errors
    /// [`Error::Model`] for a file that is damaged, foreign or newer, [`Error::Device`] for an unknown device.
    pub fn load(path: &Path, device: &str) -> Result<Self> {
        let device = device::open(device)?;
        let ModelFile { header, mut weights } = ModelFile::load(path)?;
        let bad = |problem: String| Error::Model { path: path.to_owned(), problem };
        let method: Method = serde_json::from_value(header.method.clone())
            .map_err(|e| bad(format!("its method is not known to this version: {e}")))?;
        let preprocessor: Preprocessor = serde_json::from_value(header.preprocessor.clone())
            .map_err(|e| bad(format!("its preprocessor is not known to this version: {e}")))?;
        preprocessor.validate().map_err(|e| bad(e.to_string()))?;
        let shape = shape(&preprocessor);
        let detector = method.load(&shape, &device, &mut weights).map_err(|e| bad(e.to_string()))?;
        weights.finish().map_err(|e| bad(e.to_string()))?;
        Ok(Self { header, preprocessor, detector })
    }

    /// How to read data for this model: `base` with what the model remembers put over it.
    pub fn reading(&self, base: &Options) -> Options {
        let Reading { image_size, channels, id, text, .. } = self.header.reading.clone();
        Options {
            kind: Some(self.header.kind),
            image_size,
            channels,
            id: base.id.clone().or(id),
            text: base.text.clone().or(text),
            // Columns that training left out, or took as labels, need not be there again.
            ..base.clone()
        }
    }

    /// The features of `items`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are not laid out as the training items.
    pub fn features(&self, items: &Items) -> Result<Features> {
        self.preprocessor.apply(items)
    }

    /// One score an item, higher = more anomalous; never depends on the other items. An item without features scores
    /// above every item of the fit, and a document with more unknown words than usual in the fit is moved towards that
    /// score, see [`crate::preprocess::TfIdf::strangeness`].
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are not laid out as the training items.
    pub fn scores(&self, items: &Items) -> Result<Vec<f32>> {
        let features = self.features(items)?;
        let Some(own) = self.header.featureless_score else { return self.detector.scores(&features) };
        let featureless = Featureless::of(&features);
        let scores = self.detector.scores(&featureless.rest(&features))?;
        let mut scores = featureless.fill(scores, own);
        if let (Preprocessor::Text(tfidf), Items::Documents(documents)) = (&self.preprocessor, items) {
            for (score, strange) in scores.iter_mut().zip(tfidf.strangeness(documents)) {
                *score += strange * (own - *score).max(0.0);
            }
        }
        Ok(scores)
    }

    /// Scores all of `path` chunk by chunk, in bounded memory; `sink` is given each chunk and its scores.
    /// Returns the source for its account of unreadable items.
    ///
    /// # Errors
    /// Reading, mismatching data, or what `sink` returns.
    pub fn stream(
        &self,
        path: &Path,
        options: &Options,
        mut sink: impl FnMut(&Chunk, &[f32]) -> Result<()>,
    ) -> Result<input::Source> {
        let mut source = input::open(path, &self.reading(options))?;
        for chunk in source.by_ref() {
            let chunk = chunk?;
            let scores = self.scores(&chunk.items)?;
            sink(&chunk, &scores)?;
        }
        Ok(source)
    }

    /// What turns items into features.
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// The fitted method.
    pub fn detector(&self) -> &dyn Detector {
        self.detector.as_ref()
    }
}

/// The shape of the networks' input.
fn shape(preprocessor: &Preprocessor) -> Shape {
    let input = match preprocessor {
        Preprocessor::Images(shape) => Input::Picture { channels: shape.channels, side: shape.side },
        Preprocessor::Table(_) => Input::Vector,
        Preprocessor::Text(_) => Input::NonNegative,
    };
    Shape { input, width: preprocessor.width(), latent: 0 }.with_latent(0)
}
