//! Reading files that others wrote: whole, up to a limit, and only regular files, since a device or a pipe may never end.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use crate::error::{Error, Result};

/// Opens the regular file `path`, through links too.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened; [`Error::Input`] for a device, a pipe or a socket.
pub fn open(path: &Path) -> Result<File> {
    let failed = |e| Error::io("read", path, e);
    // Looked at before it is opened, as opening a pipe waits for its writer.
    let kind = path.metadata().map_err(failed)?.file_type();
    if kind.is_dir() {
        return Err(failed(io::ErrorKind::IsADirectory.into()));
    }
    if !kind.is_file() {
        return Err(Error::input(path, "not a regular file; save its content in a file first"));
    }
    File::open(path).map_err(failed)
}

/// The bytes of the regular file `path`. `what` names them in the message about `limit`, their largest number.
///
/// # Errors
/// As [`open`]; [`Error::TooLarge`] beyond `limit`.
pub fn read(path: &Path, what: &'static str, limit: u64) -> Result<Vec<u8>> {
    let failed = |e| Error::io("read", path, e);
    let file = open(path)?;
    let mut size = file.metadata().map_err(failed)?.len();
    let mut bytes = Vec::new();
    if size <= limit {
        // Files that the system makes up as they are read tell a size of 0.
        file.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
        size = bytes.len() as u64;
    }
    match size <= limit {
        true => Ok(bytes),
        false => Err(Error::TooLarge { path: path.to_owned(), what, size, limit }),
    }
}

/// The text of the regular file `path`, without a byte order mark; otherwise as [`read`].
///
/// # Errors
/// As [`read`]; [`Error::Input`] when it is not UTF-8.
pub fn read_text(path: &Path, what: &'static str, limit: u64) -> Result<String> {
    let text = String::from_utf8(read(path, what, limit)?).map_err(|e| {
        let line = 1 + e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count();
        Error::input(path, format!("line {line} is not UTF-8; save the file in that encoding"))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_comes_without_its_mark_and_other_encodings_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "\u{feff}ünï").unwrap();
        assert_eq!(read_text(&path, "its size", 99).unwrap(), "ünï");
        std::fs::write(&path, b"a\nb\xff\n").unwrap();
        let message = read_text(&path, "its size", 99).unwrap_err().to_string();
        assert!(message.ends_with("a.txt: line 2 is not UTF-8; save the file in that encoding"), "{message}");
    }

    #[test]
    fn limits_hold_whatever_size_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, "its size", 5).unwrap(), b"12345");
        assert!(matches!(read(&path, "its size", 4), Err(Error::TooLarge { size: 5, limit: 4, .. })));
        #[cfg(target_os = "linux")]
        assert!(matches!(read(Path::new("/proc/self/maps"), "its size", 9), Err(Error::TooLarge { .. })));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn what_may_never_end_is_not_opened() {
        for path in ["/dev/zero", "/dev/null"] {
            let message = open(Path::new(path)).unwrap_err().to_string();
            assert!(message.starts_with(&format!("{path}: not a regular file")), "{message}");
        }
        assert!(matches!(open(Path::new("/proc")), Err(Error::Io { .. })));
        assert!(matches!(open(Path::new("/nowhere")), Err(Error::Io { .. })));
    }
}
