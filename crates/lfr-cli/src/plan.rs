//! From flags to a fit: what `lfr rank` and `lfr fit` share.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Result;
use lfr::Data;
use lfr::data::{Items, Kind};
use lfr::dataset::Uri;
use lfr::encoder::{Cache, Encoder, cache_dir, located};
use lfr::fit::FitOptions;
use lfr::input::Options;
use lfr::labels::Labels;
use lfr::method::Method;
use lfr::preprocess::{PreprocessOptions, TableEncoder};
use lfr::run::{Fit, Run};
use lfr::sample::Loaded;
use lfr::seed::Seed;
use lfr::{Error, device};

use crate::args::{EncoderArgs, InputArgs, MethodArgs};
use crate::config::Tables;
use crate::interrupt;
use crate::progress::Progress;
use crate::terminal::things;
use crate::watch::Watch;

/// A checked plan of a fit.
pub struct Plan<'a> {
    /// How to read the pile.
    pub reading: Options,
    /// How to fit; the method is known once the kind of data is, see [`Plan::fit`].
    pub fitting: FitOptions,
    args: &'a MethodArgs,
    encoding: &'a EncoderArgs,
    encoder: Option<Arc<Encoder>>,
    settings: Option<&'a serde_json::Value>,
}

impl<'a> Plan<'a> {
    /// Checks everything that can be checked before the data is read.
    ///
    /// # Errors
    /// [`Error::Config`] or [`Error::Device`] for a setting out of range.
    pub fn new(
        input: &InputArgs,
        encoding: &'a EncoderArgs,
        args: &'a MethodArgs,
        tables: &'a Tables,
    ) -> Result<Self> {
        let reading = reading(input, encoding);
        reading.validate()?;
        device::open(&args.device)?;
        let mut preprocess = match &tables.preprocess {
            Some(table) => serde_json::from_value::<PreprocessOptions>(table.clone())
                .map_err(|e| Error::config("preprocess", table, e.to_string()))?,
            None => PreprocessOptions::default(),
        };
        preprocess.table.columns.extend(input.columns()?);
        preprocess.validate()?;
        let fitting = FitOptions {
            preprocess,
            seed: Seed(args.seed),
            device: args.device.clone(),
            all_normal: args.all_normal,
            ..FitOptions::default()
        };
        let encoder = match &encoding.features {
            Some(path) => Some(Encoder::open(located(path)?, input.image_size)?),
            None => None,
        };
        let plan = Self { reading, fitting, args, encoding, encoder, settings: tables.settings.as_ref() };
        plan.method(Kind::Images)?;
        Ok(plan)
    }

    fn loaded(&self, input: &Path, text: &str, progress: &mut Progress) -> lfr::Result<Loaded> {
        Loaded::of(input, &self.reading, self.fitting.seed, |items| {
            progress.items(text, items);
            interrupt::check()
        })
    }

    /// The column of a table that is all there is to rank, and is prose.
    fn only_prose(&self, read: &Loaded) -> Result<Option<String>> {
        let Loaded::Whole(data) = read else { return Ok(None) };
        let rows = data
            .items
            .iter()
            .filter_map(|items| if let Items::Rows(rows) = items { Some(rows) } else { None });
        let rows: Vec<_> = rows.collect();
        if rows.is_empty() || self.reading.kind.is_some() || self.args.labels_known.is_some() {
            return Ok(None);
        }
        Ok(TableEncoder::only_prose(&rows, &self.fitting.preprocess.table)?)
    }

    /// Reads the pile, or a sample of a large table, and the labels that are to guide the fit.
    ///
    /// # Errors
    /// As [`Loaded::of`], [`Labels::read`] and [`Labels::of_some`].
    pub fn read(&mut self, input: &Path, progress: &mut Progress) -> Result<Loaded> {
        if let Some(encoder) = &self.encoder {
            let data = self.encoded(input, encoder, progress)?;
            self.fitting.known = self.known(&data)?;
            return Ok(Loaded::Whole(data));
        }
        let text = format!("reading {}", input.display());
        progress.stage(&text);
        let mut read = self.loaded(input, &text, progress)?;
        if let Some(column) = self.only_prose(&read)? {
            self.reading.text = Some(column.clone());
            read = self.loaded(input, &text, progress)?;
            if let Loaded::Whole(data) = &mut read {
                let note = format!(
                    "the column `{column}` is ranked as text, as there is nothing else; --kind table asks for a table"
                );
                data.notes.insert(data.news, note);
                data.news += 1;
            }
        }
        if let (Loaded::Sample(..), Some(path)) = (&read, &self.args.labels_known) {
            let problem = "a table too large for the memory is fitted on a sample, which marks cannot guide yet; rank part of it";
            return Err(Error::config("labels_known", path.display(), problem).into());
        }
        self.fitting.known = self.known(read.data())?;
        Ok(read)
    }

    /// The pile with the features that the encoder makes.
    fn encoded(&self, input: &Path, encoder: &Arc<Encoder>, progress: &mut Progress) -> Result<Data> {
        let keeps = !self.encoding.no_features_cache;
        let folder = keeps.then(|| cache_dir(self.encoding.features_cache.as_deref())).flatten();
        let mut cache = folder.map(|folder| Cache::open(&folder, encoder.card()));
        let text = format!("encoding {} with {}", input.display(), encoder.card().name);
        progress.stage(&text);
        let mut watch = |at: lfr::encoder::Progress| {
            progress.encoded(&text, at);
            interrupt::check()
        };
        Ok(Data::encoded(input, &self.reading, encoder, cache.as_mut(), &mut watch)?)
    }

    /// The items that are to guide the fit, and their labels.
    fn known(&self, data: &Data) -> Result<Option<Vec<(usize, bool)>>> {
        let method = self.method(data.kind)?;
        match &self.args.labels_known {
            Some(path) if method.learns_from_labels() => Ok(Some(Labels::read(path)?.of_some(&data.ids)?)),
            Some(path) => {
                let problem = format!(
                    "method {} does not learn from labels; leave --method out, or use ae-lfr or gt-lfr (--labels is for metrics)",
                    method.name()
                );
                Err(Error::config("labels_known", path.display(), problem).into())
            }
            None => Ok(None),
        }
    }

    /// Fits the method on the pile; `labels` of the user are for metrics.
    ///
    /// # Errors
    /// As [`Fit::watched`].
    pub fn fit(&mut self, data: Data, labels: Option<Vec<bool>>, progress: &mut Progress) -> Result<Run> {
        let method = self.method(data.kind)?;
        progress.stage(&format!("fitting {} on {}", method.name(), things(data.len(), data.kind)));
        self.fitting.method = Some(method);
        let mut fit = Fit::from(self.fitting.clone());
        if let Some(labels) = labels {
            fit = fit.labels(labels);
        }
        let mut run = fit.watched(data, &mut Watch { progress })?;
        run.model.embed_encoder(self.encoding.embed_into_model);
        interrupt::check()?;
        Ok(run)
    }

    /// The method for data of `kind`, with every setting in force.
    fn method(&self, kind: Kind) -> lfr::Result<Method> {
        let args = self.args;
        let mut method = match (&args.method, &args.preset) {
            (Some(name), preset) => Method::named(name, preset.as_deref())?,
            (None, Some(preset)) => Method::named("ae-lfr", Some(preset))?,
            (None, None) => Method::named("combined", None)?,
        };
        method = if self.encoder.is_some() { method.suited_to_encoded()? } else { method.suited_to(kind) };
        if let Some(settings) = self.settings {
            method = method.with(settings)?;
        }
        let budget = [
            ("epochs", args.epochs.map(|n| n.to_string())),
            ("batch_size", args.batch_size.map(|n| n.to_string())),
            ("learning_rate", args.learning_rate.map(|n| n.to_string())),
        ];
        if let Some((key, value)) = budget.into_iter().find_map(|(key, value)| Some((key, value?))) {
            let problem = format!("method {} trains no network", method.name());
            let schedule = method.schedule_mut().ok_or_else(|| Error::config(key, value, problem))?;
            if let Some(epochs) = args.epochs {
                (schedule.epochs, schedule.most_items) = (epochs, 0);
            }
            schedule.batch_size = args.batch_size.unwrap_or(schedule.batch_size);
            schedule.learning_rate = args.learning_rate.unwrap_or(schedule.learning_rate);
        }
        method.validate()?;
        Ok(method)
    }
}

/// How the input is read. With an encoder, the size of images is what it takes, not what the pile keeps.
pub fn reading(args: &InputArgs, encoding: &EncoderArgs) -> Options {
    let base = args.file.over(Options::default());
    Options {
        kind: args.kind.map(Kind::from),
        image_size: args.image_size.filter(|_| encoding.features.is_none()).unwrap_or(base.image_size),
        id: args.id.clone(),
        ignore: args.ignore.clone(),
        label: args.label.clone(),
        text: args.text.clone(),
        max_bad_fraction: args.max_bad_fraction.unwrap_or(base.max_bad_fraction),
        data_dir: args.data_dir.clone(),
        ..base
    }
}

/// The name of `input` without its folder and its ending, or of the data set and class, followed by `suffix`, in the
/// current folder.
///
/// # Errors
/// As [`Uri::of`].
pub fn named_after(input: &Path, suffix: &str) -> Result<PathBuf> {
    if let Some(uri) = Uri::of(input)? {
        return Ok(PathBuf::from(uri.stem() + suffix));
    }
    let absolute = std::path::absolute(input).unwrap_or_else(|_| input.to_owned());
    let name = if absolute.is_dir() { absolute.file_name() } else { absolute.file_stem() };
    let mut name = name.unwrap_or_else(|| "pile".as_ref()).to_owned();
    name.push(suffix);
    Ok(PathBuf::from(name))
}
