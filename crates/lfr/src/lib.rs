//! Rank the outliers of unlabelled data by latent feature reconstruction and its rivals.

pub mod data;
pub mod error;
pub mod latent;
pub mod method;
pub mod nn;
pub mod seed;

pub use error::{Error, Result};
