//! Training scores in brief, so that a score on new data can be placed among them.

use serde::{Deserialize, Serialize};

/// Steps of the stored distribution; a percentile is exact up to one of them.
const STEPS: usize = 1000;

/// The distribution of the training scores: the smallest, then for each of `m` equal steps the score that this share
/// of the training items does not exceed. With up to 1000 items every score is there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "Vec<f32>", into = "Vec<f32>")]
pub struct Quantiles(Vec<f32>);

impl Quantiles {
    /// Of finite `scores`, at least one; `None` otherwise.
    pub fn of(scores: &[f32]) -> Option<Self> {
        let mut sorted = scores.to_vec();
        sorted.sort_unstable_by(f32::total_cmp);
        let (smallest, n) = (*sorted.first()?, sorted.len());
        let steps = n.min(STEPS);
        let step = |j: usize| sorted[(j * n).div_ceil(steps) - 1];
        Self::try_from(std::iter::once(smallest).chain((1..=steps).map(step)).collect::<Vec<_>>()).ok()
    }

    /// Share of training scores that are smaller than or equal to `score`, in \[0, 1\]; linear between two steps, so
    /// that it never falls as the score grows. 1 for NaN, which no detector returns.
    pub fn percentile(&self, score: f32) -> f32 {
        let (smallest, steps) = (self.0[0], &self.0[1..]);
        if score < smallest {
            return 0.0;
        }
        let reached = steps.partition_point(|&step| step <= score || score.is_nan());
        let Some(&next) = steps.get(reached) else { return 1.0 };
        let (low, high) = (f64::from(self.0[reached]), f64::from(next));
        let within = (f64::from(score) - low) / (high - low);
        ((reached as f64 + within) / steps.len() as f64) as f32
    }

    /// The smallest, the median and the largest training score.
    pub fn summary(&self) -> [f32; 3] {
        let last = self.0.len() - 1;
        [self.0[0], self.0[last.div_ceil(2)], self.0[last]]
    }
}

impl TryFrom<Vec<f32>> for Quantiles {
    type Error = String;

    fn try_from(values: Vec<f32>) -> Result<Self, String> {
        if !(2..=STEPS + 1).contains(&values.len()) {
            return Err(format!("{} score quantiles, expected 2 to {}", values.len(), STEPS + 1));
        }
        if !values.iter().all(|v| v.is_finite()) || !values.is_sorted() {
            return Err("score quantiles that are not finite or not ascending".into());
        }
        Ok(Self(values))
    }
}

impl From<Quantiles> for Vec<f32> {
    fn from(quantiles: Quantiles) -> Self {
        quantiles.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn share(scores: &[f32], score: f32) -> f32 {
        scores.iter().filter(|&&s| s <= score).count() as f32 / scores.len() as f32
    }

    #[test]
    fn few_scores_are_placed_exactly() {
        let quantiles = Quantiles::of(&[3.0, 1.0, 1.0, 2.0]).unwrap();
        let places = [0.9, 1.0, 1.5, 2.0, 3.0, 9.0].map(|s| quantiles.percentile(s));
        assert_eq!(places, [0.0, 0.5, 0.625, 0.75, 1.0, 1.0]);
        assert_eq!(quantiles.summary(), [1.0, 1.0, 3.0]);
    }

    #[test]
    fn equal_scores_have_percentile_one() {
        let quantiles = Quantiles::of(&[2.0; 5000]).unwrap();
        assert_eq!([1.9, 2.0, 2.1].map(|s| quantiles.percentile(s)), [0.0, 1.0, 1.0]);
    }

    #[test]
    fn what_is_no_distribution_is_refused() {
        assert!(Quantiles::of(&[]).is_none());
        assert!(Quantiles::of(&[1.0, f32::NAN]).is_none());
        for bad in ["[]", "[1.0]", "[2.0, 1.0]", "[1.0, 1e40]"] {
            assert!(serde_json::from_str::<Quantiles>(bad).is_err(), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn percentiles_are_right_up_to_a_step_and_never_fall(
            scores in prop::collection::vec(-9.0..9.0f32, 1..3000),
            probes in prop::collection::vec(-10.0..10.0f32, 2..50),
        ) {
            let quantiles = Quantiles::of(&scores).unwrap();
            let step = 1.0 / scores.len().min(1000) as f32;
            let mut probes = probes;
            probes.extend(&scores[..scores.len().min(20)]);
            probes.sort_by(f32::total_cmp);
            let places: Vec<f32> = probes.iter().map(|&p| quantiles.percentile(p)).collect();
            prop_assert!(places.is_sorted());
            for (&probe, &place) in probes.iter().zip(&places) {
                prop_assert!((place - share(&scores, probe)).abs() <= 1.001 * step);
            }
        }
    }
}
