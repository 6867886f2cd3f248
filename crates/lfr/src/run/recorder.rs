//! What is kept of a fit while it goes on: the training curve.

use crate::error::Result;
use crate::method::{Epoch, Observer};
use crate::metrics::Agreement;
use crate::output::CurvePoint;

/// Points of a curve at which the scores are compared with the labels; it takes a pass over the data each time.
const MEASUREMENTS: usize = 50;

/// Keeps the curve and hands on to another observer.
pub(super) struct Recorder<'a> {
    /// One point an epoch.
    pub curve: Vec<CurvePoint>,
    labels: Option<&'a [bool]>,
    next: &'a mut dyn Observer,
}

impl<'a> Recorder<'a> {
    /// Watches a fit whose items have `labels`, if any, before `next` does.
    pub fn new(next: &'a mut dyn Observer, labels: Option<&'a [bool]>) -> Self {
        Self { curve: Vec::new(), labels, next }
    }

    /// AUROC and AUPR as of now, at some epochs.
    fn measure(&self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<Option<[f32; 2]>> {
        let due = epoch.epoch == epoch.epochs
            || epoch.epoch.is_multiple_of(epoch.epochs.div_ceil(MEASUREMENTS).max(1));
        let Some(labels) = self.labels.filter(|_| due) else { return Ok(None) };
        let agreement = Agreement::new(&scores()?, labels)?;
        Ok(Some([agreement.auroc() as f32, agreement.aupr() as f32]))
    }
}

impl Observer for Recorder<'_> {
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
}
