//! Running the jobs of a plan, in any number of processes, stopped and resumed at any time.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;
use serde_json::json;

use crate::claim::{Claim, is_taken, record_path};
use crate::forecast::Forecast;
use crate::job::Job;
use crate::record::Record;
use crate::shard::Shard;
use crate::status::{State, states};
use crate::store::same_version;
use lfr::error::{Error, Result};

/// What fits a job; called within a thread pool of the job's own.
pub type JobRunner<'a> = dyn Fn(&Job) -> Result<Record> + Sync + 'a;

/// Who is told of each step and where the sweep stands then.
pub type Watcher<'a> = dyn Fn(Event<'_>, Progress) + Sync + 'a;

/// A step of a sweep.
#[derive(Clone, Copy, Debug)]
pub enum Event<'a> {
    /// A record cannot be used; its job runs again.
    Broken(&'a Error),
    /// A job begins.
    Started(&'a Job),
    /// A job is recorded.
    Finished(&'a Record),
    /// A job failed; it runs again in the next sweep.
    Failed(&'a Job, &'a str),
    /// Another process has the job.
    Elsewhere(&'a Job),
}

/// Where a sweep stands.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Progress {
    /// Jobs of the shard.
    pub planned: usize,
    /// Of them recorded, before or now.
    pub done: usize,
    /// Failed now.
    pub failed: usize,
    /// Left to other processes.
    pub elsewhere: usize,
    /// Seconds to go, as far as times are known.
    pub remaining: Option<f64>,
}

/// A plan, or a shard of it, set against the records that are there.
pub struct Sweep<'a> {
    folder: &'a Path,
    planned: usize,
    pending: Vec<Job>,
    broken: Vec<Error>,
    stale: Vec<String>,
    forecast: Forecast,
}

impl<'a> Sweep<'a> {
    /// Finds what is left to run of `shard` of `plan`, with the records in `folder`, made where it is missing.
    ///
    /// # Errors
    /// A folder that cannot be made or read; a line of a file of many records that is none; records of another version,
    /// unless `mixed`.
    pub fn open(plan: &[Job], folder: &'a Path, shard: Shard, mixed: bool) -> Result<Self> {
        std::fs::create_dir_all(folder).map_err(|error| Error::io("create", folder, error))?;
        let jobs = shard.of(plan);
        let (planned, (states, stale)) = (jobs.len(), states(folder, &jobs)?);
        let (mut pending, mut broken, mut forecast) = (Vec::new(), Vec::new(), Forecast::default());
        let mut versions = HashSet::from([env!("CARGO_PKG_VERSION").to_owned()]);
        for (job, state) in jobs.into_iter().zip(states) {
            match state {
                State::Done { seconds, version } => {
                    forecast.time(&job, seconds);
                    versions.insert(version);
                    continue;
                }
                State::Broken(error) => broken.push(error),
                State::Failed | State::Running | State::Open => {}
            }
            forecast.open(&job);
            pending.push(job);
        }
        if !mixed {
            same_version(folder, versions.iter().map(String::as_str))?;
        }
        Ok(Self { folder, planned, pending, broken, stale, forecast })
    }

    /// The jobs left to run, in order.
    pub fn pending(&self) -> &[Job] {
        &self.pending
    }

    /// Sentences on records that were made with other settings than those in force; their jobs run again.
    pub fn stale(&self) -> &[String] {
        &self.stale
    }

    /// Runs what is left, `workers` jobs at a time, each with its share of the machine's threads, until all are done or
    /// `stop` is set. Failed jobs are told and left for the next sweep.
    ///
    /// # Errors
    /// [`Error::Interrupted`]; a record that cannot be written.
    pub fn run(
        &self,
        workers: usize,
        stop: &AtomicBool,
        runner: &JobRunner<'_>,
        watcher: &Watcher<'_>,
    ) -> Result<Progress> {
        let workers = workers.clamp(1, self.pending.len().max(1));
        let progress = Progress {
            planned: self.planned,
            done: self.planned - self.pending.len(),
            remaining: self.forecast.seconds(workers),
            ..Progress::default()
        };
        self.broken.iter().for_each(|error| watcher(Event::Broken(error), progress));
        let state = Mutex::new((progress, self.forecast.clone()));
        let (next, elsewhere) = (AtomicUsize::new(0), Mutex::default());
        let crew = Crew { sweep: self, workers, next, stop, runner, watcher, state, elsewhere };
        let threads = std::thread::available_parallelism().map_or(1, usize::from) / workers;
        let outcomes: Vec<Result<()>> = std::thread::scope(|scope| {
            let hands: Vec<_> = (0..workers).map(|_| scope.spawn(|| crew.work(threads.max(1)))).collect();
            let died = || Error::config("jobs", workers, "a worker died; run with fewer");
            hands.into_iter().map(|hand| hand.join().unwrap_or_else(|_| Err(died()))).collect()
        });
        outcomes.into_iter().collect::<Result<()>>()?;
        crew.look_again();
        Ok(crew.tell(|_, _| {}))
    }
}

/// What the workers of a sweep share.
struct Crew<'a> {
    sweep: &'a Sweep<'a>,
    workers: usize,
    next: AtomicUsize,
    stop: &'a AtomicBool,
    runner: &'a JobRunner<'a>,
    watcher: &'a Watcher<'a>,
    state: Mutex<(Progress, Forecast)>,
    /// Jobs that other processes had.
    elsewhere: Mutex<Vec<&'a Job>>,
}

impl<'a> Crew<'a> {
    /// Sees how the jobs came out that other processes had: done, still under way, or dead with their process.
    fn look_again(&self) {
        let elsewhere = self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner);
        for &job in elsewhere.iter() {
            let (folder, hash) = (self.sweep.folder, job.hash());
            // Asked first: between the end of a job and the end of its claim there is a record.
            let is_running = is_taken(folder, &hash);
            if recorded(folder, &hash).is_some() {
                self.tell(|progress, _| {
                    (progress.elsewhere, progress.done) = (progress.elsewhere - 1, progress.done + 1)
                });
            } else if !is_running {
                let now = self.tell(|progress, _| {
                    (progress.elsewhere, progress.failed) = (progress.elsewhere - 1, progress.failed + 1);
                });
                (self.watcher)(Event::Failed(job, "the process that had it died or failed"), now);
            }
        }
    }

    fn work(&self, threads: usize) -> Result<()> {
        let built = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        let pool = built.map_err(|error| Error::config("jobs", self.workers, error.to_string()))?;
        while let Some(job) = self.sweep.pending.get(self.next.fetch_add(1, Ordering::Relaxed)) {
            if self.stop.load(Ordering::Relaxed) {
                return Err(Error::Interrupted);
            }
            if let Err(error) = self.run(job, &pool) {
                self.next.store(self.sweep.pending.len(), Ordering::Relaxed);
                return Err(error);
            }
        }
        Ok(())
    }

    fn run(&self, job: &'a Job, pool: &ThreadPool) -> Result<()> {
        let (folder, hash) = (self.sweep.folder, job.hash());
        let Some(claim) = Claim::take(folder, &hash)? else {
            self.elsewhere.lock().unwrap_or_else(PoisonError::into_inner).push(job);
            let now = self.close(job, |progress| progress.elsewhere += 1);
            (self.watcher)(Event::Elsewhere(job), now);
            return Ok(());
        };
        if let Some(record) = recorded(folder, &hash).filter(|record| record.serves(job)) {
            claim.release();
            return self.finished(job, &record);
        }
        (self.watcher)(Event::Started(job), self.tell(|_, _| {}));
        let outcome = catch_unwind(AssertUnwindSafe(|| pool.install(|| (self.runner)(job))));
        let problem = match outcome.map(|result| result.and_then(|record| Ok((record.to_json()?, record)))) {
            Ok(Ok((text, record))) => {
                claim.record(&text)?;
                return self.finished(job, &record);
            }
            Ok(Err(Error::Interrupted)) => {
                claim.release();
                return Err(Error::Interrupted);
            }
            Ok(Err(error)) => error.to_string(),
            Err(panic) => format!("the program has a bug: {}", words(panic.as_ref())),
        };
        let failure = json!({ "job": job, "version": env!("CARGO_PKG_VERSION"), "error": problem });
        claim.failure(&format!("{failure}\n"))?;
        let now = self.close(job, |progress| progress.failed += 1);
        (self.watcher)(Event::Failed(job, &problem), now);
        Ok(())
    }

    fn finished(&self, job: &Job, record: &Record) -> Result<()> {
        self.tell(|_, forecast| forecast.time(job, record.run.seconds));
        let now = self.close(job, |progress| progress.done += 1);
        (self.watcher)(Event::Finished(record), now);
        Ok(())
    }

    fn close(&self, job: &Job, count: impl FnOnce(&mut Progress)) -> Progress {
        self.tell(|progress, forecast| {
            count(progress);
            forecast.close(job);
        })
    }

    /// Changes the state and returns how the sweep stands then.
    fn tell(&self, change: impl FnOnce(&mut Progress, &mut Forecast)) -> Progress {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (progress, forecast) = &mut *state;
        change(progress, forecast);
        progress.remaining = forecast.seconds(self.workers);
        *progress
    }
}

/// What another process has recorded since the sweep began.
fn recorded(folder: &Path, hash: &str) -> Option<Record> {
    let record = Record::parse(&std::fs::read(record_path(folder, hash)).ok()?).ok()?;
    (record.job.hash() == hash).then_some(record)
}

/// What a panic said.
fn words(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it gave no reason")
}

#[cfg(test)]
#[path = "sweep_tests.rs"]
mod tests;
