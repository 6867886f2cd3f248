//! Activation functions.

use burn::tensor::{Tensor, activation};
use serde::{Deserialize, Serialize};

/// The function after a layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Activation {
    /// Hyperbolic tangent.
    Tanh,
    /// max(x, 0).
    Relu,
    /// max(x, 0.2 x).
    LeakyRelu,
    /// x.
    Identity,
}

impl Activation {
    /// What the kernels fuse into a layer, and what is left to apply after it.
    pub(super) fn fused(self) -> (lfr_kernels::Activation, Activation) {
        match self {
            Activation::Tanh => (lfr_kernels::Activation::Tanh, Activation::Identity),
            Activation::Relu => (lfr_kernels::Activation::Relu, Activation::Identity),
            other => (lfr_kernels::Activation::None, other),
        }
    }

    /// Applies the function to every element.
    pub fn apply<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Activation::Tanh => activation::tanh(x),
            Activation::Relu => activation::relu(x),
            Activation::LeakyRelu => activation::leaky_relu(x, 0.2),
            Activation::Identity => x,
        }
    }
}
