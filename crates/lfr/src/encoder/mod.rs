//! Encoders: networks of others, trained on a great many pictures or texts, whose outputs become the features of items.
//!
//! An encoder is an ONNX file that takes pictures, or the folder of one that takes texts, in the form of
//! sentence-transformers: the network, the tokenizer and how the tokens of a text are pooled. It is named by the digests of
//! its files; a model that was fitted on its features refuses any other. Features have unit length, so that distances
//! between them order items as the cosine does.

mod batch;
mod cache;
mod card;
mod encoding;
mod files;
mod nearest;
#[cfg(feature = "encoders")]
mod network;
#[cfg(not(feature = "encoders"))]
#[path = "no_network.rs"]
mod network;
mod open;
mod pixels;
mod ports;
mod register;
mod sidecar;
mod step;
mod tokens;
mod word_piece;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use cache::{Cache, cache_dir};
pub use card::{Card, Layout, PictureInput, Pooling, Takes, TextInput};
pub(crate) use encoding::Encoding;
pub use encoding::{Encoded, Progress};
pub use files::Files;
pub(crate) use nearest::nearest;
use network::Network;
pub use register::{REGISTER, Registered, encoders_dir, located, registered};
pub use step::EncoderStep;
use tokens::Tokens;

use crate::data::{Items, Kind};
use crate::error::{Error, Result};
use crate::linalg::squared_length;

/// An encoder that is ready to run.
pub struct Encoder {
    card: Card,
    files: Files,
    network: Network,
    tokens: Option<Tokens>,
    notes: Vec<String>,
}

impl Encoder {
    /// Opens the encoder at `path`: an ONNX file, or a folder with `model.onnx` or `onnx/model.onnx`. `side` is the height and
    /// width of pictures where the file leaves them open.
    ///
    /// # Errors
    /// [`Error::Io`] when a file cannot be read, [`Error::TooLarge`] beyond 2 GiB, [`Error::Encoder`] for a network that is
    /// damaged, cannot be run, or takes something else than pictures or texts.
    pub fn open(path: impl AsRef<Path>, side: Option<usize>) -> Result<Arc<Self>> {
        open::open(path.as_ref(), side).map(Arc::new)
    }

    /// Opens the encoder at `path` as the one that `card` describes.
    ///
    /// # Errors
    /// As [`Encoder::open`]; [`Error::Encoder`] when it is another one.
    pub fn of_card(path: impl AsRef<Path>, card: &Card) -> Result<Arc<Self>> {
        let path = path.as_ref();
        let files = Files::read(path)?;
        if let Some(problem) = card.differs(&files) {
            return Err(Error::encoder(path, problem));
        }
        Self::of_files(files, card.clone()).map(Arc::new)
    }

    /// The encoder that `card` describes from the bytes of its files.
    ///
    /// # Errors
    /// As [`Encoder::of_card`].
    pub(crate) fn of_files(files: Files, card: Card) -> Result<Self> {
        let bad = |problem| Error::encoder(&files.path, problem);
        if let Some(problem) = card.differs(&files) {
            return Err(bad(problem));
        }
        let network = Network::load(&files.network).map_err(bad)?;
        let tokens = match (&card.takes, &files.tokenizer) {
            (Takes::Text(input), Some(json)) => Some(Tokens::load(json, input.longest).map_err(bad)?),
            _ => None,
        };
        Ok(Self { card, files, network, tokens, notes: Vec::new() })
    }

    /// What it is.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The bytes of its files.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// What was decided about it and the user should know.
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// Refuses items of a kind that it does not take.
    ///
    /// # Errors
    /// [`Error::Encoder`] saying what it takes.
    pub fn check_kind(&self, kind: Kind) -> Result<()> {
        let wanted = self.card.kind();
        if kind == wanted {
            return Ok(());
        }
        let (takes, found) = (plural(wanted), plural(kind));
        let hint = match kind {
            Kind::Table if wanted == Kind::Text => "; name the column with the texts by --text",
            _ => "; choose another encoder, or leave --features out",
        };
        Err(Error::encoder(&self.files.path, format!("it takes {takes}, the data holds {found}{hint}")))
    }

    /// The features of every item, `n * width` numbers in rows of unit length; NaN throughout for an item without content: a
    /// picture of one colour, a text without a token. Those of an item depend on nothing but the item.
    ///
    /// # Errors
    /// [`Error::Mismatch`] for pictures of another shape, [`Error::Encoder`] for items of another kind, or when the network
    /// fails on an item or gives numbers that are not finite.
    pub fn encode(&self, items: &Items) -> Result<Vec<f32>> {
        let mut all = Vec::with_capacity(items.len() * self.card.width);
        for row in self.rows(items, &(0..items.len()).collect::<Vec<_>>())? {
            all.extend(row.map_err(|problem| Error::encoder(&self.files.path, problem))?);
        }
        Ok(all)
    }

    /// The features of the items `indices`, or what is wrong with them.
    fn rows(&self, items: &Items, indices: &[usize]) -> Result<Vec<Result<Vec<f32>, String>>> {
        self.check_kind(items.kind())?;
        Ok(match (items, &self.card.takes) {
            (Items::Images(images), Takes::Pictures(input)) => {
                pixels::check(images, input)?;
                batch::each(indices.len(), |i| self.picture(images.image(indices[i]), input))
            }
            (Items::Documents(texts), Takes::Text(input)) => {
                batch::each(indices.len(), |i| self.text(&texts[indices[i]], input))
            }
            _ => Vec::new(),
        })
    }

    /// How many of `texts` are longer than what the network is given of them.
    pub fn cut(&self, texts: &[String]) -> usize {
        let Some(tokens) = &self.tokens else { return 0 };
        batch::each(texts.len(), |i| tokens.is_cut(&texts[i])).into_iter().filter(|&cut| cut).count()
    }

    fn picture(&self, pixels: &[u8], input: &PictureInput) -> Result<Vec<f32>, String> {
        if pixels::is_plain(pixels, input) {
            return Ok(self.nothing());
        }
        let (shape, values) = pixels::values(pixels, input);
        let output = self.network.run_floats(&input.name, &shape, values, &self.card.output)?;
        self.finish(pixels::pooled(&output, input.layout, self.card.width)?)
    }

    fn text(&self, text: &str, input: &TextInput) -> Result<Vec<f32>, String> {
        let Some(tokens) = &self.tokens else { return Ok(self.nothing()) };
        let ids = tokens.of(text);
        if ids.is_empty() {
            return Ok(self.nothing());
        }
        let output = self.network.run_tokens(&ids, &input.inputs, &self.card.output)?;
        self.finish(tokens::pooled(&output, self.card.width, input.pooling)?)
    }

    fn nothing(&self) -> Vec<f32> {
        vec![f32::NAN; self.card.width]
    }

    /// A row at unit length; one of zeros stays as it is.
    fn finish(&self, mut row: Vec<f32>) -> Result<Vec<f32>, String> {
        if row.iter().any(|value| !value.is_finite()) {
            let hint = "the network is damaged, or its input is not scaled as it expects";
            return Err(format!("it gives numbers that are not finite; {hint}"));
        }
        let length = squared_length(&row).sqrt();
        if length > 0.0 {
            row.iter_mut().for_each(|v| *v = (f64::from(*v) / length) as f32);
        }
        Ok(row)
    }
}

impl fmt::Debug for Encoder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Encoder").field("card", &self.card).finish_non_exhaustive()
    }
}

fn plural(kind: Kind) -> &'static str {
    match kind {
        Kind::Images => "pictures",
        Kind::Table => "rows of a table",
        Kind::Text => "texts",
    }
}
