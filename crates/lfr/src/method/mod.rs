//! The methods: one file each, named as in the papers.

pub mod ae;
pub mod ae_lfr;
mod context;
mod detector;
pub mod drae;
mod reconstruction;

pub use context::{Context, Epoch, Findings, Observer, Silent};
pub use detector::Detector;
