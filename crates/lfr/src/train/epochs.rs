//! The training loop.

use burn::module::Module;
use rand::seq::SliceRandom;

use super::keeper::{Keeper, Place};
use super::tally::Tally;
use super::{Context, Epoch, Schedule, Step};
use crate::error::{Error, Result};
use crate::nn::{Batch, is_finite, scalar};

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
        // The losses tell how the model was before each step; of the last one they tell nothing.
        let lost = match summary.loss {
            loss if !loss.is_finite() => Some(loss),
            _ => (epoch == epochs && !is_finite(&model)).then_some(f32::NAN),
        };
        if let Some(loss) = lost {
            if epoch == 1 {
                return Err(Error::Diverged { epoch, loss });
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

/// The warning of a training that was stopped.
pub fn diverged(epoch: usize, epochs: usize) -> String {
    format!("training diverged in epoch {epoch} of {epochs}; the state before it is kept")
}
