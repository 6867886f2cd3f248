//! An encoder as the preprocessing of a model.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Card, Encoder};
use crate::data::{Items, Matrix};
use crate::error::{Error, Result};

/// The encoder of a model: what it is and, once it was opened, itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncoderStep {
    /// What it is.
    pub card: Card,
    #[serde(skip)]
    running: Option<Arc<Encoder>>,
}

impl PartialEq for EncoderStep {
    fn eq(&self, other: &Self) -> bool {
        self.card == other.card
    }
}

impl EncoderStep {
    /// That of an encoder.
    pub(crate) fn of(encoder: Arc<Encoder>) -> Self {
        Self { card: encoder.card().clone(), running: Some(encoder) }
    }

    /// The encoder, if it was opened.
    pub fn running(&self) -> Option<&Arc<Encoder>> {
        self.running.as_ref()
    }

    /// Takes the encoder into use, which must be the one of the card.
    pub(crate) fn run(&mut self, encoder: Arc<Encoder>) {
        self.running = Some(encoder);
    }

    /// The features of items.
    pub(crate) fn apply(&self, items: &Items) -> Result<Matrix> {
        Ok(Matrix { cols: self.card.width, values: self.ready()?.encode(items)? })
    }

    /// The encoder.
    ///
    /// # Errors
    /// [`Error::EncoderNeeded`] when it was not opened.
    pub(crate) fn ready(&self) -> Result<&Arc<Encoder>> {
        self.running.as_ref().ok_or_else(|| Error::EncoderNeeded {
            name: self.card.name.clone(),
            sha256: self.card.sha256.clone(),
        })
    }
}
