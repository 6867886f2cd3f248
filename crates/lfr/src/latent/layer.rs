//! What a latent layer must offer.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;

use crate::nn::Batch;

/// A map on the latent and the penalty that trains it.
pub trait LatentLayer: Module + ModuleDisplay + Sync {
    /// z' `[n, d]` from z `[n, d]`; `batch.groups` chooses the matrix where there are several.
    fn reconstruct(&self, z: Tensor<2>, batch: &Batch) -> Tensor<2>;

    /// The penalty's summands by name, each `[1]`, already weighted and reduced.
    fn penalty(&self, z: &Tensor<2>, batch: &Batch) -> Vec<(&'static str, Tensor<1>)>;

    /// `[n]`: the share of each squared latent that lies outside the layer's subspace, in \[0, 1\], and what known items
    /// weigh; `None` for a layer without a subspace, which labels cannot guide.
    fn outside(&self, z: &Tensor<2>, batch: &Batch) -> Option<(Tensor<1>, Marking)> {
        let _ = (z, batch);
        None
    }
}

/// How known items count in training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Marking {
    /// η: the weight of their mean loss.
    pub eta: f32,
    /// ε in -log(r + ε), the loss of a known outlier.
    pub epsilon: f32,
}

/// z' = z, no penalty: the backbone alone.
#[derive(Module, Debug)]
pub struct Identity {}

impl LatentLayer for Identity {
    fn reconstruct(&self, z: Tensor<2>, _: &Batch) -> Tensor<2> {
        z
    }

    fn penalty(&self, _: &Tensor<2>, _: &Batch) -> Vec<(&'static str, Tensor<1>)> {
        Vec::new()
    }
}
