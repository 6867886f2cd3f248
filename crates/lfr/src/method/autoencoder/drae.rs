//! DRAE: the discriminative autoencoder (Xia et al., ICCV 2015), as in E3Outlier's code.
//!
//! Each batch is split in two by its reconstruction errors; training minimises the error of the better side plus
//! the ratio of within-scatter to total scatter. The network is the shared autoencoder with batch normalisation after
//! every activation but those of the bottleneck and the output. Defaults: latent 128, Adam at 1e-3 with eps 1e-7 and
//! L2 5e-4, 1000 epochs of batches of 128 (the runs behind Lin et al. 2023; E3Outlier's own stop at 250).

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::latent::{AutoencoderBackbone, Fed, Identity, Plugged, TaskLoss};
use crate::method::autoencoder::ae::check_latent;
use crate::method::autoencoder::reconstruction::{PluggedAutoencoder, Reconstructor};
use crate::method::{MethodConfig, Preset};
use crate::nn::Initializer;
use crate::nn::autoencoder::{Autoencoder, Between, Shape};
use crate::nn::vector_network::VectorNetwork;
use crate::seed::Seed;
use crate::train::{Context, Schedule};

/// Settings of DRAE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct DraeConfig {
    /// Numbers in the latent; 0 takes 256 for pictures and 128 for vectors.
    #[schemars(extend("source" = "the 2021 code of Lin et al"))]
    pub latent: usize,
    /// Budget and optimiser.
    pub schedule: Schedule,
}

impl Default for DraeConfig {
    /// As behind the figures of Lin et al. 2023.
    fn default() -> Self {
        let schedule =
            Schedule { learning_rate: 1e-3, epsilon: 1e-7, weight_decay: 5e-4, ..Schedule::default() };
        Self { latent: 128, schedule }
    }
}

impl DraeConfig {
    fn model(&self, shape: &Shape, seed: Seed, device: &Device) -> PluggedAutoencoder<Identity> {
        let mut init = Initializer::new(seed.stream("init"), device);
        let network = Autoencoder::new(shape, VectorNetwork::default(), Between::BatchNorm, &mut init);
        let backbone = AutoencoderBackbone { network, loss: TaskLoss::Split };
        Plugged { backbone, layer: Identity {}, train_on: Fed::Latent }
    }
}

impl MethodConfig for DraeConfig {
    type Fitted = Drae;
    const NAME: &str = "drae";
    const SUMMARY: &str = "autoencoder that separates each batch by reconstruction error";
    const SOURCE: &str = "Xia et al. 2015";
    const COST: &str = "a second per epoch";
    const IS_NETWORK: bool = true;
    const PRESETS: &[Preset<Self>] = &[("paper", Self::default)];

    fn validate(&self) -> Result<()> {
        check_latent(self.latent)?;
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Drae> {
        self.validate()?;
        let device = context.device.clone().autodiff();
        let model = self.model(&Shape::of(x, self.latent), context.seed, &device);
        Reconstructor::fit(x, model, Fed::Latent, &self.schedule, context)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Drae> {
        self.validate()?;
        let model = self.model(&shape.with_latent(self.latent), Seed(0), device);
        Reconstructor::load(model, Fed::Latent, device.clone(), weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted DRAE.
pub type Drae = Reconstructor<Identity>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;
    use crate::method::Detector;
    use crate::train::Silent;

    /// The running statistics of batch normalisation are those of the state that is kept.
    #[test]
    fn a_diverged_run_keeps_a_state_that_scores() {
        let values = (0..200u8).map(|i| f32::from(i.wrapping_mul(37) % 101) / 50.0 - 1.0).collect();
        let x = Features::Dense(Matrix { cols: 5, values });
        let wild = Schedule { epochs: 4, learning_rate: 1e30, ..DraeConfig::default().schedule };
        let config = DraeConfig { schedule: wild, ..DraeConfig::default() };
        let mut silent = Silent;
        let mut context = Context::new(Seed(1), Device::flex(), &mut silent);
        let drae = config.fit(&x, &mut context).unwrap();
        assert_eq!(context.warnings, ["training diverged in epoch 2 of 4; the state before it is kept"]);
        assert!(drae.scores(&x).unwrap().iter().all(|score| score.is_finite()));
    }
}
