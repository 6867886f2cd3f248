//! The files in an archive: zip and tar, the latter packed or not.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

use tempfile::{NamedTempFile, TempPath};
use zip::{CompressionMethod, ZipArchive};

use super::stored::Stored;
use super::unpack::{self, MAX_RATIO, Packing};
use super::walk::{self, Place};
use super::{ids, stream};
use crate::error::{Error, Result};

/// Most files in an archive.
const MAX_FILES: usize = 1_000_000;
/// Most bytes about one file of a tar archive, which are its name.
const MAX_HEAD: u64 = 1 << 20;

/// Where the mark of a tar archive is.
const TAR: std::ops::Range<usize> = 257..262;

/// Whether a file begins as a tar archive does.
pub(super) fn is_tar(head: &[u8]) -> bool {
    head.get(TAR).is_some_and(|mark| mark == b"ustar")
}

/// Whether a file is an archive: zip, or tar that may be packed.
///
/// # Errors
/// [`Error::Io`] and [`Error::Input`] when it cannot be read.
pub(super) fn is_archive(path: &Path) -> Result<bool> {
    let head = unpack::head(path)?;
    match unpack::packing(&head) {
        Some(Packing::Zip) => Ok(true),
        Some(_) => Ok(is_tar(&unpack::start(path)?)),
        None => Ok(is_tar(&head)),
    }
}

/// The files in an archive in the order that a folder of them would have, but for hidden ones and what systems add. A
/// packed tar archive is unpacked into a temporary file for that, which is removed with the last of them.
///
/// # Errors
/// [`Error::Io`], [`Error::TooLarge`], [`Error::Input`] when it is damaged, when names lead out of it, and when it
/// would unpack to more than data does.
pub(super) fn files(path: &Path) -> Result<Vec<walk::File>> {
    let mut listing = Listing { path, files: BTreeMap::new(), left: unpack::most(path)? };
    match unpack::packing(&unpack::head(path)?) {
        Some(Packing::Zip) => listing.zip()?,
        Some(_) => {
            let unpacked = Arc::new(unpacked(path)?);
            listing.tar(Some(unpacked))?;
        }
        None => listing.tar(None)?,
    }
    Ok(listing.files.into_iter().map(|(name, place)| file(name, place)).collect())
}

fn file(path: PathBuf, place: Place) -> walk::File {
    walk::File { id: ids::id(Path::new(""), &path), path, place }
}

/// The content of a packed file as a file of its own.
fn unpacked(path: &Path) -> Result<TempPath> {
    let mut file = NamedTempFile::new().map_err(|e| Error::io("create", std::env::temp_dir(), e))?;
    let mut content = unpack::content(path)?;
    let mut bytes = vec![0; 1 << 16];
    loop {
        let count = content.read(&mut bytes).map_err(|e| stream::broken(path, &e))?;
        if count == 0 {
            return Ok(file.into_temp_path());
        }
        file.write_all(&bytes[..count]).map_err(|e| Error::io("write", file.path(), e))?;
    }
}

/// The files found so far.
struct Listing<'a> {
    path: &'a Path,
    /// By name: of two with one name the later counts, as when they are unpacked.
    files: BTreeMap<PathBuf, Place>,
    /// Bytes that they may still unpack to.
    left: u64,
}

impl Listing<'_> {
    fn zip(&mut self) -> Result<()> {
        let file = File::open(self.path).map_err(|e| Error::io("read", self.path, e))?;
        let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| unpack::damaged(self.path, &e))?;
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(|e| unpack::damaged(self.path, &e))?;
            if member.is_dir() {
                continue;
            }
            let name = member.name().map_err(|e| unpack::damaged(self.path, &e))?.into_owned();
            let deflated = match member.compression() {
                _ if member.encrypted() => Err("encrypted; unpack the archive first".to_owned()),
                _ if member.is_symlink() => Err("a link; unpack the archive first".to_owned()),
                CompressionMethod::Stored => Ok(false),
                CompressionMethod::Deflated => Ok(true),
                other => Err(format!("packed with {other}; unpack the archive first")),
            };
            let start = member.data_start().ok_or_else(|| self.damaged("a file begins nowhere"))?;
            let (length, size, crc) = (member.compressed_size(), member.size(), Some(member.crc32()));
            let stored = |deflated| {
                Place::Member(Stored {
                    path: self.path.to_owned(),
                    start,
                    length,
                    size,
                    deflated,
                    crc,
                    copy: None,
                })
            };
            self.add(Path::new(&name), size, deflated.map_or_else(Place::Sealed, stored))?;
        }
        Ok(())
    }

    /// The files of a tar archive, unpacked into `copy` if it is packed.
    fn tar(&mut self, copy: Option<Arc<TempPath>>) -> Result<()> {
        let failed = |e| Error::io("read", self.path, e);
        let place: &Path = copy.as_deref().map_or(self.path, |copy| copy);
        let file = File::open(place).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let left = Rc::new(Cell::new(MAX_HEAD));
        let mut tar = tar::Archive::new(Metered { file: BufReader::new(file), left: Rc::clone(&left) });
        let entries = tar.entries_with_seek().map_err(|e| self.damaged(&e.to_string()))?;
        for entry in entries {
            left.set(MAX_HEAD);
            let entry = entry.map_err(|e| self.damaged(&e.to_string()))?;
            let (kind, start, size) = (entry.header().entry_type(), entry.raw_file_position(), entry.size());
            let name = entry.path().map_err(|e| self.damaged(&e.to_string()))?.into_owned();
            let place = if kind.is_file() {
                if start.checked_add(size).is_none_or(|end| end > length) {
                    return Err(self.damaged("it is cut short"));
                }
                let (path, copy) = (self.path.to_owned(), copy.clone());
                Place::Member(Stored { path, start, length: size, size, deflated: false, crc: None, copy })
            } else if kind.is_symlink() || kind.is_hard_link() || kind.is_gnu_sparse() {
                Place::Sealed("a link or a file with holes; unpack the archive first".into())
            } else {
                continue;
            };
            self.add(&name, size, place)?;
        }
        Ok(())
    }

    fn add(&mut self, name: &Path, size: u64, place: Place) -> Result<()> {
        let mut path = PathBuf::new();
        for part in name.components() {
            match part {
                Component::Normal(part) => path.push(part),
                Component::CurDir => {}
                _ => return Err(self.damaged(&format!("the name {name:?} leads out of it"))),
            }
        }
        self.left = self.left.checked_sub(size).ok_or_else(|| {
            let problem = format!(
                "its files unpack to more than {MAX_RATIO} times as many bytes; if they are meant to, unpack it first"
            );
            Error::input(self.path, problem)
        })?;
        let hidden = |part: Component| {
            let part = part.as_os_str();
            part.as_encoded_bytes().starts_with(b".") || part == "__MACOSX"
        };
        if !path.components().any(hidden) {
            self.files.insert(path, place);
        }
        if self.files.len() > MAX_FILES {
            let (what, limit) = ("the number of files in the archive", MAX_FILES as u64);
            return Err(Error::TooLarge { path: self.path.to_owned(), what, size: limit + 1, limit });
        }
        Ok(())
    }

    fn damaged(&self, problem: &str) -> Error {
        Error::input(self.path, format!("a damaged archive: {problem}"))
    }
}

/// Breaks off what is too long for a name.
struct Metered {
    file: BufReader<File>,
    left: Rc<Cell<u64>>,
}

impl Read for Metered {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        let left = self.left.get().checked_sub(count as u64);
        self.left.set(left.ok_or_else(|| io::Error::other("a name in it is too long"))?);
        Ok(count)
    }
}

impl Seek for Metered {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match to {
            SeekFrom::Current(by) => self.file.seek_relative(by).and_then(|()| self.file.stream_position()),
            to => self.file.seek(to),
        }
    }
}

#[cfg(test)]
mod tests;
