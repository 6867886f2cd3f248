//! The autoencoders, with and without LFR, against PyTorch.

use burn::tensor::Device;

use super::{AutoencoderBackbone, Fed, Identity, LatentLayer, Lfr, LfrConfig, Plugged, TaskLoss};
use crate::nn::autoencoder::{Autoencoder, Between, Input, Shape};
use crate::nn::vector_network::VectorNetwork;
use crate::nn::{Batch, Initializer};
use crate::parity::{Case, filled, input};
use crate::seed::Seed;

const LATENT: usize = 6;

fn check<L: LatentLayer>(case: &Case, layer: L, kind: Input, width: usize, loss: TaskLoss, device: &Device) {
    let shape = Shape { input: kind, width, latent: LATENT };
    let between = if loss == TaskLoss::Split { Between::BatchNorm } else { Between::Nothing };
    // Few items make batch normalisation too steep for f32.
    let items = if between == Between::Nothing { 5 } else { 48 };
    let network = Autoencoder::new(
        &shape,
        VectorNetwork::default(),
        between,
        &mut Initializer::new(Seed(0).stream("init"), device),
    );
    let backbone = AutoencoderBackbone { network, loss };
    let model = filled(Plugged { backbone, layer, train_on: Fed::Latent });
    let batch = Batch { x: input(items, width, kind == Input::NonNegative, device).into(), groups: None };
    let result = model.loss(&batch);
    case.check_loss(&result.total);
    case.check_output("score_latent", &result.errors);
    if between == Between::Nothing {
        case.check_output("score_reconstructed", &model.score(&batch, Fed::Reconstructed));
    }
    case.check_gradients(&model, &result.total.backward());
}

/// `tests/data/autoencoder_parity.py` wrote the numbers.
#[test]
fn autoencoders_agree_with_pytorch() {
    let cases = Case::all(include_str!("../../tests/data/autoencoder_parity.json"));
    let device = Device::flex().autodiff();
    let lfr = |k| {
        let config = LfrConfig { k, ..LfrConfig::default() };
        Lfr::new(&config, 1, LATENT, &mut Initializer::new(Seed(0).stream("lfr"), &device))
    };
    let picture = |channels| Input::Picture { channels, side: 16 };
    let (squares, norm) = (TaskLoss::SumSquares, TaskLoss::MeanNorm);
    for case in &cases {
        match case.name.as_str() {
            "image-ae" => check(case, Identity {}, picture(1), 256, squares, &device),
            "image-ae-lfr" => check(case, lfr(2), picture(3), 768, norm, &device),
            "image-drae" => check(case, Identity {}, picture(1), 256, TaskLoss::Split, &device),
            "text-ae" => check(case, Identity {}, Input::NonNegative, 40, squares, &device),
            "text-ae-lfr" => check(case, lfr(2), Input::NonNegative, 40, norm, &device),
            "table-ae-lfr" => check(case, lfr(2), Input::Vector, 40, norm, &device),
            other => panic!("unknown case {other}"),
        }
    }
    assert_eq!(cases.len(), 6);
}
