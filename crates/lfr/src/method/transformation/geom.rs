//! GEOM: how well a classifier trained on the pile tells which of 72 geometric transformations a picture went
//! through (Golan and El-Yaniv, NeurIPS 2018), as run by Lin et al. 2023.
//!
//! Network, loss and optimiser follow E3Outlier's code: WRN-10-4, cross-entropy, Adam with eps 1e-7 and an L2 term of
//! 5e-4. Defaults are those behind the tables of Lin et al.: 10 epochs at 1e-3 and minus the mean log-probability of
//! the true transformation. The Dirichlet score of the original is [`GtScore::Dirichlet`].

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::latent::{Fed, Identity, Plugged};
use crate::method::transformation::classifier::{
    PluggedClassifier, TransformationBackbone, TransformationClassifier,
};
use crate::method::transformation::likelihood::GtScore;
use crate::method::{MethodConfig, Preset, Takes};
use crate::nn::Initializer;
use crate::nn::autoencoder::Shape;
use crate::seed::Seed;
use crate::train::{Context, Schedule};
use crate::transform::TransformSet;

/// Settings of GEOM.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct GeomConfig {
    /// How probabilities become a score.
    #[schemars(extend("source" = "Lin et al. 2023, Eq. 8; the mean of logs in their 2021 code"))]
    pub score: GtScore,
    /// Budget and optimiser; a batch counts transformed pictures.
    pub schedule: Schedule,
}

impl Default for GeomConfig {
    /// As in the tables of Lin et al. 2023.
    fn default() -> Self {
        Self { score: GtScore::MeanLogProb, schedule: transformation_schedule(10, 1e-3) }
    }
}

/// Adam as the transformation methods run it.
pub(in crate::method) fn transformation_schedule(epochs: usize, learning_rate: f64) -> Schedule {
    Schedule { epochs, learning_rate, weight_decay: 5e-4, epsilon: 1e-7, ..Schedule::default() }
}

impl GeomConfig {
    /// The original's budget and score: ceil(200 / 72) epochs, Dirichlet.
    pub fn original() -> Self {
        Self { score: GtScore::Dirichlet, schedule: transformation_schedule(3, 1e-3) }
    }
}

impl MethodConfig for GeomConfig {
    type Fitted = Geom;
    const NAME: &str = "geom";
    const SUMMARY: &str =
        "72-way transformation classifier, scored by the probability of the true transformation";
    const SOURCE: &str = "Golan and El-Yaniv 2018";
    const COST: &str = "an hour";
    const IS_NETWORK: bool = true;
    const TAKES: Takes = Takes::Pictures;
    const PRESETS: &[Preset<Self>] = &[("paper", Self::default), ("original", Self::original)];

    fn validate(&self) -> Result<()> {
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Geom> {
        self.validate()?;
        let set = TransformSet::Regular72;
        let model =
            plain_classifier(&Shape::of(x, 0), &set, context.seed, &context.device.clone().autodiff());
        TransformationClassifier::fit(x, model, set, Fed::Latent, self.score, &self.schedule, context)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Geom> {
        self.validate()?;
        let set = TransformSet::Regular72;
        let model = plain_classifier(shape, &set, Seed(0), device);
        TransformationClassifier::load(model, set, Fed::Latent, self.score, device.clone(), weights)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted GEOM.
pub type Geom = TransformationClassifier<Identity>;

/// The classifier for `set`, nothing plugged in.
pub(in crate::method) fn plain_classifier(
    shape: &Shape,
    set: &TransformSet,
    seed: Seed,
    device: &Device,
) -> PluggedClassifier<Identity> {
    let mut init = Initializer::new(seed.stream("init"), device);
    let backbone = TransformationBackbone::new(shape, set.len(), &mut init);
    Plugged { backbone, layer: Identity {}, train_on: Fed::Latent }
}
