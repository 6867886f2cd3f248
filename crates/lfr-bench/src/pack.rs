//! Few files in place of many: the records of a folder as one file of JSON lines per data set.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::claim::is_any_taken;
use crate::record::Record;
use crate::store::{Loaded, Records};
use lfr::dataset::Name;
use lfr::error::{Error, Result};

/// Rewrites the records in `folder`, of this and the first layout, as `DATASET.jsonl` files, in a fixed order, and removes
/// the files they were in. Of several records of one job the one that holds most is kept. Returns the new files and how many
/// records each has.
///
/// # Errors
/// A sweep that is under way there; a file that holds no record; what cannot be written. Nothing is removed then.
pub fn pack(folder: &Path) -> Result<Vec<(PathBuf, usize)>> {
    if is_any_taken(folder) {
        return Err(Error::input(folder, "a sweep runs here; pack its records when it has ended"));
    }
    let Loaded { records, broken, files, .. } = Records::load(folder)?;
    if let Some(error) = broken.into_values().next() {
        return Err(error);
    }
    let mut by_dataset: BTreeMap<Name, Vec<Record>> = BTreeMap::new();
    for record in records.into_values() {
        by_dataset.entry(record.job.dataset).or_default().push(record);
    }
    let packed: Vec<_> =
        by_dataset.into_iter().map(|(name, records)| write(folder, name, records)).collect::<Result<_>>()?;
    for file in files.iter().filter(|file| !packed.iter().any(|(kept, _)| kept == *file)) {
        std::fs::remove_file(file).map_err(|error| Error::io("remove", file, error))?;
    }
    Ok(packed)
}

fn write(folder: &Path, name: Name, mut records: Vec<Record>) -> Result<(PathBuf, usize)> {
    let (path, part) = (folder.join(format!("{name}.jsonl")), folder.join(format!(".{name}.jsonl.new")));
    let place = |record: &Record| {
        let job = &record.job;
        let ratio = (job.ratio * 1e9).round() as i64;
        (job.method.name.clone(), ratio, job.seed, job.inlier.clone(), job.hash())
    };
    records.sort_by_cached_key(place);
    let text = records.iter().map(Record::to_json).collect::<Result<String>>()?;
    let mut file = File::create(&part).map_err(|error| Error::io("create", &part, error))?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    written.map_err(|error| Error::io("write", &part, error))?;
    std::fs::rename(&part, &path).map_err(|error| Error::io("write", &path, error))?;
    Ok((path, records.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claim::{Claim, record_path};
    use crate::job::{self, Job};
    use crate::record;

    fn lay(folder: &Path, jobs: &[Job]) {
        for job in jobs {
            let record = record::example(job, (job.seed as f64) / 100.0);
            std::fs::write(record_path(folder, &job.hash()), record.to_json().unwrap()).unwrap();
        }
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn packing_keeps_every_record_and_packs_again_to_the_same_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let jobs: Vec<_> = (0..20)
            .map(|seed| Job {
                seed,
                dataset: if seed < 5 { Name::Mnist } else { Name::Caltech101 },
                ..job::example()
            })
            .collect();
        lay(folder.path(), &jobs[..12]);
        let before = Records::read(folder.path(), &jobs, false).unwrap();
        let files = pack(folder.path()).unwrap();
        assert_eq!(files.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [5, 7]);
        assert_eq!(names(folder.path()), ["caltech101.jsonl", "mnist.jsonl"]);
        let after = Records::read(folder.path(), &jobs, false).unwrap();
        assert!(jobs.iter().all(|job| before.get(job) == after.get(job)));
        let text = || std::fs::read_to_string(folder.path().join("caltech101.jsonl")).unwrap();
        let first = text();
        pack(folder.path()).unwrap();
        assert_eq!(text(), first);
        lay(folder.path(), &jobs[12..]);
        pack(folder.path()).unwrap();
        assert_eq!(Records::read(folder.path(), &jobs, false).unwrap().len(), 20);
        assert!(text().lines().count() == 15 && names(folder.path()).len() == 2);
    }

    #[test]
    fn what_is_no_record_or_under_way_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let jobs = [job::example()];
        lay(folder.path(), &jobs);
        std::fs::write(folder.path().join("half.json"), "{\"format\":2,").unwrap();
        assert!(pack(folder.path()).unwrap_err().to_string().contains("half.json: is half written"));
        std::fs::remove_file(folder.path().join("half.json")).unwrap();
        let claim = Claim::take(folder.path(), "a").unwrap().unwrap();
        assert!(pack(folder.path()).unwrap_err().to_string().contains("a sweep runs here"));
        assert!(record_path(folder.path(), &jobs[0].hash()).exists());
        claim.release();
        assert_eq!(pack(folder.path()).unwrap().len(), 1);
    }
}
