//! Layers of images.

use lfr_kernels::{Activation, BatchNorm, BatchNormGradients, Conv, ConvTranspose, Gradients, Images, Taken};

use crate::{Kernel, numbers, zeros};

/// A batch: items, and their height and width.
type Batch = [usize; 2];

/// As in the wide residual network: minimal filtering.
const CONV_3X3: (Conv, Batch) = (conv([64, 64], 3, 1), [2, 32]);
/// As in the image autoencoder: minimal filtering on phases.
const CONV_5X5: (Conv, Batch) = (conv([32, 64], 5, 2), [32, 16]);
/// As in the image autoencoder: products of patches.
const BY_PATCHES: (Conv, Batch) = (conv([64, 128], 3, 2), [16, 8]);
/// The mirror of [`CONV_5X5`].
const TRANSPOSED: (ConvTranspose, Batch) = (
    ConvTranspose {
        in_channels: 64,
        out_channels: 32,
        kernel: 5,
        stride: 2,
        padding: 2,
        output_padding: 1,
        activation: Activation::Tanh,
    },
    [32, 8],
);
const BATCH_NORM: BatchNorm = BatchNorm { channels: 64, epsilon: 1e-5, activation: Activation::Relu };
/// Rows of the normalised batch.
const ROWS: usize = 128 * 16 * 16;

const fn conv([in_channels, out_channels]: [usize; 2], kernel: usize, stride: usize) -> Conv {
    Conv { in_channels, out_channels, kernel, stride, padding: kernel / 2, activation: Activation::Tanh }
}

const fn images([items, side]: Batch) -> Images {
    Images { items, height: side, width: side }
}

/// What a layer of images reads and writes.
struct Layer {
    x: Vec<f32>,
    y: Vec<f32>,
    weight: Vec<f32>,
    bias: Vec<f32>,
    d_input: Vec<f32>,
    d_weight: Vec<f32>,
    d_bias: Vec<f32>,
}

impl Layer {
    fn new([items, side]: Batch, of_y: [usize; 2], [inputs, outputs]: [usize; 2], kernel: usize) -> Self {
        let x = items * side * side * inputs;
        let weight = inputs * outputs * kernel * kernel;
        Self {
            x: numbers(x, 1.0),
            y: numbers(items * of_y[0] * of_y[1] * outputs, 0.9),
            weight: numbers(weight, 0.05),
            bias: numbers(outputs, 0.05),
            d_input: zeros(x),
            d_weight: zeros(weight),
            d_bias: zeros(outputs),
        }
    }

    fn of((conv, batch): (Conv, Batch)) -> Self {
        Self::new(batch, conv.output_size(images(batch)), [conv.in_channels, conv.out_channels], conv.kernel)
    }

    fn gradients(&mut self) -> ([&[f32]; 3], Gradients<'_>) {
        let (input, bias) = (Some(&mut self.d_input[..]), Some(&mut self.d_bias[..]));
        ([&self.x, &self.weight, &self.y], Gradients { input, weight: &mut self.d_weight, bias })
    }
}

fn forward((conv, batch): (Conv, Batch)) -> Kernel {
    let mut layer = Layer::of((conv, batch));
    Box::new(move || {
        conv.forward(images(batch), &layer.x, &layer.weight, Some(&layer.bias), &mut layer.y);
    })
}

fn backward((conv, batch): (Conv, Batch)) -> Kernel {
    let mut layer = Layer::of((conv, batch));
    let dy = numbers(layer.y.len(), 1.0);
    Box::new(move || {
        let ([x, weight, y], gradients) = layer.gradients();
        conv.backward(images(batch), x, weight, [y, &dy], gradients);
    })
}

pub(crate) fn conv_3x3_forward() -> Kernel {
    forward(CONV_3X3)
}

pub(crate) fn conv_3x3_backward() -> Kernel {
    backward(CONV_3X3)
}

pub(crate) fn conv_5x5_forward() -> Kernel {
    forward(CONV_5X5)
}

pub(crate) fn conv_5x5_backward() -> Kernel {
    backward(CONV_5X5)
}

pub(crate) fn by_patches_forward() -> Kernel {
    forward(BY_PATCHES)
}

pub(crate) fn by_patches_backward() -> Kernel {
    backward(BY_PATCHES)
}

fn transposed() -> (ConvTranspose, Images, Layer) {
    let (conv, batch) = TRANSPOSED;
    let channels = [conv.in_channels, conv.out_channels];
    let layer = Layer::new(batch, conv.output_size(images(batch)), channels, conv.kernel);
    (conv, images(batch), layer)
}

pub(crate) fn transposed_forward() -> Kernel {
    let (conv, images, mut layer) = transposed();
    Box::new(move || conv.forward(images, &layer.x, &layer.weight, Some(&layer.bias), &mut layer.y))
}

pub(crate) fn transposed_backward() -> Kernel {
    let (conv, images, mut layer) = transposed();
    let dy = numbers(layer.y.len(), 1.0);
    Box::new(move || {
        let ([x, weight, y], gradients) = layer.gradients();
        conv.backward(images, x, weight, [y, &dy], gradients);
    })
}

/// Statistics of the batch and what follows from them, as in training.
pub(crate) fn batch_norm_forward() -> Kernel {
    let norm = BATCH_NORM;
    let (x, mut y) = (numbers(ROWS * norm.channels, 1.0), zeros(ROWS * norm.channels));
    let [gamma, beta] = [1.0, 0.5].map(|scale| numbers(norm.channels, scale));
    Box::new(move || norm.forward(&x, &norm.statistics(&x), [&gamma, &beta], &mut y))
}

pub(crate) fn batch_norm_backward() -> Kernel {
    let norm = BATCH_NORM;
    let [x, dy] = [1.0, 0.5].map(|scale| numbers(ROWS * norm.channels, scale));
    let [gamma, beta] = [1.0, 0.5].map(|scale| numbers(norm.channels, scale));
    let (statistics, mut input) = (norm.statistics(&x), zeros(x.len()));
    let [mut of_gamma, mut of_beta] = [(); 2].map(|()| zeros(norm.channels));
    Box::new(move || {
        let gradients = BatchNormGradients { input: &mut input, gamma: &mut of_gamma, beta: &mut of_beta };
        norm.backward([&x, &dy], &statistics, Taken::FromBatch, [&gamma, &beta], gradients);
    })
}
