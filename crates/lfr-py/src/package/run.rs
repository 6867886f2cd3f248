//! Fitting.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use lfr::durable::OutputFolder;
use lfr::output::Format;
use lfr::run::Contents;
use lfr::threshold::Rule;
use lfr::train::{Epoch, Observer};
use lfr::{Error, Fit, Method};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use super::data::Data;
use super::errors::{exception, value_error};
use super::explain::explain;
use super::model::{floats, header};
use super::reading::Reading;
use super::{fitting, running};

/// A fit and all that came of it.
#[pyclass(frozen, module = "lfr._lfr")]
pub struct Run(lfr::Run);

/// Ends the fit on a signal, and calls back after each epoch.
struct Watch<'a> {
    stop: &'a AtomicBool,
    callback: Option<&'a Py<PyAny>>,
    raised: &'a Mutex<Option<PyErr>>,
}

impl Observer for Watch<'_> {
    fn step(&mut self, _step: usize, _steps: usize) -> lfr::Result<()> {
        running::check(self.stop)
    }

    fn epoch(&mut self, epoch: &Epoch, _scores: &dyn Fn() -> lfr::Result<Vec<f32>>) -> lfr::Result<()> {
        if let Some(callback) = self.callback {
            let call =
                |py: Python<'_>| callback.call1(py, (epoch.epoch, epoch.epochs, epoch.loss)).map(|_| ());
            if let Err(error) = Python::attach(call) {
                if let Ok(mut raised) = self.raised.lock() {
                    *raised = Some(error);
                }
                return Err(Error::Interrupted);
            }
        }
        running::check(self.stop)
    }
}

/// Fits on a pile, by the JSON table `asked`, and scores it. `known` are places and labels (True = outlier) of a few items;
/// `callback(epoch, epochs, loss)` is called after each epoch.
#[pyfunction]
#[pyo3(signature = (data, asked = "{}", known = None, threads = None, callback = None))]
pub fn fit(
    py: Python<'_>,
    data: &Data,
    asked: &str,
    known: Option<Vec<(usize, bool)>>,
    threads: Option<usize>,
    callback: Option<Py<PyAny>>,
) -> PyResult<Run> {
    let fit = Fit::from(fitting::options(asked, &data.0, known)?);
    let raised = Mutex::new(None);
    let outcome = running::run(py, threads, |stop| {
        let mut watch = Watch { stop, callback: callback.as_ref(), raised: &raised };
        fit.watched(data.0.clone(), &mut watch)
    });
    match raised.into_inner() {
        Ok(Some(error)) => Err(error),
        _ => outcome.map(Run),
    }
}

#[pymethods]
impl Run {
    /// One score an item of the pile, the bytes of 32-bit floats.
    fn scores<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        floats(py, &self.0.scores)
    }

    /// One score an item of another pile, the bytes of 32-bit floats.
    #[pyo3(signature = (data, threads = None))]
    fn score<'py>(
        &self,
        py: Python<'py>,
        data: &Data,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        Ok(floats(py, &running::run(py, threads, |_| self.0.model.score(&data.0))?))
    }

    /// How its model reads new data, with the JSON table `settings` where it leaves that open.
    #[pyo3(signature = (settings = "{}"))]
    fn reading(&self, settings: &str) -> PyResult<Reading> {
        Reading::of_model(&self.0.model, settings)
    }

    /// What stands out in each item, as JSON.
    #[pyo3(signature = (data, threads = None))]
    fn explain(&self, py: Python<'_>, data: &Data, threads: Option<usize>) -> PyResult<String> {
        running::run(py, threads, |_| explain(&self.0.model, &data.0))
    }

    /// What the model says of itself, as JSON.
    fn header(&self) -> PyResult<String> {
        header(&self.0.model)
    }

    /// How the scores came about, as JSON.
    fn record(&self) -> PyResult<String> {
        serde_json::to_string(&self.0.record().map_err(exception)?).map_err(value_error)
    }

    /// The bytes of the model file.
    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &self.0.model.to_bytes().map_err(exception)?))
    }

    /// The bytes of an ONNX file.
    fn to_onnx<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        Ok(PyBytes::new(py, &running::run(py, None, |_| self.0.model.to_onnx())?))
    }

    /// Writes the model file.
    fn save(&self, path: PathBuf) -> PyResult<()> {
        self.0.save_model(path).map_err(exception)
    }

    /// Writes the report with the `show` most anomalous items.
    #[pyo3(signature = (path, show = 48, threads = None))]
    fn report(&self, py: Python<'_>, path: PathBuf, show: usize, threads: Option<usize>) -> PyResult<()> {
        running::run(py, threads, |_| self.0.write_report(path, show))
    }

    /// Writes the folder that `lfr rank` writes.
    #[pyo3(signature = (folder, force = false, show = 48, command = Vec::new(), threads = None))]
    fn write(
        &self,
        py: Python<'_>,
        folder: PathBuf,
        force: bool,
        show: usize,
        command: Vec<String>,
        threads: Option<usize>,
    ) -> PyResult<()> {
        running::run(py, threads, |_| {
            let folder = OutputFolder::create(&folder, force)?;
            let mut record = self.0.record()?;
            record.command = command;
            let contents = Contents { format: Format::Csv, safe_csv: false, show: Some(show) };
            self.0.write(&folder, &record, &contents)?;
            folder.commit().map(|_| ())
        })
    }
}

/// The score above which an item is flagged, and why, for a JSON rule such as `"auto"` or `{"contamination": 0.1}`.
#[pyfunction]
pub fn threshold(py: Python<'_>, scores: PyBuffer<f32>, rule: &str) -> PyResult<(f32, String)> {
    let rule: Rule = serde_json::from_str(rule).map_err(value_error)?;
    let cut = lfr::threshold::threshold(&scores.to_vec(py)?, rule).map_err(exception)?;
    Ok((cut.value, cut.explanation))
}

/// The names of the methods.
#[pyfunction]
pub fn methods() -> Vec<&'static str> {
    Method::ALL.iter().map(|method| method.name).collect()
}
