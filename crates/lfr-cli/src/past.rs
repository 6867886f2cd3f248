//! A run of the past, as its folder tells of it: what `lfr report` and `lfr review` begin with.

use std::path::{Path, PathBuf};

use lfr::Data;
use lfr::input::{Known, Options};
use lfr::output::{Format, RunRecord, Scores};
use lfr::score::Model;
use lfr::{Error, Result};

/// Where the model is in the folder of a run.
pub const MODEL: &str = "model.safetensors";

/// Where the record is.
pub const RECORD: &str = "run.json";

/// What a folder holds besides the model.
pub struct Past {
    /// How the scores came about.
    pub record: RunRecord,
    /// One an item, in the order of the score file.
    pub scores: Scores,
}

impl Past {
    /// Reads the record and the scores in `folder`.
    ///
    /// # Errors
    /// As [`RunRecord::read`] and [`Scores::read`].
    pub fn read(folder: &Path) -> Result<Self> {
        let record = RunRecord::read(&folder.join(RECORD))?;
        let scores = Scores::read(&score_file(folder))?;
        Ok(Self { record, scores })
    }

    /// Makes sure that there is a score for each item of the run.
    ///
    /// # Errors
    /// [`Error::Scores`] when there are more or fewer.
    pub fn check(&self) -> Result<()> {
        let (found, items) = (self.scores.len(), self.record.items);
        if found == items {
            return Ok(());
        }
        let problem = format!("{found} for the {items} items of the run; take the file as the run wrote it");
        Err(Error::Scores { problem })
    }
}

/// The score file that `path` is or, for the folder of a run, holds.
pub fn score_file(path: &Path) -> PathBuf {
    let names = Format::ALL.map(|format| path.join(format!("scores.{}", format.extension())));
    let found = names.iter().find(|file| file.is_file());
    let expected = if path.is_dir() { &names[0] } else { path };
    found.map_or_else(|| expected.to_owned(), Clone::clone)
}

/// The scores in `path`, a score file or the folder of a run, all of which must be there.
///
/// # Errors
/// As [`Scores::read`]; as [`RunRecord::read`] and [`Past::check`] in the folder of a run.
pub fn scores(path: &Path) -> Result<Scores> {
    if path.join(RECORD).is_file() {
        let past = Past::read(path)?;
        past.check()?;
        return Ok(past.scores);
    }
    Scores::read(&score_file(path))
}

/// The model file that `path` is or, for the folder of a run, holds.
pub fn model_file(path: &Path) -> PathBuf {
    if path.is_dir() { path.join(MODEL) } else { path.to_owned() }
}

/// Reads the pile that `model` was fitted on again, from `input`, and makes sure that it is the one of `fingerprint`.
///
/// # Errors
/// As [`Data::read`], and [`Error::Mismatch`] for other data.
pub fn data(model: &Model, fingerprint: &str, input: &Path, data_dir: Option<&Path>) -> Result<Data> {
    let past = &model.header.reading;
    // As the fit read it, the columns it set aside included; pictures settle their channels once more.
    let base = Options {
        id: past.id.clone(),
        text: past.text.clone(),
        ignore: past.ignore.clone(),
        label: past.label.clone(),
        data_dir: data_dir.map(Path::to_owned),
        ..Options::default()
    };
    let reading = model.reading(&base);
    // An encoder has its pictures in its own channels from the start.
    let channels = reading.channels.filter(|_| reading.wide.is_some());
    let reading = Options {
        channels,
        max_bad_fraction: 1.0,
        sheet: past.sheet.clone(),
        known: Known::default(),
        ..reading
    };
    let data = Data::read(input, &reading)?;
    if data.fingerprint != fingerprint {
        return Err(Error::Mismatch {
            what: format!("fingerprint of {}", input.display()),
            expected: fingerprint.to_owned(),
            found: data.fingerprint,
        });
    }
    Ok(data)
}
