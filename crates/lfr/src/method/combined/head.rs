//! Hands on what happens in a member's fit.

use crate::error::Result;
use crate::train::{Epoch, Observer};

/// Passes on a fit as if it were one on the first `items` of its items: whoever watches does not know of the known
/// inliers behind them.
pub(super) struct Head<'a> {
    pub(super) observer: &'a mut dyn Observer,
    pub(super) items: usize,
}

impl Observer for Head<'_> {
    fn step(&mut self, step: usize, steps: usize) -> Result<()> {
        self.observer.step(step, steps)
    }

    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        let items = self.items;
        self.observer.epoch(epoch, &|| {
            let mut scores = scores()?;
            scores.truncate(items);
            Ok(scores)
        })
    }

    fn held(&self) -> serde_json::Value {
        self.observer.held()
    }

    fn restore(&mut self, held: &serde_json::Value) -> Result<()> {
        self.observer.restore(held)
    }
}
