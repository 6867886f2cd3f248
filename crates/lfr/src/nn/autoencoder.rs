//! The autoencoders that the reconstruction methods share.

use burn::module::Module;
use burn::tensor::Tensor;
use serde::{Deserialize, Serialize};

use lfr_kernels::ops;

use super::vector_network::{Start, VectorNetwork};
use super::{Activation, BatchNorm, Conv, ConvTranspose, Initializer, Linear, Rows};
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

/// What stands between the layers of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Between {
    /// Nothing.
    Nothing,
    /// Batch normalisation after every activation but those of the bottleneck and the output.
    BatchNorm,
}

impl Between {
    fn norms(self, channels: impl IntoIterator<Item = usize>, init: &mut Initializer<'_>) -> Vec<BatchNorm> {
        match self {
            Between::Nothing => Vec::new(),
            Between::BatchNorm => channels.into_iter().map(|c| BatchNorm::new(c, init)).collect(),
        }
    }
}

/// Runs `x` through the `i`-th normalisation, if there are any.
fn normalise<const D: usize>(norms: &[BatchNorm], i: usize, x: Tensor<D>) -> Tensor<D> {
    match norms.get(i) {
        Some(norm) => norm.forward(x),
        None => x,
    }
}

/// The sizes of a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// What comes in and out.
    pub input: Input,
    /// Numbers per item.
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

    /// Whether items are surely mostly zeros: so many words that a document has few of them.
    pub fn is_sparse(&self) -> bool {
        const WORDS: usize = 4096;
        self.input == Input::NonNegative && self.width >= WORDS
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
#[allow(clippy::large_enum_variant, reason = "one a model")]
pub enum Autoencoder {
    /// For pictures.
    Image(ImageAutoencoder),
    /// For vectors.
    Dense(DenseAutoencoder),
}

impl Autoencoder {
    /// The network for `shape`: convolutional with tanh for pictures, dense for vectors.
    pub fn new(shape: &Shape, vectors: VectorNetwork, between: Between, init: &mut Initializer<'_>) -> Self {
        match shape.input {
            Input::Picture { channels, side } => {
                Autoencoder::Image(ImageAutoencoder::new((channels, side), shape.latent, between, init))
            }
            Input::Vector | Input::NonNegative => {
                Autoencoder::Dense(DenseAutoencoder::new(shape, vectors, between, init))
            }
        }
    }

    /// `[n, width]` to `[n, latent]`.
    pub fn encode(&self, x: &Rows) -> Tensor<2> {
        match self {
            Autoencoder::Image(network) => network.encode(x.dense()),
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

    /// `[n]`: the squared errors of [`Autoencoder::decode`] of `z`, `[n, latent]`, as a reconstruction of `x`.
    pub fn errors(&self, z: Tensor<2>, x: &Rows) -> Tensor<1> {
        match self {
            Autoencoder::Image(network) => ops::squared_errors(x.dense(), network.decode(z)),
            Autoencoder::Dense(network) => network.errors(z, x),
        }
    }
}

/// Three strided convolutions (5, 5, 3; 32, 64, 128 channels), a dense layer to the latent, and their mirror;
/// tanh after every layer (Lin et al. 2023, section 4; strides of their 2021 code).
#[derive(Module, Debug)]
pub struct ImageAutoencoder {
    conv: [Conv; 3],
    encode: Linear,
    decode: Linear,
    deconv: [ConvTranspose; 3],
    norms: Vec<BatchNorm>,
    #[module(skip)]
    channels: usize,
    #[module(skip)]
    side: usize,
}

impl ImageAutoencoder {
    /// For pictures of `channels x side x side`, `side` a multiple of 8.
    pub fn new(
        (channels, side): (usize, usize),
        latent: usize,
        between: Between,
        init: &mut Initializer<'_>,
    ) -> Self {
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
            norms: between.norms([32, 64, 128, 128, 64, 32], init),
            channels,
            side,
        }
    }

    fn encode(&self, x: Tensor<2>) -> Tensor<2> {
        let x = ops::pictures(x, [self.channels, self.side, self.side]);
        let layers = self.conv.iter().enumerate();
        let x = layers.fold(x, |x, (i, conv)| normalise(&self.norms, i, conv.forward(x)));
        self.encode.forward(ops::flatten(x))
    }

    fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        let x = ops::pictures(self.decode.forward(z), [128, self.side / 8, self.side / 8]);
        let layers = self.deconv.iter().enumerate();
        ops::flatten(layers.fold(x, |x, (i, deconv)| deconv.forward(normalise(&self.norms, 3 + i, x))))
    }
}

/// Three hidden layers to the latent and their mirror, as [`VectorNetwork`] says.
#[derive(Module, Debug)]
pub struct DenseAutoencoder {
    encoder: Vec<Linear>,
    decoder: Vec<Linear>,
    norms: Vec<BatchNorm>,
}

impl DenseAutoencoder {
    /// For vectors. The output layer is linear where values can be negative.
    pub fn new(shape: &Shape, vectors: VectorNetwork, between: Between, init: &mut Initializer<'_>) -> Self {
        let (hidden @ [a, b, c], activation) = vectors.layers.of();
        let sizes = [shape.width, a, b, c, shape.latent];
        let first = if shape.is_sparse() { Linear::on_sparse } else { Linear::new };
        let first = match vectors.start {
            Start::FanIn => first(sizes[0], sizes[1], activation, init),
            Start::UnitItems => init.for_unit_items(|init| first(sizes[0], sizes[1], activation, init)),
        };
        let mut encoder = vec![first];
        encoder.extend(sizes[1..].windows(2).map(|w| Linear::new(w[0], w[1], activation, init)));
        let output = if shape.input == Input::Vector { Activation::Identity } else { activation };
        let decoder = (0..4)
            .rev()
            .map(|i| Linear::new(sizes[i + 1], sizes[i], if i == 0 { output } else { activation }, init))
            .collect();
        let outward = hidden.into_iter().rev();
        let norms = between.norms(hidden.into_iter().chain(outward), init);
        Self { encoder, decoder, norms }
    }

    fn encode(&self, x: &Rows) -> Tensor<2> {
        let first = normalise(&self.norms, 0, self.encoder[0].forward_items(x));
        let layers = self.encoder.iter().enumerate().skip(1);
        layers.fold(first, |x, (i, layer)| {
            let x = layer.forward(x);
            if i < 3 { normalise(&self.norms, i, x) } else { x }
        })
    }

    fn decode(&self, z: Tensor<2>) -> Tensor<2> {
        self.decoder[3].forward(self.before_last(z))
    }

    fn errors(&self, z: Tensor<2>, x: &Rows) -> Tensor<1> {
        self.decoder[3].errors(self.before_last(z), x)
    }

    /// What the last layer is given.
    fn before_last(&self, z: Tensor<2>) -> Tensor<2> {
        let layers = self.decoder.iter().enumerate().take(3);
        layers.fold(z, |x, (i, layer)| normalise(&self.norms, 3 + i, layer.forward(x)))
    }
}
