//! The sums over an epoch.

use serde::{Deserialize, Serialize};

use super::train::{Loss, scalar};
use crate::method::Epoch;

/// Sums over the batches of an epoch.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Tally {
    items: usize,
    total: f64,
    parts: Vec<(String, f64)>,
    errors: Vec<f32>,
}

impl Tally {
    /// Whether all of it are numbers.
    pub fn is_finite(&self) -> bool {
        let mut sums = self.parts.iter().map(|part| part.1).chain([self.total]);
        sums.all(f64::is_finite) && self.errors.iter().all(|error| error.is_finite())
    }

    /// Adds the batch of the items `indices`.
    pub fn add(&mut self, indices: &[usize], loss: &Loss) {
        let weight = indices.len() as f64;
        self.items += indices.len();
        self.total += weight * scalar(&loss.total);
        self.parts.resize(loss.parts.len(), (String::new(), 0.0));
        for (sum, (name, value)) in self.parts.iter_mut().zip(&loss.parts) {
            *sum = ((*name).to_owned(), sum.1 + weight * scalar(value));
        }
        self.errors.extend(loss.errors.to_data().try_into_vec::<f32>().unwrap_or_default());
    }

    /// What the epoch came to.
    pub fn epoch(mut self, epoch: usize, epochs: usize) -> Epoch {
        let mean = |sum: f64| (sum / self.items.max(1) as f64) as f32;
        Epoch {
            epoch,
            epochs,
            loss: mean(self.total),
            parts: self.parts.iter().map(|(name, sum)| (name.clone(), mean(*sum))).collect(),
            gap: gap(&mut self.errors),
        }
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
