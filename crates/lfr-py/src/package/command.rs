//! The command `lfr` out of the wheel.

use std::ffi::OsString;

use pyo3::prelude::*;

/// Runs the command line `words` and gives the exit code. For a process of its own, see [`lfr_cli::run`].
#[pyfunction]
pub fn command(py: Python<'_>, words: Vec<OsString>) -> u8 {
    py.detach(|| lfr_cli::run(words))
}
