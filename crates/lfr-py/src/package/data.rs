//! Data of Python as a pile.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_pyarrow::PyArrowType;
use lfr::arrow::array::{ArrayRef, Float64Array, RecordBatch, RecordBatchReader, StringArray};
use lfr::data::Kind;
use lfr::input::{Given, Picture, Value};
use lfr::labels::Labels;
use pyo3::buffer::{Element, PyBuffer};
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

use super::errors::{exception, value_error};
use super::reading::Reading;
use super::running;

/// Data to fit on or to score, in the library's memory.
#[pyclass(frozen, module = "lfr._lfr")]
pub struct Data(pub Arc<lfr::Data>);

impl From<lfr::Data> for Data {
    fn from(data: lfr::Data) -> Self {
        Self(Arc::new(data))
    }
}

/// A column of a frame: numbers (NaN where missing) or texts.
#[derive(FromPyObject)]
enum Column {
    Numbers(PyBuffer<f64>),
    Texts(Vec<Option<String>>),
}

impl Column {
    fn array(self, py: Python<'_>) -> PyResult<ArrayRef> {
        Ok(match self {
            Self::Numbers(values) => Arc::new(Float64Array::from(values.to_vec(py)?)),
            Self::Texts(texts) => Arc::new(StringArray::from(texts)),
        })
    }
}

#[pymethods]
impl Data {
    /// All of a file, a folder or a known data set.
    #[staticmethod]
    #[pyo3(signature = (path, reading, threads = None))]
    fn read(py: Python<'_>, path: PathBuf, reading: &Reading, threads: Option<usize>) -> PyResult<Self> {
        reading.path(py, &path, threads).map(Self::from)
    }

    /// The rows of a C-contiguous buffer of 32-bit or 64-bit floats.
    #[staticmethod]
    #[pyo3(signature = (values, columns, reading, threads = None))]
    fn rows(
        py: Python<'_>,
        values: &Bound<'_, PyAny>,
        columns: usize,
        reading: &Reading,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        reading.check(Kind::Table)?;
        match PyBuffer::<f32>::get(values) {
            Ok(single) => rows(py, &single, columns, threads),
            Err(_) => rows(py, &PyBuffer::<f64>::get(values)?, columns, threads),
        }
    }

    /// The rows of anything with `__arrow_c_stream__` or `__arrow_c_array__`.
    #[staticmethod]
    #[pyo3(signature = (data, reading, threads = None))]
    fn table(
        py: Python<'_>,
        data: &Bound<'_, PyAny>,
        reading: &Reading,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let batches = batches(data).map_err(|error| plain(py, error))?;
        reading.given(py, Given::Table(batches), threads).map(Self::from)
    }

    /// Columns by name: buffers of 64-bit floats or lists of texts.
    #[staticmethod]
    #[pyo3(signature = (columns, reading, threads = None))]
    fn columns(
        py: Python<'_>,
        columns: Vec<(String, Column)>,
        reading: &Reading,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let columns = columns.into_iter().map(|(name, column)| Ok((name, column.array(py)?)));
        let columns = columns.collect::<PyResult<Vec<_>>>()?;
        let batch = RecordBatch::try_from_iter_with_nullable(
            columns.into_iter().map(|(name, array)| (name, array, true)),
        );
        let batch = batch.map_err(value_error)?;
        reading.given(py, Given::Table(vec![batch]), threads).map(Self::from)
    }

    /// Documents.
    #[staticmethod]
    #[pyo3(signature = (texts, reading, threads = None))]
    fn documents(
        py: Python<'_>,
        texts: Vec<String>,
        reading: &Reading,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        reading.given(py, Given::Documents(texts), threads).map(Self::from)
    }

    /// Pictures: C-contiguous buffers of bytes, each with height, width and channels.
    #[staticmethod]
    #[pyo3(signature = (pictures, reading, threads = None))]
    fn pictures(
        py: Python<'_>,
        pictures: Vec<(PyBuffer<u8>, usize, usize, usize)>,
        reading: &Reading,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        let picture = |(values, height, width, channels): (PyBuffer<u8>, usize, usize, usize)| {
            Picture::new(height, width, channels, values.to_vec(py)?).map_err(exception)
        };
        let pictures = pictures.into_iter().map(picture).collect::<PyResult<Vec<_>>>()?;
        reading.given(py, Given::Pictures(pictures), threads).map(Self::from)
    }

    /// The picture files at `paths`.
    #[staticmethod]
    #[pyo3(signature = (paths, reading, threads = None))]
    fn picture_files(
        py: Python<'_>,
        paths: Vec<PathBuf>,
        reading: &Reading,
        threads: Option<usize>,
    ) -> PyResult<Self> {
        reading.given(py, Given::PictureFiles(paths), threads).map(Self::from)
    }

    /// The same items under other identifiers.
    fn with_ids(&self, ids: Vec<String>) -> PyResult<Self> {
        let data = lfr::Data::clone(&self.0).with_ids(ids).map_err(exception)?;
        Ok(data.into())
    }

    /// Places and labels of the items that `labels` has by their identifiers.
    fn places(&self, labels: HashMap<String, bool>) -> PyResult<Vec<(usize, bool)>> {
        Labels::ById(labels).of_some(&self.0.ids).map_err(exception)
    }

    /// One identifier an item.
    #[getter]
    fn ids(&self) -> Vec<String> {
        self.0.ids.clone()
    }

    /// `images`, `table` or `text`.
    #[getter]
    fn kind(&self) -> String {
        self.0.kind.to_string()
    }

    fn __len__(&self) -> usize {
        self.0.len()
    }
}

/// The rows of a buffer, read a block at a time with the interpreter held, so that no copy of all is made on the way.
fn rows<T: Element + Value + Send + Sync>(
    py: Python<'_>,
    values: &PyBuffer<T>,
    columns: usize,
    threads: Option<usize>,
) -> PyResult<Data> {
    if !values.is_c_contiguous() {
        return Err(value_error("the array is not in C order"));
    }
    let rows = values.item_count() / columns.max(1);
    let data = running::run(py, threads, |_| {
        lfr::Data::row_blocks(columns, rows, |range| {
            Python::attach(|py| {
                let cells = values.as_slice(py).and_then(|cells| cells.get(range));
                cells.map(|cells| cells.iter().map(|cell| cell.get()).collect()).unwrap_or_default()
            })
        })
    });
    data.map(Data::from)
}

fn batches(data: &Bound<'_, PyAny>) -> PyResult<Vec<RecordBatch>> {
    if data.hasattr("__arrow_c_stream__")? {
        let PyArrowType(stream) = data.extract::<PyArrowType<RecordBatchStreamReader>>()?;
        let schema = stream.schema();
        let mut batches = stream.collect::<Result<Vec<_>, _>>().map_err(value_error)?;
        if batches.is_empty() {
            batches.push(RecordBatch::new_empty(schema));
        }
        return Ok(batches);
    }
    let PyArrowType(batch) = data.extract::<PyArrowType<RecordBatch>>()?;
    Ok(vec![batch])
}

/// Any error of the conversion as a `ValueError` or `TypeError`, whether or not pyarrow is there.
fn plain(py: Python<'_>, error: PyErr) -> PyErr {
    let wrong_type = error.is_instance_of::<PyTypeError>(py);
    let text = error.value(py).to_string();
    let text = format!("the Arrow data cannot be read as a table: {text}");
    if wrong_type { PyTypeError::new_err(text) } else { value_error(text) }
}
