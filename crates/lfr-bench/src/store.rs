//! The records of a folder: a file each as sweeps write them, and files of JSON lines as [`pack`](crate::pack) makes them.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::difference::differences;
use crate::job::Job;
use crate::record::Record;
use lfr::error::{Error, Result};
use lfr::regular;

/// Largest file of records, in bytes.
const MAX_SIZE: u64 = 4 << 30;

/// Records by the hash of their job.
#[derive(Clone, Debug, Default)]
pub struct Records {
    by_hash: HashMap<String, Record>,
    stale: Vec<String>,
}

/// All that is in a folder.
#[derive(Default)]
pub(super) struct Loaded {
    /// The richest record of each job.
    pub(super) records: Records,
    /// Files that hold no record, by the hash they are named after.
    pub(super) broken: HashMap<String, Error>,
    /// Files that hold a record of another job than they are named after, among them all of the first layout.
    foreign: HashMap<String, Error>,
    /// The files that were read.
    pub(super) files: Vec<PathBuf>,
}

impl Loaded {
    /// Why the file named after the job with this hash is not its record.
    pub(super) fn problem(&mut self, hash: &str) -> Option<Error> {
        self.broken.remove(hash).or_else(|| self.foreign.remove(hash))
    }
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
        let mut loaded = Records::load(folder)?;
        let planned: HashSet<String> = plan.iter().map(Job::hash).collect();
        if let Some(error) = planned.iter().find_map(|hash| loaded.problem(hash)) {
            return Err(error);
        }
        let mut records = loaded.records;
        records.stale = records.stale_of(plan);
        records.by_hash.retain(|hash, _| planned.contains(hash));
        if !mixed {
            same_version(folder, records.by_hash.values().map(|record| record.version.as_str()))?;
        }
        Ok(records)
    }

    /// Every record in `folder`. Single files are read before those of many, so that none is missed while a folder is packed.
    ///
    /// # Errors
    /// A folder or file that cannot be read; a line that is no record.
    pub(super) fn load(folder: &Path) -> Result<Loaded> {
        let mut loaded = Loaded::default();
        for (path, text) in read_all(folder, is_single)? {
            let hash = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let bad =
                |problem| Error::input(&path, format!("{problem}; delete it, or run `lfr bench run` again"));
            match Record::parse(&text) {
                Ok(record) => {
                    if record.job.hash() != hash {
                        loaded.foreign.insert(hash, bad(format!("belongs to another job: {}", record.job)));
                    }
                    loaded.records.add(record);
                }
                Err(problem) => drop(loaded.broken.insert(hash, bad(problem))),
            }
            loaded.files.push(path);
        }
        for (path, text) in read_all(folder, |name| name.ends_with(".jsonl"))? {
            for (line, number) in
                text.split(|&byte| byte == b'\n').zip(1..).filter(|(line, _)| !line.is_empty())
            {
                let bad = |problem| Error::input(&path, format!("line {number}: {problem}; delete the line"));
                loaded.records.add(Record::parse(line).map_err(bad)?);
            }
            loaded.files.push(path);
        }
        Ok(loaded)
    }

    fn add(&mut self, record: Record) {
        let hash = record.current_hash();
        if self.by_hash.get(&hash).is_none_or(|other| record.is_richer(other)) {
            self.by_hash.insert(hash, record);
        }
    }

    /// The record of `job`, with all that it asks for.
    pub fn get(&self, job: &Job) -> Option<&Record> {
        self.by_hash.get(&job.hash()).filter(|record| record.serves(job))
    }

    /// Sentences on the records that were made by the same request with other settings than those in force: they count for
    /// nothing.
    pub fn stale(&self) -> &[String] {
        &self.stale
    }

    /// The same of `plan`.
    pub(super) fn stale_of(&self, plan: &[Job]) -> Vec<String> {
        let mut by_request: HashMap<String, Vec<&Record>> = HashMap::new();
        for record in self.by_hash.values() {
            by_request.entry(record.job.request()).or_default().push(record);
        }
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for job in plan.iter().filter(|job| !self.by_hash.contains_key(&job.hash())) {
            for record in by_request.get(&job.request()).into_iter().flatten() {
                let settings = differences(&record.job.method.config, &job.method.config).join(", ");
                *counts.entry(format!("{}: {settings}", job.method.name)).or_default() += 1;
            }
        }
        let sentence = |(what, count)| format!("{count} records of other settings are left out ({what})");
        counts.into_iter().map(sentence).collect()
    }

    /// All of them, in no order.
    pub(super) fn into_values(self) -> impl Iterator<Item = Record> {
        self.by_hash.into_values()
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
        let mut all = Self::default();
        records.into_iter().for_each(|record| all.add(record));
        all
    }
}

fn is_single(name: &str) -> bool {
    name.ends_with(".json") && !name.ends_with(".failed.json") && !name.starts_with('.')
}

/// The files of `folder` whose names are `wanted`, in order, but for those that vanish meanwhile.
fn read_all(folder: &Path, wanted: impl Fn(&str) -> bool) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let bad = |error| Error::io("read", folder, error);
    let entries =
        std::fs::read_dir(folder).map_err(bad)?.collect::<std::io::Result<Vec<_>>>().map_err(bad)?;
    let mut names: Vec<String> = entries.iter().filter_map(|e| e.file_name().into_string().ok()).collect();
    names.retain(|name| wanted(name));
    names.sort();
    let read = |name: &String| {
        let path = folder.join(name);
        match regular::read(&path, "the size of the records in bytes", MAX_SIZE) {
            Ok(text) => Ok(Some((path, text))),
            Err(Error::Io { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    };
    Ok(names.par_iter().map(read).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
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
#[path = "store_tests.rs"]
mod tests;
