//! The report of a run: one HTML file that needs neither a network nor scripts.
//!
//! [`render`] turns a [`Report`] into the page. All markup is written with `maud`, which escapes every text by default,
//! and the page carries a content security policy that forbids any load and every script but the page's own, which sorts
//! and copies, so that nothing in a document or a file name is interpreted as markup or code.

pub mod chart;
mod columns;
mod gallery;
mod marked;
mod metrics;
mod page;
mod picture;
mod provenance;
mod scores;
mod summary;
mod training;

use std::time::Duration;

pub use gallery::{card_html, heat_scale};
pub use picture::{Encoded, encoded};

use image::{ImageBuffer, Luma, RgbImage};

use crate::check::Check;
use crate::data::{Kind, Quarantined};
use crate::output::{CurvePoint, Metrics};
use crate::preprocess::ColumnReading;
use crate::threshold::Threshold;

/// Everything the page shows.
#[derive(Clone, Debug)]
pub struct Report {
    /// The input as the user named it.
    pub input: String,
    /// What the items are.
    pub kind: Kind,
    /// The method's name, as `--method` takes it.
    pub method: String,
    /// What the method does, in one sentence.
    pub method_description: String,
    /// The training budget in words, for instance "60 epochs on the CPU".
    pub budget: String,
    /// Wall time of the whole run.
    pub elapsed: Duration,
    /// Items left out, all of them.
    pub quarantined: Vec<Quarantined>,
    /// What the reader must know first.
    pub warnings: Vec<Warning>,
    /// The score of every item that was ranked, in any order; higher is more anomalous.
    pub scores: Vec<f32>,
    /// Items whose labels guided the fit, which are not among those ranked.
    pub marked: Vec<Marked>,
    /// Cuts to draw into the histogram.
    pub thresholds: Vec<Threshold>,
    /// The most anomalous items, worst first.
    pub top: Vec<Shown>,
    /// Some ordinary items.
    pub typical: Vec<Shown>,
    /// The ranking's head, worst first; the page lists at most 100.
    pub ranking: Vec<Ranked>,
    /// One point per epoch; empty for methods that do not train.
    pub training: Vec<CurvePoint>,
    /// How every column of a table was read.
    pub columns: Vec<ColumnReading>,
    /// Present when labels were given.
    pub labelled: Option<Labelled>,
    /// What the self-checks found.
    pub checks: Vec<Check>,
    /// How to get the same result again.
    pub provenance: Provenance,
}

/// Something to know before reading on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// How bad it is.
    pub severity: Severity,
    /// A sentence or two: what happened and what to do.
    pub text: String,
}

/// How bad a warning is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Good to know.
    Note,
    /// The result may be worse than it could be.
    Warning,
    /// The result should not be used.
    Severe,
}

/// A score and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked {
    /// The item's identifier.
    pub id: String,
    /// Its score.
    pub score: f32,
}

/// An item whose label guided the fit.
#[derive(Clone, Debug, PartialEq)]
pub struct Marked {
    /// The item and its score.
    pub item: Ranked,
    /// Whether it was marked as an outlier.
    pub outlier: bool,
}

/// An item of the gallery.
#[derive(Clone, Debug)]
pub struct Shown {
    /// Its identifier: path, row number, or the `--id` column.
    pub id: String,
    /// 1 = most anomalous.
    pub rank: usize,
    /// Its score.
    pub score: f32,
    /// Share of items with a smaller or equal score, in \[0, 1\].
    pub percentile: f32,
    /// Its label, when labels were given.
    pub label: Option<String>,
    /// What it looks like.
    pub view: View,
    /// Typical items that are most similar to it, by identifier, when an encoder made the features.
    pub nearest: Vec<(String, View)>,
}

/// An item made visible.
#[derive(Clone, Debug)]
pub enum View {
    /// A picture. Anything larger than 160 pixels is shown smaller.
    Picture {
        /// As read.
        original: Picture,
        /// As the model paints it, when it can.
        reconstruction: Option<Picture>,
        /// How far the two are apart at each pixel; the sign is dropped.
        residual: Option<Residual>,
    },
    /// A table row: its features, in any order.
    Row {
        /// The features.
        cells: Vec<Cell>,
    },
    /// A document.
    Document {
        /// Its beginning.
        excerpt: String,
        /// The terms that make it stand out, with their weights.
        terms: Vec<(String, f32)>,
    },
}

/// The type of the pictures in a [`View`].
pub type Picture = RgbImage;

/// A number at each pixel of a picture.
pub type Residual = ImageBuffer<Luma<f32>, Vec<f32>>;

/// A feature of a table row.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// The column.
    pub name: String,
    /// Its value as in the file.
    pub value: String,
    /// What the model would have expected, when it says.
    pub expected: Option<String>,
    /// How far the two are apart, on the scale the model sees; the sign is dropped.
    pub residual: f32,
}

/// How well the scores agree with the labels, and what shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct Labelled {
    /// In numbers.
    pub metrics: Metrics,
    /// Scores of the items labelled inliers.
    pub inliers: Vec<f32>,
    /// Scores of the items labelled outliers.
    pub outliers: Vec<f32>,
    /// Points (false positive rate, true positive rate), ascending.
    pub roc: Vec<(f64, f64)>,
    /// Points (recall, precision) by recall, either way round.
    pub precision_recall: Vec<(f64, f64)>,
}

/// How to get the same result again.
#[derive(Clone, Debug)]
pub struct Provenance {
    /// The command line.
    pub command: String,
    /// The tool's version.
    pub version: String,
    /// The seed.
    pub seed: u64,
    /// Digest of the input.
    pub fingerprint: String,
    /// Every setting in force.
    pub config: serde_json::Value,
    /// Facts about the machine and the build: name and value.
    pub environment: Vec<(String, String)>,
}

/// The page as HTML text.
pub fn render(report: &Report) -> String {
    crate::readable::legible(&page::page(report).into_string())
}

/// The style sheet of the page and of its cards.
pub fn style() -> String {
    [chart::STYLE, page::STYLE].concat()
}

/// What one item is called.
fn noun(kind: Kind) -> &'static str {
    match kind {
        Kind::Images => "image",
        Kind::Table => "row",
        Kind::Text => "document",
    }
}

#[cfg(test)]
mod browser;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
