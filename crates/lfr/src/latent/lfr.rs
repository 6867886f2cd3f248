//! The LFR layer: z' = AᵀAz (Lin et al. 2023, Eq. 1 and 2).

use burn::module::{Module, Param};
use burn::tensor::{Device, Tensor, TensorData};
use lfr_kernels::ops;
use nalgebra::DMatrix;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{LatentLayer, Marking};
use crate::error::{Error, Result};
use crate::nn::{Batch, Init, Initializer};

/// How ‖AAᵀ - I‖² is reduced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Orthogonality {
    /// Mean over the k² entries, as the authors' 2021 code.
    Mean,
    /// Sum over the entries, as Eq. 2 is printed.
    Sum,
}

/// Settings of the layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LfrConfig {
    /// Dimensions kept, the rows of A (the paper: 10; 20 with transformations); at most as many as the latent has.
    #[schemars(extend("source" = "Lin et al. 2023, experiments: 10, and 20 with transformations"))]
    pub k: usize,
    /// Weight of the mean distance ‖z - AᵀAz‖ (Eq. 2; the paper: 2).
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 2: 2, and 2e-4 with transformations"))]
    pub lambda_1: f32,
    /// Weight of ‖AAᵀ - I‖² (Eq. 2; the paper: 0.1).
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 2: 0.1, and 1e-5 with transformations"))]
    pub lambda_2: f32,
    /// How that square is reduced.
    #[schemars(extend("source" = "Eq. 2 prints the sum; the 2021 code has the mean"))]
    pub orthogonality: Orthogonality,
    /// How A begins; N(0, 1) as in the authors' code.
    #[schemars(extend("source" = "not in Lin et al. 2023; N(0, 1) in their 2021 code"))]
    pub init: Init,
    /// Weight η of the known items, if labels guide the fit; 1 counts their mean loss as much as that of a batch.
    #[schemars(extend(
        "source" = "the form of Ruff et al. 2020 (Deep SAD), Eq. 7, on the layer of Lin et al. 2023; 1 in Deep SAD"
    ))]
    pub eta: f32,
    /// ε in -log(r + ε), the loss of a known outlier of whose latent the share r lies outside the subspace; above 0.
    #[schemars(extend("source" = "ours: bounds the gradient"))]
    pub epsilon: f32,
}

impl Default for LfrConfig {
    /// The paper's setting for autoencoders.
    fn default() -> Self {
        Self {
            k: 10,
            lambda_1: 2.0,
            lambda_2: 0.1,
            orthogonality: Orthogonality::Mean,
            init: Init::StandardNormal,
            eta: 1.0,
            epsilon: 0.01,
        }
    }
}

impl LfrConfig {
    /// Checks the ranges for latents of `latent` numbers.
    ///
    /// # Errors
    /// [`Error::Config`] naming the first setting out of range.
    pub fn validate(&self, latent: usize) -> Result<()> {
        if !(1..=latent).contains(&self.k) {
            let problem = format!("must lie between 1 and the size of the latent, which is {latent}");
            return Err(Error::config("k", self.k, problem));
        }
        if !(self.epsilon.is_finite() && self.epsilon > 0.0) {
            return Err(Error::config("epsilon", self.epsilon, "must be above 0"));
        }
        for (key, value) in [("lambda_1", self.lambda_1), ("lambda_2", self.lambda_2), ("eta", self.eta)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::config(key, value, "must be 0 or more"));
            }
        }
        Ok(())
    }
}

/// One matrix A a group, `[groups, k, d]`.
#[derive(Module, Debug)]
pub struct Lfr {
    a: Param<Tensor<3>>,
    #[module(skip)]
    lambda_1: f32,
    #[module(skip)]
    lambda_2: f32,
    #[module(skip)]
    orthogonality: Orthogonality,
    #[module(skip)]
    marking: Marking,
}

impl Lfr {
    /// A layer of `groups` matrices for latents of `latent` numbers.
    pub fn new(config: &LfrConfig, groups: usize, latent: usize, init: &mut Initializer<'_>) -> Self {
        Self {
            a: init.matrices(groups, config.k, latent, config.init),
            lambda_1: config.lambda_1,
            lambda_2: config.lambda_2,
            orthogonality: config.orthogonality,
            marking: Marking { eta: config.eta, epsilon: config.epsilon },
        }
    }

    /// Matrices of the same shape whose rows are orthonormal and span what those of A span, from a QR decomposition of
    /// Aᵀ; constants to the gradient. As trained, A is only nearly orthogonal, and AᵀA no projector.
    fn basis(&self, device: &Device) -> Tensor<3> {
        let a = self.a.val();
        let [m, k, d] = a.dims();
        let values: Vec<f32> = a.to_data().try_into_vec().unwrap_or_default();
        let basis = values.par_chunks_exact(k * d).flat_map_iter(|rows| {
            // nalgebra stores by columns: k rows of d numbers read as Aᵀ, and Q comes back as k rows.
            let q = DMatrix::from_column_slice(d, k, rows).qr().q();
            q.as_slice().to_vec()
        });
        Tensor::from_data(TensorData::new(basis.collect::<Vec<f32>>(), [m, k, d]), device)
    }

    /// Mean over all matrices and entries of (AAᵀ - I)².
    pub fn distance_from_orthogonal(&self) -> f32 {
        let mean = ops::mean(deviation(self.a.val()).flatten(0, 2));
        mean.to_data().try_into_vec::<f32>().ok().and_then(|v| v.first().copied()).unwrap_or(f32::NAN)
    }
}

/// (AAᵀ - I)² entry by entry, `[m, k, k]`.
fn deviation(a: Tensor<3>) -> Tensor<3> {
    let [_, k, _] = a.dims();
    let identity = Tensor::<2>::eye(k, &a.device()).unsqueeze();
    (a.clone().matmul(a.transpose()) - identity).square()
}

impl LatentLayer for Lfr {
    fn reconstruct(&self, z: Tensor<2>, batch: &Batch) -> Tensor<2> {
        ops::project(z, self.a.val(), batch.groups.clone())
    }

    fn penalty(&self, z: &Tensor<2>, batch: &Batch) -> Vec<(&'static str, Tensor<1>)> {
        let [_, k, _] = self.a.dims();
        let entries = match self.orthogonality {
            Orthogonality::Mean => k * k,
            Orthogonality::Sum => 1,
        };
        let both = ops::penalties(z.clone(), self.a.val(), batch.groups.clone());
        vec![
            ("latent", both.clone().slice([0..1]).mul_scalar(self.lambda_1)),
            ("orthogonality", both.slice([1..2]).mul_scalar(self.lambda_2 / entries as f32)),
        ]
    }

    fn outside(&self, z: &Tensor<2>, batch: &Batch) -> Option<(Tensor<1>, Marking)> {
        let inside = ops::project(z.clone(), self.basis(&z.device()), batch.groups.clone());
        let square = |x: Tensor<2>| x.square().sum_dim(1).squeeze_dim::<1>(1);
        let share = square(z.clone() - inside) / square(z.clone()).add_scalar(f32::MIN_POSITIVE);
        Some((share, self.marking))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seed::Seed;

    #[test]
    fn the_share_outside_is_that_of_the_projection() {
        let device = Device::flex().autodiff();
        let config = LfrConfig { k: 2, ..LfrConfig::default() };
        let mut layer = Lfr::new(&config, 1, 3, &mut Initializer::new(Seed(0).stream("lfr"), &device));
        // Rows that span the first two axes, but are neither orthogonal nor of unit length.
        layer.a = Param::from_tensor(Tensor::from_floats([[[2.0, 0.0, 0.0], [1.0, 3.0, 0.0]]], &device));
        let z = Tensor::from_floats([[5.0, -1.0, 0.0], [0.0, 0.0, 4.0], [3.0, 0.0, 4.0], [0.0; 3]], &device);
        let batch = Batch { x: z.clone().into(), groups: None };
        let (share, marking) = layer.outside(&z, &batch).unwrap();
        let share: Vec<f32> = share.to_data().try_into_vec().unwrap();
        for (found, expected) in share.iter().zip([0.0, 1.0, 16.0 / 25.0, 0.0]) {
            assert!((found - expected).abs() < 1e-5, "{share:?}");
        }
        assert_eq!((marking.eta, marking.epsilon), (1.0, 0.01));
    }
}
