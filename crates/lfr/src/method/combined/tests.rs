use burn::tensor::Device;

use super::fitted::Scale;
use super::*;
use crate::data::Matrix;
use crate::method::Detector;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::KnnConfig;
use crate::seed::Seed;
use crate::train::Silent;

#[test]
fn scores_are_standardised() {
    let scale = Scale::of(&[1.0, 3.0]);
    assert_eq!([scale.standardise(1.0), scale.standardise(2.0), scale.standardise(5.0)], [-1.0, 0.0, 3.0]);
    assert_eq!(Scale::of(&[4.0, 4.0]).standardise(9.0), 0.0);
}

/// How far members agree on `x`.
fn agreement_on(members: Vec<Method>, x: &Features) -> f32 {
    let config = CombinedConfig { members, ..CombinedConfig::default() };
    let mut silent = Silent;
    let mut context = Context::new(Seed(0), Device::flex(), &mut silent);
    config.fit(x, &mut context).unwrap();
    context.findings.agreement.unwrap()
}

#[test]
fn the_largest_vote_is_that_of_the_member_that_objects_most() {
    let x = Features::Dense(Matrix { cols: 1, values: (0..40).map(|i| (i as f32).powi(2)).collect() });
    let scores = |members: &[Method], vote| {
        let config = CombinedConfig { members: members.to_vec(), vote, illustrator: None };
        let mut silent = Silent;
        let mut context = Context::new(Seed(0), Device::flex(), &mut silent);
        config.fit(&x, &mut context).unwrap().training_scores(&x).unwrap()
    };
    let members = [Method::Knn(KnnConfig::default()), Method::Centroid(CentroidConfig::default())];
    let [one, other] = [0, 1].map(|i| scores(&members[i..=i], Vote::Mean));
    let (mean, max) = (scores(&members, Vote::Mean), scores(&members, Vote::Max));
    for i in 0..x.len() {
        assert!((mean[i] - (one[i] + other[i]) / 2.0).abs() < 1e-5);
        assert_eq!(max[i], one[i].max(other[i]));
    }
}

#[test]
fn the_agreement_of_the_members_moves() {
    // Two dense lumps far apart and a few items in between: near the mean, but far from every neighbour.
    let value = |i: usize| if i % 10 == 9 { i as f32 } else { [-1e3, 1e3][i % 2] + (i as f32 * 0.7).sin() };
    let lumps = Features::Dense(Matrix { cols: 1, values: (0..100).map(value).collect() });
    // One lump.
    let value = |i: usize| (i as f32 - 50.0).powi(3);
    let lump = Features::Dense(Matrix { cols: 1, values: (0..100).map(value).collect() });
    let members = || vec![Method::Knn(KnnConfig::default()), Method::Centroid(CentroidConfig::default())];
    assert!(agreement_on(members(), &lump) > 0.8);
    assert!(agreement_on(members(), &lumps) < 0.1);
    assert_eq!(agreement_on(vec![members()[0].clone(), members()[0].clone()], &lump), 1.0);
}
