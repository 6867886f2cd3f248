//! GFLOP/s of the networks' layers on one thread, forward and backward, counted as if nothing were saved: the best of
//! many runs. `cargo bench -p lfr-kernels --bench layers [-- beginning of a name]`; with `LFR_PRODUCTS=avx2` without
//! AVX-512's matrix products.

mod random;

use std::time::{Duration, Instant};

use lfr_kernels::{Activation, Conv, ConvTranspose, Gradients, Images, Linear};
use random::random;

const ITEMS: usize = 128;
/// For which a layer is run, forward and backward.
const TIME: Duration = Duration::from_millis(400);

/// Kind, input channels, output channels, kernel, stride, and the side of the input.
type Layer = (&'static str, Kind, [usize; 5]);

#[derive(Clone, Copy)]
enum Kind {
    Conv,
    Transposed,
    Linear,
}

const LAYERS: [Layer; 21] = [
    ("image 1", Kind::Conv, [1, 32, 5, 2, 32]),
    ("image 2", Kind::Conv, [32, 64, 5, 2, 16]),
    ("image 3", Kind::Conv, [64, 128, 3, 2, 8]),
    ("image 4", Kind::Linear, [2048, 256, 1, 1, 1]),
    ("image 5", Kind::Linear, [256, 2048, 1, 1, 1]),
    ("image 6", Kind::Transposed, [128, 64, 3, 2, 4]),
    ("image 7", Kind::Transposed, [64, 32, 5, 2, 8]),
    ("image 8", Kind::Transposed, [32, 1, 5, 2, 16]),
    ("wrn 3-16", Kind::Conv, [3, 16, 3, 1, 32]),
    ("wrn 16-64", Kind::Conv, [16, 64, 3, 1, 32]),
    ("wrn 64", Kind::Conv, [64, 64, 3, 1, 32]),
    ("wrn 64-128", Kind::Conv, [64, 128, 3, 2, 32]),
    ("wrn 64-128 short", Kind::Conv, [64, 128, 1, 2, 32]),
    ("wrn 128", Kind::Conv, [128, 128, 3, 1, 16]),
    ("wrn 128-256", Kind::Conv, [128, 256, 3, 2, 16]),
    ("wrn 256", Kind::Conv, [256, 256, 3, 1, 8]),
    ("text 1", Kind::Linear, [10_000, 512, 1, 1, 1]),
    ("text 2", Kind::Linear, [512, 256, 1, 1, 1]),
    ("text 3", Kind::Linear, [256, 128, 1, 1, 1]),
    ("text 4", Kind::Linear, [128, 10_000, 1, 1, 1]),
    ("cube", Kind::Linear, [1024, 1024, 1, 1, 1]),
];

/// The shortest of several runs, in seconds.
fn best(mut f: impl FnMut()) -> f64 {
    f();
    let (start, mut best) = (Instant::now(), f64::INFINITY);
    while start.elapsed() < TIME {
        let start = Instant::now();
        f();
        best = best.min(start.elapsed().as_secs_f64());
    }
    best
}

fn run((name, kind, [inputs, outputs, kernel, stride, side]): Layer) {
    let activation = Activation::None;
    let items = if name == "cube" { 1024 } else { ITEMS };
    let images = Images { items, height: side, width: side };
    let (padding, output_padding) = (kernel / 2, stride - 1);
    let conv = Conv { in_channels: inputs, out_channels: outputs, kernel, stride, padding, activation };
    let transposed = ConvTranspose {
        in_channels: inputs,
        out_channels: outputs,
        kernel,
        stride,
        padding,
        output_padding,
        activation,
    };
    let linear = Linear { inputs, outputs, activation };
    let (out, patches) = match kind {
        Kind::Transposed => (side * stride, side * side),
        _ => (side.div_ceil(stride), side.div_ceil(stride).pow(2)),
    };
    let weight = random(inputs * outputs * kernel * kernel, 1.0, 1);
    let (x, mut y) = (random(items * side * side * inputs, 1.0, 2), vec![0.0; items * out * out * outputs]);
    let flops = 2.0 * (items * patches * weight.len()) as f64 / 1e9;
    let forward = best(|| match kind {
        Kind::Conv => conv.forward(images, &x, &weight, None, &mut y),
        Kind::Transposed => transposed.forward(images, &x, &weight, None, &mut y),
        Kind::Linear => linear.forward(&x, &weight, None, &mut y),
    });
    let (dy, mut dw, mut dx) = (random(y.len(), 1.0, 3), weight.clone(), x.clone());
    let backward = best(|| {
        let gradients = Gradients { input: Some(&mut dx), weight: &mut dw, bias: None };
        match kind {
            Kind::Conv => conv.backward(images, &x, &weight, [&y, &dy], gradients),
            Kind::Transposed => transposed.backward(images, &x, &weight, [&y, &dy], gradients),
            Kind::Linear => linear.backward(&x, &weight, [&y, &dy], gradients),
        }
    });
    println!("{name:18} {:8.1} {:8.1}", flops / forward, 2.0 * flops / backward);
}

fn main() {
    lfr_kernels::keep_pages();
    let wanted = std::env::args().nth(1).filter(|name| !name.starts_with('-')).unwrap_or_default();
    rayon::ThreadPoolBuilder::new().num_threads(1).build_global().expect("a thread pool");
    println!("{:18} {:>8} {:>8}", "GFLOP/s", "forward", "backward");
    rayon::scope(|_| LAYERS.into_iter().filter(|layer| layer.0.starts_with(&wanted)).for_each(run));
}
