//! What the Python package `lfr` calls: a handful of coarse functions; `python/lfr/` has the rest.

mod command;
mod data;
mod errors;
mod explain;
mod fitting;
mod flags;
mod model;
mod reading;
mod run;
mod running;
mod settings;

use pyo3::prelude::*;

/// The compiled part of the package; not for users.
#[pymodule]
fn _lfr(m: &Bound<'_, PyModule>) -> PyResult<()> {
    m.add("__version__", env!("CARGO_PKG_VERSION"))?;
    m.add("ModelError", m.py().get_type::<errors::ModelError>())?;
    m.add_class::<reading::Reading>()?;
    m.add_class::<data::Data>()?;
    m.add_class::<run::Run>()?;
    m.add_class::<model::Model>()?;
    m.add_function(wrap_pyfunction!(run::fit, m)?)?;
    m.add_function(wrap_pyfunction!(run::threshold, m)?)?;
    m.add_function(wrap_pyfunction!(run::methods, m)?)?;
    m.add_function(wrap_pyfunction!(flags::in_python, m)?)?;
    m.add_function(wrap_pyfunction!(command::command, m)?)
}
