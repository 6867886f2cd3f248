//! Distance to the nearest items (Ramaswamy, Rastogi, Shim 2000): items in empty regions are outliers.
//!
//! Scores of the items of the fit leave an item out of its own neighbourhood, as PyOD's `decision_scores_`. Scored
//! again as new items they meet themselves at distance 0, so a new copy of a known item scores lower than it did.

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::MethodConfig;
use crate::method::detector::Detector;
use crate::method::neighbours::nearest::{Asked, Neighbour, Neighbours, check};
use crate::method::scaling::Scaling;
use crate::nn::autoencoder::Shape;
use crate::train::Context;

/// Settings of the distance to the nearest items.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct KnnConfig {
    /// Neighbours looked at; all other items when there are fewer. 0 takes a twentieth of the items kept, but from 5 to
    /// 20. 5 in PyOD.
    #[schemars(extend("source" = "PyOD's default"))]
    pub neighbours: usize,
    /// How their distances become a score. The largest in PyOD.
    #[schemars(extend("source" = "Ramaswamy et al. 2000"))]
    pub distance: Distance,
    /// Items kept to be neighbours, from 2 to 1 000 000; a random choice when there are more. Time and model size grow
    /// with it. 0 takes 20 000, but of more than 200 000 items fewer: four thousand million over their number, at least 2000.
    #[schemars(extend("source" = "ours: a bound on time and model size"))]
    pub max_reference: usize,
    /// What is done to an item first.
    #[schemars(extend("source" = "ours: nothing in Ramaswamy et al. 2000"))]
    pub scaling: Scaling,
}

/// Items kept unless the settings say another number.
const KEPT: usize = 20_000;

/// Pairs of an item and one kept, where the number kept is left open, as long as that leaves [`FEWEST`] to be kept.
const MOST_PAIRS: usize = 4_000_000_000;

/// Items kept of however many, where the number is left open.
const FEWEST: usize = 2000;

/// What to make of the distances to the neighbours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Distance {
    /// The distance to the last of them.
    #[default]
    Largest,
    /// The mean distance (Angiulli, Pizzuti 2002).
    Mean,
    /// The median distance.
    Median,
}

impl Default for KnnConfig {
    fn default() -> Self {
        Self { neighbours: 5, distance: Distance::Largest, max_reference: KEPT, scaling: Scaling::None }
    }
}

impl KnnConfig {
    /// Neighbours looked at when so many items are `kept`.
    pub(crate) fn looked_at(&self, kept: usize) -> usize {
        match self.neighbours {
            0 => (kept / 20).clamp(5, 20),
            given => given,
        }
    }

    /// Items kept, at most, of so many.
    fn kept_of(&self, items: usize) -> usize {
        match self.max_reference {
            0 => (MOST_PAIRS / items.max(1)).clamp(FEWEST, KEPT),
            given => given,
        }
    }
}

impl MethodConfig for KnnConfig {
    type Fitted = Knn;
    const NAME: &str = "knn";
    const SUMMARY: &str = "distance to the k-th nearest item";
    const SOURCE: &str = "Ramaswamy et al. 2000";
    const COST: &str = "a second";

    fn validate(&self) -> Result<()> {
        check(self.neighbours.max(1), self.kept_of(0))
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Knn> {
        self.validate()?;
        let x = self.scaling.apply(x);
        let kept = self.kept_of(x.len());
        if kept < self.kept_of(0) {
            let items = x.len();
            context.warnings.push(format!(
                "knn compares each of the {items} items with {kept} of them, drawn at random, to bound its time; the setting \
                 `max_reference` changes that"
            ));
        }
        Ok(Knn { config: self.clone(), neighbours: Neighbours::fit(&x, kept, context.seed)? })
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Knn> {
        Knn::load(self, weights)
    }
}

/// The items kept to be neighbours.
pub struct Knn {
    config: KnnConfig,
    neighbours: Neighbours,
}

impl Knn {
    /// Restores the items kept.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when the arrays do not make items.
    pub fn load(config: &KnnConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        Ok(Self { config: config.clone(), neighbours: Neighbours::load(config.kept_of(0), weights)? })
    }

    fn score(&self, x: &Features, asked: Asked) -> Result<Vec<f32>> {
        let distance = self.config.distance;
        let neighbours = self.config.looked_at(self.neighbours.reference().len());
        self.neighbours.map(&self.config.scaling.apply(x), neighbours, asked, |found| distance.of(found))
    }
}

impl Distance {
    /// Of neighbours, at least one, nearest first.
    fn of(self, found: &[Neighbour]) -> f32 {
        let n = found.len();
        let distance = match self {
            Self::Largest => found[n - 1].distance,
            Self::Mean => found.iter().map(|neighbour| neighbour.distance).sum::<f64>() / n as f64,
            Self::Median => (found[(n - 1) / 2].distance + found[n / 2].distance) / 2.0,
        };
        distance.min(f64::from(f32::MAX)) as f32
    }
}

impl Detector for Knn {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.score(x, Asked::Any)
    }

    fn training_scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.score(x, Asked::Fitted)
    }

    fn store(&self, weights: &mut Weights) {
        self.neighbours.store(weights);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Images, Matrix};
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    fn wave(n: usize) -> Matrix {
        let value = |i: usize| ((i * i % 37) as f32 * 0.7).sin() + (i % 5) as f32;
        Matrix { cols: 3, values: (0..3 * n).map(value).collect() }
    }

    #[test]
    fn a_number_that_is_given_is_kept_whatever_the_items() {
        let open = KnnConfig { max_reference: 0, ..KnnConfig::default() };
        let kept = [0, 20_000, 200_000, 1_000_000, 100_000_000].map(|items| open.kept_of(items));
        assert_eq!(kept, [20_000, 20_000, 20_000, 4000, 2000]);
        let given = KnnConfig { max_reference: 1_000_000, ..open.clone() };
        assert_eq!(given.kept_of(100_000_000), 1_000_000);
        assert!(open.validate().is_ok() && given.validate().is_ok());
        assert!(KnnConfig { max_reference: 1, ..open }.validate().is_err());
    }

    // import numpy as np; from pyod.models.knn import KNN
    // i = np.arange(120); x = (np.sin((i * i % 37).astype(np.float32) * np.float32(.7)) + i % 5).reshape(40, 3)
    // for m in ('largest', 'mean', 'median'):
    //     k = KNN(method=m).fit(x[:30]); print(m, k.decision_scores_[:3], k.decision_function(x[30:33]))
    #[test]
    fn agrees_with_pyod() {
        let expected: [(Distance, [f32; 3], [f32; 3]); 3] = [
            (Distance::Largest, [1.765163, 2.546798, 1.399634], [2.308574, 2.510653, 1.133397]),
            (Distance::Mean, [1.513544, 1.717376, 1.066780], [1.882393, 1.993654, 1.043610]),
            (Distance::Median, [1.667630, 1.923982, 1.344698], [1.939067, 1.933828, 1.096841]),
        ];
        let x = Features::Dense(wave(40));
        for (distance, fitted, new) in expected {
            let knn =
                fit_seeded(&KnnConfig { distance, ..Default::default() }, &x.slice(0..30), Seed(0)).unwrap();
            let close = |found: &[f32], expected: [f32; 3]| {
                found.iter().zip(expected).for_each(|(found, expected)| {
                    assert!((found - expected).abs() < 1e-4, "{distance:?}: {found} instead of {expected}");
                });
            };
            close(&knn.training_scores(&x.slice(0..30)).unwrap()[..3], fitted);
            close(&knn.scores(&x.slice(30..33)).unwrap(), new);
        }
    }

    #[test]
    fn a_stored_model_scores_the_same_and_a_bent_one_is_refused() {
        let images = Images { channels: 1, side: 2, pixels: (0..80).map(|i| (i * i % 251) as u8).collect() };
        let (all, config) = (Features::Images(images), KnnConfig { max_reference: 8, ..Default::default() });
        let knn = fit_seeded(&config, &all, Seed(3)).unwrap();
        let mut stored = Weights::default();
        knn.store(&mut stored);
        let mut copy = stored.clone();
        let loaded = Knn::load(&config, &mut copy).unwrap();
        copy.finish().unwrap();
        assert_eq!(loaded.training_scores(&all).unwrap(), knn.training_scores(&all).unwrap());
        assert!(loaded.scores(&Features::Dense(wave(2))).is_err());
        for places in [vec![], vec![0, 1, 2, 3, 3, 5, 6, 7]] {
            let mut bent = stored.clone();
            bent.put_u32("places", &[places.len()], places);
            assert!(Knn::load(&config, &mut bent).is_err());
        }
    }

    #[test]
    fn the_number_of_neighbours_can_follow_the_number_of_items() {
        let scores = |neighbours, n| {
            let (x, config) = (Features::Dense(wave(n)), KnnConfig { neighbours, ..Default::default() });
            fit_seeded(&config, &x, Seed(0)).unwrap().training_scores(&x).unwrap()
        };
        for (n, expected) in [(40, 5), (200, 10), (500, 20)] {
            assert_eq!(scores(0, n), scores(expected, n));
        }
    }

    #[test]
    fn a_bent_sparse_model_is_refused() {
        let load = |offsets: [u32; 3], columns: [u32; 3]| {
            let mut weights = Weights::default();
            weights.put_u32("places", &[2], vec![0, 1]);
            weights.put_u32("width", &[1], vec![5]);
            weights.put_u32("offsets", &[3], offsets.to_vec());
            weights.put_u32("columns", &[3], columns.to_vec());
            weights.put_f32("values", &[3], vec![1.0; 3]);
            Knn::load(&KnnConfig::default(), &mut weights).is_ok()
        };
        assert!(load([0, 2, 3], [1, 4, 0]));
        assert!(!load([0, 2, 3], [1, 5, 0]), "a column that is not there");
        assert!(!load([0, 2, 3], [4, 1, 0]), "columns out of order");
        assert!(!load([0, 4, 3], [1, 4, 0]), "offsets out of order");
        assert!(!load([0, 2, 2], [1, 4, 0]), "a value of no row");
    }

    #[test]
    fn few_items_and_many_copies_work() {
        let x = Features::Dense(Matrix { cols: 1, values: vec![1.0, 1.0] });
        let knn = fit_seeded(&KnnConfig::default(), &x, Seed(0)).unwrap();
        assert_eq!(knn.training_scores(&x).unwrap(), [0.0, 0.0]);
        assert!(fit_seeded(&KnnConfig::default(), &x.slice(0..1), Seed(0)).is_err());
        assert!(fit_seeded(&KnnConfig { neighbours: 10_001, ..Default::default() }, &x, Seed(0)).is_err());
        assert!(fit_seeded(&KnnConfig { max_reference: 1, ..Default::default() }, &x, Seed(0)).is_err());
    }
}
