//! The networks of Elite.

use burn::module::{Module, Param};
use burn::tensor::Tensor;

use lfr_kernels::Activation;
use lfr_kernels::ops::{self, Window};

use super::autoencoder::{Input, Shape};
use super::{BatchNorm, Direction, Dual, Initializer};

const SLOPE: f64 = 0.01;
const EPSILON: f32 = 1e-4;
const CODE: usize = 128;

/// A bias-free layer and its normalisation; the shape of the weight tells its kind.
#[derive(Module, Debug)]
struct Block {
    dense: Option<Param<Tensor<2>>>,
    conv: Option<Param<Tensor<4>>>,
    norm: BatchNorm,
}

impl Block {
    fn dense(inputs: usize, outputs: usize, init: &mut Initializer<'_>) -> Self {
        let (weight, _) = init.layer([outputs, inputs], outputs, (inputs, outputs));
        Self { dense: Some(weight), conv: None, norm: BatchNorm::without_affine(outputs, EPSILON, init) }
    }

    fn conv(shape: [usize; 4], fan_in: usize, outputs: usize, init: &mut Initializer<'_>) -> Self {
        let (weight, _) = init.layer(shape, outputs, (fan_in, fan_in));
        Self { dense: None, conv: Some(weight), norm: BatchNorm::without_affine(outputs, EPSILON, init) }
    }

    fn output(self, outputs: usize, init: &mut Initializer<'_>) -> Self {
        Self { norm: BatchNorm::new(outputs, init), ..self }
    }

    fn forward_dense(&self, x: Dual<2>, direction: Option<&Direction>) -> Dual<2> {
        let Some(weight) = &self.dense else { return x };
        let weight = Dual::parameter(weight, direction);
        self.norm.forward_dual(x.bilinear(weight, |x, weight| x.matmul(weight.transpose())), direction)
    }

    fn forward_conv(&self, x: Dual<4>, window: Window, direction: Option<&Direction>) -> Dual<4> {
        let Some(weight) = &self.conv else { return x };
        let weight = Dual::parameter(weight, direction);
        let y = x.bilinear(weight, |x, weight| ops::conv2d(x, weight, None, window, Activation::None));
        self.norm.forward_dual(y, direction)
    }

    fn forward_deconv(&self, x: Dual<4>, direction: Option<&Direction>) -> Dual<4> {
        let Some(weight) = &self.conv else { return x };
        let weight = Dual::parameter(weight, direction);
        let window = Window { stride: 2, padding: 1 };
        let y = x.bilinear(weight, |x, weight| {
            ops::conv_transpose2d(x, weight, None, window, 0, Activation::None)
        });
        self.norm.forward_dual(y, direction)
    }
}

/// Elite-AE's autoencoder: three 4x4 convolutions of stride 2 and their mirror, no dense layer; for vectors
/// width-128-64-32 and back.
#[derive(Module, Debug)]
pub struct EliteAutoencoder {
    encoder: Vec<Block>,
    decoder: Vec<Block>,
    #[module(skip)]
    input: Input,
}

impl EliteAutoencoder {
    /// For items of `shape`; the latent has 32 channels for grey pictures, 128 for RGB.
    pub fn new(shape: &Shape, init: &mut Initializer<'_>) -> Self {
        let Input::Picture { channels, .. } = shape.input else {
            let mut layers = |sizes: [usize; 4]| -> Vec<Block> {
                sizes.windows(2).map(|w| Block::dense(w[0], w[1], init)).collect()
            };
            let encoder = layers([shape.width, 128, 64, 32]);
            let mut decoder = layers([32, 64, 128, shape.width]);
            let last = decoder.pop().map(|last| last.output(shape.width, init));
            decoder.extend(last);
            return Self { encoder, decoder, input: shape.input };
        };
        let l = if channels == 1 { 32 } else { 128 };
        let encoder = [(channels, 4 * l), (4 * l, 2 * l), (2 * l, l)]
            .map(|(i, o)| Block::conv([o, i, 4, 4], 16 * i, o, init));
        let decoder = [(l, l / 2), (l / 2, l / 4), (l / 4, channels)]
            .map(|(i, o)| Block::conv([i, o, 4, 4], 16 * o, o, init));
        let [first, second, last] = decoder;
        let decoder = vec![first, second, last.output(channels, init)];
        Self { encoder: encoder.into(), decoder, input: shape.input }
    }

    /// x̂ `[n, width]` with its derivative along `direction`; tanh after the output for pictures.
    pub fn rebuild(&self, x: Tensor<2>, direction: Option<&Direction>) -> Dual<2> {
        let x = Dual::constant(x);
        let Some((last, hidden)) = self.decoder.split_last() else { return x };
        let Input::Picture { channels, side } = self.input else {
            let layers = self.encoder.iter().chain(hidden);
            let x = layers.fold(x, |x, layer| layer.forward_dense(x, direction).leaky_relu(SLOPE));
            return last.forward_dense(x, direction);
        };
        let x = x.linear(|x| ops::pictures(x, [channels, side, side]));
        let down = Window { stride: 2, padding: 1 };
        let x = self.encoder.iter().fold(x, |x, b| b.forward_conv(x, down, direction).leaky_relu(SLOPE));
        let x = hidden.iter().fold(x, |x, b| b.forward_deconv(x, direction).leaky_relu(SLOPE));
        last.forward_deconv(x, direction).tanh().linear(ops::flatten)
    }
}

/// Elite-SVDD's encoder: three 5x5 convolutions with pooling and a dense layer to 128; for vectors
/// width-128-64-32. No biases, so that it cannot map everything to one point.
#[derive(Module, Debug)]
pub struct EliteEncoder {
    layers: Vec<Block>,
    code: Option<Param<Tensor<2>>>,
    #[module(skip)]
    input: Input,
}

impl EliteEncoder {
    /// For items of `shape`.
    pub fn new(shape: &Shape, init: &mut Initializer<'_>) -> Self {
        let Input::Picture { channels, side } = shape.input else {
            let sizes = [shape.width, 128, 64, 32];
            let layers = sizes.windows(2).map(|w| Block::dense(w[0], w[1], init)).collect();
            return Self { layers, code: None, input: shape.input };
        };
        let layers = [(channels, 32), (32, 64), (64, 128)]
            .map(|(i, o)| Block::conv([o, i, 5, 5], 25 * i, o, init))
            .into();
        let flat = 128 * (side / 8) * (side / 8);
        let (code, _) = init.layer([CODE, flat], CODE, (flat, CODE));
        Self { layers, code: Some(code), input: shape.input }
    }

    /// f(x), `[n, 128]` for pictures, `[n, 32]` for vectors, with its derivative along `direction`.
    pub fn encode(&self, x: Tensor<2>, direction: Option<&Direction>) -> Dual<2> {
        let x = Dual::constant(x);
        let Input::Picture { channels, side } = self.input else {
            return self.layers.iter().fold(x, |x, b| b.forward_dense(x, direction).leaky_relu(SLOPE));
        };
        let x = x.linear(|x| ops::pictures(x, [channels, side, side]));
        let same = Window { stride: 1, padding: 2 };
        let layers = self.layers.iter();
        let x = layers.fold(x, |x, b| b.forward_conv(x, same, direction).leaky_relu(SLOPE).max_pool());
        let x = x.linear(ops::flatten);
        let Some(code) = &self.code else { return x };
        x.bilinear(Dual::parameter(code, direction), |x, code| x.matmul(code.transpose()))
    }
}
