//! Several methods as one: the mean, or the maximum, of the members' scores, each standardised by the mean and the standard
//! deviation of its training scores.

mod agreement;

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::data::{Features, Kind, Weights};
use crate::error::{Error, Result};
use crate::method::autoencoder::ae_lfr::AeLfrConfig;
use crate::method::combined::agreement::agreement;
use crate::method::forest::isolation_forest::IsolationForestConfig;
use crate::method::lvad::LvadConfig;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::{Distance, KnnConfig};
use crate::method::scaling::Scaling;
use crate::method::{Context, Detector, Method};
use crate::nn::autoencoder::Shape;

/// Settings of a combination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CombinedConfig {
    /// The members; when there is none, those that suit the kind of data.
    ///
    /// Source: ours, by the experiments of docs/defaults.md.
    #[schemars(with = "Vec<serde_json::Value>")]
    pub members: Vec<Method>,
    /// What to make of the members' standardised scores.
    ///
    /// Source: ours, by the experiments of docs/defaults.md.
    pub vote: Vote,
    /// A method that does not contribute to the score, whose reconstructions the report shows.
    ///
    /// Source: ours.
    #[schemars(with = "Option<serde_json::Value>")]
    pub illustrator: Option<Box<Method>>,
}

/// What to make of the members' standardised scores.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Vote {
    /// Their mean: what most members find odd.
    #[default]
    Mean,
    /// The largest: what any member finds odd.
    Max,
}

impl CombinedConfig {
    /// The default of `lfr rank` for data of `kind`, chosen in `docs/defaults.md`.
    pub fn suited_to(kind: Kind) -> Self {
        let forest = IsolationForestConfig { trees: 500, ..IsolationForestConfig::default() };
        let knn = KnnConfig { neighbours: 0, distance: Distance::Mean, ..KnnConfig::default() };
        let members = match kind {
            Kind::Images => vec![
                Method::IsolationForest(forest.clone()),
                Method::IsolationForest(IsolationForestConfig { scaling: Scaling::Instance, ..forest }),
                // Two starts of k-means instead of ten: the combination does not need the last digit.
                Method::Lvad(LvadConfig { restarts: 2, ..LvadConfig::default() }),
            ],
            Kind::Table => vec![Method::IsolationForest(forest), Method::Knn(knn)],
            // Square roots, for no word should drown the others.
            Kind::Text => vec![
                Method::Knn(KnnConfig { neighbours: 5, scaling: Scaling::Root, ..knn.clone() }),
                Method::Knn(KnnConfig { scaling: Scaling::Root, ..knn }),
                Method::Centroid(CentroidConfig { scaling: Scaling::Root }),
            ],
        };
        // On pictures AE-LFR has no say, because it lowered the combination, but it shows what is unusual where.
        let illustrator = (kind == Kind::Images).then(|| Box::new(Method::AeLfr(AeLfrConfig::short())));
        // What one detector of rows sees another one often cannot: a lump of odd rows, a broken dependence.
        let vote = if kind == Kind::Table { Vote::Max } else { Vote::Mean };
        Self { members, vote, illustrator }
    }

    /// The default of `lfr rank` for the features of an encoder, chosen in `docs/defaults.md`.
    pub fn on_encoded() -> Self {
        let scaling = Scaling::Root;
        let knn = KnnConfig { neighbours: 20, distance: Distance::Mean, scaling, ..KnnConfig::default() };
        let members = vec![Method::Knn(knn), Method::Centroid(CentroidConfig { scaling })];
        Self { members, vote: Vote::Mean, illustrator: None }
    }

    /// The members, then the illustrator.
    fn all(&self) -> impl Iterator<Item = &Method> {
        self.members.iter().chain(self.illustrator.as_deref())
    }

    /// Checks the members.
    ///
    /// # Errors
    /// [`Error::Config`] when one is itself a combination or out of range.
    pub fn validate(&self) -> Result<()> {
        for member in self.all() {
            if matches!(member, Method::Combined(_)) {
                return Err(Error::config("members", "combined", "a combination cannot hold another"));
            }
            member.validate()?;
        }
        Ok(())
    }

    /// Fits every member on `x`.
    ///
    /// # Errors
    /// The first member's that fails.
    pub fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Combined> {
        self.validate()?;
        if self.members.is_empty() {
            return Err(Error::config("members", "[]", "needs at least one method"));
        }
        let seed = context.seed;
        let voters = self.members.len();
        let (mut members, mut votes) = (Vec::new(), Vec::new());
        for (i, method) in self.all().enumerate() {
            context.seed = seed.part(&format!("{i}.{}", method.name()));
            members.push(match method.fit(x, context) {
                Ok(detector) => {
                    let scores = detector.training_scores(x)?;
                    let scale = Scale::of(&scores);
                    votes.extend((i < voters).then_some(scores));
                    Some(Member { detector, scale })
                }
                Err(Error::TooFewItems { needed, what, .. }) => {
                    context.warnings.push(format!("{what} is left out: it needs at least {needed} items"));
                    None
                }
                Err(other) => return Err(other),
            });
        }
        context.seed = seed;
        if members[..voters].iter().all(Option::is_none) {
            return Err(Error::TooFewItems { found: x.len(), needed: 6, what: "every member".into() });
        }
        context.findings.agreement = agreement(&votes);
        let mut combined = Combined { members, voters, vote: self.vote, fitted: Vec::new() };
        combined.fitted = combined.vote(votes.into_iter().map(Ok))?;
        Ok(combined)
    }

    /// Restores a fitted combination.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the arrays do not fit.
    pub fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Combined> {
        self.validate()?;
        let (_, present) = weights.take_u8("present", &[Some(self.all().count())])?;
        let members = self.all().zip(present).enumerate().map(|(i, (method, present))| {
            if present == 0 {
                return Ok(None);
            }
            let mut own = weights.split_off(&prefix(i));
            let (_, scale) = own.take_f64("scale", &[Some(2)])?;
            let scale = Scale { mean: scale[0], deviation: scale[1] };
            let detector = method.load(shape, device, &mut own)?;
            own.finish()?;
            Ok(Some(Member { detector, scale }))
        });
        let (members, voters) = (members.collect::<Result<_>>()?, self.members.len());
        Ok(Combined { members, voters, vote: self.vote, fitted: Vec::new() })
    }
}

fn prefix(index: usize) -> String {
    format!("member.{index}.")
}

/// A fitted combination.
pub struct Combined {
    /// One a method of the settings; `None` for those that had too few items.
    members: Vec<Option<Member>>,
    /// How many of them, from the first, have a say in the score.
    voters: usize,
    vote: Vote,
    /// The scores of the items of the fit, which scaling the members' has found; none in a model that was loaded.
    fitted: Vec<f32>,
}

struct Member {
    detector: Box<dyn Detector>,
    scale: Scale,
}

impl Combined {
    fn voters(&self) -> impl Iterator<Item = &Member> {
        self.members[..self.voters].iter().flatten()
    }

    /// The scores of the voters, in their order, as one.
    fn vote(&self, scores: impl Iterator<Item = Result<Vec<f32>>>) -> Result<Vec<f32>> {
        let (start, count) = match self.vote {
            Vote::Mean => (0.0, self.voters().count() as f64),
            Vote::Max => (f64::NEG_INFINITY, 1.0),
        };
        let mut totals: Vec<f64> = Vec::new();
        for (member, scores) in self.voters().zip(scores) {
            let scores = scores?;
            totals.resize(scores.len(), start);
            for (total, score) in totals.iter_mut().zip(scores) {
                let own = member.scale.standardise(score);
                *total = if self.vote == Vote::Max { total.max(own) } else { *total + own };
            }
        }
        Ok(totals.into_iter().map(|total| (total / count) as f32).collect())
    }
}

impl Detector for Combined {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.vote(self.voters().map(|member| member.detector.scores(x)))
    }

    fn training_scores(&self, x: &Features) -> Result<Vec<f32>> {
        if self.fitted.len() == x.len() {
            return Ok(self.fitted.clone());
        }
        self.vote(self.voters().map(|member| member.detector.training_scores(x)))
    }

    fn store(&self, weights: &mut Weights) {
        let present: Vec<u8> = self.members.iter().map(|member| u8::from(member.is_some())).collect();
        weights.put_u8("present", &[present.len()], present);
        for (i, member) in self.members.iter().enumerate() {
            let Some(member) = member else { continue };
            let mut own = Weights::default();
            member.detector.store(&mut own);
            own.put_f64("scale", &[2], vec![member.scale.mean, member.scale.deviation]);
            weights.absorb(&prefix(i), own);
        }
    }

    fn reconstruct(&self, x: &Features) -> Result<Option<Vec<f32>>> {
        for member in self.members.iter().flatten() {
            if let Some(rows) = member.detector.reconstruct(x)? {
                return Ok(Some(rows));
            }
        }
        Ok(None)
    }
}

/// Mean and standard deviation of a member's training scores.
struct Scale {
    mean: f64,
    deviation: f64,
}

impl Scale {
    fn of(scores: &[f32]) -> Self {
        let n = scores.len().max(1) as f64;
        let mean = scores.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
        let variance = scores.iter().map(|&s| (f64::from(s) - mean).powi(2)).sum::<f64>() / n;
        Self { mean, deviation: variance.sqrt() }
    }

    /// A member without any spread has no say.
    fn standardise(&self, score: f32) -> f64 {
        if self.deviation > 0.0 { (f64::from(score) - self.mean) / self.deviation } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Matrix;
    use crate::method::Silent;
    use crate::seed::Seed;

    #[test]
    fn scores_are_standardised() {
        let scale = Scale::of(&[1.0, 3.0]);
        assert_eq!(
            [scale.standardise(1.0), scale.standardise(2.0), scale.standardise(5.0)],
            [-1.0, 0.0, 3.0]
        );
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
        let value =
            |i: usize| if i % 10 == 9 { i as f32 } else { [-1e3, 1e3][i % 2] + (i as f32 * 0.7).sin() };
        let lumps = Features::Dense(Matrix { cols: 1, values: (0..100).map(value).collect() });
        // One lump.
        let value = |i: usize| (i as f32 - 50.0).powi(3);
        let lump = Features::Dense(Matrix { cols: 1, values: (0..100).map(value).collect() });
        let members = || vec![Method::Knn(KnnConfig::default()), Method::Centroid(CentroidConfig::default())];
        assert!(agreement_on(members(), &lump) > 0.8);
        assert!(agreement_on(members(), &lumps) < 0.1);
        assert_eq!(agreement_on(vec![members()[0].clone(), members()[0].clone()], &lump), 1.0);
    }
}
