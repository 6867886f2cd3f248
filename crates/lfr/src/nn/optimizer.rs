//! PyTorch's Adam.

use burn::module::Module;
use burn::tensor::{Bytes, Tensor};
use burn_optim::{GradientsParams, ModuleOptimizer};

use crate::error::{Error, Result};

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

    /// Its moments, by the identities of the parameters.
    ///
    /// # Errors
    /// [`Error::Device`] when they cannot be read back.
    pub(crate) fn moments(&self) -> Result<Vec<u8>> {
        let bytes = self.inner.into_bytes().map_err(|e| unreadable(&e))?;
        Ok(bytes.to_vec())
    }

    /// Goes on with `moments`.
    ///
    /// # Errors
    /// [`Error::Device`] when they are no moments.
    pub(crate) fn restore(&mut self, moments: Vec<u8>) -> Result<()> {
        self.inner =
            self.inner.clone().from_bytes(Bytes::from_bytes_vec(moments)).map_err(|e| unreadable(&e))?;
        Ok(())
    }

    /// One step down the gradient of `loss`.
    pub fn step<M: Module>(&mut self, model: M, loss: &Tensor<1>) -> M {
        let gradients = GradientsParams::from_grads(loss.backward(), &model);
        self.inner.step(self.learning_rate, model, gradients)
    }
}

fn unreadable(error: &dyn std::fmt::Debug) -> Error {
    Error::Device {
        name: "in use".into(),
        problem: format!("the optimiser's moments cannot be kept: {error:?}"),
    }
}
