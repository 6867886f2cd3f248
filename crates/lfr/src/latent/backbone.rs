//! What a network must offer to be plugged into.

use burn::module::{Module, ModuleDisplay};
use burn::tensor::Tensor;
use lfr_kernels::ops::{mean, sum};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::split::split_loss;
use crate::nn::autoencoder::Autoencoder;
use crate::nn::{Batch, root};

/// Weight of the scatter ratio in DRAE's loss, as in E3Outlier's code.
const SPLIT_LAMBDA: f32 = 0.1;

/// A network with a latent.
pub trait Backbone: Module + ModuleDisplay + Sync {
    /// z `[n, d]`.
    fn encode(&self, batch: &Batch) -> Tensor<2>;

    /// `[n]`: each item's score from the latent `z`, higher = more anomalous.
    fn score(&self, batch: &Batch, z: Tensor<2>) -> Tensor<1>;

    /// `[1]`: the training loss from the scores of a batch.
    fn task_loss(&self, scores: Tensor<1>) -> Tensor<1>;
}

/// How the reconstruction errors of a batch become one loss.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum TaskLoss {
    /// Mean over the batch of ‖x - x̂‖ (Eq. 5, reduced as in the authors' 2021 code).
    MeanNorm,
    /// Sum over the batch of ‖x - x̂‖², as their plain autoencoder.
    SumSquares,
    /// The split of the batch's squared errors that DRAE minimises.
    Split,
}

impl TaskLoss {
    /// `[1]` from the squared errors `[n]`.
    pub fn reduce(self, squares: Tensor<1>) -> Tensor<1> {
        match self {
            TaskLoss::MeanNorm => mean(root(squares)),
            TaskLoss::SumSquares => sum(squares),
            TaskLoss::Split => split_loss(squares, SPLIT_LAMBDA),
        }
    }
}

/// An autoencoder scored by ‖x - x̂‖² (Eq. 7).
#[derive(Module, Debug)]
pub struct AutoencoderBackbone {
    /// The network.
    pub network: Autoencoder,
    /// Its loss.
    #[module(skip)]
    pub loss: TaskLoss,
}

impl Backbone for AutoencoderBackbone {
    fn encode(&self, batch: &Batch) -> Tensor<2> {
        self.network.encode(&batch.x)
    }

    fn score(&self, batch: &Batch, z: Tensor<2>) -> Tensor<1> {
        self.network.errors(z, &batch.x)
    }

    fn task_loss(&self, scores: Tensor<1>) -> Tensor<1> {
        self.loss.reduce(scores)
    }
}
