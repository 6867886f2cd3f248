//! Where the bars of a histogram begin and end.

use super::axis::Scale;

/// Bars of equal width on their scale. Values beyond either end belong to no bar.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bins {
    /// What equal width means.
    pub scale: Scale,
    /// Lower end of the first bar.
    pub low: f64,
    /// Upper end of the last bar, which holds the end itself.
    pub high: f64,
    /// Number of bars.
    pub bars: usize,
}

/// Fewest and most bars.
const BARS: (f64, f64) = (12.0, 60.0);

impl Bins {
    /// Bars for `values`: the width is Freedman and Diaconis' (1981) 2 IQR / n^(1/3), held between 12 and 60 bars.
    ///
    /// Made to show a tail. When the bulk of positive values would fall into a few bars, the scale is logarithmic. And
    /// as a few values very far off would press all others together, the span ends three times as far from the median
    /// as the 1 % and 99 % quantiles do, unless all values fit in.
    pub fn fitting(values: &[f32]) -> Self {
        let mut sorted: Vec<f64> = values.iter().filter(|v| v.is_finite()).map(|&v| f64::from(v)).collect();
        sorted.sort_unstable_by(f64::total_cmp);
        let (linear, wanted) = Self::on(Scale::Linear, &sorted);
        if wanted > 2.0 * BARS.1 && sorted.first().is_some_and(|&least| least > 0.0) {
            return Self::on(Scale::Log, &sorted).0;
        }
        linear
    }

    /// The bars on one scale for values in order, and how many were wanted.
    fn on(scale: Scale, sorted: &[f64]) -> (Self, f64) {
        let at = |share: f64| {
            let i = ((sorted.len() as f64 - 1.0) * share).round() as usize;
            sorted.get(i).map(|&v| forth(scale, v))
        };
        let (Some(min), Some(max), Some(median)) = (at(0.0), at(1.0), at(0.5)) else {
            return (Self { scale, low: 0.0, high: 1.0, bars: 1 }, 1.0);
        };
        if min == max {
            let pad = min.abs().max(1.0) * 0.5;
            return (Self { scale, low: min - pad, high: max + pad, bars: 13 }, 1.0);
        }
        let reach = |quantile: Option<f64>| match quantile.unwrap_or(median) - median {
            0.0 => f64::INFINITY,
            distance => 3.0 * distance.abs(),
        };
        let (low, high) = (min.max(median - reach(at(0.01))), max.min(median + reach(at(0.99))));
        let width = 2.0 * (at(0.75).unwrap_or(high) - at(0.25).unwrap_or(low)) / (sorted.len() as f64).cbrt();
        let wanted = ((high - low) / width).ceil();
        let bars = wanted.clamp(BARS.0, BARS.1) as usize;
        // An end that is a value is taken as it is: by way of its logarithm it might just miss itself.
        let end = |place: f64, value: Option<&f64>| match value {
            Some(&value) if forth(scale, value) == place => value,
            _ => back(scale, place),
        };
        (Self { scale, low: end(low, sorted.first()), high: end(high, sorted.last()), bars }, wanted)
    }

    /// How many values fall into each bar.
    pub fn count(&self, values: &[f32]) -> Vec<usize> {
        let mut counts = vec![0; self.bars];
        let (low, high) = (forth(self.scale, self.low), forth(self.scale, self.high));
        for value in values.iter().map(|&v| f64::from(v)).filter(|v| (self.low..=self.high).contains(v)) {
            let share = (forth(self.scale, value) - low) / (high - low);
            let bar = ((share * self.bars as f64) as usize).min(self.bars.saturating_sub(1));
            if let Some(count) = counts.get_mut(bar) {
                *count += 1;
            }
        }
        counts
    }

    /// Lower and upper end of bar `i`.
    pub fn edges(&self, i: usize) -> (f64, f64) {
        let (low, high) = (forth(self.scale, self.low), forth(self.scale, self.high));
        let edge = |i: usize| back(self.scale, low + (high - low) * i as f64 / self.bars as f64);
        (edge(i), edge(i + 1))
    }
}

/// Where a value lies on its scale.
fn forth(scale: Scale, value: f64) -> f64 {
    match scale {
        Scale::Linear => value,
        Scale::Log => value.ln(),
    }
}

/// The value at a place of its scale.
fn back(scale: Scale, place: f64) -> f64 {
    match scale {
        Scale::Linear => place,
        Scale::Log => place.exp(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_falls_into_one_bar() {
        let bins = Bins { scale: Scale::Linear, low: 0.0, high: 10.0, bars: 5 };
        assert_eq!(bins.count(&[0.0, 1.9, 2.0, 10.0, 10.1, -1.0, f32::NAN]), [2, 1, 0, 0, 1]);
        assert_eq!(bins.edges(4), (8.0, 10.0));
    }

    #[test]
    fn a_tail_is_shown_and_a_stray_value_is_not() {
        let mut values: Vec<f32> = (0..1000u16).map(|i| f32::from(i) / 1000.0).collect();
        values.extend([1.2, 1.4]);
        assert_eq!(Bins::fitting(&values).high, f64::from(1.4f32));
        values.push(1e6);
        let bins = Bins::fitting(&values);
        assert!(bins.high > 1.4 && bins.high < 3.0, "{bins:?}");
        assert_eq!(bins.low, 0.0);
    }

    #[test]
    fn a_bulk_far_below_its_tail_gets_a_log_scale() {
        let mut values: Vec<f32> = (0..900u16).map(|i| 0.1 + f32::from(i) / 9000.0).collect();
        values.extend((0..100u16).map(|i| 5.0 + f32::from(i)));
        let bins = Bins::fitting(&values);
        assert_eq!((bins.scale, bins.count(&values).iter().sum::<usize>()), (Scale::Log, 1000));
        let (first, second) = (bins.edges(0), bins.edges(1));
        assert!((first.1 / first.0 - second.1 / second.0).abs() < 1e-9 && first.1 == second.0);
        values.push(0.0);
        assert_eq!(Bins::fitting(&values).scale, Scale::Linear);
    }

    #[test]
    fn degenerate_values_get_bars_too() {
        for values in
            [vec![], vec![f32::NAN], vec![3.0], vec![3.0; 9], vec![0.0, f32::MAX], vec![0.0, 0.0, 0.0, 7.0]]
        {
            let bins = Bins::fitting(&values);
            assert!(bins.low < bins.high && (1..=60).contains(&bins.bars), "{values:?} {bins:?}");
            let finite = values.iter().filter(|v| v.is_finite()).count();
            assert_eq!(bins.count(&values).iter().sum::<usize>(), finite);
        }
    }
}
