//! Files and folders on the way to their names, and those that a process that died left on it.
//!
//! The temporary name of `out` is `.out-XXXXXX.tmp`, beside it. Who makes one holds a lock on it, which the system frees
//! however the process ends; so one that can be locked is a leftover, and the next run for the same target removes it.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tempfile::{Builder, NamedTempFile, TempDir};

use super::file::parent;

/// The temporary files and folders of this process.
static OPEN: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// How often the removal of a folder is tried that others write into meanwhile.
const TRIES: usize = 20;

/// Random letters of a temporary name.
const RANDOM: usize = 6;

/// Keeps others from taking a temporary file or folder for a leftover.
#[derive(Debug)]
pub(super) struct Hold {
    path: PathBuf,
    /// None on file systems without locks, where nothing is taken for a leftover.
    _lock: Option<File>,
}

impl Hold {
    /// Takes hold of `path`; `None` when another process has just removed it as a leftover.
    fn take(path: &Path) -> Option<Self> {
        let lock = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            file => file.ok(),
        };
        if let Some(Err(TryLockError::WouldBlock)) = lock.as_ref().map(File::try_lock) {
            return None;
        }
        path.symlink_metadata().ok()?;
        open().push(path.to_owned());
        Some(Self { path: path.to_owned(), _lock: lock })
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        open().retain(|path| *path != self.path);
    }
}

/// While the guard lives, [`discard`] waits: for the moment in which a name changes.
pub(super) fn committing() -> MutexGuard<'static, Vec<PathBuf>> {
    open()
}

fn open() -> MutexGuard<'static, Vec<PathBuf>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes every temporary file and folder of this process. For the end of a process that a signal stops: afterwards
/// nothing can be finished any more, and whoever tries to waits for the end.
pub fn discard() {
    let open = open();
    for path in open.iter() {
        let gone = || path.symlink_metadata().is_err();
        (0..TRIES).take_while(|_| !gone()).for_each(|_| remove(path));
    }
    std::mem::forget(open);
}

/// A temporary file beside `target`, as readable as the umask allows.
pub(super) fn file(target: &Path) -> io::Result<(NamedTempFile, Hold)> {
    make(target, 0o666, |builder| builder.tempfile_in(parent(target)), NamedTempFile::path)
}

/// A temporary folder beside `target`, as readable as the umask allows.
pub(super) fn folder(target: &Path) -> io::Result<(TempDir, Hold)> {
    make(target, 0o777, |builder| builder.tempdir_in(parent(target)), TempDir::path)
}

fn make<T>(
    target: &Path,
    mode: u32,
    make: impl Fn(&Builder<'_, '_>) -> io::Result<T>,
    path: impl Fn(&T) -> &Path,
) -> io::Result<(T, Hold)> {
    leftovers(target, ".tmp").iter().for_each(|path| sweep(path));
    let prefix = prefix(target);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".tmp").rand_bytes(RANDOM);
    permit(&mut builder, mode);
    loop {
        let made = make(&builder).map_err(bare)?;
        if let Some(hold) = Hold::take(path(&made)) {
            return Ok((made, hold));
        }
    }
}

/// The error without the hidden name, which the user never chose and `tempfile` puts at its end.
fn bare(error: io::Error) -> io::Error {
    match error.to_string().split_once(" at path ") {
        Some((said, _)) => io::Error::new(error.kind(), said),
        None => error,
    }
}

/// What stands beside `target` under temporary names of it that end in `ending`.
pub(super) fn leftovers(target: &Path, ending: &str) -> Vec<PathBuf> {
    let prefix = prefix(target);
    let Ok(entries) = fs::read_dir(parent(target)) else { return Vec::new() };
    let ours = entries.flatten().filter(|entry| {
        entry.file_name().to_str().is_some_and(|name| is_temporary(name, &prefix, ending))
            && entry.file_type().is_ok_and(|kind| kind.is_file() || kind.is_dir())
    });
    ours.map(|entry| entry.path()).collect()
}

/// Whether `name` is a temporary name that begins with `prefix` and ends in `ending`.
pub(super) fn is_temporary(name: &str, prefix: &str, ending: &str) -> bool {
    let random = name.strip_prefix(prefix).and_then(|rest| rest.strip_suffix(ending));
    random.is_some_and(|r| r.len() == RANDOM && r.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Removes `path` unless a living process holds it.
fn sweep(path: &Path) {
    // Locked until it is gone, so that nobody takes hold of it meanwhile.
    if let Ok(file) = File::open(path)
        && file.try_lock().is_ok()
    {
        remove(path);
    }
}

/// Removes a file, or a folder that holds nothing but what runs write.
fn remove(path: &Path) {
    if path.is_dir() {
        if super::folder::foreign(path).is_ok_and(|name| name.is_none()) {
            let _ = fs::remove_dir_all(path);
        }
    } else {
        let _ = fs::remove_file(path);
    }
}

/// The beginning of a temporary name beside `target`.
pub(super) fn prefix(target: &Path) -> String {
    format!(".{}-", target.file_name().unwrap_or_default().to_string_lossy())
}

/// Gives what `builder` makes the permissions of ordinary files and folders, cut by the umask.
fn permit(builder: &mut Builder<'_, '_>, mode: u32) {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = (builder, mode);
}

#[cfg(test)]
mod tests {
    use super::super::names;
    use super::*;

    #[test]
    fn only_what_nobody_holds_and_runs_wrote_is_swept() {
        let place = tempfile::tempdir().unwrap();
        let at = |name: &str| place.path().join(name);
        let target = at("out");
        let (_alive, _hold) = folder(&target).unwrap();
        let alive = names(place.path()).remove(0);
        for name in [".out-abcdef.tmp", ".out-foreig.tmp", ".out-lfr-abcdef.tmp"] {
            fs::create_dir(at(name)).unwrap();
        }
        fs::write(at(".out-abcdef.tmp/scores.csv"), "half").unwrap();
        fs::write(at(".out-abcdef.tmp/.model.safetensors-abcdef.tmp"), "half").unwrap();
        fs::write(at(".out-foreig.tmp/thesis.tex"), "years").unwrap();
        fs::write(at(".out-ghijkl.tmp"), "half").unwrap();
        let (made, hold) = file(&target).unwrap();
        let new = made.path().file_name().unwrap().to_str().unwrap().to_owned();
        let mut expected = vec![alive, new, ".out-foreig.tmp".into(), ".out-lfr-abcdef.tmp".into()];
        expected.sort();
        assert_eq!(names(place.path()), expected);
        drop((made, hold));
        assert_eq!(names(place.path()).len(), 3);
    }

    #[test]
    fn temporary_names_are_told_from_others() {
        let is = |name| is_temporary(name, ".out-", ".tmp");
        assert!(is(".out-a1B2c3.tmp"));
        for name in
            [".out-a1B2c.tmp", ".out-a1B2c3.old", ".out-lfr-a1B2c3.tmp", "out-a1B2c3.tmp", ".out-a1_2c3.tmp"]
        {
            assert!(!is(name), "{name}");
        }
    }
}
