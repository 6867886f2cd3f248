//! What every fitted method offers.

use crate::data::{Features, Weights};
use crate::error::{Error, Result};

/// A fitted method.
pub trait Detector: Send + Sync {
    /// One score per item, higher = more anomalous. A score depends on the item and the model alone, never on the
    /// other items, their number or their order.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when `x` is not laid out as the data of the fit.
    fn scores(&self, x: &Features) -> Result<Vec<f32>>;

    /// Scores of the very items the method was fitted on, in their order. Neighbour methods leave an item out of
    /// its own neighbourhood here; for the others this is [`Detector::scores`].
    ///
    /// # Errors
    /// As [`Detector::scores`].
    fn training_scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.scores(x)
    }

    /// Writes the fitted state into `weights`.
    fn store(&self, weights: &mut Weights);

    /// The items as the method expects them, `n * width` numbers scaled as [`Features::row_into`], for methods
    /// that reconstruct.
    ///
    /// # Errors
    /// As [`Detector::scores`].
    fn reconstruct(&self, x: &Features) -> Result<Option<Vec<f32>>> {
        let _ = x;
        Ok(None)
    }
}

/// Checks that `x` holds at least `needed` items of at least one number each; `what` is the method, for the message.
pub(super) fn expect_items(x: &Features, needed: usize, what: &str) -> Result<()> {
    if x.len() < needed {
        return Err(Error::TooFewItems { found: x.len(), needed, what: what.into() });
    }
    if x.width() == 0 {
        return Err(Error::NoFeatures { problem: "the items have no columns".into() });
    }
    Ok(())
}

/// Checks that the items of `x` have as many numbers as those of the fit.
pub(super) fn expect_width(x: &Features, width: usize) -> Result<()> {
    if x.width() == width {
        return Ok(());
    }
    Err(Error::Mismatch {
        what: "numbers per item".into(),
        expected: width.to_string(),
        found: x.width().to_string(),
    })
}

/// An [`Error::Mismatch`] for the arrays of a model file.
pub(super) fn bad_array(what: &str, expected: &str, found: impl ToString) -> Error {
    Error::Mismatch { what: what.into(), expected: expected.into(), found: found.to_string() }
}
