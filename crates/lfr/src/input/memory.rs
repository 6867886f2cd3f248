//! Data that is in memory already, as a source like any other.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, Float32Array, Float64Array, RecordBatch};
use image::{DynamicImage, RgbaImage};
use rayon::prelude::*;

use super::columns::Columns;
use super::frame::Frame;
use super::names::Names;
use super::{Batch, Notes, Options, Source, images, picture, square};
use crate::data::{Chunk, Items, Kind};
use crate::error::{Error, Result};

/// What messages call it.
pub(crate) const NAME: &str = "data in memory";

/// A picture in memory, 8 bits a channel.
#[derive(Clone, Debug)]
pub struct Picture(DynamicImage);

impl Picture {
    /// A picture of `height * width * channels` values, H x W x C: grey (1 channel), RGB (3) or RGBA (4), which is
    /// composited onto white.
    ///
    /// # Errors
    /// [`Error::Input`] for another number of values or channels, no pixel, or more than 64 megapixels.
    pub fn new(height: usize, width: usize, channels: usize, values: Vec<u8>) -> Result<Self> {
        let refused = |problem: String| Error::input(NAME, problem);
        picture::check_pixels(height as u64, width as u64).map_err(refused)?;
        let (h, w, found) = (height as u32, width as u32, values.len());
        let made = match channels {
            1 | 3 => square::from_values(h, w, channels, values),
            4 => RgbaImage::from_raw(w, h, values)
                .map(|rgba| picture::on_white(DynamicImage::ImageRgba8(rgba))),
            _ => {
                let problem =
                    format!("a picture of {channels} channels; accepted are 1 (grey), 3 (RGB), 4 (RGBA)");
                return Err(refused(problem));
            }
        };
        made.map(Self).ok_or_else(|| {
            let needed = height * width * channels;
            refused(format!(
                "a picture of {height} x {width} x {channels} has {needed} values, found {found}"
            ))
        })
    }
}

/// Items that a program holds, where others are read from a path.
#[derive(Clone, Debug)]
pub enum Given {
    /// Rows of a table, which the options may split into identifiers, labels and a column of documents.
    Table(Vec<RecordBatch>),
    /// Documents; blank ones are items as well.
    Documents(Vec<String>),
    /// Pictures of any sizes, brought to the one that the options say.
    Pictures(Vec<Picture>),
    /// Picture files, each identified by its path.
    PictureFiles(Vec<PathBuf>),
}

impl Given {
    /// How many items there are, those that cannot be read included.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Table(batches) => batches.iter().map(RecordBatch::num_rows).sum(),
            Self::Documents(texts) => texts.len(),
            Self::Pictures(pictures) => pictures.len(),
            Self::PictureFiles(paths) => paths.len(),
        }
    }

    /// The items as a stream of chunks.
    ///
    /// # Errors
    /// [`Error::Empty`] for a table without a batch; [`Error::Input`] for batches of different columns, columns without a
    /// name or with the name of another; [`Error::Config`] for a column of the options that is not there.
    pub(crate) fn source(self, options: &Options) -> Result<Source> {
        match self {
            Self::Table(batches) => table(batches, options),
            Self::Documents(texts) => Ok(documents(texts, options)),
            Self::Pictures(items) => Ok(pictures(items, options)),
            Self::PictureFiles(paths) => images::open_files(Path::new(NAME), paths, options),
        }
    }
}

/// A number of which rows in memory may be made.
pub trait Value: Copy + Into<f64> {
    /// A column of such numbers: 32-bit floats as they are, which takes half of the memory, others as 64-bit floats.
    fn column(values: impl Iterator<Item = Self>) -> ArrayRef {
        Arc::new(Float64Array::from_iter_values(values.map(Into::into)))
    }
}

impl Value for f32 {
    fn column(values: impl Iterator<Item = Self>) -> ArrayRef {
        Arc::new(Float32Array::from_iter_values(values))
    }
}

macro_rules! values {
    ($($number:ty),*) => { $(impl Value for $number {})* };
}

values!(f64, bool, u8, u16, u32, i8, i16, i32);

/// Rows of `cols` numbers, row-major, as columns `f0`, `f1`, ... like those of an npy array.
///
/// # Errors
/// [`Error::Input`] when the values are not a whole number of rows.
pub(crate) fn rows<T: Value>(cols: usize, values: &[T], options: &Options) -> Result<Source> {
    if cols == 0 || !values.len().is_multiple_of(cols) {
        let problem = format!("{} values are not a whole number of rows of {cols}", values.len());
        return Err(Error::input(NAME, problem));
    }
    row_blocks(cols, values.len() / cols, |range| values[range].to_vec(), options)
}

/// `rows` rows of `cols` numbers, of which `block` gives those at a range of places, row-major; it is asked for a block
/// of rows after the other, so that no second copy of all of them is needed.
///
/// # Errors
/// [`Error::Input`] when there is no column or a block has another size; [`Error::Empty`] without a row.
pub(crate) fn row_blocks<T: Value>(
    cols: usize,
    rows: usize,
    mut block: impl FnMut(Range<usize>) -> Vec<T>,
    options: &Options,
) -> Result<Source> {
    let names: Vec<String> = (0..cols).map(|i| format!("f{i}")).collect();
    let column = |rows: &[T], i: usize| T::column(rows.iter().skip(i).step_by(cols).copied());
    let batch = |start: usize| {
        let range = start * cols..(start + options.chunk).min(rows) * cols;
        let wanted = range.len();
        let rows = block(range);
        if cols == 0 || rows.len() != wanted {
            return Err(Error::input(NAME, format!("{} values where {wanted} were expected", rows.len())));
        }
        let columns = names.iter().enumerate().map(|(i, name)| (name, column(&rows, i)));
        RecordBatch::try_from_iter(columns).map_err(|e| Error::input(NAME, e.to_string()))
    };
    table((0..rows).step_by(options.chunk.max(1)).map(batch).collect::<Result<_>>()?, options)
}

/// The rows of `batches`, which have the same columns.
fn table(batches: Vec<RecordBatch>, options: &Options) -> Result<Source> {
    let path = Path::new(NAME);
    let Some(first) = batches.first().map(RecordBatch::schema) else { return Err(empty()) };
    let same = |batch: &RecordBatch| batch.schema().fields() == first.fields();
    if let Some(i) = batches.iter().position(|batch| !same(batch)) {
        return Err(Error::input(path, format!("batch {i} has other columns than the first")));
    }
    let names: Vec<String> = first.fields().iter().map(|field| field.name().clone()).collect();
    check_names(&names)?;
    let (names, notes) = (Names { all: names, ..Names::default() }, Notes::default());
    let columns = Columns::choose(path, &names, options, &notes)?;
    let (kind, chunk) = (columns.kind(), options.chunk);
    let slices = batches.into_iter().flat_map(move |batch| {
        let rows = batch.num_rows();
        (0..rows).step_by(chunk).map(move |start| batch.slice(start, chunk.min(rows - start)))
    });
    let mut next = 0;
    let made = slices.map(move |slice| {
        let rows: Vec<u64> = (next..).take(slice.num_rows()).collect();
        next += rows.len() as u64;
        let slice = slice.project(&columns.picked).map_err(|e| Error::input(NAME, e.to_string()))?;
        columns.batch(Path::new(NAME), slice, rows, Vec::new())
    });
    Ok(Source::new(kind, path, options, made).noting(&notes))
}

/// Documents; blank ones are items as well, so that there is a score for each.
fn documents(texts: Vec<String>, options: &Options) -> Source {
    let (mut texts, mut next, chunk) = (texts.into_iter(), 0_usize, options.chunk);
    let batches = std::iter::from_fn(move || {
        let run: Vec<String> = texts.by_ref().take(chunk).collect();
        let ids = places(next, run.len());
        next += run.len();
        (!run.is_empty()).then(|| Ok(batch(ids, Items::Documents(run))))
    });
    Source::new(Kind::Text, Path::new(NAME), options, batches)
}

/// Pictures, brought to one shape like those of a file. Grey ones alone have 1 channel unless the options say 3.
fn pictures(pictures: Vec<Picture>, options: &Options) -> Source {
    let grey = pictures.iter().all(|picture| matches!(picture.0, DynamicImage::ImageLuma8(_)));
    let frame = Frame::new(Path::new(NAME), options, if grey { 1 } else { 3 });
    let (mut pictures, mut next) = (pictures.into_iter(), 0);
    let batches = std::iter::from_fn(move || {
        let run: Vec<Picture> = pictures.by_ref().take(frame.chunk).collect();
        let named: Vec<_> = places(next, run.len()).into_iter().zip(run).collect();
        next += named.len();
        let made: Vec<_> =
            named.into_par_iter().map(|(id, picture)| (id, Ok(frame.values(&picture.0)))).collect();
        (!made.is_empty()).then(|| frame.batch(made))
    });
    Source::new(Kind::Images, Path::new(NAME), options, batches)
}

/// Refuses columns without a name or with the name of another.
fn check_names(names: &[String]) -> Result<()> {
    let mut seen = HashSet::new();
    match names.iter().enumerate().find(|(_, name)| name.trim().is_empty() || !seen.insert(name.as_str())) {
        None => Ok(()),
        Some((place, name)) if name.trim().is_empty() => {
            Err(Error::input(NAME, format!("column {} has no name; give every column one", place + 1)))
        }
        Some((_, twice)) => {
            let places = names.iter().zip(1..).filter(|(name, _)| *name == twice);
            let places: Vec<String> = places.map(|(_, place): (_, usize)| place.to_string()).collect();
            let problem =
                format!("columns {} are all named `{twice}`; rename all but one", places.join(", "));
            Err(Error::input(NAME, problem))
        }
    }
}

fn batch(ids: Vec<String>, items: Items) -> Batch {
    Batch { chunk: Chunk { ids, labels: None, items }, bad: Vec::new() }
}

fn places(first: usize, count: usize) -> Vec<String> {
    (first..first + count).map(|place| place.to_string()).collect()
}

fn empty() -> Error {
    Error::Empty { path: NAME.into(), hint: "it holds no item".into() }
}
