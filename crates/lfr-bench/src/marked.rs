//! The marks of a job: what a person would mark who looks at the top of the ranking without labels.

use crate::job::Job;
use lfr::data::{Features, Kind};
use lfr::error::Result;
use lfr::featureless::Featureless;
use lfr::method::combined::CombinedConfig;
use lfr::method::{Context, Known, Method, Silent};
use lfr::output::Ranking;
use lfr::seed::Seed;

/// The name of the score that ranked the items for marking, in records: the same on the same items, without labels.
pub(super) const UNGUIDED: &str = "S_0";

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
    /// combination), and marks the first `job.labelled` truthfully, as `outlier` says.
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
        let mut marked: Vec<usize> = ranking.order().iter().copied().take(job.labelled).collect();
        marked.sort_unstable();
        let rest: Vec<usize> = all.into_iter().filter(|place| marked.binary_search(place).is_err()).collect();
        let known = Known {
            features: features.select(&marked),
            outlier: marked.iter().map(|&place| outlier[place]).collect(),
        };
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
