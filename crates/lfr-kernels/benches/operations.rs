//! Each operation beside burn's ordinary ones, forward and backward, on batches of 128 as in training.
//! `cargo bench -p lfr-kernels --bench operations`

use std::hint::black_box;
use std::time::Duration;

use burn::tensor::module as ordinary;
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Device, Tensor, TensorData, activation};
use criterion::{Criterion, criterion_group, criterion_main};
use lfr_kernels::Activation;
use lfr_kernels::ops::{self, Window};

const ITEMS: usize = 128;

/// Numbers in (-1, 1) times `scale`.
fn random<const D: usize>(shape: [usize; D], scale: f32) -> Tensor<D> {
    let mut state = 0x9e37_79b9_u32;
    let values: Vec<f32> = (0..shape.iter().product())
        .map(|_| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            scale * ((state >> 8) as f32 / (1 << 23) as f32 - 1.0)
        })
        .collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex().autodiff())
}

fn parameter<const D: usize>(shape: [usize; D]) -> Tensor<D> {
    random(shape, 0.05).require_grad()
}

/// Times forward and backward pass of the kernel and of burn's operations.
fn compare<const D: usize>(
    c: &mut Criterion,
    name: &str,
    kernel: impl Fn() -> Tensor<D>,
    burn: impl Fn() -> Tensor<D>,
) {
    let mut group = c.benchmark_group(name);
    group.sample_size(10).measurement_time(Duration::from_secs(3)).warm_up_time(Duration::from_secs(1));
    group.bench_function("kernel", |b| b.iter(|| black_box(kernel().sum().backward())));
    group.bench_function("burn", |b| b.iter(|| black_box(burn().sum().backward())));
    group.finish();
}

/// The convolutions of the image autoencoder (5x5, 3x3, stride 2) and of the wide residual network (3x3, stride 1).
fn convolutions(c: &mut Criterion) {
    for (side, inputs, outputs, kernel, stride) in [
        (32, 1, 32, 5, 2),
        (16, 32, 64, 5, 2),
        (8, 64, 128, 3, 2),
        (32, 64, 64, 3, 1),
        (16, 128, 128, 3, 1),
        (8, 256, 256, 3, 1),
    ] {
        let x = random([ITEMS, inputs, side, side], 1.0).require_grad();
        let (w, b) = (parameter([outputs, inputs, kernel, kernel]), parameter([outputs]));
        let window = Window { stride, padding: kernel / 2 };
        let options = || ConvOptions::new([stride; 2], [kernel / 2; 2], [1; 2], 1);
        compare(
            c,
            &format!("conv {kernel}x{kernel} stride {stride}, {inputs} to {outputs} channels, side {side}"),
            || ops::conv2d(x.clone(), w.clone(), Some(b.clone()), window, Activation::Tanh),
            || activation::tanh(ordinary::conv2d(x.clone(), w.clone(), Some(b.clone()), options())),
        );
    }
}

fn transposed_convolutions(c: &mut Criterion) {
    for (side, inputs, outputs, kernel) in [(4, 128, 64, 3), (8, 64, 32, 5), (16, 32, 1, 5)] {
        let x = random([ITEMS, inputs, side, side], 1.0).require_grad();
        let (w, b) = (parameter([inputs, outputs, kernel, kernel]), parameter([outputs]));
        let window = Window { stride: 2, padding: kernel / 2 };
        let options = || ConvTransposeOptions::new([2; 2], [kernel / 2; 2], [1; 2], [1; 2], 1);
        compare(
            c,
            &format!("transposed conv {kernel}x{kernel}, {inputs} to {outputs} channels, side {side}"),
            || ops::conv_transpose2d(x.clone(), w.clone(), Some(b.clone()), window, 1, Activation::Tanh),
            || activation::tanh(ordinary::conv_transpose2d(x.clone(), w.clone(), Some(b.clone()), options())),
        );
    }
}

fn dense_layers(c: &mut Criterion) {
    let dense = |x: &Tensor<2>, w: &Tensor<2>, b: &Tensor<1>| {
        activation::relu(x.clone().matmul(w.clone().transpose()) + b.clone().unsqueeze())
    };
    let x = random([ITEMS, 2048], 1.0).require_grad();
    let (w, b) = (parameter([256, 2048]), parameter([256]));
    compare(
        c,
        "dense, 2048 to 256",
        || ops::linear(x.clone(), w.clone(), b.clone(), Activation::Relu),
        || dense(&x, &w, &b),
    );
    // As TF-IDF: six numbers in a thousand.
    let words = random([ITEMS, 10_000], 1.0);
    let words = words.clone() * words.greater_elem(0.988).float();
    let rows = ops::Sparse::of(&words).expect("rows on the CPU");
    let (w, b) = (parameter([512, 10_000]), parameter([512]));
    let by_column = ops::stored_by_column(w.clone().detach()).require_grad();
    compare(
        c,
        "sparse, 10000 to 512",
        || ops::sparse_linear(&rows, by_column.clone(), b.clone(), Activation::Relu),
        || dense(&words, &w, &b),
    );
    let h = random([ITEMS, 512], 1.0).require_grad();
    let (w, b) = (parameter([10_000, 512]), parameter([10_000]));
    compare(
        c,
        "errors against sparse rows, 512 to 10000",
        || ops::sparse_errors(&rows, h.clone(), w.clone(), b.clone(), Activation::Relu),
        || (dense(&h, &w, &b) - words.clone()).square().sum_dim(1).squeeze_dim::<1>(1),
    );
}

fn normalisation(c: &mut Criterion) {
    let x = random([ITEMS, 64, 32, 32], 1.0).require_grad();
    let (gamma, beta) = (parameter([64]), parameter([64]));
    compare(
        c,
        "batch normalisation and ReLU, 64 channels, side 32",
        || ops::batch_norm_train(x.clone(), [gamma.clone(), beta.clone()], 1e-5, Activation::Relu).output,
        || activation::relu(ordinary::batch_norm_train(x.clone(), gamma.clone(), beta.clone(), 1e-5).output),
    );
}

fn losses(c: &mut Criterion) {
    let (z, a) = (random([ITEMS, 256], 1.0).require_grad(), parameter([1, 10, 256]));
    compare(
        c,
        "LFR penalties",
        || ops::penalties(z.clone(), a.clone(), None),
        || {
            let a = a.clone().squeeze_dim::<2>(0);
            let rebuilt = z.clone().matmul(a.clone().transpose()).matmul(a.clone());
            let distance = (z.clone() - rebuilt).square().sum_dim(1).sqrt().mean();
            let square = a.clone().matmul(a.transpose()) - Tensor::<2>::eye(10, &z.device());
            Tensor::cat(vec![distance, square.square().sum()], 0)
        },
    );
    let (x, y) = (random([ITEMS, 1024], 1.0), random([ITEMS, 1024], 0.9).require_grad());
    compare(
        c,
        "squared errors, 1024 numbers",
        || ops::squared_errors(x.clone(), y.clone()),
        || (x.clone() - y.clone()).square().sum_dim(1).squeeze_dim::<1>(1),
    );
}

criterion_group!(all, convolutions, transposed_convolutions, dense_layers, normalisation, losses);
criterion_main!(all);
