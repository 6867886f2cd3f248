//! What the user sees of a fit while it goes on.

use lfr::train::{Epoch, Observer};

use crate::interrupt;
use crate::progress::Progress;

/// Shows every epoch and ends the fit on a signal.
pub struct Watch<'a> {
    /// Where the user sees it.
    pub progress: &'a mut Progress,
}

impl Observer for Watch<'_> {
    fn member(&mut self, name: &str, member: usize, members: usize) -> lfr::Result<()> {
        self.progress.detail(&format!("fitting {name}, member {member} of {members}"));
        interrupt::check()
    }

    fn step(&mut self, _step: usize, _steps: usize) -> lfr::Result<()> {
        interrupt::check()
    }

    fn epoch(&mut self, epoch: &Epoch, _scores: &dyn Fn() -> lfr::Result<Vec<f32>>) -> lfr::Result<()> {
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
