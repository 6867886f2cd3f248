//! Forward, loss and every gradient against PyTorch.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Tensor, TensorData};
use serde::Deserialize;

use super::{AutoencoderBackbone, Fed, Identity, LatentLayer, Lfr, LfrConfig, Plugged, TaskLoss};
use crate::data::Weights;
use crate::nn::autoencoder::{Autoencoder, Between, Input, Shape};
use crate::nn::{Batch, Initializer, load_state, store_state};
use crate::seed::Seed;

/// `tests/data/autoencoder_parity.json`, written by `tests/data/autoencoder_parity.py`.
#[derive(Deserialize)]
struct Case {
    name: String,
    loss: f64,
    score_latent: Vec<f64>,
    score_reconstructed: Vec<f64>,
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

/// The value of parameter entry `i`, the same formula as in the Python program.
fn wave(i: usize, phase: f64, scale: f64) -> f32 {
    (scale * (0.7 * i as f64 + phase).sin()) as f32
}

fn filled<M: Module>(module: M) -> M {
    let mut names = Weights::default();
    store_state(&module, &mut names);
    let mut weights = Weights::default();
    for (order, (name, array)) in names.iter().enumerate() {
        let length: usize = array.shape.iter().product();
        let scale = if name == "layer.a" {
            0.5
        } else if array.shape.len() == 1 {
            0.05
        } else {
            let fan_in: usize = array.shape[1..].iter().product();
            1.5 / (fan_in as f64).sqrt()
        };
        let values = (0..length).map(|i| wave(i, order as f64, scale)).collect();
        weights.put_f32(name, &array.shape, values);
    }
    load_state(module, &mut weights).unwrap()
}

struct Collect<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    found: Vec<(String, Vec<f32>)>,
}

impl ModuleVisitor for Collect<'_> {
    fn enter_module(&mut self, name: &str, _: &str) {
        self.path.push(name.to_owned());
    }

    fn exit_module(&mut self, _: &str, _: &str) {
        self.path.pop();
    }

    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let gradient = param.val().grad(self.gradients).unwrap();
        self.found.push((self.path.join("."), gradient.to_data().try_into_vec().unwrap()));
    }
}

fn check<L: LatentLayer>(case: &Case, layer: L, input: Input, width: usize, loss: TaskLoss, device: &Device) {
    let shape = Shape { input, width, latent: 6 };
    let network =
        Autoencoder::new(&shape, Between::Nothing, &mut Initializer::new(Seed(0).stream("init"), device));
    let model =
        filled(Plugged { backbone: AutoencoderBackbone { network, loss }, layer, train_on: Fed::Latent });
    let positive = input == Input::NonNegative;
    let x = (0..3 * width).map(|i| wave(i, 0.3, 0.9)).map(|v| if positive { v.abs() } else { v }).collect();
    let batch =
        Batch { x: Tensor::from_data(TensorData::new::<f32, _>(x, [3, width]), device), groups: None };
    let result = model.loss(&batch);
    close(&case.name, "loss", &[scalar(&result.total)], &[case.loss]);
    let score = |fed| model.score(&batch, fed).to_data().try_into_vec::<f32>().unwrap();
    close(&case.name, "S_A", &wide(&score(Fed::Latent)), &case.score_latent);
    close(&case.name, "S_B", &wide(&score(Fed::Reconstructed)), &case.score_reconstructed);
    let gradients = result.total.backward();
    let mut collect = Collect { gradients: &gradients, path: Vec::new(), found: Vec::new() };
    model.visit(&mut collect);
    collect.found.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(collect.found.len(), case.gradients.len(), "{}", case.name);
    for ((name, found), expected) in collect.found.iter().zip(&case.gradients) {
        assert_eq!(*name, expected.name);
        let norm = found.iter().map(|&g| f64::from(g).powi(2)).sum::<f64>().sqrt();
        let projection: f64 =
            found.iter().enumerate().map(|(i, &g)| f64::from(g) * (0.3 * i as f64).cos()).sum();
        let stride = found.len().div_ceil(7);
        let values: Vec<f64> = found.iter().step_by(stride).map(|&g| f64::from(g)).collect();
        // The norm sets the scale that single entries are compared on.
        let scale = expected.norm.max(1e-12);
        assert!((norm - expected.norm).abs() < 1e-4 * scale, "{} {name}: {norm}", case.name);
        assert!((projection - expected.wave).abs() < 1e-4 * scale, "{} {name}: {projection}", case.name);
        for (a, b) in values.iter().zip(&expected.values) {
            assert!((a - b).abs() < 1e-4 * scale, "{} {name}: {a} {b}", case.name);
        }
    }
}

fn scalar(value: &Tensor<1>) -> f64 {
    f64::from(value.to_data().try_into_vec::<f32>().unwrap()[0])
}

fn wide(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&v| f64::from(v)).collect()
}

fn close(case: &str, what: &str, found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (a, b) in found.iter().zip(expected) {
        assert!((a - b).abs() <= 1e-4 * b.abs(), "{case} {what}: {a} instead of {b}");
    }
}

#[test]
fn autoencoders_agree_with_pytorch() {
    let text = include_str!("../../tests/data/autoencoder_parity.json");
    let cases: Vec<Case> = serde_json::from_str(text).unwrap();
    let device = Device::flex().autodiff();
    let lfr = |k| {
        let config = LfrConfig { k, ..LfrConfig::default() };
        Lfr::new(&config, 1, 6, &mut Initializer::new(Seed(0).stream("lfr"), &device))
    };
    let picture = |channels| Input::Picture { channels, side: 16 };
    for case in &cases {
        let squares = TaskLoss::SumSquares;
        match case.name.as_str() {
            "image-ae" => check(case, Identity {}, picture(1), 256, squares, &device),
            "image-ae-lfr" => check(case, lfr(2), picture(3), 768, TaskLoss::MeanNorm, &device),
            "text-ae" => check(case, Identity {}, Input::NonNegative, 40, squares, &device),
            "text-ae-lfr" => check(case, lfr(2), Input::NonNegative, 40, TaskLoss::MeanNorm, &device),
            "table-ae-lfr" => check(case, lfr(2), Input::Vector, 40, TaskLoss::MeanNorm, &device),
            other => panic!("unknown case {other}"),
        }
    }
    assert_eq!(cases.len(), 5);
}
