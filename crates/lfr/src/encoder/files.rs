//! The files of an encoder.

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::regular;

/// Largest network, in bytes: that of a message of protocol buffers.
const MAX_NETWORK: u64 = 2 << 30;

/// Largest tokenizer, in bytes.
const MAX_TOKENIZER: u64 = 256 << 20;

/// Largest file of settings, in bytes.
const MAX_SETTINGS: u64 = 1 << 20;

/// Where the network of a folder is looked for.
const PLACES: [&str; 2] = ["model.onnx", "onnx/model.onnx"];

/// The bytes of an encoder's files.
pub struct Files {
    /// The path that the user gave.
    pub path: PathBuf,
    /// The ONNX file.
    pub network: Vec<u8>,
    /// tokenizer.json.
    pub tokenizer: Option<Vec<u8>>,
    /// Where the network lies; nowhere when it was in a model file.
    pub(super) place: Option<PathBuf>,
}

impl Files {
    /// Reads those at `path`: an ONNX file, or a folder with one.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::TooLarge`]; [`Error::Encoder`] for a folder without an ONNX file.
    pub fn read(path: &Path) -> Result<Self> {
        let place = if path.is_dir() { inside(path)? } else { path.to_owned() };
        let network = regular::read(&place, "the encoder's size in bytes", MAX_NETWORK)?;
        let mut files = Self { path: path.to_owned(), network, tokenizer: None, place: Some(place) };
        if let Some(file) = files.beside("tokenizer.json") {
            files.tokenizer = Some(regular::read(&file, "the tokenizer's size in bytes", MAX_TOKENIZER)?);
        }
        Ok(files)
    }

    /// Those that were part of the model file `path`.
    pub(crate) fn of_bytes(path: &Path, network: Vec<u8>, tokenizer: Option<Vec<u8>>) -> Self {
        Self { path: path.to_owned(), network, tokenizer, place: None }
    }

    /// The file `name` beside the network, or in the folder above where the network lies in a folder `onnx`.
    fn beside(&self, name: &str) -> Option<PathBuf> {
        let folder = self.place.as_deref()?.parent()?;
        let above = folder.parent().filter(|_| folder.ends_with("onnx"));
        let places = [Some(folder), above].into_iter().flatten().map(|folder| folder.join(name));
        places.into_iter().find(|file| file.is_file())
    }

    /// The settings in the JSON file `name` beside the network.
    pub(super) fn settings(&self, name: &str) -> Result<Option<serde_json::Value>> {
        let Some(file) = self.beside(name) else { return Ok(None) };
        let text = regular::read_text(&file, "the size of the settings in bytes", MAX_SETTINGS)?;
        let damaged = |e: serde_json::Error| Error::input(&file, format!("not JSON: {e}"));
        serde_json::from_str(&text).map(Some).map_err(damaged)
    }

    /// The name of the network's file with the ending `.json`.
    pub(super) fn sidecar(&self) -> Option<String> {
        let name = self.place.as_deref()?.with_extension("json");
        Some(name.file_name()?.to_str()?.to_owned())
    }

    /// The name of the file or folder.
    pub(super) fn name(&self) -> String {
        let absolute = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        absolute.file_name().map_or_else(|| "encoder".into(), |name| name.to_string_lossy().into_owned())
    }
}

fn inside(folder: &Path) -> Result<PathBuf> {
    let mut places = PLACES.iter().map(|name| folder.join(name));
    places.find(|file| file.is_file()).ok_or_else(|| {
        let weights = ["model.safetensors", "pytorch_model.bin"];
        let problem = match weights.iter().find(|name| folder.join(name).is_file()) {
            Some(name) => format!(
                "it holds {name}, but no model.onnx; export it first, for instance by `optimum-cli export onnx \
                 --model {0} --task feature-extraction {0}`",
                folder.display()
            ),
            None => format!("there is no {} in this folder", PLACES.join(" or ")),
        };
        Error::encoder(folder, problem)
    })
}
