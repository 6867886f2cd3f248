//! Models that were saved.

use std::path::PathBuf;

use lfr::encoder::located;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::data::Data;
use super::errors::exception;
use super::explain::explain;
use super::reading::Reading;
use super::running;

/// A fitted model from a file or from bytes.
#[pyclass(frozen, module = "lfr._lfr")]
pub struct Model(lfr::Model);

/// Scores as the bytes of 32-bit floats.
pub fn floats<'py>(py: Python<'py>, values: &[f32]) -> Bound<'py, PyBytes> {
    let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_ne_bytes()).collect();
    PyBytes::new(py, &bytes)
}

/// `model` with the encoder at `features`, if one is named.
fn with_encoder(model: lfr::Model, features: Option<PathBuf>) -> lfr::Result<lfr::Model> {
    match features {
        Some(path) => model.with_encoder(located(&path)?),
        None => Ok(model),
    }
}

/// What a model says of itself, as JSON.
pub fn header(model: &lfr::Model) -> PyResult<String> {
    serde_json::to_string(&model.header).map_err(super::errors::value_error)
}

#[pymethods]
impl Model {
    /// Reads a model file, whose encoder, if it needs one and does not hold it, is at `features`.
    #[staticmethod]
    #[pyo3(signature = (path, features = None))]
    fn load(py: Python<'_>, path: PathBuf, features: Option<PathBuf>) -> PyResult<Self> {
        let model = running::run(py, None, |_| {
            let model = with_encoder(lfr::Model::load(path)?, features)?;
            model.check_encoder().map(|()| model)
        });
        model.map(Self)
    }

    /// Reads the bytes of a model file; an encoder may be missing.
    #[staticmethod]
    #[pyo3(signature = (bytes, features = None))]
    fn from_bytes(py: Python<'_>, bytes: &[u8], features: Option<PathBuf>) -> PyResult<Self> {
        running::run(py, None, |_| with_encoder(lfr::Model::from_bytes(bytes)?, features)).map(Self)
    }

    /// Whether it needs an encoder that is not at hand.
    fn lacks_encoder(&self) -> bool {
        self.0.check_encoder().is_err()
    }

    /// How it reads new data, with the JSON table `settings` where it leaves that open.
    #[pyo3(signature = (settings = "{}"))]
    fn reading(&self, settings: &str) -> PyResult<Reading> {
        Reading::of_model(&self.0, settings)
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.0.to_bytes().map_err(exception)?))
    }

    /// Writes the model file.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        self.0.save(path).map_err(exception)
    }

    /// The bytes of an ONNX file.
    fn to_onnx<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &running::run(py, None, |_| self.0.to_onnx())?))
    }

    /// What the model says of itself, as JSON.
    fn header(&self) -> PyResult<String> {
        header(&self.0)
    }

    /// One score per item, the bytes of 32-bit floats.
    #[pyo3(signature = (data, threads = None))]
    fn score<'py>(
        &self,
        py: Python<'py>,
        data: &Data,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(floats(py, &running::run(py, threads, |_| self.0.score(&data.0))?))
    }

    /// What stands out in each item, as JSON.
    #[pyo3(signature = (data, threads = None))]
    fn explain(&self, py: Python<'_>, data: &Data, threads: Option<usize>) -> PyResult<String> {
        running::run(py, threads, |_| explain(&self.0, &data.0))
    }
}
