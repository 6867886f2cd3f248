//! A fitted combination.

use burn::tensor::Device;

use crate::data::{Features, Weights};
use crate::error::Result;
use crate::method::Detector;
use crate::method::combined::guidance::Guidance;
use crate::method::combined::{CombinedConfig, Vote};
use crate::nn::autoencoder::Shape;
use crate::statistics::moments;

/// Before the names of the arrays of member `index`.
pub(crate) fn prefix(index: usize) -> String {
    format!("member.{index}.")
}

/// Before the names of the guidance's arrays.
pub(crate) const MARKS: &str = "marks.";

/// A fitted combination.
pub struct Combined {
    /// One a method of the settings; `None` for those that had too few items.
    pub(super) members: Vec<Option<Member>>,
    /// How many of them, from the first, have a say in the score.
    pub(super) voters: usize,
    pub(super) vote: Vote,
    /// What marked items taught.
    pub(super) guidance: Option<Guidance>,
    /// The scores of the items of the fit, which scaling the members' has found; none in a model that was loaded.
    pub(super) fitted: Vec<f32>,
}

/// A member and how its scores are scaled.
pub(super) struct Member {
    pub(super) detector: Box<dyn Detector>,
    pub(super) scale: Scale,
}

impl Combined {
    /// Of the members of `config`, from what [`Detector::store`] wrote.
    pub(super) fn load(
        config: &CombinedConfig,
        shape: &Shape,
        device: &Device,
        weights: &mut Weights,
    ) -> Result<Self> {
        let (_, present) = weights.take_u8("present", &[Some(config.all().count())])?;
        let members = config.all().zip(present).enumerate().map(|(i, (method, present))| {
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
        let (members, voters) = (members.collect::<Result<_>>()?, config.members.len());
        let mut combined =
            Combined { members, voters, vote: config.vote, guidance: None, fitted: Vec::new() };
        let mut marks = weights.split_off(MARKS);
        if marks.iter().next().is_some() {
            let guidance =
                Guidance::load(&mut marks, combined.voters().count(), config.vote, &config.scalings())?;
            combined.guidance = Some(guidance);
            marks.finish()?;
        }
        Ok(combined)
    }

    pub(super) fn voters(&self) -> impl Iterator<Item = &Member> {
        self.members[..self.voters].iter().flatten()
    }

    /// The scores of the voters, in their order, each standardised.
    pub(super) fn standardised(
        &self,
        scores: impl Iterator<Item = Result<Vec<f32>>>,
    ) -> Result<Vec<Vec<f64>>> {
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
pub(super) struct Scale {
    pub(super) mean: f64,
    pub(super) deviation: f64,
}

impl Scale {
    pub(super) fn of(scores: &[f32]) -> Self {
        let (mean, variance) = moments(scores.iter().map(|&s| f64::from(s)), scores.len());
        Self { mean, deviation: variance.sqrt() }
    }

    /// A member without any spread has no say.
    pub(super) fn standardise(&self, score: f32) -> f64 {
        if self.deviation > 0.0 { (f64::from(score) - self.mean) / self.deviation } else { 0.0 }
    }
}

pub(super) fn singles(scores: Vec<f64>) -> Vec<f32> {
    scores.into_iter().map(|score| score as f32).collect()
}
