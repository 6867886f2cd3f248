//! Rounds that begin when a line comes in on standard input.

use std::time::Instant;

use lfr::device::Opened;
use lfr::train::{Epoch, Observer};
use lfr::{Error, Result};

/// Training steps before the first round.
const WARM_UP: usize = 3;

/// The clock of the rounds.
#[derive(Default)]
pub struct Rounds {
    started: Option<Instant>,
}

impl Rounds {
    /// Ends the round that is under way, in which `items` items were done, or the warm-up; waits for the next one and
    /// starts its clock. False at the end of input.
    pub fn next(&mut self, items: usize) -> bool {
        match self.started {
            Some(started) => {
                let seconds = started.elapsed().as_secs_f64();
                println!("{}", serde_json::json!({ "seconds": seconds, "items": items }));
            }
            None => println!("ready"),
        }
        let told = std::io::stdin().read_line(&mut String::new()).is_ok_and(|bytes| bytes > 0);
        self.started = Some(Instant::now());
        told
    }
}

/// Cuts a fit into rounds of some steps.
pub struct TrainingRounds {
    rounds: Rounds,
    opened: Opened,
    round: usize,
    batch: usize,
    epoch: usize,
    left: usize,
    items: usize,
}

impl TrainingRounds {
    /// Rounds of `round` steps in a fit on a device whose steps see `batch` items and whose epochs see `epoch`.
    pub fn new(opened: Opened, round: usize, batch: usize, epoch: usize) -> Self {
        Self { rounds: Rounds::default(), opened, round, batch, epoch, left: WARM_UP, items: 0 }
    }
}

impl Observer for TrainingRounds {
    fn step(&mut self, step: usize, _: usize) -> Result<()> {
        if self.left == 0 {
            // A round is over when a GPU has done its steps.
            let Opened { device, name, .. } = &self.opened;
            device.sync().map_err(|why| Error::Device { name: name.clone(), problem: why.to_string() })?;
            if !self.rounds.next(self.items) {
                return Err(Error::Interrupted);
            }
            (self.left, self.items) = (self.round, 0);
        }
        self.left -= 1;
        self.items += self.batch.min(self.epoch - step * self.batch);
        Ok(())
    }
}

/// Tells when the first epoch is over, and ends the fit there.
pub struct FirstEpoch;

impl Observer for FirstEpoch {
    fn epoch(&mut self, epoch: &Epoch, _: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        println!("{}", serde_json::json!({ "epoch": epoch.epoch }));
        Err(Error::Interrupted)
    }
}
