//! The state of a training to and from its checkpoint.

use burn::module::Module;
use rand_chacha::ChaCha8Rng;

use super::checkpoint::{Checkpoint, Progress, State};
use super::tally::Tally;
use super::{Context, Step};
use crate::data::Weights;
use crate::error::Result;
use crate::nn::{identified, identities, is_finite, load_state, store_state};

/// Keeps the state of one training, if the context has checkpoints.
pub(super) struct Keeper {
    checkpoint: Option<Checkpoint>,
    /// Epochs of other trainings that the context held before.
    before: usize,
}

/// Where a training stands, before a step.
pub(super) struct Place<'a> {
    pub epoch: usize,
    pub done: usize,
    pub order: &'a [usize],
    pub random: &'a ChaCha8Rng,
    pub tally: &'a mut Tally,
}

/// A training that goes on.
pub(super) struct Kept<M> {
    pub model: M,
    pub good: M,
    pub order: Vec<usize>,
    pub epoch: usize,
    pub done: usize,
    pub tally: Tally,
}

impl Keeper {
    pub fn new(context: &Context<'_>) -> Self {
        let checkpoint = context.checkpoints.as_ref().map(|all| all.training(context.seed));
        Self { checkpoint, before: context.findings.curve.len() }
    }

    /// Whether it is time to write the state.
    pub fn is_due(&self) -> bool {
        self.checkpoint.as_ref().is_some_and(Checkpoint::is_due)
    }

    /// Whether a state was written, by this process or one before.
    pub fn is_written(&self) -> bool {
        self.checkpoint.as_ref().is_some_and(Checkpoint::is_written)
    }

    /// Writes the state, unless training has diverged; `model` is settled, see [`Step::settle`].
    pub fn save<M: Module>(
        &mut self,
        model: &M,
        good: &M,
        step: &mut impl Step<M>,
        place: Place<'_>,
        context: &Context<'_>,
    ) -> Result<()> {
        let Some(checkpoint) = &mut self.checkpoint else { return Ok(()) };
        let Some(tally) = place.tally.held()?.filter(|_| is_finite(model)) else { return Ok(()) };
        let mut arrays = Weights::default();
        for (prefix, module) in [("model/", &model.valid()), ("good/", good)] {
            let mut own = Weights::default();
            store_state(module, &mut own);
            arrays.absorb(prefix, own);
        }
        for (i, adam) in step.optimisers().into_iter().enumerate() {
            let moments = adam.moments()?;
            arrays.put_u8(format!("moments/{i}"), &[moments.len()], moments);
            arrays.absorb(&format!("late/{i}/"), adam.late_moments());
        }
        let order = place.order.iter().map(|&i| u32::try_from(i).unwrap_or(u32::MAX)).collect();
        arrays.put_u32("order", &[place.order.len()], order);
        let progress = Progress {
            epoch: place.epoch,
            done: place.done,
            drawn: u64::try_from(place.random.get_word_pos()).unwrap_or(u64::MAX),
            parameters: identities(model),
            curve: context.findings.curve[self.before..].to_vec(),
            observer: context.observer.held(),
            tally,
        };
        checkpoint.save(&State { progress, arrays })
    }

    /// The training that goes on, `model` giving its layout; what `step`, the random stream and the context hold is put
    /// back.
    pub fn load<M: Module>(
        &mut self,
        model: M,
        step: &mut impl Step<M>,
        random: &mut ChaCha8Rng,
        context: &mut Context<'_>,
    ) -> Result<Option<Kept<M>>> {
        let Some(State { progress, mut arrays }) =
            self.checkpoint.as_mut().map(Checkpoint::load).transpose()?.flatten()
        else {
            return Ok(None);
        };
        let good = load_state(model.valid(), &mut arrays.split_off("good/"))?;
        let model = load_state(model, &mut arrays.split_off("model/"))?;
        let model = identified(model, progress.parameters);
        for (i, adam) in step.optimisers().into_iter().enumerate() {
            let late = arrays.split_off(&format!("late/{i}/"));
            adam.restore(arrays.take_u8(&format!("moments/{i}"), &[None])?.1, late)?;
        }
        let (_, order) = arrays.take_u32("order", &[None])?;
        let order = order.into_iter().map(|i| i as usize).collect();
        random.set_word_pos(progress.drawn.into());
        context.findings.curve.extend(progress.curve);
        context.observer.restore(&progress.observer)?;
        let tally = Tally::restore(progress.tally)?;
        let (epoch, done) = (progress.epoch, progress.done);
        Ok(Some(Kept { model, good, order, epoch, done, tally }))
    }
}
