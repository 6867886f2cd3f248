//! Rank the outliers of a pile of data that nobody labelled.
//!
//! A pile is mostly inliers with some outliers among them: a folder of pictures, a table, a list of documents. The library
//! fits a method on all of it and scores the very same items, or new ones. Its own method is latent feature
//! reconstruction (Lin et al., *Latent feature reconstruction for unsupervised anomaly detection*, Applied
//! Intelligence 2023); beside it stand the methods the paper compares with and the classical detectors.
//!
//! ```
//! use lfr::fit::{FitOptions, fit};
//! use lfr::input::Options;
//! use lfr::method::{Method, Silent};
//! use lfr::output::Ranking;
//! use lfr::pile::Pile;
//! use lfr::score::{Model, model_file};
//!
//! # fn main() -> lfr::Result<()> {
//! // Read: 330 pictures, some of which do not belong.
//! let reading = Options::default();
//! let pile = Pile::read("../../examples/sneakers/images".as_ref(), &reading)?;
//!
//! // Fit and score; without `method` the default for the kind of data is taken.
//! let method = Method::named("isolation-forest", None)?;
//! let options = FitOptions { method: Some(method), ..FitOptions::default() };
//! let fitted = fit(&pile, &options, &mut Silent)?;
//! for &worst in Ranking::of(&fitted.scores).order().iter().take(5) {
//!     println!("{} {:.3}", pile.ids[worst], fitted.scores[worst]);
//! }
//!
//! // Keep the model, and score other items with it.
//! let folder = tempfile::tempdir().expect("a folder for the model");
//! let path = folder.path().join("sneakers.safetensors");
//! model_file(&fitted, &pile, &reading, options.seed)?.save(&path)?;
//! let model = Model::load(&path, "cpu")?;
//! assert_eq!(model.scores(&pile.items[0])?.len(), pile.items[0].len());
//! # Ok(())
//! # }
//! ```
//!
//! Scores grow with abnormality, everywhere. Same data, seed, machine and thread count give the same bytes.

pub mod check;
mod damage;
pub mod data;
pub mod dataset;
pub mod device;
pub mod error;
pub mod experiment;
mod featureless;
pub mod fit;
pub mod input;
pub mod labels;
pub mod latent;
pub mod method;
pub mod metrics;
pub mod model;
pub mod nn;
pub mod output;
#[cfg(test)]
mod parity;
pub mod pile;
pub mod preprocess;
pub mod report;
pub mod score;
pub mod seed;
pub mod showcase;
pub mod threshold;
pub mod transform;

pub use error::{Error, Result};
