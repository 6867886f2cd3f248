//! A file being downloaded, checked as it grows.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use lfr::dataset::{Digest, RunningDigest};
use lfr::{Error, Result};

/// `NAME.part` beside `NAME`, locked while in use.
pub(super) struct Partial {
    file: File,
    path: PathBuf,
    target: PathBuf,
    digest: Digest,
    running: RunningDigest,
    len: u64,
}

impl Partial {
    /// Opens the part file of `target`, with what an earlier download left in it.
    ///
    /// # Errors
    /// A file that cannot be written, or one that another process is downloading.
    pub(super) fn open(target: &Path, digest: Digest) -> Result<Self> {
        let path = beside(target, "part");
        let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = open.map_err(|e| Error::io("write", &path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(Error::input(path, "is being downloaded by another process; wait for it"));
            }
            Err(TryLockError::Error(e)) => return Err(Error::io("lock", &path, e)),
        }
        let mut running = digest.start();
        let len = running.read(&mut file).map_err(|e| Error::io("read", &path, e))?;
        Ok(Partial { file, path, target: target.to_owned(), digest, running, len })
    }

    /// Bytes so far.
    pub(super) fn len(&self) -> u64 {
        self.len
    }

    /// Whether these are all bytes, and the right ones.
    pub(super) fn is_whole(&self) -> bool {
        self.running.matches()
    }

    /// Adds the next bytes.
    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|e| Error::io("write", &self.path, e))?;
        self.running.update(bytes);
        self.len += bytes.len() as u64;
        Ok(())
    }

    /// Starts over.
    pub(super) fn clear(&mut self) -> Result<()> {
        let clear = self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0)));
        clear.map_err(|e| Error::io("write", &self.path, e))?;
        self.running = self.digest.start();
        self.len = 0;
        Ok(())
    }

    /// Keeps what was downloaded as `NAME.bad`, and starts over.
    pub(super) fn set_aside(&mut self) -> Result<PathBuf> {
        let bad = rename(&self.path, beside(&self.target, "bad"))?;
        *self = Partial::open(&self.target, self.digest)?;
        Ok(bad)
    }

    /// Gives the file its name.
    pub(super) fn finish(self) -> Result<()> {
        self.file.sync_all().map_err(|e| Error::io("write", &self.path, e))?;
        rename(&self.path, self.target).map(drop)
    }
}

/// Renames a file that is not what it should be to `NAME.bad`.
pub(super) fn set_aside(path: &Path) -> Result<PathBuf> {
    rename(path, beside(path, "bad"))
}

fn rename(from: &Path, to: PathBuf) -> Result<PathBuf> {
    std::fs::rename(from, &to).map_err(|e| Error::io("rename", from, e))?;
    Ok(to)
}

/// The path with `.suffix` added.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(suffix);
    name.into()
}
