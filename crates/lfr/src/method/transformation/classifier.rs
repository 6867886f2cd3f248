//! What the transformation methods share: a WRN-10-4 that tells which transformation a picture went through.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData, activation};
use lfr_kernels::ops;
use rayon::prelude::*;

use crate::data::{Features, Images, Weights};
use crate::error::{Error, Result};
use crate::latent::{Backbone, Fed, LatentLayer, MarkedLoss, Plugged};
use crate::method::detector::Detector;
use crate::method::transformation::likelihood::{GtScore, Scorer};
use crate::nn::autoencoder::{Input, Shape};
use crate::nn::wide_resnet::{LATENT, WideResNet};
use crate::nn::{Activation, Batch, Initializer, Items, Linear, Readback, load_state, numbers, store_state};
use crate::seed::Seed;
use crate::train::{Context, Epoch, Known, Schedule, train};
use crate::transform::{TransformSet, Transforms};

/// Pictures a scoring pass sees at once, each under every transformation; fixed, so that a score never depends on
/// how many are scored together.
const SCORING_PICTURES: usize = 4;

/// Scoring passes after which their results are read.
const SCORING_PASSES: usize = 16;

/// The classifier: WRN-10-4 to a latent of 256, a dense layer to one logit a transformation.
#[derive(Module, Debug)]
pub struct TransformationBackbone {
    network: WideResNet,
    classify: Linear,
    #[module(skip)]
    channels: usize,
    #[module(skip)]
    side: usize,
}

impl TransformationBackbone {
    /// For pictures of `shape` and `transforms` transformations. A shape of vectors makes a network of no use, which
    /// [`TransformationClassifier::fit`] refuses.
    pub fn new(shape: &Shape, transforms: usize, init: &mut Initializer<'_>) -> Self {
        let (channels, side) = match shape.input {
            Input::Picture { channels, side } => (channels, side),
            _ => (1, 8),
        };
        Self {
            network: WideResNet::new(channels, init),
            classify: Linear::without_initial_bias(LATENT, transforms, Activation::Identity, init),
            channels,
            side,
        }
    }

    /// `[n, transforms]`: log-probabilities from a latent.
    fn log_probabilities(&self, z: Tensor<2>) -> Tensor<2> {
        activation::log_softmax(self.classify.forward(z), 1)
    }
}

impl Backbone for TransformationBackbone {
    fn encode(&self, batch: &Batch) -> Tensor<2> {
        self.network.forward(ops::pictures(batch.x.dense(), [self.channels, self.side, self.side]))
    }

    /// Cross-entropy of each picture's own transformation (Eq. 9, first term).
    fn score(&self, batch: &Batch, z: Tensor<2>) -> Tensor<1> {
        let log_p = self.log_probabilities(z);
        let [n, _] = log_p.dims();
        match &batch.groups {
            Some(groups) => log_p.gather(1, groups.clone().reshape([n, 1])).squeeze_dim::<1>(1).neg(),
            None => log_p.sum_dim(1).squeeze_dim::<1>(1).neg(),
        }
    }

    fn task_loss(&self, scores: Tensor<1>) -> Tensor<1> {
        ops::mean(scores)
    }
}

/// A classifier with a latent layer plugged in.
pub type PluggedClassifier<L> = Plugged<TransformationBackbone, L>;

/// A fitted transformation method.
pub struct TransformationClassifier<L: LatentLayer> {
    model: PluggedClassifier<L>,
    transforms: Transforms,
    score_on: Fed,
    scorer: Scorer,
    device: Device,
}

impl<L: LatentLayer> TransformationClassifier<L> {
    /// Trains `model` on every transformation of every picture of `x`, guided by the known pictures of the context where
    /// the layer has a use for them.
    ///
    /// # Errors
    /// [`Error::Unsuitable`] for anything but pictures, else as [`train`].
    pub fn fit(
        x: &Features,
        model: PluggedClassifier<L>,
        set: TransformSet,
        score_on: Fed,
        score: GtScore,
        schedule: &Schedule,
        context: &mut Context<'_>,
    ) -> Result<Self> {
        let images = pictures(x)?;
        let transforms = set.plan(images.side)?;
        let device = context.device.clone();
        let training = device.clone().autodiff();
        let plain = Scorer::plain(score);
        let known = context.known.clone();
        let marks =
            known.as_ref().map(|known| marked(known, &transforms, &training, context.seed)).transpose()?;
        let count = images.len() * transforms.len();
        let items =
            Items::new(count, images.width(), &training, |indices| rows(images, &transforms, indices));
        let model = train(
            model,
            count,
            schedule,
            context,
            |indices| {
                marks.iter().for_each(|marks| marks.begin(indices));
                Batch {
                    x: items.batch(indices).into(),
                    groups: Some(numbers(indices.iter().map(|index| index % transforms.len()), &training)),
                }
            },
            schedule.adam(|model: &PluggedClassifier<L>, batch| match &marks {
                None => model.loss(batch),
                Some(marks) => marks.add(model, model.loss(batch)),
            }),
            |model, epoch, context| {
                let now =
                    || score_all(&model.valid(), images, &transforms, score_on, &plain, &context.device);
                tell(epoch, &now, context.observer, &mut context.findings.curve)
            },
        )?
        .valid();
        drop(marks);
        let mut fitted = Self { model, transforms, score_on, scorer: plain, device };
        fitted.scorer =
            Scorer::fit(score, fitted.transforms.len(), |each| fitted.each_picture(images, each))?;
        Ok(fitted)
    }

    /// Restores a fitted method.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not fit.
    pub fn load(
        model: PluggedClassifier<L>,
        set: TransformSet,
        score_on: Fed,
        score: GtScore,
        device: Device,
        weights: &mut Weights,
    ) -> Result<Self> {
        let transforms = set.plan(model.backbone.side)?;
        let scorer = Scorer::load(score, transforms.len(), weights)?;
        Ok(Self { model: load_state(model, weights)?.valid(), transforms, score_on, scorer, device })
    }

    /// The latent layer.
    pub fn layer(&self) -> &L {
        &self.model.layer
    }

    fn each_picture(&self, images: &Images, each: &mut dyn FnMut(&[f32])) -> Result<()> {
        each_picture(&self.model, images, &self.transforms, self.score_on, &self.device, each)
    }
}

impl<L: LatentLayer> Detector for TransformationClassifier<L> {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        score_all(&self.model, pictures(x)?, &self.transforms, self.score_on, &self.scorer, &self.device)
    }

    fn store(&self, weights: &mut Weights) {
        store_state(&self.model, weights);
        self.scorer.store(weights);
    }
}

/// The known pictures, each under every transformation.
fn marked<'a>(
    known: &'a Known,
    transforms: &'a Transforms,
    device: &'a Device,
    seed: Seed,
) -> Result<MarkedLoss<'a>> {
    let (images, count) = (pictures(&known.features)?, transforms.len());
    let outlier = move |i: usize| known.outlier[i / count];
    let batch = move |indices: &[usize]| lay_out(images, transforms, indices, device);
    Ok(MarkedLoss::new(known.outlier.len() * count, outlier, batch, seed))
}

fn pictures(x: &Features) -> Result<&Images> {
    match x {
        Features::Images(images) => Ok(images),
        _ => Err(Error::Unsuitable {
            method: "of geometric transformations".into(),
            kind: "tables or text".into(),
            hint: "use ae-lfr, or a classical method; `lfr methods` lists them".into(),
        }),
    }
}

/// The transformed pictures `indices`: picture `i / M` under transformation `i % M`.
fn rows(images: &Images, transforms: &Transforms, indices: &[usize]) -> Vec<f32> {
    let (width, count) = (images.width(), transforms.len());
    let mut rows = vec![0.0f32; indices.len() * width];
    rows.par_chunks_mut(width).zip(indices).for_each(|(row, &index)| {
        let pixels: Vec<f32> =
            images.image(index / count).iter().map(|&p| f32::from(p) / 127.5 - 1.0).collect();
        transforms.apply_into(&pixels, index % count, row);
    });
    rows
}

/// The batch of [`rows`].
fn lay_out(images: &Images, transforms: &Transforms, indices: &[usize], device: &Device) -> Batch {
    let x = TensorData::new(rows(images, transforms, indices), [indices.len(), images.width()]);
    let groups = numbers(indices.iter().map(|index| index % transforms.len()), device);
    Batch { x: Tensor::from_data(x, device).into(), groups: Some(groups) }
}

fn tell(
    epoch: Epoch,
    scores: &dyn Fn() -> Result<Vec<f32>>,
    observer: &mut dyn crate::train::Observer,
    curve: &mut Vec<Epoch>,
) -> Result<()> {
    observer.epoch(&epoch, scores)?;
    curve.push(epoch);
    Ok(())
}

/// Calls `each` with the `M x M` log-probabilities of every picture in turn: row m under transformation m.
fn each_picture<L: LatentLayer>(
    model: &PluggedClassifier<L>,
    images: &Images,
    transforms: &Transforms,
    fed: Fed,
    device: &Device,
    each: &mut dyn FnMut(&[f32]),
) -> Result<()> {
    let (count, last) = (transforms.len(), images.len().saturating_sub(1));
    let starts: Vec<usize> = (0..images.len()).step_by(SCORING_PICTURES).collect();
    for starts in starts.chunks(SCORING_PASSES) {
        let mut results = Readback::default();
        for &start in starts {
            let indices: Vec<usize> = (0..SCORING_PICTURES * count)
                .map(|i| (start + i / count).min(last) * count + i % count)
                .collect();
            let batch = lay_out(images, transforms, &indices, device);
            let log_p = model.backbone.log_probabilities(model.latent(&batch, fed));
            results.push(log_p.flatten(0, 1))?;
        }
        let real = images.len() - starts[0];
        results.finish()?.chunks_exact(count * count).take(real).for_each(&mut *each);
    }
    Ok(())
}

fn score_all<L: LatentLayer>(
    model: &PluggedClassifier<L>,
    images: &Images,
    transforms: &Transforms,
    fed: Fed,
    scorer: &Scorer,
    device: &Device,
) -> Result<Vec<f32>> {
    let mut scores = Vec::with_capacity(images.len());
    each_picture(model, images, transforms, fed, device, &mut |log_p| scores.push(scorer.score(log_p)))?;
    Ok(scores)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latent::{Identity, Lfr, LfrConfig};
    use crate::parity::{Case, filled, input};

    fn check<L: LatentLayer>(case: &Case, layer: L, channels: usize, device: &Device) {
        let shape = Shape { input: Input::Picture { channels, side: 8 }, width: channels * 64, latent: 256 };
        let mut init = Initializer::new(Seed(0).stream("init"), device);
        let backbone = TransformationBackbone::new(&shape, 3, &mut init);
        let model = filled(Plugged { backbone, layer, train_on: Fed::Latent });
        let batch = |device: &Device| Batch {
            x: input(4, channels * 64, false, device).into(),
            groups: Some(Tensor::from_ints([0, 2, 1, 2], device)),
        };
        let plain = device.clone().inner();
        let evaluated = model.valid();
        case.check_output("latent_eval", &evaluated.latent(&batch(&plain), Fed::Latent));
        case.check_output("score_latent", &evaluated.score(&batch(&plain), Fed::Latent));
        if case.name == "gt-lfr" {
            case.check_output("score_reconstructed", &evaluated.score(&batch(&plain), Fed::Reconstructed));
        }
        let loss = model.loss(&batch(device));
        case.check_loss(&loss.total);
        case.check_gradients(&model, &loss.total.backward());
        let mut weights = Weights::default();
        store_state(&model.valid(), &mut weights);
        let (_, after) = weights.take_f32("backbone.network.norm.running_var", &[Some(256)]).unwrap();
        for (found, expected) in after.iter().zip(&case.outputs["running_var_after"]) {
            assert!((f64::from(*found) - expected).abs() < 1e-4 * expected, "{found} {expected}");
        }
    }

    /// `tests/data/classifier_parity.py` wrote the numbers.
    #[test]
    fn geom_and_gt_lfr_agree_with_pytorch() {
        let cases = Case::all(include_str!("../../../tests/data/classifier_parity.json"));
        let device = Device::flex().autodiff();
        check(&cases[0], Identity {}, 1, &device);
        let config = LfrConfig { k: 2, lambda_1: 2e-4, lambda_2: 1e-5, ..LfrConfig::default() };
        let layer = Lfr::new(&config, 3, LATENT, &mut Initializer::new(Seed(0).stream("lfr"), &device));
        check(&cases[1], layer, 3, &device);
    }
}
