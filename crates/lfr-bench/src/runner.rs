//! Jobs with the real data sets and methods.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::data::DataOptions;
use crate::job::{Job, MethodSpec, config_of};
use crate::marked::{Marked, UNGUIDED};
use crate::quality;
use crate::record::{Point, Record, Run};
use crate::source::Source;
use lfr::check::{Check, Evidence, checks};
use lfr::data::{Features, Weights};
use lfr::dataset::{Name, contaminate};
use lfr::device;
use lfr::error::{Error, Result};
use lfr::featureless::{Featureless, Whole};
use lfr::method::{Detector, Method, Takes};
use lfr::nn::autoencoder::Shape;
use lfr::seed::Seed;
use lfr::train::{Checkpoints, Context, Epoch, Observer};

/// Time between two states of a network in training.
const SAVE_EVERY: Duration = Duration::from_secs(120);

/// Where jobs run and what records say of it.
#[derive(Clone, Debug)]
pub struct RunnerOptions {
    /// The folder of data sets, see [`lfr::dataset::data_dir`].
    pub data_dir: PathBuf,
    /// Where networks run, see [`device::names`].
    pub device: String,
    /// The commit this program was built from, where known.
    pub commit: Option<String>,
    /// The folder of records, beside which networks in training leave their state, a folder a job.
    pub unfinished: Option<PathBuf>,
}

/// The data sets that some jobs need, read once and shared by all of them.
pub struct Runner<'a> {
    options: RunnerOptions,
    stop: &'a AtomicBool,
    sources: HashMap<(Name, DataOptions), Source>,
}

impl<'a> Runner<'a> {
    /// Reads the data sets of `jobs`, so that nothing of the kind stops a sweep half-way. Jobs end with
    /// [`Error::Interrupted`] once `stop` is set.
    ///
    /// # Errors
    /// A data set that is not there or damaged; an unknown device.
    pub fn open(jobs: &[Job], options: RunnerOptions, stop: &'a AtomicBool) -> Result<Self> {
        device::open(&options.device)?;
        let mut sources = HashMap::new();
        for job in jobs {
            if let Entry::Vacant(place) = sources.entry((job.dataset, job.data)) {
                let same = |other: &Job| (other.dataset, other.data) == (job.dataset, job.data);
                let needs = |other: &Job| other.labelled == 0 && is_guided(&other.method);
                let guided = jobs.iter().any(|other| same(other) && needs(other));
                place.insert(Source::read(job.dataset, job.data, &options.data_dir, guided)?);
            }
        }
        Ok(Self { options, stop, sources })
    }

    /// Fits and measures `job`, in the thread pool it is called in.
    ///
    /// # Errors
    /// As [`contaminate`], [`Method::fit`] and [`Detector::training_scores`]; a data set that was not opened.
    pub fn run(&self, job: &Job) -> Result<Record> {
        let (source, class) = (self.source(job)?, job.dataset.class(&job.inlier)?);
        let (classes, seed) = (&source.pool.classes, Seed(job.seed));
        let draw = contaminate(job.dataset, classes, class, job.ratio, seed, job.data.draw())?;
        let outlier: Vec<bool> = draw.labels.iter().map(|&label| label == 1).collect();
        let method = job.method.method()?;
        let opened = device::open(&self.options.device)?;
        let features = source.pool.features.select(&draw.indices);
        let marks = Marked::new(job, &features, &outlier, source.kind, seed)?;
        let (features, outlier) = (features.select(&marks.rest), marks.measured(&outlier));
        let start = Instant::now();
        let mut watch = Watch { stop: self.stop, curve: job.curve, outlier: &outlier, points: Vec::new() };
        let featureless = Featureless::of_pile(&features);
        let training = featureless.rest(&features);
        let mut whole = Whole { observer: &mut watch, featureless: &featureless };
        let mut context = Context::new(seed, opened.device.clone(), &mut whole);
        context.warnings.extend(opened.warnings(&method));
        context.known = match marks.known {
            None if is_guided(&job.method) => Some(source.known(job, class)?),
            known => known,
        };
        let checkpoints = self.options.unfinished.as_ref().map(|folder| {
            let name = format!(".{}-unfinished", job.hash());
            Checkpoints::new(folder.join(name), SAVE_EVERY).of_fit(job.hash().as_bytes())
        });
        context.checkpoints.clone_from(&checkpoints);
        let detector = method.fit(&training, &mut context)?;
        let scores = all_scores(&method, detector.as_ref(), &training, &context)?;
        let fill = |scores: Vec<f32>| {
            let own = featureless.score(&scores).unwrap_or_default();
            featureless.fill(scores, own)
        };
        let scores: Vec<_> = scores.into_iter().map(|(name, scores)| (name, fill(scores))).collect();
        let run = Run {
            seconds: start.elapsed().as_secs_f64(),
            device: opened.name,
            threads: rayon::current_num_threads(),
            peak_memory: peak_memory(),
        };
        let mut record = Record::new(job, self.options.commit.as_deref(), run);
        record.checks = scores.first().map(|(_, own)| self_checks(own, training.width(), &context));
        record.warnings = std::mem::take(&mut context.warnings);
        record.warnings.extend(featureless.warning(source.kind));
        record.outliers = outlier.iter().filter(|&&is| is).count();
        record.inliers = outlier.len() - record.outliers;
        if record.outliers == 0 {
            record.warnings.push("every outlier was marked; there is nothing to measure".into());
        } else {
            record.scores = scores
                .iter()
                .map(|(name, scores)| quality::measure(name, scores, &outlier, job.histogram))
                .chain(marks.unguided.iter().map(|own| quality::measure(UNGUIDED, own, &outlier, false)))
                .collect::<Result<_>>()?;
        }
        record.marked = marks.counts;
        record.curve = watch.points;
        checkpoints.map(|done| done.discard()).transpose()?;
        Ok(record)
    }

    fn source(&self, job: &Job) -> Result<&Source> {
        let unread = || Error::config("dataset", job.dataset, "was not opened for this sweep");
        self.sources.get(&(job.dataset, job.data)).ok_or_else(unread)
    }
}

/// Whether the method cannot do without a few labelled items; those of a job without marks come from outside its pool.
fn is_guided(spec: &MethodSpec) -> bool {
    Method::ALL.iter().any(|method| method.name == spec.name && method.takes == Takes::LabelledToo)
}

/// What the fit itself tells of whether its scores mean anything.
fn self_checks(scores: &[f32], width: usize, context: &Context<'_>) -> Vec<Check> {
    let findings = &context.findings;
    let losses: Vec<f32> = findings.curve.iter().map(|epoch| epoch.loss).collect();
    let latents = findings.latents.as_ref().map(|(rows, values)| (*rows, values.as_slice()));
    let (orthogonality, agreement) = (findings.orthogonality, findings.agreement);
    checks(&Evidence { scores, losses: &losses, latents, width, orthogonality, agreement })
}

/// The scores of the fit's items, the method's own first. Where the method has a latent layer, the same networks are
/// scored with the other latent too (Lin et al. 2023, Eq. 12): once more through the data, against many times in training.
fn all_scores(
    method: &Method,
    detector: &dyn Detector,
    features: &Features,
    context: &Context<'_>,
) -> Result<Vec<(&'static str, Vec<f32>)>> {
    let own = detector.training_scores(features)?;
    let (own_name, other_name, other) = match config_of(method)?.get("score_on").and_then(Value::as_str) {
        Some("latent") => ("S_A", "S_B", "reconstructed"),
        Some(_) => ("S_B", "S_A", "latent"),
        None => return Ok(vec![("S", own)]),
    };
    let mut weights = Weights::default();
    detector.store(&mut weights);
    let other = method.with(&json!({ "score_on": other }))?;
    let detector = other.load(&Shape::of(features, 0), &context.device, &mut weights)?;
    Ok(vec![(own_name, own), (other_name, detector.training_scores(features)?)])
}

/// Stops a fit when asked to, and keeps its curve.
struct Watch<'a> {
    stop: &'a AtomicBool,
    curve: bool,
    outlier: &'a [bool],
    points: Vec<Point>,
}

impl Observer for Watch<'_> {
    fn step(&mut self, _: usize, _: usize) -> Result<()> {
        if self.stop.load(Ordering::Relaxed) { Err(Error::Interrupted) } else { Ok(()) }
    }

    fn epoch(&mut self, epoch: &Epoch, scores: &dyn Fn() -> Result<Vec<f32>>) -> Result<()> {
        if self.curve && quality::is_kept(epoch.epoch, epoch.epochs) {
            let point = quality::point(epoch.epoch, epoch.loss, epoch.gap, &scores()?, self.outlier)?;
            self.points.push(point);
        }
        Ok(())
    }

    fn held(&self) -> Value {
        serde_json::to_value(&self.points).unwrap_or_default()
    }

    fn restore(&mut self, held: &Value) -> Result<()> {
        self.points = serde_json::from_value(held.clone())
            .map_err(|e| Error::Scores { problem: format!("the curve of the training is lost: {e}") })?;
        Ok(())
    }
}

/// The most memory this process has held, in bytes, where the system tells.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

#[cfg(test)]
#[path = "runner_tests.rs"]
mod tests;
