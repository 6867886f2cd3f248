//! Local outlier factor (Breunig, Kriegel, Ng, Sander 2000): how much sparser an item's surroundings are than those of
//! its neighbours. Around 1 for inliers, larger for outliers.
//!
//! With reach(a, b) = max(distance of b to its k-th neighbour, d(a, b)) and density(a) = 1 / (mean reach to a's
//! neighbours + 1e-10), the score is the neighbours' mean density over a's own. Scores of the items of the fit leave an
//! item out of its own neighbourhood (scikit-learn's `negative_outlier_factor_`, PyOD's `decision_scores_`); new items
//! are compared with the items of the fit (scikit-learn's `novelty=True`).
//!
//! Deviation: where more than k items coincide their reach is 0 and their density has no bound, so that anything a hair
//! off them scores in the millions. Then no mean reach counts as smaller than the median positive reach.

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::MethodConfig;
use crate::method::detector::{Detector, bad_array};
use crate::method::neighbours::nearest::{Asked, Neighbour, Neighbours, check};
use crate::nn::autoencoder::Shape;
use crate::train::Context;

/// Settings of the local outlier factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LofConfig {
    /// Number of neighbours, at least 1; all other items when there are fewer. 20 in scikit-learn and PyOD.
    #[schemars(extend("source" = "scikit-learn's and PyOD's default"))]
    pub neighbours: usize,
    /// Items kept to be neighbours, from 2 to 1 000 000; a random choice when there are more. Time and model size grow
    /// with it. Of more than 200 000 items fewer are kept, as by `knn`.
    #[schemars(extend("source" = "ours: a bound on time and model size"))]
    pub max_reference: usize,
}

impl Default for LofConfig {
    fn default() -> Self {
        Self { neighbours: 20, max_reference: 20_000 }
    }
}

impl MethodConfig for LofConfig {
    type Fitted = Lof;
    const NAME: &str = "lof";
    const SUMMARY: &str = "local density compared with that of the neighbours";
    const SOURCE: &str = "Breunig et al. 2000";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        check(self.neighbours, self.max_reference)
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Lof> {
        self.validate()?;
        let neighbours = Neighbours::fit(x, self.max_reference, context.seed)?;
        let kept = &neighbours.reference().items;
        let around = neighbours.map(kept, self.neighbours, Asked::Kept, <[Neighbour]>::to_vec)?;
        let reaches: Vec<f64> = around.iter().filter_map(|found| found.last()).map(|n| n.distance).collect();
        let floor = floor(&reaches);
        let densities = around.iter().map(|found| density(found, &reaches, floor)).collect();
        let lof = Lof { config: self.clone(), neighbours, reaches, floor, densities };
        context.warnings.extend(lof.warning());
        Ok(lof)
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Lof> {
        Lof::load(self, weights)
    }
}

/// The items kept and how densely they lie.
pub struct Lof {
    config: LofConfig,
    neighbours: Neighbours,
    /// Distance of each item to its k-th neighbour.
    reaches: Vec<f64>,
    /// The smallest mean reach that counts.
    floor: f64,
    /// Density around each item.
    densities: Vec<f64>,
}

/// The median of the positive `reaches` if some are 0, and 0 otherwise.
pub(crate) fn floor(reaches: &[f64]) -> f64 {
    let mut positive: Vec<f64> = reaches.iter().copied().filter(|&reach| reach > 0.0).collect();
    if positive.len() == reaches.len() {
        return 0.0;
    }
    positive.sort_unstable_by(f64::total_cmp);
    positive.get(positive.len() / 2).copied().unwrap_or(0.0)
}

/// 1 / (mean reach to the neighbours + 1e-10), the mean reach at least `floor`.
fn density(found: &[Neighbour], reaches: &[f64], floor: f64) -> f64 {
    let reach = |neighbour: &Neighbour| neighbour.distance.max(reaches[neighbour.item]);
    1.0 / ((found.iter().map(reach).sum::<f64>() / found.len() as f64).max(floor) + 1e-10)
}

impl Lof {
    /// Restores the items kept and their densities.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when the arrays do not make items.
    pub fn load(config: &LofConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        let neighbours = Neighbours::load(config.max_reference, weights)?;
        let shape = [Some(neighbours.reference().len())];
        let (_, reaches) = weights.take_f64("reaches", &shape)?;
        let (_, densities) = weights.take_f64("densities", &shape)?;
        match reaches.iter().find(|&&r| r < 0.0).or(densities.iter().find(|&&d| d <= 0.0)) {
            Some(value) => Err(bad_array("distances and densities", "positive numbers", value)),
            None => {
                let floor = floor(&reaches);
                Ok(Self { config: config.clone(), neighbours, reaches, floor, densities })
            }
        }
    }

    /// What the user should know: whether more items coincide than neighbours are looked at.
    pub fn warning(&self) -> Option<String> {
        let (found, total) = (self.reaches.iter().filter(|&&reach| reach == 0.0).count(), self.reaches.len());
        let k = self.config.neighbours.min(total - 1);
        (found > 0).then(|| {
            format!(
                "{found} of {total} items equal at least {k} others, where a local outlier factor is hardly defined; raise \
                 `neighbours` or take another method"
            )
        })
    }

    fn score(&self, x: &Features, asked: Asked) -> Result<Vec<f32>> {
        self.neighbours.map(x, self.config.neighbours, asked, |found| {
            let theirs: f64 = found.iter().map(|neighbour| self.densities[neighbour.item]).sum();
            let ratio = theirs / found.len() as f64 / density(found, &self.reaches, self.floor);
            ratio.min(f64::from(f32::MAX)) as f32
        })
    }
}

impl Detector for Lof {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.score(x, Asked::Any)
    }

    fn training_scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.score(x, Asked::Fitted)
    }

    fn store(&self, weights: &mut Weights) {
        self.neighbours.store(weights);
        weights.put_f64("reaches", &[self.reaches.len()], self.reaches.clone());
        weights.put_f64("densities", &[self.densities.len()], self.densities.clone());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    fn wave(n: usize) -> Features {
        let value = |i: usize| ((i * i % 37) as f32 * 0.7).sin() + (i % 5) as f32;
        Features::Dense(Matrix { cols: 3, values: (0..3 * n).map(value).collect() })
    }

    // import numpy as np; from sklearn.neighbors import LocalOutlierFactor
    // i = np.arange(120); x = np.sin((i * i % 37).astype(np.float32) * np.float32(.7)) + i % 5
    // x = (x + np.float32(.01) * np.sqrt(i).astype(np.float32)).reshape(40, 3)
    // print(-LocalOutlierFactor(n_neighbors=8).fit(x[:30]).negative_outlier_factor_[:4])
    // print(-LocalOutlierFactor(n_neighbors=8, novelty=True).fit(x[:30]).score_samples(x[30:34]))
    #[test]
    fn agrees_with_scikit_learn() {
        let value = |i: usize| ((i * i % 37) as f32 * 0.7).sin() + (i % 5) as f32 + 0.01 * (i as f32).sqrt();
        let x = Features::Dense(Matrix { cols: 3, values: (0..120).map(value).collect() });
        let config = LofConfig { neighbours: 8, ..Default::default() };
        let (old, new) = (x.slice(0..30), x.slice(30..34));
        let lof = fit_seeded(&config, &old, Seed(0)).unwrap();
        let close = |found: &[f32], expected: [f32; 4]| {
            found.iter().zip(expected).for_each(|(found, expected)| {
                assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
            });
        };
        close(&lof.training_scores(&old).unwrap()[..4], [1.010910, 1.102275, 0.961416, 1.135460]);
        close(&lof.scores(&new).unwrap(), [1.081306, 1.186031, 0.965397, 1.033488]);
    }

    #[test]
    fn a_stored_model_scores_the_same_and_a_bent_one_is_refused() {
        let (x, config) = (wave(50), LofConfig { neighbours: 4, max_reference: 30 });
        let lof = fit_seeded(&config, &x, Seed(3)).unwrap();
        let mut stored = Weights::default();
        lof.store(&mut stored);
        let mut copy = stored.clone();
        let loaded = Lof::load(&config, &mut copy).unwrap();
        copy.finish().unwrap();
        assert_eq!(loaded.training_scores(&x).unwrap(), lof.training_scores(&x).unwrap());
        for values in [vec![1.0; 29], vec![0.0; 30]] {
            let mut bent = stored.clone();
            bent.put_f64("densities", &[values.len()], values);
            assert!(Lof::load(&config, &mut bent).is_err());
        }
        assert!(Lof::load(&LofConfig { max_reference: 20, ..config }, &mut stored).is_err());
    }

    #[test]
    fn coinciding_items_warn_and_blow_no_score_up() {
        let values = [vec![1.0; 25], vec![1.001, 1.002, 50.0]].concat();
        let x = Features::Dense(Matrix { cols: 1, values });
        let lof = fit_seeded(&LofConfig::default(), &x, Seed(0)).unwrap();
        assert!(lof.warning().unwrap().starts_with("25 of 28 items equal at least 20 others"));
        let scores = lof.training_scores(&x).unwrap();
        assert!(
            scores[..27].iter().all(|&score| (score - 1.0).abs() < 1.0) && scores[27] > 100.0,
            "{scores:?}"
        );
        let mut stored = Weights::default();
        lof.store(&mut stored);
        let loaded = Lof::load(&LofConfig::default(), &mut stored).unwrap();
        assert_eq!(loaded.scores(&x).unwrap(), lof.scores(&x).unwrap());
        assert_eq!(fit_seeded(&LofConfig::default(), &wave(50), Seed(0)).unwrap().warning(), None);
    }

    #[test]
    fn equal_items_score_alike() {
        let x = Features::Dense(Matrix { cols: 2, values: vec![3.0; 60] });
        let lof = fit_seeded(&LofConfig::default(), &x, Seed(0)).unwrap();
        assert_eq!(lof.training_scores(&x).unwrap(), [1.0; 30]);
        assert!(lof.scores(&wave(5)).is_err());
    }
}
