//! Euclidean norms whose gradients exist everywhere.

use burn::tensor::Tensor;

/// Euclidean norm of each row, `[n]`; its gradient at 0 is 0.
pub(crate) fn norms(x: Tensor<2>) -> Tensor<1> {
    root(x.square().sum_dim(1).squeeze_dim(1))
}

/// Square roots whose gradient at 0 is 0.
pub(crate) fn root(squares: Tensor<1>) -> Tensor<1> {
    squares.clamp_min(f32::MIN_POSITIVE).sqrt()
}
