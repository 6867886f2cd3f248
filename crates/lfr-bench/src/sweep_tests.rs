//! Sweeps with a runner that only pretends.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use super::*;
use crate::{claim, job, record, status::status};

fn plan(count: u64) -> Vec<Job> {
    (0..count).map(|seed| Job { seed, ..job::example() }).collect()
}

/// A record that depends on the job alone, but for its time.
fn pretend(job: &Job) -> Record {
    let mut record = record::example(job, (job.seed % 97) as f64 / 97.0);
    record.warnings = vec!["x".repeat((job.seed * 37 % 5000) as usize)];
    record.run.seconds = f64::from(std::process::id());
    record
}

fn quiet(_: Event<'_>, _: Progress) {}

/// The records of a folder by file name, times left out. Nothing else may be there.
fn records(folder: &Path) -> BTreeMap<String, String> {
    let entry = |entry: std::io::Result<std::fs::DirEntry>| {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let mut record = super::recorded(folder, name.strip_suffix(".json").unwrap()).unwrap();
        record.run.seconds = 0.0;
        (name, record.to_json().unwrap())
    };
    std::fs::read_dir(folder).unwrap().map(entry).collect()
}

fn sweep(plan: &[Job], folder: &Path, workers: usize, runner: &JobRunner<'_>) -> Result<Progress> {
    Sweep::open(plan, folder, Shard::WHOLE, false)?.run(workers, &AtomicBool::new(false), runner, &quiet)
}

/// The child process of the next test; does nothing in a usual run.
#[test]
fn child() {
    let Some(folder) = std::env::var_os("LFR_SWEEP_TEST") else { return };
    let runner = |job: &Job| {
        std::thread::sleep(Duration::from_millis(4));
        Ok(pretend(job))
    };
    sweep(&plan(300), Path::new(&folder), 3, &runner).unwrap();
}

#[test]
fn a_sweep_killed_ten_times_leaves_the_records_of_an_undisturbed_one() {
    let (killed, whole) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let name = module_path!().split_once("::").unwrap().1;
    let start = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", &format!("{name}::child"), "--nocapture"])
            .env("LFR_SWEEP_TEST", killed.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap()
    };
    let mut random = lfr::seed::Seed(7).stream("kill");
    for _ in 0..10 {
        let mut child = start();
        std::thread::sleep(Duration::from_millis(rand::RngExt::random_range(&mut random, 5..60)));
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let before = status(&plan(300), killed.path()).unwrap();
    assert!(before.broken.is_empty(), "{before:?}");
    assert!(start().wait().unwrap().success());
    sweep(&plan(300), whole.path(), 1, &|job| Ok(pretend(job))).unwrap();
    assert_eq!(records(whole.path()).len(), 300);
    assert_eq!(records(killed.path()), records(whole.path()));
}

#[test]
fn what_is_recorded_is_skipped_and_shards_add_up() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let plan = plan(31);
    sweep(&plan, one.path(), 2, &|job| Ok(pretend(job))).unwrap();
    let again = sweep(&plan, one.path(), 2, &|_| panic!("nothing is left")).unwrap();
    assert_eq!(again, Progress { planned: 31, done: 31, remaining: Some(0.0), ..Progress::default() });
    for shard in ["1/3", "2/3", "3/3"] {
        let sweep = Sweep::open(&plan, two.path(), shard.parse().unwrap(), false).unwrap();
        sweep.run(1, &AtomicBool::new(false), &|job| Ok(pretend(job)), &quiet).unwrap();
    }
    assert_eq!(records(two.path()), records(one.path()));
}

#[test]
fn processes_that_share_a_folder_share_the_work() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, runs) = (plan(60), AtomicUsize::new(0));
    let runner = |job: &Job| {
        runs.fetch_add(1, Ordering::Relaxed);
        std::thread::sleep(Duration::from_millis(1));
        Ok(pretend(job))
    };
    std::thread::scope(|scope| {
        (0..3).for_each(|_| drop(scope.spawn(|| sweep(&plan, folder.path(), 2, &runner).unwrap())));
    });
    assert_eq!((runs.load(Ordering::Relaxed), records(folder.path()).len()), (60, 60));
}

#[test]
fn failures_and_panics_are_kept_and_tried_again() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(4);
    let bad = |job: &Job| match job.seed {
        1 => Err(Error::Diverged { epoch: 1, loss: f32::NAN }),
        2 => panic!("out of {}", "cheese"),
        3 => Ok(record::example(job, f64::NAN)),
        _ => Ok(pretend(job)),
    };
    let told = Mutex::new(Vec::new());
    let watcher = |event: Event<'_>, _: Progress| {
        if let Event::Failed(_, problem) = event {
            told.lock().unwrap().push(problem.to_owned());
        }
    };
    let open = || Sweep::open(&plan, folder.path(), Shard::WHOLE, false).unwrap();
    let progress = open().run(1, &AtomicBool::new(false), &bad, &watcher).unwrap();
    assert_eq!((progress.done, progress.failed), (1, 3));
    let told = told.into_inner().unwrap();
    assert!(told[0].contains("diverged") && told[1].contains("out of cheese") && told[2].contains("finite"));
    let failure = std::fs::read_to_string(claim::failure_path(folder.path(), &plan[1].hash())).unwrap();
    assert!(failure.contains("diverged") && failure.contains("ketch"));
    let group = status(&plan, folder.path()).unwrap().groups.remove(0);
    assert_eq!((group.planned, group.done, group.failed, group.running), (4, 1, 3, 0));
    assert_eq!(open().run(1, &AtomicBool::new(false), &|job| Ok(pretend(job)), &quiet).unwrap().done, 4);
    assert_eq!(records(folder.path()).len(), 4);
}

#[test]
fn a_broken_record_is_told_and_written_anew() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(2);
    sweep(&plan, folder.path(), 1, &|job| Ok(pretend(job))).unwrap();
    let path = record_path(folder.path(), &plan[1].hash());
    std::fs::write(&path, "{\"format\":2,").unwrap();
    assert!(status(&plan, folder.path()).unwrap().broken[0].contains("half written"));
    let told = Mutex::new(Vec::new());
    let watcher = |event: Event<'_>, _: Progress| {
        if let Event::Broken(error) = event {
            told.lock().unwrap().push(error.to_string());
        }
    };
    let sweep = Sweep::open(&plan, folder.path(), Shard::WHOLE, false).unwrap();
    assert_eq!(sweep.pending(), &plan[1..]);
    sweep.run(1, &AtomicBool::new(false), &|job| Ok(pretend(job)), &watcher).unwrap();
    assert!(told.into_inner().unwrap()[0].contains(&path.display().to_string()));
    assert_eq!(records(folder.path()).len(), 2);
}

#[test]
fn records_of_other_settings_and_with_too_little_are_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(3);
    let old = |job: &Job| {
        let mut record = pretend(job);
        record.job.method.config["latent"] = 16.into();
        record
    };
    for job in &plan[..2] {
        let path = record_path(folder.path(), &old(job).job.hash());
        std::fs::write(path, old(job).to_json().unwrap()).unwrap();
    }
    std::fs::write(record_path(folder.path(), &plan[2].hash()), pretend(&plan[2]).to_json().unwrap())
        .unwrap();
    let sweep = Sweep::open(&plan, folder.path(), Shard::WHOLE, false).unwrap();
    assert_eq!(sweep.pending(), &plan[..2]);
    assert_eq!(sweep.stale(), ["2 records of other settings are left out (ae-lfr: latent 16, now 32)"]);
    sweep.run(1, &AtomicBool::new(false), &|job| Ok(pretend(job)), &quiet).unwrap();
    let asks_more = [Job { curve: true, ..plan[2].clone() }];
    let sweep = Sweep::open(&asks_more, folder.path(), Shard::WHOLE, false).unwrap();
    assert_eq!(sweep.pending(), &asks_more);
    sweep.run(1, &AtomicBool::new(false), &|job| Ok(pretend(job)), &quiet).unwrap();
    let open = |plan: &[Job]| Sweep::open(plan, folder.path(), Shard::WHOLE, false).unwrap().pending().len();
    assert_eq!((open(&plan), open(&asks_more)), (0, 0));
}

#[test]
fn packed_records_are_not_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(9);
    sweep(&plan[..5], folder.path(), 1, &|job| Ok(pretend(job))).unwrap();
    assert_eq!(crate::pack(folder.path()).unwrap()[0].1, 5);
    let progress = sweep(&plan, folder.path(), 1, &|job| Ok(pretend(job))).unwrap();
    assert_eq!((progress.done, crate::pack(folder.path()).unwrap()[0].1), (9, 9));
}

#[test]
fn other_versions_are_refused_unless_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let old = |job: &Job| Ok(Record { version: "0.0.1".into(), ..pretend(job) });
    sweep(&plan(1), folder.path(), 1, &old).unwrap();
    let message = Sweep::open(&plan(2), folder.path(), Shard::WHOLE, false).err().unwrap().to_string();
    assert!(message.contains("0.0.1") && message.contains("--mixed"), "{message}");
    assert_eq!(Sweep::open(&plan(2), folder.path(), Shard::WHOLE, true).unwrap().pending().len(), 1);
}

#[test]
fn an_interruption_stops_the_sweep_and_leaves_nothing_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, stop) = (plan(9), AtomicBool::new(false));
    let runner = |job: &Job| {
        if job.seed == 4 {
            stop.store(true, Ordering::Relaxed);
            return Err(Error::Interrupted);
        }
        Ok(pretend(job))
    };
    let sweep = Sweep::open(&plan, folder.path(), Shard::WHOLE, false).unwrap();
    assert!(matches!(sweep.run(1, &stop, &runner, &quiet), Err(Error::Interrupted)));
    assert_eq!(records(folder.path()).len(), 4);
}

#[test]
fn each_job_has_its_share_of_the_threads() {
    let folder = tempfile::tempdir().unwrap();
    let all = std::thread::available_parallelism().unwrap().get();
    let runner = |job: &Job| {
        assert_eq!(rayon::current_num_threads(), (all / 2).max(1));
        Ok(pretend(job))
    };
    assert_eq!(sweep(&plan(4), folder.path(), 2, &runner).unwrap().done, 4);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_sweep() {
    let folder = tempfile::tempdir().unwrap();
    let plan = plan(2);
    let part = folder.path().join(format!(".{}.part", plan[0].hash()));
    std::os::unix::fs::symlink("/dev/full", part).unwrap();
    let message = sweep(&plan, folder.path(), 1, &|job| Ok(pretend(job))).unwrap_err().to_string();
    assert!(message.contains("cannot write") && message.contains("No space left"), "{message}");
}

#[test]
fn a_job_that_died_with_another_process_counts_as_failed() {
    let folder = tempfile::tempdir().unwrap();
    let (plan, hash) = (plan(2), plan(1)[0].hash());
    let held = Mutex::new(claim::Claim::take(folder.path(), &hash).unwrap());
    let run = |runner: &JobRunner<'_>| sweep(&plan, folder.path(), 1, runner).unwrap();
    let progress = run(&|job| Ok(pretend(job)));
    assert_eq!((progress.done, progress.failed, progress.elsewhere), (1, 0, 1));
    std::fs::remove_file(record_path(folder.path(), &plan[1].hash())).unwrap();
    let progress = run(&|job| {
        drop(held.lock().unwrap().take());
        Ok(pretend(job))
    });
    assert_eq!((progress.done, progress.failed, progress.elsewhere), (1, 1, 0));
}
