//! Jobs on real data, where there are any.

use std::path::Path;

use super::*;
use crate::source::tests::data_dir;
use crate::{job, store::Records};
use lfr::dataset::DrawOptions;

fn options() -> Option<RunnerOptions> {
    Some(RunnerOptions { data_dir: data_dir()?, device: "cpu".into(), commit: None, unfinished: None })
}

fn job(method: &str, settings: Value) -> Job {
    Job { curve: true, histogram: true, ..job::example_of(method, None, &settings) }
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
    let names: Vec<_> = own.checks.iter().flatten().map(|check| check.name.as_str()).collect();
    assert!(names.contains(&"distinct-scores") && names.contains(&"dead-latent"), "{names:?}");
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

// One cheap record of each classical method, run again: the numbers in the documents are those of this program.
#[test]
fn the_records_of_the_repository_are_those_that_this_program_makes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../experiments/records");
    let Some(options) = options() else { return };
    let records = Records::load(&folder).unwrap().records;
    let cheap = [
        ("lvad", json!({ "restarts": 2 }), 0.1),
        ("isolation-forest", json!({}), 0.5),
        ("knn", json!({}), 0.5),
        ("lof", json!({}), 0.5),
        ("pca", json!({}), 0.5),
        ("ecod", json!({}), 0.5),
    ];
    let cheap = cheap.map(|(name, settings, ratio)| Job {
        inlier: "Leopards".into(),
        ratio,
        ..job::example_of(name, None, &settings)
    });
    let stop = AtomicBool::new(false);
    let runner = Runner::open(&cheap, options, &stop).unwrap();
    for job in &cheap {
        let old = records.get(job).unwrap_or_else(|| panic!("no record of {job}"));
        let new = runner.run(job).unwrap();
        assert_eq!(new.job.hash(), old.current_hash());
        assert_eq!((new.inliers, new.outliers), (old.inliers, old.outliers), "{job}");
        assert_eq!(new.scores, old.scores, "{job}");
        assert!(!new.is_dead(), "{job}: {:?}", new.checks);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_system_tells_the_peak_of_memory() {
    assert!(peak_memory().is_some_and(|bytes| bytes > 1 << 20));
}

// What the networks of the text tables have to beat; `docs/results.md` tells of it. Printed with `--nocapture`.
#[test]
fn on_reuters_the_distance_to_the_mean_document_ranks_as_the_networks_do() {
    let Some(options) = options().filter(|options| options.data_dir.join("reuters-21578").is_dir()) else {
        return;
    };
    let source = Source::read(Name::Reuters, DataOptions::default(), &options.data_dir, false).unwrap();
    let auroc = |inlier: &str, ratio| {
        let (classes, class) = (&source.pool.classes, Name::Reuters.class(inlier).unwrap());
        let draw =
            contaminate(Name::Reuters, classes, class, ratio, Seed(0), DrawOptions::default()).unwrap();
        let outlier: Vec<bool> = draw.labels.iter().map(|&label| label == 1).collect();
        let distances = distances_to_mean(&source.pool.features.select(&draw.indices));
        quality::measure("S", &distances, &outlier, false).unwrap().auroc
    };
    let means = [0.1, 0.3, 0.5, 0.7, 0.9].map(|ratio| {
        let by_class = Name::Reuters.class_names().iter().map(|name| auroc(name, ratio)).collect::<Vec<_>>();
        let mean = by_class.iter().sum::<f64>() / by_class.len() as f64;
        eprintln!("mean document at c = {ratio}: {mean:.3}, by class {by_class:.3?}");
        mean
    });
    assert!((means[0] - 0.9021).abs() < 5e-4, "{means:?}");
    assert!(means.is_sorted_by(|a, b| a > b), "{means:?}");
}

/// The squared distance of each document from the mean of all.
fn distances_to_mean(features: &Features) -> Vec<f32> {
    let Features::Sparse(rows) = features else { panic!("documents are sparse") };
    let entries = |i: usize| {
        let (columns, values) = rows.row(i);
        columns.iter().map(|&column| column as usize).zip(values.iter().map(|&value| f64::from(value)))
    };
    let mut mean = vec![0.0f64; rows.cols];
    for (column, value) in (0..rows.rows()).flat_map(entries) {
        mean[column] += value / rows.rows() as f64;
    }
    let own = mean.iter().map(|m| m * m).sum::<f64>();
    let distance =
        |i| own + entries(i).map(|(column, value)| value * (value - 2.0 * mean[column])).sum::<f64>();
    (0..rows.rows()).map(|i| distance(i) as f32).collect()
}
