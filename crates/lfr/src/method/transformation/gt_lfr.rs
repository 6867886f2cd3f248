//! GT-LFR: geometric transformations with latent feature reconstruction (Lin et al. 2023, section 3.3).
//!
//! GEOM's classifier with one matrix A_m a transformation: training adds λ₁‖z - A_mᵀA_m z‖ and λ₂‖A_m A_mᵀ - I‖² of the
//! matrices a batch uses (Eq. 9 and 10), scoring feeds the classifier A_mᵀA_m z (Eq. 11).
//!
//! Defaults: k = 20, λ₁ = 2e-4, λ₂ = 1e-5 (the paper); eps 1e-7, L2 5e-4 also on the A_m, minus the mean log-probability
//! (the authors' 2021 code). The paper gives neither epochs nor rate; theirs are 15 epochs at 5e-4 for small sets
//! (the default), 10 at 2e-4 for Fashion-MNIST, 10 at 5e-5 for CIFAR10. Training on z' (L_B) is reachable and, as
//! the paper says, does not converge.

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::latent::{Fed, Lfr, LfrConfig, Plugged};
use crate::method::transformation::classifier::{
    PluggedClassifier, TransformationBackbone, TransformationClassifier,
};
use crate::method::transformation::geom::transformation_schedule;
use crate::method::transformation::likelihood::GtScore;
use crate::method::{MethodConfig, Preset, Takes};
use crate::nn::Initializer;
use crate::nn::autoencoder::Shape;
use crate::nn::wide_resnet::LATENT;
use crate::seed::Seed;
use crate::train::{Context, Schedule};
use crate::transform::TransformSet;

/// Settings of GT-LFR.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GtLfrConfig {
    /// The latent layer, one matrix per transformation.
    pub lfr: LfrConfig,
    /// What the classifier is fed in training (L_A or L_B).
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 9 and 12"))]
    pub train_on: Fed,
    /// What the classifier is fed in scoring (S_A or S_B).
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 11 and 12"))]
    pub score_on: Fed,
    /// How probabilities become a score.
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 11; the mean of logs in their 2021 code"))]
    pub score: GtScore,
    /// Budget and optimiser; a batch counts transformed pictures.
    pub schedule: Schedule,
}

impl Default for GtLfrConfig {
    /// The paper's setting, with the authors' budget for sets of a hundred pictures.
    fn default() -> Self {
        Self {
            lfr: LfrConfig { k: 20, lambda_1: 2e-4, lambda_2: 1e-5, ..LfrConfig::default() },
            train_on: Fed::Latent,
            score_on: Fed::Reconstructed,
            score: GtScore::MeanLogProb,
            schedule: transformation_schedule(15, 5e-4),
        }
    }
}

impl GtLfrConfig {
    /// The authors' budget for Fashion-MNIST.
    pub fn fashion_mnist() -> Self {
        Self { schedule: transformation_schedule(10, 2e-4), ..Self::default() }
    }

    /// The authors' budget for CIFAR10.
    pub fn cifar10() -> Self {
        Self { schedule: transformation_schedule(10, 5e-5), ..Self::default() }
    }

    fn model(
        &self,
        shape: &Shape,
        set: &TransformSet,
        seed: Seed,
        device: &Device,
    ) -> PluggedClassifier<Lfr> {
        let mut init = Initializer::new(seed.stream("init"), device);
        let backbone = TransformationBackbone::new(shape, set.len(), &mut init);
        let mut init = Initializer::new(seed.stream("lfr"), device);
        let layer = Lfr::new(&self.lfr, set.len(), LATENT, &mut init);
        Plugged { backbone, layer, train_on: self.train_on }
    }
}

impl MethodConfig for GtLfrConfig {
    type Fitted = GtLfr;
    const NAME: &str = "gt-lfr";
    const SUMMARY: &str = "72-way transformation classifier scored through latent feature reconstruction";
    const SOURCE: &str = "Lin et al. 2023";
    const COST: &str = "an hour";
    const IS_NETWORK: bool = true;
    const TAKES: Takes = Takes::Pictures;
    const LEARNS_FROM_LABELS: bool = true;
    const PRESETS: &[Preset<Self>] =
        &[("paper", Self::default), ("fashion-mnist", Self::fashion_mnist), ("cifar10", Self::cifar10)];

    fn validate(&self) -> Result<()> {
        self.lfr.validate(LATENT)?;
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<GtLfr> {
        self.validate()?;
        let set = TransformSet::Regular72;
        let device = context.device.clone().autodiff();
        let model = self.model(&Shape::of(x, 0), &set, context.seed, &device);
        let fitted =
            TransformationClassifier::fit(x, model, set, self.score_on, self.score, &self.schedule, context)?;
        context.findings.orthogonality = Some(fitted.layer().distance_from_orthogonal());
        Ok(fitted)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<GtLfr> {
        self.validate()?;
        let set = TransformSet::Regular72;
        let model = self.model(shape, &set, Seed(0), device);
        TransformationClassifier::load(model, set, self.score_on, self.score, device.clone(), weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted GT-LFR.
pub type GtLfr = TransformationClassifier<Lfr>;
