//! Adam in place on the parameters of a module.

use burn::backend::Flex;
use burn::tensor::{Device, Tensor};
use burn_optim::decay::WeightDecayConfig;
use burn_optim::{
    Adam as OrdinaryAdam, AdamConfig, AdamState, AdaptiveMomentumState, LearningRate, Optimizer,
};

use super::step::{Input, on_cpu};
use super::storage::{Flat, columns, dims, is_by_column, slice, slice_mut};

/// PyTorch's Adam (betas .9 and .999, L2 term added to the gradient), to be run by
/// [`ModuleOptimizer`](burn_optim::ModuleOptimizer). On the CPU it updates parameters and moments in one pass and in
/// place, in the order in which the parameters are stored, and takes the gradients of [`Sparse::by_row`](super::Sparse::by_row).
#[derive(Clone)]
pub struct Adam {
    kernel: crate::Adam,
    ordinary: OrdinaryAdam,
}

impl Adam {
    /// With PyTorch's `eps` and `weight_decay`; the learning rate comes with each step.
    pub fn new(epsilon: f32, l2: f32) -> Self {
        let (beta_1, beta_2) = (0.9, 0.999);
        let decay = (l2 > 0.0).then(|| WeightDecayConfig::new(l2));
        let ordinary = AdamConfig::new()
            .with_beta_1(beta_1)
            .with_beta_2(beta_2)
            .with_epsilon(epsilon)
            .with_weight_decay(decay)
            .build();
        Self { kernel: crate::Adam { learning_rate: 0.0, beta_1, beta_2, epsilon, l2 }, ordinary }
    }
}

impl Optimizer for Adam {
    type State<const D: usize> = AdamState<D>;

    fn step<const D: usize>(
        &self,
        rate: LearningRate,
        parameters: Tensor<D>,
        gradient: Tensor<D>,
        state: Option<AdamState<D>>,
    ) -> (Tensor<D>, Option<AdamState<D>>) {
        if !on_cpu(&parameters) || parameters.device().is_autodiff() {
            return self.ordinary.step(rate, parameters, gradient, state);
        }
        let zeros = || Tensor::zeros(parameters.dims(), &parameters.device());
        let AdaptiveMomentumState { time, moment_1, moment_2, .. } = match state {
            Some(state) => state.momentum,
            None => AdaptiveMomentumState::new(0, zeros(), zeros()),
        };
        let by_row = gradient.dims() != parameters.dims();
        let by_column = is_by_column(Input::from(parameters.clone()).numbers());
        let [mut p, mut m, mut v] = [parameters, moment_1, moment_2].map(|x| stored(x, by_column));
        let g = stored(gradient, by_column && !by_row);
        let width = dims(&p)[D - 1];
        let [p_all, m_all, v_all] = [&mut p, &mut m, &mut v].map(slice_mut);
        let kernel = crate::Adam { learning_rate: rate as f32, ..self.kernel };
        let step = i32::try_from(time).unwrap_or(i32::MAX).saturating_add(1);
        match by_row {
            true => kernel.update_rows(step, (slice(&g), width), p_all, [m_all, v_all]),
            false => kernel.update(step, slice(&g), p_all, [m_all, v_all]),
        }
        let turned = |x: Flat| if by_column { x.transpose(0, 1) } else { x };
        let [p, m, v] = [p, m, v].map(|x| Tensor::from_primitive::<Flex>(turned(x)));
        (p, Some(AdamState::new(AdaptiveMomentumState::new(time + 1, m, v))))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        OrdinaryAdam::to_device(state, device)
    }
}

/// The numbers row after row, or those of a matrix column after column.
fn stored<const D: usize>(x: Tensor<D>, by_column: bool) -> Flat {
    let x = Input::from(x);
    if by_column { columns(x.numbers()) } else { x.numbers().to_contiguous() }
}
