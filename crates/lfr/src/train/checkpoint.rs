//! Long fits that go on where they were stopped.
//!
//! A network in training writes its state now and then: parameters, moments of the optimiser, order of the items, place in
//! the random stream, curve. A fit of the same data with the same settings and seed goes on from there and ends with the
//! same bytes as one that was never stopped. What trains no network starts again, which gives the same bytes, too.

use std::fs;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use safetensors::SafeTensors;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::Epoch;
use crate::data::Weights;
use crate::durable;
use crate::error::{Error, Result};
use crate::hex::hex;
use crate::model::{Stored, array};
use crate::seed::Seed;

/// The ending of a state's name.
const ENDING: &str = "state";

/// The metadata entry of a state file.
const ENTRY: &str = "lfr-state";

/// A folder for the states of networks in training.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
    every: Duration,
    fit: String,
}

impl Checkpoints {
    /// States go into `folder`, which is made when the first is written, once in `every`.
    pub fn new(folder: impl Into<PathBuf>, every: Duration) -> Self {
        Self { folder: folder.into(), every, fit: String::new() }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Whether there is a state to go on from.
    pub fn any(&self) -> bool {
        !self.states().is_empty()
    }

    /// Removes the states, and the folder if nothing else is in it.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk refuses.
    pub fn discard(&self) -> Result<()> {
        for state in self.states() {
            fs::remove_file(&state).map_err(|e| Error::io("remove", &state, e))?;
        }
        match fs::remove_dir(&self.folder) {
            Err(error) if !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::DirectoryNotEmpty) => {
                Err(Error::io("remove", &self.folder, error))
            }
            _ => Ok(()),
        }
    }

    fn states(&self) -> Vec<PathBuf> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten().map(|entry| entry.path());
        entries.filter(|path| path.extension().is_some_and(|ending| ending == ENDING)).collect()
    }

    /// The same for the fit that `digest` stands for: data, settings and seed.
    pub fn of_fit(&self, digest: &[u8]) -> Self {
        let fit = hex(digest);
        Self { fit, ..self.clone() }
    }

    /// The place of the training whose random streams come from `seed`.
    pub(crate) fn training(&self, seed: Seed) -> Checkpoint {
        let path = self.folder.join(format!("{:016x}.{ENDING}", seed.0));
        Checkpoint { path, fit: self.fit.clone(), every: self.every, last: Instant::now(), written: false }
    }
}

/// The place for the state of one training.
pub(crate) struct Checkpoint {
    path: PathBuf,
    fit: String,
    every: Duration,
    last: Instant,
    written: bool,
}

/// Where a training stands, before a step.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Progress {
    /// The epoch, from 1; one past the last when training is over.
    pub epoch: usize,
    /// Steps done of it.
    pub done: usize,
    /// Words drawn from the random stream.
    pub drawn: u64,
    /// Identities of the model's parameters, which the optimiser's moments are kept by.
    pub parameters: Vec<u64>,
    /// Epochs done.
    pub curve: Vec<Epoch>,
    /// What the observer holds.
    pub observer: Value,
    /// Sums over the epoch's steps.
    pub tally: Value,
}

/// What a state file holds.
pub(crate) struct State {
    pub progress: Progress,
    pub arrays: Weights,
}

#[derive(Serialize, Deserialize)]
struct Head {
    fit: String,
    version: String,
    digest: String,
    progress: Progress,
}

impl Checkpoint {
    /// The state to go on from, if there is one.
    ///
    /// # Errors
    /// [`Error::Input`] when it is damaged, or of another fit.
    pub fn load(&mut self) -> Result<Option<State>> {
        let bytes = match fs::read(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            bytes => bytes.map_err(|e| Error::io("read", &self.path, e))?,
        };
        let bad = |problem: &str| {
            Error::input(&self.path, format!("cannot be gone on from: {problem}; remove it to start anew"))
        };
        let (_, metadata) = SafeTensors::read_metadata(&bytes).map_err(|e| bad(&e.to_string()))?;
        let entry = metadata.metadata().as_ref().and_then(|entries| entries.get(ENTRY));
        let head: Head = entry
            .and_then(|entry| serde_json::from_str(entry).ok())
            .ok_or_else(|| bad("it is no state of a training"))?;
        if head.version != env!("CARGO_PKG_VERSION") || head.fit != self.fit {
            return Err(bad("it is of other data, other settings or another version of lfr"));
        }
        let file = SafeTensors::deserialize(&bytes).map_err(|e| bad(&e.to_string()))?;
        let mut arrays = Weights::default();
        for (name, view) in file.tensors() {
            let info = safetensors::tensor::TensorInfo {
                dtype: view.dtype(),
                shape: view.shape().to_vec(),
                data_offsets: (0, view.data().len()),
            };
            arrays.insert(name.clone(), array(&name, &info, view.data()).map_err(|e| bad(&e))?);
        }
        if digest(&arrays, &head.progress) != head.digest {
            return Err(bad("it is damaged"));
        }
        self.written = true;
        Ok(Some(State { progress: head.progress, arrays }))
    }

    /// Whether it is time to write the state.
    pub fn is_due(&self) -> bool {
        self.last.elapsed() >= self.every
    }

    /// Whether there is a state.
    pub fn is_written(&self) -> bool {
        self.written
    }

    /// Writes the state in the place of the one before.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk refuses.
    pub fn save(&mut self, state: &State) -> Result<()> {
        if let Some(folder) = self.path.parent() {
            fs::create_dir_all(folder).map_err(|e| Error::io("create", folder, e))?;
        }
        let head = Head {
            fit: self.fit.clone(),
            version: env!("CARGO_PKG_VERSION").into(),
            digest: digest(&state.arrays, &state.progress),
            progress: state.progress.clone(),
        };
        let failed = |e: std::io::Error| Error::io("write", &self.path, e);
        let head = serde_json::to_string(&head).map_err(|e| failed(e.into()))?;
        let arrays = state.arrays.iter().map(|(name, array)| (name, Stored(array)));
        let bytes = safetensors::serialize(arrays, Some([(ENTRY.to_owned(), head)].into()))
            .map_err(|e| failed(std::io::Error::other(e)))?;
        durable::write(&self.path, |out| out.write_all(&bytes).map_err(failed))?;
        (self.last, self.written) = (Instant::now(), true);
        Ok(())
    }
}

fn digest(arrays: &Weights, progress: &Progress) -> String {
    use safetensors::View;
    let mut hash = Sha256::new();
    hash.update(serde_json::to_string(progress).unwrap_or_default());
    for (name, array) in arrays.iter() {
        hash.update(name.as_bytes());
        hash.update(Stored(array).data());
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(value: f32) -> State {
        let mut arrays = Weights::default();
        arrays.put_f32("model/a", &[2], vec![value, 2.0]);
        let progress = Progress {
            epoch: 3,
            done: 1,
            drawn: 7,
            parameters: vec![u64::MAX],
            curve: Vec::new(),
            observer: Value::Null,
            tally: Value::Null,
        };
        State { progress, arrays }
    }

    #[test]
    fn a_state_comes_back_to_its_own_fit_alone() {
        let place = tempfile::tempdir().unwrap();
        let all = Checkpoints::new(place.path().join("states"), Duration::ZERO);
        assert!(!all.any());
        let mut checkpoint = all.of_fit(b"one").training(Seed(9));
        assert!(checkpoint.load().unwrap().is_none());
        checkpoint.save(&state(1.0)).unwrap();
        checkpoint.save(&state(5.0)).unwrap();
        let back = all.of_fit(b"one").training(Seed(9)).load().unwrap().unwrap();
        assert_eq!(back.arrays, state(5.0).arrays);
        assert_eq!((back.progress.epoch, back.progress.parameters), (3, vec![u64::MAX]));
        assert!(all.of_fit(b"one").training(Seed(8)).load().unwrap().is_none());
        let message = all.of_fit(b"two").training(Seed(9)).load().err().unwrap().to_string();
        assert!(message.contains("it is of other data, other settings"), "{message}");
        assert!(all.any());
        all.discard().unwrap();
        assert!(!all.folder().exists());
        all.discard().unwrap();
    }

    #[test]
    fn damage_is_noticed() {
        let place = tempfile::tempdir().unwrap();
        let all = Checkpoints::new(place.path(), Duration::ZERO).of_fit(b"one");
        all.training(Seed(9)).save(&state(1.0)).unwrap();
        let path = place.path().join("0000000000000009.state");
        let whole = fs::read(&path).unwrap();
        for at in 0..whole.len() {
            let mut bytes = whole.clone();
            bytes[at] ^= 0x10;
            fs::write(&path, &bytes).unwrap();
            if let Ok(Some(back)) = all.training(Seed(9)).load() {
                assert_eq!(back.arrays, state(1.0).arrays, "byte {at}");
                assert_eq!((back.progress.epoch, back.progress.done), (3, 1), "byte {at}");
            }
        }
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert!(all.training(Seed(9)).load().is_err());
    }
}
