//! PyTorch's Adam.

use burn::module::Module;
use burn::tensor::Tensor;
use burn_optim::{GradientsParams, ModuleOptimizer};

/// Adam (betas .9 and .999) whose weight decay is an L2 term added to the gradient.
pub struct Adam {
    inner: ModuleOptimizer,
    learning_rate: f64,
}

impl Adam {
    /// An optimiser with fresh moments.
    pub fn new(learning_rate: f64, epsilon: f32, weight_decay: f32) -> Self {
        let inner = ModuleOptimizer::from(lfr_kernels::ops::Adam::new(epsilon, weight_decay));
        Self { inner, learning_rate }
    }

    /// One step down the gradient of `loss`.
    pub fn step<M: Module>(&mut self, model: M, loss: &Tensor<1>) -> M {
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        self.inner.step(self.learning_rate, model, gradients)
    }
}
