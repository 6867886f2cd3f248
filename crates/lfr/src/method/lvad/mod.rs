//! Locally varying anomaly detection (Lin et al. 2022, "Locally Varying Distance Transform for Unsupervised Visual
//! Anomaly Detection"): k-means, then for each cluster the odds that an item at a given distance is one of its own.
//!
//! 1. Every item less its mean, at unit length. K = min(`clusters`, n / 10) centres by k-means; D is the squared
//!    distance of an item to a centre.
//! 2. For every cluster of more than 10 members: the 0.0, 0.1, .. 99.9 percentiles of D over its members and over all
//!    others; its share of the items; rho = n / a - 1, a being the number of items with D less than three standard
//!    deviations above the members' mean. Clusters with a < 10 are dropped, and one that holds all items.
//! 3. For an item at distance D let u and v be the ranks, in \[0, 1), of the nearest inner and outer percentile. The odds
//!    are P = (1e-9 + u) / (rho v + u + 1e-9), the normality is the mean of P over the clusters weighted by their
//!    shares, and the score is minus the normality, in \[-1, 0\].
//!
//! Items of which no cluster is left, such as identical ones, all score 0.
//!
//! Deviation: with more than `max_items` items the centres and percentiles come from a random choice of them.

mod cluster;
pub(in crate::method) mod kmeans;

use burn::tensor::Device;
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Matrix, Weights};
use crate::error::{Error, Result};
use crate::linalg::squared_distance;
use crate::method::MethodConfig;
use crate::method::detector::{Detector, bad_array, expect_items, expect_width};
use crate::method::lvad::cluster::{Cluster, RANKS};
use crate::method::lvad::kmeans::KMeans;
use crate::method::reference::some;
use crate::method::scaling::instance_normalised;
use crate::nn::autoencoder::Shape;
use crate::stop;
use crate::train::Context;

/// Settings of LVAD.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct LvadConfig {
    /// Clusters at most, at least 2; a tenth of the items when that is less. 300 in the authors' examples.
    #[schemars(extend("source" = "Lin et al. 2022: 300 in their examples"))]
    pub clusters: usize,
    /// Starts of k-means, at least 1. 10 in scikit-learn, which the authors use.
    #[schemars(extend("source" = "scikit-learn's default, which they use"))]
    pub restarts: usize,
    /// Rounds of k-means per start, at least 1. 300 in scikit-learn.
    #[schemars(extend("source" = "scikit-learn's default, which they use"))]
    pub iterations: usize,
    /// Items fitted on, at least 20; a random choice when there are more. Fewer for very wide items: at most half a
    /// gigabyte of rows is held.
    #[schemars(extend("source" = "ours: a bound on time and memory"))]
    pub max_items: usize,
}

impl Default for LvadConfig {
    fn default() -> Self {
        Self { clusters: 300, restarts: 10, iterations: 300, max_items: 20_000 }
    }
}

impl MethodConfig for LvadConfig {
    type Fitted = Lvad;
    const NAME: &str = "lvad";
    const SUMMARY: &str = "local likelihood ratios around k-means centres";
    const SOURCE: &str = "Lin et al. 2022 (LVAD)";
    const COST: &str = "seconds";

    fn validate(&self) -> Result<()> {
        let settings = [
            ("clusters", self.clusters, 2),
            ("restarts", self.restarts, 1),
            ("iterations", self.iterations, 1),
            ("max_items", self.max_items, 20),
        ];
        match settings.into_iter().find(|(_, value, least)| !(*least..=1_000_000).contains(value)) {
            None => Ok(()),
            Some((key, value, least)) => {
                Err(Error::config(key, value, format!("must lie between {least} and 1000000")))
            }
        }
    }

    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Lvad> {
        self.validate()?;
        expect_items(x, 20, "LVAD")?;
        let rows = instance_normalised(&some(x, self.max_items, context.seed));
        let clusters = self.clusters.min(rows.rows() / 10);
        let plan = KMeans { clusters, restarts: self.restarts, iterations: self.iterations };
        let centres = plan.centres(&rows, context.seed.stream("centres"));
        Ok(Lvad::measure(&rows, &centres))
    }

    fn load(&self, _: &Shape, _: &Device, weights: &mut Weights) -> Result<Lvad> {
        Lvad::load(self, weights)
    }
}

/// Measured clusters.
pub struct Lvad {
    width: usize,
    clusters: Vec<Cluster>,
}

impl Lvad {
    fn measure(rows: &Matrix, centres: &Matrix) -> Self {
        let n = rows.rows();
        let distances: Vec<Vec<f64>> = (0..n)
            .into_par_iter()
            .map(|i| {
                stop::check();
                (0..centres.rows()).map(|c| squared_distance(rows.row(i), centres.row(c))).collect()
            })
            .collect();
        let nearest = |distances: &Vec<f64>| {
            distances.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1)).map_or(0, |(cluster, _)| cluster)
        };
        let labels: Vec<usize> = distances.iter().map(nearest).collect();
        let cluster = |c: usize| {
            let column = |own: bool| {
                let side = distances.iter().zip(&labels).filter(move |&(_, &label)| (label == c) == own);
                side.map(|(distances, _)| distances[c]).collect::<Vec<f64>>()
            };
            Cluster::measure(centres.row(c), column(true), column(false))
        };
        let clusters: Vec<Option<Cluster>> = (0..centres.rows()).into_par_iter().map(cluster).collect();
        Self { width: rows.cols, clusters: clusters.into_iter().flatten().collect() }
    }

    fn score(&self, row: &[f32]) -> f32 {
        let odds = |cluster: &Cluster| cluster.share * cluster.odds(squared_distance(row, &cluster.centre));
        let shares: f64 = self.clusters.iter().map(|cluster| cluster.share).sum();
        let sum: f64 = self.clusters.iter().map(odds).sum();
        if shares > 0.0 { (-sum / shares) as f32 } else { 0.0 }
    }

    /// Restores measured clusters.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not make clusters.
    pub fn load(config: &LvadConfig, weights: &mut Weights) -> Result<Self> {
        config.validate()?;
        let (shape, centres) = weights.take_f32("centres", &[None, None])?;
        let (count, width) = (shape[0], shape[1]);
        let (_, inner) = weights.take_f64("inner", &[Some(count), Some(RANKS)])?;
        let (_, outer) = weights.take_f64("outer", &[Some(count), Some(RANKS)])?;
        let (_, odds) = weights.take_f64("odds", &[Some(count), Some(2)])?;
        if count > config.clusters || width == 0 {
            return Err(bad_array(
                "centres",
                "at most `clusters` of at least one number",
                format!("{shape:?}"),
            ));
        }
        let tables = inner.chunks_exact(RANKS).zip(outer.chunks_exact(RANKS));
        let parts = centres.chunks_exact(width).zip(tables).zip(odds.chunks_exact(2));
        let clusters = parts.map(|((centre, (inner, outer)), odds)| {
            let (share, rho) = (odds[0], odds[1]);
            let sound = inner.is_sorted() && outer.is_sorted() && share > 0.0 && share <= 1.0 && rho >= 0.0;
            let cluster =
                Cluster { centre: centre.to_vec(), inner: inner.to_vec(), outer: outer.to_vec(), share, rho };
            sound.then_some(cluster).ok_or_else(|| {
                bad_array(
                    "clusters",
                    "ascending percentiles, shares up to 1, odds from 0",
                    format!("{odds:?}"),
                )
            })
        });
        Ok(Self { width, clusters: clusters.collect::<Result<_>>()? })
    }
}

impl Detector for Lvad {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        expect_width(x, self.width)?;
        let rows = instance_normalised(x);
        let score = |i: usize| {
            stop::check();
            self.score(rows.row(i))
        };
        Ok((0..x.len()).into_par_iter().map(score).collect())
    }

    fn store(&self, weights: &mut Weights) {
        let count = self.clusters.len();
        let all = |part: fn(&Cluster) -> &Vec<f64>| self.clusters.iter().flat_map(part).copied().collect();
        let centres = self.clusters.iter().flat_map(|cluster| &cluster.centre).copied().collect();
        weights.put_f32("centres", &[count, self.width], centres);
        weights.put_f64("inner", &[count, RANKS], all(|cluster| &cluster.inner));
        weights.put_f64("outer", &[count, RANKS], all(|cluster| &cluster.outer));
        let odds = self.clusters.iter().flat_map(|cluster| [cluster.share, cluster.rho]).collect();
        weights.put_f64("odds", &[count, 2], odds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::config::fit_seeded;
    use crate::seed::Seed;

    /// `n` pictures of four numbers in three kinds, and one of none of these at the end.
    fn kinds(n: usize) -> Features {
        let wobble = |i: usize| (i * 7919 % 1009) as f32 / 1009.0;
        let mut values: Vec<f32> =
            (0..4 * (n - 1)).map(|i| if i % 4 == i / 4 % 3 { 3.0 } else { 0.0 } + wobble(i)).collect();
        values.extend([0.5, 0.4, 0.6, 9.0]);
        Features::Dense(Matrix { cols: 4, values })
    }

    // import numpy as np
    // i = np.arange(4 * 89); w = ((i * 7919 % 1009).astype(np.float32) / np.float32(1009))
    // x = np.r_[np.where(i % 4 == i // 4 % 3, 3, 0) + w, [.5, .4, .6, 9]].astype(np.float32).reshape(90, 4).astype(float)
    // x -= x.mean(1, keepdims=True); x = (x / np.linalg.norm(x, axis=1, keepdims=True)).astype(np.float32).astype(float)
    // C = x[[0, 1, 2]]; D = ((x[:, None] - C) ** 2).sum(2); l = D.argmin(1); P = 0; F = 0
    // for k in range(3):
    //     d, m = D[:, k], l == k; q = np.arange(1000) / 10; f = m.mean(); F += f
    //     rho = 90 / (d - d[m].mean() < 3 * d[m].std()).sum() - 1
    //     u, v = [abs(np.percentile(s, q)[None] - d[:, None]).argmin(1) / 1000 for s in (d[m], d[~m])]
    //     P += f * (1e-9 + u) / (rho * v + u + 1e-9)
    // print((-P / F)[[0, 1, 2, 50, 88, 89]])
    #[test]
    fn agrees_with_numpy_given_the_centres() {
        let x = kinds(90);
        let rows = instance_normalised(&x);
        let centres = Matrix { cols: 4, values: rows.values[..12].to_vec() };
        let scores = Lvad::measure(&rows, &centres).scores(&x).unwrap();
        for (i, expected) in [
            (0, -0.881459312),
            (1, -0.603739529),
            (2, -0.684363837),
            (50, -0.684363837),
            (88, -0.801720835),
            (89, -0.573278784),
        ] {
            assert!(
                (f64::from(scores[i]) - expected).abs() < 1e-6,
                "{i}: {} instead of {expected}",
                scores[i]
            );
        }
    }

    #[test]
    fn the_odd_one_out_scores_highest_and_a_stored_model_the_same() {
        let (x, config) = (kinds(150), LvadConfig { clusters: 3, ..Default::default() });
        let lvad = fit_seeded(&config, &x, Seed(0)).unwrap();
        let scores = lvad.scores(&x).unwrap();
        assert!(scores[..149].iter().all(|&score| score < scores[149]), "{scores:?}");
        let mut stored = Weights::default();
        lvad.store(&mut stored);
        let mut copy = stored.clone();
        let loaded = Lvad::load(&config, &mut copy).unwrap();
        copy.finish().unwrap();
        assert_eq!(loaded.scores(&x.slice(149..150)).unwrap(), scores[149..]);
        for (place, value) in [(0, 1e9), (999, -1.0)] {
            let mut bent = stored.clone();
            let (shape, mut inner) = bent.take_f64("inner", &[None, None]).unwrap();
            inner[place] = value;
            bent.put_f64("inner", &shape, inner);
            assert!(Lvad::load(&config, &mut bent).is_err());
        }
        assert!(Lvad::load(&LvadConfig { clusters: 2, ..config }, &mut stored).is_err());
    }

    #[test]
    fn few_items_are_refused_and_equal_ones_score_alike() {
        let config = LvadConfig::default();
        assert!(
            fit_seeded(&config, &kinds(19), Seed(0)).is_err_and(|e| e.to_string().contains("at least 20"))
        );
        let equal = Features::Dense(Matrix { cols: 2, values: [1.0, 2.0].repeat(40) });
        let lvad = fit_seeded(&config, &equal, Seed(0)).unwrap();
        assert_eq!(lvad.scores(&equal).unwrap(), [0.0; 40]);
        let mut stored = Weights::default();
        lvad.store(&mut stored);
        assert!(Lvad::load(&config, &mut stored).is_ok());
        assert!(fit_seeded(&LvadConfig { restarts: 0, ..config }, &equal, Seed(0)).is_err());
    }
}
