//! Parameters to and from named arrays.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param, ParamId};
use burn::tensor::{Tensor, TensorData};
use lfr_kernels::ops::stored_as;

use crate::data::{Values, Weights};
use crate::error::{Error, Result};

/// Writes every parameter of `module` under its path (`encoder.0.weight`) into `weights`.
pub fn store_state<M: Module>(module: &M, weights: &mut Weights) {
    module.visit(&mut Store { weights, path: Vec::new() });
}

/// Replaces every parameter of `module` by the array of its path, taken out of `weights`.
///
/// # Errors
/// [`Error::Mismatch`] when an array is absent or of another shape, or holds values that are not finite.
pub fn load_state<M: Module>(module: M, weights: &mut Weights) -> Result<M> {
    let mut load = Load { weights, path: Vec::new(), problem: None };
    let module = module.map(&mut load);
    load.problem.map_or(Ok(module), Err)
}

/// Whether every parameter of `model` is a number.
pub(crate) fn is_finite<M: Module>(model: &M) -> bool {
    let mut weights = Weights::default();
    store_state(model, &mut weights);
    let finite = |values: &Values| match values {
        Values::F32(values) => values.iter().all(|value| value.is_finite()),
        _ => true,
    };
    weights.iter().all(|(_, array)| finite(&array.values))
}

/// The identities of the parameters of `module`, in the order of a visit.
pub(crate) fn identities<M: Module>(module: &M) -> Vec<u64> {
    let mut identities = Identities(Vec::new());
    module.visit(&mut identities);
    identities.0
}

/// `module` with its parameters identified as `identities`, which [`identities`] gave of a module of the same layout.
pub(crate) fn identified<M: Module>(module: M, identities: Vec<u64>) -> M {
    module.map(&mut Identified(identities.into_iter()))
}

struct Identities(Vec<u64>);

impl ModuleVisitor for Identities {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        self.0.push(param.id.val());
    }
}

struct Identified(std::vec::IntoIter<u64>);

impl ModuleMapper for Identified {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, tensor, mapper) = param.consume();
        Param::from_mapped_value(self.0.next().map_or(id, ParamId::from), tensor, mapper)
    }
}

struct Store<'a> {
    weights: &'a mut Weights,
    path: Vec<String>,
}

impl ModuleVisitor for Store<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let tensor = param.val();
        let shape = tensor.dims();
        if let Ok(values) = tensor.to_data().try_into_vec::<f32>() {
            self.weights.put_f32(self.path.join("."), &shape, values);
        }
    }
}

struct Load<'a> {
    weights: &'a mut Weights,
    path: Vec<String>,
    problem: Option<Error>,
}

impl ModuleMapper for Load<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let shape = param.val().dims();
        match self.weights.take_f32(&self.path.join("."), &shape.map(Some)) {
            Ok((_, values)) => param
                .map(|old| stored_as(Tensor::from_data(TensorData::new(values, shape), &old.device()), &old))
                .set_require_grad(true),
            Err(problem) => {
                self.problem.get_or_insert(problem);
                param
            }
        }
    }
}
