//! Rank the outliers of unlabelled data.
//!
//! The data, here called a pile, is a folder of images, a table or a list of documents: mostly inliers, and some outliers
//! among them. The library fits a method on all items and scores the same items, or new ones. Its own method is latent
//! feature reconstruction (Lin et al., *Latent feature reconstruction for unsupervised anomaly detection*, Applied
//! Intelligence 2023); the methods that the paper compares with and classical detectors are included.
//!
//! ```
//! use lfr::{Data, Fit, Model, Options};
//!
//! # fn main() -> lfr::Result<()> {
//! # let folder = tempfile::tempdir().expect("a folder for the model");
//! # let path = folder.path().join("sneakers.safetensors");
//! // 330 images, some of which do not belong.
//! let data = Data::read("../../examples/sneakers/images", &Options::default())?;
//! # let data = Data::rows(2, &(0..80_u32).map(|i| i * 7 % 11).collect::<Vec<_>>())?;
//! let run = Fit::default().seed(7).run(data)?;
//! for &worst in run.ranking().order().iter().take(5) {
//!     println!("{} {:.3}", run.data.ids[worst], run.scores[worst]);
//! }
//! run.save_model(&path)?;
//! // Scores other items, read as the model says.
//! let scores = Model::load(&path)?.score(&run.data)?;
//! # assert_eq!(scores.len(), run.data.len());
//! # Ok(())
//! # }
//! ```
//!
//! [`Run::write_report`] writes the report, [`Run::write_record`] the record, and `run.score_table().write(path,
//! Format::Csv)` the score file, see [`output::Scores::write`].
//!
//! [`Method`] lists the methods. A method of your own is a type that implements [`method::MethodConfig`]:
//! [`Method::custom`] makes it one among the others, and [`Model::load_with`] loads its models (example `own_method`).
//!
//! A higher score is more anomalous, everywhere. Same data, seed, machine and thread count give the same bytes.

#![warn(unnameable_types)]

pub mod arrow;
pub mod check;
mod collected;
pub mod data;
pub mod dataset;
pub mod device;
pub mod durable;
pub mod encoder;
pub mod error;
pub mod featureless;
pub mod fit;
mod hex;
mod idx;
pub mod input;
pub mod labels;
pub mod latent;
mod linalg;
mod marks;
mod memory;
pub mod method;
pub mod metrics;
pub mod model;
pub mod nn;
mod onnx;
pub mod output;
mod panics;
#[cfg(test)]
mod parity;
pub mod preprocess;
pub mod ranking;
mod readable;
pub mod regular;
pub mod report;
pub mod run;
pub mod sample;
pub mod score;
pub mod seed;
mod statistics;
pub mod stop;
pub mod threshold;
pub mod train;
pub mod transform;
pub mod views;
mod words;

pub use collected::Data;
pub use error::{Error, Result};
pub use input::Options;
pub use method::Method;
pub use run::{Fit, Run};
pub use score::Model;
