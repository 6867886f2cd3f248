//! Scoring with a fitted model: kept in memory after a fit, or loaded from a model file.

mod account;

use std::path::Path;

use account::Account;

use crate::Data;
use crate::data::{Chunk, Features, Items};
use crate::device;
use crate::durable::OutputFile;
use crate::encoder::{Card, Encoder};
use crate::error::{Error, Result};
use crate::fit::Fitted;
use crate::input::{self, Known, Options, Stretch};
use crate::method::{Detector, Registry};
use crate::model::embedded;
use crate::model::{Header, ModelFile, Quantiles, Reading};
use crate::nn::autoencoder::{Input, Shape};
use crate::nn::within;
use crate::preprocess::{Applied, Preprocessor};
use crate::seed::Seed;

/// Numbers that any network may be made of besides those that it stores.
const SPARE: usize = 1 << 20;

/// A fitted model, ready to score items it has never seen.
pub struct Model {
    /// What is known about it.
    pub header: Header,
    preprocessor: Preprocessor,
    detector: Box<dyn Detector>,
    warnings: Vec<String>,
    /// Whether the files of the encoder are part of the model.
    embeds: bool,
}

/// The header of a fit with the scores of its own pile.
///
/// # Errors
/// [`Error::TooFewItems`] when the fit has no score.
pub(crate) fn header(fitted: &Fitted, data: &Data, seed: Seed) -> Result<Header> {
    let channels = match &fitted.preprocessor {
        Preprocessor::Images(shape) => Some(shape.channels),
        Preprocessor::Encoder(step) => step.card.pictures().map(|input| input.channels),
        _ => None,
    };
    let quantiles = Quantiles::of(&fitted.scores).ok_or_else(|| Error::TooFewItems {
        found: 0,
        needed: 1,
        what: "a model file".into(),
    })?;
    let reading = &data.reading;
    Ok(Header {
        tool_version: env!("CARGO_PKG_VERSION").into(),
        kind: data.kind,
        method: json(&fitted.method)?,
        preprocessor: json(&fitted.preprocessor)?,
        reading: Reading {
            image_size: reading.image_size,
            channels,
            range: data.range,
            id: reading.id.clone(),
            ignore: reading.ignore.clone(),
            label: reading.label.clone(),
            text: reading.text.clone(),
            header: reading.header,
            delimiter: reading.delimiter,
            encoding: reading.encoding.clone(),
            kind: reading.kind,
            keep_footer: reading.keep_footer,
            sheet: reading.sheet.clone(),
        },
        seed: seed.0,
        fingerprint: data.fingerprint.clone(),
        items: data.len(),
        quantiles,
        featureless_score: fitted.featureless_score,
        warnings: fitted.warnings.clone(),
    })
}

fn json(value: &impl serde::Serialize) -> Result<serde_json::Value> {
    serde_json::to_value(value).map_err(|e| Error::config("model", "", e.to_string()))
}

impl Model {
    /// A model from its parts.
    pub(crate) fn new(header: Header, preprocessor: Preprocessor, detector: Box<dyn Detector>) -> Self {
        Self { header, preprocessor, detector, warnings: Vec::new(), embeds: false }
    }

    /// Reads the model file at `path`; networks run on the processor.
    ///
    /// # Errors
    /// [`Error::Model`] for a file that is damaged, foreign or newer, [`Error::Io`] for one that cannot be read.
    pub fn load(path: impl AsRef<Path>) -> Result<Self> {
        Self::load_on(path, "cpu")
    }

    /// The same with networks running on the device called `device`.
    ///
    /// # Errors
    /// As [`Model::load`], and [`Error::Device`] for an unknown device.
    pub fn load_on(path: impl AsRef<Path>, device: &str) -> Result<Self> {
        Self::load_with(path, device, &Registry::default())
    }

    /// The same for a model of a method of your own, or of a combination that holds one: `methods` knows it.
    ///
    /// # Errors
    /// As [`Model::load_on`].
    pub fn load_with(path: impl AsRef<Path>, device: &str, methods: &Registry) -> Result<Self> {
        let path = path.as_ref();
        Self::of(ModelFile::load(path)?, path, device, methods)
    }

    /// What there is to say about the device it was loaded on.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Reads the bytes of a model file, such as [`Model::to_bytes`] gives.
    ///
    /// # Errors
    /// As [`Model::load`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        Self::from_bytes_with(bytes, "cpu", &Registry::default())
    }

    /// The same as [`Model::load_with`] does it.
    ///
    /// # Errors
    /// As [`Model::load_with`].
    pub fn from_bytes_with(bytes: &[u8], device: &str, methods: &Registry) -> Result<Self> {
        Self::of(ModelFile::from_bytes(bytes)?, Path::new("bytes"), device, methods)
    }

    fn of(file: ModelFile, path: &Path, device: &str, methods: &Registry) -> Result<Self> {
        let opened = device::open(device)?;
        let ModelFile { header, mut weights } = file;
        let bad = |problem: String| Error::Model { path: path.to_owned(), problem };
        let method = methods
            .parse(header.method.clone())
            .map_err(|e| bad(format!("its method is not known to this version: {e}")))?;
        let mut preprocessor: Preprocessor = serde_json::from_value(header.preprocessor.clone())
            .map_err(|e| bad(format!("its preprocessor is not known to this version: {e}")))?;
        preprocessor.validate().map_err(|e| bad(e.to_string()))?;
        let embeds = embedded::load(&mut preprocessor, &mut weights, path).map_err(|e| bad(e.to_string()))?;
        if header.reading.range.is_some_and(|range| !range.is_valid()) {
            return Err(bad("the range of its pictures' values is empty".into()));
        }
        let shape = shape(&preprocessor);
        // Before their values are put in, networks are made by the settings, which must not ask for more than there is.
        let numbers: usize = weights.iter().map(|(_, array)| array.shape.iter().product::<usize>()).sum();
        let detector = within(SPARE + 2 * numbers, || method.load(&shape, &opened.device, &mut weights))
            .ok_or_else(|| bad("its settings ask for larger arrays than it holds".into()))?
            .map_err(|e| bad(e.to_string()))?;
        weights.finish().map_err(|e| bad(e.to_string()))?;
        let warnings = opened.warnings(&method);
        Ok(Self { header, preprocessor, detector, warnings, embeds })
    }

    /// The encoder that the model needs, if any.
    pub fn encoder(&self) -> Option<&Card> {
        match &self.preprocessor {
            Preprocessor::Encoder(step) => Some(&step.card),
            _ => None,
        }
    }

    /// Checks that the encoder that the model needs, if any, is at hand.
    ///
    /// # Errors
    /// [`Error::Encoder`] when it is not.
    pub fn check_encoder(&self) -> Result<()> {
        match &self.preprocessor {
            Preprocessor::Encoder(step) => step.ready().map(|_| ()),
            _ => Ok(()),
        }
    }

    /// The same with the encoder at `path` in use.
    ///
    /// # Errors
    /// As [`Encoder::of_card`]; [`Error::Config`] for a model that takes items as they are.
    pub fn with_encoder(mut self, path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match &mut self.preprocessor {
            Preprocessor::Encoder(step) => step.run(Encoder::of_card(path, &step.card)?),
            _ => {
                let problem = "the model was not fitted on the features of an encoder; leave it out";
                return Err(Error::config("features", path.display(), problem));
            }
        }
        Ok(self)
    }

    /// Whether the files of the encoder become part of the model file, so that it can score without them.
    pub fn embed_encoder(&mut self, embeds: bool) {
        self.embeds = embeds;
    }

    /// Writes the model file, replacing one that is there. The same model gives the same bytes.
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be written, [`Error::TooLarge`] beyond 4 GiB.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.file().save(path.as_ref())
    }

    /// Writes a model file that was prepared before.
    ///
    /// # Errors
    /// As [`Model::save`].
    pub fn save_into(&self, file: OutputFile) -> Result<()> {
        self.file().save_into(file)
    }

    /// The bytes of the model file.
    ///
    /// # Errors
    /// [`Error::Model`] when they cannot be made.
    pub fn to_bytes(&self) -> Result<Vec<u8>> {
        self.file().to_bytes()
    }

    fn file(&self) -> ModelFile {
        let mut weights = crate::data::Weights::default();
        self.detector.store(&mut weights);
        if let (true, Preprocessor::Encoder(step)) = (self.embeds, &self.preprocessor) {
            embedded::store(step, &mut weights);
        }
        ModelFile { header: self.header.clone(), weights }
    }

    /// How to read data for this model: `base` with what the model remembers put over it. The names of its columns and
    /// the sheet it was fitted on decide where a file could be read in several ways.
    pub fn reading(&self, base: &Options) -> Options {
        let Reading {
            image_size,
            channels,
            range,
            id,
            text,
            header,
            delimiter,
            encoding,
            kind,
            keep_footer,
            sheet,
            ..
        } = self.header.reading.clone();
        let columns = match &self.preprocessor {
            Preprocessor::Table(encoder) => encoder.names(),
            Preprocessor::Text(_) | Preprocessor::Encoder(_) => {
                base.text.clone().or(text.clone()).into_iter().collect()
            }
            Preprocessor::Images(_) => Vec::new(),
        };
        Options {
            kind: Some(self.header.kind),
            image_size,
            wide: self.encoder().and_then(Card::pictures).map(|input| input.side),
            channels,
            stretch: range.map_or(Stretch::Full, Stretch::Between),
            header: base.header.or(header),
            delimiter: base.delimiter.or(delimiter),
            encoding: base.encoding.clone().or(encoding),
            keep_footer: base.keep_footer || keep_footer,
            known: Known { columns, sheet, id, text, one_sort: kind.is_none() },
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

    /// One score per item, higher = more anomalous; never depends on the other items. An item without features scores
    /// above every item of the fit, unless it is a document of stop words alone, which scores as the item in the middle. Moved
    /// towards the score of items without features are a document with more unknown words than usual in the fit,
    /// see [`crate::preprocess::TfIdf::strangeness`], and a row without a value in a column where every row of the fit had one.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are not laid out as the training items.
    pub fn scores(&self, items: &Items) -> Result<Vec<f32>> {
        self.scores_of(&self.applied(items)?)
    }

    fn applied(&self, items: &Items) -> Result<Applied> {
        let [_, typical, _] = self.header.quantiles.summary();
        self.preprocessor.applied(items, typical)
    }

    /// The scores of items whose features are at hand.
    fn scores_of(&self, items: &Applied) -> Result<Vec<f32>> {
        let features = &items.features;
        let Some(own) = self.header.featureless_score else { return self.detector.scores(features) };
        let scores = self.detector.scores(&items.featureless.rest(features))?;
        let mut scores = items.featureless.fill(scores, own);
        for (score, strange) in scores.iter_mut().zip(&items.strange) {
            *score += strange * (own - *score).max(0.0);
        }
        Ok(scores)
    }

    /// One score an item of `data`, which was read as [`Model::reading`] says; higher = more anomalous.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when its items are not laid out as the training items.
    pub fn score(&self, data: &Data) -> Result<Vec<f32>> {
        if let (Some(encoded), Preprocessor::Encoder(step)) = (&data.encoded, &self.preprocessor)
            && encoded.encoder.card().key() == step.card.key()
            && !data.items.is_empty()
        {
            return self.scores_of(&Features::Dense(encoded.rows.clone()).into());
        }
        let parts = data.items.iter().map(|items| self.scores(items)).collect::<Result<Vec<_>>>()?;
        Ok(parts.concat())
    }

    /// Scores all of `path` chunk by chunk, in bounded memory; `sink` is given each chunk and its scores.
    /// Returns the source for its account of unreadable items, with what there is to say about the others in its notes and
    /// warnings.
    ///
    /// # Errors
    /// Reading, mismatching data, or what `sink` returns.
    pub fn stream(
        &self,
        path: impl AsRef<Path>,
        options: &Options,
        mut sink: impl FnMut(&Chunk, &[f32]) -> Result<()>,
    ) -> Result<input::Source> {
        self.check_encoder()?;
        let mut source = input::open(path.as_ref(), &self.reading(options))?;
        let mut account = Account::new(&self.header, &self.preprocessor);
        for chunk in source.by_ref() {
            let chunk = chunk?;
            let applied = self.applied(&chunk.items)?;
            let scores = self.scores_of(&applied)?;
            account.add(&chunk, applied, &scores);
            sink(&chunk, &scores)?;
        }
        source.note(account.notes());
        source.warn(account.warnings());
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
        Preprocessor::Table(_) | Preprocessor::Encoder(_) => Input::Vector,
        Preprocessor::Text(_) => Input::NonNegative,
    };
    Shape { input, width: preprocessor.width(), latent: 0 }.with_latent(0)
}
