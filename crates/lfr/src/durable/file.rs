//! Files that are there in full or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::temporary::{self, Hold};
use crate::error::{Error, Result};

/// A file in the making. Its content goes into a temporary file of the same folder, which takes its name once it is on
/// the disk. Dropped before, it leaves whatever was there untouched, and nothing else.
#[derive(Debug)]
pub struct OutputFile {
    path: PathBuf,
    temporary: NamedTempFile,
    hold: Hold,
    force: bool,
}

impl OutputFile {
    /// Prepares the file `path`, so that a place that cannot be written is known before the work. With `force`, a file
    /// that is there already will be replaced.
    ///
    /// # Errors
    /// [`Error::Exists`] when there is something at `path` and no `force`; [`Error::Input`] when it is no regular file;
    /// [`Error::Io`] when the folder cannot be written.
    pub fn create(path: &Path, force: bool) -> Result<Self> {
        check(path, force)?;
        let (temporary, hold) = temporary::file(path).map_err(|e| Error::io("write", path, e))?;
        Ok(Self { path: path.to_owned(), temporary, hold, force })
    }

    /// The name that it will have.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Writes `content` and gives the file its name.
    ///
    /// # Errors
    /// [`Error::Io`] when the disk refuses, [`Error::Exists`] when something came into its place, or what `content`
    /// returns.
    pub fn write(self, content: impl FnOnce(&mut BufWriter<&File>) -> Result<()>) -> Result<()> {
        let Self { path, temporary, hold, force } = self;
        let failed = |e| Error::io("write", &path, e);
        let mut out = BufWriter::with_capacity(1 << 20, temporary.as_file());
        content(&mut out)?;
        out.flush().map_err(failed)?;
        drop(out);
        temporary.as_file().sync_all().map_err(failed)?;
        check(&path, force)?;
        let committing = temporary::committing();
        let persisted = temporary.persist(&path);
        drop(committing);
        drop(hold);
        persisted.map_err(|e| failed(e.error))?;
        sync_folder(parent(&path))
    }
}

/// Writes the file `path`, replacing one that is there.
///
/// # Errors
/// As [`OutputFile::create`] and [`OutputFile::write`].
pub fn write(path: &Path, content: impl FnOnce(&mut BufWriter<&File>) -> Result<()>) -> Result<()> {
    OutputFile::create(path, true)?.write(content)
}

/// Whether `path` may be written.
fn check(path: &Path, force: bool) -> Result<()> {
    if !force && path.symlink_metadata().is_ok() {
        return Err(Error::Exists { path: path.to_owned() });
    }
    match path.metadata() {
        Ok(there) if !there.is_file() => {
            Err(Error::input(path, "is not a regular file, so it is not replaced; choose another place"))
        }
        _ => Ok(()),
    }
}

/// The folder that holds `path`.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Waits until the names in `folder` are on the disk.
pub(super) fn sync_folder(folder: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(folder).and_then(|f| f.sync_all()).map_err(|e| Error::io("write", folder, e))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(path: &Path, force: bool, text: &str) -> Result<()> {
        let file = OutputFile::create(path, force)?;
        file.write(|out| out.write_all(text.as_bytes()).map_err(|e| Error::io("write", path, e)))
    }

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for text in ["first", "second"] {
            put(&path, true, text).unwrap();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text);
        }
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_failure_leaves_the_old_content_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "old").unwrap();
        let outcome = write(&path, |out| {
            let _ = out.write_all(b"half");
            Err(Error::Interrupted)
        });
        assert!(matches!(outcome, Err(Error::Interrupted)));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn what_is_there_is_replaced_only_by_force_and_only_when_it_is_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let early = OutputFile::create(&path, false).unwrap();
        put(&path, false, "mine").unwrap();
        assert!(matches!(put(&path, false, "yours"), Err(Error::Exists { .. })));
        assert!(matches!(early.write(|_| Ok(())), Err(Error::Exists { .. })));
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "mine");
        assert!(matches!(OutputFile::create(folder.path(), true), Err(Error::Input { .. })));
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
    }

    #[test]
    fn a_missing_folder_is_named_and_the_hidden_name_is_not() {
        let message = write(Path::new("/nowhere/a.txt"), |_| Ok(())).unwrap_err().to_string();
        assert_eq!(message, "cannot write /nowhere/a.txt: No such file or directory (os error 2)");
    }

    #[cfg(unix)]
    #[test]
    fn files_are_as_readable_as_the_umask_allows() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let (ours, plain) = (folder.path().join("ours"), folder.path().join("plain"));
        write(&ours, |_| Ok(())).unwrap();
        std::fs::write(&plain, "").unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode();
        assert_eq!(mode(&ours), mode(&plain));
    }
}
