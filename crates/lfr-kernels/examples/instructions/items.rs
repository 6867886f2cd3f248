//! Layers and losses of items that are one row of numbers.

use std::hint::black_box;

use lfr_kernels::{
    Activation, Gradients, Latents, Lfr, LfrGradients, Linear, Penalties, squared_errors as errors,
    squared_errors_gradient,
};

use crate::{ITEMS, Kernel, numbers, zeros};

/// Half as wide as between the last convolution of the image autoencoder and its latents.
const LINEAR: Linear = Linear { inputs: 1024, outputs: 256, activation: Activation::Relu };
const LFR: Lfr = Lfr { latent: 256, kept: 10 };
/// Numbers of an item that is reconstructed.
const WIDTH: usize = 1024;

pub(crate) fn linear_forward() -> Kernel {
    let x = numbers(ITEMS * LINEAR.inputs, 1.0);
    let weight = numbers(LINEAR.inputs * LINEAR.outputs, 0.05);
    let (bias, mut y) = (numbers(LINEAR.outputs, 0.05), zeros(ITEMS * LINEAR.outputs));
    Box::new(move || LINEAR.forward(&x, &weight, Some(&bias), &mut y))
}

pub(crate) fn linear_backward() -> Kernel {
    let x = numbers(ITEMS * LINEAR.inputs, 1.0);
    let weight = numbers(LINEAR.inputs * LINEAR.outputs, 0.05);
    let [y, dy] = [1.0, 0.5].map(|scale| numbers(ITEMS * LINEAR.outputs, scale));
    let (mut d_input, mut d_weight) = (zeros(x.len()), zeros(weight.len()));
    let mut d_bias = zeros(LINEAR.outputs);
    Box::new(move || {
        let gradients =
            Gradients { input: Some(&mut d_input), weight: &mut d_weight, bias: Some(&mut d_bias) };
        LINEAR.backward(&x, &weight, [&y, &dy], gradients);
    })
}

pub(crate) fn lfr_forward() -> Kernel {
    let (z, a) = (numbers(ITEMS * LFR.latent, 1.0), numbers(LFR.kept * LFR.latent, 0.1));
    Box::new(move || {
        black_box(LFR.penalties(Latents { z: &z, a: &a, groups: None }));
    })
}

pub(crate) fn lfr_backward() -> Kernel {
    let (z, a) = (numbers(ITEMS * LFR.latent, 1.0), numbers(LFR.kept * LFR.latent, 0.1));
    let (mut dz, mut da) = (zeros(z.len()), zeros(a.len()));
    let by = Penalties { distance: 0.5, orthogonality: 0.25 };
    Box::new(move || {
        let latents = Latents { z: &z, a: &a, groups: None };
        LFR.penalties_backward(latents, by, LfrGradients { z: &mut dz, a: &mut da });
    })
}

/// Forward and backward.
pub(crate) fn squared_errors() -> Kernel {
    let [x, y] = [1.0, 0.9].map(|scale| numbers(ITEMS * WIDTH, scale));
    let (d_errors, mut dy) = (numbers(ITEMS, 1.0), zeros(ITEMS * WIDTH));
    Box::new(move || {
        black_box(errors(&x, &y, WIDTH));
        squared_errors_gradient(&x, &y, &d_errors, &mut dy);
    })
}
