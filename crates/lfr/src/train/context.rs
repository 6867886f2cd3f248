//! What a fit is given and what it tells.

use burn::tensor::Device;
use serde::{Deserialize, Serialize};

use super::{Checkpoints, Epoch, Observer};
use crate::data::Features;
use crate::error::{Error, Result};
use crate::seed::Seed;

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
