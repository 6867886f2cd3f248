//! One step of training.

use burn::module::Module;
use burn::tensor::Tensor;

use super::Schedule;
use crate::nn::{Adam, Batch};

/// What a step minimises.
pub struct Loss {
    /// The sum that is differentiated, `[1]`.
    pub total: Tensor<1>,
    /// Its summands by name, each `[1]`.
    pub parts: Vec<(&'static str, Tensor<1>)>,
    /// `[n]`: each item's error under the training path, for the gap.
    pub errors: Tensor<1>,
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
