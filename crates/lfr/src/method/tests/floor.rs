//! Every method finds what anyone can see: floors under the AUROC on small piles of pictures, numbers and words.

use burn::tensor::Device;
use rand::{Rng, RngExt};
use serde_json::{Value, json};

use crate::check::{Evidence, Verdict, checks};
use crate::data::{Csr, Features, Images, Kind, Matrix};
use crate::method::{Method, Takes};
use crate::metrics::Agreement;
use crate::seed::Seed;
use crate::train::{Context, Known, Silent};

const SIDE: usize = 8;

/// Every tenth item of a pile is an outlier.
fn outliers(n: usize) -> Vec<bool> {
    (0..n).map(|i| i % 10 == 9).collect()
}

/// A dark wedge in a corner; outliers are blotches.
fn pictures(n: usize, random: &mut impl Rng) -> Features {
    let mut pixels = Vec::new();
    for outlier in outliers(n) {
        let blotches: Vec<u8> = (0..16).map(|_| random.random()).collect();
        for (row, column) in (0..SIDE).flat_map(|row| (0..SIDE).map(move |column| (row, column))) {
            let wedge = if row > 2 * column { 230 } else { 40 + 6 * column as u8 };
            let shape = if outlier { blotches[row / 2 * 4 + column / 2] } else { wedge };
            pixels.push(shape.saturating_add(random.random_range(0..16)));
        }
    }
    Features::Images(Images { channels: 1, side: SIDE, pixels })
}

/// Eight columns that follow one number; in outliers they do not.
fn numbers(n: usize, random: &mut impl Rng) -> Features {
    let mut values = Vec::new();
    for outlier in outliers(n) {
        let common = random.random_range(-1.0f32..1.0);
        for column in 0..8u8 {
            let own = random.random_range(-2.0f32..2.0);
            values.push(if outlier { 1.5 * own } else { common + 0.1 * own + 0.1 * f32::from(column) });
        }
    }
    Features::Dense(Matrix { cols: 8, values })
}

/// Rows of five words out of twelve; outliers take theirs from another forty.
fn words(n: usize, random: &mut impl Rng) -> Features {
    let mut csr = Csr { cols: 52, offsets: vec![0], indices: Vec::new(), values: Vec::new() };
    for outlier in outliers(n) {
        let range = if outlier { 12..52 } else { 0..12u32 };
        let mut row: Vec<u32> = (0..5).map(|_| random.random_range(range.clone())).collect();
        row.sort_unstable();
        row.dedup();
        let value = 1.0 / (row.len() as f32).sqrt();
        csr.values.extend(row.iter().map(|_| value));
        csr.indices.extend(row);
        csr.offsets.push(csr.indices.len());
    }
    Features::Sparse(csr)
}

/// What makes `method` quick enough for a test.
fn short(method: &str) -> Value {
    match method {
        "gt-lfr" | "geom" | "e3outlier" => {
            json!({ "schedule": { "epochs": 2, "learning_rate": 2e-3, "batch_size": 108 } })
        }
        "elite-ae" | "elite-svdd" => json!({ "iterations": 150, "batch_size": 32 }),
        "ae" | "ae-lfr" | "drae" | "rsrae" => {
            json!({ "schedule": { "epochs": 12, "learning_rate": 1e-3, "batch_size": 16 } })
        }
        _ => json!({}),
    }
}

/// AUROC of `name` on `items(n)`, after its self-checks passed.
fn auroc(name: &str, items: impl Fn(usize, &mut dyn Rng) -> Features, n: usize) -> f64 {
    let x = items(n, &mut Seed(1).stream("pile"));
    let kind = match x {
        Features::Images(_) => Kind::Images,
        Features::Dense(_) => Kind::Table,
        Features::Sparse(_) => Kind::Text,
    };
    let method = Method::named(name, None).unwrap().suited_to(kind).with(&short(name)).unwrap();
    let mut silent = Silent;
    let mut context = Context::new(Seed(3), Device::flex(), &mut silent);
    context.known = Some(Known { features: items(20, &mut Seed(2).stream("pile")), outlier: outliers(20) });
    let detector = method.fit(&x, &mut context).unwrap();
    let scores = detector.training_scores(&x).unwrap();
    let findings = &context.findings;
    let losses: Vec<f32> = findings.curve.iter().map(|epoch| epoch.loss).collect();
    let latents = findings.latents.as_ref().map(|(items, latents)| (*items, latents.as_slice()));
    let evidence = Evidence {
        scores: &scores,
        losses: &losses,
        latents,
        width: x.width(),
        orthogonality: findings.orthogonality,
        agreement: findings.agreement,
    };
    for check in checks(&evidence) {
        assert!(check.verdict == Verdict::Ok || !check.name.contains("score"), "{name}: {}", check.message);
    }
    Agreement::new(&scores, &outliers(n)).unwrap().auroc()
}

#[test]
fn every_method_finds_blotches_among_wedges() {
    let found: Vec<(&str, f64)> = Method::ALL
        .iter()
        .map(|method| {
            let n = if method.takes == Takes::Pictures { 30 } else { 120 };
            (method.name, auroc(method.name, |n, random| pictures(n, &mut { random }), n))
        })
        .collect();
    assert!(found.iter().all(|(_, auroc)| *auroc >= 0.9), "{found:?}");
}

#[test]
fn every_method_that_takes_anything_finds_odd_rows_and_strange_words() {
    let any = Method::ALL.iter().filter(|method| method.takes != Takes::Pictures);
    let found: Vec<(&str, f64, f64)> = any
        .map(|method| {
            let rows = auroc(method.name, |n, random| numbers(n, &mut { random }), 200);
            (method.name, rows, auroc(method.name, |n, random| words(n, &mut { random }), 120))
        })
        .collect();
    assert!(found.iter().all(|(_, rows, words)| *rows >= 0.8 && *words >= 0.8), "{found:?}");
}
