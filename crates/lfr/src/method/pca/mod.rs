//! Principal components of standardised columns (Shyu et al. 2003): an item far from the subspace that holds most
//! variance, or far out along its axes, is an outlier.
//!
//! Every column is brought to mean 0 and standard deviation 1 (a constant one is only centred). Components are those of
//! largest variance that together hold the share `variance`. PyOD's PCA adds up distances to all eigenvectors, weighted
//! by one over their eigenvalues; that ranks items by the length of the standardised row, which is `variance = 0` here.
//!
//! Deviation: at most `max_items` random items are fitted on, and at most 1024 when there are more columns than that,
//! which keeps the eigenproblem small.

mod scale;

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::{Error, Result};
use crate::linalg::{BLOCK, by_block, components, products, squared_distance, times};
use crate::method::MethodConfig;
use crate::method::detector::{Detector, bad_array, expect_items, expect_width};
pub(crate) use crate::method::pca::scale::LIMIT;
use crate::method::pca::scale::Scale;
use crate::method::reference::some;
use crate::nn::autoencoder::Shape;
use crate::train::Context;

/// Rows and columns of the largest eigenproblem.
const MAX_SIDE: usize = 1024;

/// Settings of the principal components.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PcaConfig {
    /// What is measured.
    #[schemars(extend("source" = "Shyu et al. 2003 for mahalanobis; ours for reconstruction"))]
    pub score: PcaScore,
    /// Share of the variance that the components kept hold, in \[0, 1\]. 0 keeps none: then the reconstruction is the
    /// mean, and items rank as by PyOD's PCA. That is the default, because components found on a pile with outliers in
    /// it begin to describe them.
    #[schemars(extend("source" = "ours: items rank as by PyOD's default"))]
    pub variance: f64,
    /// Items fitted on, at least 2; a random choice when there are more.
    #[schemars(extend("source" = "ours: a bound on time and memory"))]
    pub max_items: usize,
}

/// What is measured of an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PcaScore {
    /// The mean squared difference between the standardised item and its projection onto the components.
    #[default]
    Reconstruction,
    /// The sum of squared coordinates along the components, each over its variance.
    Mahalanobis,
}

impl Default for PcaConfig {
    fn default() -> Self {
        Self { score: PcaScore::Reconstruction, variance: 0.0, max_items: 10_000 }
    }
}

impl MethodConfig for PcaConfig {
    type Fitted = Pca;
    const NAME: &str = "pca";
    const SUMMARY: &str = "distance along, or from, the principal components";
    const SOURCE: &str = "Shyu et al. 2003";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        if !(0.0..=1.0).contains(&self.variance) {
            return Err(Error::config("variance", self.variance, "must lie between 0 and 1"));
        }
        if self.score == PcaScore::Mahalanobis && self.variance == 0.0 {
            return Err(Error::config("variance", 0, "must be above 0 for the score `mahalanobis`"));
        }
        if !(2..=1_000_000).contains(&self.max_items) {
            return Err(Error::config("max_items", self.max_items, "must lie between 2 and 1000000"));
        }
        Ok(())
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Pca> {
        self.validate()?;
        expect_items(x, 2, "PCA")?;
        let limit = if x.width() > MAX_SIDE { self.max_items.min(MAX_SIDE) } else { self.max_items };
        let x = &*some(x, limit, context.seed);
        let scale = Scale::of(x);
        let rows: Vec<f32> = by_block(x, |items, mut rows| {
            scale.apply(&mut rows);
            rows.truncate(items.len() * x.width());
            rows
        });
        let (components, variances) = components(&rows, x.width(), self.variance);
        Ok(Pca { score: self.score, scale, components, variances })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Pca> {
        Pca::load(self, weights)
    }
}

/// Fitted components.
pub struct Pca {
    score: PcaScore,
    scale: Scale,
    components: Vec<f32>,
    variances: Vec<f64>,
}

impl Pca {
    /// Restores fitted components.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not make components.
    pub fn load(config: &PcaConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        let (shape, components) = weights.take_f32("components", &[None, None])?;
        let (_, mean) = weights.take_f64("mean", &[Some(shape[1])])?;
        let (_, deviation) = weights.take_f64("deviation", &[Some(shape[1])])?;
        let (_, variances) = weights.take_f64("variances", &[Some(shape[0])])?;
        if shape[1] == 0 || shape[0] > shape[1] {
            return Err(bad_array("components", "no more than columns", format!("{shape:?}")));
        }
        match deviation.iter().chain(&variances).find(|&&value| value <= 0.0) {
            Some(value) => Err(bad_array("deviations and variances", "positive numbers", value)),
            None => Ok(Self { score: config.score, scale: Scale { mean, deviation }, components, variances }),
        }
    }

    /// Scores of standardised rows.
    fn measure(&self, rows: &[f32]) -> Vec<f32> {
        let (width, kept) = (self.scale.mean.len(), self.variances.len());
        let along = if kept == 0 { vec![] } else { products(rows, &self.components, width) };
        match self.score {
            PcaScore::Mahalanobis => {
                let score = |along: &[f32]| {
                    let terms = along.iter().zip(&self.variances).map(|(&t, v)| f64::from(t).powi(2) / v);
                    terms.sum::<f64>().min(f64::from(f32::MAX)) as f32
                };
                if kept == 0 { vec![0.0; BLOCK] } else { along.chunks_exact(kept).map(score).collect() }
            }
            PcaScore::Reconstruction => {
                let near =
                    if kept == 0 { vec![0.0; rows.len()] } else { times(&along, &self.components, kept) };
                let pairs = rows.chunks_exact(width).zip(near.chunks_exact(width));
                pairs.map(|(row, near)| (squared_distance(row, near) / width as f64) as f32).collect()
            }
        }
    }
}

impl Detector for Pca {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        expect_width(x, self.scale.mean.len())?;
        Ok(by_block(x, |items, mut rows| {
            self.scale.apply(&mut rows);
            let mut scores = self.measure(&rows);
            scores.truncate(items.len());
            scores
        }))
    }

    fn store(&self, weights: &mut Weights) {
        let (width, kept) = (self.scale.mean.len(), self.variances.len());
        weights.put_f32("components", &[kept, width], self.components.clone());
        weights.put_f64("mean", &[width], self.scale.mean.clone());
        weights.put_f64("deviation", &[width], self.scale.deviation.clone());
        weights.put_f64("variances", &[kept], self.variances.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    /// `n` rows of `cols` numbers, the columns tied to one another.
    fn tied(n: usize, cols: usize) -> Features {
        let value = |i: usize| {
            let (row, column) = (i / cols, i % cols);
            (row as f32 * 0.37).sin() * (column + 1) as f32 + (i * i % 31) as f32 * 0.02
        };
        Features::Dense(Matrix { cols, values: (0..n * cols).map(value).collect() })
    }

    // import numpy as np; from sklearn.decomposition import PCA; from sklearn.preprocessing import StandardScaler
    // for n, cols in ((60, 5), (8, 12)):
    //     i = np.arange(n * cols); x = np.sin((i // cols).astype(np.float32) * np.float32(.37)) * (i % cols + 1)
    //     x = (x + (i * i % 31) * np.float32(.02)).astype(np.float32).reshape(n, cols)
    //     z = StandardScaler().fit_transform(x.astype(float)); p = PCA(.995).fit(z); t = p.transform(z)
    //     print(((z - p.inverse_transform(t)) ** 2).mean(1)[:3], (t ** 2 / p.explained_variance_).sum(1)[:3])
    #[test]
    fn agrees_with_scikit_learn() {
        for (n, cols, reconstruction, mahalanobis) in [
            (60, 5, [0.003798, 0.001445, 0.007773], [1.336191, 2.959990, 1.857732]),
            (8, 12, [0.000269, 0.005793, 0.005716], [5.090431, 1.979098, 0.494223]),
        ] {
            let x = tied(n, cols);
            for (score, expected) in
                [(PcaScore::Reconstruction, reconstruction), (PcaScore::Mahalanobis, mahalanobis)]
            {
                let config = PcaConfig { score, variance: 0.995, ..Default::default() };
                let scores = fit_seeded(&config, &x, Seed(0)).unwrap().scores(&x).unwrap();
                for (found, expected) in scores.iter().zip(expected) {
                    let near = (f64::from(*found) - expected).abs() <= 1e-4 * (1.0 + expected.abs());
                    assert!(near, "{score:?} {n}x{cols}: {found} instead of {expected}");
                }
            }
        }
    }

    // from pyod.models.pca import PCA as P; from scipy.stats import spearmanr
    // spearmanr(P().fit(x).decision_scores_, (z ** 2).sum(1)) with the 60 x 5 above: 0.9995
    #[test]
    fn without_components_the_length_is_left() {
        let x = Features::Dense(Matrix { cols: 2, values: vec![1.0, 5.0, 3.0, 5.0, 1.0, 5.0, 3.0, 5.0] });
        let config = PcaConfig { variance: 0.0, ..Default::default() };
        assert_eq!(fit_seeded(&config, &x, Seed(0)).unwrap().scores(&x).unwrap(), [0.5; 4]);
    }

    #[test]
    fn a_stored_model_scores_the_same_alone_and_a_bent_one_is_refused() {
        let (x, config) = (tied(300, 7), PcaConfig { max_items: 200, variance: 0.5, ..Default::default() });
        let pca = fit_seeded(&config, &x, Seed(2)).unwrap();
        let scores = pca.scores(&x).unwrap();
        let mut stored = Weights::default();
        pca.store(&mut stored);
        let mut copy = stored.clone();
        let loaded = Pca::load(&config, &mut copy).unwrap();
        copy.finish().unwrap();
        for i in [0, 127, 128, 299] {
            assert_eq!(loaded.scores(&x.slice(i..i + 1)).unwrap(), scores[i..=i]);
        }
        assert!(loaded.scores(&tied(3, 6)).is_err());
        stored.put_f64("deviation", &[7], vec![0.0; 7]);
        assert!(Pca::load(&config, &mut stored).is_err());
    }

    #[test]
    fn constant_columns_huge_numbers_and_bad_settings() {
        let equal = Features::Dense(Matrix { cols: 2, values: vec![0.1; 20] });
        for score in [PcaScore::Reconstruction, PcaScore::Mahalanobis] {
            let pca = fit_seeded(&PcaConfig { score, variance: 0.5, ..Default::default() }, &equal, Seed(0))
                .unwrap();
            assert_eq!(pca.scores(&equal).unwrap(), [0.0; 10]);
            let far = Features::Dense(Matrix { cols: 2, values: vec![f32::MAX, f32::MIN] });
            assert!(pca.scores(&far).unwrap()[0].is_finite());
        }
        for (variance, max_items) in [(1.1, 10), (f64::NAN, 10), (0.5, 1)] {
            assert!(
                fit_seeded(&PcaConfig { variance, max_items, ..Default::default() }, &equal, Seed(0))
                    .is_err()
            );
        }
        let none = PcaConfig { score: PcaScore::Mahalanobis, variance: 0.0, ..Default::default() };
        assert!(none.validate().is_err());
    }
}
