//! Comparing losses, outputs and gradients with PyTorch's, for the tests of networks and methods.

use std::collections::BTreeMap;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use serde::Deserialize;

use crate::data::Weights;
use crate::nn::{load_state, store_state};

/// What a Python program in `tests/data` found for one case.
#[derive(Deserialize)]
pub struct Case {
    pub name: String,
    pub loss: f64,
    /// Vectors by name.
    pub outputs: BTreeMap<String, Vec<f64>>,
    gradients: Vec<Gradient>,
}

/// A gradient by its norm, its projection on a fixed wave, and seven values spread over it.
#[derive(Deserialize)]
struct Gradient {
    name: String,
    norm: f64,
    wave: f64,
    values: Vec<f64>,
}

/// Largest relative error accepted.
const TOLERANCE: f64 = 1e-4;

/// Entry `i` of a fixed wave, the same formula as in the Python programs; `bend` keeps matrices made of the wave from
/// having two ranks only.
fn wave(i: usize, phase: f64, scale: f64, bend: f64) -> f32 {
    let i = i as f64;
    (scale * (0.7 * i + bend * i * i + phase).sin()) as f32
}

/// A batch of `n` rows cut from the wave.
pub fn input(n: usize, width: usize, positive: bool, device: &Device) -> Tensor<2> {
    bent_input(n, width, positive, 0.0, device)
}

/// A batch of `n` rows cut from a bent wave.
pub fn bent_input(n: usize, width: usize, positive: bool, bend: f64, device: &Device) -> Tensor<2> {
    let values = (0..n * width).map(|i| wave(i, 0.3, 0.9, bend)).map(|v| if positive { v.abs() } else { v });
    Tensor::from_data(TensorData::new(values.collect::<Vec<f32>>(), [n, width]), device)
}

/// `module` with every parameter filled from the wave, in the order of the names.
pub fn filled<M: Module>(module: M) -> M {
    filled_bent(module, 0.0)
}

/// `module` with every parameter filled from a bent wave.
pub fn filled_bent<M: Module>(module: M, bend: f64) -> M {
    let mut names = Weights::default();
    store_state(&module, &mut names);
    let mut weights = Weights::default();
    for (order, (name, array)) in names.iter().enumerate() {
        let length: usize = array.shape.iter().product();
        let (offset, scale) = match array.shape.len() {
            _ if name.ends_with("layer.a") => (0.0, 0.5),
            1 if name.ends_with("gamma") || name.ends_with("running_var") => (1.0, 0.1),
            1 => (0.0, 0.05),
            _ => (0.0, 1.5 / (array.shape[1..].iter().product::<usize>() as f64).sqrt()),
        };
        let values = (0..length).map(|i| offset + wave(i, order as f64, scale, bend)).collect();
        weights.put_f32(name, &array.shape, values);
    }
    load_state(module, &mut weights).unwrap()
}

/// The numbers of `tensor`.
pub fn values<const D: usize>(tensor: &Tensor<D>) -> Vec<f64> {
    tensor.to_data().try_into_vec::<f32>().unwrap().into_iter().map(f64::from).collect()
}

impl Case {
    /// The cases of a JSON text.
    pub fn all(text: &str) -> Vec<Case> {
        serde_json::from_str(text).unwrap()
    }

    /// Compares the loss.
    pub fn check_loss(&self, loss: &Tensor<1>) {
        self.close("loss", &values(loss), &[self.loss]);
    }

    /// Compares an output by name, entry by entry relative to the largest.
    pub fn check_output<const D: usize>(&self, name: &str, found: &Tensor<D>) {
        self.close(name, &values(found), &self.outputs[name]);
    }

    fn close(&self, what: &str, found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len(), "{} {what}", self.name);
        let scale = expected.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for (a, b) in found.iter().zip(expected) {
            assert!((a - b).abs() <= TOLERANCE * scale, "{} {what}: {a} instead of {b}", self.name);
        }
    }

    /// Compares every gradient of `module`.
    pub fn check_gradients<M: Module>(&self, module: &M, gradients: &Gradients) {
        let mut collect = Collect { gradients, path: Vec::new(), found: Vec::new() };
        module.visit(&mut collect);
        collect.found.sort_by(|a, b| a.0.cmp(&b.0));
        let names: Vec<&String> = collect.found.iter().map(|(name, _)| name).collect();
        assert_eq!(names, self.gradients.iter().map(|g| &g.name).collect::<Vec<_>>(), "{}", self.name);
        for ((name, found), expected) in collect.found.iter().zip(&self.gradients) {
            let norm = found.iter().map(|g| g * g).sum::<f64>().sqrt();
            let projection: f64 = found.iter().enumerate().map(|(i, g)| g * (0.3 * i as f64).cos()).sum();
            let spread: Vec<f64> = found.iter().step_by(found.len().div_ceil(7)).copied().collect();
            // The norm sets the scale that single entries are compared on.
            // DRAE's split through batch normalisation is steep: PyTorch in f32 is 1.5e-4 off its own f64 there.
            // The first layer's gradient is a millionth of the last one's: sums in the order of AVX2 are 1.4e-4 off there.
            let steep = if self.name.ends_with("drae") { 5.0 } else { 2.0 };
            let off = steep * TOLERANCE * expected.norm.max(1e-12);
            assert!((norm - expected.norm).abs() < off, "{} {name}: {norm}", self.name);
            assert!((projection - expected.wave).abs() < off, "{} {name}: {projection}", self.name);
            for (a, b) in spread.iter().zip(&expected.values) {
                assert!((a - b).abs() < off, "{} {name}: {a} instead of {b}", self.name);
            }
        }
    }
}

struct Collect<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    found: Vec<(String, Vec<f64>)>,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(gradient) = param.val().grad(self.gradients) {
            self.found.push((self.path.join("."), values(&gradient)));
        }
    }
}
