//! Jobs with the real data sets and methods.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use serde_json::{Value, json};

use super::job::{Job, MethodSpec};
use super::measure;
use super::record::{Point, Record, Run};
use super::set::Source;
use crate::data::{Features, Weights};
use crate::dataset::{Name, contaminate};
use crate::device;
use crate::error::{Error, Result};
use crate::featureless::{Featureless, Whole};
use crate::method::{Context, Detector, Epoch, Method, Observer};
use crate::nn::autoencoder::Shape;
use crate::seed::Seed;

/// Where jobs run and what records say of it.
#[derive(Clone, Debug)]
pub struct RunnerOptions {
    /// The folder of data sets, see [`crate::dataset::data_dir`].
    pub data_dir: PathBuf,
    /// Where networks run, see [`device::names`].
    pub device: String,
    /// The commit this program was built from, where known.
    pub commit: Option<String>,
}

/// The data sets that some jobs need, read once and shared by all of them.
pub struct Runner<'a> {
    options: RunnerOptions,
    stop: &'a AtomicBool,
    sources: HashMap<Name, Source>,
}

impl<'a> Runner<'a> {
    /// Reads the data sets of `jobs` and checks their methods, so that nothing of the kind stops a sweep half-way. Jobs
    /// end with [`Error::Interrupted`] once `stop` is set.
    ///
    /// # Errors
    /// An unknown method, preset or setting; a data set that is not there or damaged; an unknown device.
    pub fn open(jobs: &[Job], options: RunnerOptions, stop: &'a AtomicBool) -> Result<Self> {
        check_methods(jobs)?;
        device::open(&options.device)?;
        let mut sources = HashMap::new();
        for job in jobs {
            if let Entry::Vacant(place) = sources.entry(job.dataset) {
                let guided = |other: &Job| other.dataset == job.dataset && is_guided(&other.method);
                place.insert(Source::read(job.dataset, &options.data_dir, jobs.iter().any(guided))?);
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
        let draw = contaminate(job.dataset, &source.pool.classes, class, job.ratio, Seed(job.seed))?;
        let outlier: Vec<bool> = draw.labels.iter().map(|&label| label == 1).collect();
        let method = method(&job.method)?.suited_to(source.kind);
        let device = device::open(&self.options.device)?;
        let start = Instant::now();
        let features = source.pool.features.select(&draw.indices);
        let mut watch = Watch { stop: self.stop, curve: job.curve, outlier: &outlier, points: Vec::new() };
        let featureless = Featureless::of_pile(&features);
        let training = featureless.rest(&features);
        let mut whole = Whole { observer: &mut watch, featureless: &featureless };
        let mut context = Context::new(Seed(job.seed), device, &mut whole);
        if is_guided(&job.method) {
            context.known = Some(source.known(job, class)?);
        }
        let detector = method.fit(&training, &mut context)?;
        let scores = all_scores(&method, detector.as_ref(), &training, &context)?;
        let fill = |scores: Vec<f32>| {
            let own = featureless.score(&scores).unwrap_or_default();
            featureless.fill(scores, own)
        };
        let scores: Vec<_> = scores.into_iter().map(|(name, scores)| (name, fill(scores))).collect();
        let run = Run {
            seconds: start.elapsed().as_secs_f64(),
            device: self.options.device.clone(),
            threads: rayon::current_num_threads(),
            peak_memory: peak_memory(),
        };
        let mut record = Record::new(job, self.options.commit.as_deref(), config(&method)?, run);
        record.warnings = std::mem::take(&mut context.warnings);
        record.warnings.extend(featureless.warning(source.kind));
        record.outliers = outlier.iter().filter(|&&is| is).count();
        record.inliers = outlier.len() - record.outliers;
        record.scores = scores
            .iter()
            .map(|(name, scores)| measure::quality(name, scores, &outlier, job.histogram))
            .collect::<Result<_>>()?;
        record.curve = watch.points;
        Ok(record)
    }

    fn source(&self, job: &Job) -> Result<&Source> {
        let unread = || Error::config("dataset", job.dataset, "was not opened for this sweep");
        self.sources.get(&job.dataset).ok_or_else(unread)
    }
}

/// Checks the methods of `jobs` without reading any data.
///
/// # Errors
/// [`Error::Config`] naming the first method, preset or setting that is none.
pub fn check_methods(jobs: &[Job]) -> Result<()> {
    let mut seen: Vec<&MethodSpec> = Vec::new();
    for job in jobs {
        if !seen.contains(&&job.method) {
            method(&job.method)?;
            seen.push(&job.method);
        }
    }
    Ok(())
}

fn method(spec: &MethodSpec) -> Result<Method> {
    let method =
        Method::named(&spec.name, spec.preset.as_deref())?.with(&Value::Object(spec.settings.clone()))?;
    method.validate()?;
    Ok(method)
}

fn config(method: &Method) -> Result<Value> {
    serde_json::to_value(method).map_err(|error| Error::config("method", method.name(), error.to_string()))
}

/// Whether the method learns from a few labelled items.
fn is_guided(spec: &MethodSpec) -> bool {
    spec.name.starts_with("elite-")
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
    let (own_name, other_name, other) = match config(method)?.get("score_on").and_then(Value::as_str) {
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
        if self.curve && measure::is_kept(epoch.epoch, epoch.epochs) {
            let point = measure::point(epoch.epoch, epoch.loss, epoch.gap, &scores()?, self.outlier)?;
            self.points.push(point);
        }
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
mod tests {
    use super::super::{grid::Grid, job, set::tests::data_dir, store::Records};
    use super::*;

    fn options() -> Option<RunnerOptions> {
        Some(RunnerOptions { data_dir: data_dir()?, device: "cpu".into(), commit: None })
    }

    fn job(method: &str, settings: Value) -> Job {
        let settings = settings.as_object().cloned().unwrap_or_default();
        let method = MethodSpec { name: method.into(), preset: None, settings };
        Job { method, curve: true, histogram: true, ..job::example() }
    }

    #[test]
    fn one_run_of_a_plugged_method_gives_both_scores() {
        let Some(options) = options() else { return };
        let stop = AtomicBool::new(false);
        let jobs = [
            job("ae-lfr", json!({ "schedule": { "epochs": 1 } })),
            job("ae-lfr", json!({ "schedule": { "epochs": 1 }, "score_on": "latent" })),
        ];
        let runner = Runner::open(&jobs, options, &stop).unwrap();
        let [own, other] = jobs.each_ref().map(|job| runner.run(job).unwrap());
        assert_eq!((own.inliers, own.outliers, own.curve.len()), (100, 10, 1));
        assert_eq!(own.scores.iter().map(|s| s.name.as_str()).collect::<Vec<_>>(), ["S_B", "S_A"]);
        assert_eq!(own.quality(Some("S_A")), other.quality(None));
        assert_eq!(own.quality(None), other.quality(Some("S_B")));
        assert_eq!(own.curve[0].auroc, own.scores[0].auroc);
        let values = own.scores[0].values.as_ref().unwrap();
        assert_eq!((values.inliers.len(), values.outliers.len()), (100, 10));
        let again = runner.run(&jobs[0]).unwrap();
        assert_eq!(Record { run: own.run.clone(), ..again }, own);
        assert_eq!([own].into_iter().collect::<Records>().len(), 1);
    }

    #[test]
    fn a_stopped_run_ends() {
        let Some(options) = options() else { return };
        let (stop, jobs) = (AtomicBool::new(true), [job("ae", json!({}))]);
        let runner = Runner::open(&jobs, options, &stop).unwrap();
        assert!(matches!(runner.run(&jobs[0]), Err(Error::Interrupted)));
    }

    #[test]
    fn unknown_methods_presets_and_settings_are_named_before_anything_runs() {
        let preset = Job {
            method: MethodSpec { preset: Some("papers".into()), ..job("ae", json!({})).method },
            ..job::example()
        };
        for (job, part) in [
            (job("aee", json!({})), "aee"),
            (preset, "papers"),
            (job("ae", json!({ "schedule": { "epocs": 3 } })), "epocs"),
            (job("ae", json!({ "schedule": { "epochs": 0 } })), "epochs"),
        ] {
            let message = check_methods(&[job]).unwrap_err().to_string();
            assert!(message.contains(part), "{message}");
        }
        assert!(check_methods(&[job("isolation-forest", json!({}))]).is_ok());
    }

    #[test]
    fn every_grid_of_the_repository_names_methods_and_settings_there_are() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments");
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.extension().is_some_and(|ending| ending == "toml") {
                for job in Grid::read(&path).unwrap().jobs() {
                    let found = method(&job.method).map(|method| method.name());
                    assert!(found.as_ref().is_ok_and(|name| *name == job.method.name), "{job}: {found:?}");
                }
            }
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn the_system_tells_the_peak_of_memory() {
        assert!(peak_memory().is_some_and(|bytes| bytes > 1 << 20));
    }
}
