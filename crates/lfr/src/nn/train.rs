//! The training loop.

use burn::module::Module;
use burn::tensor::{Int, Tensor};
use rand::seq::SliceRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::keeper::{Keeper, Place};
use super::tally::Tally;
use super::{Adam, Rows, store_state};
use crate::data::{Values, Weights};
use crate::error::{Error, Result};
use crate::method::{Context, Epoch};

/// Items a network sees at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[n, width]`, pictures flattened as C x H x W.
    pub x: Rows,
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

/// One step of training, and what it carries from step to step.
pub trait Step<M> {
    /// `model` improved on `batch`, and the loss that it had there.
    fn step(&mut self, model: M, batch: &Batch) -> (M, Loss);

    /// `model` as it is to be read by others than the next step, which may leave weights behind that it does not read.
    fn settle(&mut self, model: M) -> M {
        model
    }

    /// The optimisers, always in the same order.
    fn optimisers(&mut self) -> Vec<&mut Adam>;
}

/// The step of plain Adam down a loss, see [`Schedule::adam`].
pub struct AdamStep<F> {
    adam: Adam,
    loss: F,
}

impl<M: Module, F: Fn(&M, &Batch) -> Loss> Step<M> for AdamStep<F> {
    fn step(&mut self, model: M, batch: &Batch) -> (M, Loss) {
        let model = self.adam.catch_up(model, &batch.x);
        let loss = (self.loss)(&model, batch);
        (self.adam.step_late(model, &loss.total), loss)
    }

    fn settle(&mut self, model: M) -> M {
        self.adam.settle(model)
    }

    fn optimisers(&mut self) -> Vec<&mut Adam> {
        vec![&mut self.adam]
    }
}

impl Schedule {
    /// The step of plain Adam down `loss`.
    pub fn adam<M: Module, F: Fn(&M, &Batch) -> Loss>(&self, loss: F) -> AdamStep<F> {
        AdamStep { adam: Adam::new(self.learning_rate, self.epsilon, self.weight_decay), loss }
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
/// loss it had there, `after` is called at each epoch's end. Where the context has checkpoints, it goes on from the one
/// there is, and leaves others.
///
/// A loss that is not finite ends training; the last model that began an epoch with a finite loss is returned with a
/// warning in the context, unless it is the first epoch.
///
/// # Errors
/// [`Error::Diverged`] in the first epoch; whatever `after` and the observer return, [`Error::Interrupted`]
/// among it; a checkpoint that cannot be used or written.
pub fn train<M: Module>(
    mut model: M,
    items: usize,
    schedule: &Schedule,
    context: &mut Context<'_>,
    batch: impl Fn(&[usize]) -> Batch,
    mut step: impl Step<M>,
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
    let (mut first, mut resumed) = (1, None);
    let mut keeper = Keeper::new(context);
    if let Some(kept) = keeper.load(model.clone(), &mut step, &mut random, context)? {
        (model, good, order, first) = (kept.model, kept.good, kept.order, kept.epoch);
        resumed = Some((kept.done, kept.tally));
    }
    for epoch in first..=epochs {
        let (begun, mut tally) = resumed.take().unwrap_or_else(|| {
            order.shuffle(&mut random);
            (0, Tally::default())
        });
        for (done, indices) in order.chunks(schedule.batch_size).enumerate().skip(begun) {
            let told = context.observer.step(done, items.div_ceil(schedule.batch_size));
            // What took less than the time between two states is not worth one.
            if keeper.is_due() || (told.is_err() && keeper.is_written()) {
                model = step.settle(model);
                let place = Place { epoch, done, order: &order, random: &random, tally: &mut tally };
                keeper.save(&model, &good, &mut step, place, context)?;
            }
            told?;
            // Shares no running statistics with the model; held for one step an epoch only, because a parameter held
            // elsewhere is not updated in place.
            let start = (done == 0).then(|| model.valid());
            let (better, loss) = step.step(model, &batch(indices));
            if let Some(start) = start.filter(|_| scalar(&loss.total).is_finite()) {
                good = start;
            }
            tally.add(indices, &loss)?;
            model = better;
        }
        model = step.settle(model);
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
    if keeper.is_written() {
        let tally = &mut Tally::default();
        let place = Place { epoch: epochs + 1, done: 0, order: &order, random: &random, tally };
        keeper.save(&model, &good, &mut step, place, context)?;
    }
    Ok(model)
}

/// Whether every parameter of `model` is a number.
pub(super) fn is_finite<M: Module>(model: &M) -> bool {
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

/// The one number of a loss; NaN when there is none.
pub fn scalar(value: &Tensor<1>) -> f64 {
    value.to_data().try_into_vec::<f32>().ok().and_then(|v| v.first().copied()).map_or(f64::NAN, f64::from)
}
