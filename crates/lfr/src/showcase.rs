//! Items made visible for the report: pictures beside their reconstruction, rows with the features that stand out,
//! documents with their characteristic terms.

use std::path::Path;

use arrow::array::{Array, RecordBatch};
use arrow::util::display::{ArrayFormatter, FormatOptions};
use image::{ImageBuffer, Luma, Rgb, RgbImage};

use crate::data::{Features, Images, Items};
use crate::error::Result;
use crate::input::thumbnail;
use crate::method::Detector;
use crate::preprocess::{Feature, Part, Preprocessor, TableEncoder, shown_date};
use crate::report::{Cell, Residual, View};

/// Largest side of a picture in the report, in pixels.
const THUMBNAIL: u32 = 160;
/// Letters of a document that are shown.
const EXCERPT: usize = 600;
/// Features or terms of an item that are shown.
const DETAILS: usize = 8;

/// What each of `items` looks like, in their order. `root` is the input, for the original pictures of a folder.
///
/// # Errors
/// [`crate::Error::Mismatch`] when the items do not fit the model.
pub fn views(
    items: &Items,
    ids: &[String],
    root: &Path,
    preprocessor: &Preprocessor,
    detector: &dyn Detector,
) -> Result<Vec<View>> {
    let features = preprocessor.apply(items)?;
    let rebuilt = detector.reconstruct(&features)?;
    let width = features.width();
    let expected = |i: usize| rebuilt.as_ref().map(|all| &all[i * width..(i + 1) * width]);
    (0..features.len())
        .map(|i| match (items, preprocessor) {
            (Items::Images(images), _) => Ok(picture(images, i, ids.get(i), root, expected(i))),
            (Items::Rows(batch), Preprocessor::Table(encoder)) => {
                row(batch, i, encoder, &features.dense(&[i]), expected(i))
            }
            (Items::Documents(documents), _) => {
                Ok(document(&documents[i], &features, i, &preprocessor.feature_names()))
            }
            (Items::Rows(_), _) => Ok(View::Row { cells: Vec::new() }),
        })
        .collect()
}

fn picture(images: &Images, i: usize, id: Option<&String>, root: &Path, expected: Option<&[f32]>) -> View {
    let seen = paint(images, |at| images.image(i)[at]);
    let file = id.and_then(|id| thumbnail(root, id, THUMBNAIL).ok().flatten());
    let byte = |v: f32| ((v + 1.0) * 127.5).round().clamp(0.0, 255.0) as u8;
    let area = images.side * images.side;
    let residual = |expected: &[f32]| -> Residual {
        ImageBuffer::from_fn(images.side as u32, images.side as u32, |x, y| {
            let at = y as usize * images.side + x as usize;
            let apart = |c: usize| {
                let value = f32::from(images.image(i)[c * area + at]) / 127.5 - 1.0;
                (value - expected[c * area + at]).abs()
            };
            Luma([(0..images.channels).map(apart).sum::<f32>() / images.channels as f32])
        })
    };
    View::Picture {
        original: file.unwrap_or(seen),
        reconstruction: expected.map(|values| paint(images, |at| byte(values[at]))),
        residual: expected.map(residual),
    }
}

/// A picture of the shape of `images` whose value at C x H x W place `at` is `value(at)`.
fn paint(images: &Images, value: impl Fn(usize) -> u8) -> RgbImage {
    let (side, area) = (images.side, images.side * images.side);
    ImageBuffer::from_fn(side as u32, side as u32, |x, y| {
        let at = y as usize * side + x as usize;
        Rgb(std::array::from_fn(|c| value(c.min(images.channels - 1) * area + at)))
    })
}

/// The columns whose features lie farthest from what the model expects or, where it does not say, from the typical.
fn row(
    batch: &RecordBatch,
    i: usize,
    encoder: &TableEncoder,
    values: &[f32],
    expected: Option<&[f32]>,
) -> Result<View> {
    let features = encoder.features();
    let mut cells: Vec<Cell> = Vec::new();
    for (at, feature) in features.iter().enumerate() {
        let (residual, wanted) = match expected {
            Some(expected) => ((values[at] - expected[at]).abs(), wanted(feature, expected[at])),
            None => (values[at].abs(), wanted(feature, 0.0)),
        };
        match cells.iter_mut().find(|cell| cell.name == feature.column) {
            Some(cell) => cell.residual = cell.residual.max(residual),
            None => cells.push(Cell {
                name: feature.column.clone(),
                value: shown(batch, &feature.column, i),
                expected: wanted,
                residual,
            }),
        }
    }
    cells.sort_by(|a, b| b.residual.total_cmp(&a.residual));
    cells.truncate(DETAILS);
    Ok(View::Row { cells })
}

fn wanted(feature: &Feature, encoded: f32) -> Option<String> {
    match feature.part {
        Part::Number { .. } => feature.original(encoded).map(|value| format!("{value:.4}")),
        Part::Moment { .. } => feature.original(encoded).map(shown_date),
        _ => None,
    }
}

fn shown(batch: &RecordBatch, column: &str, i: usize) -> String {
    let Some(array) = batch.column_by_name(column).filter(|array| !array.is_null(i)) else {
        return "missing".into();
    };
    let options = FormatOptions::default();
    ArrayFormatter::try_new(array, &options).map_or_else(|_| String::new(), |f| f.value(i).to_string())
}

/// The beginning of a document and its heaviest terms.
fn document(text: &str, features: &Features, i: usize, names: &[String]) -> View {
    let mut excerpt: String = text.chars().take(EXCERPT).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    let mut terms: Vec<(String, f32)> = match features {
        Features::Sparse(rows) => {
            let (columns, weights) = rows.row(i);
            columns.iter().zip(weights).map(|(&c, &w)| (names[c as usize].clone(), w)).collect()
        }
        _ => Vec::new(),
    };
    terms.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(DETAILS);
    View::Document { excerpt, terms }
}
