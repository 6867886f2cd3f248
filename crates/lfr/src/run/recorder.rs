//! What is kept of a fit while it goes on: the training curve.

use super::truth::Truth;
use crate::error::{Error, Result};
use crate::output::CurvePoint;
use crate::train::{Epoch, Observer};

/// Points of a curve at which the scores are compared with the labels; it takes a pass over the data each time.
const MEASUREMENTS: usize = 50;

/// Keeps the curve and hands on to another observer.
pub(super) struct Recorder<'a> {
    /// One point an epoch.
    pub curve: Vec<CurvePoint>,
    truth: Option<&'a Truth>,
    next: &'a mut dyn Observer,
}

impl<'a> Recorder<'a> {
    /// Watches a fit of items whose `truth` is known, if it is, before `next` does.
    pub fn new(next: &'a mut dyn Observer, truth: Option<&'a Truth>) -> Self {
        Self { curve: Vec::new(), truth, next }
    }

    /// AUROC and AUPR as of now, at some epochs.
    fn measure(&self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<Option<[f32; 2]>> {
        let due = epoch.epoch == epoch.epochs
            || epoch.epoch.is_multiple_of(epoch.epochs.div_ceil(MEASUREMENTS).max(1));
        let Some(truth) = self.truth.filter(|_| due) else { return Ok(None) };
        let scores = scores()?;
        // Training that diverges in a step is told of its loss at the next one.
        if !scores.iter().all(|score| score.is_finite()) {
            return Ok(None);
        }
        let agreement = truth.agreement_in_training(&scores)?;
        Ok(Some([agreement.auroc() as f32, agreement.aupr() as f32]))
    }
}

impl Observer for Recorder<'_> {
    fn member(&mut self, name: &str, member: usize, members: usize) -> Result<()> {
        self.next.member(name, member, members)
    }

    fn step(&mut self, step: usize, steps: usize) -> Result<()> {
        self.next.step(step, steps)
    }

    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        let measured = self.measure(epoch, scores)?;
        self.curve.push(CurvePoint {
            epoch: epoch.epoch,
            loss: epoch.loss,
            parts: epoch.parts.clone(),
            gap: epoch.gap,
            auroc: measured.map(|[auroc, _]| auroc),
            aupr: measured.map(|[_, aupr]| aupr),
        });
        self.next.epoch(epoch, scores)
    }

    fn held(&self) -> serde_json::Value {
        serde_json::to_value(&self.curve).unwrap_or_default()
    }

    fn restore(&mut self, held: &serde_json::Value) -> Result<()> {
        self.curve = serde_json::from_value(held.clone())
            .map_err(|e| Error::Scores { problem: format!("the curve of the training is lost: {e}") })?;
        Ok(())
    }
}
