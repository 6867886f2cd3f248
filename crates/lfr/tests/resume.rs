//! A training that is stopped and goes on ends with the same bytes as one that was not.

use std::time::Duration;

use lfr::input::Picture;
use lfr::method::Method;
use lfr::train::{Checkpoints, Observer};
use lfr::{Data, Error, Fit, Options, Result};
use serde_json::json;

/// Stops a fit before its step `at`, counted over the whole training.
struct StopAt {
    at: usize,
    seen: usize,
}

impl Observer for StopAt {
    fn step(&mut self, _: usize, _: usize) -> Result<()> {
        self.seen += 1;
        if self.seen > self.at { Err(Error::Interrupted) } else { Ok(()) }
    }
}

fn rows() -> Data {
    let values: Vec<f32> = (0..90 * 4).map(|i| (i * i % 37) as f32 + (i % 4) as f32).collect();
    Data::rows(4, &values).unwrap()
}

fn pictures(count: usize) -> Data {
    let picture =
        |p: usize| Picture::new(8, 8, 1, (0..64).map(|i| (i * (p + 3) % 251) as u8).collect()).unwrap();
    Data::pictures(
        (0..count).map(picture).collect::<Vec<_>>(),
        &Options { image_size: 8, ..Options::default() },
    )
    .unwrap()
}

/// Fits without a stop, and again with a stop before each of `stops` steps, in turn; compares model, scores and curve.
fn same_bytes(name: &str, settings: serde_json::Value, data: Data, stops: &[usize]) {
    let fit = || Fit::new(Method::named(name, None).unwrap().with(&settings).unwrap()).seed(3);
    let labels: Vec<bool> = (0..data.len()).map(|i| i % 9 == 0).collect();
    let whole = fit().labels(labels.clone()).run(data.clone()).unwrap();
    let place = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::new(place.path().join("states"), Duration::ZERO);
    let fit = fit().labels(labels).checkpoints(checkpoints.clone());
    for &at in stops {
        let stopped = fit.watched(data.clone(), &mut StopAt { at, seen: 0 }).err();
        assert!(matches!(stopped, Some(Error::Interrupted)), "{name}: no stop before step {at}");
        assert!(checkpoints.any(), "{name}");
    }
    let resumed = fit.run(data).unwrap();
    assert_eq!(resumed.scores, whole.scores, "{name}");
    assert_eq!(resumed.curve, whole.curve, "{name}");
    assert_eq!(resumed.warnings, whole.warnings, "{name}");
    assert_eq!(resumed.findings, whole.findings, "{name}");
    assert!(resumed.model.to_bytes().unwrap() == whole.model.to_bytes().unwrap(), "{name}");
    checkpoints.discard().unwrap();
    assert!(!checkpoints.any());
}

#[test]
fn autoencoders_go_on_where_they_were_stopped() {
    let short = json!({ "schedule": { "epochs": 3, "batch_size": 32 } });
    // Three steps an epoch: within the first, right after a resumption, in the next.
    for name in ["ae", "ae-lfr", "rsrae", "drae"] {
        same_bytes(name, short.clone(), rows(), &[2, 0, 3]);
    }
}

/// So many words that networks are given the documents without their zeros.
#[test]
fn weights_that_wait_for_their_steps_are_kept() {
    let document = |i: usize| (0..220).map(|word| format!("w{}x{word}", i / 2)).collect::<Vec<_>>().join(" ");
    let documents = Data::documents((0..40).map(document)).unwrap();
    let short = json!({ "schedule": { "epochs": 1, "batch_size": 14 } });
    same_bytes("ae-lfr", short, documents, &[2]);
}

#[test]
fn batch_normalisation_keeps_its_running_statistics() {
    let short = json!({ "schedule": { "epochs": 2, "batch_size": 128 } });
    same_bytes("gt-lfr", short, pictures(4), &[1, 2]);
}

#[test]
fn a_combination_goes_on_within_the_network_that_draws_its_pictures() {
    let settings = json!({ "illustrator": { "schedule": { "epochs": 3, "batch_size": 16 } } });
    let combined = Method::named("combined", None).unwrap().suited_to(lfr::data::Kind::Images);
    let settings = {
        let mut all = serde_json::to_value(combined).unwrap();
        all["illustrator"]["schedule"]["epochs"] = settings["illustrator"]["schedule"]["epochs"].clone();
        all["illustrator"]["schedule"]["batch_size"] =
            settings["illustrator"]["schedule"]["batch_size"].clone();
        all.as_object_mut().unwrap().remove("method");
        all
    };
    same_bytes("combined", settings, pictures(40), &[4, 1]);
}

#[test]
fn a_state_of_other_data_is_refused() {
    let place = tempfile::tempdir().unwrap();
    let checkpoints = Checkpoints::new(place.path(), Duration::ZERO);
    let method = Method::named("ae", None).unwrap().with(&json!({ "schedule": { "epochs": 3 } })).unwrap();
    let fit = Fit::new(method).checkpoints(checkpoints);
    assert!(fit.watched(rows(), &mut StopAt { at: 1, seen: 0 }).is_err());
    let message = fit.clone().seed(9).run(rows()).map(|_| ()).err();
    assert!(message.is_none(), "another seed has another place: {message:?}");
    let others = Data::rows(4, &[1.0; 80]).map(|_| ());
    assert!(others.is_ok());
    let values: Vec<f32> = (0..90 * 4).map(|i| (i * i % 41) as f32).collect();
    let message = fit.run(Data::rows(4, &values).unwrap()).err().unwrap().to_string();
    assert!(message.contains("it is of other data, other settings or another version"), "{message}");
}
