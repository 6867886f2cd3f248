//! The clusters of LVAD: tables of distances, and the odds read off them.

/// Percentiles a table.
pub(in crate::method) const RANKS: usize = 1000;

/// How far the members of a cluster and all other items are from its centre.
pub(in crate::method) struct Cluster {
    /// The centre.
    pub(in crate::method) centre: Vec<f32>,
    /// Percentiles of the squared distances of the members.
    pub(in crate::method) inner: Vec<f64>,
    /// Percentiles of those of all other items.
    pub(in crate::method) outer: Vec<f64>,
    /// Members as a share of all items.
    pub(in crate::method) share: f64,
    /// Items far from the centre over items near it.
    pub(in crate::method) rho: f64,
}

impl Cluster {
    /// From the squared distances of its members and of all other items; `None` when it has too few.
    pub(in crate::method) fn measure(
        centre: &[f32],
        mut inner: Vec<f64>,
        mut outer: Vec<f64>,
    ) -> Option<Self> {
        if inner.len() <= 10 || outer.is_empty() {
            return None;
        }
        let (members, items) = (inner.len() as f64, (inner.len() + outer.len()) as f64);
        let mean = inner.iter().sum::<f64>() / members;
        let deviation = (inner.iter().map(|d| (d - mean).powi(2)).sum::<f64>() / members).sqrt();
        let near = inner.iter().chain(&outer).filter(|&d| d - mean < 3.0 * deviation).count();
        let tables = [&mut inner, &mut outer].map(|side| percentiles(side));
        let [inner, outer] = tables;
        let (share, rho) = (members / items, items / near as f64 - 1.0);
        (near >= 10).then(|| Self { centre: centre.to_vec(), inner, outer, share, rho })
    }

    /// The odds that an item at this squared distance is a member.
    pub(in crate::method) fn odds(&self, distance: f64) -> f64 {
        let (u, v) = (rank(&self.inner, distance), rank(&self.outer, distance));
        (1e-9 + u) / (self.rho * v + u + 1e-9)
    }
}

/// The 0.0, 0.1, .. 99.9 percentiles, between neighbours linearly (numpy's default).
fn percentiles(values: &mut [f64]) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let percentile = |rank: usize| {
        let at = (values.len() - 1) as f64 * rank as f64 / RANKS as f64;
        let (below, above) = (values[at.floor() as usize], values[at.ceil() as usize]);
        below + (above - below) * at.fract()
    };
    (0..RANKS).map(percentile).collect()
}

/// The first place, as a share, of the number nearest to `value` in an ascending table.
fn rank(table: &[f64], value: f64) -> f64 {
    let above = table.partition_point(|&q| q < value);
    let below = table[..above].last().map(|&q| (value - q, table.partition_point(|&other| other < q)));
    let at = match (below, table.get(above)) {
        (Some((distance, at)), Some(&q)) if distance <= q - value => at,
        (_, Some(_)) => above,
        (below, None) => below.map_or(0, |(_, at)| at),
    };
    at as f64 / table.len() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_the_first_of_the_nearest() {
        let table = [1.0, 2.0, 2.0, 4.0];
        let ranks = [0.0, 1.4, 1.5, 2.0, 3.0, 3.1, 9.0].map(|value| rank(&table, value) * 4.0);
        assert_eq!(ranks, [0.0, 0.0, 0.0, 1.0, 1.0, 3.0, 3.0]);
    }
}
