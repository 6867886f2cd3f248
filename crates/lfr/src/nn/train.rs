//! The training loop.

use burn::module::Module;
use burn::tensor::{Int, Tensor};
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Adam, Readback, store_state};
use crate::data::{Values, Weights};
use crate::error::{Error, Result};
use crate::method::{Context, Epoch};

/// Items a network sees at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[n, width]`, pictures flattened as C x H x W.
    pub x: Tensor<2>,
    /// `[n]`: which matrix of the latent layer each item uses; `None` when there is one.
    pub groups: Option<Tensor<1, Int>>,
}

/// What a step minimises.
pub struct Loss {
    /// The sum that is differentiated, `[1]`.
    pub total: Tensor<1>,
    /// Its summands by name, each `[1]`.
    pub parts: Vec<(&'static str, Tensor<1>)>,
    /// `[n]`: each item's error under the training path, for the gap.
    pub errors: Tensor<1>,
}

/// How long and how fast to train.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Schedule {
    /// Passes over the data.
    ///
    /// Source: 1000 for the autoencoders of Lin et al. 2023; the other methods as their authors had it, see their defaults.
    pub epochs: usize,
    /// Items to train on in all; the epochs are cut so that they do not exceed it, one is always run. 0 sets no limit.
    ///
    /// Source: none; the default of `rank` bounds its time with it.
    pub most_items: usize,
    /// Items per step; the last, partial batch of an epoch is kept.
    ///
    /// Source: Lin et al. 2023, experiments.
    pub batch_size: usize,
    /// Adam's step size.
    ///
    /// Source: 2.5e-4 in Lin et al. 2023; the other methods as their authors had it.
    pub learning_rate: f64,
    /// L2 penalty added to the gradient.
    ///
    /// Source: not in Lin et al. 2023; 1e-6 in their 2021 code, 5e-4 for the networks with batch normalisation.
    pub weight_decay: f32,
    /// Adam's guard against division by zero.
    ///
    /// Source: PyTorch's 1e-8; 1e-7 where the authors used Keras's.
    pub epsilon: f32,
}

impl Schedule {
    /// The step of plain Adam down `loss`.
    pub fn adam<M: Module>(&self, loss: impl Fn(&M, &Batch) -> Loss) -> impl FnMut(M, &Batch) -> (M, Loss) {
        let mut adam = Adam::new(self.learning_rate, self.epsilon, self.weight_decay);
        move |model, batch| {
            let loss = loss(&model, batch);
            (adam.step(model, &loss.total), loss)
        }
    }
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
    fn epochs_for(&self, items: usize) -> usize {
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

/// Trains `model` on `items` items that `batch` lays out by index: `step` improves it on one batch and returns the
/// loss it had there, `after` is called at each epoch's end.
///
/// A loss that is not finite ends training; the last model that began an epoch with a finite loss is returned with a
/// warning in the context, unless it is the first epoch.
///
/// # Errors
/// [`Error::Diverged`] in the first epoch; whatever `after` and the observer return, [`Error::Interrupted`]
/// among it.
pub fn train<M: Module>(
    mut model: M,
    items: usize,
    schedule: &Schedule,
    context: &mut Context<'_>,
    batch: impl Fn(&[usize]) -> Batch,
    mut step: impl FnMut(M, &Batch) -> (M, Loss),
    mut after: impl FnMut(&M, Epoch, &mut Context<'_>) -> Result<()>,
) -> Result<M> {
    let mut random = context.seed.stream("shuffle");
    let mut order: Vec<usize> = (0..items).collect();
    let epochs = schedule.epochs_for(items);
    if epochs < schedule.epochs {
        context.warnings.push(format!(
            "the network was trained for {epochs} of {} epochs, because there are many items; --epochs changes that",
            schedule.epochs
        ));
    }
    let mut good = model.valid();
    for epoch in 1..=epochs {
        order.shuffle(&mut random);
        let mut tally = Tally::default();
        for (done, indices) in order.chunks(schedule.batch_size).enumerate() {
            context.observer.step(done, items.div_ceil(schedule.batch_size))?;
            // Shares no running statistics with the model; held for one step an epoch only, because a parameter held
            // elsewhere is not updated in place.
            let start = (done == 0).then(|| model.valid());
            let (better, loss) = step(model, &batch(indices));
            if let Some(start) = start.filter(|_| scalar(&loss.total).is_finite()) {
                good = start;
            }
            tally.add(indices, &loss)?;
            model = better;
        }
        let summary = tally.epoch(epoch, epochs)?;
        if !summary.loss.is_finite() {
            if epoch == 1 {
                return Err(Error::Diverged { epoch, loss: summary.loss });
            }
            context.warnings.push(diverged(epoch, epochs));
            return Ok(good);
        }
        // The losses tell how the model was before each step; of the last one they tell nothing.
        if epoch == epochs && !is_finite(&model) {
            if epoch == 1 {
                return Err(Error::Diverged { epoch, loss: f32::NAN });
            }
            context.warnings.push(diverged(epoch, epochs));
            return Ok(good);
        }
        after(&model, summary, context)?;
    }
    Ok(model)
}

/// Whether every parameter of `model` is a number.
fn is_finite<M: Module>(model: &M) -> bool {
    let mut weights = Weights::default();
    store_state(model, &mut weights);
    let finite = |values: &Values| match values {
        Values::F32(values) => values.iter().all(|value| value.is_finite()),
        _ => true,
    };
    weights.iter().all(|(_, array)| finite(&array.values))
}

/// The warning of a training that was stopped.
pub fn diverged(epoch: usize, epochs: usize) -> String {
    format!("training diverged in epoch {epoch} of {epochs}; the state before it is kept")
}

/// The losses of an epoch's batches; they are summed at its end, so that no step waits for a GPU.
#[derive(Default)]
struct Tally {
    /// Items of each batch.
    sizes: Vec<usize>,
    parts: Vec<&'static str>,
    /// Batch after batch the total, the parts and the errors.
    losses: Readback,
}

impl Tally {
    fn add(&mut self, indices: &[usize], loss: &Loss) -> Result<()> {
        self.sizes.push(indices.len());
        self.parts = loss.parts.iter().map(|&(name, _)| name).collect();
        self.losses.push(loss.total.clone())?;
        loss.parts.iter().try_for_each(|(_, part)| self.losses.push(part.clone()))?;
        self.losses.push(loss.errors.clone())
    }

    fn epoch(self, epoch: usize, epochs: usize) -> Result<Epoch> {
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
        let parts = self.parts.iter().map(|&name| name.to_owned()).zip(means).collect();
        Ok(Epoch { epoch, epochs, loss, parts, gap: gap(&mut errors) })
    }
}

/// The one number of a loss; NaN when there is none.
pub fn scalar(value: &Tensor<1>) -> f64 {
    value.to_data().try_into_vec::<f32>().ok().and_then(|v| v.first().copied()).map_or(f64::NAN, f64::from)
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
