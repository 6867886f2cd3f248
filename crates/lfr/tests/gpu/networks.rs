//! Networks, with and without latent feature reconstruction: loss, errors, gradients, two steps of Adam, scores.

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Gradients, Int, Tensor};
use lfr::data::{Values, Weights};
use lfr::latent::{
    AutoencoderBackbone, Backbone, Fed, Identity, LatentLayer, Lfr, LfrConfig, Plugged, TaskLoss,
};
use lfr::method::TransformationBackbone;
use lfr::nn::autoencoder::{Autoencoder, Between, Input, Shape};
use lfr::nn::{Adam, Batch, Initializer, store_state};
use lfr::seed::Seed;

use crate::compare::{Results, agree, random, values};

/// Of gradients through up to ten layers and two steps along them.
const TOLERANCE: f32 = 2e-4;

struct Collect<'a> {
    gradients: &'a Gradients,
    path: Vec<String>,
    found: Results,
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
            self.found.push((format!("gradient of {}", self.path.join(".")), values(&gradient)));
        }
    }
}

#[track_caller]
fn check<B: Backbone, L: LatentLayer>(
    what: &str,
    build: impl Fn(&Device) -> Plugged<B, L>,
    batch: impl Fn(&Device) -> Batch,
) {
    agree(what, TOLERANCE, |plain| {
        let recording = plain.clone().autodiff();
        let mut model = build(&recording);
        let mut results = Results::new();
        // Large enough that the noise of small gradients is not blown up.
        let mut adam = Adam::new(1e-3, 1e-3, 1e-4);
        for step in 1..=2 {
            let loss = model.loss(&batch(&recording));
            results.push((format!("loss {step}"), values(&loss.total)));
            results.extend(loss.parts.iter().map(|(name, part)| (format!("{name} {step}"), values(part))));
            results.push((format!("errors {step}"), values(&loss.errors)));
            if step == 1 {
                // A graph is walked once.
                let gradients = model.loss(&batch(&recording)).total.backward();
                let mut collect = Collect { gradients: &gradients, path: Vec::new(), found: Vec::new() };
                model.visit(&mut collect);
                results.append(&mut collect.found);
            }
            model = adam.step(model, &loss.total);
        }
        let model = model.valid();
        let mut weights = Weights::default();
        store_state(&model, &mut weights);
        // As one, since many of them begin at 0 and are as small as their noise after two steps.
        let parameters = weights.iter().filter_map(|(_, array)| match &array.values {
            Values::F32(values) => Some(values.clone()),
            _ => None,
        });
        results.push(("parameters".into(), parameters.flatten().collect()));
        for fed in [Fed::Latent, Fed::Reconstructed] {
            results.push((format!("scores, {fed:?}"), values(&model.score(&batch(plain), fed))));
        }
        results
    });
}

fn lfr(groups: usize, latent: usize, device: &Device) -> Lfr {
    let config = LfrConfig { k: 4, ..LfrConfig::default() };
    Lfr::new(&config, groups, latent, &mut Initializer::new(Seed(0).stream("lfr"), device))
}

/// With and without latent feature reconstruction.
#[track_caller]
fn autoencoder(what: &str, input: Input, width: usize, between: Between, loss: TaskLoss) {
    let shape = Shape { input, width, latent: 12 };
    let backbone = |device: &Device| {
        let network =
            Autoencoder::new(&shape, between, &mut Initializer::new(Seed(0).stream("init"), device));
        AutoencoderBackbone { network, loss }
    };
    let batch = |device: &Device| {
        let x = random([24, width], "x", device);
        // Mostly zeros, as text is.
        let x = if input == Input::NonNegative { (x - 0.8).clamp_min(0.0) * 5.0 } else { x };
        Batch { x: x.into(), groups: None }
    };
    check(
        what,
        |device| Plugged { backbone: backbone(device), layer: Identity {}, train_on: Fed::Latent },
        batch,
    );
    let what = format!("{what} with LFR");
    let plugged = |device: &Device| Plugged {
        backbone: backbone(device),
        layer: lfr(1, 12, device),
        train_on: Fed::Latent,
    };
    check(&what, plugged, batch);
}

#[test]
fn autoencoders_of_images() {
    let picture = |channels| Input::Picture { channels, side: 16 };
    let nothing = Between::Nothing;
    autoencoder("autoencoder of grey images", picture(1), 256, nothing, TaskLoss::SumSquares);
    autoencoder("autoencoder of colour images", picture(3), 768, nothing, TaskLoss::MeanNorm);
    autoencoder("normalised autoencoder", picture(1), 256, Between::BatchNorm, TaskLoss::MeanNorm);
    autoencoder("autoencoder split as DRAE's", picture(1), 256, nothing, TaskLoss::Split);
}

#[test]
fn autoencoders_of_vectors() {
    let nothing = Between::Nothing;
    autoencoder("autoencoder of tables", Input::Vector, 40, nothing, TaskLoss::MeanNorm);
    autoencoder("autoencoder of text", Input::NonNegative, 300, nothing, TaskLoss::MeanNorm);
    autoencoder("autoencoder of sparse text", Input::NonNegative, 4100, nothing, TaskLoss::SumSquares);
}

#[test]
fn classifiers_of_transformations() {
    for channels in [1, 3] {
        let (side, width) = (16, channels * 256);
        let shape = Shape { input: Input::Picture { channels, side }, width, latent: 256 };
        let backbone = |device: &Device| {
            TransformationBackbone::new(&shape, 5, &mut Initializer::new(Seed(0).stream("init"), device))
        };
        let batch = |device: &Device| Batch {
            x: random([12, width], "x", device).into(),
            groups: Some(Tensor::<1, Int>::from_ints([0, 1, 2, 3, 4, 0, 1, 2, 3, 4, 0, 4], device)),
        };
        let what = format!("classifier of transformations, {channels} channels");
        let plain = |device: &Device| Plugged {
            backbone: backbone(device),
            layer: Identity {},
            train_on: Fed::Latent,
        };
        check(&what, plain, batch);
        let plugged = |device: &Device| Plugged {
            backbone: backbone(device),
            layer: lfr(5, 256, device),
            train_on: Fed::Latent,
        };
        check(&format!("{what}, with LFR"), plugged, batch);
    }
}
