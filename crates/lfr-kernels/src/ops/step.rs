//! How a layer becomes a differentiable operation.

use std::fmt::Debug;
use std::marker::PhantomData;

use burn::backend::Flex;
use burn::backend::autodiff::Autodiff;
use burn::backend::autodiff::checkpoint::{base::Checkpointer, strategy::NoCheckpointing};
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::tensor::{DType, Device, Tensor};

use super::storage::{Flat, nothing};

/// A function of `N` tensors with its derivative.
pub(crate) trait Layer<const N: usize>: Clone + Debug + Send + 'static {
    /// The output.
    fn forward(&self, inputs: &[Flat; N]) -> Flat;

    /// Whether [`Layer::backward`] reads the output.
    fn needs_output(&self) -> bool {
        false
    }

    /// Whether [`Layer::backward`] reads the inputs.
    fn needs_inputs(&self) -> bool {
        true
    }

    /// What [`Layer::backward`] is given as the inputs, which are held until then.
    fn keep(&self, inputs: [Flat; N]) -> [Flat; N] {
        if self.needs_inputs() { inputs } else { std::array::from_fn(|_| nothing()) }
    }

    /// The gradients of the inputs from the output's, `dy`; those not `wanted` may be left out.
    fn backward(
        &self,
        inputs: &[Flat; N],
        y: Option<&Flat>,
        dy: &Flat,
        wanted: [bool; N],
    ) -> [Option<Flat>; N];
}

/// The record of a layer in the graph.
#[derive(Debug)]
struct Step<L>(PhantomData<L>);

impl<L: Layer<N>, const N: usize> Backward<Flex, N> for Step<L> {
    type State = (L, [Flat; N], Option<Flat>);

    fn backward(self, ops: Ops<Self::State, N>, gradients: &mut Gradients, _: &mut Checkpointer) {
        let dy = gradients.consume::<Flex>(&ops.node);
        let (layer, inputs, y) = ops.state;
        let wanted = ops.parents.each_ref().map(Option::is_some);
        let results = layer.backward(&inputs, y.as_ref(), &dy, wanted);
        for (parent, result) in ops.parents.into_iter().zip(results) {
            if let (Some(parent), Some(result)) = (parent, result) {
                gradients.register::<Flex>(parent.id, result);
            }
        }
    }
}

/// A tensor on the CPU, with its place in the graph if it has one.
pub(crate) enum Input {
    /// Outside every graph.
    Constant(Flat),
    /// On a device that records.
    Recorded(FloatTensor<Autodiff<Flex>>),
}

impl<const D: usize> From<Tensor<D>> for Input {
    fn from(x: Tensor<D>) -> Self {
        let recorded = x.device().is_autodiff();
        let failed = "a tensor of f32 on the CPU device without gradient checkpointing";
        if recorded {
            Input::Recorded(x.try_into_primitive::<Autodiff<Flex>>().expect(failed))
        } else {
            Input::Constant(x.try_into_primitive::<Flex>().expect(failed))
        }
    }
}

impl Input {
    /// The tensor itself.
    pub(crate) fn numbers(&self) -> &Flat {
        match self {
            Input::Constant(x) => x,
            Input::Recorded(x) => x.primitive(),
        }
    }

    fn recorded(self) -> FloatTensor<Autodiff<Flex>> {
        match self {
            Input::Constant(x) => FloatTensor::<Autodiff<Flex>>::new(x),
            Input::Recorded(x) => x,
        }
    }
}

/// Whether the kernels run where `x` is. Recomputing activations to save memory is left to burn's own operations.
pub(crate) fn on_cpu<const D: usize>(x: &Tensor<D>) -> bool {
    let device = x.device();
    let recomputes = device.gradient_checkpointing_strategy().is_some_and(|s| s != Default::default());
    device == Device::flex() && x.dtype() == DType::F32 && !recomputes
}

/// The output of `layer`, recorded for the backward pass if an input is.
pub(crate) fn apply<L: Layer<N>, const N: usize, const D: usize>(layer: L, inputs: [Input; N]) -> Tensor<D> {
    if inputs.iter().all(|input| matches!(input, Input::Constant(_))) {
        let inputs = inputs.map(|input| input.numbers().clone());
        return Tensor::from_primitive::<Flex>(layer.forward(&inputs));
    }
    let inputs = inputs.map(Input::recorded);
    let nodes = inputs.each_ref().map(|input| input.node());
    let inputs = inputs.map(|input| input.into_primitive());
    let output = layer.forward(&inputs);
    let output = match Step(PhantomData::<L>).prepare::<NoCheckpointing>(nodes).compute_bound().stateful() {
        OpsKind::Tracked(step) => {
            let kept = layer.needs_output().then(|| output.clone());
            let inputs = layer.keep(inputs);
            step.finish((layer, inputs, kept), output)
        }
        OpsKind::UnTracked(step) => step.finish(output),
    };
    Tensor::from_primitive::<Autodiff<Flex>>(output)
}
