//! What convolutions take on the GPU, forward and backward:
//! `cargo test --release -p lfr --features vulkan --test gpu -- --ignored --nocapture timing`.

use std::time::Instant;

use burn::tensor::{Device, Tensor};
use lfr_kernels::Activation::None as Plain;
use lfr_kernels::ops::{self, Window};

use crate::compare::{devices, random};

const BATCH: usize = 128;
const REPEATS: usize = 20;

/// Milliseconds of `f`, after a call that may choose and compile kernels.
fn milliseconds(device: &Device, mut f: impl FnMut()) -> f64 {
    for _ in 0..3 {
        f();
    }
    device.sync().unwrap();
    let start = Instant::now();
    for _ in 0..REPEATS {
        f();
    }
    device.sync().unwrap();
    start.elapsed().as_secs_f64() * 1e3 / REPEATS as f64
}

/// Forward alone, then with the gradients of the weight, of the input, and of both.
fn show(
    what: &str,
    device: &Device,
    x: Tensor<4>,
    weight: Tensor<4>,
    f: impl Fn(Tensor<4>, Tensor<4>) -> Tensor<4>,
) {
    let forward = milliseconds(device, || drop(f(x.clone(), weight.clone())));
    let gradients = [(false, true), (true, false), (true, true)].map(|(of_x, of_weight)| {
        let x = x.clone().autodiff().set_require_grad(of_x);
        let weight = weight.clone().autodiff().set_require_grad(of_weight);
        milliseconds(device, || drop(ops::sum(f(x.clone(), weight.clone()).flatten(0, 3)).backward()))
    });
    let [weights, inputs, both] = gradients;
    println!("{what:<44} {forward:>8.3} {weights:>8.3} {inputs:>8.3} {both:>8.3}");
}

#[test]
#[ignore = "measures"]
fn timing() {
    let [_, gpu] = devices();
    println!(
        "{:<44} {:>8} {:>8} {:>8} {:>8}",
        "ms a batch of 128", "forward", "+dweight", "+dinput", "+both"
    );
    let convolutions = [
        (3, 16, 3, 1, 32),
        (16, 64, 3, 1, 32),
        (64, 64, 3, 1, 32),
        (16, 64, 1, 1, 32),
        (64, 128, 3, 2, 32),
        (128, 128, 3, 1, 16),
        (64, 128, 1, 2, 32),
        (128, 256, 3, 2, 16),
        (256, 256, 3, 1, 8),
        (1, 32, 5, 2, 32),
        (32, 64, 5, 2, 16),
        (64, 128, 3, 2, 8),
    ];
    for (inputs, outputs, kernel, stride, side) in convolutions {
        let x = random([BATCH, inputs, side, side], "x", &gpu);
        let weight = random([outputs, inputs, kernel, kernel], "weight", &gpu);
        let window = Window { stride, padding: kernel / 2 };
        let what = format!("{inputs} to {outputs}, {kernel}x{kernel}, stride {stride}, side {side}");
        show(&what, &gpu, x, weight, |x, weight| ops::conv2d(x, weight, None, window, Plain));
    }
    for (inputs, outputs, kernel, side) in [(128, 64, 3, 4), (64, 32, 5, 8), (32, 1, 5, 16)] {
        let x = random([BATCH, inputs, side, side], "x", &gpu);
        let weight = random([inputs, outputs, kernel, kernel], "weight", &gpu);
        let window = Window { stride: 2, padding: kernel / 2 };
        let what = format!("{inputs} to {outputs}, {kernel}x{kernel} transposed, side {side}");
        show(&what, &gpu, x, weight, |x, weight| ops::conv_transpose2d(x, weight, None, window, 1, Plain));
    }
}
