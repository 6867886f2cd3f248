//! How long and how fast a network is trained.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How long and how fast to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Passes over the data.
    #[schemars(extend("source" = "1000 for the autoencoders of Lin et al. 2023; the other methods as their authors had it, see their defaults"))]
    pub epochs: usize,
    /// Items to train on in all; the epochs are cut so that they do not exceed it, one is always run. 0 sets no limit.
    #[schemars(extend("source" = "none; the default of rank bounds its time with it"))]
    pub most_items: usize,
    /// Items per step; the last, partial batch of an epoch is kept.
    #[schemars(extend("source" = "Lin et al. 2023, experiments"))]
    pub batch_size: usize,
    /// Adam's step size.
    #[schemars(extend("source" = "2.5e-4 in Lin et al. 2023; the other methods as their authors had it"))]
    pub learning_rate: f64,
    /// L2 penalty added to the gradient.
    #[schemars(extend("source" = "not in Lin et al. 2023; 1e-6 in their 2021 code, 5e-4 for the networks with batch normalisation"))]
    pub weight_decay: f32,
    /// Adam's guard against division by zero.
    #[schemars(extend("source" = "PyTorch's 1e-8; 1e-7 where the authors used Keras's"))]
    pub epsilon: f32,
}

impl Default for Schedule {
    /// The paper's: 1000 epochs of batches of 128 at 2.5e-4; decay 1e-6 as in its authors' 2021 code.
    fn default() -> Self {
        Self {
            epochs: 1000,
            most_items: 0,
            batch_size: 128,
            learning_rate: 2.5e-4,
            weight_decay: 1e-6,
            epsilon: 1e-8,
        }
    }
}

impl Schedule {
    /// The epochs for `items` items.
    pub(super) fn epochs_for(&self, items: usize) -> usize {
        match self.most_items {
            0 => self.epochs,
            most => self.epochs.min(most / items.max(1)).max(1),
        }
    }

    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] naming the first setting out of range.
    pub fn validate(&self) -> Result<()> {
        let positive = |key: &str, value: f64| {
            if value.is_finite() && value > 0.0 {
                Ok(())
            } else {
                Err(Error::config(key, value, "must be a number above 0"))
            }
        };
        positive("epochs", self.epochs as f64)?;
        positive("batch_size", self.batch_size as f64)?;
        positive("learning_rate", self.learning_rate)?;
        positive("epsilon", f64::from(self.epsilon))?;
        if !(self.weight_decay.is_finite() && self.weight_decay >= 0.0) {
            return Err(Error::config("weight_decay", self.weight_decay, "must be 0 or more"));
        }
        Ok(())
    }
}
