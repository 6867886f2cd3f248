//! RSRAE: the robust subspace recovery autoencoder (Lai, Zou and Lerman, ICLR 2020).
//!
//! Between encoder and decoder a matrix A projects the latent y to ten dimensions, r = Aᵀy, brought to unit length for
//! the decoder. Three losses: the reconstruction mean ‖x - x̂‖, the subspace mean ‖y - A r‖, and the mean over entries
//! of (AᵀA - I)². The official code minimises them in turn on every batch, each with an Adam of its own, the last two
//! at ten times the rate ([`Optimisation::Alternating`], the default); RSRAE+ minimises their weighted sum
//! ([`Optimisation::Joint`]). Pictures are divided by their Euclidean norm; the score is minus the cosine of x and x̂.
//!
//! Defaults are the official ones: 200 epochs of batches of 128 at 2.5e-4, A ~ N(0, 1), Glorot's initialisation, channel
//! affine maps in place of batch normalisation (which that code never trains), symmetric padding in place of
//! TensorFlow's.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};
use lfr_kernels::ops::{distances, mean, project};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::method::autoencoder::reconstruction::map_batches;
use crate::method::detector::Detector;
use crate::method::{MethodConfig, Preset};
use crate::nn::autoencoder::Shape;
use crate::nn::subspace_autoencoder::{ChannelNorm, SubspaceAutoencoder};
use crate::nn::{Adam, Batch, Initializer, Items, load_state, norms, store_state};
use crate::seed::Seed;
use crate::train::{Context, Epoch, Loss, Schedule, Step, train};

/// How the three losses are minimised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Optimisation {
    /// One after the other on every batch.
    Alternating,
    /// As one weighted sum (RSRAE+).
    Joint,
}

/// Settings of RSRAE.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RsraeConfig {
    /// How the losses are minimised.
    #[schemars(extend("source" = "Lai et al. 2020, section 3.3, and their code's published command"))]
    pub optimisation: Optimisation,
    /// Weight of the subspace loss, joint optimisation only.
    #[schemars(extend("source" = "Lai et al. 2020: RSRAE+"))]
    pub lambda_1: f32,
    /// Weight of the orthogonality loss, joint optimisation only.
    #[schemars(extend("source" = "Lai et al. 2020: RSRAE+"))]
    pub lambda_2: f32,
    /// What normalises channels.
    #[schemars(extend("source" = "the code of Lai et al. 2020"))]
    pub norm: ChannelNorm,
    /// Budget and optimiser.
    pub schedule: Schedule,
}

impl Default for RsraeConfig {
    /// The official setting.
    fn default() -> Self {
        Self {
            optimisation: Optimisation::Alternating,
            lambda_1: 0.1,
            lambda_2: 0.1,
            norm: ChannelNorm::Affine,
            schedule: Schedule { epochs: 200, weight_decay: 0.0, ..Schedule::default() },
        }
    }
}

impl RsraeConfig {
    /// RSRAE+, the joint form.
    pub fn plus() -> Self {
        Self { optimisation: Optimisation::Joint, ..Self::default() }
    }

    fn model(&self, shape: &Shape, seed: Seed, device: &Device) -> SubspaceAutoencoder {
        let mut init = Initializer::glorot(seed.stream("init"), device);
        SubspaceAutoencoder::new(shape, self.norm, &mut init)
    }

    fn alternating(&self) -> Alternating {
        let adam = |factor: f64| {
            let Schedule { learning_rate, epsilon, weight_decay, .. } = self.schedule;
            Adam::new(factor * learning_rate, epsilon, weight_decay)
        };
        Alternating([adam(1.0), adam(10.0), adam(10.0)])
    }

    fn joint(&self, model: &SubspaceAutoencoder, batch: &Batch) -> Loss {
        let (reconstruction, errors) = reconstruction(model, batch);
        let subspace = subspace(model, batch).mul_scalar(self.lambda_1);
        let orthogonality = orthogonality(model).mul_scalar(self.lambda_2);
        let total = reconstruction.clone() + subspace.clone() + orthogonality.clone();
        let parts = vec![
            ("reconstruction", reconstruction),
            ("subspace", subspace),
            ("orthogonality", orthogonality),
        ];
        Loss { total, parts, errors }
    }
}

/// Three Adam steps a batch, each with a fresh forward pass.
struct Alternating([Adam; 3]);

impl Step<SubspaceAutoencoder> for Alternating {
    fn step(&mut self, model: SubspaceAutoencoder, batch: &Batch) -> (SubspaceAutoencoder, Loss) {
        let [first, second, third] = &mut self.0;
        let (reconstruction, errors) = reconstruction(&model, batch);
        let model = first.step(model, &reconstruction);
        let orthogonality = orthogonality(&model);
        let model = second.step(model, &orthogonality);
        let subspace = subspace(&model, batch);
        let model = third.step(model, &subspace);
        let parts = vec![
            ("reconstruction", reconstruction.clone()),
            ("subspace", subspace),
            ("orthogonality", orthogonality),
        ];
        (model, Loss { total: reconstruction, parts, errors })
    }

    fn optimisers(&mut self) -> Vec<&mut Adam> {
        self.0.iter_mut().collect()
    }
}

impl MethodConfig for RsraeConfig {
    type Fitted = Rsrae;
    const NAME: &str = "rsrae";
    const SUMMARY: &str = "autoencoder with a robust subspace layer, scored by the cosine";
    const SOURCE: &str = "Lai et al. 2020";
    const COST: &str = "a few seconds per epoch";
    const IS_NETWORK: bool = true;
    const PRESETS: &[Preset<Self>] = &[("paper", Self::default), ("plus", Self::plus)];

    fn validate(&self) -> Result<()> {
        for (key, value) in [("lambda_1", self.lambda_1), ("lambda_2", self.lambda_2)] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(Error::config(key, value, "must be 0 or more"));
            }
        }
        self.schedule.validate()
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Rsrae> {
        self.validate()?;
        let device = context.device.clone();
        let training = device.clone().autodiff();
        let model = self.model(&Shape::of(x, 0), context.seed, &training);
        let items = Items::new(x.len(), x.width(), &training, |indices| unit_rows(x, indices));
        let lay_out = |indices: &[usize]| Batch { x: items.batch(indices).into(), groups: None };
        let told = |model: &SubspaceAutoencoder, epoch: Epoch, context: &mut Context<'_>| {
            let now = || scores(&model.valid(), x, &context.device);
            context.observer.epoch(&epoch, &now)?;
            context.findings.curve.push(epoch);
            Ok(())
        };
        let n = x.len();
        let model = match self.optimisation {
            Optimisation::Alternating => {
                train(model, n, &self.schedule, context, lay_out, self.alternating(), told)?
            }
            Optimisation::Joint => {
                let step = self.schedule.adam(|model: &SubspaceAutoencoder, batch| self.joint(model, batch));
                train(model, n, &self.schedule, context, lay_out, step, told)?
            }
        };
        let model = model.valid();
        let value = orthogonality(&model).to_data().try_into_vec::<f32>();
        context.findings.orthogonality = value.ok().and_then(|v| v.first().copied());
        Ok(Rsrae { model, device })
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Rsrae> {
        self.validate()?;
        let model = self.model(shape, Seed(0), device);
        Ok(Rsrae { model: load_state(model, weights)?.valid(), device: device.clone() })
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        Some(&mut self.schedule)
    }
}

/// A fitted RSRAE.
pub struct Rsrae {
    model: SubspaceAutoencoder,
    device: Device,
}

impl Detector for Rsrae {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        scores(&self.model, x, &self.device)
    }

    fn store(&self, weights: &mut Weights) {
        store_state(&self.model, weights);
    }
}

/// Items `indices`, pictures at unit length.
fn unit_rows(x: &Features, indices: &[usize]) -> Vec<f32> {
    let mut rows = x.dense(indices);
    if let Features::Images(images) = x {
        for row in rows.chunks_exact_mut(images.width()) {
            let norm = row.iter().map(|v| v * v).sum::<f32>().sqrt().max(f32::MIN_POSITIVE);
            row.iter_mut().for_each(|v| *v /= norm);
        }
    }
    rows
}

fn unit_batch(x: &Features, indices: &[usize], device: &Device) -> Batch {
    let rows = TensorData::new(unit_rows(x, indices), [indices.len(), x.width()]);
    Batch { x: Tensor::from_data(rows, device).into(), groups: None }
}

/// x̂ through the subspace.
fn rebuild(model: &SubspaceAutoencoder, batch: &Batch) -> Tensor<2> {
    let r = model.encode(&batch.x).matmul(model.a());
    let length = norms(r.clone()).unsqueeze_dim::<2>(1);
    model.decode(r / length)
}

fn reconstruction(model: &SubspaceAutoencoder, batch: &Batch) -> (Tensor<1>, Tensor<1>) {
    let errors = distances(batch.x.dense(), rebuild(model, batch));
    (mean(errors.clone()), errors)
}

fn subspace(model: &SubspaceAutoencoder, batch: &Batch) -> Tensor<1> {
    let y = model.encode(&batch.x);
    let rebuilt = project(y.clone(), model.a().transpose().unsqueeze(), None);
    mean(distances(rebuilt, y))
}

fn orthogonality(model: &SubspaceAutoencoder) -> Tensor<1> {
    let a = model.a();
    let [_, k] = a.dims();
    let off = a.clone().transpose().matmul(a.clone()) - Tensor::eye(k, &a.device());
    mean(off.square().flatten(0, 1))
}

/// `[n]`: minus the cosine of x and x̂, each length guarded by 1e-6 as in the official code.
fn cosine_score(model: &SubspaceAutoencoder, batch: &Batch) -> Tensor<1> {
    let rebuilt = rebuild(model, batch);
    let dot = (batch.x.dense() * rebuilt.clone()).sum_dim(1).squeeze_dim::<1>(1);
    let lengths = (norms(batch.x.dense()) + 1e-6) * (norms(rebuilt) + 1e-6);
    (dot / lengths).neg()
}

fn scores(model: &SubspaceAutoencoder, x: &Features, device: &Device) -> Result<Vec<f32>> {
    map_batches(x.len(), |indices| unit_batch(x, indices, device), |batch| cosine_score(model, batch))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::autoencoder::Input;
    use crate::parity::{Case, filled, input};

    /// `tests/data/rsrae_parity.py` wrote the numbers.
    #[test]
    fn each_step_agrees_with_pytorch() {
        let device = Device::flex().autodiff();
        for case in Case::all(include_str!("../../../tests/data/rsrae_parity.json")) {
            let picture = case.name.starts_with("image");
            let (kind, width) = match picture {
                true => (Input::Picture { channels: 1, side: 16 }, 256),
                false => (Input::NonNegative, 40),
            };
            let shape = Shape { input: kind, width, latent: 0 };
            let model = filled(RsraeConfig::default().model(&shape, Seed(0), &device));
            let x = input(4, width, !picture, &device);
            let x = if picture { x.clone() / norms(x).unsqueeze_dim::<2>(1) } else { x };
            let batch = Batch { x: x.into(), groups: None };
            let loss = match case.name.rsplit('-').next() {
                Some("reconstruction") => reconstruction(&model, &batch).0,
                Some("subspace") => subspace(&model, &batch),
                _ => orthogonality(&model),
            };
            case.check_loss(&loss);
            case.check_output("score", &cosine_score(&model, &batch));
            case.check_gradients(&model, &loss.backward());
        }
    }
}
