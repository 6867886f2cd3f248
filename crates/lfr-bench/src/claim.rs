//! The right to run a job and to write its record, kept by a locked file that the system frees when its holder dies.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use lfr::error::{Error, Result};

/// A job that this worker, and no other, runs. The record is written into the locked file, which then takes the
/// record's name: whoever looks sees all of it or nothing, and a file left by a killed sweep is used again.
pub(super) struct Claim<'a> {
    folder: &'a Path,
    hash: &'a str,
    path: PathBuf,
    file: File,
}

impl<'a> Claim<'a> {
    /// Takes the job with this hash; `None` when someone else has it. On file systems without locks, everyone gets it.
    pub(super) fn take(folder: &'a Path, hash: &'a str) -> Result<Option<Self>> {
        let path = place(folder, hash);
        loop {
            let open = OpenOptions::new().create(true).write(true).truncate(false).open(&path);
            let file = open.map_err(|error| Error::io("create", record_path(folder, hash), error))?;
            match file.try_lock() {
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(error)) if error.kind() != ErrorKind::Unsupported => {
                    return Err(Error::io("lock", record_path(folder, hash), error));
                }
                // The file may have got its final name between opening and locking: then this one is not ours.
                _ if is_at(&file, &path) => return Ok(Some(Self { folder, hash, path, file })),
                _ => {}
            }
        }
    }

    /// Stores the record and removes that of an earlier failure.
    pub(super) fn record(self, text: &str) -> Result<()> {
        let target = record_path(self.folder, self.hash);
        let failure = failure_path(self.folder, self.hash);
        self.store(text, &target)?;
        match std::fs::remove_file(&failure) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::io("remove", failure, error)),
            _ => Ok(()),
        }
    }

    /// Stores why the job failed.
    pub(super) fn failure(self, text: &str) -> Result<()> {
        let target = failure_path(self.folder, self.hash);
        self.store(text, &target)
    }

    /// Gives the job back.
    pub(super) fn release(self) {
        let _ = std::fs::remove_file(&self.path);
    }

    fn store(mut self, text: &str, target: &Path) -> Result<()> {
        // Runs take hours, and somebody may have tidied the hidden file away: what was run is kept all the same.
        if !is_at(&self.file, &self.path) {
            let Some(again) = Self::take(self.folder, self.hash)? else {
                return Ok(()); // Another worker took the job meanwhile, and records the same.
            };
            self = again;
        }
        let written = self
            .file
            .write_all(text.as_bytes())
            .and_then(|()| self.file.set_len(text.len() as u64))
            .and_then(|()| self.file.sync_all());
        written.map_err(|error| Error::io("write", target, error))?;
        std::fs::rename(&self.path, target).map_err(|error| Error::io("write", target, error))?;
        // So that the name survives a power cut too; not every system lets a folder be opened.
        let _ = File::open(self.folder).and_then(|folder| folder.sync_all());
        Ok(())
    }
}

/// Whether `path` still leads to `file`.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let place = |metadata: &std::fs::Metadata| (metadata.dev(), metadata.ino());
    matches!((file.metadata(), std::fs::metadata(path)), (Ok(a), Ok(b)) if place(&a) == place(&b))
}

/// Elsewhere open files keep their name.
#[cfg(not(unix))]
fn is_at(_: &File, _: &Path) -> bool {
    true
}

/// Whether someone runs the job with this hash right now, on this machine.
pub(super) fn is_taken(folder: &Path, hash: &str) -> bool {
    let lock = |file: File| matches!(file.try_lock(), Err(TryLockError::WouldBlock));
    File::open(place(folder, hash)).is_ok_and(lock)
}

/// Whether any job of `folder` is run right now, on this machine.
pub(super) fn is_any_taken(folder: &Path) -> bool {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let hash = |name: &str| Some(name.strip_prefix('.')?.strip_suffix(".part")?.to_owned());
    names.filter_map(|name| hash(&name)).any(|hash| is_taken(folder, &hash))
}

/// Where a sweep puts the record of the job with this hash.
pub(super) fn record_path(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!("{hash}.json"))
}

/// Where the failure of the job with this hash is told.
pub(super) fn failure_path(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!("{hash}.failed.json"))
}

fn place(folder: &Path, hash: &str) -> PathBuf {
    folder.join(format!(".{hash}.part"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let claim = Claim::take(folder.path(), "a").unwrap().unwrap();
        assert!(is_taken(folder.path(), "a") && !is_taken(folder.path(), "b"));
        assert!(is_any_taken(folder.path()));
        assert!(Claim::take(folder.path(), "a").unwrap().is_none());
        claim.failure("why").unwrap();
        assert!(!is_taken(folder.path(), "a") && !is_any_taken(folder.path()));
        let claim = Claim::take(folder.path(), "a").unwrap().unwrap();
        claim.record("all of it").unwrap();
        let left: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, ["a.json"]);
        assert_eq!(std::fs::read_to_string(folder.path().join("a.json")).unwrap(), "all of it");
    }

    #[test]
    fn what_a_killed_sweep_left_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(place(folder.path(), "a"), "half of something longer").unwrap();
        assert!(!is_taken(folder.path(), "a"));
        Claim::take(folder.path(), "a").unwrap().unwrap().record("short").unwrap();
        assert_eq!(std::fs::read_to_string(folder.path().join("a.json")).unwrap(), "short");
    }

    #[cfg(unix)]
    #[test]
    fn a_record_outlives_the_loss_of_its_claim() {
        let folder = tempfile::tempdir().unwrap();
        let record = || std::fs::read_to_string(folder.path().join("a.json"));
        let claim = Claim::take(folder.path(), "a").unwrap().unwrap();
        std::fs::remove_file(place(folder.path(), "a")).unwrap();
        let other = Claim::take(folder.path(), "a").unwrap().unwrap();
        claim.record("of the first").unwrap();
        assert!(record().is_err());
        std::fs::remove_file(place(folder.path(), "a")).unwrap();
        other.record("of the other").unwrap();
        assert_eq!(record().unwrap(), "of the other");
    }

    #[test]
    fn a_folder_that_is_none_is_named() {
        let message = Claim::take(Path::new("/no/such"), "a").err().unwrap().to_string();
        assert!(message.contains("cannot create /no/such/a.json"), "{message}");
    }
}
