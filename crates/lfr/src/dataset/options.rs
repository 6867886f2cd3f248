//! What of a data set is loaded, and how.

use serde::{Deserialize, Serialize};

use super::Name;
use crate::error::{Error, Result};

/// A published split of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Split {
    /// The training items.
    Train,
    /// The test items.
    Test,
    /// Training items, then test items.
    Both,
}

impl Split {
    /// The parts to read, first the one whose items come first.
    pub(super) fn parts(self) -> &'static [Split] {
        match self {
            Split::Train => &[Split::Train],
            Split::Test => &[Split::Test],
            Split::Both => &[Split::Train, Split::Test],
        }
    }

    /// As users write it.
    pub(super) fn label(self) -> &'static str {
        match self {
            Split::Train => "train",
            Split::Test => "test",
            Split::Both => "both",
        }
    }

    /// All items that are not in this split.
    pub(super) fn rest(self) -> &'static [Split] {
        match self {
            Split::Train => &[Split::Test],
            Split::Test => &[Split::Train],
            Split::Both => &[],
        }
    }
}

/// Which items of a data set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Part {
    /// Those the protocol draws inliers and outliers from.
    Pool,
    /// Those it leaves out: the other split of the picture sets; of Caltech-101 and the texts, the items of the same
    /// classes and split that were not chosen. Labelled items for Elite come from here.
    Rest,
}

/// How 28 x 28 pictures are brought to the networks' size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Padding {
    /// Two black pixels on every side, before scaling (the LFR authors' code, 2021).
    #[serde(rename = "to-32")]
    To32,
    /// As published, 28 x 28 (Lai et al. 2020).
    None,
}

/// What is removed from the messages of 20 Newsgroups, which gives the group away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trim {
    /// Headers, signatures and quotations, as scikit-learn's loader finds them.
    HeadersFootersQuotes,
    /// Nothing.
    None,
}

/// What [`load`](super::load) reads.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LoadOptions {
    /// The pool of the protocol, or what it leaves out.
    pub part: Part,
    /// The split to draw from. Default: the test split of the picture sets (the LFR authors' code, 2021), the
    /// training split of the texts, whose class sizes match those of Lai et al. 2020. Caltech-101 has none.
    pub split: Option<Split>,
    /// Size of Fashion-MNIST and MNIST pictures.
    pub padding: Padding,
    /// Cleaning of 20 Newsgroups.
    pub trim: Trim,
    /// Height and width of the pictures of Caltech-101, whose originals are larger, in pixels. Default: 32.
    pub side: usize,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            part: Part::Pool,
            split: None,
            padding: Padding::To32,
            trim: Trim::HeadersFootersQuotes,
            side: 32,
        }
    }
}

impl LoadOptions {
    /// Whether `name` can be loaded so.
    ///
    /// # Errors
    /// When a split of Caltech-101 is asked for.
    pub fn validate(&self, name: Name) -> Result<()> {
        match self.split {
            Some(split) if name == Name::Caltech101 => {
                Err(Error::config("split", split.label(), "caltech101 has no splits; leave it out"))
            }
            _ => Ok(()),
        }
    }

    /// The splits whose items are asked for, of a data set whose pool is one of its splits.
    pub(super) fn splits(&self, default: Split) -> &'static [Split] {
        let split = self.split.unwrap_or(default);
        match self.part {
            Part::Pool => split.parts(),
            Part::Rest => split.rest(),
        }
    }
}
