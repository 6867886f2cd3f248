//! AE: the plain autoencoder scored by its reconstruction error, the baseline of Lin et al. 2023 (section 4;
//! CAE on pictures).
//!
//! Minimises the summed squared error ‖x - x̂‖² over a batch and scores by the same error. Defaults are the
//! paper's (1000 epochs of Adam at 2.5e-4, batches of 128) with the weight decay 1e-6 and the squared loss of the
//! authors' 2021 code. The error of outliers shrinks with every epoch (the paper's Fig. 1): that is what AE-LFR prevents.

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::latent::{AutoencoderBackbone, Fed, Identity, Plugged, TaskLoss};
use crate::method::autoencoder::reconstruction::{PluggedAutoencoder, Reconstructor};
use crate::method::{MethodConfig, Preset};
use crate::nn::Initializer;
use crate::nn::autoencoder::{Autoencoder, Between, Shape};
use crate::nn::vector_network::VectorNetwork;
use crate::seed::Seed;
use crate::train::{Context, Schedule};

/// Settings of the plain autoencoder.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AeConfig {
    /// Numbers in the latent; 0 takes 256 for pictures (the paper) and 128 for vectors (the authors' code).
    #[schemars(extend("source" = "Lin et al. 2023 for pictures, their 2021 code for vectors"))]
    pub latent: usize,
    /// The network for texts and tables.
    pub vectors: VectorNetwork,
    /// The training loss.
    #[schemars(extend("source" = "the 2021 code of Lin et al"))]
    pub loss: TaskLoss,
    /// Budget and optimiser.
    pub schedule: Schedule,
}

impl Default for AeConfig {
    /// The paper's baseline.
    fn default() -> Self {
        Self {
            latent: 0,
            vectors: VectorNetwork::default(),
            loss: TaskLoss::SumSquares,
            schedule: Schedule::default(),
        }
    }
}

impl AeConfig {
    /// The setting of the authors' 2021 code: a latent of 128 for pictures too. With it the training follows the log behind
    /// the paper's Fig. 1 (`docs/results.md`).
    pub fn authors_2021() -> Self {
        Self { latent: 128, ..Self::default() }
    }

    fn model(&self, shape: &Shape, seed: Seed, device: &Device) -> PluggedAutoencoder<Identity> {
        let mut init = Initializer::new(seed.stream("init"), device);
        let network = Autoencoder::new(shape, self.vectors, Between::Nothing, &mut init);
        let backbone = AutoencoderBackbone { network, loss: self.loss };
        Plugged { backbone, layer: Identity {}, train_on: Fed::Latent }
    }
}

impl MethodConfig for AeConfig {
    type Fitted = Ae;
    const NAME: &str = "ae";
    const SUMMARY: &str = "plain autoencoder, scored by reconstruction error";
    const SOURCE: &str = "baseline of Lin et al. 2023";
    const COST: &str = "a second per epoch";
    const IS_NETWORK: bool = true;
    const PRESETS: &[Preset<Self>] = &[("paper", Self::default), ("authors-2021", Self::authors_2021)];

    fn validate(&self) -> Result<()> {
        check_latent(self.latent)?;
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Ae> {
        self.validate()?;
        let device = context.device.clone().autodiff();
        let model = self.model(&Shape::of(x, self.latent), context.seed, &device);
        Reconstructor::fit(x, model, Fed::Latent, &self.schedule, context)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Ae> {
        self.validate()?;
        let model = self.model(&shape.with_latent(self.latent), Seed(0), device);
        Reconstructor::load(model, Fed::Latent, device.clone(), weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted plain autoencoder.
pub type Ae = Reconstructor<Identity>;

/// Refuses latents beyond any use.
pub(in crate::method) fn check_latent(latent: usize) -> Result<()> {
    if latent > 65_536 {
        return Err(Error::config("latent", latent, "must be 0 (chosen from the data) to 65536"));
    }
    Ok(())
}
