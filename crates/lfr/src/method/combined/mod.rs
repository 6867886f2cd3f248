//! Several methods as one: the mean, or the maximum, of the members' scores, each standardised by the mean and the standard
//! deviation of its training scores. A few marked items change the scores, see `guidance.rs`.

mod agreement;
mod guidance;
mod head;
mod marked_rows;
mod newton;
mod vote;

use std::borrow::Cow;

use burn::tensor::Device;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::data::{Features, Kind, Weights};
use crate::error::{Error, Result};
use crate::method::autoencoder::ae_lfr::AeLfrConfig;
use crate::method::combined::agreement::agreement;
use crate::method::combined::guidance::{Guidance, Opinions};
use crate::method::combined::head::Head;
pub use crate::method::combined::vote::Vote;
use crate::method::dependence::also::AlsoConfig;
use crate::method::forest::isolation_forest::IsolationForestConfig;
use crate::method::lvad::LvadConfig;
use crate::method::neighbours::centroid::CentroidConfig;
use crate::method::neighbours::knn::{Distance, KnnConfig};
use crate::method::patches::PatchesConfig;
use crate::method::pca::PcaConfig;
use crate::method::scaling::Scaling;
use crate::method::{Detector, Method, MethodConfig, Registry};
use crate::nn::autoencoder::Shape;
use crate::seed::Seed;
use crate::statistics::moments;
use crate::train::{Context, Known, Schedule};

/// Settings of a combination.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct CombinedConfig {
    /// The members; when there is none, those that suit the kind of data.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    #[schemars(with = "Vec<serde_json::Value>")]
    pub members: Vec<Method>,
    /// What to make of the members' standardised scores.
    #[schemars(extend("source" = "ours, by the experiments of docs/defaults.md"))]
    pub vote: Vote,
    /// A method that does not contribute to the score, whose reconstructions the report shows.
    #[schemars(extend("source" = "ours"))]
    #[schemars(with = "Option<serde_json::Value>")]
    pub illustrator: Option<Box<Method>>,
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
                Method::Patches(PatchesConfig::default()),
            ],
            Kind::Table => vec![
                Method::IsolationForest(forest),
                Method::Knn(KnnConfig { max_reference: 0, ..knn }),
                Method::Also(AlsoConfig::default()),
                Method::Pca(PcaConfig::default()),
            ],
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
        let knn = KnnConfig { neighbours: 20, distance: Distance::Mean, ..KnnConfig::default() };
        let members = vec![Method::Knn(knn), Method::Centroid(CentroidConfig::default())];
        Self { members, vote: Vote::Mean, illustrator: None }
    }

    /// The members, then the illustrator.
    pub(super) fn all(&self) -> impl Iterator<Item = &Method> {
        self.members.iter().chain(self.illustrator.as_deref())
    }

    /// Fits a member on `pool`, whose first `items` items are those whoever watches knows of.
    fn fit_member(
        &self,
        place: usize,
        method: &Method,
        pool: &Features,
        items: usize,
        context: &mut Context<'_>,
    ) -> Result<(Box<dyn Detector>, Vec<f32>)> {
        let seed = context.seed.part(&format!("{place}.{}", method.name()));
        let mut head = Head { observer: &mut *context.observer, items };
        let mut own = Context::new(seed, context.device.clone(), &mut head);
        own.findings = std::mem::take(&mut context.findings);
        own.checkpoints.clone_from(&context.checkpoints);
        own.columns.clone_from(&context.columns);
        let fitted = method.fit(pool, &mut own);
        let (warnings, findings) = (own.warnings, own.findings);
        context.warnings.extend(warnings);
        context.findings = findings;
        let detector = fitted?;
        let scores = detector.training_scores(pool)?;
        Ok((detector, scores))
    }

    /// Has `combined` learn from the marks; the guided scores of the items of `pool`, whose members' scores are `own`.
    fn guide(
        &self,
        combined: &mut Combined,
        own: &[Vec<f64>],
        pool: &Features,
        known: &Known,
        seed: Seed,
    ) -> Result<Vec<f32>> {
        // Known inliers are the last of the pool; known outliers are new to most members.
        let apart = known.side(true);
        let outside = match apart.is_empty() {
            true => vec![Vec::new(); own.len()],
            false => combined.standardised(combined.voters().map(|member| member.detector.scores(&apart)))?,
        };
        let weave = |(pool, outside): (&Vec<f64>, &Vec<f64>)| {
            let inliers = known.outlier.len() - outside.len();
            let (mut inside, mut outside) = (pool[pool.len() - inliers..].iter(), outside.iter());
            let next = |&outlier: &bool| if outlier { outside.next() } else { inside.next() };
            known.outlier.iter().filter_map(next).copied().collect()
        };
        let members: Vec<Vec<f64>> = own.iter().zip(&outside).map(weave).collect();
        let opinions = Opinions { vote: self.vote, own, marked: &members };
        let guidance = Guidance::fit(known, &opinions, pool, &self.scalings(), seed)?;
        let votes = guidance.votes(pool, own)?;
        combined.guidance = Some(guidance);
        Ok(singles(votes))
    }

    /// How the members that vote see an item, each way once.
    fn scalings(&self) -> Vec<Scaling> {
        let mut scalings: Vec<Scaling> = Vec::new();
        for scaling in self.members.iter().map(scaling) {
            if !scalings.contains(&scaling) {
                scalings.push(scaling);
            }
        }
        scalings
    }
}

impl MethodConfig for CombinedConfig {
    type Fitted = Combined;
    const NAME: &str = "combined";
    const SUMMARY: &str =
        "the default: mean or largest standardised score of fast detectors chosen for the kind of data";
    const SOURCE: &str = "docs/defaults.md";
    const COST: &str = "a minute";
    const LEARNS_FROM_LABELS: bool = true;

    fn validate(&self) -> Result<()> {
        for member in self.all() {
            if matches!(member, Method::Combined(_)) {
                return Err(Error::config("members", "combined", "a combination cannot hold another"));
            }
            member.validate()?;
        }
        Ok(())
    }

    /// Fits every member on `x` and on the known inliers, if there are marks, and those that outliers do not mislead on the
    /// known outliers, too; what the marks change beyond that, `guidance.rs` says.
    fn fit(&self, x: &Features, context: &mut Context<'_>) -> Result<Combined> {
        self.validate()?;
        if self.members.is_empty() {
            return Err(Error::config("members", "[]", "needs at least one method"));
        }
        let pool = match &context.known {
            None => Cow::Borrowed(x),
            Some(known) => Cow::Owned(Features::concat(vec![x.clone(), known.side(false)])?),
        };
        let apart = context.known.as_ref().map(|known| known.side(true)).filter(|apart| !apart.is_empty());
        let whole =
            apart.map(|apart| Features::concat(vec![pool.clone().into_owned(), apart])).transpose()?;
        let marks = context.known.as_ref().map_or(0, |known| known.outlier.len());
        if marks > guidance::MOST {
            let most = guidance::MOST;
            context
                .warnings
                .push(format!("{most} of the {marks} marked items, drawn at random, guide the ranking"));
        }
        let voters = self.members.len();
        let (mut members, mut votes) = (Vec::new(), Vec::new());
        for (i, method) in self.all().enumerate() {
            context.observer.member(method.name(), i + 1, self.all().count())?;
            let seen = whole.as_ref().filter(|_| bears_outliers(method)).unwrap_or(&pool);
            members.push(match self.fit_member(i, method, seen, x.len(), context) {
                Ok((detector, mut scores)) => {
                    let scale = Scale::of(&scores);
                    scores.truncate(pool.len());
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
        if members[..voters].iter().all(Option::is_none) {
            return Err(Error::TooFewItems { found: x.len(), needed: 6, what: "every member".into() });
        }
        context.findings.agreement = agreement(&votes);
        let mut combined = Combined { members, voters, vote: self.vote, guidance: None, fitted: Vec::new() };
        let own = combined.standardised(votes.into_iter().map(Ok))?;
        combined.fitted = match context.known.as_ref().filter(|known| !known.outlier.is_empty()) {
            None => singles(self.vote.of(&own)),
            Some(known) => self.guide(&mut combined, &own, &pool, known, context.seed)?,
        };
        combined.fitted.truncate(x.len());
        Ok(combined)
    }

    fn load(&self, shape: &Shape, device: &Device, weights: &mut Weights) -> Result<Combined> {
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
        let mut combined = Combined { members, voters, vote: self.vote, guidance: None, fitted: Vec::new() };
        let mut marks = weights.split_off(MARKS);
        if marks.iter().next().is_some() {
            let guidance =
                Guidance::load(&mut marks, combined.voters().count(), self.vote, &self.scalings())?;
            combined.guidance = Some(guidance);
            marks.finish()?;
        }
        Ok(combined)
    }

    fn schedule_mut(&mut self) -> Option<&mut Schedule> {
        self.members.iter_mut().chain(self.illustrator.as_deref_mut()).find_map(Method::schedule_mut)
    }

    fn read(mut settings: Value, methods: &Registry) -> serde_json::Result<Self> {
        let mut held = |key: &str| settings.as_object_mut().and_then(|table| table.remove(key));
        let (members, illustrator) = (held("members"), held("illustrator").filter(|value| !value.is_null()));
        let mut config: Self = serde_json::from_value(settings)?;
        if let Some(members) = members {
            let members: Vec<Value> = serde_json::from_value(members)?;
            config.members =
                members.into_iter().map(|member| methods.parse(member)).collect::<Result<_, _>>()?;
        }
        config.illustrator = illustrator.map(|method| methods.parse(method).map(Box::new)).transpose()?;
        Ok(config)
    }
}

/// Before the names of the arrays of member `index`.
pub(crate) fn prefix(index: usize) -> String {
    format!("member.{index}.")
}

/// Before the names of the guidance's arrays.
pub(crate) const MARKS: &str = "marks.";

/// How `method` sees an item.
fn scaling(method: &Method) -> Scaling {
    match method {
        Method::IsolationForest(config) => config.scaling,
        Method::Knn(config) => config.scaling,
        Method::Centroid(config) => config.scaling,
        Method::Lvad(_) => Scaling::Instance,
        _ => Scaling::None,
    }
}

/// Whether known outliers stay among the items that `method` is fitted on. Near a known outlier another one has a
/// neighbour, and principal components bend towards it; so those methods do without. A forest and clusters do not gain by
/// that: without the outliers they cut elsewhere, and what the marks did not touch would change its place.
fn bears_outliers(method: &Method) -> bool {
    matches!(method, Method::IsolationForest(_) | Method::Lvad(_))
}

fn singles(scores: Vec<f64>) -> Vec<f32> {
    scores.into_iter().map(|score| score as f32).collect()
}

/// A fitted combination.
pub struct Combined {
    /// One a method of the settings; `None` for those that had too few items.
    members: Vec<Option<Member>>,
    /// How many of them, from the first, have a say in the score.
    voters: usize,
    vote: Vote,
    /// What marked items taught.
    guidance: Option<Guidance>,
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

    /// The scores of the voters, in their order, each standardised.
    fn standardised(&self, scores: impl Iterator<Item = Result<Vec<f32>>>) -> Result<Vec<Vec<f64>>> {
        let one = |(member, scores): (&Member, Result<Vec<f32>>)| {
            Ok(scores?.into_iter().map(|score| member.scale.standardise(score)).collect())
        };
        self.voters().zip(scores).map(one).collect()
    }

    /// The scores of `x` from those of the voters.
    fn combine(&self, x: &Features, scores: impl Iterator<Item = Result<Vec<f32>>>) -> Result<Vec<f32>> {
        let members = self.standardised(scores)?;
        let votes = match &self.guidance {
            None => self.vote.of(&members),
            Some(guidance) => guidance.votes(x, &members)?,
        };
        Ok(singles(votes))
    }
}

impl Detector for Combined {
    fn scores(&self, x: &Features) -> Result<Vec<f32>> {
        self.combine(x, self.voters().map(|member| member.detector.scores(x)))
    }

    fn training_scores(&self, x: &Features) -> Result<Vec<f32>> {
        if self.fitted.len() == x.len() {
            return Ok(self.fitted.clone());
        }
        self.combine(x, self.voters().map(|member| member.detector.training_scores(x)))
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
        if let Some(guidance) = &self.guidance {
            let mut marks = Weights::default();
            guidance.store(&mut marks);
            weights.absorb(MARKS, marks);
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
        let (mean, variance) = moments(scores.iter().map(|&s| f64::from(s)), scores.len());
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
    use crate::train::Silent;

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
