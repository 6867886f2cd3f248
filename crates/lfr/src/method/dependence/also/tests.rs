use super::*;
use crate::data::Matrix;
use crate::method::config::fit_seeded;
use crate::train::Silent;

/// `n` rows of five numbers, tied to one another.
fn tied(n: usize) -> Features {
    let value = |i: usize| {
        let (row, column) = (i / 5, i % 5);
        (row as f32 * 0.37).sin() * (column + 1) as f32 + (i * i % 31) as f32 * 0.2
    };
    Features::Dense(Matrix { cols: 5, values: (0..n * 5).map(value).collect() })
}

/// Fits with features 1 and 2 of one column.
fn fit(config: &AlsoConfig, x: &Features) -> Also {
    let mut silent = Silent;
    let mut context = Context::new(Seed(0), Device::flex(), &mut silent);
    context.columns = vec![0, 1, 1, 2, 3];
    MethodConfig::fit(config, x, &mut context).unwrap()
}

fn near(found: &[f32], expected: &[f32]) {
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4 * expected, "{found} instead of {expected}");
    }
}

// import numpy as np; from sklearn.linear_model import Ridge
// i = np.arange(30 * 5); r, c = i // 5, i % 5
// x = np.sin(r.astype(np.float32) * np.float32(.37)) * (c + 1) + (i * i % 31) * np.float32(.2)
// x = x.astype(np.float32).reshape(30, 5).astype(float); z = x - x.mean(0)
// groups = [[0], [1, 2], [3], [4]]; alpha = (z ** 2).sum() / (30 * len(groups))
// error = np.zeros((30, 4)); new = np.zeros((30, 4))
// for g, own in enumerate(groups):
//     others = [j for j in range(5) if j not in own]
//     for k in range(30):
//         rest = np.arange(30) != k
//         left = x[k, own] - Ridge(alpha=alpha).fit(x[rest][:, others], x[rest][:, own]).predict(x[k:k + 1, others]).ravel()
//         error[k, g] = np.linalg.norm(left)
//     left = x[:, own] - Ridge(alpha=alpha).fit(x[:, others], x[:, own]).predict(x[:, others]).reshape(30, -1)
//     new[:, g] = np.linalg.norm(left, axis=1)
// scale = error.mean(0)
// print((error / scale).max(1)[:4], (error / scale).mean(1)[:4], (new / scale).max(1)[:4])
#[test]
fn agrees_with_a_regression_for_every_column_and_item() {
    let x = tied(30);
    let largest = fit(&AlsoConfig { errors: Errors::Largest, ..AlsoConfig::default() }, &x);
    near(&largest.training_scores(&x).unwrap(), &[1.19442556, 1.51299912, 2.30730464, 1.52292541]);
    near(&largest.scores(&x).unwrap(), &[1.06165397, 1.34822451, 2.15748714, 1.39288144]);
    let mean = fit(&AlsoConfig { errors: Errors::Mean, ..AlsoConfig::default() }, &x);
    near(&mean.training_scores(&x).unwrap(), &[0.84107132, 0.95254618, 1.46664112, 0.68059019]);
}

#[test]
fn a_broken_dependence_is_found_and_its_value_predicted() {
    let row = |i: usize| {
        let value = (i as f32 * 1.7).sin();
        if i == 7 { [value, -2.0 * value] } else { [value, 2.0 * value + 0.01 * (i as f32).cos()] }
    };
    let x = Features::Dense(Matrix { cols: 2, values: (0..60).flat_map(row).collect() });
    let also = fit_seeded(&AlsoConfig::default(), &x, Seed(0)).unwrap();
    let scores = also.training_scores(&x).unwrap();
    assert!((0..60).filter(|&i| i != 7).all(|i| scores[i] < scores[7]));
    let expected = also.reconstruct(&x).unwrap().unwrap();
    assert!((expected[41] - 2.0 * row(20)[0]).abs() < 0.1, "{} for {}", expected[41], 2.0 * row(20)[0]);
}

#[test]
fn the_features_of_one_column_do_not_predict_one_another() {
    // Two levels of a category are each one less the other, which is no dependence.
    let row =
        |i: usize| [i.is_multiple_of(3) as u8 as f32, !i.is_multiple_of(3) as u8 as f32, (i * i % 7) as f32];
    let x = Features::Dense(Matrix { cols: 3, values: (0..90).flat_map(row).collect() });
    let scores = |columns: &[u32]| {
        let mut silent = Silent;
        let mut context = Context::new(Seed(0), Device::flex(), &mut silent);
        context.columns = columns.to_vec();
        let config = AlsoConfig { errors: Errors::Mean, ..AlsoConfig::default() };
        MethodConfig::fit(&config, &x, &mut context).unwrap().reconstruct(&x).unwrap().unwrap()
    };
    // Within one column nothing tells the levels, so the mean is expected.
    assert!(scores(&[0, 0, 1]).chunks(3).all(|row| (row[0] - 1.0 / 3.0).abs() < 0.2));
    assert!(scores(&[0, 1, 2]).chunks(3).all(|row| (row[0] - 1.0 / 3.0).abs() > 0.2));
}

#[test]
fn a_stored_model_scores_the_same_alone_and_a_bent_one_is_refused() {
    let x = tied(300);
    let config = AlsoConfig::default();
    let also = fit(&config, &x);
    let scores = also.scores(&x).unwrap();
    let mut stored = Weights::default();
    also.store(&mut stored);
    let mut copy = stored.clone();
    let loaded = Also::load(&config, &mut copy).unwrap();
    copy.finish().unwrap();
    for i in [0, 127, 128, 299] {
        assert_eq!(loaded.scores(&x.slice(i..i + 1)).unwrap(), scores[i..=i]);
    }
    assert!(loaded.scores(&Features::Dense(Matrix { cols: 4, values: vec![0.0; 4] })).is_err());
    let bend = |name: &str, change: &dyn Fn(&mut Vec<u32>)| {
        let mut bent = stored.clone();
        let (shape, mut values) = bent.take_u32(name, &[None]).unwrap();
        change(&mut values);
        bent.put_u32(name, &shape, values);
        Also::load(&config, &mut bent).is_err()
    };
    assert!(bend("features", &|features| features[0] = 1), "a feature twice");
    assert!(bend("groups", &|sizes| sizes[0] = 2), "more features than there are");
    assert!(bend("groups", &|sizes| (sizes[0], sizes[1]) = (0, 3)), "an empty group");
    assert!(bend("blocks", &|blocks| blocks[0] = 3), "groups in no block");
    stored.put_f64("scales", &[4], vec![0.0; 4]);
    assert!(Also::load(&config, &mut stored).is_err());
}

#[test]
fn many_features_are_parted_into_blocks_and_a_column_never_is() {
    let columns: Vec<u32> = (0..1300).map(|j| j / 3).collect();
    let groups = groups(1300, &columns);
    let parts = blocks(&groups, Seed(1));
    assert_eq!(parts.len(), 3);
    let mut all: Vec<u32> = parts.iter().flat_map(|(features, _)| features).copied().collect();
    assert!(parts.iter().all(|(features, sizes)| features.len() <= MOST + 2
        && sizes.iter().sum::<u32>() as usize == features.len()
        && sizes.iter().all(|&size| size == 3 || size == 1)));
    all.sort_unstable();
    assert!(all.into_iter().eq(0..1300));
    let value = |i: usize| ((i * 7919 % 1009) as f32 * 0.37).sin();
    let x = Features::Dense(Matrix { cols: 600, values: (0..600 * 20).map(value).collect() });
    let also = fit_seeded(&AlsoConfig::default(), &x, Seed(0)).unwrap();
    assert!(also.training_scores(&x).unwrap().iter().all(|score| score.is_finite()));
}

#[test]
fn constant_columns_huge_numbers_and_bad_settings() {
    let equal = Features::Dense(Matrix { cols: 2, values: vec![0.1; 20] });
    let also = fit_seeded(&AlsoConfig::default(), &equal, Seed(0)).unwrap();
    assert!(also.training_scores(&equal).unwrap().iter().all(|&score| score < 1e-6));
    let huge =
        Features::Dense(Matrix { cols: 2, values: vec![3e38, -3e38, -3e38, 3e38, 0.0, 1.0, 0.0, 2.0] });
    let also = fit_seeded(&AlsoConfig::default(), &huge, Seed(0)).unwrap();
    assert!(also.training_scores(&huge).unwrap().iter().all(|score| score.is_finite()));
    assert!(also.scores(&huge).unwrap().iter().all(|score| score.is_finite()));
    for ridge in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(AlsoConfig { ridge, ..AlsoConfig::default() }.validate().is_err());
    }
    assert!(fit_seeded(&AlsoConfig::default(), &equal.slice(0..2), Seed(0)).is_err());
}

#[test]
fn threads_change_nothing() {
    let x = tied(3000);
    let scores = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| fit(&AlsoConfig::default(), &x).training_scores(&x).unwrap())
    };
    assert_eq!(scores(1), scores(3));
}
