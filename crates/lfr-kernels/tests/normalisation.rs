//! Batch normalisation against its definition and its differences.

mod reference;

use lfr_kernels::{Activation, BatchNorm, BatchNormGradients, Statistics, Taken};
use proptest::prelude::*;
use reference::*;

const EPSILON: f32 = 1e-5;

fn moments(x: &[f64], channels: usize) -> (Vec<f64>, Vec<f64>) {
    let rows = (x.len() / channels) as f64;
    let column = |c: usize| x.iter().skip(c).step_by(channels);
    let mean: Vec<f64> = (0..channels).map(|c| column(c).sum::<f64>() / rows).collect();
    let variance =
        (0..channels).map(|c| column(c).map(|v| (v - mean[c]).powi(2)).sum::<f64>() / rows).collect();
    (mean, variance)
}

fn normalise(
    x: &[f64],
    (mean, variance): &(Vec<f64>, Vec<f64>),
    [gamma, beta]: [&[f64]; 2],
    activation: Activation,
) -> Vec<f64> {
    let one = |(i, v): (usize, &f64)| {
        let c = i % gamma.len();
        act(activation, (v - mean[c]) / (variance[c] + f64::from(EPSILON)).sqrt() * gamma[c] + beta[c])
    };
    x.iter().enumerate().map(one).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn normalisation(rows in 2usize..300, channels in 1usize..20, seed: u64, from_batch: bool, which in 0usize..3) {
        let activation = [Activation::None, Activation::Relu, Activation::Tanh][which];
        let layer = BatchNorm { channels, epsilon: EPSILON, activation };
        let x = numbers(rows * channels, seed);
        // Gradients grow with the inverse of a tiny variance; keep to variances that occur.
        let batch = moments(&wide(&x), channels);
        prop_assume!(batch.1.iter().all(|&v| v > 0.02));
        let (gamma, beta) = (biases(channels, seed ^ 1), biases(channels, seed ^ 2));
        let dy = numbers(x.len(), seed ^ 3);
        let taken = if from_batch { Taken::FromBatch } else { Taken::Elsewhere };
        let fixed = Statistics { mean: biases(channels, seed ^ 4), variance: vec![0.7; channels] };
        let run = || {
            let statistics = if from_batch { layer.statistics(&x) } else { fixed.clone() };
            let [mut y, mut dx] = [(); 2].map(|()| vec![f32::NAN; x.len()]);
            let [mut dg, mut db] = [(); 2].map(|()| vec![f32::NAN; channels]);
            layer.forward(&x, &statistics, [&gamma, &beta], &mut y);
            let gradients = BatchNormGradients { input: &mut dx, gamma: &mut dg, beta: &mut db };
            layer.backward([&x, &dy], &statistics, taken, [&gamma, &beta], gradients);
            vec![y, dx, dg, db]
        };
        let results = run();
        let [wx, wg, wb] = [&x, &gamma, &beta].map(|v| wide(v));
        let f = |x: &[f64], g: &[f64], b: &[f64]| {
            let of = if from_batch { moments(x, channels) } else { (wide(&fixed.mean), wide(&fixed.variance)) };
            normalise(x, &of, [g, b], activation)
        };
        close("y", &results[0], &f(&wx, &wg, &wb), 4e-6);
        // Where a rectifier may cut differently in f32 and f64 there is no gradient to compare.
        let before = normalise(&wx, &if from_batch { batch } else { (wide(&fixed.mean), wide(&fixed.variance)) },
            [&wg, &wb], Activation::None);
        if activation != Activation::Relu || before.iter().all(|v| v.abs() > 1e-3) {
            close_to_differences("x", &results[1], &wx, |x| inner(&f(x, &wg, &wb), &dy));
            close_to_differences("gamma", &results[2], &wg, |g| inner(&f(&wx, g, &wb), &dy));
            close_to_differences("beta", &results[3], &wb, |b| inner(&f(&wx, &wg, b), &dy));
        }
        same_on_any_pool(run);
    }
}

#[test]
fn large_means_cost_no_digits() {
    let layer = BatchNorm { channels: 3, epsilon: EPSILON, activation: Activation::None };
    let x: Vec<f32> = numbers(3 * 100_000, 5).iter().map(|v| v + 1000.0).collect();
    let got = layer.statistics(&x);
    let (mean, variance) = moments(&wide(&x), 3);
    let off = |got: &[f32], want: &[f64]| {
        got.iter().zip(want).map(|(&g, w)| (f64::from(g) / w - 1.0).abs()).fold(0.0, f64::max)
    };
    assert!(off(&got.mean, &mean) < 1e-7);
    assert!(off(&got.variance, &variance) < 1e-4);
}

#[test]
fn constant_channels_stay_finite() {
    let layer = BatchNorm { channels: 1, epsilon: EPSILON, activation: Activation::Relu };
    let x = [0.3; 50];
    let statistics = layer.statistics(&x);
    let mut y = [f32::NAN; 50];
    layer.forward(&x, &statistics, [&[2.0], &[0.5]], &mut y);
    assert!(y.iter().all(|v| (v - 0.5).abs() < 1e-4));
    let (mut dx, mut dg, mut db) = ([f32::NAN; 50], [0.0], [0.0]);
    let gradients = BatchNormGradients { input: &mut dx, gamma: &mut dg, beta: &mut db };
    layer.backward([&x, &[1.0; 50]], &statistics, Taken::FromBatch, [&[2.0], &[0.5]], gradients);
    assert!(dx.iter().all(|v| v.abs() < 1e-3) && db == [50.0]);
}
