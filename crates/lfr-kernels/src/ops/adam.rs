//! Adam in place on the parameters of a module.

use burn::backend::Flex;
use burn::tensor::{Device, Tensor};
use burn_optim::decay::WeightDecayConfig;
use burn_optim::{
    Adam as OrdinaryAdam, AdamConfig, AdamState, AdaptiveMomentumState, LearningRate, Optimizer,
};

use super::step::{Input, on_cpu};
use super::storage::{Flat, slice};

/// PyTorch's Adam (betas .9 and .999, L2 term added to the gradient), to be run by
/// [`ModuleOptimizer`](burn_optim::ModuleOptimizer). On the CPU it updates parameters and moments in one pass and in
/// place.
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
        let [mut p, g, mut m, mut v] = [parameters, gradient, moment_1, moment_2].map(contiguous);
        let [p_all, m_all, v_all] = [&mut p, &mut m, &mut v].map(slice_mut);
        let kernel = crate::Adam { learning_rate: rate as f32, ..self.kernel };
        let step = i32::try_from(time).unwrap_or(i32::MAX).saturating_add(1);
        kernel.update(step, slice(&g), p_all, [m_all, v_all]);
        let [p, m, v] = [p, m, v].map(Tensor::from_primitive::<Flex>);
        (p, Some(AdamState::new(AdaptiveMomentumState::new(time + 1, m, v))))
    }

    fn to_device<const D: usize>(state: AdamState<D>, device: &Device) -> AdamState<D> {
        OrdinaryAdam::to_device(state, device)
    }
}

fn contiguous<const D: usize>(x: Tensor<D>) -> Flat {
    Input::from(x).numbers().to_contiguous()
}

/// The numbers of a contiguous tensor, copied first if others share them.
fn slice_mut(x: &mut Flat) -> &mut [f32] {
    let (start, len) = (x.layout().start_offset(), x.layout().num_elements());
    &mut x.storage_mut::<f32>()[start..start + len]
}
