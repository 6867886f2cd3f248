//! Files that are there in full or not at all.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use tempfile::{Builder, NamedTempFile};

use crate::error::{Error, Result};

/// Writes the file `path`: `content` goes into a temporary file of the same folder, which takes the name `path` once
/// it is on the disk. A failure leaves whatever was at `path` untouched.
///
/// # Errors
/// [`Error::Io`] when the folder cannot be written, or what `content` returns.
pub fn write(path: &Path, content: impl FnOnce(&mut BufWriter<&File>) -> Result<()>) -> Result<()> {
    let failed = |e| Error::io("write", path, e);
    let folder = parent(path);
    let temporary = temporary_file(path, folder).map_err(failed)?;
    let mut out = BufWriter::with_capacity(1 << 20, temporary.as_file());
    content(&mut out)?;
    out.flush().map_err(failed)?;
    drop(out);
    temporary.as_file().sync_all().map_err(failed)?;
    temporary.persist(path).map_err(|e| failed(e.error))?;
    sync_folder(folder)
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

/// The beginning of a temporary name beside `path`.
pub(super) fn prefix(path: &Path) -> String {
    format!(".{}-", path.file_name().unwrap_or_default().to_string_lossy())
}

fn temporary_file(path: &Path, folder: &Path) -> std::io::Result<NamedTempFile> {
    let prefix = prefix(path);
    let mut builder = Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    permit(&mut builder, 0o666);
    builder.tempfile_in(folder)
}

/// Gives what `builder` makes the permissions of ordinary files and folders, cut by the umask.
pub(super) fn permit(builder: &mut Builder<'_, '_>, mode: u32) {
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = (builder, mode);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_as_a_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        for text in ["first", "second"] {
            write(&path, |out| out.write_all(text.as_bytes()).map_err(|e| Error::io("write", &path, e)))
                .unwrap();
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
    fn a_missing_folder_is_named() {
        let message = write(Path::new("/nowhere/a.txt"), |_| Ok(())).unwrap_err().to_string();
        assert!(message.starts_with("cannot write /nowhere/a.txt: "), "{message}");
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
