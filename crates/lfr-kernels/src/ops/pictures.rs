//! Pictures as rows and back, their mean, and a fork in their way.

use std::sync::{Arc, Mutex, PoisonError};

use burn::tensor::{Shape, Tensor};

use super::step::{Layer, apply, on_cpu};
use super::storage::{Flat, channels_first, channels_last, dims, from_channels_last, plain, room, slice};

/// Pictures `[n, c, h, w]` as rows `[n, c h w]`.
pub fn flatten(x: Tensor<4>) -> Tensor<2> {
    if !on_cpu(&x) {
        return x.flatten(1, 3);
    }
    apply(Flatten(x.dims()), [x.into()])
}

/// Rows `[n, c h w]` as pictures of `shape` (c, h, w).
pub fn pictures(x: Tensor<2>, [c, h, w]: [usize; 3]) -> Tensor<4> {
    let shape = [x.dims()[0], c, h, w];
    if !on_cpu(&x) {
        return x.reshape(shape);
    }
    apply(Pictures(shape), [x.into()])
}

/// The mean over height and width: `[n, c, h, w]` to `[n, c]`.
pub fn average(x: Tensor<4>) -> Tensor<2> {
    let shape @ [n, c, h, w] = x.dims();
    if !on_cpu(&x) {
        return x.reshape([n, c, h * w]).mean_dim(2).squeeze_dim(2);
    }
    apply(Average(shape), [x.into()])
}

/// Pictures for two branches of a network. On the CPU their gradients are added by the kernels, where burn would add them
/// by an operation of its own; the first branch must be part of what is differentiated.
pub fn fork(x: Tensor<4>) -> [Tensor<4>; 2] {
    if !on_cpu(&x) {
        return [x.clone(), x];
    }
    let waiting = Waiting::default();
    let first: Tensor<4> = apply(Branch::First(Arc::clone(&waiting)), [x.into()]);
    let second = apply(Branch::Second(waiting), [first.clone().into()]);
    [first, second]
}

fn shaped(x: &Flat, shape: &[usize]) -> Flat {
    x.reshape(Shape::from(shape.to_vec()))
}

#[derive(Clone, Debug)]
struct Flatten([usize; 4]);

impl Layer<1> for Flatten {
    fn forward(&self, [x]: &[Flat; 1]) -> Flat {
        let [n, c, h, w] = self.0;
        shaped(&channels_first(x), &[n, c * h * w])
    }

    fn needs_inputs(&self) -> bool {
        false
    }

    fn backward(&self, _: &[Flat; 1], _: Option<&Flat>, dy: &Flat, _: [bool; 1]) -> [Option<Flat>; 1] {
        [Some(shaped(&dy.to_contiguous(), &self.0))]
    }
}

#[derive(Clone, Debug)]
struct Pictures([usize; 4]);

impl Layer<1> for Pictures {
    fn forward(&self, [x]: &[Flat; 1]) -> Flat {
        shaped(&x.to_contiguous(), &self.0)
    }

    fn needs_inputs(&self) -> bool {
        false
    }

    fn backward(&self, _: &[Flat; 1], _: Option<&Flat>, dy: &Flat, _: [bool; 1]) -> [Option<Flat>; 1] {
        let [n, c, h, w] = self.0;
        [Some(shaped(&channels_first(dy), &[n, c * h * w]))]
    }
}

#[derive(Clone, Debug)]
struct Average([usize; 4]);

impl Average {
    /// Places and channels.
    fn sizes(&self) -> [usize; 2] {
        let [_, c, h, w] = self.0;
        [h * w, c]
    }
}

impl Layer<1> for Average {
    fn forward(&self, [x]: &[Flat; 1]) -> Flat {
        let shape = &self.0[..2];
        let mut y = room(shape);
        crate::average(slice(&channels_last(x)), self.sizes(), &mut y);
        plain(y, shape)
    }

    fn needs_inputs(&self) -> bool {
        false
    }

    fn backward(&self, _: &[Flat; 1], _: Option<&Flat>, dy: &Flat, _: [bool; 1]) -> [Option<Flat>; 1] {
        let mut dx = room(&self.0);
        crate::average_gradient(slice(&dy.to_contiguous()), self.sizes(), &mut dx);
        [Some(from_channels_last(dx, &self.0))]
    }
}

/// What the second branch's gradient waits in until the first one's is there.
type Waiting = Arc<Mutex<Option<Flat>>>;

/// A branch of a fork. The gradient of the second one waits, and is not given to the graph; the first one, on which the second
/// depends and which therefore comes after it, adds it to its own.
#[derive(Clone, Debug)]
enum Branch {
    First(Waiting),
    Second(Waiting),
}

impl Layer<1> for Branch {
    fn forward(&self, [x]: &[Flat; 1]) -> Flat {
        x.clone()
    }

    fn needs_inputs(&self) -> bool {
        false
    }

    fn backward(&self, _: &[Flat; 1], _: Option<&Flat>, dy: &Flat, _: [bool; 1]) -> [Option<Flat>; 1] {
        let (Branch::First(waiting) | Branch::Second(waiting)) = self;
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(self, Branch::Second(_)) {
            *waiting = Some(dy.clone());
            return [None];
        }
        let Some(second) = waiting.take() else { return [Some(dy.clone())] };
        let shape = dims(dy);
        let mut sum = room(&shape);
        crate::add(slice(&channels_last(dy)), slice(&channels_last(&second)), &mut sum);
        [Some(from_channels_last(sum, &shape))]
    }
}
