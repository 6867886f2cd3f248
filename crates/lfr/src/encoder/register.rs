//! A small register of open encoders: where they are from, their licences and their digests.

use std::path::{Path, PathBuf};

use super::cache::cache_base;
use crate::dataset::{Digest, FileStatus, Remote, State};
use crate::error::{Error, Result};

/// An encoder of the register.
#[derive(Clone, Copy, Debug)]
pub struct Registered {
    /// As in `lfr features fetch`, and in `--features` once it was fetched.
    pub name: &'static str,
    /// What it takes, and what it was trained for.
    pub summary: &'static str,
    /// Its terms of use.
    pub licence: &'static str,
    /// Its files, in a folder of its own.
    pub files: &'static [Remote],
    /// A file of ours beside those: its name and content.
    pub settings: Option<(&'static str, &'static str)>,
}

const MIB: u64 = 1 << 20;

const fn file(file: &'static str, urls: &'static [&'static str], digest: &'static str, mib: u64) -> Remote {
    Remote { file, urls, digest: Digest::Sha256(digest), limit: mib * MIB, unpacked: None }
}

/// The revision of 2024 of the repository of its authors.
const MINILM: &[&str] = &[
    "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/1110a243fdf4706b3f48f1d95db1a4f5529b4d41/{file}",
];

const RESNET: &[&str] =
    &["https://github.com/onnx/models/raw/main/validated/vision/classification/resnet/model/{file}"];

/// Every encoder of the register. All digests were verified against independent copies.
pub const REGISTER: &[Registered] = &[
    Registered {
        name: "all-minilm-l6-v2",
        summary: "texts in English, 384 numbers (Reimers and Gurevych 2019; Wang et al. 2020)",
        licence: "Apache-2.0",
        files: &[
            file(
                "onnx/model.onnx",
                MINILM,
                "6fd5d72fe4589f189f8ebc006442dbb529bb7ce38f8082112682524616046452",
                128,
            ),
            file(
                "tokenizer.json",
                MINILM,
                "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
                1,
            ),
            file(
                "1_Pooling/config.json",
                MINILM,
                "4be450dde3b0273bb9787637cfbd28fe04a7ba6ab9d36ac48e92b11e350ffc23",
                1,
            ),
            file(
                "sentence_bert_config.json",
                MINILM,
                "fc1993fde0a95c24ec6c022539d41cf6e2f7c9721e5415d6fb6897472a9cd4b7",
                1,
            ),
        ],
        settings: None,
    },
    Registered {
        name: "resnet18-v2",
        summary: "images, the scores of the 1000 classes of ImageNet (He et al. 2016)",
        licence: "Apache-2.0",
        files: &[file(
            "resnet18-v2-7.onnx",
            RESNET,
            "3b4d048057854022232aa20bf68262e31718ab7119a17f920b8a2dc1433f824b",
            64,
        )],
        settings: Some((
            "resnet18-v2-7.json",
            "{\"image_mean\": [0.485, 0.456, 0.406], \"image_std\": [0.229, 0.224, 0.225]}\n",
        )),
    },
];

/// The folder of fetched encoders: `given`, else `encoders` in the environment's `LFR_CACHE_DIR`, else in `lfr` in the
/// platform's cache folder.
///
/// # Errors
/// [`Error::Config`] when neither is given and the user has no home folder.
pub fn encoders_dir(given: Option<&Path>) -> Result<PathBuf> {
    let usual = || Some(cache_base()?.join("encoders"));
    given.map(Path::to_owned).or_else(usual).ok_or_else(|| {
        Error::config("features_dir", "", "no home folder for encoders; name one, or set LFR_CACHE_DIR")
    })
}

/// The encoder called `name`.
///
/// # Errors
/// [`Error::Config`] listing the names there are.
pub fn registered(name: &str) -> Result<&'static Registered> {
    REGISTER.iter().find(|entry| entry.name == name).ok_or_else(|| {
        let known: Vec<_> = REGISTER.iter().map(|entry| entry.name).collect();
        Error::config("name", name, format!("unknown encoder; known are {}", known.join(", ")))
    })
}

/// The path for `--features`: itself, or, where nothing is there and it is a name of the register, the fetched encoder.
///
/// # Errors
/// [`Error::Encoder`] for one of the register that was not fetched.
pub fn located(path: &Path) -> Result<PathBuf> {
    let Some(entry) = REGISTER.iter().find(|entry| !path.exists() && path == Path::new(entry.name)) else {
        return Ok(path.to_owned());
    };
    let place = entry.place(&encoders_dir(None)?);
    if place.exists() {
        return Ok(place);
    }
    Err(Error::encoder(
        path,
        format!(
            "it is not there yet; `lfr features fetch {}` brings it, or give the path of one that you have",
            entry.name
        ),
    ))
}

impl Registered {
    /// What `--features` takes: the network's file, or the folder of one with a tokenizer.
    pub fn place(&self, folder: &Path) -> PathBuf {
        let own = self.folder(folder);
        match self.files {
            [only] => own.join(only.file),
            _ => own,
        }
    }

    /// Its own folder in the folder of encoders.
    pub fn folder(&self, folder: &Path) -> PathBuf {
        folder.join(self.name)
    }

    /// Checks its files in `folder`.
    ///
    /// # Errors
    /// Files that cannot be read at all; wrong content is a [`State`].
    pub fn verify(&self, folder: &Path) -> Result<Vec<FileStatus>> {
        let status = |remote: &Remote| {
            let path = self.folder(folder).join(remote.file);
            let state = match path.exists() {
                false => State::Missing,
                true if remote.digest.matches(&path)? => State::Original,
                true => State::Bad,
            };
            Ok(FileStatus { name: remote.file.to_owned(), path, state })
        };
        self.files.iter().map(status).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_there_is_checked_and_found_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let entry = registered("resnet18-v2").unwrap();
        assert_eq!(entry.verify(folder.path()).unwrap()[0].state, State::Missing);
        let place = entry.place(folder.path());
        assert!(place.ends_with("resnet18-v2/resnet18-v2-7.onnx"));
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, "something else").unwrap();
        assert_eq!(entry.verify(folder.path()).unwrap()[0].state, State::Bad);
        let texts = registered("all-minilm-l6-v2").unwrap();
        assert!(texts.place(folder.path()).ends_with("all-minilm-l6-v2"));
        assert!(
            registered("resnet").unwrap_err().to_string().contains("known are all-minilm-l6-v2, resnet18-v2")
        );
        assert_eq!(located(Path::new("some/file.onnx")).unwrap(), Path::new("some/file.onnx"));
    }
}
