//! Elite-AE and Elite-SVDD: training items reweighted so that a few labelled ones are distinguished (Zhang et al.,
//! KDD 2021, ELITE).
//!
//! The labelled inliers and outliers stand outside the training set. On every batch the weight of item i is
//! w_i = η ⟨∇V, ∇l_i⟩, the derivative of the validation loss V with respect to the item's share of a gradient step,
//! computed in closed form as η times the derivative of the losses along ∇V (one pass of forward-mode differentiation, no
//! second order). V and these passes normalise by their batches and leave the running statistics alone. Then one plain SGD step on the mean of w_i l_i; weights are
//! signed, neither clipped nor normalised.
//!
//! Elite-AE: l = ‖x - x̂‖. Elite-SVDD: l = ‖f(x) - c‖ with c the mean of f at initialisation. V is half the mean loss of
//! the labelled inliers plus half the mean of max(g - l, 0) over the labelled outliers, g the largest loss of the
//! labelled set at initialisation.
//!
//! Defaults: 5850 steps of batches of 128; Elite-AE at 6e-4 with η five times that, Elite-SVDD at 3e-4. The published
//! Elite-AE code never clears its gradients; that is corrected here and reachable as [`Gradients::Accumulated`]. Vectors
//! get dense networks of the same make, which the paper does not have.

mod guide;

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use lfr_kernels::ops;
use rand::seq::index;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::method::autoencoder::map_batches;
use crate::method::detector::Detector;
use crate::method::elite::guide::Guide;
use crate::method::{MethodConfig, Preset, Takes};
use crate::nn::autoencoder::{Input, Shape};
use crate::nn::elite_network::{EliteAutoencoder, EliteEncoder};
use crate::nn::{
    Batch, Direction, Dual, GradientDescent, Initializer, Items, load_state, scalar, store_state,
};
use crate::seed::Seed;
use crate::train::{Context, Epoch, diverged};

/// Whether gradients are cleared between steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Gradients {
    /// Cleared, as intended.
    Cleared,
    /// Summed up over all steps, as the published Elite-AE code does by mistake.
    Accumulated,
}

/// Settings of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EliteConfig {
    /// SGD steps.
    #[schemars(extend("source" = "the code of Zhang et al. 2021: 39 x 150"))]
    pub iterations: usize,
    /// Items per step, sampled again for each step.
    #[schemars(extend("source" = "the code of Zhang et al. 2021"))]
    pub batch_size: usize,
    /// SGD's step size; 0 takes 6e-4 for Elite-AE, 3e-4 for Elite-SVDD.
    #[schemars(extend("source" = "the code of Zhang et al. 2021"))]
    pub learning_rate: f64,
    /// η over the learning rate.
    #[schemars(extend("source" = "the code of Zhang et al. 2021: 5 for grey pictures"))]
    pub meta_scale: f64,
    /// Whether gradients are cleared between steps.
    #[schemars(extend("source" = "ours: the code of Zhang et al. 2021 accumulates, by mistake"))]
    pub gradients: Gradients,
}

/// Settings of Elite-AE.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct EliteAeConfig(pub EliteConfig);

/// Settings of Elite-SVDD.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct EliteSvddConfig(pub EliteConfig);

impl Default for EliteConfig {
    /// The official setting for grey pictures.
    fn default() -> Self {
        Self {
            iterations: 5850,
            batch_size: 128,
            learning_rate: 0.0,
            meta_scale: 5.0,
            gradients: Gradients::Cleared,
        }
    }
}

/// Which of the two losses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EliteKind {
    /// Reconstruction error.
    Autoencoder,
    /// Distance from the centre.
    Svdd,
}

impl EliteKind {
    /// Numbers of the centre; Elite-AE has none.
    pub(in crate::method) fn codes(self, input: Input) -> usize {
        match (self, input) {
            (EliteKind::Autoencoder, _) => 0,
            (EliteKind::Svdd, Input::Picture { .. }) => 128,
            (EliteKind::Svdd, _) => 32,
        }
    }
}

/// The network, the same for training and scoring.
#[derive(Module, Debug)]
pub enum EliteModel {
    /// Elite-AE's.
    Autoencoder(EliteAutoencoder),
    /// Elite-SVDD's; the centre is not trained.
    Svdd(EliteEncoder),
}

impl EliteModel {
    /// The network of `kind` for items of `shape`.
    pub(in crate::method) fn new(kind: EliteKind, shape: &Shape, init: &mut Initializer<'_>) -> Self {
        match kind {
            EliteKind::Autoencoder => EliteModel::Autoencoder(EliteAutoencoder::new(shape, init)),
            EliteKind::Svdd => EliteModel::Svdd(EliteEncoder::new(shape, init)),
        }
    }

    /// `[n]`: the loss of each item, with its derivative along `direction`; `centre` counts for Elite-SVDD alone.
    pub(in crate::method) fn losses(
        &self,
        x: Tensor<2>,
        centre: &[f32],
        direction: Option<&Direction>,
    ) -> Dual<1> {
        let apart = match self {
            EliteModel::Autoencoder(network) => {
                let rebuilt = network.rebuild(x.clone(), direction);
                Dual { value: rebuilt.value - x, tangent: rebuilt.tangent }
            }
            EliteModel::Svdd(network) => {
                let code = network.encode(x, direction);
                let centre = TensorData::new(centre.to_vec(), [1, centre.len()]);
                let centre = Tensor::from_data(centre, &code.value.device());
                Dual { value: code.value - centre, tangent: code.tangent }
            }
        };
        apart.norms()
    }
}

/// Makes the method of `$config` with the losses of `$kind`.
macro_rules! elite {
    ($config:ident, $kind:expr, $name:literal, $summary:literal) => {
        impl MethodConfig for $config {
            type Fitted = Elite;
            const NAME: &str = $name;
            const SUMMARY: &str = $summary;
            const SOURCE: &str = "Zhang et al. 2021";
            const COST: &str = "an hour";
            const IS_NETWORK: bool = true;
            const TAKES: Takes = Takes::LabelledToo;
            const PRESETS: &[Preset<Self>] = &[("paper", Self::default)];

            fn validate(&self) -> Result<()> {
                self.0.validate()
            }

            fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Elite> {
                self.0.fit($kind, x, context)
            }

            fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Elite> {
                self.0.load($kind, shape, device, weights)
            }
        }
    };
}

elite!(EliteAeConfig, EliteKind::Autoencoder, "elite-ae", "autoencoder reweighted by a few labelled items");
elite!(
    EliteSvddConfig,
    EliteKind::Svdd,
    "elite-svdd",
    "distance from a centre, reweighted by a few labelled items"
);

impl EliteConfig {
    fn rate(&self, kind: EliteKind) -> f64 {
        match (self.learning_rate, kind) {
            (0.0, EliteKind::Autoencoder) => 6e-4,
            (0.0, EliteKind::Svdd) => 3e-4,
            (given, _) => given,
        }
    }

    fn validate(&self) -> Result<()> {
        let positive = |key: &str, value: f64, ok: bool| {
            if ok { Ok(()) } else { Err(Error::config(key, value, "must be above 0")) }
        };
        positive("iterations", self.iterations as f64, self.iterations > 0)?;
        positive("batch_size", self.batch_size as f64, self.batch_size > 1)?;
        positive("meta_scale", self.meta_scale, self.meta_scale > 0.0 && self.meta_scale.is_finite())?;
        let rate = self.learning_rate;
        positive("learning_rate", rate, rate >= 0.0 && rate.is_finite())
    }

    fn fit(&self, kind: EliteKind, x: &Features, context: &mut Context<'_>) -> Result<Elite> {
        self.validate()?;
        let known = context.known.clone().ok_or_else(|| {
            let method = match kind {
                EliteKind::Autoencoder => EliteAeConfig::NAME,
                EliteKind::Svdd => EliteSvddConfig::NAME,
            };
            Error::LabelsNeeded { method: method.into() }
        })?;
        known.check()?;
        let device = context.device.clone();
        let training = device.clone().autodiff();
        let mut init = Initializer::new(context.seed.stream("init"), &training);
        let mut model = EliteModel::new(kind, &Shape::of(x, 0), &mut init);
        let centre = centre(&model.valid(), x, self.batch_size, context.seed, &device);
        let rate = self.rate(kind);
        let guide = Guide::new(&model, &known, &centre, rate * self.meta_scale, &training);
        let mut descent = GradientDescent::new(rate, self.gradients == Gradients::Accumulated);
        let items = Items::new(x.len(), x.width(), &training, |indices| rows(x, indices));
        let per_epoch = x.len().div_ceil(self.batch_size);
        let mut random = context.seed.stream("shuffle");
        let mut sums = (0.0, 0usize);
        let mut good = model.valid();
        for step in 0..self.iterations {
            context.observer.step(step % per_epoch, per_epoch)?;
            let start = (step % per_epoch == 0).then(|| model.valid());
            let amount = self.batch_size.min(x.len());
            let indices = index::sample(&mut random, x.len(), amount).into_vec();
            let batch = items.batch(&indices);
            let weights = guide.weights(&model, batch.clone(), &centre);
            let losses = model.losses(batch, &centre, None).value;
            let mean = scalar(&ops::mean(losses.clone())) as f32;
            if !mean.is_finite() {
                if step < per_epoch {
                    return Err(Error::Diverged { epoch: 1, loss: mean });
                }
                context.warnings.push(diverged(step / per_epoch + 1, self.iterations.div_ceil(per_epoch)));
                model = good;
                break;
            }
            good = start.unwrap_or(good);
            model = descent.step(model, &ops::mean(losses * weights));
            sums = (sums.0 + mean, sums.1 + 1);
            if (step + 1) % per_epoch == 0 || step + 1 == self.iterations {
                let epoch = Epoch {
                    epoch: step / per_epoch + 1,
                    epochs: self.iterations.div_ceil(per_epoch),
                    loss: sums.0 / sums.1 as f32,
                    parts: Vec::new(),
                    gap: None,
                };
                sums = (0.0, 0);
                context.observer.epoch(&epoch, &|| scores(&model.valid(), x, &centre, &device))?;
                context.findings.curve.push(epoch);
            }
        }
        Ok(Elite { model: model.valid(), centre, device })
    }

    fn load(&self, kind: EliteKind, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Elite> {
        self.validate()?;
        let (_, centre) = weights.take_f32("centre", &[Some(kind.codes(shape.input))])?;
        let mut init = Initializer::new(Seed(0).stream("init"), device);
        let model = load_state(EliteModel::new(kind, shape, &mut init), weights)?.valid();
        Ok(Elite { model, centre, device: device.clone() })
    }
}

/// A fitted Elite.
pub struct Elite {
    model: EliteModel,
    centre: Vec<f32>,
    device: Device,
}

impl Detector for Elite {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        scores(&self.model, x, &self.centre, &self.device)
    }

    fn store(&self, weights: &mut Weights) {
        store_state(&self.model, weights);
        weights.put_f32("centre", &[self.centre.len()], self.centre.clone());
    }
}

/// Mean of f over 100 random batches, kept off 0 by a tenth; empty for Elite-AE.
fn centre(model: &EliteModel, x: &Features, batch: usize, seed: Seed, device: &Device) -> Vec<f32> {
    let EliteModel::Svdd(network) = model else { return Vec::new() };
    let mut random = seed.stream("centre");
    let mut sum: Vec<f32> = Vec::new();
    for _ in 0..100 {
        let indices = index::sample(&mut random, x.len(), batch.min(x.len())).into_vec();
        let mean = network.encode(lay_out(x, &indices, device).x.dense(), None).value.mean_dim(0);
        let mean: Vec<f32> = mean.to_data().try_into_vec().unwrap_or_default();
        sum.resize(mean.len(), 0.0);
        sum.iter_mut().zip(mean).for_each(|(sum, m)| *sum += m / 100.0);
    }
    sum.iter().map(|&c| if c.abs() < 0.1 { 0.1f32.copysign(c) } else { c }).collect()
}

/// Grey pictures in \[0, 1\], all else as [`Features::row_into`].
fn rows(x: &Features, indices: &[usize]) -> Vec<f32> {
    let mut rows = x.dense(indices);
    if matches!(x, Features::Images(images) if images.channels == 1) {
        rows.iter_mut().for_each(|v| *v = (*v + 1.0) / 2.0);
    }
    rows
}

/// The batch of the items `indices`.
pub(in crate::method) fn lay_out(x: &Features, indices: &[usize], device: &Device) -> Batch {
    let rows = TensorData::new(rows(x, indices), [indices.len(), x.width()]);
    Batch { x: Tensor::from_data(rows, device).into(), groups: None }
}

fn scores(model: &EliteModel, x: &Features, centre: &[f32], device: &Device) -> Result<Vec<f32>> {
    map_batches(
        x.len(),
        |indices| lay_out(x, indices, device),
        |batch| model.losses(batch.x.dense(), centre, None).value,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::{Evidence, Verdict, checks};
    use crate::data::{Images, Values};
    use crate::train::{Known, Silent};

    /// Forty grey pictures of 8 x 8, every fourth the negative of a slope.
    fn slopes() -> Features {
        let value = |i: usize| {
            let (picture, pixel) = (i / 64, i % 64);
            let value = (3 * pixel + 17 * (picture * pixel % 7)) as u8;
            if picture % 4 == 3 { 255 - value } else { value }
        };
        Features::Images(Images { channels: 1, side: 8, pixels: (0..40 * 64).map(value).collect() })
    }

    fn fit(config: &EliteConfig, warnings: &mut Vec<String>) -> Result<Elite> {
        let mut silent = Silent;
        let mut context = Context::new(Seed(1), Device::flex(), &mut silent);
        context.known = Some(Known { features: slopes(), outlier: (0..40).map(|i| i % 4 == 3).collect() });
        let fitted = config.fit(EliteKind::Svdd, &slopes(), &mut context);
        *warnings = context.warnings;
        fitted
    }

    fn warnings(elite: &Elite) -> Vec<String> {
        let scores = elite.scores(&slopes()).unwrap();
        let all = checks(&Evidence { scores: &scores, ..Evidence::default() }).into_iter();
        all.filter(|check| check.verdict == Verdict::Warning).map(|check| check.name).collect()
    }

    /// The known failure of one-class networks: everything is mapped to one point, here by a last layer of nothing.
    #[test]
    fn a_collapsed_svdd_is_told() {
        let config = EliteConfig { iterations: 4, batch_size: 8, ..EliteConfig::default() };
        let elite = fit(&config, &mut Vec::new()).unwrap();
        assert!(warnings(&elite).is_empty(), "{:?}", warnings(&elite));
        let mut stored = Weights::default();
        elite.store(&mut stored);
        for shrink in [0.0, 1e-8] {
            let mut weights = Weights::default();
            for (name, array) in stored.iter() {
                let Values::F32(values) = &array.values else { panic!("{name}") };
                let factor = if name.ends_with("code") { shrink } else { 1.0 };
                weights.put_f32(name, &array.shape, values.iter().map(|v| v * factor).collect());
            }
            let shape = Shape::of(&slopes(), 0);
            let collapsed = config.load(EliteKind::Svdd, &shape, &Device::flex(), &mut weights).unwrap();
            assert!(!warnings(&collapsed).is_empty(), "the last layer times {shrink}");
        }
    }

    #[test]
    fn a_diverged_run_is_stopped_and_keeps_its_last_good_state() {
        let wild =
            EliteConfig { iterations: 4, batch_size: 8, learning_rate: 1e30, ..EliteConfig::default() };
        let mut warnings = Vec::new();
        assert!(matches!(fit(&wild, &mut warnings), Err(Error::Diverged { epoch: 1, .. })));
        let elite = fit(&EliteConfig { batch_size: 40, ..wild }, &mut warnings).unwrap();
        assert_eq!(warnings, ["training diverged in epoch 2 of 4; the state before it is kept"]);
        assert!(elite.scores(&slopes()).unwrap().iter().all(|score| score.is_finite()));
    }
}
