//! The autoencoders that the reconstruction methods share.

use burn::module::Module;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use super::{Activation, Conv, ConvTranspose, Initializer, Linear};
use crate::data::Features;

/// What the network is built for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Input {
    /// Pictures of `channels x side x side` in \[-1, 1\].
    Picture {
        /// 1 or 3.
        channels: usize,
        /// Height and width.
        side: usize,
    },
    /// Vectors of any numbers.
    Vector,
    /// Vectors of numbers that are not negative (TF-IDF).
    NonNegative,
}

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// What comes in and out.
    pub input: Input,
    /// Numbers an item.
    pub width: usize,
    /// Numbers in the latent.
    pub latent: usize,
}

impl Shape {
    /// The shape that suits `features`; a `latent` of 0 takes 256 for pictures, 128 for vectors.
    pub fn of(features: &Features, latent: usize) -> Self {
        let input = match features {
            Features::Images(images) => Input::Picture { channels: images.channels, side: images.side },
            Features::Dense(_) => Input::Vector,
            Features::Sparse(_) => Input::NonNegative,
        };
        Self { input, width: features.width(), latent: 0 }.with_latent(latent)
    }

    /// The same with another latent, 0 as in [`Shape::of`].
    pub fn with_latent(self, latent: usize) -> Self {
        let latent = match (latent, self.input) {
            (0, Input::Picture { .. }) => 256,
            (0, _) => 128,
            (given, _) => given,
        };
        Self { latent, ..self }
    }
}

/// An encoder and a decoder.
#[derive(Module, Debug)]
pub enum Autoencoder {
    /// For pictures.
    Image(ImageAutoencoder),
    /// For vectors.
    Dense(DenseAutoencoder),
}

impl Autoencoder {
    /// The network for `shape`: convolutional with tanh for pictures, dense with ReLU for vectors. The output layer
    /// is linear where values can be negative.
    pub fn new(shape: &Shape, init: &mut Initializer<'_>) -> Self {
        let dense = |output, init: &mut Initializer<'_>| {
            Autoencoder::Dense(DenseAutoencoder::new(shape.width, shape.latent, output, init))
        };
        match shape.input {
            Input::Picture { channels, side } => {
                Autoencoder::Image(ImageAutoencoder::new(channels, side, shape.latent, init))
            }
            Input::Vector => dense(Activation::Identity, init),
            Input::NonNegative => dense(Activation::Relu, init),
        }
    }

    /// `[n, width]` to `[n, latent]`.
    pub fn encode(&self, x: Tensor<2>) -> Tensor<2> {
        match self {
            Autoencoder::Image(network) => network.encode(x),
            Autoencoder::Dense(network) => network.encode(x),
        }
    }

    /// `[n, latent]` to `[n, width]`.
    pub fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        match self {
            Autoencoder::Image(network) => network.decode(z),
            Autoencoder::Dense(network) => network.decode(z),
        }
    }
}

/// Three strided convolutions (5, 5, 3; 32, 64, 128 channels), a dense layer to the latent, and their mirror;
/// tanh after every layer, no batch normalisation (Lin et al. 2023, section 4; strides of their 2021 code).
#[derive(Module, Debug)]
pub struct ImageAutoencoder {
    conv: [Conv; 3],
    encode: Linear,
    decode: Linear,
    deconv: [ConvTranspose; 3],
    #[module(skip)]
    channels: usize,
    #[module(skip)]
    side: usize,
}

impl ImageAutoencoder {
    /// For pictures of `channels x side x side`, `side` a multiple of 8.
    pub fn new(channels: usize, side: usize, latent: usize, init: &mut Initializer<'_>) -> Self {
        let tanh = Activation::Tanh;
        let flat = 128 * (side / 8) * (side / 8);
        Self {
            conv: [
                Conv::new((channels, 32), 5, 2, tanh, init),
                Conv::new((32, 64), 5, 2, tanh, init),
                Conv::new((64, 128), 3, 2, tanh, init),
            ],
            encode: Linear::new(flat, latent, tanh, init),
            decode: Linear::new(latent, flat, tanh, init),
            deconv: [
                ConvTranspose::new((128, 64), 3, tanh, init),
                ConvTranspose::new((64, 32), 5, tanh, init),
                ConvTranspose::new((32, channels), 5, tanh, init),
            ],
            channels,
            side,
        }
    }

    fn encode(&self, x: Tensor<2>) -> Tensor<2> {
        let [n, _] = x.dims();
        let x = x.reshape([n, self.channels, self.side, self.side]);
        let x = self.conv.iter().fold(x, |x, conv| conv.forward(x));
        self.encode.forward(x.flatten(1, 3))
    }

    fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        let [n, _] = z.dims();
        let x = self.decode.forward(z).reshape([n, 128, self.side / 8, self.side / 8]);
        self.deconv.iter().fold(x, |x, deconv| deconv.forward(x)).flatten(1, 3)
    }
}

/// width-512-256-128-latent and back, ReLU after every hidden layer and the bottleneck (the text network of
/// the authors' 2021 code).
#[derive(Module, Debug)]
pub struct DenseAutoencoder {
    encoder: Vec<Linear>,
    decoder: Vec<Linear>,
}

impl DenseAutoencoder {
    /// For vectors of `width` numbers; `output` follows the last layer.
    pub fn new(width: usize, latent: usize, output: Activation, init: &mut Initializer<'_>) -> Self {
        let sizes = [width, 512, 256, 128, latent];
        let encoder = sizes.windows(2).map(|w| Linear::new(w[0], w[1], Activation::Relu, init)).collect();
        let decoder = (0..4)
            .rev()
            .map(|i| {
                let activation = if i == 0 { output } else { Activation::Relu };
                Linear::new(sizes[i + 1], sizes[i], activation, init)
            })
            .collect();
        Self { encoder, decoder }
    }

    fn encode(&self, x: Tensor<2>) -> Tensor<2> {
        self.encoder.iter().fold(x, |x, layer| layer.forward(x))
    }

    fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        self.decoder.iter().fold(z, |x, layer| layer.forward(x))
    }
}
