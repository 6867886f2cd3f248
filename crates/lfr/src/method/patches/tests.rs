//! Patches from whole pictures: small, grey, coloured, equal, few, damaged.

use super::*;
use crate::data::Matrix;
use crate::method::config::fit_seeded;
use crate::seed::Seed;

/// Pictures of stripes, the last one of blots.
fn stripes(n: usize, channels: usize, side: usize) -> Features {
    let pixel = |i: usize| {
        let (picture, at) = (i / (channels * side * side), i % (side * side));
        let (row, column) = (at / side, at % side);
        let noise = (i * 7919 % 23) as u8;
        let blot = (row * 5 + column * 3 + row * column) % 11 < 5;
        let stripe = (column + picture % 3) % 4 < 2;
        noise + if if picture + 1 == n { blot } else { stripe } { 200 } else { 20 }
    };
    let pixels = (0..n * channels * side * side).map(pixel).collect();
    Features::Images(Images { channels, side, pixels })
}

fn small() -> PatchesConfig {
    PatchesConfig { centroids: 16, samples: 500, ..PatchesConfig::default() }
}

#[test]
fn the_odd_one_out_scores_highest() {
    for (channels, side) in [(1, 12), (3, 12), (1, 70)] {
        let x = stripes(40, channels, side);
        let scores = fit_seeded(&small(), &x, Seed(0)).unwrap().scores(&x).unwrap();
        assert!(scores[..39].iter().all(|score| *score < scores[39]), "{channels} {side}: {scores:?}");
    }
}

#[test]
fn pictures_as_small_as_a_patch_or_smaller_are_one_patch() {
    for (channels, side) in [(1, 3), (1, 5), (3, 6)] {
        let x = stripes(40, channels, side);
        let patches = fit_seeded(&small(), &x, Seed(0)).unwrap();
        let scores = patches.scores(&x).unwrap();
        assert!(scores.iter().all(|score| score.is_finite()), "{channels} {side}: {scores:?}");
        // Pictures 0 and 3 have the same stripes, 1 has others.
        assert!((scores[0] - scores[3]).abs() < (scores[0] - scores[1]).abs(), "{scores:?}");
    }
}

#[test]
fn a_stored_model_scores_the_same_alone_and_a_bent_one_is_refused() {
    let (x, config) = (stripes(30, 3, 10), small());
    let patches = fit_seeded(&config, &x, Seed(1)).unwrap();
    let scores = patches.scores(&x).unwrap();
    let mut stored = Weights::default();
    patches.store(&mut stored);
    let load = |config: &PatchesConfig, weights: &mut Weights| {
        MethodConfig::load(config, &Shape::of(&x, 0), &Device::flex(), weights)
    };
    let mut copy = stored.clone();
    let loaded = load(&config, &mut copy).unwrap();
    copy.finish().unwrap();
    for i in [0, 29] {
        assert_eq!(loaded.scores(&x.slice(i..i + 1)).unwrap(), scores[i..=i]);
    }
    assert!(loaded.scores(&stripes(3, 1, 10)).is_err());
    assert!(load(&PatchesConfig { patch: 5, ..config.clone() }, &mut stored.clone()).is_err());
    for name in ["mean", "whitening", "centroids", "centre", "axes"] {
        let mut bent = stored.clone();
        bent.put_f32(name, &[1, 1], vec![0.5]);
        assert!(load(&config, &mut bent).is_err(), "{name}");
    }
    let (shape, _) = stored.take_f64("variances", &[None]).unwrap();
    stored.put_f64("variances", &shape, vec![0.0; shape[0]]);
    assert!(load(&config, &mut stored).is_err());
}

#[test]
fn the_seed_repeats_and_threads_do_not_matter() {
    let x = stripes(30, 1, 12);
    let scores = |seed, threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit_seeded(&small(), &x, Seed(seed)).unwrap().scores(&x).unwrap())
    };
    assert_eq!(scores(1, 1), scores(1, 3));
    assert_ne!(scores(1, 1), scores(2, 1));
}

#[test]
fn equal_pictures_score_alike_and_so_do_those_of_one_colour() {
    let plain = Features::Images(Images { channels: 1, side: 8, pixels: vec![7; 64 * 20] });
    let one = stripes(4, 1, 9).slice(0..1);
    let equal = Features::concat(vec![one.clone(), one.clone(), one]).unwrap();
    for x in [plain, equal] {
        let patches = fit_seeded(&small(), &x, Seed(0)).unwrap();
        assert!(patches.scores(&x).unwrap().iter().all(|score| score.abs() < 1e-3));
        let mut stored = Weights::default();
        patches.store(&mut stored);
        MethodConfig::load(&small(), &Shape::of(&x, 0), &Device::flex(), &mut stored).unwrap();
    }
}

#[test]
fn few_pictures_do_and_rows_are_refused() {
    let two = stripes(2, 1, 7);
    let scores = fit_seeded(&PatchesConfig::default(), &two, Seed(0)).unwrap().scores(&two).unwrap();
    assert!(scores.iter().all(|score| score.is_finite()), "{scores:?}");
    assert!(fit_seeded(&small(), &two.slice(0..1), Seed(0)).is_err());
    let rows = Features::Dense(Matrix { cols: 4, values: vec![0.5; 40] });
    let refused = fit_seeded(&small(), &rows, Seed(0)).err().unwrap().to_string();
    assert!(refused.contains("patches does not take tables or text"), "{refused}");
}

#[test]
fn settings_out_of_range_are_refused() {
    let good = PatchesConfig::default;
    good().validate().unwrap();
    for bad in [
        PatchesConfig { patch: 1, ..good() },
        PatchesConfig { places: 1, ..good() },
        PatchesConfig { samples: 99, ..good() },
        PatchesConfig { centroids: 5000, ..good() },
        PatchesConfig { max_items: 1, ..good() },
        PatchesConfig { whitened: 0.0, ..good() },
        PatchesConfig { variance: f64::NAN, ..good() },
        PatchesConfig { trimmed: 0.6, ..good() },
    ] {
        assert!(bad.validate().is_err(), "{bad:?}");
    }
}
