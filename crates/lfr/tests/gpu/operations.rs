//! Operations: values, and gradients of a weighted sum of them.

use burn::module::{Module, Param};
use burn::tensor::{Device, Int, Tensor};
use lfr::nn::Adam;
use lfr_kernels::Activation::{self, None as Plain, Relu, Tanh};
use lfr_kernels::ops::{self, Window};

use crate::compare::{Results, agree, random, values};

/// For sums of up to some hundred products in another order.
const TOLERANCE: f32 = 2e-5;

#[track_caller]
fn same<const A: usize, const B: usize, const C: usize, const D: usize>(
    what: &str,
    (a, b, c): ([usize; A], [usize; B], [usize; C]),
    f: impl Fn(Tensor<A>, Tensor<B>, Tensor<C>) -> Tensor<D>,
) {
    agree(what, TOLERANCE, |device| {
        let device = device.clone().autodiff();
        let a = random(a, "a", &device).require_grad();
        let b = random(b, "b", &device).require_grad();
        let c = random(c, "c", &device).require_grad();
        let y = f(a.clone(), b.clone(), c.clone());
        let gradients = sum_all(y.clone() * random(y.dims(), "weights", &device)).backward();
        let gradients = [
            a.grad(&gradients).as_ref().map(values),
            b.grad(&gradients).as_ref().map(values),
            c.grad(&gradients).as_ref().map(values),
        ];
        let names = ["of the first", "of the second", "of the third"];
        let gradients = names.into_iter().zip(gradients).filter_map(|(name, g)| Some((name.to_owned(), g?)));
        std::iter::once(("value".to_owned(), values(&y))).chain(gradients).collect()
    });
}

#[test]
fn convolutions() {
    for (activation, stride, kernel) in [(Plain, 1, 3), (Relu, 2, 5), (Tanh, 2, 3), (Tanh, 1, 1)] {
        let window = Window { stride, padding: kernel / 2 };
        let what = format!("convolution {kernel}x{kernel}, stride {stride}");
        let weight = [6, 3, kernel, kernel];
        same(&what, ([4, 3, 8, 8], weight, [6]), |x, w, b| ops::conv2d(x, w, Some(b), window, activation));
        same(&what, ([4, 3, 9, 7], weight, [1]), |x, w, _| ops::conv2d(x, w, None, window, activation));
    }
}

#[test]
fn transposed_convolutions() {
    for (activation, kernel) in [(Tanh, 3), (Tanh, 5), (Plain, 4)] {
        let window = Window { stride: 2, padding: (kernel - 1) / 2 };
        let what = format!("transposed convolution {kernel}x{kernel}");
        same(&what, ([4, 6, 5, 4], [6, 3, kernel, kernel], [3]), |x, w, b| {
            ops::conv_transpose2d(x, w, Some(b), window, kernel % 2, activation)
        });
    }
}

#[test]
fn dense_layers() {
    for activation in [Plain, Relu, Tanh] {
        let layer = |of: fn(Tensor<2>, Tensor<2>, Tensor<1>, Activation) -> Tensor<2>| {
            move |x, w, b| of(x, w, b, activation)
        };
        same("dense layer", ([5, 70], [33, 70], [33]), layer(ops::linear));
        // The rows are data: no gradient flows to them.
        same("dense layer on sparse rows", ([1], [33, 70], [33]), |_: Tensor<1>, w, b| {
            let x = random([5, 70], "x", &w.device()).clamp_min(0.6) - 0.6;
            match ops::Sparse::of(&x) {
                Some(x) => ops::sparse_linear(&x, w, b, activation),
                None => ops::linear(x, w, b, activation),
            }
        });
    }
}

#[test]
fn normalisation() {
    for activation in [Plain, Relu] {
        same("normalisation by the batch", ([6, 5, 4, 4], [5], [5]), |x, gamma, beta| {
            ops::batch_norm_train(x, [gamma, beta], 1e-5, activation).output
        });
        same("normalisation of rows", ([16, 5], [5], [5]), |x, gamma, beta| {
            ops::batch_norm_train(x, [gamma, beta], 1e-5, activation).output
        });
        same("normalisation by known statistics", ([6, 5, 4, 4], [5], [5]), |x, gamma, beta| {
            let device = x.device().inner();
            let [mean, variance] =
                [random([5], "mean", &device), random([5], "variance", &device).abs() + 0.5];
            ops::batch_norm(x, [gamma, beta], [mean, variance], 1e-5, activation)
        });
    }
    agree("statistics of a batch", TOLERANCE, |device| {
        let device = device.clone().autodiff();
        let (x, one) = (random([6, 5, 4, 4], "x", &device), Tensor::ones([5], &device));
        let batch = ops::batch_norm_train(x, [one.clone(), one], 1e-5, Plain);
        vec![("mean".into(), values(&batch.mean)), ("variance".into(), values(&batch.variance))]
    });
}

#[test]
fn sums_and_errors() {
    same("sum", ([3, 4, 5, 5], [3, 4, 5, 5], [1]), |a, b, _| ops::add(a, b));
    same("squared errors", ([6, 50], [6, 50], [1]), |x, y, _| ops::squared_errors(x, y));
    same("distances", ([6, 50], [6, 50], [1]), |x, y, _| ops::distances(x, y));
    // No distance, no gradient.
    same("distances of 0", ([6, 50], [1], [1]), |x, _, _| ops::distances(x.clone(), x.detach()));
}

#[test]
fn latent_feature_reconstruction() {
    let groups = |device: &Device| Tensor::<1, Int>::from_ints([2, 0, 2, 1, 0, 2], device);
    for grouped in [false, true] {
        let which = |device: &Device| grouped.then(|| groups(device));
        same("reconstructed latents", ([6, 40], [3, 10, 40], [1]), |z, a, _| {
            let groups = which(&z.device());
            ops::project(z, a, groups)
        });
        same("penalties", ([6, 40], [3, 10, 40], [1]), |z, a, _| {
            let groups = which(&z.device());
            ops::penalties(z, a, groups)
        });
    }
}

#[derive(Module, Debug)]
struct Slope {
    at: Param<Tensor<2>>,
}

#[test]
fn adam() {
    // The gradient is the same on both, so that its smallest entries have the same sign.
    agree("three steps of Adam", 1e-6, |device| {
        let device = device.clone().autodiff();
        let start = random([40, 30], "start", &device);
        let mut model = Slope { at: Param::from_tensor(start) };
        let mut adam = Adam::new(1e-2, 1e-8, 1e-3);
        for step in 0..3 {
            let slope = random([40, 30], &format!("slope {step}"), &device);
            let loss = sum_all(model.at.val() * slope);
            model = adam.step(model, &loss);
        }
        let results: Results = vec![("parameters".into(), values(&model.at.val()))];
        results
    });
}

/// The sum of all numbers, in a fixed order.
fn sum_all<const D: usize>(x: Tensor<D>) -> Tensor<1> {
    let numbers: usize = x.dims().iter().product();
    ops::sum(x.reshape([numbers]))
}
