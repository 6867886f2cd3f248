//! The losses of an epoch.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Epoch, Loss};
use crate::error::{Error, Result};
use crate::nn::Readback;

/// The losses of an epoch's batches; they are summed at its end, so that no step waits for a GPU.
#[derive(Default)]
pub(super) struct Tally {
    /// Items of each batch.
    sizes: Vec<usize>,
    parts: Vec<String>,
    /// Batch after batch the total, the parts and the errors.
    losses: Readback,
}

/// A [`Tally`] in a checkpoint.
#[derive(Serialize, Deserialize)]
struct Held {
    sizes: Vec<usize>,
    parts: Vec<String>,
    losses: Vec<f32>,
}

impl Tally {
    /// Adds the batch of the items `indices`.
    ///
    /// # Errors
    /// [`Error::Device`] when the device failed.
    pub fn add(&mut self, indices: &[usize], loss: &Loss) -> Result<()> {
        self.sizes.push(indices.len());
        self.parts = loss.parts.iter().map(|&(name, _)| name.to_owned()).collect();
        self.losses.push(loss.total.clone())?;
        loss.parts.iter().try_for_each(|(_, part)| self.losses.push(part.clone()))?;
        self.losses.push(loss.errors.clone())
    }

    /// What the epoch came to.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn epoch(self, epoch: usize, epochs: usize) -> Result<Epoch> {
        let losses = self.losses.finish()?;
        let (mut left, mut sums, mut errors) =
            (losses.as_slice(), vec![0.0; 1 + self.parts.len()], Vec::new());
        for &size in &self.sizes {
            let (own, rest) = left.split_at_checked(sums.len() + size).unwrap_or((left, &[]));
            let (of_batch, of_items) = own.split_at_checked(sums.len()).unwrap_or((own, &[]));
            for (sum, &loss) in sums.iter_mut().zip(of_batch) {
                *sum += size as f64 * f64::from(loss);
            }
            errors.extend(of_items);
            left = rest;
        }
        let items = self.sizes.iter().sum::<usize>().max(1);
        let mut means = sums.into_iter().map(|sum| (sum / items as f64) as f32);
        let loss = means.next().unwrap_or(f32::NAN);
        let parts = self.parts.into_iter().zip(means).collect();
        Ok(Epoch { epoch, epochs, loss, parts, gap: gap(&mut errors) })
    }

    /// All of it, for a checkpoint; none when a loss is not finite.
    ///
    /// # Errors
    /// As [`Tally::add`].
    pub fn held(&mut self) -> Result<Option<Value>> {
        let losses = self.losses.so_far()?.to_vec();
        if !losses.iter().all(|loss| loss.is_finite()) {
            return Ok(None);
        }
        let held = Held { sizes: self.sizes.clone(), parts: self.parts.clone(), losses };
        Ok(serde_json::to_value(held).ok())
    }

    /// What [`Tally::held`] gave.
    ///
    /// # Errors
    /// [`Error::Scores`] when it is something else.
    pub fn restore(held: Value) -> Result<Self> {
        let Held { sizes, parts, losses } = serde_json::from_value(held)
            .map_err(|e| Error::Scores { problem: format!("the losses of the epoch are lost: {e}") })?;
        Ok(Self { sizes, parts, losses: Readback::of(losses) })
    }
}

/// How far the worst tenth of the items stands off the typical one: mean error of the top decile over the
/// median error. It needs no label, and falls towards 1 as a network learns to reconstruct its outliers too.
fn gap(errors: &mut [f32]) -> Option<f32> {
    errors.sort_unstable_by(f32::total_cmp);
    let median = *errors.get(errors.len() / 2)?;
    let top = &errors[errors.len() - errors.len().div_ceil(10)..];
    let mean = top.iter().sum::<f32>() / top.len() as f32;
    (median > 0.0 && mean.is_finite()).then_some(mean / median)
}
