//! Scoring with a fitted model: kept in memory after a fit, or loaded from a model file.

use std::path::Path;

use crate::data::{Chunk, Features, Items};
use crate::device;
use crate::error::{Error, Result};
use crate::fit::Fitted;
use crate::input::{self, Options, Stretch};
use crate::method::{Detector, Method};
use crate::model::{Header, ModelFile, Quantiles, Reading};
use crate::nn::autoencoder::{Input, Shape};
use crate::nn::within;
use crate::pile::Pile;
use crate::preprocess::Preprocessor;
use crate::seed::Seed;

/// Numbers that any network may be made of besides those that it stores.
const SPARE: usize = 1 << 20;

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
            range: pile.range,
            id: reading.id.clone(),
            ignore: reading.ignore.clone(),
            label: reading.label.clone(),
            text: reading.text.clone(),
            header: reading.header,
            delimiter: reading.delimiter,
            encoding: reading.encoding.clone(),
            sheet: reading.sheet.clone(),
        },
        seed: seed.0,
        fingerprint: pile.fingerprint.clone(),
        items: pile.len(),
        quantiles,
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
        if header.reading.range.is_some_and(|range| !range.is_valid()) {
            return Err(bad("the range of its pictures' values is empty".into()));
        }
        let shape = shape(&preprocessor);
        // Before their values are put in, networks are made by the settings, which must not ask for more than there is.
        let numbers: usize = weights.iter().map(|(_, array)| array.shape.iter().product::<usize>()).sum();
        let detector = within(SPARE + 2 * numbers, || method.load(&shape, &device, &mut weights))
            .ok_or_else(|| bad("its settings ask for larger arrays than it holds".into()))?
            .map_err(|e| bad(e.to_string()))?;
        weights.finish().map_err(|e| bad(e.to_string()))?;
        Ok(Self { header, preprocessor, detector })
    }

    /// How to read data for this model: `base` with what the model remembers put over it.
    pub fn reading(&self, base: &Options) -> Options {
        let Reading { image_size, channels, range, id, text, header, delimiter, encoding, sheet, .. } =
            self.header.reading.clone();
        Options {
            kind: Some(self.header.kind),
            image_size,
            channels,
            stretch: range.map_or(Stretch::Full, Stretch::Between),
            id: base.id.clone().or(id),
            text: base.text.clone().or(text),
            header: base.header.or(header),
            delimiter: base.delimiter.or(delimiter),
            encoding: base.encoding.clone().or(encoding),
            sheet: base.sheet.clone().or(sheet),
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

    /// One score per item, higher = more anomalous; never depends on the other items.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are not laid out as the training items.
    pub fn scores(&self, items: &Items) -> Result<Vec<f32>> {
        self.detector.scores(&self.features(items)?)
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
        let mut oddities = self.preprocessor.no_oddities();
        for chunk in source.by_ref() {
            let chunk = chunk?;
            let features = self.preprocessor.apply_noting(&chunk.items, &mut oddities)?;
            let scores = self.detector.scores(&features)?;
            sink(&chunk, &scores)?;
        }
        source.note(self.preprocessor.odd(&oddities));
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
