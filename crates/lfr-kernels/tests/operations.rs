//! Operations on tensors against burn's own, values and gradients.
#![cfg(feature = "burn")]

mod reference;

use burn::module::{Module, Param};
use burn::tensor::module::{
    batch_norm as ordinary_batch_norm, batch_norm_train as ordinary_batch_norm_train,
};
use burn::tensor::module::{conv_transpose2d, conv2d};
use burn::tensor::ops::{ConvOptions, ConvTransposeOptions};
use burn::tensor::{Device, Int, Tensor, TensorData, activation};
use burn_optim::{GradientsParams, ModuleOptimizer, decay::WeightDecayConfig};
use lfr_kernels::ops::{self, Window};
use lfr_kernels::{Activation, Activation::*};
use reference::numbers;

fn random<const D: usize>(shape: [usize; D], seed: u64) -> Tensor<D> {
    // Off the grid, so that no rectifier meets an exact 0.
    let values: Vec<f32> = numbers(shape.iter().product(), seed).iter().map(|v| 0.3 * v + 0.011).collect();
    Tensor::from_data(TensorData::new(values, shape), &Device::flex().autodiff())
}

fn act<const D: usize>(which: Activation, x: Tensor<D>) -> Tensor<D> {
    match which {
        None => x,
        Relu => activation::relu(x),
        Tanh => activation::tanh(x),
    }
}

fn values<const D: usize>(x: Tensor<D>) -> Vec<f32> {
    x.into_data().try_into_vec().unwrap()
}

#[track_caller]
fn close(what: &str, a: &[f32], b: &[f32]) {
    assert_eq!(a.len(), b.len(), "{what}");
    for (i, (a, b)) in a.iter().zip(b).enumerate() {
        assert!((a - b).abs() <= 1e-5 * (1.0 + b.abs()), "{what}[{i}]: {a} for {b}");
    }
}

/// Value of `f` and gradients of its weighted sum with respect to three inputs.
fn run<const A: usize, const B: usize, const C: usize, const D: usize>(
    f: impl Fn(Tensor<A>, Tensor<B>, Tensor<C>) -> Tensor<D>,
    (a, b, c): (Tensor<A>, Tensor<B>, Tensor<C>),
) -> Vec<Vec<f32>> {
    let (a, b, c) = (a.require_grad(), b.require_grad(), c.require_grad());
    let y = f(a.clone(), b.clone(), c.clone());
    let gradients = (y.clone() * random(y.dims(), 99)).sum().backward();
    let grads =
        [a.grad(&gradients).map(values), b.grad(&gradients).map(values), c.grad(&gradients).map(values)];
    std::iter::once(values(y)).chain(grads.into_iter().map(|g| g.expect("a gradient"))).collect()
}

#[track_caller]
fn same<const A: usize, const B: usize, const C: usize, const D: usize>(
    inputs: (Tensor<A>, Tensor<B>, Tensor<C>),
    ours: impl Fn(Tensor<A>, Tensor<B>, Tensor<C>) -> Tensor<D>,
    theirs: impl Fn(Tensor<A>, Tensor<B>, Tensor<C>) -> Tensor<D>,
) {
    let (ours, theirs) = (run(ours, inputs.clone()), run(theirs, inputs));
    for (i, (a, b)) in ours.iter().zip(&theirs).enumerate() {
        close(["value", "first gradient", "second gradient", "third gradient"][i], a, b);
    }
}

#[test]
fn convolutions() {
    for (activation, stride, kernel) in [(None, 1, 3), (Relu, 2, 5), (Tanh, 2, 3), (Tanh, 1, 1)] {
        let (padding, window) = (kernel / 2, Window { stride, padding: kernel / 2 });
        let weight = random([6, 3, kernel, kernel], 2);
        same(
            (random([4, 3, 9, 7], 1), weight.clone(), random([6], 3)),
            |x, w, b| ops::conv2d(x, w, Some(b), window, activation),
            |x, w, b| {
                let options = ConvOptions::new([stride; 2], [padding; 2], [1; 2], 1);
                act(activation, conv2d(x, w, Some(b), options))
            },
        );
        let weight = random([3, 6, kernel, kernel], 2);
        same(
            (random([4, 3, 5, 6], 1), weight, random([6], 3)),
            |x, w, b| ops::conv_transpose2d(x, w, Some(b), window, stride - 1, activation),
            |x, w, b| {
                let options =
                    ConvTransposeOptions::new([stride; 2], [padding; 2], [stride - 1; 2], [1; 2], 1);
                act(activation, conv_transpose2d(x, w, Some(b), options))
            },
        );
    }
}

#[test]
fn stacks_keep_gradients_right() {
    let window = Window { stride: 1, padding: 1 };
    same(
        (random([3, 4, 6, 6], 1), random([4, 4, 3, 3], 2), random([4, 4, 1, 1], 3)),
        |x, w, s| {
            let h = ops::conv2d(x.clone(), w.clone(), Option::None, window, Relu);
            let shortcut = ops::conv2d(x, s, Option::None, Window { stride: 1, padding: 0 }, None);
            ops::conv2d(ops::add(h, shortcut), w, Option::None, window, Tanh)
        },
        |x, w, s| {
            let options = |padding| ConvOptions::new([1; 2], [padding; 2], [1; 2], 1);
            let h = activation::relu(conv2d(x.clone(), w.clone(), Option::None, options(1)));
            let shortcut = conv2d(x, s, Option::None, options(0));
            activation::tanh(conv2d(h + shortcut, w, Option::None, options(1)))
        },
    );
}

#[test]
fn dense_layers() {
    for activation in [None, Relu, Tanh] {
        same(
            (random([5, 20], 1), random([7, 20], 2), random([7], 3)),
            |x, w, b| ops::linear(x, w, b, activation),
            |x, w, b| act(activation, x.matmul(w.transpose()) + b.unsqueeze()),
        );
    }
}

#[test]
fn batch_normalisation() {
    for activation in [None, Relu, Tanh] {
        same(
            (random([6, 3, 4, 5], 1), random([3], 2), random([3], 3)),
            |x, g, b| ops::batch_norm_train(x, [g, b], 1e-5, activation).output,
            |x, g, b| act(activation, ordinary_batch_norm_train(x, g, b, 1e-5).output),
        );
        let [mean, variance] = [random([3], 4).detach(), random([3], 5).detach().square()];
        same(
            (random([6, 3, 4, 5], 1), random([3], 2), random([3], 3)),
            |x, g, b| ops::batch_norm(x, [g, b], [mean.clone(), variance.clone()], 1e-3, activation),
            |x, g, b| act(activation, ordinary_batch_norm(x, g, b, mean.clone(), variance.clone(), 1e-3)),
        );
    }
    let x = random([6, 3, 4, 5], 1);
    let [gamma, beta] = [random([3], 2), random([3], 3)];
    let ours = ops::batch_norm_train(x.clone(), [gamma.clone(), beta.clone()], 1e-5, Relu);
    let theirs = ordinary_batch_norm_train(x, gamma, beta, 1e-5);
    close("mean", &values(ours.mean), &values(theirs.mean));
    close("variance", &values(ours.variance), &values(theirs.variance));
}

/// A block of a residual network: what two convolutions make again in the backward pass gives the same numbers as what is kept.
#[test]
fn normalising_again() {
    let window = |kernel: usize| Window { stride: 2, padding: kernel / 2 };
    let block = |again: bool| {
        move |x, g: Tensor<1>, w: Tensor<4>| {
            let batch = ops::batch_norm_train(x, [g.clone(), g.neg()], 1e-5, Relu);
            let how = batch.again.as_ref().filter(|_| again);
            assert!(batch.again.is_some());
            let [a, side] = ops::fork(batch.output);
            let side = ops::conv2d_again(side, how, w.clone().slice([0..4, 0..3, 1..2, 1..2]), window(1));
            ops::add(ops::conv2d_again(a, how, w, window(3)), side)
        }
    };
    let inputs = (random([6, 3, 8, 6], 1), random([3], 2), random([4, 3, 3, 3], 3));
    assert_eq!(run(block(true), inputs.clone()), run(block(false), inputs));
}

#[test]
fn losses() {
    let nothing = || random([1], 0);
    same(
        (random([4, 30], 1), random([4, 30], 2), nothing()),
        |x, y, o| ops::distances(x, y) + o,
        |x, y, o| (x - y).square().sum_dim(1).squeeze_dim::<1>(1).sqrt() + o,
    );
    same(
        (random([4, 30], 1), random([4, 30], 2), nothing()),
        |x, y, o| ops::squared_errors(x, y) + o,
        |x, y, o| (x - y).square().sum_dim(1).squeeze_dim::<1>(1) + o,
    );
}

#[test]
fn layers_on_sparse_rows() {
    for activation in [None, Relu, Tanh] {
        let x = || (random([5, 20], 1).detach() - 0.1).clamp_min(0.0);
        let sparse = || ops::Sparse::of(&x()).unwrap();
        let dense = |x: Tensor<2>, w: Tensor<2>, b: Tensor<1>| {
            act(activation, x.matmul(w.transpose()) + b.unsqueeze())
        };
        for by_column in [false, true] {
            let stored = |w| if by_column { ops::stored_by_column(w) } else { w };
            same(
                (stored(random([7, 20], 2)), random([7], 3), random([1], 0)),
                |w, b, o| ops::sparse_linear(&sparse(), w, b, activation) + o.unsqueeze(),
                |w, b, o| dense(x(), w, b) + o.unsqueeze(),
            );
            same(
                (random([5, 7], 1), stored(random([20, 7], 2)), random([20], 3)),
                |h, w, b| ops::sparse_errors(&sparse(), h, w, b, activation),
                |h, w, b| (x() - dense(h, w, b)).square().sum_dim(1).squeeze_dim::<1>(1),
            );
        }
    }
}

#[derive(Module, Debug)]
struct Wide {
    first: Param<Tensor<2>>,
    last: Param<Tensor<2>>,
    bias: Param<Tensor<1>>,
}

/// Gradients by row, on weights of either order, train as whole ones do.
#[test]
fn adam_takes_gradients_by_row() {
    let steps = |by_row: bool, by_column: bool| {
        let stored = |w| if by_column { ops::stored_by_column(w) } else { w };
        let [first, last] = [stored(random([6, 40], 1)), random([40, 6], 2)].map(Param::from_tensor);
        let mut model = Wide { first, last, bias: Param::from_tensor(random([40], 3)) };
        let mut optimizer = ModuleOptimizer::from(ops::Adam::new(1e-6, 0.1));
        for seed in 0..4 {
            let x = (random([3, 40], seed).detach() - 0.2).clamp_min(0.0);
            let x = ops::Sparse::of(&x).unwrap();
            let x = if by_row { x.by_row() } else { x };
            let h = ops::sparse_linear(&x, model.first.val(), random([6], 4), Relu);
            let errors = ops::sparse_errors(&x, h, model.last.val(), model.bias.val(), Relu);
            let gradients = GradientsParams::from_grads(errors.sum().backward(), &model);
            let shapes = [&model.first, &model.last].map(|w| gradients.get::<2>(w.id).unwrap().dims());
            assert_eq!(shapes[0] == [6, 40], !(by_row && by_column));
            assert_eq!(shapes[1] == [40, 6], !by_row);
            model = optimizer.step(0.01, model, gradients);
        }
        [values(model.first.val()), values(model.last.val()), values(model.bias.val())]
    };
    let whole = steps(false, false);
    for (by_row, by_column) in [(false, true), (true, false), (true, true)] {
        for (i, (a, b)) in steps(by_row, by_column).iter().zip(&whole).enumerate() {
            close(["first", "last", "bias"][i], a, b);
        }
    }
}

/// A weight whose columns are brought up to date when they are read is, bit by bit, one that is updated in every step; so is
/// one that goes on from its moments.
#[test]
fn late_adam_is_adam() {
    let steps = |late: bool| {
        let weight = ops::stored_by_column(random([6, 40], 1));
        let mut model = Wide {
            first: Param::from_tensor(weight),
            last: Param::from_tensor(random([40, 6], 2)),
            bias: Param::from_tensor(random([40], 3)),
        };
        let mut optimizer = ModuleOptimizer::from(ops::Adam::new(1e-6, 0.1));
        let mut late_adam: Option<ops::LateAdam> = Option::None;
        for seed in 0..6 {
            let x = (random([3, 40], seed).detach() - 0.25).clamp_min(0.0);
            let x = ops::Sparse::of(&x).unwrap().by_row();
            if let Some(adam) = &mut late_adam {
                model.first = changed(model.first, |weight| adam.catch_up(weight, x.rows().columns()));
            }
            let h = ops::sparse_linear(&x, model.first.val(), random([6], 4), Relu);
            let errors = ops::sparse_errors(&x, h, model.last.val(), model.bias.val(), Relu);
            let mut gradients = GradientsParams::from_grads(errors.sum().backward(), &model);
            if late {
                let gradient = gradients.remove::<2>(model.first.id).unwrap();
                let fresh = || ops::LateAdam::new(&model.first.val(), &gradient, [0.01, 1e-6, 0.1]).unwrap();
                let mut adam = late_adam.take().unwrap_or_else(fresh);
                model.first = changed(model.first, |weight| adam.step(weight, gradient));
                if seed == 3 {
                    model.first = changed(model.first, |weight| adam.settle(weight));
                    adam = ops::LateAdam::of(adam.moments(), [0.01, 1e-6, 0.1]);
                }
                late_adam = Some(adam);
            }
            model = optimizer.step(0.01, model, gradients);
        }
        if let Some(mut adam) = late_adam {
            model.first = changed(model.first, |weight| adam.settle(weight));
        }
        [values(model.first.val()), values(model.last.val()), values(model.bias.val())]
    };
    assert_eq!(steps(false), steps(true));
}

fn changed(param: Param<Tensor<2>>, f: impl FnOnce(Tensor<2>) -> Tensor<2>) -> Param<Tensor<2>> {
    param.map(|weight| Tensor::from_inner(f(weight.inner()))).set_require_grad(true)
}

/// AᵀAz with one matrix an item.
fn project(z: Tensor<2>, a: Tensor<3>) -> Tensor<2> {
    let [n, d] = z.dims();
    z.reshape([n, 1, d]).matmul(a.clone().transpose()).matmul(a).reshape([n, d])
}

#[test]
fn lfr() {
    let groups = || Tensor::<1, Int>::from_data([2, 0, 2, 1, 0], &Device::flex().autodiff());
    for grouped in [false, true] {
        let ours = || grouped.then(groups);
        let theirs = |a: Tensor<3>| if grouped { a.select(0, groups()) } else { a.slice([0..1]) };
        let inputs = || (random([5, 12], 1), random([3, 4, 12], 2), random([1], 0));
        same(
            inputs(),
            |z, a, o| ops::project(z, a, ours()) + o.unsqueeze(),
            |z, a, o| project(z, theirs(a)) + o.unsqueeze(),
        );
        same(
            inputs(),
            |z, a, o| ops::penalties(z, a, ours()) + o,
            |z, a, o| {
                let a = theirs(a);
                let apart = z.clone() - project(z, a.clone());
                let distance = apart.square().sum_dim(1).squeeze_dim::<1>(1).sqrt().mean();
                let m = a.dims()[0] as f32;
                let identity = Tensor::<2>::eye(4, &a.device()).unsqueeze();
                let square = (a.clone().matmul(a.transpose()) - identity).square().sum().div_scalar(m);
                Tensor::cat(vec![distance, square], 0) + o
            },
        );
    }
}

#[derive(Module, Debug)]
struct Model {
    a: Param<Tensor<2>>,
    b: Param<Tensor<1>>,
}

#[test]
fn adam_is_burns() {
    let steps = |mut optimizer: ModuleOptimizer| {
        let mut model =
            Model { a: Param::from_tensor(random([5, 4], 1)), b: Param::from_tensor(random([4], 2)) };
        for seed in 0..4 {
            let y = random([3, 5], seed).matmul(model.a.val()) + model.b.val().unsqueeze();
            let gradients = GradientsParams::from_grads(y.square().sum().backward(), &model);
            model = optimizer.step(0.01, model, gradients);
        }
        [values(model.a.val()), values(model.b.val())]
    };
    let decay = Some(WeightDecayConfig::new(0.1));
    let theirs = burn_optim::AdamConfig::new().with_epsilon(1e-6).with_weight_decay(decay).init();
    let [a, b] = steps(ModuleOptimizer::from(ops::Adam::new(1e-6, 0.1)));
    let [c, d] = steps(theirs);
    close("a", &a, &c);
    close("b", &b, &d);
}

#[test]
fn without_recording_values_are_the_same() {
    let inner = |x: Tensor<4>| x.without_autodiff();
    let (x, w) = (random([2, 3, 5, 5], 1), random([4, 3, 3, 3], 2));
    let window = Window { stride: 1, padding: 1 };
    let recorded = ops::conv2d(x.clone(), w.clone(), Option::None, window, Tanh);
    let plain = ops::conv2d(inner(x), inner(w), Option::None, window, Tanh);
    assert!(!plain.device().is_autodiff() && recorded.device().is_autodiff());
    assert_eq!(values(plain), values(recorded));
}

#[test]
fn pictures_become_rows_and_back() {
    let weight = random([6, 3, 3, 3], 2);
    let window = Window { stride: 2, padding: 1 };
    // Between convolutions, so that pictures come and go in both storage orders.
    same(
        (random([4, 3 * 8 * 8], 1), weight.clone(), random([5, 6 * 4 * 4], 3)),
        |x, w, dense| {
            let y = ops::conv2d(ops::pictures(x, [3, 8, 8]), w, Option::None, window, None);
            ops::flatten(y).matmul(dense.transpose())
        },
        |x, w, dense| {
            let options = ConvOptions::new([2; 2], [1; 2], [1; 2], 1);
            let y = conv2d(x.reshape([4, 3, 8, 8]), w, Option::None, options);
            y.flatten::<2>(1, 3).matmul(dense.transpose())
        },
    );
}

#[test]
fn averages_over_places() {
    for [c, h, w] in [[1, 3, 5], [17, 4, 4], [6, 1, 1]] {
        same(
            (random([4, c, h, w], 1), random([4, c], 2), random([4, c], 3)),
            |x, a, b| ops::average(x) * a + b,
            |x, a, b| x.reshape([4, c, h * w]).mean_dim(2).squeeze_dim::<2>(2) * a + b,
        );
    }
}

#[test]
fn both_branches_of_a_fork_count() {
    let window = |stride| Window { stride, padding: 1 };
    same(
        (random([4, 3, 8, 8], 1), random([3, 3, 3, 3], 2), random([3, 3, 3, 3], 3)),
        |x, v, w| {
            let [first, second] = ops::fork(ops::conv2d(x, v, Option::None, window(1), None));
            ops::add(ops::conv2d(first, w.clone(), Option::None, window(1), Tanh), second)
        },
        |x, v, w| {
            let options = || ConvOptions::new([1; 2], [1; 2], [1; 2], 1);
            let x = conv2d(x, v, Option::None, options());
            activation::tanh(conv2d(x.clone(), w, Option::None, options())) + x
        },
    );
    // Only one of them is differentiated.
    same(
        (random([4, 3, 8, 8], 1), random([3], 2), random([3], 3)),
        |x, a, b| ops::fork(x)[0].clone() * a.reshape([1, 3, 1, 1]) + b.reshape([1, 3, 1, 1]),
        |x, a, b| x * a.reshape([1, 3, 1, 1]) + b.reshape([1, 3, 1, 1]),
    );
}
