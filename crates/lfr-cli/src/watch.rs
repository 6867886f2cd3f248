//! What is seen of a fit while it goes on: progress for the user and the training curve for the report.

use lfr::method::{Epoch, Method, Observer};
use lfr::output::CurvePoint;
use lfr::pile::Pile;
use lfr::truth::Truth;

use crate::interrupt;
use crate::progress::Progress;
use crate::terminal::things;

/// Points of a curve at which the scores are compared with the labels; it takes a pass over the data each time.
const MEASUREMENTS: usize = 50;

/// Watches a fit.
pub struct Watch<'a> {
    /// Where the user sees it.
    pub progress: &'a mut Progress,
    /// One point per epoch.
    pub curve: Vec<CurvePoint>,
    truth: Option<&'a Truth>,
}

impl<'a> Watch<'a> {
    /// Watches a fit of items whose `truth` is known, if it is.
    pub fn new(progress: &'a mut Progress, truth: Option<&'a Truth>) -> Self {
        Self { progress, curve: Vec::new(), truth }
    }

    /// Says what begins.
    pub fn begin(&mut self, method: &Method, pile: &Pile) {
        self.progress.stage(&format!("fitting {} on {}", method.name(), things(pile.len(), pile.kind)));
    }

    /// AUROC and AUPR as of now, at some epochs.
    fn measure(
        &self,
        epoch: &Epoch,
        scores: &dyn Fn() -> lfr::Result<Vec<f32>>,
    ) -> lfr::Result<Option<[f32; 2]>> {
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

impl Observer for Watch<'_> {
    fn step(&mut self, _step: usize, _steps: usize) -> lfr::Result<()> {
        interrupt::check()
    }

    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> lfr::Result<Vec<f32>>) -> lfr::Result<()> {
        let measured = self.measure(epoch, scores)?;
        self.curve.push(CurvePoint {
            epoch: epoch.epoch,
            loss: epoch.loss,
            parts: epoch.parts.clone(),
            gap: epoch.gap,
            auroc: measured.map(|[auroc, _]| auroc),
            aupr: measured.map(|[_, aupr]| aupr),
        });
        self.progress.epoch(epoch.epoch, epoch.epochs, &describe(epoch));
        interrupt::check()
    }
}

fn describe(epoch: &Epoch) -> String {
    match epoch.gap {
        Some(gap) => format!("loss {:.4}, gap {gap:.2}", epoch.loss),
        None => format!("loss {:.4}", epoch.loss),
    }
}
