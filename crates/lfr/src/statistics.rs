//! Quantiles, means and variances.

/// The `share` quantile of ascending numbers, between neighbours linearly (numpy's default); 0 when there are none.
pub(crate) fn quantile<T: Copy + Into<f64>>(sorted: &[T], share: f64) -> f64 {
    at_place(sorted, share * sorted.len().saturating_sub(1) as f64)
}

/// The number at `place`, from 0, of ascending numbers, between neighbours linearly; 0 when there are none.
pub(crate) fn at_place<T: Copy + Into<f64>>(sorted: &[T], place: f64) -> f64 {
    let at = |place: f64| sorted.get(place as usize).or(sorted.last()).map_or(0.0, |&value| value.into());
    let (below, above) = (at(place.floor()), at(place.ceil()));
    below + (above - below) * place.fract()
}

/// Mean and variance (of the population) of `count` numbers.
pub(crate) fn moments(values: impl Iterator<Item = f64> + Clone, count: usize) -> (f64, f64) {
    let n = count.max(1) as f64;
    let mean = values.clone().sum::<f64>() / n;
    (mean, values.map(|value| (value - mean).powi(2)).sum::<f64>() / n)
}

#[cfg(test)]
mod tests {
    use super::*;

    // import numpy as np; x = [1, 2, 4, 8.]
    // print([np.quantile(x, q) for q in (0, .1, .5, .9, 1)], np.mean(x), np.var(x))
    #[test]
    fn agrees_with_numpy() {
        let x = [1.0_f32, 2.0, 4.0, 8.0];
        let found = [0.0, 0.1, 0.5, 0.9, 1.0].map(|share| quantile(&x, share));
        for (found, expected) in found.into_iter().zip([1.0, 1.3, 3.0, 6.8, 8.0]) {
            assert!((found - expected).abs() < 1e-12, "{found} instead of {expected}");
        }
        assert_eq!(moments(x.iter().map(|&v| v.into()), 4), (3.75, 7.1875));
        assert_eq!((quantile::<f64>(&[], 0.5), moments(std::iter::empty(), 0)), (0.0, (0.0, 0.0)));
    }
}
