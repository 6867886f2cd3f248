//! Convolutions as matrix products, for GPUs: burn's kernels for them are slow in f32, most of all for the gradient of the
//! weights.

use std::fmt::Debug;
use std::marker::PhantomData;

use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Cube, DispatchKindConversion, DispatchTensor};
use burn::tensor::{Tensor, s};

use super::Window;

/// A function of an input and a weight, `[.., .., h, w]` both, with its derivative.
pub(crate) trait Products: Copy + Debug + Send + 'static {
    /// The output.
    fn forward(self, x: Tensor<4>, weight: Tensor<4>) -> Tensor<4>;

    /// The gradient of the input from the output's.
    fn of_input(self, x: &Tensor<4>, weight: Tensor<4>, dy: Tensor<4>) -> Tensor<4>;

    /// The gradient of the weight.
    fn of_weight(self, x: Tensor<4>, weight: &Tensor<4>, dy: Tensor<4>) -> Tensor<4>;
}

/// `weight` is `[out, in, k, k]`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Conv(pub(crate) Window);

impl Products for Conv {
    fn forward(self, x: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
        let Window { stride, padding } = self.0;
        correlate(x.pad((padding, padding, padding, padding), 0.0), weight, stride)
    }

    fn of_input(self, x: &Tensor<4>, weight: Tensor<4>, dy: Tensor<4>) -> Tensor<4> {
        let [_, _, height, width] = x.dims();
        spread(dy, weight, self.0, [height, width])
    }

    fn of_weight(self, x: Tensor<4>, weight: &Tensor<4>, dy: Tensor<4>) -> Tensor<4> {
        weigh(x, weight, dy, self.0)
    }
}

/// `weight` is `[in, out, k, k]`; pixels are added at the bottom and the right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConvTranspose(pub(crate) Window, pub(crate) usize);

impl Products for ConvTranspose {
    fn forward(self, x: Tensor<4>, weight: Tensor<4>) -> Tensor<4> {
        let Self(window, added) = self;
        let [_, _, height, width] = x.dims();
        let kernel = weight.dims()[2];
        let size = |from: usize| (from - 1) * window.stride + kernel + added - 2 * window.padding;
        spread(x, weight, window, [size(height), size(width)])
    }

    fn of_input(self, _: &Tensor<4>, weight: Tensor<4>, dy: Tensor<4>) -> Tensor<4> {
        Conv(self.0).forward(dy, weight)
    }

    fn of_weight(self, x: Tensor<4>, weight: &Tensor<4>, dy: Tensor<4>) -> Tensor<4> {
        weigh(dy, weight, x, self.0)
    }
}

/// `[n, c, h, w]` to `[n, c k k, places]`: what a window of `kernel` sees at each of its places.
fn patches(x: Tensor<4>, kernel: usize, stride: usize) -> Tensor<3> {
    let windows = x.unfold::<5, _>(2, kernel, stride).unfold::<6, _>(3, kernel, stride);
    let [n, channels, rows, columns, ..] = windows.dims();
    windows.permute([0, 1, 4, 5, 2, 3]).reshape([n, channels * kernel * kernel, rows * columns])
}

/// The cross-correlation of `x` with `weight`, `[out, in, k, k]`, without padding.
fn correlate(x: Tensor<4>, weight: Tensor<4>, stride: usize) -> Tensor<4> {
    let ([n, _, height, width], [out, channels, kernel, _]) = (x.dims(), weight.dims());
    let places = |size: usize| (size - kernel) / stride + 1;
    let weight = weight.reshape([1, out, channels * kernel * kernel]);
    // A window of a pixel sees what is there.
    let seen = match (kernel, stride) {
        (1, 1) => x.reshape([n, channels, height * width]),
        _ => patches(x, kernel, stride),
    };
    weight.matmul(seen).reshape([n, out, places(height), places(width)])
}

/// What [`Conv`] is the transpose of: `y` of `[n, out, ..]` to `[n, in, height, width]`.
fn spread(y: Tensor<4>, weight: Tensor<4>, window: Window, [height, width]: [usize; 2]) -> Tensor<4> {
    let Window { stride, padding } = window;
    let ([n, out, rows, columns], kernel) = (y.dims(), weight.dims()[2]);
    let [tall, wide] = [rows, columns].map(|size| (size - 1) * stride + 1);
    let before = kernel - 1 - padding;
    let [below, right] = [(height, tall), (width, wide)].map(|(size, spread)| size + padding - spread);
    let (tall, wide) = (before + tall + below, before + wide + right);
    let apart = Tensor::zeros([n, out, tall, wide], &y.device());
    let [ends, sides] =
        [(rows, before), (columns, before)].map(|(size, from)| from + (size - 1) * stride + 1);
    let at = s![.., .., before..ends;stride as isize, before..sides;stride as isize];
    let apart = apart.slice_assign(at, y);
    correlate(apart, weight.flip([2, 3]).swap_dims(0, 1), 1)
}

/// The gradient of the weight of [`Conv`], from its input and its output's gradient.
fn weigh(x: Tensor<4>, weight: &Tensor<4>, dy: Tensor<4>, window: Window) -> Tensor<4> {
    let Window { stride, padding } = window;
    let ([n, out, rows, columns], kernel) = (dy.dims(), weight.dims()[2]);
    let seen = patches(x.pad((padding, padding, padding, padding), 0.0), kernel, stride);
    let dy = dy.reshape([n, out, rows * columns]);
    dy.matmul(seen.swap_dims(1, 2)).sum_dim(0).reshape(weight.dims())
}

/// The record of a product in the graph.
#[derive(Debug)]
struct Step<P>(PhantomData<P>);

type OnGpu = FloatTensor<Cube>;

fn tensor(x: OnGpu) -> Tensor<4> {
    Tensor::from_primitive::<Cube>(x)
}

impl<P: Products> Backward<Cube, 2> for Step<P> {
    type State = (P, [OnGpu; 2]);

    fn backward(self, ops: Ops<Self::State, 2>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let dy = tensor(gradients.consume::<Cube>(&ops.node));
        let (products, inputs) = ops.state;
        let [x, weight] = inputs.map(tensor);
        let [of_x, of_weight] = ops.parents;
        let failed = "a tensor on a GPU";
        let mut register = |node: NodeId, gradient: Tensor<4>| {
            gradients.register::<Cube>(node, gradient.try_into_primitive::<Cube>().expect(failed));
        };
        if let Some(node) = of_x {
            register(node.id, products.of_input(&x, weight.clone(), dy.clone()));
        }
        if let Some(node) = of_weight {
            register(node.id, products.of_weight(x, &weight, dy));
        }
    }
}

/// The output of `products`, recorded for the backward pass if an input is; none where the inputs are not on a GPU.
pub(crate) fn apply<P: Products>(products: P, x: &Tensor<4>, weight: &Tensor<4>) -> Option<Tensor<4>> {
    let recorded = |x: &Tensor<4>| x.clone().autodiff().try_into_primitive::<Autodiff<Cube>>().ok();
    if !x.is_autodiff() && !weight.is_autodiff() {
        let on_gpu =
            <DispatchTensor as DispatchKindConversion<Cube>>::try_into_backend(x.clone().into_dispatch());
        return on_gpu.is_ok().then(|| products.forward(x.clone(), weight.clone()));
    }
    let (x, weight) = (recorded(x)?, recorded(weight)?);
    let nodes = [x.node(), weight.node()];
    let inputs = [x.into_primitive(), weight.into_primitive()];
    let [x, weight] = inputs.clone().map(tensor);
    let y = products.forward(x, weight).try_into_primitive::<Cube>().ok()?;
    let y = match Step(PhantomData::<P>).prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(step) => step.finish((products, inputs), y),
        OpsKind::UnTracked(step) => step.finish(y),
    };
    Some(Tensor::from_primitive::<Autodiff<Cube>>(y))
}
