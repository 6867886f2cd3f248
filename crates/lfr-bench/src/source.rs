//! The data sets that jobs draw from, read once as features.

use std::path::Path;

use rand::seq::index;

use crate::data::DataOptions;
use crate::job::Job;
use lfr::data::{Features, Items, Kind};
use lfr::dataset::{Name, Part, Pool, load};
use lfr::error::{Error, Result};
use lfr::preprocess::{PreprocessOptions, Preprocessor, TextOptions};
use lfr::seed::Seed;
use lfr::train::Known;

/// Labelled items of each kind that methods guided by a few labels get. The paper does not say how many; the official
/// code of Elite takes ten for grey pictures.
const KNOWN: usize = 10;

/// Items as features, with their classes.
pub(super) struct Set {
    /// The class of each item.
    pub(super) classes: Vec<u8>,
    /// The items.
    pub(super) features: Features,
}

/// A data set: what the protocol draws from, and what it leaves out where a job needs labelled items from there.
pub(super) struct Source {
    pub(super) kind: Kind,
    pub(super) pool: Set,
    rest: Option<Set>,
}

impl Source {
    /// Reads `name`; with what is outside its pool where `guided`.
    pub(super) fn read(name: Name, options: DataOptions, data_dir: &Path, guided: bool) -> Result<Self> {
        let part = |part| load(name, data_dir, &options.load(part));
        let pool = part(Part::Pool)?;
        let rest = guided.then(|| part(Part::Rest)).transpose()?;
        let preprocessor = preprocessor(&pool)?;
        let set = |pool: Pool| Ok(Set { features: preprocessor.apply(&pool.items)?, classes: pool.classes });
        Ok(Self { kind: preprocessor.kind(), pool: set(pool)?, rest: rest.map(set).transpose()? })
    }

    /// Items from outside the pool, [`KNOWN`] of the inlier class and as many of the others.
    pub(super) fn known(&self, job: &Job, class: u8) -> Result<Known> {
        let missing = || Error::config("dataset", job.dataset, "was opened without what is outside its pool");
        let Set { classes, features } = self.rest.as_ref().ok_or_else(missing)?;
        let mut random = Seed(job.seed).stream(&format!("known/{}/{class}", job.dataset));
        let mut chosen = Vec::new();
        for outlier in [false, true] {
            let all: Vec<usize> = (0..classes.len()).filter(|&i| (classes[i] != class) == outlier).collect();
            if all.len() < KNOWN {
                let what = format!("{} beside {}/{}", job.method.name, job.dataset, job.inlier);
                return Err(Error::TooFewItems { found: all.len(), needed: KNOWN, what });
            }
            chosen.extend(index::sample(&mut random, all.len(), KNOWN).into_iter().map(|i| all[i]));
        }
        let outlier = (0..2 * KNOWN).map(|i| i >= KNOWN).collect();
        Ok(Known { features: features.select(&chosen), outlier })
    }
}

/// Fitted on the pool, or on the corpus that comes with it.
fn preprocessor(pool: &Pool) -> Result<Preprocessor> {
    let Some(corpus) = &pool.corpus else {
        return Ok(Preprocessor::fit(std::slice::from_ref(&pool.items), &PreprocessOptions::default())?.0);
    };
    let max_features = corpus.max_features.unwrap_or(usize::MAX);
    let text = TextOptions { max_features, ..TextOptions::default() };
    let options = PreprocessOptions { text, ..PreprocessOptions::default() };
    Ok(Preprocessor::fit(&[Items::Documents(corpus.documents.clone())], &options)?.0)
}

#[cfg(test)]
pub(super) mod tests {
    use std::path::PathBuf;

    use super::*;
    use crate::job;

    /// Where the data sets lie, or `None`, loudly.
    pub(crate) fn data_dir() -> Option<PathBuf> {
        let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/datasets");
        let folder: PathBuf = std::env::var_os("LFR_DATA_DIR").unwrap_or_else(|| shared.into()).into();
        let found = folder.join("caltech101").is_dir();
        if !found {
            eprintln!("SKIPPED: caltech101 is not in {}; set LFR_DATA_DIR to test on it", folder.display());
        }
        found.then_some(folder)
    }

    #[test]
    fn labelled_items_come_from_outside_the_pool() {
        let Some(folder) = data_dir() else { return };
        let source = Source::read(Name::Caltech101, DataOptions::default(), &folder, true).unwrap();
        assert_eq!((source.pool.features.len(), source.pool.classes.len()), (1100, 1100));
        let known = |inlier: &str, seed| {
            let job = Job { inlier: inlier.into(), seed, ..job::example() };
            source.known(&job, Name::Caltech101.class(inlier).unwrap())
        };
        let some = known("Leopards", 0).unwrap();
        assert_eq!((some.features.len(), some.outlier.iter().filter(|&&o| o).count()), (20, 10));
        some.check().unwrap();
        assert_eq!(some.features, known("Leopards", 0).unwrap().features);
        assert_ne!(some.features, known("Leopards", 1).unwrap().features);
        let message = known("hawksbill", 0).err().unwrap().to_string();
        assert!(message.contains("0 usable items") && message.contains("hawksbill"), "{message}");
    }
}
