//! Every method from outside the crate: its settings written out, a short fit, a saved model that scores the same.

use std::collections::BTreeSet;

use lfr::input::Picture;
use lfr::latent::{Fed, LfrConfig, Orthogonality};
use lfr::method::also::{AlsoConfig, Errors};
use lfr::method::combined::{CombinedConfig, Vote};
use lfr::method::ecod::{EcodConfig, Tails};
use lfr::method::elite::{EliteAeConfig, EliteConfig, EliteSvddConfig, Gradients};
use lfr::method::knn::{Distance, KnnConfig};
use lfr::method::patches::PatchesConfig;
use lfr::method::pca::{PcaConfig, PcaScore};
use lfr::method::scaling::Scaling;
use lfr::method::{
    GtScore, Takes, ae::AeConfig, ae_lfr::AeLfrConfig, centroid::CentroidConfig, drae::DraeConfig,
    e3outlier::E3OutlierConfig, geom::GeomConfig, gt_lfr::GtLfrConfig,
    isolation_forest::IsolationForestConfig, lof::LofConfig, lvad::LvadConfig, rsrae::Optimisation,
    rsrae::RsraeConfig,
};
use lfr::nn::Init;
use lfr::nn::subspace_autoencoder::ChannelNorm;
use lfr::train::Schedule;
use lfr::{Data, Fit, Method, Model, Options};

fn schedule() -> Schedule {
    Schedule {
        epochs: 1,
        most_items: 0,
        batch_size: 18,
        learning_rate: 1e-3,
        weight_decay: 0.0,
        epsilon: 1e-8,
    }
}

fn lfr(k: usize) -> LfrConfig {
    LfrConfig {
        k,
        lambda_1: 2.0,
        lambda_2: 0.1,
        orthogonality: Orthogonality::Mean,
        init: Init::StandardNormal,
        eta: 1.0,
        epsilon: 0.01,
    }
}

/// Every method, with each setting that has a type of its own written out.
fn methods() -> Vec<Method> {
    let (schedule, score) = (schedule(), GtScore::MeanLogProb);
    let (train_on, score_on) = (Fed::Latent, Fed::Reconstructed);
    let knn =
        KnnConfig { neighbours: 3, distance: Distance::Mean, max_reference: 100, scaling: Scaling::None };
    let lof = LofConfig { neighbours: 3, max_reference: 100 };
    let elite = EliteConfig {
        iterations: 2,
        batch_size: 8,
        learning_rate: 1e-3,
        meta_scale: 5.0,
        gradients: Gradients::Cleared,
    };
    let combined = CombinedConfig {
        members: vec![knn.clone().into(), lof.clone().into()],
        vote: Vote::Max,
        illustrator: Some(Box::new(PcaConfig::default().into())),
    };
    vec![
        AeConfig { latent: 4, schedule: schedule.clone(), ..AeConfig::default() }.into(),
        AeLfrConfig {
            latent: 8,
            lfr: lfr(2),
            train_on,
            score_on,
            schedule: schedule.clone(),
            ..AeLfrConfig::default()
        }
        .into(),
        DraeConfig { latent: 4, schedule: schedule.clone() }.into(),
        RsraeConfig {
            optimisation: Optimisation::Joint,
            lambda_1: 0.1,
            lambda_2: 0.1,
            norm: ChannelNorm::Affine,
            schedule: schedule.clone(),
        }
        .into(),
        GeomConfig { score, schedule: schedule.clone() }.into(),
        GtLfrConfig { lfr: lfr(2), train_on, score_on, score, schedule: schedule.clone() }.into(),
        E3OutlierConfig { score: GtScore::Entropy, schedule }.into(),
        EliteAeConfig(elite.clone()).into(),
        EliteSvddConfig(elite).into(),
        IsolationForestConfig { trees: 3, sample: 8, scaling: Scaling::Instance }.into(),
        CentroidConfig { scaling: Scaling::Root }.into(),
        PcaConfig { score: PcaScore::Mahalanobis, variance: 0.5, max_items: 100 }.into(),
        AlsoConfig { errors: Errors::Largest, ridge: 1.0 }.into(),
        EcodConfig { tails: Tails::WholeItem, max_values: 100 }.into(),
        PatchesConfig {
            patch: 5,
            places: 4,
            samples: 100,
            whitened: 0.9,
            centroids: 8,
            variance: 0.9,
            trimmed: 0.0,
            max_items: 100,
        }
        .into(),
        LvadConfig { clusters: 2, restarts: 1, iterations: 3, max_items: 100 }.into(),
        knn.into(),
        lof.into(),
        combined.into(),
    ]
}

fn number(i: usize) -> u8 {
    (i * 37 % 101 + i * i % 53) as u8
}

/// Twenty-four rows of four numbers.
fn rows() -> Data {
    Data::rows(4, &(0..96).map(|i| f32::from(number(i))).collect::<Vec<_>>()).unwrap()
}

/// Two pictures of 8 x 8: every one becomes 72 or more in training.
fn pictures() -> Data {
    let picture = |i: usize| Picture::new(8, 8, 1, (0..64).map(|at| number(64 * i + at)).collect()).unwrap();
    Data::pictures((0..2).map(picture).collect(), &Options { image_size: 8, ..Options::default() }).unwrap()
}

#[test]
fn every_method_is_fitted_saved_and_loaded() {
    let mut seen = BTreeSet::new();
    for method in methods() {
        let (name, takes) = (method.name(), method.description().takes);
        let data = if takes == Takes::Pictures { pictures() } else { rows() };
        let mut fit = Fit::new(method).seed(3);
        if takes == Takes::LabelledToo {
            fit = fit.known(vec![(0, false), (1, true), (2, false), (3, true)]);
        }
        let run = fit.run(data).unwrap_or_else(|e| panic!("{name}: {e}"));
        let loaded =
            Model::from_bytes(&run.model.to_bytes().unwrap()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let scores = loaded.score(&run.data).unwrap();
        assert_eq!(scores, run.model.score(&run.data).unwrap(), "{name}");
        assert!(scores.iter().all(|score| score.is_finite()), "{name}: {scores:?}");
        seen.insert(name);
    }
    assert_eq!(seen, Method::ALL.iter().map(|method| method.name).collect(), "methods of the list");
}

/// Twenty-four documents with so many words that networks are given them without their zeros.
fn documents() -> Data {
    let document = |i: usize| {
        let own = (0..180).map(|word| format!("w{i}x{word}"));
        let shared = (0..10).map(|word| format!("common{}", (i + word) % 15));
        own.chain(shared).collect::<Vec<_>>().join(" ")
    };
    Data::documents((0..24).map(document)).unwrap()
}

#[test]
fn networks_on_documents_are_saved_and_loaded() {
    for (name, guided) in [("ae", false), ("ae-lfr", false), ("ae-lfr", true), ("drae", false)] {
        let settings = serde_json::json!({ "schedule": { "epochs": 2, "batch_size": 16 } });
        let mut fit = Fit::new(Method::named(name, None).unwrap().with(&settings).unwrap()).seed(3);
        if guided {
            fit = fit.known(vec![(0, false), (1, true), (2, false), (3, true)]);
        }
        let run = fit.run(documents()).unwrap_or_else(|e| panic!("{name}: {e}"));
        let scores = Model::from_bytes(&run.model.to_bytes().unwrap()).unwrap().score(&run.data).unwrap();
        assert_eq!(scores, run.model.score(&run.data).unwrap(), "{name}");
        assert_eq!(scores, run.scores, "{name}");
        // DRAE's loss divides by how far two groups of errors are apart.
        assert!(name == "drae" || run.curve[1].loss < run.curve[0].loss, "{name}: {:?}", run.curve);
    }
}
