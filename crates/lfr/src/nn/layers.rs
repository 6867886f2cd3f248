//! Layers with fused activations; parameters have PyTorch's names and shapes.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use lfr_kernels::ops::{self, Sparse, Window};

use super::{Activation, Initializer, Rows};

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
        let layer = Self::new(inputs, outputs, activation, init);
        let weight = layer.weight.map(ops::stored_by_column).set_require_grad(true);
        Self { weight, sparse: true, ..layer }
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
        rest.apply(ops::linear(x, self.weight.val(), self.bias.val(), fused))
    }

    /// [`Linear::forward`] of items, to which no gradient flows.
    pub fn forward_items(&self, x: &Rows) -> Tensor<2> {
        let sparse = match x {
            Rows::Sparse(x) => Some(x.clone()),
            Rows::Dense(x) if self.sparse => Sparse::of(x),
            Rows::Dense(_) => None,
        };
        match sparse {
            None => self.forward(x.dense()),
            Some(x) => {
                let (fused, rest) = self.activation.fused();
                rest.apply(ops::sparse_linear(&x, self.weight.val(), self.bias.val(), fused))
            }
        }
    }

    /// `[n]`: the squared errors of [`Linear::forward`] of `h`, `[n, inputs]`, as a reconstruction of `x`.
    pub fn errors(&self, h: Tensor<2>, x: &Rows) -> Tensor<1> {
        match (x, self.activation.fused()) {
            (Rows::Sparse(x), (fused, Activation::Identity)) => {
                ops::sparse_errors(x, h, self.weight.val(), self.bias.val(), fused)
            }
            _ => ops::squared_errors(x.dense(), self.forward(h)),
        }
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

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;
    use crate::data::Csr;
    use crate::parity::values;
    use crate::seed::Seed;

    /// As an autoencoder's first and last layer, trained alike on rows with their zeros and without.
    #[test]
    fn rows_without_their_zeros_give_the_same() {
        let device = Device::flex().autodiff();
        let mut init = Initializer::new(Seed(0).stream("init"), &device);
        let first = Linear::on_sparse(30, 8, Activation::Relu, &mut init);
        let last = Linear::new(8, 30, Activation::Relu, &mut init);
        let offsets = vec![0, 2, 2, 3];
        let x = Csr { cols: 30, offsets, indices: vec![3, 29, 7], values: vec![0.5, 0.25, 1.0] };
        let sparse = Rows::of(&x, &[2, 0, 1]);
        let dense = Rows::Dense(Tensor::from_inner(sparse.dense()));
        let results = [&sparse, &dense].map(|x| {
            let errors = last.errors(first.forward_items(x), x);
            let gradients = errors.clone().sum().backward();
            let of = |weight: &Param<Tensor<2>>| values(&weight.val().grad(&gradients).expect("a gradient"));
            [values(&errors), of(&first.weight), of(&last.weight)]
        });
        for (a, b) in results[0].iter().flatten().zip(results[1].iter().flatten()) {
            assert!((a - b).abs() < 1e-6, "{a} {b}");
        }
        assert!(results[0][1].iter().any(|gradient| *gradient != 0.0));
    }
}
