//! The records of a plan, read from their folder.

use std::collections::HashMap;
use std::path::Path;

use rayon::prelude::*;

use super::job::Job;
use super::record::Record;
use crate::error::{Error, Result};

/// Records by the hash of their job.
#[derive(Clone, Debug, Default)]
pub struct Records {
    by_hash: HashMap<String, Record>,
}

impl Records {
    /// The records of `plan` that are in `folder`; those of other jobs are left alone. Folders merge by copying their
    /// files together.
    ///
    /// # Errors
    /// A record that is half written or foreign; records of several versions of the program, unless `mixed`.
    pub fn read(folder: &Path, plan: &[Job], mixed: bool) -> Result<Self> {
        if !folder.is_dir() {
            return Err(Error::input(folder, "is no folder of records; make it with `lfr bench run`"));
        }
        let found = plan.par_iter().map(|job| {
            let hash = job.hash();
            Ok(Record::read(folder, &hash)?.map(|record| (hash, record)))
        });
        let found: Vec<_> = found.collect::<Result<_>>()?;
        let records = Self { by_hash: found.into_iter().flatten().collect() };
        if !mixed {
            same_version(folder, records.by_hash.values().map(|record| record.version.as_str()))?;
        }
        Ok(records)
    }

    /// The record of `job`.
    pub fn get(&self, job: &Job) -> Option<&Record> {
        self.by_hash.get(&job.hash())
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_hash.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.by_hash.is_empty()
    }
}

impl FromIterator<Record> for Records {
    fn from_iter<I: IntoIterator<Item = Record>>(records: I) -> Self {
        Self { by_hash: records.into_iter().map(|record| (record.job.hash(), record)).collect() }
    }
}

/// Refuses records of several versions.
pub(super) fn same_version<'a>(folder: &Path, versions: impl IntoIterator<Item = &'a str>) -> Result<()> {
    let mut versions: Vec<_> = versions.into_iter().collect();
    versions.sort_unstable();
    versions.dedup();
    if versions.len() > 1 {
        let problem = format!(
            "records of the versions {} would be mixed; use another folder, or pass --mixed if that is meant",
            versions.join(" and ")
        );
        return Err(Error::input(folder, problem));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::{job, record};
    use super::*;

    #[test]
    fn records_are_found_by_job_and_versions_kept_apart() {
        let folder = tempfile::tempdir().unwrap();
        let jobs: Vec<_> = (0..3).map(|seed| Job { seed, ..job::example() }).collect();
        for (job, version) in jobs.iter().zip(["0.1.0", "0.2.0"]) {
            let record = Record { version: version.into(), ..record::example(job, 0.5) };
            std::fs::write(Record::path(folder.path(), &job.hash()), record.to_json().unwrap()).unwrap();
        }
        let message = Records::read(folder.path(), &jobs, false).unwrap_err().to_string();
        assert!(message.contains("0.1.0 and 0.2.0") && message.contains("--mixed"), "{message}");
        let records = Records::read(folder.path(), &jobs, true).unwrap();
        assert_eq!((records.len(), records.is_empty()), (2, false));
        assert!(records.get(&jobs[1]).is_some() && records.get(&jobs[2]).is_none());
        assert_eq!(Records::read(folder.path(), &jobs[..1], false).unwrap().len(), 1);
        std::fs::write(Record::path(folder.path(), &jobs[2].hash()), "{").unwrap();
        let message = Records::read(folder.path(), &jobs, true).unwrap_err().to_string();
        assert!(message.contains("half written"), "{message}");
        assert!(Records::read(Path::new("/no/such"), &jobs, true).is_err());
    }
}
