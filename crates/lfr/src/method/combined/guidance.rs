//! What a few marked items change in the scores of a combination.
//!
//! The marks are taken for draws of a logistic model whose logit at an item x is
//!
//! s(x) - 2 + b + w · m(x) + g(x):
//!
//! s is the combination's score and m the members' scores, standardised; b a common level, w the weights of the members
//! beyond their votes, and g a smooth function of the features: near a marked false alarm it is low, near a marked outlier
//! high. All three have normal priors around 0, so that without marks the logit is the score itself, and a few marks
//! move it little. The most probable b, w and g are found by Newton's method (Gaussian process classification, Rasmussen
//! and Williams 2006, algorithm 3.1; ridge logistic regression in w); w and g are what guides. Features are compared as
//! the members see them, by exp(-d² / l²), with l² the mean squared distance of an item to its nearest neighbours.
//!
//! The strengths of the priors were chosen in a side check with scikit-learn (other draws and forests) on Caltech101 and on
//! tables with planted outliers.

use rand::seq::index;
use rayon::prelude::*;

use super::marked_rows::MarkedRows;
use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::Known;
use crate::method::combined::newton::duals;
use crate::method::detector::{bad_array, expect_width};
use crate::method::reference::{load_items, store_items};
use crate::method::scaling::Scaling;
use crate::seed::Seed;
use crate::statistics::moments;

/// Prior standard deviation of g.
const NEARNESS: f64 = 2.0;

/// Prior standard deviation of a member's weight.
const WEIGHT: f64 = 0.35;

/// Prior standard deviation of the level b.
const LEVEL: f64 = 1.0;

/// The logit of an item whose score is the mean, before any mark: an outlier in about eight.
const BASE: f64 = -2.0;

/// Standardised scores are cut off here, so that no single mark far out decides alone.
const FAR: f64 = 5.0;

/// Marks used at most; a random choice when there are more, for time grows with their cube.
pub(super) const MOST: usize = 1000;

/// What the marks say.
pub(super) struct Guidance {
    /// The marked items, as they came.
    items: Features,
    /// One a scaling that the members use.
    spaces: Vec<MarkedRows>,
    /// The weight of each marked item in g.
    duals: Vec<f64>,
    /// w, one a voter.
    weights: Vec<f64>,
    /// Standard deviation of the combination's scores.
    spread: f64,
}

/// The standardised scores of some items, and what the combination makes of them.
pub(super) struct Opinions<'a> {
    /// One list a voter.
    pub(super) members: &'a [Vec<f64>],
    /// The combination's own scores.
    pub(super) votes: &'a [f64],
}

impl Guidance {
    /// Learns from `known` items with their `opinions`; `pool` are the items of the fit with their `votes`.
    pub(super) fn fit(
        known: &Known,
        opinions: &Opinions<'_>,
        pool: &Features,
        votes: &[f64],
        scalings: &[Scaling],
        seed: Seed,
    ) -> Result<Self> {
        let marks = some(known.outlier.len(), seed);
        let items = known.features.select(&marks);
        let spaces: Vec<MarkedRows> = scalings
            .iter()
            .map(|&scaling| MarkedRows::fit(scaling, &items, pool, seed))
            .collect::<Result<_>>()?;
        let (mean, variance) = moments(votes.iter().copied(), votes.len());
        let spread = variance.sqrt();
        let standard = |&i: &usize| cut((opinions.votes[i] - mean) / spread.max(f64::MIN_POSITIVE));
        let prior: Vec<f64> = marks.iter().map(|i| standard(i) + BASE).collect();
        let members: Vec<Vec<f64>> =
            opinions.members.iter().map(|own| marks.iter().map(|&i| cut(own[i])).collect()).collect();
        let mut guidance = Self { items, spaces, duals: Vec::new(), weights: Vec::new(), spread };
        let mut kernel = guidance.nearness(&guidance.items);
        for (i, row) in kernel.iter_mut().enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                let alike: f64 = members.iter().map(|own| own[i] * own[j]).sum();
                *value = NEARNESS.powi(2) * *value + WEIGHT.powi(2) * alike + LEVEL.powi(2);
            }
        }
        let outlier: Vec<bool> = marks.iter().map(|&i| known.outlier[i]).collect();
        guidance.duals = duals(&kernel.concat(), &prior, &outlier);
        let weight = |own: &Vec<f64>| own.iter().zip(&guidance.duals).map(|(m, dual)| m * dual).sum::<f64>();
        guidance.weights = members.iter().map(|own| WEIGHT.powi(2) * weight(own)).collect();
        Ok(guidance)
    }

    /// What is added to the combination's scores of the items `x`, given the members' standardised scores.
    pub(super) fn shifts(&self, x: &Features, members: &[Vec<f64>]) -> Result<Vec<f64>> {
        expect_width(x, self.items.width())?;
        let near = NEARNESS.powi(2) / self.spaces.len() as f64;
        let mut shifts = vec![0.0; x.len()];
        for space in &self.spaces {
            let pull =
                |nearness: &[f64]| nearness.iter().zip(&self.duals).map(|(k, dual)| k * dual).sum::<f64>();
            shifts.iter_mut().zip(space.map(x, pull)).for_each(|(shift, pull)| *shift += near * pull);
        }
        for (own, weight) in members.iter().zip(&self.weights) {
            shifts.iter_mut().zip(own).for_each(|(shift, &own)| *shift += weight * cut(own));
        }
        shifts.iter_mut().for_each(|shift| *shift *= self.spread);
        Ok(shifts)
    }

    /// The mean nearness of every item of `x` to every marked item, over the spaces.
    fn nearness(&self, x: &Features) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; self.items.len()]; x.len()];
        for space in &self.spaces {
            let all = space.map(x, <[f64]>::to_vec);
            sums.par_iter_mut().zip(all).for_each(|(sums, own)| {
                sums.iter_mut().zip(own).for_each(|(sum, own)| *sum += own / self.spaces.len() as f64);
            });
        }
        sums
    }

    /// Writes it into `weights`.
    pub(super) fn store(&self, weights: &mut Weights) {
        store_items(&self.items, weights);
        let lengths: Vec<f64> = self.spaces.iter().map(MarkedRows::length).collect();
        weights.put_f64("duals", &[self.duals.len()], self.duals.clone());
        weights.put_f64("weights", &[self.weights.len()], self.weights.clone());
        weights.put_f64("lengths", &[lengths.len()], lengths);
        weights.put_f64("spread", &[1], vec![self.spread]);
    }

    /// Restores it for `voters` members whose scalings are `scalings`.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when the arrays do not fit.
    pub(super) fn load(weights: &mut Weights, voters: usize, scalings: &[Scaling]) -> Result<Self> {
        let (shape, duals) = weights.take_f64("duals", &[None])?;
        if !(1..=MOST).contains(&duals.len()) {
            return Err(bad_array("marked items", "1 to 1000", duals.len()));
        }
        let items = load_items(shape[0], weights)?;
        let (_, own) = weights.take_f64("weights", &[Some(voters)])?;
        let (_, lengths) = weights.take_f64("lengths", &[Some(scalings.len())])?;
        let (_, spread) = weights.take_f64("spread", &[Some(1)])?;
        let spaces =
            scalings.iter().zip(lengths).map(|(&scaling, length)| MarkedRows::new(scaling, &items, length));
        Ok(Self { spaces: spaces.collect(), items, duals, weights: own, spread: spread[0] })
    }
}

/// At most [`MOST`] of `n` places, ascending.
fn some(n: usize, seed: Seed) -> Vec<usize> {
    if n <= MOST {
        return (0..n).collect();
    }
    let mut chosen = index::sample(&mut seed.stream("marks"), n, MOST).into_vec();
    chosen.sort_unstable();
    chosen
}

fn cut(score: f64) -> f64 {
    score.clamp(-FAR, FAR)
}

#[cfg(test)]
#[path = "guidance_tests.rs"]
mod tests;
