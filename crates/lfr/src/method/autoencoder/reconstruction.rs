//! What the autoencoder methods share: laying out batches, training, scoring, reconstructing.

use burn::module::Module;
use burn::tensor::{Device, Tensor, TensorData};

use crate::data::{Csr, Features, Weights};
use crate::error::Result;
use crate::latent::{AutoencoderBackbone, Fed, LatentLayer, MarkedLoss, Plugged};
use crate::method::detector::Detector;
use crate::nn::autoencoder::Shape;
use crate::nn::{Batch, Items, Readback, Rows, load_state, store_state};
use crate::train::{Context, Epoch, Schedule, train};

/// Items a scoring pass sees at once. Fixed, and the last batch is filled up, so that a score never depends on
/// how many items are scored together.
const SCORING_BATCH: usize = 256;

/// Items whose latents the self-checks look at.
const LATENT_SAMPLE: usize = 512;

/// An autoencoder with a latent layer plugged in.
pub type PluggedAutoencoder<L> = Plugged<AutoencoderBackbone, L>;

/// A fitted autoencoder method.
pub struct Reconstructor<L: LatentLayer> {
    model: PluggedAutoencoder<L>,
    score_on: Fed,
    device: Device,
}

impl<L: LatentLayer> Reconstructor<L> {
    /// Trains `model` on `x`, guided by the known items of the context where the layer has a use for them.
    ///
    /// # Errors
    /// As [`train`].
    pub fn fit(
        x: &Features,
        model: PluggedAutoencoder<L>,
        score_on: Fed,
        schedule: &Schedule,
        context: &mut Context<'_>,
    ) -> Result<Self> {
        let device = context.device.clone();
        let training = device.clone().autodiff();
        let known = context.known.clone();
        let place = &training;
        let marks = known.as_ref().map(|known| {
            let batch = move |indices: &[usize]| lay_out(&known.features, indices, place);
            MarkedLoss::new(known.outlier.len(), move |i| known.outlier[i], batch, context.seed)
        });
        let items = Items::new(x.len(), x.width(), &training, |indices| x.dense(indices));
        // Known items pass through the network in a step of their own batch, so that there gradients are added.
        let alone = known.is_none();
        let model = train(
            model,
            x.len(),
            schedule,
            context,
            |indices| {
                marks.iter().for_each(|marks| marks.begin(indices));
                let x = match sparse(x, &training) {
                    None => items.batch(indices).into(),
                    Some(x) if alone => Rows::of(x, indices).by_row(),
                    Some(x) => Rows::of(x, indices),
                };
                Batch { x, groups: None }
            },
            schedule.adam(|model: &PluggedAutoencoder<L>, batch| match &marks {
                None => model.loss(batch),
                Some(marks) => marks.add(model, model.loss(batch)),
            }),
            |model, epoch, context| tell(model, epoch, context, x, score_on),
        )?;
        let fitted = Self { model: model.valid(), score_on, device };
        context.findings.latents = Some(fitted.latent_sample(x));
        Ok(fitted)
    }

    /// Restores a fitted method: `model` gives the layout, `weights` the parameters.
    ///
    /// # Errors
    /// As [`load_state`].
    pub fn load(
        model: PluggedAutoencoder<L>,
        score_on: Fed,
        device: Device,
        weights: &mut Weights,
    ) -> Result<Self> {
        Ok(Self { model: load_state(model, weights)?.valid(), score_on, device })
    }

    /// The latent layer.
    pub fn layer(&self) -> &L {
        &self.model.layer
    }

    /// Scores with the decoder fed `fed`, whatever the method's own choice.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when `x` has another width than at fitting time.
    pub fn scores_from(&self, x: &Features, fed: Fed) -> Result<Vec<f32>> {
        score(&self.model, x, fed, &self.device)
    }

    fn latent_sample(&self, x: &Features) -> (usize, Vec<f32>) {
        let stride = x.len().div_ceil(LATENT_SAMPLE).max(1);
        let indices: Vec<usize> = (0..x.len()).step_by(stride).collect();
        let z = self.model.latent(&lay_out(x, &indices, &self.device), Fed::Latent);
        (indices.len(), z.to_data().try_into_vec().unwrap_or_default())
    }
}

impl<L: LatentLayer> Detector for Reconstructor<L> {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.scores_from(x, self.score_on)
    }

    fn store(&self, weights: &mut Weights) {
        store_state(&self.model, weights);
    }

    fn reconstruct(&self, x: &Features) -> Result<Option<Vec<f32>>> {
        let decode = |batch: &Batch| {
            self.model.backbone.network.decode(self.model.latent(batch, self.score_on)).flatten::<1>(0, 1)
        };
        map_batches(x.len(), |indices| lay_out(x, indices, &self.device), decode).map(Some)
    }
}

/// The batch of the items `indices`.
fn lay_out(x: &Features, indices: &[usize], device: &Device) -> Batch {
    let dense =
        || Tensor::from_data(TensorData::new(x.dense(indices), [indices.len(), x.width()]), device).into();
    Batch { x: sparse(x, device).map_or_else(dense, |x| Rows::of(x, indices)), groups: None }
}

/// The items as networks on `device` are given them without their zeros, if they are.
fn sparse<'a>(x: &'a Features, device: &Device) -> Option<&'a Csr> {
    match x {
        Features::Sparse(rows) if *device == Device::flex() && Shape::of(x, 0).is_sparse() => Some(rows),
        _ => None,
    }
}

fn tell<L: LatentLayer>(
    model: &PluggedAutoencoder<L>,
    epoch: Epoch,
    context: &mut Context<'_>,
    x: &Features,
    score_on: Fed,
) -> Result<()> {
    let device = context.device.clone();
    context.observer.epoch(&epoch, &|| score(&model.valid(), x, score_on, &device))?;
    context.findings.curve.push(epoch);
    Ok(())
}

fn score<L: LatentLayer>(
    model: &PluggedAutoencoder<L>,
    x: &Features,
    fed: Fed,
    device: &Device,
) -> Result<Vec<f32>> {
    map_batches(x.len(), |indices| lay_out(x, indices, device), |batch| model.score(batch, fed))
}

/// Runs `f` over `items` items, laid out in batches of one size, and joins what it returns, a fixed count an item.
pub(in crate::method) fn map_batches(
    items: usize,
    batch: impl Fn(&[usize]) -> Batch,
    f: impl Fn(&Batch) -> Tensor<1>,
) -> Result<Vec<f32>> {
    let mut results = Readback::default();
    for start in (0..items).step_by(SCORING_BATCH) {
        let indices: Vec<usize> = (start..start + SCORING_BATCH).map(|i| i.min(items - 1)).collect();
        results.push(f(&batch(&indices)))?;
    }
    let mut values = results.finish()?;
    values.truncate(values.len() / items.next_multiple_of(SCORING_BATCH).max(1) * items);
    Ok(values)
}
