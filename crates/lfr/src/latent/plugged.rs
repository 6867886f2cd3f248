//! A backbone with a latent layer plugged in.

use burn::module::Module;
use burn::tensor::Tensor;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Backbone, LatentLayer};
use crate::nn::Batch;
use crate::train::Loss;

/// Which latent the backbone is fed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fed {
    /// z, as encoded (subscript A of Eq. 12).
    Latent,
    /// z' = AᵀAz (subscript B of Eq. 12).
    Reconstructed,
}

/// A backbone and a latent layer.
#[derive(Module, Debug)]
pub struct Plugged<B: Backbone, L: LatentLayer> {
    /// The network.
    pub backbone: B,
    /// The layer on its latent.
    pub layer: L,
    /// What the backbone is fed in training.
    #[module(skip)]
    pub train_on: Fed,
}

impl<B: Backbone, L: LatentLayer> Plugged<B, L> {
    /// The loss of a batch (Eq. 3 and 12): the backbone's on the latent it is fed, plus the layer's penalty.
    pub fn loss(&self, batch: &Batch) -> Loss {
        let z = self.backbone.encode(batch);
        let mut parts = self.layer.penalty(&z, batch);
        let errors = self.backbone.score(batch, self.fed(z, batch, self.train_on));
        parts.insert(0, ("task", self.backbone.task_loss(errors.clone())));
        let total = parts.iter().skip(1).fold(parts[0].1.clone(), |sum, part| sum + part.1.clone());
        Loss { total, parts, errors }
    }

    /// `[n]`: scores with the backbone fed `fed`.
    pub fn score(&self, batch: &Batch, fed: Fed) -> Tensor<1> {
        let z = self.latent(batch, fed);
        self.backbone.score(batch, z)
    }

    /// `[n, d]`: z or z'.
    pub fn latent(&self, batch: &Batch, fed: Fed) -> Tensor<2> {
        self.fed(self.backbone.encode(batch), batch, fed)
    }

    /// z, or z' when `fed` says so.
    pub(super) fn fed(&self, z: Tensor<2>, batch: &Batch, fed: Fed) -> Tensor<2> {
        match fed {
            Fed::Latent => z,
            Fed::Reconstructed => self.layer.reconstruct(z, batch),
        }
    }
}
