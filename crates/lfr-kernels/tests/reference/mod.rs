//! The kernels written as plainly as possible in f64, and what tests compare by.
#![allow(dead_code, reason = "every test file uses its own part")]

use lfr_kernels::Activation;
use rayon::ThreadPoolBuilder;

/// Multiples of 1/8 in [-1, 1]: sums of their products are exact in f32, so rectifiers cut alike in f32 and f64.
pub fn numbers(n: usize, seed: u64) -> Vec<f32> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 40
    };
    (0..n).map(|_| (next() % 17) as f32 / 8.0 - 1.0).collect()
}

/// Biases that keep every sum of products of [`numbers`] away from 0.
pub fn biases(n: usize, seed: u64) -> Vec<f32> {
    numbers(n, seed).into_iter().map(|v| v / 2.0 + 1.0 / 256.0).collect()
}

pub fn wide(v: &[f32]) -> Vec<f64> {
    v.iter().map(|&v| f64::from(v)).collect()
}

pub fn act(activation: Activation, v: f64) -> f64 {
    match activation {
        Activation::None => v,
        Activation::Relu => v.max(0.0),
        Activation::Tanh => v.tanh(),
    }
}

/// Sizes of a convolution or its transpose.
#[derive(Clone, Copy, Debug)]
pub struct Sizes {
    pub items: usize,
    pub image: [usize; 2],
    pub channels: [usize; 2],
    pub kernel: usize,
    pub stride: usize,
    pub padding: usize,
    pub out: [usize; 2],
    pub activation: Activation,
}

/// Calls `f` with the flat places of input, output and weight (`[out, in, kh, kw]`) of every product.
fn products(s: &Sizes, mut f: impl FnMut(usize, usize, usize)) {
    let ([h, w], [oh, ow], [ci, co], k) = (s.image, s.out, s.channels, s.kernel);
    for n in 0..s.items {
        for (oy, ox) in (0..oh).flat_map(|y| (0..ow).map(move |x| (y, x))) {
            for (ky, kx) in (0..k).flat_map(|y| (0..k).map(move |x| (y, x))) {
                let y = (oy * s.stride + ky).checked_sub(s.padding).filter(|&y| y < h);
                let x = (ox * s.stride + kx).checked_sub(s.padding).filter(|&x| x < w);
                let (Some(y), Some(x)) = (y, x) else { continue };
                for (i, o) in (0..ci).flat_map(|i| (0..co).map(move |o| (i, o))) {
                    let input = ((n * h + y) * w + x) * ci + i;
                    let output = ((n * oh + oy) * ow + ox) * co + o;
                    f(input, output, ((o * ci + i) * k + ky) * k + kx);
                }
            }
        }
    }
}

fn finish(mut y: Vec<f64>, bias: &[f64], activation: Activation) -> Vec<f64> {
    for row in y.chunks_exact_mut(bias.len()) {
        row.iter_mut().zip(bias).for_each(|(y, b)| *y = act(activation, *y + b));
    }
    y
}

pub fn conv(s: &Sizes, x: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; s.items * s.out[0] * s.out[1] * s.channels[1]];
    products(s, |i, o, w| y[o] += x[i] * weight[w]);
    finish(y, bias, s.activation)
}

/// `s` describes the convolution whose adjoint this is: `s.image` is the output's size, `s.out` the input's.
pub fn conv_transpose(s: &Sizes, x: &[f64], weight: &[f64], bias: &[f64]) -> Vec<f64> {
    let mut y = vec![0.0; s.items * s.image[0] * s.image[1] * s.channels[0]];
    products(s, |i, o, w| y[i] += x[o] * weight[w]);
    finish(y, bias, s.activation)
}

pub fn linear(x: &[f64], weight: &[f64], bias: &[f64], activation: Activation) -> Vec<f64> {
    let inputs = weight.len() / bias.len();
    let rows = x.chunks_exact(inputs).flat_map(|x| {
        weight.chunks_exact(inputs).map(move |w| w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>())
    });
    finish(rows.collect(), bias, activation)
}

pub fn inner(a: &[f64], b: &[f32]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * f64::from(*b)).sum()
}

/// Panics unless `got` is within `tolerance` (1 + |want|) of `want` everywhere.
#[track_caller]
pub fn close(what: &str, got: &[f32], want: &[f64], tolerance: f64) {
    assert_eq!(got.len(), want.len(), "{what}");
    for (i, (&got, &want)) in got.iter().zip(want).enumerate() {
        assert!(
            (f64::from(got) - want).abs() <= tolerance * (1.0 + want.abs()),
            "{what}[{i}]: {got} for {want}"
        );
    }
}

/// Compares a gradient with central differences of `f` in up to 24 directions of the axes.
#[track_caller]
pub fn close_to_differences(what: &str, got: &[f32], at: &[f64], f: impl Fn(&[f64]) -> f64) {
    within_of_differences(what, got, at, f, 2e-5);
}

/// The same within `tolerance` (1 + |want|).
#[track_caller]
pub fn within_of_differences(what: &str, got: &[f32], at: &[f64], f: impl Fn(&[f64]) -> f64, tolerance: f64) {
    const STEP: f64 = 1e-5;
    assert_eq!(got.len(), at.len(), "{what}");
    let mut point = at.to_vec();
    for i in (0..at.len()).step_by(at.len().div_ceil(24).max(1)) {
        let mut value = |v: f64| {
            point[i] = v;
            f(&point)
        };
        let want = (value(at[i] + STEP) - value(at[i] - STEP)) / (2.0 * STEP);
        point[i] = at[i];
        assert!(
            (f64::from(got[i]) - want).abs() <= tolerance * (1.0 + want.abs()),
            "d{what}[{i}]: {} for {want}",
            got[i]
        );
    }
}

/// Panics unless `f` gives the same bits on pools of 1, 2 and 3 threads.
#[track_caller]
pub fn same_on_any_pool(f: impl Fn() -> Vec<Vec<f32>> + Sync) {
    let bits = |threads| {
        let pool = ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let values: Vec<u32> = pool.install(&f).concat().iter().map(|v| v.to_bits()).collect();
        values
    };
    let one = bits(1);
    assert!(one == bits(2) && one == bits(3), "results depend on the number of threads");
}
