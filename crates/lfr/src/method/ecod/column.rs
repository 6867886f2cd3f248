//! The distribution of a column, and how deep in its tails a value lies.

/// The values of a column, as far as they are kept.
pub(in crate::method) struct Column {
    /// The values that are not 0, ascending.
    pub(in crate::method) values: Vec<f32>,
    /// Whether the mean lies above (1), at (0) or below (-1) the bulk: the sign of the third moment.
    pub(in crate::method) skew: f64,
    /// The tails of the value 0, which most values of sparse columns are.
    zero: (f64, f64),
}

impl Column {
    /// From all values that are not 0, ascending, of `n` items; keeps `kept` values, zeros included.
    pub(in crate::method) fn new(values: &[f32], n: usize, kept: usize) -> Self {
        let zeros = n - values.len();
        let below = values.partition_point(|&value| value < 0.0);
        let at = |rank: usize| match rank {
            rank if rank < below => values[rank],
            rank if rank < below + zeros => 0.0,
            rank => values[rank - zeros],
        };
        let ranks = (0..kept).map(|i| (i as u128 * (n - 1) as u128 / (kept - 1) as u128) as usize);
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / n as f64;
        let third =
            values.iter().map(|&v| (f64::from(v) - mean).powi(3)).sum::<f64>() - zeros as f64 * mean.powi(3);
        let constant = at(0) == at(n - 1);
        let skew = if constant || third == 0.0 { 0.0 } else { third.signum() };
        Self::stored(ranks.map(at).filter(|&value| value != 0.0).collect(), skew, kept)
    }

    /// From values kept before.
    pub(in crate::method) fn stored(values: Vec<f32>, skew: f64, kept: usize) -> Self {
        let mut column = Self { values, skew, zero: (0.0, 0.0) };
        column.zero = column.measured(0.0, kept);
        column
    }

    /// Minus the logarithms of the shares of `kept` values that are at most and at least `value`.
    pub(in crate::method) fn tails(&self, value: f32, kept: usize) -> (f64, f64) {
        if value == 0.0 { self.zero } else { self.measured(value, kept) }
    }

    fn measured(&self, value: f32, kept: usize) -> (f64, f64) {
        let zeros = kept - self.values.len();
        let smaller = self.values.partition_point(|&v| v < value) + if value > 0.0 { zeros } else { 0 };
        let up_to = self.values.partition_point(|&v| v <= value) + if value >= 0.0 { zeros } else { 0 };
        let tail = |count: usize| match count {
            0 => ((kept + 1) as f64).ln(),
            count => (kept as f64 / count as f64).ln(),
        };
        (tail(up_to), tail(kept - smaller))
    }
}
