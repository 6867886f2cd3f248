//! Items made visible for the report: pictures beside their reconstruction, rows with the features that stand out,
//! documents with their characteristic terms.

use std::path::Path;

use crate::arrow;
use crate::arrow::array::{Array, RecordBatch};
use image::{ImageBuffer, Luma, Rgb, RgbImage};

use crate::data::{Features, Images, Items};
use crate::error::Result;
use crate::input::thumbnail;
use crate::method::Detector;
use crate::preprocess::{Feature, Part, Preprocessor, shown_date};
use crate::readable::number;
use crate::report::{Cell, Residual, View};

/// Largest side of a picture in the report, in pixels.
const THUMBNAIL: u32 = 160;
/// Seconds of a day.
const DAY: f64 = 86_400.0;
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
    if let Preprocessor::Encoder(_) = preprocessor {
        return Ok(plain(items, ids, root));
    }
    let features = visible(preprocessor.apply(items)?);
    let rebuilt = detector.reconstruct(&features)?;
    let width = features.width();
    let layout = Layout::of(preprocessor);
    let expected = |i: usize| rebuilt.as_ref().map(|all| &all[i * width..(i + 1) * width]);
    (0..features.len())
        .map(|i| {
            Ok(match (items, &layout) {
                (Items::Images(images), _) => picture(images, i, ids.get(i), root, expected(i)),
                (Items::Rows(batch), Layout::Columns(features_of)) => {
                    row(batch, i, features_of, &features.dense(&[i]), expected(i))
                }
                (Items::Documents(documents), Layout::Terms(terms)) => {
                    document(&documents[i], &features, i, terms)
                }
                (Items::Documents(documents), _) => document(&documents[i], &features, i, &[]),
                (Items::Rows(_), _) => View::Row { cells: Vec::new() },
            })
        })
        .collect()
}

/// The features with 0, the typical value, for those that a row without a value does not have.
fn visible(features: Features) -> Features {
    match features {
        Features::Dense(mut rows) => {
            rows.values.iter_mut().filter(|value| value.is_nan()).for_each(|value| *value = 0.0);
            Features::Dense(rows)
        }
        other => other,
    }
}

/// Items as they are, for models that see them through an encoder.
pub fn plain(items: &Items, ids: &[String], root: &Path) -> Vec<View> {
    let view = |i: usize| match items {
        Items::Images(images) => picture(images, i, ids.get(i), root, None),
        Items::Documents(documents) => View::Document { excerpt: excerpt(&documents[i]), terms: Vec::new() },
        Items::Rows(_) => View::Row { cells: Vec::new() },
    };
    (0..items.len()).map(view).collect()
}

/// What the features stand for, found once for all items.
enum Layout {
    /// Pixels.
    Pixels,
    /// The features of each column, one after the other.
    Columns(Vec<Feature>),
    /// Terms.
    Terms(Vec<String>),
}

impl Layout {
    fn of(preprocessor: &Preprocessor) -> Self {
        match preprocessor {
            Preprocessor::Images(_) | Preprocessor::Encoder(_) => Self::Pixels,
            Preprocessor::Table(encoder) => Self::Columns(encoder.features()),
            Preprocessor::Text(_) => Self::Terms(preprocessor.feature_names()),
        }
    }
}

fn picture(images: &Images, i: usize, id: Option<&String>, root: &Path, expected: Option<&[f32]>) -> View {
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
        original: file.unwrap_or_else(|| seen(images, i)),
        reconstruction: expected.map(|values| paint(images, |at| byte(values[at]))),
        residual: expected.map(residual),
    }
}

/// Picture `i` of `images` as the model sees it.
pub fn seen(images: &Images, i: usize) -> RgbImage {
    paint(images, |at| images.image(i)[at])
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
    features: &[Feature],
    values: &[f32],
    expected: Option<&[f32]>,
) -> View {
    let expected = |at: usize| expected.map_or(0.0, |expected| expected[at]);
    let residual = |at: usize| (values[at] - expected(at)).abs();
    // The first feature of each column, and how far off the farthest of its features is.
    let mut columns: Vec<(usize, f32)> = Vec::new();
    let mut at = 0;
    for column in features.chunk_by(|a, b| a.column == b.column) {
        columns.push((at, (at..at + column.len()).map(residual).fold(0.0, f32::max)));
        at += column.len();
    }
    columns.sort_by(|a, b| b.1.total_cmp(&a.1));
    let cell = |&(at, residual): &(usize, f32)| Cell {
        name: features[at].column.clone(),
        value: shown(batch, &features[at].column, i),
        expected: wanted(&features[at], expected(at)),
        residual,
    };
    View::Row { cells: columns.iter().take(DETAILS).map(cell).collect() }
}

fn wanted(feature: &Feature, encoded: f32) -> Option<String> {
    match feature.part {
        Part::Number { .. } => feature.original(encoded).map(number),
        Part::Moment { spread, .. } => {
            feature.original(encoded).map(|seconds| expected_date(seconds, spread))
        }
        _ => None,
    }
}

/// A date to as much as its column tells: the day alone where dates are days apart.
fn expected_date(seconds: f64, spread: f64) -> String {
    shown_date(if spread > DAY { (seconds / DAY).floor() * DAY } else { seconds })
}

/// Every column of row `i` and its value as in the file.
pub fn whole_row(batch: &RecordBatch, i: usize) -> Vec<(String, String)> {
    let schema = batch.schema();
    let names = schema.fields().iter().map(|field| field.name().clone());
    names.map(|name| (name.clone(), shown(batch, &name, i))).collect()
}

fn shown(batch: &RecordBatch, column: &str, i: usize) -> String {
    let Some(array) = batch.column_by_name(column).filter(|array| !array.is_null(i)) else {
        return "missing".into();
    };
    arrow::shown(array, i)
}

/// The beginning of a document and its heaviest terms.
fn document(text: &str, features: &Features, i: usize, names: &[String]) -> View {
    let mut terms: Vec<(String, f32)> = match features {
        Features::Sparse(rows) => {
            let (columns, weights) = rows.row(i);
            let named = columns.iter().zip(weights);
            named.filter_map(|(&c, &w)| Some((names.get(c as usize)?.clone(), w))).collect()
        }
        _ => Vec::new(),
    };
    terms.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    terms.truncate(DETAILS);
    View::Document { excerpt: excerpt(text), terms }
}

/// The beginning of a document.
fn excerpt(text: &str) -> String {
    let mut excerpt: String = text.chars().take(EXCERPT).collect();
    if excerpt.len() < text.len() {
        excerpt.push('…');
    }
    excerpt
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use crate::arrow::array::Float64Array;

    use super::*;

    #[test]
    fn expected_dates_have_a_time_only_where_it_matters() {
        assert_eq!(expected_date(1.5 * DAY, 90.0 * DAY), "1970-01-02");
        assert_eq!(expected_date(1.5 * DAY, 3600.0), "1970-01-02 12:00");
    }

    #[test]
    fn a_row_shows_the_columns_farthest_off_each_once() {
        let part = |column: &str, part| Feature { column: column.into(), part };
        let number = || Part::Number { center: 10.0, spread: 2.0 };
        let features =
            [part("a", number()), part("a", Part::Missing), part("b", number()), part("c", Part::Other)];
        let column = |value: f64| Arc::new(Float64Array::from(vec![value])) as Arc<dyn Array>;
        let batch =
            RecordBatch::try_from_iter([("a", column(7.0)), ("b", column(8.0)), ("c", column(9.0))]).unwrap();
        let cells =
            |values: &[f32], expected: Option<&[f32]>| match row(&batch, 0, &features, values, expected) {
                View::Row { cells } => cells,
                other => panic!("{other:?}"),
            };
        let seen = |cells: Vec<Cell>| -> Vec<(String, String, f32)> {
            cells.into_iter().map(|cell| (cell.name, cell.value, cell.residual)).collect()
        };
        let text = |name: &str, value: &str, residual| (name.to_owned(), value.to_owned(), residual);
        let plain = cells(&[0.5, 3.0, -2.0, 1.0], None);
        assert_eq!(plain[0].expected.as_deref(), Some("10.00"));
        assert_eq!(seen(plain), [text("a", "7.0", 3.0), text("b", "8.0", 2.0), text("c", "9.0", 1.0)]);
        let against = cells(&[0.5, 3.0, -2.0, 1.0], Some(&[0.5, 3.0, 0.0, 0.0]));
        assert_eq!(seen(against), [text("b", "8.0", 2.0), text("c", "9.0", 1.0), text("a", "7.0", 0.0)]);
    }
}
