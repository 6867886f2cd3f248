//! How data of Python is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use lfr::data::Kind;
use lfr::encoder::{Cache, Encoder, located};
use lfr::input::{Given, delimiter};
use lfr::preprocess::Preprocessor;
use lfr::{Error, Options};
use pyo3::prelude::*;

use super::errors::exception;
use super::running;
use super::settings::Settings;

/// How data is read, and the encoder that makes its features.
#[pyclass(frozen, module = "lfr._lfr")]
pub struct Reading {
    options: Options,
    /// Largest share of unreadable items, if the user said so; a path has a default, items in memory have to be read.
    bad: Option<f64>,
    encoder: Option<Arc<Encoder>>,
    cache: Option<PathBuf>,
    /// Whether it is how a model reads new data.
    of_model: bool,
}

impl Reading {
    fn of(mut given: Settings) -> PyResult<Self> {
        let (bad, base) = (given.take("max_bad_fraction")?, Options::default());
        let options = Options {
            kind: given.take("kind")?.map(kind).transpose()?,
            image_size: given.take("image_size")?.unwrap_or(base.image_size),
            channels: given.take("channels")?,
            id: given.take("id")?,
            ignore: given.take("ignore")?.unwrap_or_default(),
            label: given.take("label")?,
            text: given.take("text")?,
            header: given.take("header")?,
            delimiter: given.take("delimiter")?.map(character).transpose()?,
            encoding: given.take("encoding")?,
            sheet: given.take("sheet")?,
            keep_footer: given.take("keep_footer")?.unwrap_or_default(),
            max_bad_fraction: bad.unwrap_or(base.max_bad_fraction),
            data_dir: given.take("data_dir")?,
            ..base
        };
        let cache = given.take("features_cache")?;
        given.finish()?;
        Ok(Self { options, bad, encoder: None, cache, of_model: false })
    }

    /// How `model` reads new data.
    pub fn of_model(model: &lfr::Model, settings: &str) -> PyResult<Self> {
        model.check_encoder().map_err(exception)?;
        let encoder = match model.preprocessor() {
            Preprocessor::Encoder(step) => step.running().cloned(),
            _ => None,
        };
        let asked = Self::of(Settings::read(settings)?)?;
        Ok(Self { options: model.reading(&asked.options), encoder, of_model: true, ..asked })
    }

    /// All that is at `path`.
    pub fn path(&self, py: Python<'_>, path: &Path, threads: Option<usize>) -> PyResult<lfr::Data> {
        running::run(py, threads, |stop| match &self.encoder {
            None => lfr::Data::read(path, &self.options),
            Some(encoder) => {
                let (mut cache, mut watch) = (self.cache(encoder), |_| running::check(stop));
                lfr::Data::encoded(path, &self.options, encoder, cache.as_mut(), &mut watch)
            }
        })
    }

    /// Items in memory.
    pub fn given(&self, py: Python<'_>, items: Given, threads: Option<usize>) -> PyResult<lfr::Data> {
        let options = self.in_memory(&items);
        let data = running::run(py, threads, |stop| match &self.encoder {
            None => lfr::Data::given(items, &options),
            Some(encoder) => {
                let (mut cache, mut watch) = (self.cache(encoder), |_| running::check(stop));
                lfr::Data::encoded_given(items, &options, encoder, cache.as_mut(), &mut watch)
            }
        })?;
        self.check(data.kind)?;
        Ok(data)
    }

    /// Refuses items of another kind than asked for, or than the encoder takes.
    pub fn check(&self, found: Kind) -> PyResult<()> {
        if let Some(kind) = self.options.kind.filter(|&kind| kind != found && !self.of_model) {
            let problem = format!("the data in memory is of the kind {found}");
            return Err(exception(Error::config("kind", kind, problem)));
        }
        self.encoder.as_ref().map_or(Ok(()), |encoder| encoder.check_kind(found)).map_err(exception)
    }

    fn in_memory(&self, items: &Given) -> Options {
        let options = Options { max_bad_fraction: self.bad.unwrap_or(0.0), ..self.options.clone() };
        match items {
            // Rows that are scored in memory need not be identified.
            Given::Table(batches) if self.of_model => {
                let is_there = |id: &String| batches.iter().all(|batch| batch.column_by_name(id).is_some());
                Options { id: options.id.filter(is_there), ..options }
            }
            _ => options,
        }
    }

    fn cache(&self, encoder: &Encoder) -> Option<Cache> {
        self.cache.as_deref().map(|folder| Cache::open(folder, encoder.card()))
    }
}

#[pymethods]
impl Reading {
    /// By `settings`, a JSON table, with the encoder at `features`.
    #[new]
    #[pyo3(signature = (settings = "{}", features = None, threads = None))]
    fn new(
        py: Python<'_>,
        settings: &str,
        features: Option<PathBuf>,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let mut given = Settings::read(settings)?;
        let Some(path) = features else {
            let reading = Self::of(given)?;
            return match &reading.cache {
                None => Ok(reading),
                Some(folder) => {
                    let problem = "there is no encoder whose features it could keep; name one by `features`";
                    Err(exception(Error::config("features_cache", folder.display(), problem)))
                }
            };
        };
        // The size that the encoder takes, not that in which pictures are kept.
        let side = given.take("image_size")?;
        let reading = Self::of(given)?;
        let encoder = running::run(py, threads, |_| Encoder::open(located(&path)?, side))?;
        Ok(Self { encoder: Some(encoder), ..reading })
    }

    /// The column that identifies rows.
    #[getter]
    fn id(&self) -> Option<&str> {
        self.options.id.as_deref()
    }
}

fn kind(text: String) -> PyResult<Kind> {
    let found = [Kind::Table, Kind::Text, Kind::Images].into_iter().find(|kind| kind.to_string() == text);
    found.ok_or_else(|| exception(Error::config("kind", text, "choose one of table, text and images")))
}

fn character(text: String) -> PyResult<u8> {
    let problem = "must be one ASCII character, `tab` or `blank`";
    delimiter(&text).ok_or_else(|| exception(Error::config("delimiter", text, problem)))
}
