//! The kernels as differentiable operations on burn tensors.
//!
//! On the CPU device they run this crate's kernels, forward and backward; elsewhere they are composed of burn's own
//! operations. Pictures keep the shape `[items, channels, height, width]`, but what these operations return on the CPU
//! is stored channels-last, and read so by the next one without a copy. Other burn operations may lose that storage:
//! the result stays right, the next kernel only copies it first.

mod adam;
mod late_adam;
mod layers;
mod losses;
mod normalise;
mod pictures;
#[cfg(feature = "gpu")]
mod products;
mod sparse;
mod step;
mod storage;

use burn::backend::Flex;
use burn::tensor::module as ordinary;
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Tensor, activation as ordinary_activation};

use crate::{Activation, BatchNorm};

pub use adam::Adam;
pub use late_adam::{LateAdam, Moments};
pub use losses::{distances, mean, penalties, project, squared_errors, sum};
pub use normalise::Again;
pub use pictures::{average, flatten, fork, pictures};
pub use sparse::{Sparse, sparse_errors, sparse_linear, stored_as, stored_by_column};

use layers::Add;
use normalise::{Normalise, OnNormalised};
use step::{Input, apply, on_cpu};

/// How a square window moves over a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// Pixels from one place to the next.
    pub stride: usize,
    /// Zeros around the picture; for transposed convolutions, pixels cut off around it.
    pub padding: usize,
}

impl Window {
    /// The convolution by `weight`, `[out, in, k, k]`.
    fn convolution(self, weight: &Tensor<4>, activation: Activation) -> crate::Conv {
        let [out_channels, in_channels, kernel, _] = weight.dims();
        let Self { stride, padding } = self;
        crate::Conv { in_channels, out_channels, kernel, stride, padding, activation }
    }
}

impl Activation {
    /// The function as ordinary operations.
    fn ordinary<const D: usize>(self, x: Tensor<D>) -> Tensor<D> {
        match self {
            Activation::None => x,
            Activation::Relu => ordinary_activation::relu(x),
            Activation::Tanh => ordinary_activation::tanh(x),
        }
    }
}

#[cfg(feature = "gpu")]
fn add_bias(y: Tensor<4>, bias: Option<Tensor<1>>) -> Tensor<4> {
    match bias {
        Some(bias) => {
            let channels = bias.dims()[0];
            y + bias.reshape([1, channels, 1, 1])
        }
        None => y,
    }
}

/// `act(conv2d(x, weight) + bias)`: `x` is `[n, in, h, w]`, `weight` `[out, in, k, k]`, `bias` `[out]`.
pub fn conv2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    window: Window,
    activation: Activation,
) -> Tensor<4> {
    if !on_cpu(&x) {
        #[cfg(feature = "gpu")]
        if let Some(y) = products::apply(products::Conv(window), &x, &weight) {
            return activation.ordinary(add_bias(y, bias));
        }
        let Window { stride, padding } = window;
        let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
        return activation.ordinary(ordinary::conv2d(x, weight, bias, options));
    }
    let layer = window.convolution(&weight, activation);
    match bias {
        Some(bias) => apply(layer, [x.into(), weight.into(), bias.into()]),
        None => apply(layer, [x.into(), weight.into()]),
    }
}

/// [`conv2d`] without bias and activation of `x`, the output of a batch normalisation: where `again` tells how, the backward
/// pass normalises again, so that `x` need not be kept for it.
pub fn conv2d_again(x: Tensor<4>, again: Option<&Again>, weight: Tensor<4>, window: Window) -> Tensor<4> {
    let Some(again) = again else {
        return conv2d(x, weight, None, window, Activation::None);
    };
    let conv = window.convolution(&weight, Activation::None);
    apply(OnNormalised { conv, again: again.clone() }, [x.into(), weight.into()])
}

/// `act(conv_transpose2d(x, weight) + bias)`: `x` is `[n, in, h, w]`, `weight` `[in, out, k, k]`, `bias` `[out]`;
/// `output_padding` pixels are added at the bottom and the right.
pub fn conv_transpose2d(
    x: Tensor<4>,
    weight: Tensor<4>,
    bias: Option<Tensor<1>>,
    window: Window,
    output_padding: usize,
    activation: Activation,
) -> Tensor<4> {
    let Window { stride, padding } = window;
    if !on_cpu(&x) {
        #[cfg(feature = "gpu")]
        if let Some(y) = products::apply(products::ConvTranspose(window, output_padding), &x, &weight) {
            return activation.ordinary(add_bias(y, bias));
        }
        let options = ConvTransposeOptions::new([stride; 2], [padding; 2], [output_padding; 2], [1; 2], 1);
        return activation.ordinary(ordinary::conv_transpose2d(x, weight, bias, options));
    }
    let [in_channels, out_channels, kernel, _] = weight.dims();
    let layer = crate::ConvTranspose {
        in_channels,
        out_channels,
        kernel,
        stride,
        padding,
        output_padding,
        activation,
    };
    match bias {
        Some(bias) => apply(layer, [x.into(), weight.into(), bias.into()]),
        None => apply(layer, [x.into(), weight.into()]),
    }
}

/// `act(x weightᵀ + bias)`: `x` is `[n, in]`, `weight` `[out, in]`, `bias` `[out]`.
pub fn linear(x: Tensor<2>, weight: Tensor<2>, bias: Tensor<1>, activation: Activation) -> Tensor<2> {
    if !on_cpu(&x) {
        return activation.ordinary(x.matmul(weight.transpose()) + bias.unsqueeze());
    }
    let [outputs, inputs] = weight.dims();
    apply(crate::Linear { inputs, outputs, activation }, [x.into(), weight.into(), bias.into()])
}

/// What batch normalisation in training gives.
pub struct Normalised<const D: usize> {
    /// The activated, normalised batch.
    pub output: Tensor<D>,
    /// Mean of each channel, without gradient.
    pub mean: Tensor<1>,
    /// Variance of each channel, divided by the number of values, without gradient.
    pub variance: Tensor<1>,
    /// How the output is made again; `None` where the kernels do not run.
    pub again: Option<Again>,
}

/// `act(gamma (x - mean) / sqrt(variance + epsilon) + beta)` by the statistics of the batch; channels are the second
/// dimension of `x`.
pub fn batch_norm_train<const D: usize>(
    x: Tensor<D>,
    [gamma, beta]: [Tensor<1>; 2],
    epsilon: f32,
    activation: Activation,
) -> Normalised<D> {
    if !on_cpu(&x) {
        let batch = ordinary::batch_norm_train(x, gamma, beta, f64::from(epsilon));
        let output = activation.ordinary(batch.output);
        let [mean, variance] = [batch.mean, batch.variance].map(Tensor::detach);
        return Normalised { output, mean, variance, again: None };
    }
    let layer = BatchNorm { channels: gamma.dims()[0], epsilon, activation };
    let inputs: [Input; 3] = [x.into(), gamma.into(), beta.into()];
    let by = Normalise::by_batch(layer, inputs[0].numbers());
    let again = Some(Again::new(by.clone(), inputs.each_ref().map(Input::numbers)));
    let [mean, variance] = by.statistics().map(Tensor::from_primitive::<Flex>);
    Normalised { output: apply(by, inputs), mean, variance, again }
}

/// The same by given statistics, through which no gradient flows.
pub fn batch_norm<const D: usize>(
    x: Tensor<D>,
    [gamma, beta]: [Tensor<1>; 2],
    [mean, variance]: [Tensor<1>; 2],
    epsilon: f32,
    activation: Activation,
) -> Tensor<D> {
    if !on_cpu(&x) {
        return activation.ordinary(ordinary::batch_norm(x, gamma, beta, mean, variance, f64::from(epsilon)));
    }
    let layer = BatchNorm { channels: gamma.dims()[0], epsilon, activation };
    let by = Normalise::by(layer, [Input::from(mean).numbers(), Input::from(variance).numbers()]);
    apply(by, [x.into(), gamma.into(), beta.into()])
}

/// `a + b` of one shape, kept in the storage order of `a`.
pub fn add<const D: usize>(a: Tensor<D>, b: Tensor<D>) -> Tensor<D> {
    if !on_cpu(&a) {
        return a + b;
    }
    apply(Add, [a.into(), b.into()])
}
