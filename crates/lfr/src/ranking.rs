//! The order that scores put items into.

use rayon::slice::ParallelSliceMut;

/// Items from most to least anomalous.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ranking {
    order: Vec<usize>,
}

impl Ranking {
    /// Ranks finite scores; equal scores keep the order of the input.
    pub fn of(scores: &[f32]) -> Self {
        let mut order: Vec<usize> = (0..scores.len()).collect();
        // Adding zero makes -0 and +0 equal, as they are in a file.
        let key = |i: usize| scores[i] + 0.0;
        order.par_sort_unstable_by(|&a, &b| key(b).total_cmp(&key(a)).then(a.cmp(&b)));
        Self { order }
    }

    /// Ranks finite scores, the items that `last` names behind all others.
    pub fn with_last(scores: &[f32], last: impl Fn(usize) -> bool) -> Self {
        let (mut order, behind): (Vec<usize>, Vec<usize>) =
            Self::of(scores).order.into_iter().partition(|&item| !last(item));
        order.extend(behind);
        Self { order }
    }

    /// Places of the items in the input, most anomalous first.
    pub fn order(&self) -> &[usize] {
        &self.order
    }

    /// One rank per item, 1 = most anomalous, every rank given once.
    pub fn ranks(&self) -> Vec<usize> {
        let mut ranks = vec![0; self.order.len()];
        for (place, &item) in self.order.iter().enumerate() {
            ranks[item] = place + 1;
        }
        ranks
    }

    /// One percentile per item: the share of `scores`, the ones ranked, that are smaller or equal, in (0, 1\].
    pub fn percentiles(&self, scores: &[f32]) -> Vec<f32> {
        let n = self.order.len();
        let mut percentiles = vec![0.0; n];
        let mut above = 0;
        for equal in self.order.chunk_by(|&a, &b| scores[a] == scores[b]) {
            let share = (n - above) as f64 / n as f64;
            equal.iter().for_each(|&item| percentiles[item] = share as f32);
            above += equal.len();
        }
        percentiles
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ties_keep_the_input_order() {
        let scores = [1.0, 3.0, -0.0, 3.0, 0.0];
        let ranking = Ranking::of(&scores);
        assert_eq!(ranking.order(), [1, 3, 0, 2, 4]);
        assert_eq!(ranking.ranks(), [3, 1, 4, 2, 5]);
        assert_eq!(ranking.percentiles(&scores), [0.6, 1.0, 0.4, 1.0, 0.4]);
    }

    #[test]
    fn some_may_come_last() {
        let ranking = Ranking::with_last(&[1.0, 3.0, 2.0, 4.0], |item| item == 3 || item == 0);
        assert_eq!(ranking.order(), [1, 2, 3, 0]);
    }

    #[test]
    fn no_scores_no_ranks() {
        let ranking = Ranking::of(&[]);
        assert!(ranking.ranks().is_empty() && ranking.percentiles(&[]).is_empty());
    }

    proptest! {
        #[test]
        fn ranks_are_a_permutation_that_follows_the_scores(scores in prop::collection::vec(-3i8..3, 1..200)) {
            let scores: Vec<f32> = scores.into_iter().map(f32::from).collect();
            let ranking = Ranking::of(&scores);
            let (ranks, percentiles) = (ranking.ranks(), ranking.percentiles(&scores));
            let mut sorted = ranks.clone();
            sorted.sort_unstable();
            prop_assert!(sorted.into_iter().eq(1..=scores.len()));
            for i in 0..scores.len() {
                let below = scores.iter().filter(|&&s| s <= scores[i]).count();
                prop_assert_eq!(percentiles[i], below as f32 / scores.len() as f32);
                for j in 0..i {
                    prop_assert_eq!(ranks[j] < ranks[i], scores[j] >= scores[i]);
                }
            }
        }
    }
}
