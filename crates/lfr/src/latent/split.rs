//! The discriminative split loss of DRAE.

use burn::tensor::{Tensor, TensorData};
use lfr_kernels::ops::{mean, sum};

/// Mean error of the inlier side plus `lambda` times within-scatter over total scatter, for the split of the sorted
/// errors `[n]` that makes this ratio smallest (Xia et al., ICCV 2015). The split itself is a constant to the
/// gradient. Equal errors have no split: then it is the mean.
pub fn split_loss(errors: Tensor<1>, lambda: f32) -> Tensor<1> {
    let values: Vec<f32> = errors.to_data().try_into_vec().unwrap_or_default();
    let Some(inlier) = best_split(&values) else { return mean(errors) };
    let n = values.len();
    let mask = |side: bool| {
        let values: Vec<f32> = inlier.iter().map(|&i| f32::from(u8::from(i == side))).collect();
        Tensor::<1>::from_data(TensorData::new(values, [n]), &errors.device())
    };
    let scatter = |mask: Tensor<1>| {
        let mean = sum(errors.clone() * mask.clone()) / sum(mask.clone());
        sum((errors.clone() - mean).square() * mask)
    };
    let (inside, outside) = (mask(true), mask(false));
    let within = scatter(inside.clone()) + scatter(outside);
    let total = sum((errors.clone() - mean(errors.clone())).square());
    let typical = sum(errors * inside.clone()) / sum(inside);
    typical + (within / total).mul_scalar(lambda)
}

/// Whether each error lies on the inlier side of the split that minimises the within-scatter; prefix sums over the
/// sorted errors make this O(n log n). `None` when all errors are equal or not finite.
fn best_split(errors: &[f32]) -> Option<Vec<bool>> {
    let mut order: Vec<usize> = (0..errors.len()).collect();
    order.sort_by(|&a, &b| errors[a].total_cmp(&errors[b]));
    let (first, last) = (*order.first()?, *order.last()?);
    if errors[last] == errors[first] || !errors[last].is_finite() {
        return None;
    }
    // Sums of deviations from the mean, because sums of squares of large errors would cancel.
    let n = errors.len() as f64;
    let mean = errors.iter().map(|&e| f64::from(e)).sum::<f64>() / n;
    let deviation = |i: usize| f64::from(errors[i]) - mean;
    let total: f64 = order.iter().map(|&i| deviation(i).powi(2)).sum();
    let (mut sum, mut best, mut split) = (0.0, f64::INFINITY, 0);
    for (count, &i) in order.iter().enumerate().take(errors.len() - 1) {
        sum += deviation(i);
        let inside = count as f64 + 1.0;
        // Within-scatter = total scatter - between-scatter of the two sides.
        let within = total - sum * sum * (1.0 / inside + 1.0 / (n - inside));
        if within < best {
            (best, split) = (within, count + 1);
        }
    }
    let mut inlier = vec![false; errors.len()];
    order[..split].iter().for_each(|&i| inlier[i] = true);
    Some(inlier)
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    /// Loss and gradient by PyTorch:
    ///
    /// ```python
    /// import torch
    /// e = torch.tensor([1., 9., 2., 1.5, 8.], dtype=torch.float64, requires_grad=True)
    /// s, _ = e.sort()
    /// w = lambda i: ((s[:i] - s[:i].mean())**2).sum() + ((s[i:] - s[i:].mean())**2).sum()
    /// t = ((s - s.mean())**2).sum()
    /// i = min(range(1, 5), key=lambda i: w(i).item())
    /// loss = s[:i].mean() + .1 * w(i) / t
    /// loss.backward(); print(i, loss.item(), e.grad.tolist())
    /// ```
    #[test]
    fn loss_and_gradient_agree_with_pytorch() {
        let device = Device::flex().autodiff();
        let errors = Tensor::<1>::from_floats([1.0, 9.0, 2.0, 1.5, 8.0], &device).require_grad();
        let loss = split_loss(errors.clone(), 0.1);
        let gradient: Vec<f32> = errors.grad(&loss.backward()).unwrap().to_data().try_into_vec().unwrap();
        let value: f32 = loss.to_data().try_into_vec::<f32>().unwrap()[0];
        assert!((value - EXPECTED_LOSS).abs() < 1e-6, "{value}");
        for (found, expected) in gradient.iter().zip(EXPECTED_GRADIENT) {
            assert!((found - expected).abs() < 1e-6, "{gradient:?}");
        }
    }

    const EXPECTED_LOSS: f32 = 1.501672241;
    const EXPECTED_GRADIENT: [f32; 5] = [0.331845654, 0.001409380, 0.335134208, 0.333489931, -0.001879174];

    #[test]
    fn equal_errors_fall_back_to_the_mean() {
        let errors = Tensor::<1>::from_floats([2.0, 2.0, 2.0], &Device::flex());
        let value: f32 = split_loss(errors, 0.1).to_data().try_into_vec::<f32>().unwrap()[0];
        assert_eq!(value, 2.0);
    }
}
