//! The model file: one safetensors file that holds a fitted detector and all that scoring needs.
//!
//! The arrays are ordinary safetensors entries. The metadata entry `lfr` is a JSON text with the format's version, the
//! [`Header`] and a SHA-256 over the whole file, so that no damage goes unnoticed. Nothing in the file is ever
//! executed, and the same model always gives the same bytes.

mod arrays;
pub(crate) mod embedded;
mod file;
mod header;
mod quantiles;

pub(crate) use arrays::{Stored, array};
pub use file::ModelFile;
pub use header::{Header, Reading};
pub use quantiles::Quantiles;
