//! The fit of a combination, member by member.

use std::borrow::Cow;

use crate::data::Features;
use crate::error::{Error, Result};
use crate::method::combined::CombinedConfig;
use crate::method::combined::agreement::agreement;
use crate::method::combined::fitted::{Combined, Member, Scale, singles};
use crate::method::combined::guidance::{self, Guidance, Opinions};
use crate::method::combined::head::Head;
use crate::method::{Detector, Method};
use crate::seed::Seed;
use crate::train::{Context, Known};

impl CombinedConfig {
    /// Fits every member on `x` and on the known inliers, if there are marks, and those that outliers do not mislead on the
    /// known outliers, too; what the marks change beyond that, `guidance.rs` says.
    pub(super) fn fit_members(&self, x: &Features, context: &mut Context<'_>) -> Result<Combined> {
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
}

/// Whether known outliers stay among the items that `method` is fitted on. Near a known outlier another one has a
/// neighbour, and principal components bend towards it; so those methods do without. A forest and clusters do not gain by
/// that: without the outliers they cut elsewhere, and what the marks did not touch would change its place.
fn bears_outliers(method: &Method) -> bool {
    matches!(method, Method::IsolationForest(_) | Method::Lvad(_))
}
