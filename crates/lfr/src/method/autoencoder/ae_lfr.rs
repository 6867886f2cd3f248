//! AE-LFR: the autoencoder with latent feature reconstruction (Lin et al. 2023, section 3.2), the paper's method
//! for pictures, text and tables.
//!
//! Training minimises mean ‖x - ψ(z)‖ + λ₁ mean ‖z - AᵀAz‖ + λ₂ ‖AAᵀ - I‖² (Eq. 6); scoring feeds the decoder the
//! reconstructed latent, s(x) = ‖x - ψ(AᵀAφ(x))‖² (Eq. 7). Inliers survive the detour through k dimensions, outliers
//! do not.
//!
//! Defaults are the paper's; where the paper is silent, its authors' 2021 code: means over the batch, the
//! orthogonality term as a mean over entries, A ~ N(0, 1), weight decay 1e-6, joint optimisation.
//! [`AeLfrConfig::authors_2021`] is that code's own setting.

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::latent::{AutoencoderBackbone, Fed, Lfr, LfrConfig, Plugged, TaskLoss};
use crate::method::autoencoder::ae::check_latent;
use crate::method::autoencoder::reconstruction::{PluggedAutoencoder, Reconstructor};
use crate::method::{MethodConfig, Preset};
use crate::nn::Initializer;
use crate::nn::autoencoder::{Autoencoder, Between, Shape};
use crate::nn::vector_network::VectorNetwork;
use crate::seed::Seed;
use crate::train::{Context, Schedule};

/// Settings of AE-LFR.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct AeLfrConfig {
    /// Numbers in the latent; 0 takes 256 for pictures (the paper) and 128 for vectors (the authors' code).
    #[schemars(extend("source" = "Lin et al. 2023 for pictures, their 2021 code for vectors"))]
    pub latent: usize,
    /// The network for texts and tables.
    pub vectors: VectorNetwork,
    /// The latent layer.
    pub lfr: LfrConfig,
    /// What the decoder is fed in training (Eq. 12: L_A or L_B).
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 12"))]
    pub train_on: Fed,
    /// What the decoder is fed in scoring (Eq. 12: S_A or S_B).
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 7 and 12"))]
    pub score_on: Fed,
    /// The reconstruction loss.
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 5; mean in place of sum as in their 2021 code"))]
    pub loss: TaskLoss,
    /// Budget and optimiser.
    pub schedule: Schedule,
}

impl Default for AeLfrConfig {
    /// The paper's setting.
    fn default() -> Self {
        Self {
            latent: 0,
            vectors: VectorNetwork::default(),
            lfr: LfrConfig::default(),
            train_on: Fed::Latent,
            score_on: Fed::Reconstructed,
            loss: TaskLoss::MeanNorm,
            schedule: Schedule::default(),
        }
    }
}

impl AeLfrConfig {
    /// The setting of the authors' 2021 code: a latent of 128 at a rate of 1e-4 with λ₂ = 0.01.
    pub fn authors_2021() -> Self {
        Self {
            latent: 128,
            lfr: LfrConfig { lambda_2: 0.01, ..LfrConfig::default() },
            schedule: Schedule { learning_rate: 1e-4, ..Schedule::default() },
            ..Self::default()
        }
    }

    /// Their setting for sets of about a hundred pictures (Caltech101): a latent of 32 at 5e-5.
    pub fn authors_2021_small() -> Self {
        let base = Self::authors_2021();
        Self { latent: 32, schedule: Schedule { learning_rate: 5e-5, ..base.schedule }, ..base }
    }

    /// A budget for a laptop: few epochs, scored from the plain latent, which is at its best before the network learns
    /// to reconstruct outliers (`docs/defaults.md`).
    pub fn short() -> Self {
        let schedule = Schedule {
            epochs: 20,
            most_items: 40_000,
            learning_rate: 1e-3,
            batch_size: 32,
            ..Schedule::default()
        };
        Self { score_on: Fed::Latent, schedule, ..Self::default() }
    }

    fn model(&self, shape: &Shape, seed: Seed, device: &Device) -> Result<PluggedAutoencoder<Lfr>> {
        self.lfr.validate(shape.latent)?;
        let mut init = Initializer::new(seed.stream("init"), device);
        let network = Autoencoder::new(shape, self.vectors, Between::Nothing, &mut init);
        let mut init = Initializer::new(seed.stream("lfr"), device);
        let layer = Lfr::new(&self.lfr, 1, shape.latent, &mut init);
        let backbone = AutoencoderBackbone { network, loss: self.loss };
        Ok(Plugged { backbone, layer, train_on: self.train_on })
    }
}

impl MethodConfig for AeLfrConfig {
    type Fitted = AeLfr;
    const NAME: &str = "ae-lfr";
    const SUMMARY: &str = "autoencoder scored through latent feature reconstruction";
    const SOURCE: &str = "Lin et al. 2023";
    const COST: &str = "a second per epoch";
    const IS_NETWORK: bool = true;
    const LEARNS_FROM_LABELS: bool = true;
    const PRESETS: &[Preset<Self>] = &[
        ("paper", Self::default),
        ("authors-2021", Self::authors_2021),
        ("authors-2021-small", Self::authors_2021_small),
    ];

    fn validate(&self) -> Result<()> {
        check_latent(self.latent)?;
        // The most it can be as long as the data are not known; `model` knows.
        self.lfr.validate(if self.latent == 0 { 256 } else { self.latent })?;
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<AeLfr> {
        self.validate()?;
        let device = context.device.clone().autodiff();
        let model = self.model(&Shape::of(x, self.latent), context.seed, &device)?;
        let fitted = Reconstructor::fit(x, model, self.score_on, &self.schedule, context)?;
        context.findings.orthogonality = Some(fitted.layer().distance_from_orthogonal());
        Ok(fitted)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<AeLfr> {
        self.validate()?;
        let model = self.model(&shape.with_latent(self.latent), Seed(0), device)?;
        Reconstructor::load(model, self.score_on, device.clone(), weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted AE-LFR.
pub type AeLfr = Reconstructor<Lfr>;
