//! This library's side of `bench/compare.py`: trains or scores in rounds, each begun by a line on standard input.
//!
//! The workload is one JSON argument; what it leaves out is as in [`Workload::default`]:
//! `cargo run --release -p lfr --example contender -- '{"method": "gt-lfr", "data": "colour", "items": 16}'`.
//! It prints `ready`, one line a round, and at the end of input the peak of its resident memory.

mod data;
mod rounds;

use std::error::Error;

use lfr::device::{self, Opened};
use lfr::method::{Detector, Method};
use lfr::seed::Seed;
use lfr::train::{Context, Observer, Silent};
use lfr::transform::TransformSet;
use lfr_kernels::{Activation, Linear};
use serde::Deserialize;

use data::Data;
use rounds::{FirstEpoch, Rounds, TrainingRounds};

/// Rows and columns of the matrices of [`Task::Products`].
const MATRIX: usize = 1024;

/// What a round does.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Task {
    /// Training steps.
    Train,
    /// Scoring passes over the pile.
    Score,
    /// No round: one epoch from a cold start.
    FirstEpoch,
    /// Products of two square matrices.
    Products,
}

/// One measurement.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Workload {
    task: Task,
    /// As in `lfr rank --method`.
    method: String,
    data: Data,
    /// Height and width of the pictures.
    side: usize,
    /// Items of the pile.
    items: usize,
    /// Items a training step; transformed pictures where a method transforms.
    batch: usize,
    /// Steps, passes or products a round.
    round: usize,
    threads: usize,
    /// As in `lfr rank --device`.
    device: String,
}

impl Default for Workload {
    fn default() -> Self {
        Self {
            task: Task::Train,
            method: "ae-lfr".into(),
            data: Data::Grey,
            side: 32,
            items: 1280,
            batch: 128,
            round: 20,
            threads: 2,
            device: "cpu".into(),
        }
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    lfr_kernels::keep_pages();
    let argument = std::env::args().nth(1).unwrap_or_else(|| "{}".into());
    let workload: Workload = serde_json::from_str(&argument)?;
    rayon::ThreadPoolBuilder::new().num_threads(workload.threads).build_global()?;
    // On a thread of the pool, as the program does.
    rayon::scope(|_| workload.run())?;
    println!("{}", serde_json::json!({ "peak_kib": peak_kib() }));
    Ok(())
}

impl Workload {
    fn run(&self) -> lfr::Result<()> {
        match self.task {
            Task::Train => self.train(),
            Task::Score => self.score(),
            Task::FirstEpoch => self.first_epoch(),
            Task::Products => {
                self.products();
                Ok(())
            }
        }
    }

    /// Steps of the training loop, held up between rounds.
    fn train(&self) -> lfr::Result<()> {
        let mut observer =
            TrainingRounds::new(self.opened()?, self.round, self.batch, self.items * self.views());
        until_interrupted(self.fit(self.items, usize::MAX, &mut observer))
    }

    /// Passes over the pile by a method that was fitted on its first two items.
    fn score(&self) -> lfr::Result<()> {
        let detector = self.fit(2, 1, &mut Silent)?;
        let data = self.data.data(self.items, self.side);
        detector.scores(&data)?;
        let mut rounds = Rounds::default();
        while rounds.next(self.round * self.items * self.views()) {
            for _ in 0..self.round {
                detector.scores(&data)?;
            }
        }
        Ok(())
    }

    fn first_epoch(&self) -> lfr::Result<()> {
        until_interrupted(self.fit(self.items, 1, &mut FirstEpoch))
    }

    /// Products on all threads, which show how fast the machine multiplies.
    fn products(&self) {
        let layer = Linear { inputs: MATRIX, outputs: MATRIX, activation: Activation::None };
        let (a, b) = (vec![0.5; MATRIX * MATRIX], vec![0.25; MATRIX * MATRIX]);
        let mut product = vec![0.0; MATRIX * MATRIX];
        layer.forward(&a, &b, None, &mut product);
        let mut rounds = Rounds::default();
        while rounds.next(self.round) {
            (0..self.round).for_each(|_| layer.forward(&a, &b, None, &mut product));
        }
    }

    /// Fits on the first `items` items, with the method's own settings but for budget and batch.
    fn fit(
        &self,
        items: usize,
        epochs: usize,
        observer: &mut dyn Observer,
    ) -> lfr::Result<Box<dyn Detector>> {
        let mut method = Method::named(&self.method, None)?;
        if let Some(schedule) = method.schedule_mut() {
            (schedule.epochs, schedule.batch_size) = (epochs, self.batch);
        }
        let mut context = Context::new(Seed(0), self.opened()?.device, observer);
        method.fit(&self.data.data(items, self.side), &mut context)
    }

    /// Where networks run.
    fn opened(&self) -> lfr::Result<Opened> {
        device::open(&self.device)
    }

    /// How often the network sees an item of the pile in an epoch.
    fn views(&self) -> usize {
        match self.method.as_str() {
            "geom" | "gt-lfr" => TransformSet::Regular72.len(),
            _ => 1,
        }
    }
}

/// A fit that the observer ended is one that went well.
fn until_interrupted(fitted: lfr::Result<Box<dyn Detector>>) -> lfr::Result<()> {
    match fitted {
        Ok(_) | Err(lfr::Error::Interrupted) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The largest resident set so far, where the system tells.
fn peak_kib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_whitespace().next()?.parse().ok()
}
