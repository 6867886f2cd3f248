//! What every fitted method offers.

use crate::data::{Features, Weights};
use crate::error::Result;

/// A fitted method.
pub trait Detector: Send + Sync {
    /// One score an item, higher = more anomalous. A score depends on the item and the model alone, never on the
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
