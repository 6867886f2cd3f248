//! The most probable values of a logistic model with a normal prior (Rasmussen and Williams 2006, algorithm 3.1).

use nalgebra::{DMatrix, DVector};

/// Steps at most.
const STEPS: usize = 50;

/// A step that changes no logit by more than this is the last one.
const CLOSE: f64 = 1e-9;

/// Newton's steps are halved this often before they are given up.
const HALVINGS: usize = 10;

/// A model's most probable logits f = m + K a.
pub(super) struct Fit {
    /// a.
    pub(super) duals: Vec<f64>,
    /// The logarithm of the probability of the draws in this model, in Laplace's approximation (eq. 3.32).
    pub(super) evidence: f64,
}

/// The most probable logits of draws `outlier`: K is `kernel`, n x n and symmetric, and m is `prior`.
pub(super) fn most_probable(kernel: &[f64], prior: &[f64], outlier: &[bool]) -> Fit {
    let n = prior.len();
    let kernel = DMatrix::from_row_slice(n, n, kernel);
    let prior = DVector::from_column_slice(prior);
    let target = DVector::from_iterator(n, outlier.iter().map(|&outlier| f64::from(u8::from(outlier))));
    let logits = |duals: &DVector<f64>| &prior + &kernel * duals;
    let gain = |duals: &DVector<f64>| {
        let logits = logits(duals);
        let fit: f64 = logits.iter().zip(&target).map(|(f, y)| y * f - softplus(*f)).sum();
        fit - 0.5 * duals.dot(&(&kernel * duals))
    };
    let mut best = DVector::zeros(n);
    let mut evidence = f64::MIN;
    for _ in 0..STEPS {
        let now = logits(&best);
        let p = now.map(|f| 1.0 / (1.0 + (-f).exp()));
        let curvature = p.map(|p| p * (1.0 - p));
        let root = curvature.map(f64::sqrt);
        let scaled =
            DMatrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)) + root[i] * kernel[(i, j)] * root[j]);
        let Some(factors) = scaled.cholesky() else { break };
        evidence = gain(&best) - factors.l_dirty().diagonal().map(f64::ln).sum();
        let pull = curvature.component_mul(&(&now - &prior)) + &target - &p;
        let inner = factors.solve(&(&kernel * &pull).component_mul(&root));
        let full = pull - inner.component_mul(&root);
        let step = |halvings: usize| &best + (&full - &best) * 0.5f64.powi(halvings as i32);
        let Some(next) = (0..HALVINGS).map(step).find(|next| gain(next) >= gain(&best)) else { break };
        let change = (logits(&next) - now).amax();
        best = next;
        if change < CLOSE {
            break;
        }
    }
    Fit { duals: best.as_slice().to_vec(), evidence }
}

/// ln(1 + e^f).
fn softplus(f: f64) -> f64 {
    f.max(0.0) + (-f.abs()).exp().ln_1p()
}

#[cfg(test)]
mod tests {
    use super::*;

    // from scipy.optimize import minimize; import numpy as np
    // K = np.exp(-np.subtract.outer(x, x) ** 2) * 4 + 1, x = [0, .5, 2], m = [1, -1, 0], y = [0, 0, 1]
    // minimise log(1 + exp(f)).sum() - y @ f + (f - m) @ inv(K) @ (f - m) / 2 over f
    #[test]
    fn the_logits_are_the_most_probable_ones() {
        let x = [0.0, 0.5, 2.0f64];
        let kernel: Vec<f64> =
            x.iter().flat_map(|a| x.map(|b| 4.0 * (-(a - b).powi(2)).exp() + 1.0)).collect();
        let (prior, outlier) = ([1.0, -1.0, 0.0], [false, false, true]);
        let Fit { duals, evidence } = most_probable(&kernel, &prior, &outlier);
        for i in 0..3 {
            let logit = prior[i] + (0..3).map(|j| kernel[3 * i + j] * duals[j]).sum::<f64>();
            let slope = f64::from(u8::from(outlier[i])) - 1.0 / (1.0 + (-logit).exp());
            assert!(
                (duals[i] - slope).abs() < 1e-8,
                "at the top, the duals are the slopes of the likelihood"
            );
        }
        // minus that minimum, minus half of np.linalg.slogdet(I + W @ K)[1], W diagonal with p (1 - p)
        assert!((evidence - -2.1187731278684336).abs() < 1e-6, "{evidence}");
    }

    #[test]
    fn extreme_values_stay_finite() {
        let kernel = vec![1e6; 16];
        for prior in [[1e3; 4], [-1e3; 4], [0.0; 4]] {
            let Fit { duals, evidence } = most_probable(&kernel, &prior, &[true, false, true, false]);
            assert!(evidence.is_finite() && duals.iter().all(|dual| dual.is_finite()));
        }
        assert!(most_probable(&[], &[], &[]).duals.is_empty());
    }
}
