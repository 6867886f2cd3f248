//! Reconstruction errors and the LFR layer on tensors.

use burn::tensor::{Int, Tensor};

use super::step::{Layer, apply, on_cpu};
use super::storage::{Flat, dims, plain, room, slice};
use crate::{Latents, Lfr, LfrGradients, Penalties};

/// The sum of a vector, `[1]`. GPUs add in a fixed order, too, unlike by burn's own sum, which adds as its parts come in.
pub fn sum(x: Tensor<1>) -> Tensor<1> {
    if on_cpu(&x) { x.sum() } else { x.sum_dim(0) }
}

/// The mean of a vector, `[1]`; see [`sum`].
pub fn mean(x: Tensor<1>) -> Tensor<1> {
    if on_cpu(&x) { x.mean() } else { x.mean_dim(0) }
}

/// `‖x_i - y_i‖²` of each item: `[n, width]` twice to `[n]`.
pub fn squared_errors(x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
    if !on_cpu(&x) {
        return (x - y).square().sum_dim(1).squeeze_dim(1);
    }
    apply(Error::Squared, [x.into(), y.into()])
}

/// `‖x_i - y_i‖` of each item, with gradient 0 where it is 0: `[n, width]` twice to `[n]`.
pub fn distances(x: Tensor<2>, y: Tensor<2>) -> Tensor<1> {
    if !on_cpu(&x) {
        return squared_errors(x, y).clamp_min(f32::MIN_POSITIVE).sqrt();
    }
    apply(Error::Distance, [x.into(), y.into()])
}

/// How far reconstructions are from their items.
#[derive(Clone, Copy, Debug)]
enum Error {
    Squared,
    Distance,
}

impl Layer<2> for Error {
    fn forward(&self, [x, y]: &[Flat; 2]) -> Flat {
        let (items, width) = (dims(x)[0], dims(x)[1]);
        let (x, y) = (x.to_contiguous(), y.to_contiguous());
        let errors = match self {
            Error::Squared => crate::squared_errors(slice(&x), slice(&y), width),
            Error::Distance => crate::distances(slice(&x), slice(&y), width),
        };
        plain(errors, &[items])
    }

    fn needs_output(&self) -> bool {
        matches!(self, Error::Distance)
    }

    fn backward(
        &self,
        [x, y]: &[Flat; 2],
        errors: Option<&Flat>,
        dy: &Flat,
        wanted: [bool; 2],
    ) -> [Option<Flat>; 2] {
        let shape = dims(x);
        let (x, y, by) = (x.to_contiguous(), y.to_contiguous(), dy.to_contiguous());
        let gradient = |x: &[f32], y: &[f32]| {
            let mut dy = room(&shape);
            match errors {
                Some(errors) => crate::distances_gradient(x, y, [slice(errors), slice(&by)], &mut dy),
                None => crate::squared_errors_gradient(x, y, slice(&by), &mut dy),
            }
            Some(plain(dy, &shape))
        };
        let (x, y) = (slice(&x), slice(&y));
        [if wanted[0] { gradient(y, x) } else { None }, if wanted[1] { gradient(x, y) } else { None }]
    }
}

/// `AᵀAz` of each item (Lin et al. 2023, Eq. 1): `z` is `[n, d]`, `a` `[groups, k, d]`; `groups` says which matrix each
/// item meets, without it everyone meets the first.
pub fn project(z: Tensor<2>, a: Tensor<3>, groups: Option<Tensor<1, Int>>) -> Tensor<2> {
    if !on_cpu(&z) {
        let [n, d] = z.dims();
        if groups.is_none() {
            let a = chosen(a, groups).squeeze_dim::<2>(0);
            return z.matmul(a.clone().transpose()).matmul(a);
        }
        let a = chosen(a, groups);
        let p = z.reshape([n, 1, d]).matmul(a.clone().transpose());
        return p.matmul(a).reshape([n, d]);
    }
    apply(Project(Matrices::new(&a, groups)), [z.into(), a.into()])
}

/// `[mean_i ‖z_i - AᵀAz_i‖, mean_i ‖AAᵀ - I‖²]` (Lin et al. 2023, Eq. 2, each item with its matrix; the square is
/// summed over the k² entries); arguments as for [`project`].
pub fn penalties(z: Tensor<2>, a: Tensor<3>, groups: Option<Tensor<1, Int>>) -> Tensor<1> {
    if !on_cpu(&z) {
        let distance = mean(distances(project(z.clone(), a.clone(), groups.clone()), z));
        let a = chosen(a, groups);
        let [m, k, _] = a.dims();
        let identity = Tensor::<2>::eye(k, &a.device()).unsqueeze();
        let square = (a.clone().matmul(a.transpose()) - identity).square().flatten(0, 2);
        let square = sum(square).div_scalar(m as f32);
        return Tensor::cat(vec![distance, square], 0);
    }
    apply(Penalise(Matrices::new(&a, groups)), [z.into(), a.into()])
}

/// The matrices that items meet: `[1, k, d]` for all, or `[n, k, d]`.
fn chosen(a: Tensor<3>, groups: Option<Tensor<1, Int>>) -> Tensor<3> {
    match groups {
        Some(groups) => a.select(0, groups),
        None => a.slice([0..1]),
    }
}

#[derive(Clone, Debug)]
struct Matrices {
    layer: Lfr,
    groups: Option<Vec<u32>>,
}

impl Matrices {
    fn new(a: &Tensor<3>, groups: Option<Tensor<1, Int>>) -> Self {
        let [_, kept, latent] = a.dims();
        let groups = groups.map(|groups| groups.into_data().iter::<u32>().collect());
        Self { layer: Lfr { latent, kept }, groups }
    }

    /// Calls `f` with the latents and matrices as slices.
    fn with<R>(&self, [z, a]: &[Flat; 2], f: impl FnOnce(Lfr, Latents<'_>) -> R) -> R {
        let (z, a) = (z.to_contiguous(), a.to_contiguous());
        f(self.layer, Latents { z: slice(&z), a: slice(&a), groups: self.groups.as_deref() })
    }

    /// The gradients that `f` writes.
    fn gradients(
        &self,
        inputs: &[Flat; 2],
        f: impl FnOnce(Lfr, Latents<'_>, LfrGradients<'_>),
    ) -> [Option<Flat>; 2] {
        let shapes = inputs.each_ref().map(dims);
        let [mut z, mut a] = shapes.each_ref().map(|shape| room(shape));
        self.with(inputs, |layer, latents| f(layer, latents, LfrGradients { z: &mut z, a: &mut a }));
        [Some(plain(z, &shapes[0])), Some(plain(a, &shapes[1]))]
    }
}

#[derive(Clone, Debug)]
struct Project(Matrices);

impl Layer<2> for Project {
    fn forward(&self, inputs: &[Flat; 2]) -> Flat {
        let shape = dims(&inputs[0]);
        let mut to = room(&shape);
        self.0.with(inputs, |layer, latents| layer.reconstruct(latents, &mut to));
        plain(to, &shape)
    }

    fn backward(&self, inputs: &[Flat; 2], _: Option<&Flat>, dy: &Flat, _: [bool; 2]) -> [Option<Flat>; 2] {
        let dy = dy.to_contiguous();
        self.0.gradients(inputs, |layer, latents, to| layer.reconstruct_backward(latents, slice(&dy), to))
    }
}

#[derive(Clone, Debug)]
struct Penalise(Matrices);

impl Layer<2> for Penalise {
    fn forward(&self, inputs: &[Flat; 2]) -> Flat {
        let Penalties { distance, orthogonality } =
            self.0.with(inputs, |layer, latents| layer.penalties(latents));
        plain(vec![distance, orthogonality], &[2])
    }

    fn backward(&self, inputs: &[Flat; 2], _: Option<&Flat>, dy: &Flat, _: [bool; 2]) -> [Option<Flat>; 2] {
        let dy = dy.to_contiguous();
        let by = Penalties { distance: slice(&dy)[0], orthogonality: slice(&dy)[1] };
        self.0.gradients(inputs, |layer, latents, to| layer.penalties_backward(latents, by, to))
    }
}
