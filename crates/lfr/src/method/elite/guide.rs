//! What a few labelled items ask of Elite's training: the weight of every item of a batch.

use burn::module::Module;
use burn::tensor::{Device, Tensor};
use lfr_kernels::ops::mean;

use crate::method::elite::{EliteModel, lay_out};
use crate::nn::{GradientDescent, scalar};
use crate::train::Known;

/// What the labelled items ask of training.
pub(in crate::method) struct Guide {
    inliers: Tensor<2>,
    outliers: Tensor<2>,
    margin: f32,
    eta: f64,
}

impl Guide {
    /// For labelled items `known`; `eta` is the paper's η.
    pub(in crate::method) fn new(
        model: &EliteModel,
        known: &Known,
        centre: &[f32],
        eta: f64,
        device: &Device,
    ) -> Self {
        let side = |outlier: bool| {
            let indices: Vec<usize> =
                (0..known.outlier.len()).filter(|&i| known.outlier[i] == outlier).collect();
            lay_out(&known.features, &indices, device).x.dense()
        };
        let (inliers, outliers) = (side(false), side(true));
        let all = Tensor::cat(vec![inliers.clone(), outliers.clone()], 0);
        let losses = model.valid().train().losses(all, centre, None).value;
        let margin = scalar(&losses.max()) as f32;
        Self { inliers, outliers, margin, eta }
    }

    /// `[n]`: the weight of each item of `batch`, a constant to the gradient.
    pub(in crate::method) fn weights(
        &self,
        model: &EliteModel,
        batch: Tensor<2>,
        centre: &[f32],
    ) -> Tensor<1> {
        // A copy with running statistics of its own, so that these passes do not count in the model's.
        let apart = model.valid();
        let copy = apart.clone().train();
        let direction = GradientDescent::direction(&copy, &self.validation(&copy, centre));
        let losses = apart.losses(batch.inner(), centre, Some(&direction));
        let along = losses.tangent.unwrap_or_else(|| losses.value.zeros_like());
        Tensor::from_inner(along.mul_scalar(self.eta))
    }

    /// V: half the mean loss of the labelled inliers, half what the labelled outliers lack to the margin.
    fn validation(&self, model: &EliteModel, centre: &[f32]) -> Tensor<1> {
        let all = Tensor::cat(vec![self.inliers.clone(), self.outliers.clone()], 0);
        let losses = model.losses(all, centre, None).value;
        let (inliers, n) = (self.inliers.dims()[0], losses.dims()[0]);
        let good = mean(losses.clone().slice([0..inliers]) + 1e-6);
        let bad = mean((losses.slice([inliers..n]).neg() + self.margin).clamp_min(0.0));
        (good + bad).mul_scalar(0.5)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::elite::EliteKind;
    use crate::nn::Initializer;
    use crate::nn::autoencoder::{Input, Shape};
    use crate::parity::{Case, bent_input, filled_bent};
    use crate::seed::Seed;

    /// `tests/data/elite_parity.py` wrote the numbers, the weights by an exact gradient an item.
    #[test]
    fn losses_and_weights_agree_with_pytorch() {
        let device = Device::flex().autodiff();
        for case in Case::all(include_str!("../../../tests/data/elite_parity.json")) {
            let (kind, width) = match case.name.starts_with("image") {
                true => (Input::Picture { channels: 1, side: 16 }, 256),
                false => (Input::Vector, 40),
            };
            let of = if case.name.ends_with("svdd") { EliteKind::Svdd } else { EliteKind::Autoencoder };
            let centre = vec![0.1; of.codes(kind)];
            let shape = Shape { input: kind, width, latent: 0 };
            let mut init = Initializer::new(Seed(0).stream("init"), &device);
            let model = filled_bent(EliteModel::new(of, &shape, &mut init), 0.013);
            let x = bent_input(16, width, false, 0.013, &device);
            let [inliers, outliers, batch] = [0..3, 3..6, 6..16].map(|rows| x.clone().slice([rows]));
            let known = Tensor::cat(vec![inliers.clone(), outliers.clone()], 0);
            let margin = scalar(&model.losses(known, &centre, None).value.max()) as f32;
            let guide = Guide { inliers, outliers, margin: margin + 1.0, eta: 0.003 };
            let validation = guide.validation(&model, &centre);
            case.check_loss(&validation);
            case.check_gradients(&model, &validation.backward());
            case.check_output("losses", &model.losses(batch.clone(), &centre, None).value);
            case.check_output("weights", &guide.weights(&model, batch, &centre));
        }
    }
}
