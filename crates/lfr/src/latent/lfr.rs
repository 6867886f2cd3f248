//! The LFR layer: z' = AᵀAz (Lin et al. 2023, Eq. 1 and 2).

use burn::module::{Module, Param};
use burn::tensor::Tensor;
use lfr_kernels::ops;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::LatentLayer;
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
    ///
    /// Source: Lin et al. 2023, experiments: 10, and 20 with transformations.
    pub k: usize,
    /// Weight of the mean distance ‖z - AᵀAz‖ (Eq. 2; the paper: 2).
    ///
    /// Source: Lin et al. 2023, Eq. 2: 2, and 2e-4 with transformations.
    pub lambda_1: f32,
    /// Weight of ‖AAᵀ - I‖² (Eq. 2; the paper: 0.1).
    ///
    /// Source: Lin et al. 2023, Eq. 2: 0.1, and 1e-5 with transformations.
    pub lambda_2: f32,
    /// How that square is reduced.
    ///
    /// Source: Eq. 2 prints the sum; the 2021 code has the mean.
    pub orthogonality: Orthogonality,
    /// How A begins; N(0, 1) as in the authors' code.
    ///
    /// Source: not in Lin et al. 2023; N(0, 1) in their 2021 code.
    pub init: Init,
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
        for (key, value) in [("lambda_1", self.lambda_1), ("lambda_2", self.lambda_2)] {
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
}

impl Lfr {
    /// A layer of `groups` matrices for latents of `latent` numbers.
    pub fn new(config: &LfrConfig, groups: usize, latent: usize, init: &mut Initializer<'_>) -> Self {
        Self {
            a: init.matrices(groups, config.k, latent, config.init),
            lambda_1: config.lambda_1,
            lambda_2: config.lambda_2,
            orthogonality: config.orthogonality,
        }
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
}

/// Euclidean norm of each row, `[n]`; its gradient at 0 is 0.
pub(crate) fn norms(x: Tensor<2>) -> Tensor<1> {
    root(x.square().sum_dim(1).squeeze_dim(1))
}

/// Square roots whose gradient at 0 is 0.
pub(super) fn root(squares: Tensor<1>) -> Tensor<1> {
    squares.clamp_min(f32::MIN_POSITIVE).sqrt()
}
