//! Scaling of a column of numbers.

use arrow::array::{Array, Float64Array};
use serde::{Deserialize, Serialize};

use super::cells::{Reading, is_usable};

/// Up to this many spreads from the centre a scaled value is linear.
const KNEE: f64 = 10.0;

/// How a column of numbers is read, imputed and scaled.
///
/// A value `v` becomes `squash((v - center) / spread)`. Centre and spread are mean and standard deviation of the
/// training values after those far out (beyond three interquartile ranges from the quartiles: Tukey 1977) are
/// pulled in to that fence, so that one absurd value cannot flatten all others; on normal data this is plain
/// standardisation. [`squash`] leaves values within 10 spreads alone and grows as the logarithm beyond, so that
/// outliers stay outlying and in order, and no value overflows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// How strings are read.
    pub reading: Reading,
    /// Value that becomes 0, in the column's own unit.
    pub center: f64,
    /// Size of one step, in the column's own unit; positive.
    pub spread: f64,
    /// Median of the training values, put in place of missing ones.
    pub median: f64,
    /// Share of missing values in training; above 0 it gets a feature of its own that flags them.
    pub missing: f64,
}

impl Number {
    /// Learns from the training values; null, NaN and numbers beyond `f32` are missing. `None` when all are.
    /// The second part says whether all present values are equal.
    pub fn fit(columns: &[Float64Array], reading: Reading) -> Option<(Self, bool)> {
        let total: usize = columns.iter().map(Float64Array::len).sum();
        let mut values: Vec<f64> =
            columns.iter().flatten().flatten().filter(|&value| is_usable(value)).collect();
        values.sort_unstable_by(f64::total_cmp);
        let (&low, &high) = (values.first()?, values.last()?);
        let (bottom, top) = fences(&values).unwrap_or((low, high));
        let (center, spread) = moments(values.iter().map(|value| value.clamp(bottom, top)), values.len());
        let constant = !(spread > 0.0 && low < high);
        let missing = (total - values.len()) as f64 / total as f64;
        let (center, spread) = if constant { (low, 1.0) } else { (center, spread) };
        Some((Self { reading, center, spread, median: quantile(&values, 0.5), missing }, constant))
    }

    /// Features this column becomes: the value, and a flag where training had missing values.
    pub fn width(&self) -> usize {
        if self.missing > 0.0 { 2 } else { 1 }
    }

    /// Writes the features of `values` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, values: &Float64Array, out: &mut [f32], width: usize, at: usize) {
        let scale = 1.0 / self.spread;
        let fill = squash((self.median - self.center) / self.spread) as f32;
        let (absent, present) = flags(self.missing);
        let flagged = self.missing > 0.0;
        let nulls = values.nulls();
        for (i, (row, &value)) in out.chunks_exact_mut(width).zip(values.values()).enumerate() {
            let usable = is_usable(value) && !nulls.is_some_and(|nulls| nulls.is_null(i));
            row[at] = if usable { squash((value - self.center) * scale) as f32 } else { fill };
            if flagged {
                row[at + 1] = if usable { present } else { absent };
            }
        }
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        [self.center, self.median].into_iter().all(is_usable)
            && self.spread.is_normal()
            && self.spread > 0.0
            && (1.0 / self.spread).is_finite()
            && (0.0..1.0).contains(&self.missing)
    }
}

/// Identity on \[-10, 10\], beyond that `10 + ln(|z| - 9)` with the sign of `z`: smooth, strictly increasing.
pub fn squash(z: f64) -> f64 {
    if z.abs() <= KNEE { z } else { z.signum() * (KNEE + (z.abs() - KNEE).ln_1p()) }
}

/// The inverse of [`squash`].
pub fn unsquash(y: f64) -> f64 {
    if y.abs() <= KNEE { y } else { y.signum() * (KNEE + (y.abs() - KNEE).exp_m1()) }
}

/// Standardised values of a flag that is raised with probability `share`: (raised, not raised).
fn flags(share: f64) -> (f32, f32) {
    let spread = (share * (1.0 - share)).sqrt();
    (squash((1.0 - share) / spread) as f32, squash(-share / spread) as f32)
}

/// Three ranges beyond the innermost pair of opposite quantiles that differ: quartiles, but wider apart where
/// most values are equal. `None` where even the 1 % quantiles agree.
fn fences(sorted: &[f64]) -> Option<(f64, f64)> {
    [0.25, 0.1, 0.05, 0.01].into_iter().find_map(|share| {
        let (low, high) = (quantile(sorted, share), quantile(sorted, 1.0 - share));
        let reach = 3.0 * (high - low);
        (reach > 0.0).then_some((low - reach, high + reach))
    })
}

/// The value at `share` of the way through, linearly between neighbours; 0 when there is none.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * sorted.len().saturating_sub(1) as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let at = |i: usize| sorted.get(i).or(sorted.last()).copied().unwrap_or(0.0);
    at(low) + part * (at(low + 1) - at(low))
}

/// Mean and standard deviation (of the population) of `count` values.
fn moments(values: impl Iterator<Item = f64> + Clone, count: usize) -> (f64, f64) {
    let mean = values.clone().sum::<f64>() / count as f64;
    let variance = values.map(|value| (value - mean).powi(2)).sum::<f64>() / count as f64;
    (mean, variance.sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fit(values: &[f64]) -> (Number, bool) {
        Number::fit(&[values.to_vec().into()], Reading::Number).unwrap()
    }

    fn encode(number: &Number, values: &[Option<f64>]) -> Vec<f32> {
        let mut out = vec![0.0; values.len() * number.width()];
        number.encode(&values.iter().copied().collect(), &mut out, number.width(), 0);
        out
    }

    // numpy: x = np.arange(11.0); x.mean(), x.std() -> 5.0, 3.1622776601683795
    #[test]
    fn plain_data_is_standardised() {
        let (number, constant) = fit(&(0..11).map(f64::from).collect::<Vec<_>>());
        assert!(!constant);
        assert_eq!((number.center, number.median, number.missing), (5.0, 5.0, 0.0));
        assert!((number.spread - 3.162_277_660_168_379_5).abs() < 1e-12);
        assert_eq!(encode(&number, &[Some(5.0), None]), [0.0, 0.0]);
    }

    #[test]
    fn one_absurd_value_flattens_nothing_and_stays_outlying() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values.extend([1e30, 1e31]);
        let (number, _) = fit(&values);
        let out = encode(&number, &[Some(0.0), Some(99.0), Some(1e30), Some(1e31)]);
        assert!(out[1] - out[0] > 1.0, "{out:?}");
        assert!(out[2] > 10.0 * out[1] && out[3] > out[2] && out[3] < 100.0, "{out:?}");
    }

    #[test]
    fn mostly_equal_values_still_have_a_spread() {
        let mut values = vec![0.0; 997];
        values.extend([1.0, 2.0, 3.0]);
        let (number, constant) = fit(&values);
        assert!(!constant && number.spread > 0.0);
        assert!(encode(&number, &[Some(3.0)])[0] > 10.0);
    }

    #[test]
    fn unusable_numbers_are_missing_and_flagged() {
        let (number, _) = fit(&[1.0, f64::NAN, 3.0, f64::INFINITY, 1e39, 2.0]);
        assert_eq!((number.median, number.missing), (2.0, 0.5));
        let out = encode(&number, &[Some(2.0), None, Some(f64::NAN), Some(-1e300)]);
        assert_eq!(out[0], 0.0);
        assert_eq!(&out[2..], &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        assert_eq!(out[1], -1.0);
    }

    #[test]
    fn nothing_present_and_nothing_varying() {
        assert!(Number::fit(&[vec![f64::NAN; 3].into()], Reading::Number).is_none());
        let (number, constant) = fit(&[7.0; 5]);
        assert!(constant && number.is_sound());
        assert_eq!(encode(&number, &[Some(7.0), Some(9.0)]), [0.0, 2.0]);
        assert!(fit(&[0.0, 1e-300]).1, "differences too small to square count as none");
    }

    proptest! {
        #[test]
        fn never_anything_but_finite(train in prop::collection::vec(any::<f64>(), 1..40), new in any::<f64>()) {
            if let Some((number, _)) = Number::fit(&[train.into()], Reading::Number) {
                prop_assert!(number.is_sound(), "{:?}", number);
                let out = encode(&number, &[Some(new), None]);
                prop_assert!(out.iter().all(|value| value.is_finite()), "{:?}", out);
            }
        }

        #[test]
        fn squash_keeps_order_and_undoes(a in -1e6..1e6f64, b in -1e6..1e6f64) {
            prop_assert!(a <= b || squash(a) > squash(b));
            prop_assert!((unsquash(squash(a)) - a).abs() <= 1e-9 * (1.0 + a.abs()));
        }
    }
}
