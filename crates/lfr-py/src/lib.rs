//! The compiled part of the Python package `lfr`.
//!
//! It is built by maturin alone, which sets the feature; without it this crate is empty, so that the workspace builds
//! and tests without Python.

#[cfg(feature = "extension-module")]
mod package;
