//! What known items add to the loss of a network with a latent layer, in the manner of Deep SAD (Ruff et al. 2020).
//!
//! r is the share of a latent that lies outside the layer's subspace, ‖z - Pz‖² / ‖z‖² with P the projector onto it. Known
//! inliers add η (their task loss + their mean r), known outliers η mean(-log(r + ε)) and no task: they are pushed out of the
//! subspace, through which they are scored. r is at most 1, so that this ends.

use std::cell::Cell;

use burn::tensor::{Int, Tensor, TensorData};
use rand::seq::SliceRandom;

use super::{Backbone, LatentLayer, Plugged};
use crate::nn::Batch;
use crate::seed::Seed;
use crate::train::Loss;

/// Known items at most that a step sees beside its batch.
const MOST: usize = 64;

/// The batch of the items with these indices.
type LayOut<'a> = Box<dyn Fn(&[usize]) -> Batch + 'a>;

/// The known items, of which every step sees some.
pub(crate) struct MarkedLoss<'a> {
    order: Vec<usize>,
    outlier: Box<dyn Fn(usize) -> bool + 'a>,
    lay_out: LayOut<'a>,
    step: Cell<usize>,
}

impl<'a> MarkedLoss<'a> {
    /// Of `count` known items that `lay_out` makes batches of, by index.
    pub(crate) fn new(
        count: usize,
        outlier: impl Fn(usize) -> bool + 'a,
        lay_out: impl Fn(&[usize]) -> Batch + 'a,
        seed: Seed,
    ) -> Self {
        let mut order: Vec<usize> = (0..count).collect();
        order.shuffle(&mut seed.stream("marks"));
        Self { order, outlier: Box::new(outlier), lay_out: Box::new(lay_out), step: Cell::new(0) }
    }

    /// Begins a step on a batch of the items `indices`. The first of them decides whose turn it is, so that a training that
    /// was stopped goes on alike.
    pub(crate) fn begin(&self, indices: &[usize]) {
        self.step.set(indices.first().copied().unwrap_or_default());
    }

    /// Adds the loss of the items whose turn it is to `loss`, as a part of its own.
    pub(crate) fn add<B: Backbone, L: LatentLayer>(&self, model: &Plugged<B, L>, mut loss: Loss) -> Loss {
        let own = self.turn();
        let Some(part) = (!own.is_empty()).then(|| self.part(model, &own)).flatten() else { return loss };
        loss.total = loss.total + part.clone();
        loss.parts.push(("marks", part));
        loss
    }

    fn turn(&self) -> Vec<usize> {
        let n = self.order.len();
        let (amount, first) = (n.min(MOST), self.step.get() * MOST % n.max(1));
        (first..first + amount).map(|i| self.order[i % n]).collect()
    }

    fn part<B: Backbone, L: LatentLayer>(&self, model: &Plugged<B, L>, own: &[usize]) -> Option<Tensor<1>> {
        let batch = (self.lay_out)(own);
        let z = model.backbone.encode(&batch);
        let (share, marking) = model.layer.outside(&z, &batch)?;
        let side = |outlier: bool| {
            let mine = (0i32..).zip(own).filter(|(_, i)| (self.outlier)(**i) == outlier);
            let places: Vec<i32> = mine.map(|(place, _)| place).collect();
            let count = places.len();
            (count > 0).then(|| Tensor::<1, Int>::from_data(TensorData::new(places, [count]), &z.device()))
        };
        let inliers = side(false).map(|places| {
            let errors = model.backbone.score(&batch, model.fed(z.clone(), &batch, model.train_on));
            model.backbone.task_loss(errors.select(0, places.clone()))
                + share.clone().select(0, places).mean()
        });
        let outliers = side(true)
            .map(|places| share.clone().select(0, places).add_scalar(marking.epsilon).log().neg().mean());
        inliers.into_iter().chain(outliers).reduce(|a, b| a + b).map(|sum| sum.mul_scalar(marking.eta))
    }
}
