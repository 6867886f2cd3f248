//! Batch normalisation in PyTorch's conventions.

use burn::module::{Module, Param, RunningState};
use burn::tensor::module::{batch_norm, batch_norm_train};
use burn::tensor::{Tensor, activation};

use super::Initializer;

const EPSILON: f64 = 1e-5;
const MOMENTUM: f32 = 0.1;

/// Batch normalisation over the second dimension: batch statistics while gradients are tracked, running ones
/// otherwise.
#[derive(Module, Debug)]
pub struct BatchNorm {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
    running_mean: RunningState<Tensor<1>>,
    running_var: RunningState<Tensor<1>>,
}

impl BatchNorm {
    /// Over `channels` channels, beginning as the identity.
    pub fn new(channels: usize, init: &mut Initializer<'_>) -> Self {
        let running = |value: f32, init: &mut Initializer<'_>| {
            RunningState::new(init.constant([channels], value).val().detach())
        };
        Self {
            running_mean: running(0.0, init),
            running_var: running(1.0, init),
            gamma: init.constant([channels], 1.0),
            beta: init.constant([channels], 0.0),
        }
    }

    /// `[n, channels, ..]`, same shape out as in.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        let (gamma, beta) = (self.gamma.val(), self.beta.val());
        let dims = x.dims();
        let count = dims.iter().product::<usize>() / dims[1].max(1);
        // A single value has no variance; PyTorch refuses it, here the running statistics serve.
        if !x.device().is_autodiff() || count == 1 {
            let (mean, var) = (self.running_mean.value(), self.running_var.value());
            return batch_norm(x, gamma, beta, mean, var, EPSILON);
        }
        let batch = batch_norm_train(x, gamma, beta, EPSILON);
        self.track(&self.running_mean, batch.mean);
        // The batch is normalised by the biased variance; the running one is unbiased, as PyTorch's.
        let unbiased = count as f32 / (count - 1) as f32;
        self.track(&self.running_var, batch.variance.mul_scalar(unbiased));
        batch.output
    }

    /// ReLU of [`BatchNorm::forward`].
    pub fn forward_relu<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        activation::relu(self.forward(x))
    }

    fn track(&self, running: &RunningState<Tensor<1>>, batch: Tensor<1>) {
        let old = running.value_sync().mul_scalar(1.0 - MOMENTUM);
        running.update((old + batch.detach().mul_scalar(MOMENTUM)).detach());
    }
}
