//! Convolutions and transposed convolutions against their definition and its differences.

mod reference;

use lfr_kernels::{Activation, Conv, ConvTranspose, Gradients, Images};
use proptest::prelude::*;
use reference::*;

fn any_sizes() -> impl Strategy<Value = (Sizes, usize)> {
    let activations = prop_oneof![Just(Activation::None), Just(Activation::Relu), Just(Activation::Tanh)];
    let kernels = prop_oneof![Just(1usize), Just(3), Just(5), Just(2)];
    let shape = (1usize..20, 1usize..8, 1usize..8, 1usize..12, 1usize..12);
    (shape, kernels, 1usize..4, 0usize..3, 0usize..2, activations).prop_map(
        |((items, h, w, ci, co), kernel, stride, padding, output_padding, activation)| {
            let image = [h, w].map(|n| n.max(kernel));
            let out = [0; 2];
            // Whole lanes of channels may go by minimal filtering, which rounds more and has tests of its own.
            let channels = [ci, co].map(|n| if n == 8 { 9 } else { n });
            (
                Sizes { items, image, channels, kernel, stride, padding, out, activation },
                output_padding.min(stride - 1),
            )
        },
    )
}

/// Output and gradients of input, weight and bias.
fn run_conv(s: &Sizes, x: &[f32], weight: &[f32], bias: &[f32], dy: &[f32]) -> Vec<Vec<f32>> {
    let images = Images { items: s.items, height: s.image[0], width: s.image[1] };
    let conv = Conv {
        in_channels: s.channels[0],
        out_channels: s.channels[1],
        kernel: s.kernel,
        stride: s.stride,
        padding: s.padding,
        activation: s.activation,
    };
    assert_eq!(conv.output_size(images), s.out);
    let [mut y, mut dx, mut dw, mut db] = [dy, x, weight, bias].map(|v| vec![f32::NAN; v.len()]);
    conv.forward(images, x, weight, Some(bias), &mut y);
    let gradients = Gradients { input: Some(&mut dx), weight: &mut dw, bias: Some(&mut db) };
    conv.backward(images, x, weight, [&y, dy], gradients);
    vec![y, dx, dw, db]
}

fn run_conv_transpose(
    s: &Sizes,
    output_padding: usize,
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    dy: &[f32],
) -> Vec<Vec<f32>> {
    let images = Images { items: s.items, height: s.out[0], width: s.out[1] };
    let conv = ConvTranspose {
        in_channels: s.channels[1],
        out_channels: s.channels[0],
        kernel: s.kernel,
        stride: s.stride,
        padding: s.padding,
        output_padding,
        activation: s.activation,
    };
    assert_eq!(conv.output_size(images), s.image);
    let [mut y, mut dx, mut dw, mut db] = [dy, x, weight, bias].map(|v| vec![f32::NAN; v.len()]);
    conv.forward(images, x, weight, Some(bias), &mut y);
    let gradients = Gradients { input: Some(&mut dx), weight: &mut dw, bias: Some(&mut db) };
    conv.backward(images, x, weight, [&y, dy], gradients);
    vec![y, dx, dw, db]
}

type Reference = fn(&Sizes, &[f64], &[f64], &[f64]) -> Vec<f64>;

fn compare(
    s: &Sizes,
    inputs: [&[f32]; 4],
    run: &(impl Fn(&[f32], &[f32], &[f32], &[f32]) -> Vec<Vec<f32>> + Sync),
    reference: Reference,
    tolerance: f64,
) {
    let [x, weight, bias, dy] = inputs;
    let results = run(x, weight, bias, dy);
    let [wx, ww, wb] = [x, weight, bias].map(wide);
    close("y", &results[0], &reference(s, &wx, &ww, &wb), tolerance);
    let differences = 10.0 * tolerance;
    let gradients = [
        ("x", &wx, &(|x: &[f64]| inner(&reference(s, x, &ww, &wb), dy)) as &dyn Fn(&[f64]) -> f64),
        ("weight", &ww, &|w: &[f64]| inner(&reference(s, &wx, w, &wb), dy)),
        ("bias", &wb, &|b: &[f64]| inner(&reference(s, &wx, &ww, b), dy)),
    ];
    for ((what, at, f), got) in gradients.into_iter().zip(&results[1..]) {
        within_of_differences(what, got, at, f, differences);
    }
    same_on_any_pool(|| run(x, weight, bias, dy));
}

fn compare_conv(s: &Sizes, seed: u64, tolerance: f64) {
    let [ci, co] = s.channels;
    let x = numbers(s.items * s.image[0] * s.image[1] * ci, seed);
    let weight = numbers(ci * co * s.kernel * s.kernel, seed ^ 1);
    let dy = numbers(s.items * s.out[0] * s.out[1] * co, seed ^ 2);
    let run = |x: &[f32], w: &[f32], b: &[f32], dy: &[f32]| run_conv(s, x, w, b, dy);
    compare(s, [&x, &weight, &biases(co, seed ^ 3), &dy], &run, conv, tolerance);
}

fn compare_conv_transpose(s: &Sizes, output_padding: usize, seed: u64, tolerance: f64) {
    let [ci, co] = s.channels;
    let x = numbers(s.items * s.out[0] * s.out[1] * co, seed);
    let weight = numbers(ci * co * s.kernel * s.kernel, seed ^ 1);
    let dy = numbers(s.items * s.image[0] * s.image[1] * ci, seed ^ 2);
    let run =
        |x: &[f32], w: &[f32], b: &[f32], dy: &[f32]| run_conv_transpose(s, output_padding, x, w, b, dy);
    compare(s, [&x, &weight, &biases(ci, seed ^ 3), &dy], &run, conv_transpose, tolerance);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn convolutions((mut s, _) in any_sizes(), seed: u64) {
        s.out = s.image.map(|n| (n + 2 * s.padding - s.kernel) / s.stride + 1);
        compare_conv(&s, seed, 2e-6);
    }

    // Minimal filtering: whole lanes of channels, kernels of 3x3 without stride.
    #[test]
    fn convolutions_by_minimal_filtering(
        items in 1usize..6, image in [3usize..14, 3usize..14], lanes in [1usize..3, 1usize..3], padding in 0usize..3,
        (sizes, _) in any_sizes(), seed: u64,
    ) {
        let out = image.map(|n| n + 2 * padding - 2);
        let channels = lanes.map(|n| 8 * n);
        let s = Sizes { items, image, channels, kernel: 3, stride: 1, padding, out, activation: sizes.activation };
        compare_conv(&s, seed, 5e-5);
    }

    // The same between the phases of pictures: kernels of three taps a phase, up to 576 products an output.
    #[test]
    fn strided_convolutions_by_minimal_filtering(
        items in 1usize..6, grid in [2usize..8, 2usize..8], lanes in [1usize..3, 1usize..3], padding in 0usize..3,
        kernel in 5usize..7, (sizes, _) in any_sizes(), seed: u64,
    ) {
        let image = grid.map(|n| 2 * n + 2);
        let out = image.map(|n| (n + 2 * padding - kernel) / 2 + 1);
        let channels = lanes.map(|n| 8 * n);
        let s = Sizes { items, image, channels, kernel, stride: 2, padding, out, activation: sizes.activation };
        compare_conv(&s, seed, 1e-4);
    }

    #[test]
    fn transposed_convolutions_by_minimal_filtering(
        items in 1usize..6, out in [2usize..8, 2usize..8], lanes in [1usize..3, 1usize..3], padding in 0usize..3,
        kernel in 5usize..7, output_padding in 0usize..2, (sizes, _) in any_sizes(), seed: u64,
    ) {
        let image = out.map(|n| (n - 1) * 2 + kernel + output_padding - 2 * padding);
        let channels = lanes.map(|n| 8 * n);
        let s = Sizes { items, image, channels, kernel, stride: 2, padding, out, activation: sizes.activation };
        compare_conv_transpose(&s, output_padding, seed, 1e-4);
    }

    #[test]
    fn transposed_convolutions((mut s, output_padding) in any_sizes(), seed: u64) {
        s.out = s.image;
        let whole = s.out.map(|n| (n - 1) * s.stride + s.kernel + output_padding);
        s.padding = s.padding.min((whole[0].min(whole[1]) - 1) / 2);
        s.image = whole.map(|n| n - 2 * s.padding);
        compare_conv_transpose(&s, output_padding, seed, 2e-6);
    }
}

#[test]
fn sizes_of_the_autoencoder() {
    for (image, channels, kernel, stride, padding) in [
        ([32, 32], [3, 32], 5, 2, 2),
        ([16, 16], [32, 64], 5, 2, 2),
        ([8, 8], [64, 128], 3, 2, 1),
        ([16, 16], [64, 64], 3, 1, 1),
        // More channels than are transformed at once.
        ([8, 8], [8, 136], 3, 1, 1),
    ] {
        let out = image.map(|n: usize| (n + 2 * padding - kernel) / stride + 1);
        let activation = Activation::Tanh;
        let s = Sizes { items: 5, image, channels, kernel, stride, padding, out, activation };
        let x = numbers(5 * image[0] * image[1] * channels[0], 1);
        let weight: Vec<f32> =
            numbers(channels[0] * channels[1] * kernel * kernel, 2).iter().map(|v| v / 16.0).collect();
        let dy = numbers(5 * out[0] * out[1] * channels[1], 3);
        let bias = biases(channels[1], 4);
        let y = conv(&s, &wide(&x), &wide(&weight), &wide(&bias));
        close("y", &run_conv(&s, &x, &weight, &bias, &dy)[0], &y, 2e-5);
    }
}

#[test]
fn no_items() {
    for (in_channels, out_channels) in [(2, 3), (8, 16)] {
        let activation = Activation::Relu;
        let conv = Conv { in_channels, out_channels, kernel: 3, stride: 1, padding: 1, activation };
        let images = Images { items: 0, height: 4, width: 4 };
        let weight = vec![0.5; 9 * in_channels * out_channels];
        let (mut dw, mut db) = (vec![1.0; weight.len()], vec![1.0; out_channels]);
        conv.forward(images, &[], &weight, Some(&vec![0.0; out_channels]), &mut []);
        let gradients = Gradients { input: Some(&mut []), weight: &mut dw, bias: Some(&mut db) };
        conv.backward(images, &[], &weight, [&[], &[]], gradients);
        assert!(dw.iter().chain(&db).all(|&v| v == 0.0));
    }
}

#[test]
#[should_panic(expected = "length of weight")]
fn lengths_are_checked() {
    let conv = Conv {
        in_channels: 1,
        out_channels: 1,
        kernel: 3,
        stride: 1,
        padding: 1,
        activation: Activation::None,
    };
    let images = Images { items: 1, height: 4, width: 4 };
    conv.forward(images, &[0.0; 16], &[0.0; 8], None, &mut [0.0; 16]);
}
