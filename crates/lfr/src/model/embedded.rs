//! The files of an encoder as arrays of a model file.

use std::path::Path;
use std::sync::Arc;

use crate::data::Weights;
use crate::encoder::{Encoder, EncoderStep, Files};
use crate::error::Result;
use crate::preprocess::Preprocessor;

/// What the names of these arrays begin with.
const PREFIX: &str = "encoder.";

/// Puts the files of the encoder into `weights`.
pub(crate) fn store(step: &EncoderStep, weights: &mut Weights) {
    let Some(encoder) = step.running() else { return };
    let files = encoder.files();
    let mut own = Weights::default();
    own.put_u8("network", &[files.network.len()], files.network.clone());
    if let Some(tokenizer) = &files.tokenizer {
        own.put_u8("tokenizer", &[tokenizer.len()], tokenizer.clone());
    }
    weights.absorb(PREFIX, own);
}

/// Takes the encoder out of `weights` into use, when it is there, and says so.
///
/// # Errors
/// [`crate::Error::Mismatch`] for arrays of another kind, [`crate::Error::Encoder`] when it is not the encoder of the model.
pub(crate) fn load(preprocessor: &mut Preprocessor, weights: &mut Weights, path: &Path) -> Result<bool> {
    let Preprocessor::Encoder(step) = preprocessor else { return Ok(false) };
    let mut own = weights.split_off(PREFIX);
    if own.iter().next().is_none() {
        return Ok(false);
    }
    let network = own.take_u8("network", &[None])?.1;
    let has_tokenizer = own.iter().any(|(name, _)| name == "tokenizer");
    let tokenizer = if has_tokenizer { Some(own.take_u8("tokenizer", &[None])?.1) } else { None };
    own.finish()?;
    let files = Files::of_bytes(path, network, tokenizer);
    step.run(Arc::new(Encoder::of_files(files, step.card.clone())?));
    Ok(true)
}
