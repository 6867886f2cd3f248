//! Plain gradient descent, and steps along a gradient.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::tensor::Tensor;
use burn_optim::GradientsParams;

/// Gradient descent at a constant rate.
pub struct Descent {
    rate: f64,
    accumulate: bool,
    sum: Option<Direction>,
}

/// A gradient, parameter by parameter.
pub struct Direction {
    gradients: GradientsParams,
}

impl Descent {
    /// With `accumulate`, every step goes along the sum of all gradients so far.
    pub fn new(rate: f64, accumulate: bool) -> Self {
        Self { rate, accumulate, sum: None }
    }

    /// The gradient of `loss`.
    pub fn direction<M: Module>(model: &M, loss: &Tensor<1>) -> Direction {
        Direction { gradients: GradientsParams::from_grads(loss.backward(), model) }
    }

    /// One step down the gradient of `loss`.
    pub fn step<M: Module>(&mut self, model: M, loss: &Tensor<1>) -> M {
        let mut direction = Self::direction(&model, loss);
        if let Some(sum) = self.sum.take() {
            model.visit(&mut Add { to: &mut direction.gradients, from: sum.gradients });
        }
        let model = direction.shift(model, -self.rate);
        self.sum = self.accumulate.then_some(direction);
        model
    }
}

impl Direction {
    /// `model` moved by `step` times the gradient.
    fn shift<M: Module>(&self, model: M, step: f64) -> M {
        model.map(&mut Shift { gradients: &self.gradients, step })
    }

    /// The part of it that belongs to `param`, without gradient tracking; none where the loss does not depend on it.
    pub fn of<const D: usize>(&self, param: &Param<Tensor<D>>) -> Option<Tensor<D>> {
        self.gradients.get::<D>(param.id)
    }
}

struct Shift<'a> {
    gradients: &'a GradientsParams,
    step: f64,
}

impl ModuleMapper for Shift<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        match self.gradients.get::<D>(param.id) {
            None => param,
            Some(gradient) => param
                .map(|value| Tensor::from_inner(value.inner() + gradient.mul_scalar(self.step)))
                .set_require_grad(true),
        }
    }
}

struct Add<'a> {
    to: &'a mut GradientsParams,
    from: GradientsParams,
}

impl ModuleVisitor for Add<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(old) = self.from.remove::<D>(param.id) {
            let sum = match self.to.remove::<D>(param.id) {
                Some(new) => new + old,
                None => old,
            };
            self.to.register(param.id, sum);
        }
    }
}
