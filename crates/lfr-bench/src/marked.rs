//! The marks of a job: what a person would mark who looks at the top of the ranking without labels, and worse marks.

use rand::RngExt;
use rand::seq::index;
use serde::{Deserialize, Serialize};

use crate::job::Job;
use lfr::data::{Features, Kind};
use lfr::error::Result;
use lfr::featureless::Featureless;
use lfr::method::Method;
use lfr::method::combined::CombinedConfig;
use lfr::ranking::Ranking;
use lfr::seed::Seed;
use lfr::train::{Context, Known, Silent};

/// The name of the score that ranked the items for marking, in records: the same on the same items, without labels.
pub(super) const UNGUIDED: &str = "S_0";

/// A mark is wrong with this probability where some are.
const WRONG: f64 = 0.1;

/// Which items are marked, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Marking {
    /// The top of the ranking without labels, by the default for the kind of data without a network, truthfully, as a person
    /// would do it.
    #[default]
    Top,
    /// The same, a tenth of them wrongly.
    TopTenthWrong,
    /// Items drawn at random, truthfully.
    Random,
    /// The same, a tenth of them wrongly.
    RandomTenthWrong,
}

impl Marking {
    /// Whether it is the usual one.
    pub fn is_default(&self) -> bool {
        *self == Self::default()
    }

    /// What follows "20 marked".
    pub(super) fn words(self) -> &'static str {
        match self {
            Marking::Top => "",
            Marking::TopTenthWrong => ", a tenth wrongly",
            Marking::Random => " at random",
            Marking::RandomTenthWrong => " at random, a tenth wrongly",
        }
    }

    /// `count` of the items in the order `ranking`, ascending, with the labels they get.
    fn choose(self, count: usize, ranking: &[usize], outlier: &[bool], seed: Seed) -> Vec<(usize, bool)> {
        let count = count.min(ranking.len());
        let places: Vec<usize> = match self {
            Marking::Top | Marking::TopTenthWrong => ranking[..count].to_vec(),
            Marking::Random | Marking::RandomTenthWrong => {
                index::sample(&mut seed.stream("marked items"), ranking.len(), count).into_vec()
            }
        };
        let mut random = seed.stream("wrong marks");
        let mut wrong = || match self {
            Marking::Top | Marking::Random => false,
            Marking::TopTenthWrong | Marking::RandomTenthWrong => random.random::<f64>() < WRONG,
        };
        let mut marked: Vec<(usize, bool)> =
            places.into_iter().map(|place| (place, outlier[place] != wrong())).collect();
        marked.sort_unstable();
        marked
    }
}

/// Marked items of a draw and the others.
pub(super) struct Marked {
    /// Places of the items without a mark, ascending.
    pub(super) rest: Vec<usize>,
    /// Scores of these without labels; `None` without marks.
    pub(super) unguided: Option<Vec<f32>>,
    /// The marked items; `None` without marks.
    pub(super) known: Option<Known>,
    /// Marked inliers and outliers; `None` without marks.
    pub(super) counts: Option<[usize; 2]>,
}

impl Marked {
    /// Ranks `features` by the default for data of `kind` without its illustrator (`job.method` itself where that is a
    /// combination), and marks `job.labelled` items whose labels are `outlier`, as `job.marking` says.
    ///
    /// # Errors
    /// What the fit meets.
    pub(super) fn new(
        job: &Job,
        features: &Features,
        outlier: &[bool],
        kind: Kind,
        seed: Seed,
    ) -> Result<Self> {
        let all = (0..features.len()).collect();
        if job.labelled == 0 {
            return Ok(Self { rest: all, unguided: None, known: None, counts: None });
        }
        let scores = ranking_scores(job, features, kind, seed)?;
        let ranking = Ranking::of(&scores);
        let marked = job.marking.choose(job.labelled, ranking.order(), outlier, seed);
        let (places, marks): (Vec<usize>, Vec<bool>) = marked.into_iter().unzip();
        let rest: Vec<usize> = all.into_iter().filter(|place| places.binary_search(place).is_err()).collect();
        let known = Known { features: features.select(&places), outlier: marks };
        let unguided = Some(rest.iter().map(|&place| scores[place]).collect());
        Ok(Self { rest, unguided, counts: Some(known.counts()), known: Some(known) })
    }

    /// The labels of the items without a mark.
    pub(super) fn measured(&self, outlier: &[bool]) -> Vec<bool> {
        self.rest.iter().map(|&place| outlier[place]).collect()
    }
}

fn ranking_scores(job: &Job, features: &Features, kind: Kind, seed: Seed) -> Result<Vec<f32>> {
    let config = match job.method.method()? {
        Method::Combined(own) => own,
        _ => CombinedConfig::suited_to(kind),
    };
    let config = CombinedConfig { illustrator: None, ..config };
    let featureless = Featureless::of_pile(features);
    let training = featureless.rest(features);
    let mut silent = Silent;
    let mut context = Context::new(seed, burn::tensor::Device::flex(), &mut silent);
    let scores = Method::Combined(config).fit(&training, &mut context)?.training_scores(&training)?;
    let own = featureless.score(&scores).unwrap_or_default();
    Ok(featureless.fill(scores, own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_at_the_top_or_anywhere_and_a_tenth_may_be_wrong() {
        let ranking: Vec<usize> = (0..500).rev().collect();
        let outlier: Vec<bool> = (0..500).map(|i| i % 7 == 0).collect();
        let chosen = |marking: Marking, count| marking.choose(count, &ranking, &outlier, Seed(0));
        let wrong = |marked: &[(usize, bool)]| marked.iter().filter(|(i, mark)| outlier[*i] != *mark).count();
        let top = chosen(Marking::Top, 200);
        assert!(top.iter().map(|&(place, _)| place).eq(300..500) && wrong(&top) == 0);
        assert!((5..40).contains(&wrong(&chosen(Marking::TopTenthWrong, 200))));
        let random = chosen(Marking::Random, 200);
        assert!(random.windows(2).all(|pair| pair[0].0 < pair[1].0) && wrong(&random) == 0);
        assert!((60..140).contains(&random.iter().filter(|(place, _)| *place >= 250).count()));
        assert!((5..40).contains(&wrong(&chosen(Marking::RandomTenthWrong, 200))));
        assert_eq!(chosen(Marking::Random, 900).len(), 500);
    }
}
