//! The known data sets and the protocol of Lin et al. 2023: one class is the inliers, `floor(c n)` items of the
//! other classes are the outliers, and the labels serve the metrics only.

mod archive;
mod caltech101;
mod cifar10;
mod contaminate;
mod digest;
mod locate;
mod mnist;
mod name;
mod options;
mod reuters;
mod sample;
mod sgml;
mod sources;
mod twenty_news;
mod uri;
mod verify;

pub use contaminate::{Contaminated, Count, DrawOptions, Outliers, contaminate};
pub use digest::{Digest, RunningDigest};
pub use locate::data_dir;
pub use name::Name;
pub use options::{LoadOptions, Padding, Part, Split, Trim};
pub use sources::Remote;
pub use uri::{Draw, Uri};
pub use verify::{FileStatus, Listing, State, list, verify};

use std::path::Path;

use crate::data::Items;
use crate::error::Result;

/// The items of a data set from which runs draw.
#[derive(Clone, Debug)]
pub struct Pool {
    /// Which data set.
    pub name: Name,
    /// The items: pictures or documents.
    pub items: Items,
    /// The class of each item, a position in [`Name::class_names`].
    pub classes: Vec<u8>,
    /// An identifier of each item, the same wherever and however the data set is stored.
    pub ids: Vec<String>,
    /// What TF-IDF is to be fitted on, for documents.
    pub corpus: Option<Corpus>,
}

impl Pool {
    /// The number of items of class `class`.
    pub fn class_len(&self, class: u8) -> usize {
        self.classes.iter().filter(|&&other| other == class).count()
    }
}

/// The documents that TF-IDF is fitted on, English stop words removed, no minimal document frequency.
#[derive(Clone, Debug)]
pub struct Corpus {
    /// All documents of the split, those outside the pool too.
    pub documents: Vec<String>,
    /// The most frequent terms to keep; `None` keeps all.
    pub max_features: Option<usize>,
}

/// The files of the data set `name` as they are downloaded, archives as a rule.
pub fn files(name: Name) -> &'static [Remote] {
    sources::source(name).files
}

/// The folder of the data set `name` under the data folder where downloads go.
pub fn folder(name: Name) -> &'static str {
    sources::source(name).folders[0]
}

/// Reads the data set `name` from `data_dir`: original archives or unpacked folders, in a folder of their own or not.
/// The pool holds its items sorted by identifier within each split, whatever the order on disk.
///
/// # Errors
/// A data set that is not there, a damaged file, a split that the data set does not have.
pub fn load(name: Name, data_dir: &Path, options: &LoadOptions) -> Result<Pool> {
    options.validate(name)?;
    let path = locate::locate(name, data_dir)?;
    match name {
        Name::FashionMnist | Name::Mnist => mnist::load(name, &path, options),
        Name::Cifar10 => cifar10::load(&path, options),
        Name::Caltech101 => caltech101::load(&path, options),
        Name::TwentyNews => twenty_news::load(&path, options),
        Name::Reuters => reuters::load(&path, options),
    }
}

/// The data of tests, or `None`, loudly, where they are not laid out: `LFR_DATA_DIR`, else the shared folder.
#[cfg(test)]
fn test_pool(name: Name, options: &LoadOptions) -> Option<Pool> {
    let folder = test_dir(name)?;
    Some(load(name, &folder, options).unwrap())
}

#[cfg(test)]
fn test_dir(name: Name) -> Option<std::path::PathBuf> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/datasets");
    let folder = std::path::PathBuf::from(std::env::var_os("LFR_DATA_DIR").unwrap_or_else(|| shared.into()));
    let found = locate::find(name, &folder).is_some();
    if !found {
        eprintln!("SKIPPED: {name} is not in {}; set LFR_DATA_DIR to test on it", folder.display());
    }
    found.then_some(folder)
}
