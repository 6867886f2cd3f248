//! What a fit is given and what it tells.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use crate::checkpoint::Checkpoints;
use crate::data::Features;
use crate::error::{Error, Result};
use crate::seed::Seed;

/// The outcome of one pass over the data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// From 1.
    pub epoch: usize,
    /// Passes planned.
    pub epochs: usize,
    /// Mean loss per item.
    pub loss: f32,
    /// Its summands by name.
    pub parts: Vec<(String, f32)>,
    /// Mean error of the worst tenth over the median error; falls towards 1 when outliers are learnt too.
    pub gap: Option<f32>,
}

/// Watches a fit. Returning an error, such as [`crate::Error::Interrupted`], ends it.
pub trait Observer {
    /// Before member `member` (from 1) of the `members` of a combination, a method called `name`, is fitted.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn member(&mut self, name: &str, member: usize, members: usize) -> Result<()> {
        let _ = (name, member, members);
        Ok(())
    }

    /// Before step `step` (from 0) of `steps` in an epoch.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn step(&mut self, step: usize, steps: usize) -> Result<()> {
        let _ = (step, steps);
        Ok(())
    }

    /// After an epoch; `scores` computes the training items' scores as of now, when asked.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        let _ = (epoch, scores);
        Ok(())
    }

    /// What it keeps of the fit so far, for a fit that goes on later.
    fn held(&self) -> serde_json::Value {
        serde_json::Value::Null
    }

    /// Takes back what [`Observer::held`] gave, in place of what it keeps.
    ///
    /// # Errors
    /// Whatever should end the fit.
    fn restore(&mut self, held: &serde_json::Value) -> Result<()> {
        let _ = held;
        Ok(())
    }
}

/// Watches nothing.
pub struct Silent;

impl Observer for Silent {}

/// Labelled items that guide a fit; the items fitted on do not hold them.
#[derive(Clone, Debug)]
pub struct Known {
    /// Their features, laid out as the training items'.
    pub features: Features,
    /// Whether each is an outlier.
    pub outlier: Vec<bool>,
}

impl Known {
    /// Checks that both kinds are there, for methods that cannot do without.
    ///
    /// # Errors
    /// [`Error::Labels`] when one is missing.
    pub fn check(&self) -> Result<()> {
        let [inliers, outliers] = self.counts();
        if outliers == 0 || inliers == 0 || self.outlier.len() != self.features.len() {
            return Err(Error::Labels {
                problem: format!(
                    "the known labels need inliers and outliers, found {inliers} and {outliers}"
                ),
            });
        }
        Ok(())
    }

    /// How many inliers and outliers there are.
    pub fn counts(&self) -> [usize; 2] {
        let outliers = self.outlier.iter().filter(|&&outlier| outlier).count();
        [self.outlier.len() - outliers, outliers]
    }

    /// The features of the outliers, or of the inliers, in their order.
    pub fn side(&self, outlier: bool) -> Features {
        let own: Vec<usize> = (0..self.outlier.len()).filter(|&i| self.outlier[i] == outlier).collect();
        self.features.select(&own)
    }
}

/// What a fit is given, and where it leaves its findings.
pub struct Context<'a> {
    /// The run's seed.
    pub seed: Seed,
    /// Where tensors live.
    pub device: Device,
    /// A few labelled items outside the training set, for the methods that learn from them.
    pub known: Option<Known>,
    /// Where networks in training leave their state, and find it.
    pub checkpoints: Option<Checkpoints>,
    /// The column of the table that each feature is from, ascending; empty where every feature is by itself.
    pub columns: Vec<u32>,
    /// Who watches.
    pub observer: &'a mut dyn Observer,
    /// Sentences for the user.
    pub warnings: Vec<String>,
    /// What the self-checks look at.
    pub findings: Findings,
}

impl<'a> Context<'a> {
    /// A context with nothing found yet.
    pub fn new(seed: Seed, device: Device, observer: &'a mut dyn Observer) -> Self {
        Self {
            seed,
            device,
            known: None,
            checkpoints: None,
            columns: Vec::new(),
            observer,
            warnings: Vec::new(),
            findings: Findings::default(),
        }
    }
}

/// Facts about a fitted network.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Findings {
    /// Every epoch.
    pub curve: Vec<Epoch>,
    /// Mean of (AAᵀ - I)² over the entries.
    pub orthogonality: Option<f32>,
    /// Latents of a sample of items, `[rows, latent]` row-major.
    pub latents: Option<(usize, Vec<f32>)>,
    /// How far the members of a combination agree: the mean of Spearman's rank correlation over their pairs.
    pub agreement: Option<f32>,
}
