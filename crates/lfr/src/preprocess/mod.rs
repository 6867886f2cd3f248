//! From items to features: fitted once, stored in the model, applied to whatever is scored.

mod as_asked;
mod category;
mod cells;
mod column;
mod encoding;
mod feature;
mod identifier;
mod moment;
mod number;
mod periods;
mod pieces;
mod reading;
mod seen;
mod shape;
mod stand_in;
mod summary;
mod table;
mod tags;
mod tfidf;

pub use crate::words::StopWords;
pub use as_asked::AsAsked;
pub(crate) use category::Category;
pub(crate) use encoding::Encoding;
pub use feature::{Feature, Part};
pub(crate) use moment::Circle;
pub(crate) use number::{KNEE, Number, squash};
pub(crate) use reading::{DAY, Reading, both_values, sentinel_days};
pub use reading::{DateOrder, Decimal, shown_date};
pub(crate) use seen::Oddity;
pub use summary::{ColumnReading, ReadAs};
pub(crate) use table::DECIMAL;
pub use table::{TableEncoder, TableOptions};
pub use tfidf::{TextOptions, TfIdf};

use crate::arrow::array::RecordBatch;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Items, Kind};
use crate::encoder::EncoderStep;
use crate::error::{Error, Result};
use crate::featureless::Featureless;

/// How items become features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PreprocessOptions {
    /// For tables.
    pub table: TableOptions,
    /// For documents.
    pub text: TextOptions,
}

impl PreprocessOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        self.table.validate()?;
        self.text.validate()
    }
}

/// What turns items into features, as fitted on the training items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Preprocessor {
    /// Pictures pass as they are, if they have this shape.
    Images(PictureShape),
    /// Rows are imputed, encoded and scaled.
    Table(TableEncoder),
    /// Documents become TF-IDF rows.
    Text(TfIdf),
    /// Pictures or documents become the outputs of a network.
    Encoder(EncoderStep),
}

/// Features of items, and what about the items training did not have.
pub(crate) struct Applied {
    /// As [`Preprocessor::apply`] gives them.
    pub features: Features,
    /// Which items have no features.
    pub featureless: Featureless,
    /// How strange each item is, from 0 (as in training) to 1, by what no feature can tell; empty where none is.
    pub strange: Vec<f32>,
    /// For each column of a table what is odd about its cells.
    pub oddities: Vec<Oddity>,
}

impl From<Features> for Applied {
    fn from(features: Features) -> Self {
        Self { featureless: Featureless::of(&features), features, strange: Vec::new(), oddities: Vec::new() }
    }
}

/// The shape of every picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureShape {
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// Height and width in pixels.
    pub side: usize,
}

impl Preprocessor {
    /// Learns from the items of all chunks, and tells what the user should know about them.
    ///
    /// # Errors
    /// [`Error::NoFeatures`] when nothing in the items can be learnt from, [`Error::Mismatch`] when the chunks
    /// are of different kinds, shapes or columns, [`Error::Config`] when an option is out of range.
    pub fn fit(chunks: &[Items], options: &PreprocessOptions) -> Result<(Self, Vec<String>)> {
        let first = chunks.first().ok_or_else(|| Error::NoFeatures { problem: "there is no item".into() })?;
        let kind = first.kind();
        if let Some(other) = chunks.iter().find(|items| items.kind() != kind) {
            return Err(mismatch("kind of data", kind, other.kind()));
        }
        match first {
            Items::Images(images) => {
                let shape = PictureShape { channels: images.channels, side: images.side };
                Ok((Self::Images(shape), Vec::new()))
            }
            Items::Rows(_) => {
                let batches: Vec<_> = chunks.iter().filter_map(rows).collect();
                let (encoder, warnings) = TableEncoder::fit(&batches, &options.table)?;
                Ok((Self::Table(encoder), warnings))
            }
            Items::Documents(_) => {
                let documents: Vec<&str> = chunks.iter().flat_map(documents).map(String::as_str).collect();
                Ok((Self::Text(TfIdf::fit(&documents, &options.text)?), Vec::new()))
            }
        }
    }

    /// The features of `items`, in their order. Those of an item depend on nothing but the item.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the items are of another kind, shape or columns than those of the fit.
    pub fn apply(&self, items: &Items) -> Result<Features> {
        match (self, items) {
            (Self::Images(shape), Items::Images(images)) => {
                let found = PictureShape { channels: images.channels, side: images.side };
                if *shape != found && !images.is_empty() {
                    return Err(mismatch("shape of pictures", shape, found));
                }
                Ok(Features::Images(images.clone()))
            }
            (Self::Table(encoder), Items::Rows(batch)) => Ok(Features::Dense(encoder.apply(batch)?)),
            (Self::Text(tfidf), Items::Documents(documents)) => Ok(Features::Sparse(tfidf.apply(documents))),
            (Self::Encoder(step), _) => Ok(Features::Dense(step.apply(items)?)),
            _ => Err(mismatch("kind of data", self.kind(), items.kind())),
        }
    }

    /// As [`Preprocessor::apply`], with what training did not have; `typical` is the score of an item in the middle.
    ///
    /// # Errors
    /// As [`Preprocessor::apply`].
    pub(crate) fn applied(&self, items: &Items, typical: f32) -> Result<Applied> {
        match (self, items) {
            (Self::Table(encoder), Items::Rows(batch)) => {
                let mut oddities = encoder.no_oddities();
                let features = Features::Dense(encoder.apply_noting(batch, &mut oddities)?);
                let strange = encoder.strangeness(batch.num_rows(), &oddities);
                Ok(Applied { strange, oddities, ..features.into() })
            }
            (Self::Text(tfidf), Items::Documents(documents)) => {
                let strange = tfidf.strangeness(documents);
                let Applied { features, featureless, .. } = self.apply(items)?.into();
                let featureless = featureless.knowing(|| self.commonplace(items), Some(typical));
                Ok(Applied { features, featureless, strange, oddities: Vec::new() })
            }
            _ => Ok(self.apply(items)?.into()),
        }
    }

    /// Whether nothing is odd about each item although it may have no features: a document of stop words alone. Empty where no
    /// item can be like that.
    pub(crate) fn commonplace(&self, items: &Items) -> Vec<bool> {
        match self {
            Self::Text(tfidf) => tfidf.commonplace(documents(items)),
            Self::Images(_) | Self::Table(_) | Self::Encoder(_) => Vec::new(),
        }
    }

    /// A count of nothing for each column of a table.
    pub(crate) fn no_oddities(&self) -> Vec<Oddity> {
        match self {
            Self::Table(encoder) => encoder.no_oddities(),
            Self::Images(_) | Self::Text(_) | Self::Encoder(_) => Vec::new(),
        }
    }

    /// What was counted, in sentences for the user.
    pub(crate) fn odd(&self, oddities: &[Oddity]) -> Vec<String> {
        match self {
            Self::Table(encoder) => encoder.odd(oddities),
            Self::Images(_) | Self::Text(_) | Self::Encoder(_) => Vec::new(),
        }
    }

    /// How every column of a table was read in training; none for other kinds.
    pub fn columns(&self) -> &[ColumnReading] {
        match self {
            Self::Table(encoder) => encoder.readings(),
            Self::Images(_) | Self::Text(_) | Self::Encoder(_) => &[],
        }
    }

    /// The kind of items it takes.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Images(_) => Kind::Images,
            Self::Table(_) => Kind::Table,
            Self::Text(_) => Kind::Text,
            Self::Encoder(step) => step.card.kind(),
        }
    }

    /// A name for each feature, in order; none for the values of pictures and of encoders.
    pub fn feature_names(&self) -> Vec<String> {
        match self {
            Self::Images(_) | Self::Encoder(_) => Vec::new(),
            Self::Table(encoder) => encoder.features().iter().map(Feature::name).collect(),
            Self::Text(tfidf) => tfidf.terms().to_vec(),
        }
    }

    /// The column of the table that each feature is from, by its place among the columns used; none for other kinds.
    pub fn columns_of_features(&self) -> Vec<u32> {
        match self {
            Self::Table(encoder) => encoder.columns_of_features(),
            Self::Images(_) | Self::Text(_) | Self::Encoder(_) => Vec::new(),
        }
    }

    /// Numbers an item becomes.
    pub fn width(&self) -> usize {
        match self {
            Self::Images(shape) => shape.channels * shape.side * shape.side,
            Self::Table(encoder) => encoder.width(),
            Self::Text(tfidf) => tfidf.terms().len(),
            Self::Encoder(step) => step.card.width,
        }
    }

    /// Checks a preprocessor read from a file.
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming what cannot be right.
    pub fn validate(&self) -> Result<()> {
        match self {
            Self::Images(PictureShape { channels: 1 | 3, side: 8..=256 }) => Ok(()),
            Self::Images(shape) => {
                Err(mismatch("shape of pictures", "1 or 3 channels, sides of 8 to 256", shape))
            }
            Self::Table(encoder) => encoder.validate(),
            Self::Text(tfidf) => tfidf.validate(),
            Self::Encoder(step) => {
                step.card.check().map_err(|problem| mismatch("encoder", "one that can be", problem))
            }
        }
    }
}

impl std::fmt::Display for PictureShape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let channels = if self.channels == 1 { "1 channel" } else { &format!("{} channels", self.channels) };
        write!(f, "{channels} of {0} x {0} pixels", self.side)
    }
}

fn rows(items: &Items) -> Option<&RecordBatch> {
    match items {
        Items::Rows(batch) => Some(batch),
        _ => None,
    }
}

fn documents(items: &Items) -> &[String] {
    match items {
        Items::Documents(documents) => documents,
        _ => &[],
    }
}

fn mismatch(what: &str, expected: impl ToString, found: impl ToString) -> Error {
    Error::Mismatch { what: what.into(), expected: expected.to_string(), found: found.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Images;

    fn pictures(channels: usize, side: usize) -> Items {
        Items::Images(Images { channels, side, pixels: vec![7; 2 * channels * side * side] })
    }

    fn fit(items: Items) -> Preprocessor {
        Preprocessor::fit(&[items], &PreprocessOptions::default()).unwrap().0
    }

    #[test]
    fn pictures_pass_if_their_shape_is_the_models() {
        let preprocessor = fit(pictures(1, 32));
        assert_eq!((preprocessor.kind(), preprocessor.width()), (Kind::Images, 1024));
        assert_eq!(preprocessor.apply(&pictures(1, 32)).unwrap().len(), 2);
        let message = preprocessor.apply(&pictures(3, 32)).unwrap_err().to_string();
        assert!(message.contains("expected 1 channel of 32 x 32 pixels, found 3 channels"), "{message}");
        assert!(preprocessor.apply(&pictures(1, 40)).is_err());
    }

    #[test]
    fn kinds_do_not_mix() {
        let documents = Items::Documents(vec!["one word".into()]);
        assert!(fit(pictures(1, 32)).apply(&documents).is_err());
        let mixed = [documents, pictures(1, 32)];
        assert!(Preprocessor::fit(&mixed, &PreprocessOptions::default()).is_err());
        assert!(matches!(
            Preprocessor::fit(&[], &PreprocessOptions::default()),
            Err(Error::NoFeatures { .. })
        ));
    }

    #[test]
    fn survives_json() {
        for items in [pictures(3, 16), Items::Documents(vec!["alpha beta".into(), "beta".into()])] {
            let preprocessor = fit(items);
            let json = serde_json::to_string(&preprocessor).unwrap();
            let back: Preprocessor = serde_json::from_str(&json).unwrap();
            assert_eq!(back, preprocessor);
            assert!(back.validate().is_ok());
        }
        let odd: Preprocessor = serde_json::from_str(r#"{"kind":"images","channels":2,"side":32}"#).unwrap();
        assert!(odd.validate().is_err());
        assert!(serde_json::from_str::<Preprocessor>(r#"{"kind":"images","side":32}"#).is_err());
    }
}
