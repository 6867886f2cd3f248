//! The autoencoder for texts and tables, which the paper does not describe.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Activation;

/// The network for vectors; pictures have their own.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VectorNetwork {
    /// The layers before the latent, and mirrored after it; texts and tables only.
    #[schemars(extend("source" = "the 2021 code of Lin et al"))]
    pub layers: Layers,
    /// How the first layer begins; texts and tables only.
    #[schemars(extend("source" = "PyTorch's, as in the 2021 code of Lin et al"))]
    pub start: Start,
}

/// Widths and activation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Layers {
    /// 512, 256 and 128, ReLU after each, the latent and the output.
    #[default]
    Relu,
    /// 32, 64 and 128, tanh after each, the latent and the output: the paper's channels for pictures.
    Tanh,
}

impl Layers {
    /// Numbers of each hidden layer, and what follows it.
    pub(super) fn of(self) -> ([usize; 3], Activation) {
        match self {
            Layers::Relu => ([512, 256, 128], Activation::Relu),
            Layers::Tanh => ([32, 64, 128], Activation::Tanh),
        }
    }
}

/// How the first layer begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Start {
    /// U(-1/sqrt(n), 1/sqrt(n)) for n inputs. Of TF-IDF rows, whose length is 1, the layer then sees little beside its bias.
    #[default]
    FanIn,
    /// U(-sqrt(3), sqrt(3)) and biases of 0, so that an item of length 1 gives numbers of variance 1.
    UnitItems,
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::data::Csr;
    use crate::nn::autoencoder::{Autoencoder, Between, Input, Shape};
    use crate::nn::{Initializer, Rows};
    use crate::parity::values;
    use crate::seed::Seed;

    /// Largest difference between the latents of two documents without a common word, over the latent's length.
    fn difference(vectors: VectorNetwork) -> f64 {
        let device = Device::flex();
        let shape = Shape { input: Input::NonNegative, width: 5000, latent: 16 };
        let mut init = Initializer::new(Seed(0).stream("init"), &device);
        let network = Autoencoder::new(&shape, vectors, Between::Nothing, &mut init);
        let offsets = vec![0, 4, 8];
        let x = Csr { cols: 5000, offsets, indices: (0..8).map(|i| i * 600).collect(), values: vec![0.5; 8] };
        let z = values(&network.encode(&Rows::of(&x, &[0, 1])));
        let (a, b) = z.split_at(16);
        let length = a.iter().map(|v| v * v).sum::<f64>().sqrt();
        a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max) / length
    }

    #[test]
    fn documents_differ_in_the_latent_from_the_start() {
        for layers in [Layers::Relu, Layers::Tanh] {
            assert!(difference(VectorNetwork { layers, start: Start::UnitItems }) > 0.1, "{layers:?}");
        }
        assert!(difference(VectorNetwork::default()) < 0.01);
    }
}
