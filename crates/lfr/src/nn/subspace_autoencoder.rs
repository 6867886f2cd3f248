//! RSRAE's network: an encoder without a dense layer, a robust subspace layer, and a decoder.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use lfr_kernels::ops::{self, batch_norm};

use super::autoencoder::{Input, Shape};
use super::{Activation, BatchNorm, Conv, ConvTranspose, Init, Initializer, Linear, Rows};

/// Dimensions of the subspace.
pub const SUBSPACE: usize = 10;

/// TensorFlow's default in batch normalisation.
const EPSILON: f32 = 0.001;

/// What normalises the channels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ChannelNorm {
    /// One learnt affine map per channel, gamma a / sqrt(1.001) + beta: what the official code computes, because its
    /// batch normalisation is never put into training mode.
    Affine,
    /// Batch normalisation.
    Batch,
}

#[derive(Module, Debug)]
enum Norm {
    Affine(ChannelAffine),
    Batch(BatchNorm),
}

#[derive(Module, Debug)]
struct ChannelAffine {
    gamma: Param<Tensor<1>>,
    beta: Param<Tensor<1>>,
}

impl Norm {
    fn new(kind: ChannelNorm, channels: usize, init: &mut Initializer<'_>) -> Self {
        match kind {
            ChannelNorm::Batch => Norm::Batch(BatchNorm::new(channels, init)),
            ChannelNorm::Affine => Norm::Affine(ChannelAffine {
                gamma: init.constant([channels], 1.0),
                beta: init.constant([channels], 0.0),
            }),
        }
    }

    fn forward<const D: usize>(&self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Norm::Batch(norm) => norm.forward(x),
            Norm::Affine(ChannelAffine { gamma, beta }) => {
                let (channels, device) = (gamma.dims(), x.device());
                // What normalisation by running statistics that never moved amounts to.
                let untouched = [Tensor::zeros(channels, &device), Tensor::ones(channels, &device)];
                batch_norm(x, [gamma.val(), beta.val()], untouched, EPSILON, lfr_kernels::Activation::None)
            }
        }
    }
}

/// The network and the subspace matrix.
#[derive(Module, Debug)]
pub struct SubspaceAutoencoder {
    conv: Vec<Conv>,
    deconv: Vec<ConvTranspose>,
    encoder: Vec<Linear>,
    decoder: Vec<Linear>,
    norms: Vec<Norm>,
    /// `[latent, 10]`.
    a: Param<Tensor<2>>,
    #[module(skip)]
    input: Input,
}

impl SubspaceAutoencoder {
    /// For items of `shape`: tanh for pictures, ReLU for TF-IDF, leaky ReLU for other vectors, also after the output.
    pub fn new(shape: &Shape, norm: ChannelNorm, init: &mut Initializer<'_>) -> Self {
        match shape.input {
            Input::Picture { channels, side } => Self::image(shape.input, channels, side, norm, init),
            Input::NonNegative => Self::dense(shape, Activation::Relu, norm, init),
            Input::Vector => Self::dense(shape, Activation::LeakyRelu, norm, init),
        }
    }

    fn image(
        input: Input,
        channels: usize,
        side: usize,
        norm: ChannelNorm,
        init: &mut Initializer<'_>,
    ) -> Self {
        let tanh = Activation::Tanh;
        let flat = 128 * (side / 8) * (side / 8);
        Self {
            conv: vec![
                Conv::new((channels, 32), 5, 2, tanh, init),
                Conv::new((32, 64), 5, 2, tanh, init),
                Conv::new((64, 128), 3, 2, tanh, init),
            ],
            deconv: vec![
                ConvTranspose::new((128, 64), 3, tanh, init),
                ConvTranspose::new((64, 32), 5, tanh, init),
                ConvTranspose::new((32, channels), 5, tanh, init),
            ],
            encoder: Vec::new(),
            decoder: vec![Linear::new(SUBSPACE, flat, tanh, init)],
            norms: [32, 64, 128, 128, 64, 32].map(|c| Norm::new(norm, c, init)).into(),
            a: subspace(flat, init),
            input,
        }
    }

    fn dense(shape: &Shape, activation: Activation, norm: ChannelNorm, init: &mut Initializer<'_>) -> Self {
        let first = if shape.is_sparse() { Linear::on_sparse } else { Linear::new };
        let mut encoder = vec![first(shape.width, 32, activation, init)];
        let mut layer = |(a, b): (usize, usize)| Linear::new(a, b, activation, init);
        encoder.extend([(32, 64), (64, 128)].map(&mut layer));
        let decoder = [(SUBSPACE, 128), (128, 64), (64, 32), (32, shape.width)];
        let decoder = decoder.into_iter().map(&mut layer).collect();
        Self {
            conv: Vec::new(),
            deconv: Vec::new(),
            encoder,
            decoder,
            norms: [32, 64, 128, 128, 64, 32].map(|c| Norm::new(norm, c, init)).into(),
            a: subspace(128, init),
            input: shape.input,
        }
    }

    /// The subspace matrix, `[latent, 10]`.
    pub fn a(&self) -> Tensor<2> {
        self.a.val()
    }

    /// `[n, width]` to the latent y `[n, latent]`.
    pub fn encode(&self, x: &Rows) -> Tensor<2> {
        let Input::Picture { channels, side } = self.input else {
            let first = self.norms[0].forward(self.encoder[0].forward_items(x));
            let layers = self.encoder.iter().zip(&self.norms).skip(1);
            return layers.fold(first, |x, (layer, norm)| norm.forward(layer.forward(x)));
        };
        let x = ops::pictures(x.dense(), [channels, side, side]);
        let layers = self.conv.iter().zip(&self.norms);
        ops::flatten(layers.fold(x, |x, (conv, norm)| norm.forward(conv.forward(x))))
    }

    /// `[n, 10]`, brought to unit length, to `[n, width]`.
    pub fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        let norms = &self.norms[3..];
        let Input::Picture { side, .. } = self.input else {
            let layers = self.decoder.iter().enumerate();
            return layers.fold(z, |x, (i, layer)| match norms.get(i) {
                Some(norm) => norm.forward(layer.forward(x)),
                None => layer.forward(x),
            });
        };
        let x = self.decoder.iter().fold(z, |x, layer| layer.forward(x));
        let x = ops::pictures(x, [128, side / 8, side / 8]);
        let layers = self.deconv.iter().zip(norms);
        ops::flatten(layers.fold(x, |x, (deconv, norm)| deconv.forward(norm.forward(x))))
    }
}

fn subspace(latent: usize, init: &mut Initializer<'_>) -> Param<Tensor<2>> {
    init.matrix(latent, SUBSPACE, Init::StandardNormal)
}
