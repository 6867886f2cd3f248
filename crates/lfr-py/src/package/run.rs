//! Fitting.

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use lfr::data::Kind;
use lfr::durable::OutputFolder;
use lfr::output::Format;
use lfr::run::Contents;
use lfr::threshold::Rule;
use lfr::train::{Epoch, Observer};
use lfr::{Error, Fit, Method};
use pyo3::buffer::PyBuffer;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use serde_json::{Map, Value};

use super::data::Data;
use super::errors::{exception, value_error};
use super::explain::explain;
use super::model::{floats, header};
use super::running;

/// A fit and all that came of it.
#[pyclass(frozen, module = "lfr._lfr")]
pub struct Run(lfr::Run);

/// Ends the fit on a signal, and calls back after each epoch.
struct Watch<'a> {
    stop: &'a AtomicBool,
    callback: Option<&'a Py<PyAny>>,
    raised: &'a Mutex<Option<PyErr>>,
}

impl Watch<'_> {
    fn check(&self) -> lfr::Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
    }
}

impl Observer for Watch<'_> {
    fn step(&mut self, _step: usize, _steps: usize) -> lfr::Result<()> {
        self.check()
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
        self.check()
    }
}

/// The method called `name`, for data of `kind`, with `settings` (a JSON table) put over it. As on the command line,
/// `epochs`, `batch_size` and `learning_rate` are those of its training.
fn chosen(name: &str, preset: Option<&str>, settings: &str, kind: Kind) -> PyResult<Method> {
    let mut settings: Map<String, Value> = serde_json::from_str(settings).map_err(value_error)?;
    let budget = ["epochs", "batch_size", "learning_rate"].map(|key| (key, settings.remove(key)));
    let method = Method::named(name, preset).map_err(exception)?.suited_to(kind);
    let mut method = method.with(&Value::Object(settings)).map_err(exception)?;
    for (key, value) in budget.into_iter().filter_map(|(key, value)| Some((key, value?))) {
        let refused = |problem: &str| exception(Error::config(key, &value, problem));
        let trains = format!("method {name} trains no network");
        let schedule = method.schedule_mut().ok_or_else(|| refused(&trains))?;
        let whole = || {
            value
                .as_u64()
                .and_then(|n| usize::try_from(n).ok())
                .ok_or_else(|| refused("must be a whole number"))
        };
        match key {
            "epochs" => (schedule.epochs, schedule.most_items) = (whole()?, 0),
            "batch_size" => schedule.batch_size = whole()?,
            _ => schedule.learning_rate = value.as_f64().ok_or_else(|| refused("must be a number"))?,
        }
    }
    method.validate().map_err(exception)?;
    Ok(method)
}

/// Fits a method on a pile and scores it. `callback(epoch, epochs, loss)` is called after each epoch.
#[pyfunction]
#[pyo3(signature = (data, method = "combined", preset = None, settings = "{}", seed = 0, threads = None, callback = None))]
#[expect(clippy::too_many_arguments, reason = "Python names them")]
pub fn fit(
    py: Python<'_>,
    data: &Data,
    method: &str,
    preset: Option<&str>,
    settings: &str,
    seed: u64,
    threads: Option<usize>,
    callback: Option<Py<PyAny>>,
) -> PyResult<Run> {
    let fit = Fit::new(chosen(method, preset, settings, data.0.kind)?).seed(seed);
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
