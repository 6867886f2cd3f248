//! The library's errors as exceptions of Python, with the library's sentences.

use std::io;

use lfr::Error;
use pyo3::create_exception;
use pyo3::exceptions::{
    PyFileExistsError, PyKeyboardInterrupt, PyMemoryError, PyOSError, PyRuntimeError, PyValueError,
};
use pyo3::prelude::*;

use super::flags::in_python;

create_exception!(
    lfr,
    ModelError,
    PyValueError,
    "A model file, or the bytes of one, that is damaged, foreign or from a newer version."
);

/// The exception for `error`.
pub fn exception(error: Error) -> PyErr {
    let text = in_python(&error.to_string());
    match error {
        Error::Model { .. } => ModelError::new_err(text),
        Error::Io { source, .. } => io::Error::new(source.kind(), text).into(),
        Error::Exists { .. } => {
            PyFileExistsError::new_err(format!("{text}; choose another place or pass force=True"))
        }
        Error::EncoderNeeded { .. } => {
            PyValueError::new_err(format!("{text}; say where it is by features=PATH"))
        }
        Error::LabelsNeeded { .. } => PyValueError::new_err(format!("{text}; pass them as known= to fit")),
        Error::TooManyBad { .. } => PyValueError::new_err(match error.acceptable() {
            Some(share) => format!("{text}; max_bad_fraction={share} goes on without them"),
            None => text,
        }),
        Error::Memory { .. } => PyMemoryError::new_err(text),
        Error::Download { .. } => PyOSError::new_err(text),
        Error::Diverged { .. } => PyRuntimeError::new_err(text),
        Error::Interrupted => PyKeyboardInterrupt::new_err(()),
        _ => PyValueError::new_err(text),
    }
}

/// A `ValueError` for any other error.
pub fn value_error(error: impl ToString) -> PyErr {
    PyValueError::new_err(error.to_string())
}
