//! What most files of a folder are.

use std::collections::HashSet;
use std::ffi::OsString;
use std::path::Path;

use super::passed::Passed;
use super::unpack::TABLES;
use super::walk::{DOCUMENTS, File, HEIF, PICTURES, has_extension};
use super::xml;
use crate::data::Kind;
use crate::error::Result;

/// Fewer pictures or documents beside one table are taken to describe it.
const FEW: usize = 5;

/// The files of a folder or an archive, counted.
#[derive(Default)]
pub(super) struct Pile {
    /// Pictures by their names without ending.
    pictures: HashSet<Option<OsString>>,
    count: usize,
    /// Documents by their names without ending, for each sort of [`DOCUMENTS`].
    documents: [Vec<Option<OsString>>; DOCUMENTS.len()],
    tables: usize,
    xml: usize,
    total: usize,
    all: Passed,
}

impl Pile {
    /// Counts files.
    ///
    /// # Errors
    /// Those of `files`.
    pub fn of(files: impl Iterator<Item = Result<File>>) -> Result<Self> {
        let mut pile = Self::default();
        for file in files {
            pile.add(&file?.path);
        }
        Ok(pile)
    }

    fn add(&mut self, path: &Path) {
        let stem = || path.file_stem().map(ToOwned::to_owned);
        if has_extension(path, PICTURES) || has_extension(path, HEIF) {
            self.count += 1;
            self.pictures.insert(stem());
        } else if let Some(sort) = DOCUMENTS.iter().position(|sort| has_extension(path, sort)) {
            self.documents[sort].push(stem());
        } else if has_extension(path, TABLES) {
            self.tables += 1;
        } else if has_extension(path, xml::ENDINGS) {
            self.xml += 1;
        }
        self.total += 1;
        self.all.count(path);
    }

    /// How many documents of a sort there are. A text with the name of a picture describes it.
    fn count(&self, sort: usize) -> usize {
        self.documents[sort].iter().filter(|stem| !self.pictures.contains(stem)).count()
    }

    /// The endings of the sort of documents that is most frequent, the first in doubt.
    pub fn endings(&self) -> &'static [&'static str] {
        let best = (0..DOCUMENTS.len()).rev().max_by_key(|&sort| self.documents[sort].len());
        DOCUMENTS[best.unwrap_or_default()]
    }

    /// The kind that `asked` allows: pictures, if there are as many as documents of one sort, or documents.
    pub fn kind(&self, asked: Option<Kind>) -> Option<Kind> {
        let most = (0..DOCUMENTS.len()).map(|sort| self.count(sort)).max().unwrap_or_default();
        match asked {
            Some(Kind::Images) => (self.count > 0).then_some(Kind::Images),
            Some(_) => self.has_documents().then_some(Kind::Text),
            None if self.count > 0 && self.count >= most => Some(Kind::Images),
            None => (most > 0).then_some(Kind::Text),
        }
    }

    /// Whether it is more than one table with a few files that describe it.
    pub fn is_many(&self) -> bool {
        let documents: usize = self.documents.iter().map(Vec::len).sum();
        let items = documents + self.count;
        items > 1 && items > self.tables && (self.tables == 0 || items >= FEW)
    }

    /// Whether there are several files, none of which is named as a table, nor as one in XML unless texts are `asked` for.
    pub fn is_without_tables(&self, asked: Option<Kind>) -> bool {
        self.total > 1 && self.tables == 0 && (self.xml == 0 || asked == Some(Kind::Text))
    }

    /// Whether there is a document.
    pub fn has_documents(&self) -> bool {
        self.documents.iter().any(|sort| !sort.is_empty())
    }

    /// Whether most documents do not end in .txt, so that asking for text has all of them read.
    pub fn ends_otherwise(&self) -> bool {
        let [plain, others @ ..] = &self.documents;
        others.iter().map(Vec::len).sum::<usize>() > plain.len()
    }

    /// The endings of all files with their counts; none without a file.
    pub fn list(&self) -> Option<String> {
        self.all.list()
    }
}
