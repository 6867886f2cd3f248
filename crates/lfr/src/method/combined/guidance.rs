//! What a few marked items change in the scores of a combination.
//!
//! The marks are taken for draws of a logistic model whose logit at an item is
//!
//! s + Σ u_j s_j - 2 + b + g
//!
//! s is the combination's score, standardised, and s_j the part of it that member j contributes; b is a common level and g a
//! smooth function of the features, low near a marked false alarm and high near a marked outlier. u, b and g have normal
//! priors around 0, so that without marks the logit is the score itself, and a few marks move it little. The most probable
//! values are found by Newton's method (Gaussian process classification, Rasmussen and Williams 2006, algorithm 3.1).
//!
//! s + Σ u_j s_j is what becomes of the vote, to the first order, when member j's standardised score is multiplied by e^u_j.
//! That is what is done: a member that was wrong counts less, but no member ever counts against what it finds odd. Weights
//! that are added to the vote have no such bound. With ten false alarms at the top of a ranking by the largest vote they all
//! became negative and turned the ranking over (AUROC .88 to .21 on one table).
//!
//! Whether near items are alike at all is a question to the marks, too: the answers of a model with g and of one without are
//! averaged, each weighted by its evidence in Laplace's approximation (Rasmussen and Williams, eq. 3.32). Where outliers lie
//! among what was marked as normal, g would push them down, and its evidence is low.
//!
//! Features are compared as the members see them, by exp(-d² / l²), with l² the mean squared distance of an item to its
//! nearest neighbours. The level b moves no item past another and is not added to the scores. The strengths of the priors
//! were chosen in a side check on Caltech101 and on tables with planted outliers, see `docs/results.md`.

use rand::seq::index;
use rayon::prelude::*;

use super::marked_rows::MarkedRows;
use super::newton::most_probable;
use super::vote::Vote;
use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::detector::{bad_array, expect_width};
use crate::method::reference::{load_items, store_items};
use crate::method::scaling::Scaling;
use crate::seed::Seed;
use crate::statistics::moments;
use crate::train::Known;

/// Prior standard deviations of g, one a model.
const NEARNESS: [f64; 2] = [0.0, 3.0];

/// Prior standard deviation of a u.
const WEIGHT: f64 = 1.0;

/// No u is larger than this, nor smaller than its negative.
const MOST_WEIGHT: f64 = 1.5;

/// Prior standard deviation of the level b.
const LEVEL: f64 = 1.0;

/// The logit of an item whose score is the mean, before any mark: an outlier in about eight.
const BASE: f64 = -2.0;

/// Standardised scores of marked items are cut off here, so that no single mark far out decides alone.
const FAR: f64 = 5.0;

/// Marks used at most; a random choice when there are more, for time grows with their cube.
pub(super) const MOST: usize = 1000;

/// What the marks say.
pub(super) struct Guidance {
    /// The marked items, as they came.
    items: Features,
    /// One a scaling that the members use.
    spaces: Vec<MarkedRows>,
    /// How far each marked item pulls the scores of items where it is.
    pulls: Vec<f64>,
    /// By what each voter's standardised scores are multiplied, e^u_j.
    factors: Vec<f64>,
    vote: Vote,
    /// Offset and slope that give the new vote the mean and the spread of the old one.
    line: [f64; 2],
}

/// What a combination makes of the items of its fit and of the marked ones.
pub(super) struct Opinions<'a> {
    pub(super) vote: Vote,
    /// The standardised scores of the items of the fit, a list a voter.
    pub(super) own: &'a [Vec<f64>],
    /// Those of the marked items.
    pub(super) marked: &'a [Vec<f64>],
}

impl Guidance {
    /// Learns from `known` items; `pool` are the items of the fit.
    pub(super) fn fit(
        known: &Known,
        opinions: &Opinions<'_>,
        pool: &Features,
        scalings: &[Scaling],
        seed: Seed,
    ) -> Result<Self> {
        let marks = some(known.outlier.len(), seed);
        let items = known.features.select(&marks);
        let spaces: Vec<MarkedRows> = scalings
            .iter()
            .map(|&scaling| MarkedRows::fit(scaling, &items, pool, seed))
            .collect::<Result<_>>()?;
        let vote = opinions.vote;
        let (mean, spread) = mean_and_spread(&vote.of(opinions.own));
        let standard = |value: f64| (value / spread.max(f64::MIN_POSITIVE)).clamp(-FAR, FAR);
        let votes = vote.of(opinions.marked);
        let prior: Vec<f64> = marks.iter().map(|&i| standard(votes[i] - mean) + BASE).collect();
        let shares = vote.shares(opinions.marked).into_iter();
        let shares: Vec<Vec<f64>> =
            shares.map(|own| marks.iter().map(|&i| standard(own[i])).collect()).collect();
        let outlier: Vec<bool> = marks.iter().map(|&i| known.outlier[i]).collect();
        let mut guidance =
            Self { items, spaces, pulls: Vec::new(), factors: Vec::new(), vote, line: [0.0, 1.0] };
        let duals = averaged(&guidance.nearness(), &shares, &prior, &outlier);
        guidance.pulls = duals.near.into_iter().map(|dual| dual * spread).collect();
        guidance.factors = factors(&shares, &duals.all);
        let (new_mean, new_spread) = mean_and_spread(&vote.of(&guidance.weighted(opinions.own)));
        let slope = if new_spread > 0.0 { spread / new_spread } else { 1.0 };
        guidance.line = [mean - slope * new_mean, slope];
        Ok(guidance)
    }

    /// The guided scores of the items `x`, given the voters' standardised scores.
    pub(super) fn votes(&self, x: &Features, members: &[Vec<f64>]) -> Result<Vec<f64>> {
        expect_width(x, self.items.width())?;
        let mut votes = self.vote.of(&self.weighted(members));
        votes.iter_mut().for_each(|vote| *vote = self.line[0] + self.line[1] * *vote);
        for space in &self.spaces {
            let pull =
                |nearness: &[f64]| nearness.iter().zip(&self.pulls).map(|(k, pull)| k * pull).sum::<f64>();
            let pulls = space.map(x, pull);
            votes.iter_mut().zip(pulls).for_each(|(vote, pull)| *vote += pull / self.spaces.len() as f64);
        }
        Ok(votes)
    }

    fn weighted(&self, members: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let one = |(own, factor): (&Vec<f64>, &f64)| own.iter().map(|score| score * factor).collect();
        members.iter().zip(&self.factors).map(one).collect()
    }

    /// The mean nearness of every marked item to every other, over the spaces.
    fn nearness(&self) -> Vec<Vec<f64>> {
        let mut sums = vec![vec![0.0; self.items.len()]; self.items.len()];
        for space in &self.spaces {
            let all = space.map(&self.items, <[f64]>::to_vec);
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
        weights.put_f64("pulls", &[self.pulls.len()], self.pulls.clone());
        weights.put_f64("factors", &[self.factors.len()], self.factors.clone());
        weights.put_f64("lengths", &[lengths.len()], lengths);
        weights.put_f64("line", &[2], self.line.to_vec());
    }

    /// Restores it for `voters` members whose scalings are `scalings`.
    ///
    /// # Errors
    /// [`crate::Error::Mismatch`] when the arrays do not fit.
    pub(super) fn load(
        weights: &mut Weights,
        voters: usize,
        vote: Vote,
        scalings: &[Scaling],
    ) -> Result<Self> {
        if weights.iter().any(|(name, _)| name == "duals") {
            let found = "those of an earlier version; rank again with your labels";
            return Err(bad_array("what the model learned from labels", "numbers of this version", found));
        }
        let (shape, pulls) = weights.take_f64("pulls", &[None])?;
        if !(1..=MOST).contains(&pulls.len()) {
            return Err(bad_array("marked items", "1 to 1000", pulls.len()));
        }
        let items = load_items(shape[0], weights)?;
        let (_, factors) = weights.take_f64("factors", &[Some(voters)])?;
        let (_, lengths) = weights.take_f64("lengths", &[Some(scalings.len())])?;
        let (_, line) = weights.take_f64("line", &[Some(2)])?;
        let spaces =
            scalings.iter().zip(lengths).map(|(&scaling, length)| MarkedRows::new(scaling, &items, length));
        Ok(Self { spaces: spaces.collect(), items, pulls, factors, vote, line: [line[0], line[1]] })
    }
}

/// One number a mark, averaged over the models: what it adds to u, and what to g.
struct Duals {
    all: Vec<f64>,
    near: Vec<f64>,
}

/// The most probable duals of every model, weighted by the models' evidence.
fn averaged(nearness: &[Vec<f64>], shares: &[Vec<f64>], prior: &[f64], outlier: &[bool]) -> Duals {
    let n = prior.len();
    let fit = |strength: f64| {
        let value = |i: usize, j: usize| {
            let alike: f64 = shares.iter().map(|own| own[i] * own[j]).sum();
            strength.powi(2) * nearness[i][j] + WEIGHT.powi(2) * alike + LEVEL.powi(2)
        };
        let kernel: Vec<f64> = (0..n * n).map(|place| value(place / n, place % n)).collect();
        most_probable(&kernel, prior, outlier)
    };
    let fits = NEARNESS.map(fit);
    let best = fits.iter().map(|fit| fit.evidence).fold(f64::NEG_INFINITY, f64::max);
    let total: f64 = fits.iter().map(|fit| (fit.evidence - best).exp()).sum();
    let mut duals = Duals { all: vec![0.0; n], near: vec![0.0; n] };
    for (fit, strength) in fits.iter().zip(NEARNESS) {
        let share = (fit.evidence - best).exp() / total;
        for (i, dual) in fit.duals.iter().enumerate() {
            duals.all[i] += share * dual;
            duals.near[i] += share * strength.powi(2) * dual;
        }
    }
    duals
}

/// e^u_j; the mean u is taken off, for it moves no item past another.
fn factors(shares: &[Vec<f64>], duals: &[f64]) -> Vec<f64> {
    let one = |own: &Vec<f64>| WEIGHT.powi(2) * own.iter().zip(duals).map(|(s, dual)| s * dual).sum::<f64>();
    let u: Vec<f64> = shares.iter().map(one).map(|u| u.clamp(-MOST_WEIGHT, MOST_WEIGHT)).collect();
    let mean = u.iter().sum::<f64>() / u.len() as f64;
    u.into_iter().map(|u| (u - mean).exp()).collect()
}

fn mean_and_spread(values: &[f64]) -> (f64, f64) {
    let (mean, variance) = moments(values.iter().copied(), values.len());
    (mean, variance.sqrt())
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

#[cfg(test)]
mod tests;
