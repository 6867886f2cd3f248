//! Layers with fused activations; parameters have PyTorch's names and shapes.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use lfr_kernels::ops::{self, Window};

use super::{Activation, Initializer};

/// y = act(x Wᵀ + b).
#[derive(Module, Debug)]
pub struct Linear {
    weight: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
    #[module(skip)]
    activation: Activation,
    #[module(skip)]
    sparse: bool,
}

impl Linear {
    /// A layer from `inputs` to `outputs` units; weight `[outputs, inputs]`, bias `[outputs]`.
    pub fn new(inputs: usize, outputs: usize, activation: Activation, init: &mut Initializer<'_>) -> Self {
        let (weight, bias) = init.layer([outputs, inputs], outputs, (inputs, outputs));
        Self { weight, bias, activation, sparse: false }
    }

    /// The first layer of a network on items of mostly zeros: to these no gradient flows.
    pub fn on_sparse(
        inputs: usize,
        outputs: usize,
        activation: Activation,
        init: &mut Initializer<'_>,
    ) -> Self {
        Self { sparse: true, ..Self::new(inputs, outputs, activation, init) }
    }

    /// The same with a bias of zeros to begin with.
    pub fn without_initial_bias(
        inputs: usize,
        outputs: usize,
        activation: Activation,
        init: &mut Initializer<'_>,
    ) -> Self {
        let weight = init.layer([outputs, inputs], outputs, (inputs, outputs)).0;
        Self { weight, bias: init.constant([outputs], 0.0), activation, sparse: false }
    }

    /// `[n, inputs]` to `[n, outputs]`.
    pub fn forward(&self, x: Tensor<2>) -> Tensor<2> {
        let (fused, rest) = self.activation.fused();
        let layer = if self.sparse { ops::sparse_linear } else { ops::linear };
        rest.apply(layer(x, self.weight.val(), self.bias.val(), fused))
    }
}

/// A square convolution with padding.
#[derive(Module, Debug)]
pub struct Conv {
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    #[module(skip)]
    stride: usize,
    #[module(skip)]
    padding: usize,
    #[module(skip)]
    activation: Activation,
}

impl Conv {
    /// From `channels.0` to `channels.1` channels; weight `[out, in, kernel, kernel]`, padding `kernel / 2`.
    pub fn new(
        channels: (usize, usize),
        kernel: usize,
        stride: usize,
        activation: Activation,
        init: &mut Initializer<'_>,
    ) -> Self {
        let (inputs, outputs) = channels;
        let area = kernel * kernel;
        let shape = [outputs, inputs, kernel, kernel];
        let (weight, bias) = init.layer(shape, outputs, (inputs * area, outputs * area));
        Self { weight, bias, stride, padding: kernel / 2, activation }
    }

    /// `[n, in, h, w]` to `[n, out, ceil(h / stride), ceil(w / stride)]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let (fused, rest) = self.activation.fused();
        let window = Window { stride: self.stride, padding: self.padding };
        rest.apply(ops::conv2d(x, self.weight.val(), Some(self.bias.val()), window, fused))
    }
}

/// The transposed convolution that doubles height and width.
#[derive(Module, Debug)]
pub struct ConvTranspose {
    weight: Param<Tensor<4>>,
    bias: Param<Tensor<1>>,
    #[module(skip)]
    padding: usize,
    #[module(skip)]
    activation: Activation,
}

impl ConvTranspose {
    /// From `channels.0` to `channels.1` channels, stride 2; weight `[in, out, kernel, kernel]`, padding
    /// `kernel / 2`, output padding 1.
    pub fn new(
        channels: (usize, usize),
        kernel: usize,
        activation: Activation,
        init: &mut Initializer<'_>,
    ) -> Self {
        let (inputs, outputs) = channels;
        // PyTorch takes the fan-in from the weight's second dimension, here the outputs.
        let area = kernel * kernel;
        let shape = [inputs, outputs, kernel, kernel];
        let (weight, bias) = init.layer(shape, outputs, (outputs * area, inputs * area));
        Self { weight, bias, padding: kernel / 2, activation }
    }

    /// `[n, in, h, w]` to `[n, out, 2 h, 2 w]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let (fused, rest) = self.activation.fused();
        let window = Window { stride: 2, padding: self.padding };
        rest.apply(ops::conv_transpose2d(x, self.weight.val(), Some(self.bias.val()), window, 1, fused))
    }
}
