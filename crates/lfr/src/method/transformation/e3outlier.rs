//! E3Outlier: GEOM's classifier over 111 operations, scored by the entropy of its answers (Wang et al., NeurIPS
//! 2019), as run by Lin et al. 2023.
//!
//! The operations are GEOM's 72, 16 irregular rotations and 23 patch permutations. Defaults: Adam at 1e-3 with eps
//! 1e-7 and L2 5e-4 for 10 epochs as behind the figures of Lin et al. (the original runs 3), negative entropy as
//! the normality score.

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::latent::{Fed, Identity};
use crate::method::transformation::classifier::TransformationClassifier;
use crate::method::transformation::geom::{plain_classifier, transformation_schedule};
use crate::method::transformation::likelihood::GtScore;
use crate::method::{MethodConfig, Preset, Takes};
use crate::nn::autoencoder::Shape;
use crate::seed::Seed;
use crate::train::{Context, Schedule};
use crate::transform::TransformSet;

/// Settings of E3Outlier.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct E3OutlierConfig {
    /// How probabilities become a score.
    #[schemars(extend("source" = "Wang et al. 2019: negative entropy"))]
    pub score: GtScore,
    /// Budget and optimiser; a batch counts transformed pictures.
    pub schedule: Schedule,
}

impl Default for E3OutlierConfig {
    /// As behind the figures of Lin et al. 2023.
    fn default() -> Self {
        Self { score: GtScore::Entropy, schedule: transformation_schedule(10, 1e-3) }
    }
}

impl E3OutlierConfig {
    /// The original's budget: ceil(250 / 111) epochs.
    pub fn original() -> Self {
        Self { schedule: transformation_schedule(3, 1e-3), ..Self::default() }
    }
}

impl MethodConfig for E3OutlierConfig {
    type Fitted = E3Outlier;
    const NAME: &str = "e3outlier";
    const SUMMARY: &str = "111-way transformation classifier, scored by entropy";
    const SOURCE: &str = "Wang et al. 2019";
    const COST: &str = "two hours";
    const IS_NETWORK: bool = true;
    const TAKES: Takes = Takes::Pictures;
    const PRESETS: &[Preset<Self>] = &[("paper", Self::default), ("original", Self::original)];

    fn validate(&self) -> Result<()> {
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<E3Outlier> {
        self.validate()?;
        let set = TransformSet::All111;
        let model =
            plain_classifier(&Shape::of(x, 0), &set, context.seed, &context.device.clone().autodiff());
        TransformationClassifier::fit(x, model, set, Fed::Latent, self.score, &self.schedule, context)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<E3Outlier> {
        self.validate()?;
        let set = TransformSet::All111;
        let model = plain_classifier(shape, &set, Seed(0), device);
        TransformationClassifier::load(model, set, Fed::Latent, self.score, device.clone(), weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted E3Outlier.
pub type E3Outlier = TransformationClassifier<Identity>;
