//! Forward-mode differentiation: values with their derivative along a direction in the space of the parameters, for
//! the few operations that Elite's networks are made of.

use burn::module::Param;
use burn::tensor::module::max_pool2d_with_indices;
use burn::tensor::ops::MaxPoolOptions;
use burn::tensor::{Tensor, activation};

use super::{Direction, norms};

/// A value and its derivative; none stands for 0.
#[derive(Clone, Debug)]
pub struct Dual<const D: usize> {
    /// The value.
    pub value: Tensor<D>,
    /// Its derivative, of the same shape.
    pub tangent: Option<Tensor<D>>,
}

impl<const D: usize> Dual<D> {
    /// A value that does not depend on the parameters.
    pub fn constant(value: Tensor<D>) -> Self {
        Self { value, tangent: None }
    }

    /// A parameter, moving as `direction` says.
    pub fn parameter(param: &Param<Tensor<D>>, direction: Option<&Direction>) -> Self {
        Self { value: param.val(), tangent: direction.and_then(|direction| direction.of(param)) }
    }

    /// `f`, which is linear.
    pub fn linear<const E: usize>(self, f: impl Fn(Tensor<D>) -> Tensor<E>) -> Dual<E> {
        Dual { tangent: self.tangent.map(&f), value: f(self.value) }
    }

    /// `f`, which is linear in both.
    pub fn bilinear<const E: usize, const F: usize>(
        self,
        with: Dual<E>,
        f: impl Fn(Tensor<D>, Tensor<E>) -> Tensor<F>,
    ) -> Dual<F> {
        let ours = self.tangent.map(|tangent| f(tangent, with.value.clone()));
        let theirs = with.tangent.map(|tangent| f(self.value.clone(), tangent));
        let tangent = ours.into_iter().chain(theirs).reduce(|a, b| a + b);
        Dual { value: f(self.value, with.value), tangent }
    }

    /// max(x, slope x).
    pub fn leaky_relu(self, slope: f64) -> Self {
        let tangent = self.tangent.map(|tangent| {
            let negative = self.value.clone().lower_elem(0.0);
            tangent.clone().mask_where(negative, tangent.mul_scalar(slope))
        });
        Self { value: activation::leaky_relu(self.value, slope), tangent }
    }

    /// Hyperbolic tangent.
    pub fn tanh(self) -> Self {
        let value = activation::tanh(self.value);
        let tangent = self.tangent.map(|tangent| tangent * (value.clone().square().neg() + 1.0));
        Self { value, tangent }
    }
}

impl Dual<4> {
    /// The largest of every 2 x 2 pixels.
    pub fn max_pool(self) -> Self {
        let [n, channels, height, width] = self.value.dims();
        let (value, indices) = max_pool2d_with_indices(self.value, MaxPoolOptions::new([2; 2]));
        let tangent = self.tangent.map(|tangent| {
            let chosen = indices.reshape([n, channels, (height / 2) * (width / 2)]);
            let all = tangent.reshape([n, channels, height * width]);
            all.gather(2, chosen).reshape([n, channels, height / 2, width / 2])
        });
        Self { value, tangent }
    }
}

impl Dual<2> {
    /// Euclidean length of each row; its derivative at 0 is 0.
    pub fn norms(self) -> Dual<1> {
        let value = norms(self.value.clone());
        let tangent = self.tangent.map(|tangent| {
            let dot = (self.value * tangent).sum_dim(1).squeeze_dim::<1>(1);
            dot / value.clone().clamp_min(f32::MIN_POSITIVE)
        });
        Dual { value, tangent }
    }
}
