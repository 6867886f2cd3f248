//! Whole fits of every method with a network, and what is said of those without.

use burn::tensor::Device;
use lfr::data::{Features, Images};
use lfr::method::Method;
use lfr::seed::Seed;
use lfr::train::{Context, Known, Silent};
use rand::Rng;
use serde_json::json;

use crate::compare::{agree, devices};

/// Scores after a few steps, whose rounding errors add up.
const TOLERANCE: f32 = 1e-3;

fn pictures(items: usize) -> Features {
    let mut pixels = vec![0; items * 64];
    Seed(3).stream("pixels").fill_bytes(&mut pixels);
    Features::Images(Images { channels: 1, side: 8, pixels })
}

fn scores(method: &Method, x: &Features, device: &Device) -> Vec<f32> {
    let mut silent = Silent;
    let mut context = Context::new(Seed(1), device.clone(), &mut silent);
    let outlier = (0..8).map(|i| i % 2 == 0).collect();
    context.known = Some(Known { features: pictures(8), outlier });
    method.fit(x, &mut context).unwrap().training_scores(x).unwrap()
}

fn check(name: &str, items: usize) {
    let mut method = Method::named(name, None).unwrap();
    match method.schedule_mut() {
        // The last batch is a partial one.
        Some(schedule) => (schedule.epochs, schedule.batch_size) = (2, 20),
        None => method = method.with(&json!({ "iterations": 3, "batch_size": 16 })).unwrap(),
    }
    let x = pictures(items);
    agree(&format!("fit of {name}"), TOLERANCE, |device| {
        vec![("scores".into(), scores(&method, &x, device))]
    });
}

#[test]
fn autoencoder_methods() {
    ["ae", "ae-lfr", "drae", "rsrae"].into_iter().for_each(|name| check(name, 50));
}

#[test]
fn transformation_methods() {
    ["geom", "gt-lfr", "e3outlier"].into_iter().for_each(|name| check(name, 2));
}

#[test]
fn guided_methods() {
    ["elite-ae", "elite-svdd"].into_iter().for_each(|name| check(name, 50));
}

#[test]
fn a_method_without_a_network_gives_the_same_bytes() {
    let method = Method::named("isolation-forest", None).unwrap();
    let [cpu, gpu] = devices().map(|device| scores(&method, &pictures(50), &device));
    assert_eq!(cpu, gpu);
}
