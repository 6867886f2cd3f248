//! Reading members of archives and folders in place, within safety limits.
//!
//! Nothing is ever unpacked to disk, so no path of an archive can leave its place.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path};

use flate2::read::MultiGzDecoder;
use walkdir::WalkDir;

use crate::error::{Error, Result};

/// What an archive may hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Bytes after decompression, all members and nested archives together.
    pub bytes: u64,
    /// Members.
    pub entries: usize,
}

/// Far above every known data set: the largest, Caltech-101, unpacks to about 300 MB in 10 000 files.
pub(super) const LIMITS: Limits = Limits { bytes: 2 << 30, entries: 100_000 };

/// Calls `each` with the name and content of every member of `path` (a folder, `.tar`, `.tar.gz` or `.zip`, the
/// last with tar archives inside) whose name, relative and with `/` between its parts, `want` accepts.
/// The order is the archive's own; in folders, that of the names.
///
/// # Errors
/// An unreadable or damaged archive, one beyond `limits`, one with links, absolute names or names with `..`;
/// and the errors of `each`.
pub(super) fn members(
    path: &Path,
    limits: Limits,
    want: &dyn Fn(&str) -> bool,
    each: &mut dyn FnMut(&str, Vec<u8>) -> Result<()>,
) -> Result<()> {
    let (bytes, entries) = (Cell::new(limits.bytes.saturating_add(1)), Cell::new(limits.entries));
    let mut walk = Walk { path, limits, bytes: &bytes, entries: &entries, want, each };
    if path.is_dir() {
        return walk.folder();
    }
    let file = File::open(path).map_err(|source| Error::io("read", path, source))?;
    let name = path.to_string_lossy().into_owned();
    if name.ends_with(".zip") { walk.zip(file) } else { walk.tar(&name, file) }
}

struct Walk<'a> {
    path: &'a Path,
    limits: Limits,
    bytes: &'a Cell<u64>,
    entries: &'a Cell<usize>,
    want: &'a dyn Fn(&str) -> bool,
    each: &'a mut dyn FnMut(&str, Vec<u8>) -> Result<()>,
}

impl Walk<'_> {
    fn folder(&mut self) -> Result<()> {
        for entry in WalkDir::new(self.path).follow_links(true).sort_by_file_name() {
            let entry = entry.map_err(|error| Error::input(self.path, error.to_string()))?;
            self.count()?;
            let name = self.name(entry.path().strip_prefix(self.path).unwrap_or(entry.path()))?;
            if entry.file_type().is_file() && (self.want)(&name) {
                let file = File::open(entry.path()).map_err(|e| Error::io("read", entry.path(), e))?;
                self.member(&name, file)?;
            }
        }
        Ok(())
    }

    fn tar(&mut self, name: &str, reader: impl Read) -> Result<()> {
        if name.ends_with(".gz") || name.ends_with(".tgz") {
            self.entries_of(MultiGzDecoder::new(reader))
        } else {
            self.entries_of(reader)
        }
    }

    fn entries_of(&mut self, reader: impl Read) -> Result<()> {
        let mut archive = tar::Archive::new(Metered { inner: reader, left: self.bytes });
        for entry in archive.entries().map_err(|e| self.damaged(&e))? {
            let mut entry = entry.map_err(|e| self.damaged(&e))?;
            self.count()?;
            let name = self.name(&entry.path().map_err(|e| self.damaged(&e))?)?;
            let kind = entry.header().entry_type();
            if kind.is_file() {
                if (self.want)(&name) {
                    let mut content = Vec::new();
                    entry.read_to_end(&mut content).map_err(|e| self.damaged(&e))?;
                    (self.each)(&name, content)?;
                }
            } else if !kind.is_dir() && !kind.is_pax_global_extensions() {
                return Err(self.refused(&name, "is neither a file nor a folder"));
            }
        }
        Ok(())
    }

    fn zip(&mut self, file: File) -> Result<()> {
        let mut archive =
            zip::ZipArchive::new(io::BufReader::new(file)).map_err(|e| self.damaged(&e.into()))?;
        for index in 0..archive.len() {
            let entry = archive.by_index(index).map_err(|e| self.damaged(&e.into()))?;
            self.count()?;
            let name = entry.name().map_err(|e| self.damaged(&e.into()))?.into_owned();
            let name = self.name(Path::new(&name))?;
            if entry.is_symlink() {
                return Err(self.refused(&name, "is a link"));
            } else if entry.is_dir() {
                continue;
            }
            if is_tar(&name) {
                self.tar(&name, Metered { inner: entry, left: self.bytes })?;
            } else if (self.want)(&name) {
                self.member(&name, entry)?;
            }
        }
        Ok(())
    }

    fn member(&mut self, name: &str, reader: impl Read) -> Result<()> {
        let mut content = Vec::new();
        let read = Metered { inner: reader, left: self.bytes }.read_to_end(&mut content);
        read.map_err(|e| self.damaged(&e))?;
        (self.each)(name, content)
    }

    fn count(&self) -> Result<()> {
        let left = self.entries.get().checked_sub(1).ok_or_else(|| Error::TooLarge {
            path: self.path.to_owned(),
            what: "the number of members",
            size: self.limits.entries as u64 + 1,
            limit: self.limits.entries as u64,
        })?;
        self.entries.set(left);
        Ok(())
    }

    /// The parts of a member's path joined by `/`.
    fn name(&self, path: &Path) -> Result<String> {
        let mut parts = Vec::new();
        for part in path.components() {
            match part {
                Component::Normal(part) => parts.push(part.to_string_lossy()),
                Component::CurDir => {}
                _ => return Err(self.refused(&path.to_string_lossy(), "leads out of the archive")),
            }
        }
        Ok(parts.join("/"))
    }

    fn refused(&self, member: &str, problem: &str) -> Error {
        Error::input(self.path, format!("member {member:?} {problem}; download the archive again"))
    }

    fn damaged(&self, error: &io::Error) -> Error {
        if self.bytes.get() == 0 {
            let limit = self.limits.bytes;
            let what = "the unpacked size";
            return Error::TooLarge { path: self.path.to_owned(), what, size: limit + 1, limit };
        }
        Error::input(
            self.path,
            format!("damaged or cut short ({error}); download it again, for example with `lfr data fetch`"),
        )
    }
}

/// Whether a member is a tar archive, and not macOS's notes on one (`._NAME`).
fn is_tar(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or(name);
    !file.starts_with("._") && [".tar", ".tar.gz", ".tgz"].iter().any(|end| file.ends_with(end))
}

/// A reader that fails, leaving 0, when more than `left` bytes come out of it.
struct Metered<'a, R> {
    inner: R,
    left: &'a Cell<u64>,
}

impl<R: Read> Read for Metered<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        let left = self.left.get().saturating_sub(count as u64);
        self.left.set(left);
        if left == 0 && count > 0 { Err(io::Error::other("unpacks to too much")) } else { Ok(count) }
    }
}

#[cfg(test)]
mod tests;
