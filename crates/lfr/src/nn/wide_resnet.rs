//! WRN-10-4, the wide residual network of the transformation methods.

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use lfr_kernels::ops::{self, Again, Window};

use super::{BatchNorm, Initializer};

/// Numbers in the network's latent.
pub const LATENT: usize = 256;

/// A convolution without bias, padding `kernel / 2`, drawn from N(0, 2 / fan_in).
#[derive(Module, Debug)]
struct PlainConv {
    weight: Param<Tensor<4>>,
    #[module(skip)]
    stride: usize,
}

impl PlainConv {
    fn new(channels: (usize, usize), kernel: usize, stride: usize, init: &mut Initializer<'_>) -> Self {
        let (inputs, outputs) = channels;
        let std = (2.0 / (kernel * kernel * inputs) as f32).sqrt();
        Self { weight: init.normal([outputs, inputs, kernel, kernel], std), stride }
    }

    /// Of `x`, which the backward pass makes again where `again` tells how.
    fn forward(&self, x: Tensor<4>, again: Option<&Again>) -> Tensor<4> {
        let weight = self.weight.val();
        let padding = weight.dims()[2] / 2;
        ops::conv2d_again(x, again, weight, Window { stride: self.stride, padding })
    }
}

/// A pre-activation block whose shortcut is a 1x1 convolution on the activated input.
#[derive(Module, Debug)]
struct Block {
    norm1: BatchNorm,
    conv1: PlainConv,
    norm2: BatchNorm,
    conv2: PlainConv,
    shortcut: PlainConv,
}

impl Block {
    fn new(channels: (usize, usize), stride: usize, init: &mut Initializer<'_>) -> Self {
        let (inputs, outputs) = channels;
        Self {
            norm1: BatchNorm::new(inputs, init),
            conv1: PlainConv::new((inputs, outputs), 3, stride, init),
            norm2: BatchNorm::new(outputs, init),
            conv2: PlainConv::new((outputs, outputs), 3, 1, init),
            shortcut: PlainConv::new((inputs, outputs), 1, stride, init),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        let (a, again) = self.norm1.forward_relu_again(x);
        let [a, side] = ops::fork(a);
        let h = self.conv1.forward(a, again.as_ref());
        let side = self.shortcut.forward(side, again.as_ref());
        let (h, again) = self.norm2.forward_relu_again(h);
        ops::add(self.conv2.forward(h, again.as_ref()), side)
    }
}

/// One block a group (16 to 64, 128 and 256 channels), batch normalisation, ReLU and a global average.
#[derive(Module, Debug)]
pub struct WideResNet {
    conv: PlainConv,
    blocks: [Block; 3],
    norm: BatchNorm,
}

impl WideResNet {
    /// For pictures of `channels` channels, any side that is a multiple of 8.
    pub fn new(channels: usize, init: &mut Initializer<'_>) -> Self {
        Self {
            conv: PlainConv::new((channels, 16), 3, 1, init),
            blocks: [
                Block::new((16, 64), 1, init),
                Block::new((64, 128), 2, init),
                Block::new((128, LATENT), 2, init),
            ],
            norm: BatchNorm::new(LATENT, init),
        }
    }

    /// `[n, channels, side, side]` to `[n, 256]`.
    pub fn forward(&self, x: Tensor<4>) -> Tensor<2> {
        let x = self.blocks.iter().fold(self.conv.forward(x, None), |x, block| block.forward(x));
        ops::average(self.norm.forward_relu(x))
    }
}
