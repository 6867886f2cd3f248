//! Batch normalisation in PyTorch's conventions.

use burn::module::{Module, Param, RunningState};
use burn::tensor::Tensor;
use lfr_kernels::Activation;
use lfr_kernels::ops::{Again, batch_norm, batch_norm_train};

use super::{Direction, Dual, Initializer};

const MOMENTUM: f32 = 0.1;

/// Batch normalisation over the second dimension: batch statistics while gradients are tracked, running ones
/// otherwise.
#[derive(Module, Debug)]
pub struct BatchNorm {
    gamma: Option<Param<Tensor<1>>>,
    beta: Option<Param<Tensor<1>>>,
    running_mean: RunningState<Tensor<1>>,
    running_var: RunningState<Tensor<1>>,
    #[module(skip)]
    epsilon: f32,
}

impl BatchNorm {
    /// Over `channels` channels, with a learnt scale and shift that begin as the identity.
    pub fn new(channels: usize, init: &mut Initializer<'_>) -> Self {
        let gamma = Some(init.constant([channels], 1.0));
        let beta = Some(init.constant([channels], 0.0));
        Self { gamma, beta, ..Self::without_affine(channels, 1e-5, init) }
    }

    /// Over `channels` channels, without scale and shift.
    pub fn without_affine(channels: usize, epsilon: f32, init: &mut Initializer<'_>) -> Self {
        let mut running = |value: f32| RunningState::new(init.constant([channels], value).val().detach());
        let (running_mean, running_var) = (running(0.0), running(1.0));
        Self { gamma: None, beta: None, running_mean, running_var, epsilon }
    }

    /// `[n, channels, ..]`, same shape out as in.
    pub fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        self.forward_then(x, Activation::None).0
    }

    /// ReLU of [`BatchNorm::forward`].
    pub fn forward_relu<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        self.forward_relu_again(x).0
    }

    /// [`BatchNorm::forward_relu`], and how a convolution of the output may make it again in place of keeping it.
    pub fn forward_relu_again<const D: usize>(&self, x: Tensor<D>) -> (Tensor<D>, Option<Again>) {
        self.forward_then(x, Activation::Relu)
    }

    /// As [`BatchNorm::forward`]; with a direction by the statistics of the batch, leaving the running ones alone.
    pub fn forward_dual<const D: usize>(&self, x: Dual<D>, direction: Option<&Direction>) -> Dual<D> {
        if direction.is_none() {
            return Dual::constant(self.forward(x.value));
        }
        let mut dims = x.value.dims();
        dims.swap(0, 1);
        let channels = dims[0];
        // One row a channel.
        let rows = x.linear(|x| x.swap_dims(0, 1).reshape([channels as i32, -1]));
        let centred = rows.linear(|rows| rows.clone() - rows.mean_dim(1));
        let deviation = (centred.value.clone().square().mean_dim(1) + self.epsilon).sqrt();
        let unit = centred.value / deviation.clone();
        let tangent = centred.tangent.map(|tangent| {
            let along = (unit.clone() * tangent.clone()).mean_dim(1);
            (tangent - unit.clone() * along) / deviation
        });
        let column = |param: &Param<Tensor<1>>| {
            Dual::parameter(param, direction).linear(|param| param.reshape([channels, 1]))
        };
        let mut y = Dual { value: unit, tangent };
        if let (Some(gamma), Some(beta)) = (&self.gamma, &self.beta) {
            let beta = column(beta);
            y = y.bilinear(column(gamma), |y, gamma| y * gamma);
            y.value = y.value + beta.value;
            y.tangent = y.tangent.into_iter().chain(beta.tangent).reduce(|a, b| a + b);
        }
        y.linear(|y| y.reshape(dims).swap_dims(0, 1))
    }

    fn forward_then<const D: usize>(
        &self,
        x: Tensor<D>,
        activation: Activation,
    ) -> (Tensor<D>, Option<Again>) {
        let dims = x.dims();
        let fixed = |value: f32| Tensor::full([dims[1]], value, &x.device());
        let gamma = self.gamma.as_ref().map_or_else(|| fixed(1.0), Param::val);
        let beta = self.beta.as_ref().map_or_else(|| fixed(0.0), Param::val);
        let count = dims.iter().product::<usize>() / dims[1].max(1);
        // A single value has no variance; PyTorch refuses it, here the running statistics serve.
        if !x.device().is_autodiff() || count == 1 {
            let running = [self.running_mean.value(), self.running_var.value()];
            return (batch_norm(x, [gamma, beta], running, self.epsilon, activation), None);
        }
        let batch = batch_norm_train(x, [gamma, beta], self.epsilon, activation);
        self.track(&self.running_mean, batch.mean);
        // The batch is normalised by the biased variance; the running one is unbiased, as PyTorch's.
        let unbiased = count as f32 / (count - 1) as f32;
        self.track(&self.running_var, batch.variance.mul_scalar(unbiased));
        (batch.output, batch.again)
    }

    fn track(&self, running: &RunningState<Tensor<1>>, batch: Tensor<1>) {
        let old = running.value_sync().mul_scalar(1.0 - MOMENTUM);
        running.update((old + batch.detach().mul_scalar(MOMENTUM)).detach());
    }
}
