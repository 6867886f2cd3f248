//! The scores of several members as one.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What to make of the members' standardised scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Vote {
    /// Their mean: what most members find odd.
    #[default]
    Mean,
    /// The largest: what any member finds odd.
    Max,
}

impl Vote {
    /// The scores of `members`, a list each, as one list.
    pub(super) fn of(self, members: &[Vec<f64>]) -> Vec<f64> {
        let (start, count) = match self {
            Vote::Mean => (0.0, members.len() as f64),
            Vote::Max => (f64::NEG_INFINITY, 1.0),
        };
        let mut totals = vec![start; members.first().map_or(0, Vec::len)];
        for scores in members {
            for (total, &own) in totals.iter_mut().zip(scores) {
                *total = if self == Vote::Max { total.max(own) } else { *total + own };
            }
        }
        totals.into_iter().map(|total| total / count).collect()
    }

    /// What each member contributes to every vote, a list a member; they sum to [`Vote::of`].
    pub(super) fn shares(self, members: &[Vec<f64>]) -> Vec<Vec<f64>> {
        let mut free = vec![true; members.first().map_or(0, Vec::len)];
        let votes = self.of(members);
        let mut share = |own: &Vec<f64>| {
            let one = |((&own, &vote), free): ((&f64, &f64), &mut bool)| match self {
                Vote::Mean => own / members.len() as f64,
                // Of equals the first one counts.
                Vote::Max if own == vote && std::mem::take(free) => own,
                Vote::Max => 0.0,
            };
            own.iter().zip(&votes).zip(&mut free).map(one).collect()
        };
        members.iter().map(&mut share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shares_sum_to_the_vote() {
        let members = [vec![1.0, -2.0, 3.0], vec![2.0, -4.0, 3.0]];
        assert_eq!(Vote::Max.shares(&members), [vec![0.0, -2.0, 3.0], vec![2.0, 0.0, 0.0]]);
        assert_eq!(Vote::Mean.shares(&members), [vec![0.5, -1.0, 1.5], vec![1.0, -2.0, 1.5]]);
        for vote in [Vote::Mean, Vote::Max] {
            let shares = vote.shares(&members);
            let sums: Vec<f64> = (0..3).map(|i| shares[0][i] + shares[1][i]).collect();
            assert_eq!(sums, vote.of(&members));
        }
    }
}
