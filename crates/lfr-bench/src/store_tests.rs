//! Records in single files and in files of JSON lines.

use super::*;
use crate::claim::record_path;
use crate::{job, record};

fn plan(count: u64) -> Vec<Job> {
    (0..count).map(|seed| Job { seed, ..job::example() }).collect()
}

fn write(folder: &Path, record: &Record) {
    std::fs::write(record_path(folder, &record.job.hash()), record.to_json().unwrap()).unwrap();
}

#[test]
fn records_are_found_by_job_and_versions_kept_apart() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = plan(3);
    for (job, version) in jobs.iter().zip(["0.1.0", "0.2.0"]) {
        write(folder.path(), &Record { version: version.into(), ..record::example(job, 0.5) });
    }
    let message = Records::read(folder.path(), &jobs, false).unwrap_err().to_string();
    assert!(message.contains("0.1.0 and 0.2.0") && message.contains("--mixed"), "{message}");
    let records = Records::read(folder.path(), &jobs, true).unwrap();
    assert_eq!((records.len(), records.is_empty()), (2, false));
    assert!(records.get(&jobs[1]).is_some() && records.get(&jobs[2]).is_none());
    assert_eq!(Records::read(folder.path(), &jobs[..1], false).unwrap().len(), 1);
    std::fs::write(record_path(folder.path(), &jobs[2].hash()), "{").unwrap();
    let message = Records::read(folder.path(), &jobs, true).unwrap_err().to_string();
    assert!(message.contains("half written"), "{message}");
    assert_eq!(Records::read(folder.path(), &jobs[..2], true).unwrap().len(), 2);
    assert!(Records::read(Path::new("/no/such"), &jobs, true).is_err());
}

#[test]
fn a_file_of_lines_counts_as_its_records_and_a_bad_line_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = plan(3);
    let lines: Vec<_> = jobs.iter().map(|job| record::example(job, 0.5).to_json().unwrap()).collect();
    std::fs::write(folder.path().join("some.jsonl"), lines[..2].concat()).unwrap();
    write(folder.path(), &record::example(&jobs[2], 0.5));
    assert_eq!(Records::read(folder.path(), &jobs, false).unwrap().len(), 3);
    std::fs::write(folder.path().join("some.jsonl"), format!("{}\n{{\"for", lines[0])).unwrap();
    let message = Records::read(folder.path(), &jobs, false).unwrap_err().to_string();
    assert!(message.contains("some.jsonl: line 3: is half written"), "{message}");
}

#[test]
fn a_record_of_other_settings_is_none_of_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let jobs = plan(3);
    for (job, epochs) in jobs.iter().zip([20, 30, 30]) {
        let mut old = record::example(job, 0.5);
        old.job.method.config["schedule"]["epochs"] = epochs.into();
        write(folder.path(), &old);
    }
    let records = Records::read(folder.path(), &jobs, false).unwrap();
    assert_eq!((records.len(), records.get(&jobs[0]).is_some()), (1, true));
    let said = "2 records of other settings are left out (ae-lfr: schedule.epochs 30, now 20)";
    assert_eq!(records.stale(), [said]);
    write(folder.path(), &record::example(&jobs[1], 0.5));
    write(folder.path(), &record::example(&jobs[2], 0.5));
    assert!(Records::read(folder.path(), &jobs, false).unwrap().stale().is_empty());
}

#[test]
fn other_ways_to_the_same_settings_and_records_with_more_serve() {
    let folder = tempfile::tempdir().unwrap();
    let with_curve = Job { curve: true, ..job::example() };
    write(folder.path(), &record::example(&with_curve, 0.5));
    let mut other = job::example();
    other.method.preset = None;
    assert_eq!(Records::read(folder.path(), &[other], false).unwrap().len(), 1);
    let asks_more = Job { histogram: true, ..job::example() };
    let records = Records::read(folder.path(), std::slice::from_ref(&asks_more), false).unwrap();
    assert!(records.get(&asks_more).is_none() && records.stale().is_empty());
}
