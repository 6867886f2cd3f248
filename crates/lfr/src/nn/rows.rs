//! What a network is given.

use burn::tensor::{Device, Int, Tensor};
use lfr_kernels::SparseRows;
use lfr_kernels::ops::Sparse;

use crate::data::Csr;

/// Items a network sees at once.
#[derive(Clone, Debug)]
pub struct Batch {
    /// `[n, width]`, pictures flattened as C x H x W.
    pub x: Rows,
    /// `[n]`: which matrix of the latent layer each item uses; `None` when there is one.
    pub groups: Option<Tensor<1, Int>>,
}

/// Items, a row each.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "one a batch")]
pub enum Rows {
    /// With all their numbers, `[n, width]`.
    Dense(Tensor<2>),
    /// Without their zeros, on the CPU.
    Sparse(Sparse),
}

impl From<Tensor<2>> for Rows {
    fn from(x: Tensor<2>) -> Self {
        Rows::Dense(x)
    }
}

impl Rows {
    /// The rows `indices` of `x`.
    pub fn of(x: &Csr, indices: &[usize]) -> Self {
        Rows::Sparse(SparseRows::of(indices.iter().map(|&i| x.row(i)), x.cols).into())
    }

    /// The same, to which layers give gradients in the form of [`Sparse::by_row`], where they have no zeros.
    pub fn by_row(self) -> Self {
        match self {
            Rows::Dense(_) => self,
            Rows::Sparse(x) => Rows::Sparse(x.by_row()),
        }
    }

    /// `[n, width]`, zeros filled in.
    pub fn dense(&self) -> Tensor<2> {
        match self {
            Rows::Dense(x) => x.clone(),
            Rows::Sparse(x) => x.dense(&Device::flex()),
        }
    }
}
