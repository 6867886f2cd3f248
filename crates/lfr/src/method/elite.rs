//! Elite-AE and Elite-SVDD: training items reweighted so that a few labelled ones are told apart (Zhang et al.,
//! KDD 2021, ELITE).
//!
//! The labelled inliers and outliers stand outside the training set. On every batch the weight of item i is
//! w_i = η ⟨∇V, ∇l_i⟩, the derivative of the validation loss V with respect to the item's share of a gradient step,
//! computed in closed form as η times the directional derivative of the losses along ∇V (a central difference, two
//! forward passes, no second-order differentiation). Then one plain SGD step on the mean of w_i l_i; weights are
//! signed, neither clipped nor normalised.
//!
//! Elite-AE: l = ‖x - x̂‖. Elite-SVDD: l = ‖f(x) - c‖ with c the mean of f at initialisation. V is half the mean loss of
//! the labelled inliers plus half the mean of max(g - l, 0) over the labelled outliers, g the largest loss of the
//! labelled set at initialisation.
//!
//! Defaults: 5850 steps of batches of 128; Elite-AE at 6e-4 with η five times that, Elite-SVDD at 3e-4. The published
//! Elite-AE code never clears its gradients; that is mended here and reachable as [`Gradients::Accumulated`]. Vectors
//! get dense networks of the same make, which the paper does not have.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use rand::seq::index;
use serde::{Deserialize, Serialize};

use super::context::{Context, Epoch, Known};
use super::detector::Detector;
use super::reconstruction::map_batches;
use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::latent::norms;
use crate::nn::autoencoder::{Input, Shape};
use crate::nn::elite_network::{EliteAutoencoder, EliteEncoder};
use crate::nn::{Batch, Descent, Initializer, load_state, store_state};
use crate::seed::Seed;

/// Whether gradients are cleared between steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gradients {
    /// Cleared, as intended.
    Cleared,
    /// Summed up over all steps, as the published Elite-AE code does by mistake.
    Accumulated,
}

/// Settings of both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EliteConfig {
    /// SGD steps.
    pub iterations: usize,
    /// Items a step, drawn afresh each time.
    pub batch_size: usize,
    /// SGD's step size; 0 takes 6e-4 for Elite-AE, 3e-4 for Elite-SVDD.
    pub learning_rate: f64,
    /// η over the learning rate.
    pub meta_scale: f64,
    /// Whether gradients are cleared between steps.
    pub gradients: Gradients,
}

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

/// The network, the same for training and scoring.
#[derive(Module, Debug)]
pub enum EliteModel {
    /// Elite-AE's.
    Autoencoder(EliteAutoencoder),
    /// Elite-SVDD's; the centre is not trained.
    Svdd(EliteEncoder),
}

impl EliteModel {
    fn new(kind: EliteKind, shape: &Shape, init: &mut Initializer<'_>) -> Self {
        match kind {
            EliteKind::Autoencoder => EliteModel::Autoencoder(EliteAutoencoder::new(shape, init)),
            EliteKind::Svdd => EliteModel::Svdd(EliteEncoder::new(shape, init)),
        }
    }

    /// `[n]`: the loss of each item; `centre` counts for Elite-SVDD alone.
    fn losses(&self, x: Tensor<2>, centre: &[f32]) -> Tensor<1> {
        match self {
            EliteModel::Autoencoder(network) => norms(x.clone() - network.rebuild(x)),
            EliteModel::Svdd(network) => {
                let code = network.encode(x);
                let data = TensorData::new(centre.to_vec(), [1, centre.len()]);
                norms(code.clone() - Tensor::from_data(data, &code.device()))
            }
        }
    }
}

impl EliteConfig {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] naming the first setting out of range.
    pub fn validate(&self) -> Result<()> {
        let positive = |key: &str, value: f64, ok: bool| {
            if ok { Ok(()) } else { Err(Error::config(key, value, "must be above 0")) }
        };
        positive("iterations", self.iterations as f64, self.iterations > 0)?;
        positive("batch_size", self.batch_size as f64, self.batch_size > 1)?;
        positive("meta_scale", self.meta_scale, self.meta_scale > 0.0 && self.meta_scale.is_finite())?;
        let rate = self.learning_rate;
        positive("learning_rate", rate, rate >= 0.0 && rate.is_finite())
    }

    /// Trains on `x`, guided by the context's labelled items.
    ///
    /// # Errors
    /// [`Error::Labels`] without labelled items of both kinds, a setting out of range, or an interruption.
    pub fn fit(&self, kind: EliteKind, x: &Features, context: &mut Context<'_>) -> Result<Elite> {
        self.validate()?;
        let known = context.known.clone().ok_or_else(|| Error::Labels {
            problem: "Elite needs a few labelled items outside the training set: pass --labels-known FILE"
                .into(),
        })?;
        known.check()?;
        let device = context.device.clone();
        let training = device.clone().autodiff();
        let mut init = Initializer::new(context.seed.stream("init"), &training);
        let mut model = EliteModel::new(kind, &Shape::of(x, 0), &mut init);
        let centre = centre(&model.valid(), x, self.batch_size, context.seed, &device);
        let rate = match (self.learning_rate, kind) {
            (0.0, EliteKind::Autoencoder) => 6e-4,
            (0.0, EliteKind::Svdd) => 3e-4,
            (given, _) => given,
        };
        let guide = Guide::new(&model, &known, &centre, rate * self.meta_scale, &training);
        let mut descent = Descent::new(rate, self.gradients == Gradients::Accumulated);
        let per_epoch = x.len().div_ceil(self.batch_size);
        let mut random = context.seed.stream("shuffle");
        let mut sums = (0.0, 0usize);
        for step in 0..self.iterations {
            context.observer.step(step % per_epoch, per_epoch)?;
            let amount = self.batch_size.min(x.len());
            let indices = index::sample(&mut random, x.len(), amount).into_vec();
            let batch = lay_out(x, &indices, &training).x;
            let weights = guide.weights(&model, batch.clone(), &centre);
            let losses = model.losses(batch, &centre);
            let mean: f32 =
                losses.clone().mean().to_data().try_into_vec().map_or(f32::NAN, |v: Vec<f32>| v[0]);
            if !mean.is_finite() {
                return Err(Error::Diverged { epoch: step / per_epoch + 1, loss: mean });
            }
            model = descent.step(model, &(losses * weights).mean());
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

    /// Restores a fitted Elite for items of `shape`.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not fit.
    pub fn load(
        &self,
        kind: EliteKind,
        shape: &Shape,
        device: Device,
        weights: &mut Weights,
    ) -> Result<Elite> {
        self.validate()?;
        let codes = match (kind, shape.input) {
            (EliteKind::Autoencoder, _) => 0,
            (EliteKind::Svdd, Input::Picture { .. }) => 128,
            (EliteKind::Svdd, _) => 32,
        };
        let (_, centre) = weights.take_f32("centre", &[Some(codes)])?;
        let mut init = Initializer::new(Seed(0).stream("init"), &device);
        let model = load_state(EliteModel::new(kind, shape, &mut init), weights)?.valid();
        Ok(Elite { model, centre, device })
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

/// What the labelled items ask of training.
struct Guide {
    inliers: Tensor<2>,
    outliers: Tensor<2>,
    margin: f32,
    eta: f64,
}

/// Length of the step of the central difference, relative to the direction's own.
const DIFFERENCE: f64 = 1e-2;

impl Guide {
    fn new(model: &EliteModel, known: &Known, centre: &[f32], eta: f64, device: &Device) -> Self {
        let side = |outlier: bool| {
            let indices: Vec<usize> =
                (0..known.outlier.len()).filter(|&i| known.outlier[i] == outlier).collect();
            lay_out(&known.features, &indices, device).x
        };
        let (inliers, outliers) = (side(false), side(true));
        let all = Tensor::cat(vec![inliers.clone(), outliers.clone()], 0);
        let margin = model.losses(all, centre).max().to_data().try_into_vec::<f32>().map_or(0.0, |v| v[0]);
        Self { inliers, outliers, margin, eta }
    }

    /// `[n]`: the weight of each item of `batch`, a constant to the gradient.
    fn weights(&self, model: &EliteModel, batch: Tensor<2>, centre: &[f32]) -> Tensor<1> {
        let inliers = self.inliers.dims()[0];
        let all = Tensor::cat(vec![self.inliers.clone(), self.outliers.clone()], 0);
        let losses = model.losses(all, centre);
        let n = losses.dims()[0];
        let good = (losses.clone().slice([0..inliers]) + 1e-6).mean();
        let bad = (losses.slice([inliers..n]).neg() + self.margin).clamp_min(0.0).mean();
        let loss = (good + bad).mul_scalar(0.5);
        let direction = Descent::direction(model, &loss);
        let length = direction.norm(model);
        if length == 0.0 || !length.is_finite() {
            return Tensor::zeros([batch.dims()[0]], &batch.device());
        }
        let step = DIFFERENCE / length;
        let ahead = direction.shift(model.clone(), step).losses(batch.clone(), centre);
        let behind = direction.shift(model.clone(), -step).losses(batch, centre);
        (ahead - behind).mul_scalar(self.eta / (2.0 * step)).detach()
    }
}

/// Mean of f over 100 random batches, kept off 0 by a tenth; empty for Elite-AE.
fn centre(model: &EliteModel, x: &Features, batch: usize, seed: Seed, device: &Device) -> Vec<f32> {
    let EliteModel::Svdd(network) = model else { return Vec::new() };
    let mut random = seed.stream("centre");
    let mut sum: Vec<f32> = Vec::new();
    for _ in 0..100 {
        let indices = index::sample(&mut random, x.len(), batch.min(x.len())).into_vec();
        let mean = network.encode(lay_out(x, &indices, device).x).mean_dim(0);
        let mean: Vec<f32> = mean.to_data().try_into_vec().unwrap_or_default();
        sum.resize(mean.len(), 0.0);
        sum.iter_mut().zip(mean).for_each(|(sum, m)| *sum += m / 100.0);
    }
    sum.iter().map(|&c| if c.abs() < 0.1 { 0.1f32.copysign(c) } else { c }).collect()
}

/// Grey pictures in \[0, 1\], all else as [`Features::row_into`].
fn lay_out(x: &Features, indices: &[usize], device: &Device) -> Batch {
    let mut rows = x.dense(indices);
    if matches!(x, Features::Images(images) if images.channels == 1) {
        rows.iter_mut().for_each(|v| *v = (*v + 1.0) / 2.0);
    }
    Batch { x: Tensor::from_data(TensorData::new(rows, [indices.len(), x.width()]), device), groups: None }
}

fn scores(model: &EliteModel, x: &Features, centre: &[f32], device: &Device) -> Result<Vec<f32>> {
    map_batches(x.len(), |indices| lay_out(x, indices, device), |batch| model.losses(batch.x.clone(), centre))
}
