//! What a method is to the library: its settings, which say what it is and fit it.

use std::fmt::Debug;

use burn::tensor::Device;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::{Detector, Registry, Takes};
use crate::data::{Features, Weights};
use crate::error::Result;
use crate::nn::autoencoder::Shape;
use crate::train::{Context, Schedule};

/// A name for certain settings, as in `--preset`, and the settings.
pub type Preset<T> = (&'static str, fn() -> T);

/// The settings of a method, and through them the method itself.
///
/// A method of this library is such a type in the list of `method/list.rs`; one of your own becomes a [`super::Method`]
/// by [`super::Method::custom`] and is loaded through a [`Registry`]. Its file form is that of serde, with the key `method`
/// for the name; so it is a struct with `#[serde(default, deny_unknown_fields)]` and no field called `method`. The example
/// `own_method` is a whole one.
pub trait MethodConfig:
    Clone + Debug + Default + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What a fit makes.
    type Fitted: Detector + 'static;
    /// As in `--method` and in files: lower case, with hyphens.
    const NAME: &'static str;
    /// How it scores, in one line.
    const SUMMARY: &'static str;
    /// Where it is from.
    const SOURCE: &'static str;
    /// Time on a thousand small pictures on a laptop.
    const COST: &'static str;
    /// What it takes.
    const TAKES: Takes = Takes::Anything;
    /// Whether a few labelled items can guide the fit; a method of [`Takes::LabelledToo`] cannot do without.
    const LEARNS_FROM_LABELS: bool = matches!(Self::TAKES, Takes::LabelledToo);
    /// Whether it is a network, which runs on the device of the fit; the others run on the processor.
    const IS_NETWORK: bool = false;
    /// Settings with a name of their own.
    const PRESETS: &'static [Preset<Self>] = &[];

    /// Checks the settings; [`crate::Fit`] calls it before it fits.
    ///
    /// # Errors
    /// [`crate::Error::Config`] naming the first one out of range; [`crate::Error::config`] makes it.
    fn validate(&self) -> Result<()>;

    /// Fits on `x`, all of it unlabelled; [`super::Method::fit`] passes two items or more. Everything random
    /// derives from the context's seed.
    ///
    /// # Errors
    /// A setting out of range, too few ([`crate::Error::TooFewItems`]) or unsuitable items, divergence in the first epoch, or
    /// what the observer returns.
    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Self::Fitted>;

    /// Restores from `weights` what [`Detector::store`] wrote, for items of `shape`; takes every array that it wrote.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when the arrays do not fit the settings.
    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Self::Fitted>;

    /// The training budget, for a method that trains a network.
    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        None
    }

    /// Reads the settings. Only a method that holds other methods needs `methods`, by which these are known.
    ///
    /// # Errors
    /// A key that is unknown or of the wrong type.
    fn read(settings: Value, methods: &Registry) -> serde_json::Result<Self> {
        let _ = methods;
        serde_json::from_value(settings)
    }
}

/// Settings as a file has them, with the method's name.
#[derive(Serialize)]
pub(super) struct Named<'a, T> {
    method: &'static str,
    #[serde(flatten)]
    settings: &'a T,
}

impl<'a, T: MethodConfig> Named<'a, T> {
    pub(super) fn new(settings: &'a T) -> Self {
        Self { method: T::NAME, settings }
    }
}

/// The settings of some method, which one being known at run time alone.
pub(super) trait AnyConfig: Debug + Send + Sync {
    fn boxed(&self) -> Box<dyn AnyConfig>;
    fn to_value(&self) -> serde_json::Result<Value>;
    fn validate(&self) -> Result<()>;
    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Box<dyn Detector>>;
    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Box<dyn Detector>>;
    fn schedule_mut(&mut self) -> Option<&mut Schedule>;
}

impl<T: MethodConfig> AnyConfig for T {
    fn boxed(&self) -> Box<dyn AnyConfig> {
        Box::new(self.clone())
    }

    fn to_value(&self) -> serde_json::Result<Value> {
        serde_json::to_value(Named::new(self))
    }

    fn validate(&self) -> Result<()> {
        MethodConfig::validate(self)
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Box<dyn Detector>> {
        Ok(Box::new(MethodConfig::fit(self, x, context)?))
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Box<dyn Detector>> {
        Ok(Box::new(MethodConfig::load(self, shape, device, weights)?))
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        MethodConfig::schedule_mut(self)
    }
}

/// Fits with `seed`, on the processor and watched by nobody.
#[cfg(test)]
pub(super) fn fit_seeded<T: MethodConfig>(
    settings: &T,
    x: &Features,
    seed: crate::seed::Seed,
) -> Result<T::Fitted> {
    let mut silent = crate::train::Silent;
    MethodConfig::fit(settings, x, &mut Context::new(seed, Device::flex(), &mut silent))
}
