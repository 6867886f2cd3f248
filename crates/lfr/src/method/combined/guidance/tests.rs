use burn::tensor::Device;

use super::super::{Combined, CombinedConfig, Vote};
use super::*;
use crate::data::{Csr, Matrix};
use crate::method::forest::isolation_forest::IsolationForestConfig;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::KnnConfig;
use crate::method::{Detector, Method, MethodConfig};
use crate::metrics::Agreement;
use crate::train::{Context, Silent};
use rand::RngExt;

/// Items around the origin, then `odd` in a lump aside and as many false alarms in another one.
fn lumps(seed: u64, ordinary: usize, odd: usize) -> (Features, Vec<bool>) {
    let mut random = Seed(seed).stream("lumps");
    let mut values = Vec::new();
    let mut noise =
        |centre: f32, spread: f32| centre + spread * (random.random::<f32>() + random.random::<f32>() - 1.0);
    for i in 0..ordinary + 2 * odd {
        let (x, y) = match i {
            i if i < ordinary => (0.0, 0.0),
            i if i < ordinary + odd => (5.0, 5.0),
            _ => (-5.0, 5.0),
        };
        let spread = if i < ordinary { 3.0 } else { 1.5 };
        values.extend([noise(x, spread), noise(y, spread), noise(0.0, 3.0)]);
    }
    let outlier = (0..ordinary + 2 * odd).map(|i| (ordinary..ordinary + odd).contains(&i)).collect();
    (Features::Dense(Matrix { cols: 3, values }), outlier)
}

fn config() -> CombinedConfig {
    voting(Vote::Mean)
}

fn voting(vote: Vote) -> CombinedConfig {
    let forest = IsolationForestConfig { trees: 50, ..IsolationForestConfig::default() };
    let members = vec![
        Method::IsolationForest(forest),
        Method::Knn(KnnConfig::default()),
        Method::Centroid(CentroidConfig::default()),
    ];
    CombinedConfig { members, vote, illustrator: None }
}

fn fitted(x: &Features, known: Option<Known>) -> Combined {
    let mut silent = Silent;
    let mut context = Context::new(Seed(3), Device::flex(), &mut silent);
    context.known = known;
    config().fit(x, &mut context).unwrap()
}

/// The scores of the items that are not `marked`, without and with the marks.
fn both(x: &Features, marked: &[(usize, bool)]) -> [Vec<f32>; 2] {
    let is_marked = |i: usize| marked.iter().any(|&(place, _)| place == i);
    let rest: Vec<usize> = (0..x.len()).filter(|&i| !is_marked(i)).collect();
    let plain = fitted(x, None).training_scores(x).unwrap();
    let known = Known {
        features: x.select(&marked.iter().map(|&(i, _)| i).collect::<Vec<_>>()),
        outlier: marked.iter().map(|&(_, outlier)| outlier).collect(),
    };
    let unmarked = x.select(&rest);
    let guided = fitted(&unmarked, Some(known)).training_scores(&unmarked).unwrap();
    [rest.iter().map(|&i| plain[i]).collect(), guided]
}

/// By how much the marks raise the AUROC of the unmarked.
fn gain(x: &Features, outlier: &[bool], marked: &[(usize, bool)]) -> f64 {
    let rest = |i: &usize| marked.iter().all(|(place, _)| place != i);
    let truth: Vec<bool> = (0..x.len()).filter(rest).map(|i| outlier[i]).collect();
    let [plain, guided] = both(x, marked).map(|scores| Agreement::new(&scores, &truth).unwrap().auroc());
    guided - plain
}

/// The `count` first of the unguided ranking, with their true labels.
fn top(x: &Features, outlier: &[bool], count: usize) -> Vec<(usize, bool)> {
    let scores = fitted(x, None).training_scores(x).unwrap();
    let ranking = crate::ranking::Ranking::of(&scores);
    ranking.order().iter().take(count).map(|&i| (i, outlier[i])).collect()
}

#[test]
fn marks_at_the_top_move_what_is_like_them() {
    let gains = [0, 1, 2].map(|seed| {
        let (x, outlier) = lumps(seed, 200, 20);
        gain(&x, &outlier, &top(&x, &outlier, 12))
    });
    assert!(gains.iter().all(|&gain| gain > 0.02), "{gains:?}");
}

#[test]
fn a_tenth_of_wrong_marks_does_no_harm() {
    let (mut flipped, mut worst) = (0.0, 0.0);
    for seed in 0..4 {
        let (x, outlier) = lumps(seed, 200, 20);
        let mut random = Seed(seed).stream("flips");
        let mut marked = top(&x, &outlier, 20);
        marked.iter_mut().for_each(|(_, mark)| *mark ^= random.random::<f64>() < 0.1);
        flipped += gain(&x, &outlier, &marked) / 4.0;
        // The worst two marks of twenty: the first real outliers called inliers.
        let mut marked = top(&x, &outlier, 20);
        marked.iter_mut().filter(|(_, mark)| *mark).take(2).for_each(|(_, mark)| *mark = false);
        worst += gain(&x, &outlier, &marked) / 4.0;
    }
    assert!(flipped > -0.005 && worst > -0.005, "{flipped} {worst}");
}

#[test]
fn random_marks_do_no_harm_where_there_is_nothing_to_learn() {
    let mut sum = 0.0;
    for seed in 0..4 {
        let (x, outlier) = lumps(seed, 200, 20);
        let mut random = Seed(seed).stream("random marks");
        let marked: Vec<(usize, bool)> =
            index::sample(&mut random, x.len(), 20).into_iter().map(|i| (i, outlier[i])).collect();
        sum += gain(&x, &outlier, &marked) / 4.0;
    }
    assert!(sum > -0.005, "{sum}");
}

/// Ten false alarms at the top used to make every member's weight negative.
#[test]
fn false_alarms_alone_do_not_turn_the_ranking_over() {
    for vote in [Vote::Mean, Vote::Max] {
        let (x, _) = lumps(3, 200, 10);
        let fit = |known: Option<Known>, x: &Features| {
            let mut silent = Silent;
            let mut context = Context::new(Seed(3), Device::flex(), &mut silent);
            context.known = known;
            voting(vote).fit(x, &mut context).unwrap().training_scores(x).unwrap()
        };
        let plain = fit(None, &x);
        let order = crate::ranking::Ranking::of(&plain).order().to_vec();
        let (marked, rest) = order.split_at(10);
        let known = Known { features: x.select(marked), outlier: vec![false; 10] };
        let guided = fit(Some(known), &x.select(rest));
        let head: Vec<bool> = (0..rest.len()).map(|i| i < 60).collect();
        let agreement = Agreement::new(&guided, &head).unwrap().auroc();
        assert!(agreement > 0.85, "{vote:?} {agreement}");
    }
}

#[test]
fn marks_without_features_change_nothing() {
    let (x, _) = lumps(3, 40, 3);
    let nothing = Known { features: x.select(&[]), outlier: Vec::new() };
    let fits = [fitted(&x, None), fitted(&x, Some(nothing))];
    let [plain, empty] = fits.map(|fit| fit.training_scores(&x).unwrap());
    assert_eq!(plain, empty);
}

#[test]
fn two_marks_change_little() {
    let (x, outlier) = lumps(5, 200, 20);
    let marked = top(&x, &outlier, 2);
    for marked in [marked.clone(), marked.iter().map(|&(i, mark)| (i, !mark)).collect()] {
        assert!(gain(&x, &outlier, &marked) > -0.01, "{marked:?}");
    }
}

#[test]
fn marks_of_one_kind_and_far_out_are_fine() {
    let (x, _) = lumps(1, 60, 5);
    for marked in [vec![(0, false)], vec![(61, true)], vec![(0, true), (1, true), (2, true)]] {
        assert!(both(&x, &marked)[1].iter().all(|score| score.is_finite()), "{marked:?}");
    }
    let same = Features::Dense(Matrix { cols: 2, values: vec![1.0; 80] });
    assert!(both(&same, &[(0, true), (1, false)])[1].iter().all(|score| score.is_finite()));
}

#[test]
fn a_stored_guidance_scores_the_same_and_a_bent_one_is_refused() {
    let (x, outlier) = lumps(2, 80, 8);
    let marked = top(&x, &outlier, 6);
    let known = Known {
        features: x.select(&marked.iter().map(|&(i, _)| i).collect::<Vec<_>>()),
        outlier: marked.iter().map(|&(_, outlier)| outlier).collect(),
    };
    let guided = fitted(&x.slice(0..60), Some(known));
    let mut stored = Weights::default();
    guided.store(&mut stored);
    let shape = crate::nn::autoencoder::Shape::of(&x, 0);
    let load = |weights: &mut Weights| config().load(&shape, &Device::flex(), weights);
    let mut copy = stored.clone();
    let loaded = load(&mut copy).unwrap();
    copy.finish().unwrap();
    assert_eq!(loaded.scores(&x).unwrap(), guided.scores(&x).unwrap());
    assert!(loaded.scores(&Features::Dense(Matrix { cols: 4, values: vec![0.0; 8] })).is_err());
    for (name, length) in [("marks.pulls", 5), ("marks.factors", 2), ("marks.lengths", 9), ("marks.line", 0)]
    {
        let mut bent = stored.clone();
        bent.put_f64(name, &[length], vec![1.0; length]);
        assert!(load(&mut bent).is_err(), "{name}");
    }
}

#[test]
fn sparse_rows_are_as_near_as_dense_ones() {
    let (x, _) = lumps(4, 30, 3);
    let Features::Dense(dense) = &x else { unreachable!() };
    let (columns, rows) = (0..3u32, dense.rows());
    let sparse = Features::Sparse(Csr {
        cols: 3,
        offsets: (0..=rows).map(|i| 3 * i).collect(),
        indices: (0..rows).flat_map(|_| columns.clone()).collect(),
        values: dense.values.clone(),
    });
    let near = |x: &Features| MarkedRows::new(Scaling::None, &x.slice(0..4), 2.0).map(x, <[f64]>::to_vec);
    for (a, b) in near(&x).concat().iter().zip(near(&sparse).concat()) {
        assert!((a - b).abs() < 1e-5, "{a} {b}");
    }
}
