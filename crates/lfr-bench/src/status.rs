//! How far a plan has got: which of its jobs are recorded, running or failed.

use std::collections::BTreeMap;
use std::path::Path;

use rayon::prelude::*;

use crate::claim::{failure_path, is_taken};
use crate::forecast::Forecast;
use crate::job::Job;
use crate::store::Records;
use lfr::dataset::Name;
use lfr::error::{Error, Result};

/// How a job stands.
#[derive(Debug)]
pub(super) enum State {
    /// Recorded.
    Done { seconds: f64, version: String },
    /// Its record cannot be used.
    Broken(Error),
    /// Some process on this machine is at it.
    Running,
    /// It failed in the last sweep.
    Failed,
    /// None of these.
    Open,
}

/// How each job of `plan` stands, and sentences on records that are of other settings.
pub(super) fn states(folder: &Path, plan: &[Job]) -> Result<(Vec<State>, Vec<String>)> {
    let mut loaded = if folder.is_dir() { Records::load(folder)? } else { Default::default() };
    let stale = loaded.records.stale_of(plan);
    let problems: Vec<_> = plan.iter().map(|job| loaded.problem(&job.hash())).collect();
    let state = |(job, problem): (&Job, Option<Error>)| {
        let hash = job.hash();
        match loaded.records.get(job) {
            Some(record) => State::Done { seconds: record.run.seconds, version: record.version.clone() },
            None if is_taken(folder, &hash) => State::Running,
            None => match problem {
                Some(error) => State::Broken(error),
                None if failure_path(folder, &hash).exists() => State::Failed,
                None => State::Open,
            },
        }
    };
    Ok((plan.par_iter().zip(problems).map(state).collect(), stale))
}

/// How far a plan has got, whoever runs it.
#[derive(Clone, Debug, PartialEq)]
pub struct Status {
    /// The jobs of each method on each data set.
    pub groups: Vec<Group>,
    /// Records that cannot be used, and why.
    pub broken: Vec<String>,
    /// Sentences on records that were made with other settings than those in force.
    pub stale: Vec<String>,
    /// Seconds that the jobs without record would take one after the other, as far as times are known.
    pub remaining: Option<f64>,
}

/// The jobs of a method on a data set.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// The data set.
    pub dataset: Name,
    /// The method, with its preset in parentheses.
    pub method: String,
    /// How many are planned.
    pub planned: usize,
    /// Recorded.
    pub done: usize,
    /// Under way on this machine.
    pub running: usize,
    /// Failed when last tried.
    pub failed: usize,
    /// Mean seconds of those recorded.
    pub seconds: Option<f64>,
}

/// How far `plan` has got in `folder`; may be asked while a sweep runs.
///
/// # Errors
/// A folder that cannot be read; a line of a file of many records that is none.
pub fn status(plan: &[Job], folder: &Path) -> Result<Status> {
    let mut groups: BTreeMap<(Name, String), (Group, f64)> = BTreeMap::new();
    let (mut broken, mut forecast) = (Vec::new(), Forecast::default());
    let (states, stale) = states(folder, plan)?;
    for (job, state) in plan.iter().zip(states) {
        let method = match &job.method.preset {
            Some(preset) => format!("{} ({preset})", job.method.name),
            None => job.method.name.clone(),
        };
        let (group, total) = groups.entry((job.dataset, method.clone())).or_insert_with(|| {
            let empty = Group {
                dataset: job.dataset,
                method,
                planned: 0,
                done: 0,
                running: 0,
                failed: 0,
                seconds: None,
            };
            (empty, 0.0)
        });
        group.planned += 1;
        if let State::Done { seconds, .. } = state {
            group.done += 1;
            *total += seconds;
            forecast.time(job, seconds);
            continue;
        }
        forecast.open(job);
        match state {
            State::Running => group.running += 1,
            State::Failed => group.failed += 1,
            State::Broken(error) => broken.push(error.to_string()),
            State::Done { .. } | State::Open => {}
        }
    }
    let mean = |(group, total): (Group, f64)| {
        let seconds = (group.done > 0).then(|| total / group.done as f64);
        Group { seconds, ..group }
    };
    let groups = groups.into_values().map(mean).collect();
    Ok(Status { groups, broken, stale, remaining: forecast.seconds(1) })
}
