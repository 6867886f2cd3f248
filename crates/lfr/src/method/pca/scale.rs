//! Standardised columns.

use crate::data::Features;

/// Standardised values are kept within this many standard deviations, so that their squares stay finite.
pub(crate) const LIMIT: f64 = 1e9;

/// Mean and standard deviation of every column.
pub(super) struct Scale {
    pub(super) mean: Vec<f64>,
    /// 1 for constant columns.
    pub(super) deviation: Vec<f64>,
}

impl Scale {
    pub(super) fn of(x: &Features) -> Self {
        let (n, width) = (x.len() as f64, x.width());
        let mut row = vec![0.0; width];
        let mut sum = |term: &dyn Fn(usize, f64) -> f64| {
            let mut sums = vec![0.0; width];
            for i in 0..x.len() {
                x.row_into(i, &mut row);
                sums.iter_mut().zip(&row).enumerate().for_each(|(j, (s, &v))| *s += term(j, f64::from(v)));
            }
            sums.into_iter().map(|sum| sum / n).collect::<Vec<f64>>()
        };
        let mean = sum(&|_, value| value);
        let variance = sum(&|column, value| (value - mean[column]).powi(2));
        let deviation = variance.iter().zip(&mean).map(|(&variance, mean)| {
            // What rounding leaves of a constant column is not variance.
            let deviation = variance.sqrt();
            if deviation > 1e-12 * mean.abs() { deviation } else { 1.0 }
        });
        Self { deviation: deviation.collect(), mean }
    }

    /// Standardises rows in place.
    pub(super) fn apply(&self, rows: &mut [f32]) {
        for row in rows.chunks_exact_mut(self.mean.len()) {
            for ((value, mean), deviation) in row.iter_mut().zip(&self.mean).zip(&self.deviation) {
                *value = ((f64::from(*value) - mean) / deviation).clamp(-LIMIT, LIMIT) as f32;
            }
        }
    }
}
