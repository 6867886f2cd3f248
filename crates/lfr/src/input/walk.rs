//! The files of a folder or of an archive, in path order.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::passed::Passed;
use super::stored::Stored;
use super::{Notes, archive, ids};
use crate::error::{Error, Result};

/// Extensions of pictures, in lower case.
pub(super) const PICTURES: &[&str] =
    &["png", "jpg", "jpeg", "jpe", "jfif", "pjpeg", "webp", "bmp", "tif", "tiff", "gif", "pgm", "ppm", "pnm"];

/// Extensions of pictures that are only read when they hold something else than they say.
pub(super) const HEIF: &[&str] = &["heic", "heif", "avif"];

/// Extensions of mails.
pub(super) const MAILS: &[&str] = &["eml"];

/// Extensions of web pages.
pub(super) const PAGES: &[&str] = &["html", "htm", "xhtml"];

/// Extensions of documents, by their sort.
pub(super) const DOCUMENTS: &[&[&str]] = &[&["txt"], MAILS, PAGES, &["md"]];

/// A file of a folder or of an archive.
#[derive(Clone, Debug)]
pub(super) struct File {
    /// Its path relative to the folder, see [`ids::id`].
    pub id: String,
    /// Its path, or its name in the archive.
    pub path: PathBuf,
    /// Where its bytes are.
    pub place: Place,
}

/// Where the bytes of a file are.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// At its path.
    Own,
    /// In an archive.
    Member(Stored),
    /// In an archive, but out of reach for this reason.
    Sealed(String),
}

impl File {
    /// A file on its own.
    pub fn new(id: String, path: PathBuf) -> Self {
        Self { id, path, place: Place::Own }
    }

    /// Its content.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn open(&self) -> io::Result<Box<dyn Read + Send>> {
        Ok(match &self.place {
            Place::Own => Box::new(std::fs::File::open(&self.path)?),
            Place::Member(stored) => Box::new(stored.open().map_err(|error| match error {
                Error::Io { source, .. } => source,
                other => io::Error::other(other.to_string()),
            })?),
            Place::Sealed(reason) => return Err(io::Error::other(reason.clone())),
        })
    }

    /// Its length in bytes, as the archive declares it.
    ///
    /// # Errors
    /// When it cannot be examined.
    pub fn size(&self) -> io::Result<u64> {
        match &self.place {
            Place::Own => std::fs::metadata(&self.path).map(|about| about.len()),
            Place::Member(stored) => Ok(stored.size),
            Place::Sealed(reason) => Err(io::Error::other(reason.clone())),
        }
    }
}

/// All files in and below `root`, a folder or an archive, see [`archive::files`]. A folder's entries come in the order
/// of their names. Hidden files and folders are skipped, links followed but for loops; a link to nothing counts as a
/// file, so that it gets quarantined.
pub(super) fn files(root: &Path) -> Box<dyn Iterator<Item = Result<File>> + Send> {
    if root.is_dir() {
        return Box::new(walk(root));
    }
    match archive::files(root) {
        Ok(files) => Box::new(files.into_iter().map(Ok)),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

fn walk(root: &Path) -> impl Iterator<Item = Result<File>> + Send + use<> {
    let base = root.to_owned();
    let entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    entries.filter_entry(|entry| entry.depth() == 0 || !hidden(entry)).filter_map(move |entry| {
        let path = match entry {
            Ok(entry) if entry.file_type().is_file() => entry.into_path(),
            Ok(_) => return None,
            Err(error) => match dangling(error, &base) {
                Ok(link) => link?,
                Err(error) => return Some(Err(error)),
            },
        };
        Some(Ok(File::new(ids::id(&base, &path), path)))
    })
}

/// The files of `root`, a folder or an archive, that are `wanted`. The others are counted and, after the last, told in `notes`; `what` names
/// the wanted ones, as "picture".
pub(super) fn taking<F: Fn(&File) -> bool + Send>(
    root: &Path,
    what: &'static str,
    notes: &Notes,
    wanted: F,
) -> impl Iterator<Item = Result<File>> + Send + use<F> {
    let (mut files, notes, root) = (files(root), notes.clone(), root.to_owned());
    let (mut passed, mut taken) = (Passed::default(), 0_u64);
    let next = move || loop {
        match files.next() {
            Some(Ok(file)) if !wanted(&file) => passed.count(&file.path),
            Some(file) => {
                taken += 1;
                return Some(file);
            }
            None => {
                let sentence = passed.sentence(what)?;
                if taken == 0 {
                    taken += 1;
                    return Some(Err(Error::Empty { path: root.clone(), hint: sentence }));
                }
                notes.add(sentence);
                return None;
            }
        }
    };
    std::iter::from_fn(next).fuse()
}

/// Whether a path ends in one of `extensions`, in any case.
pub(super) fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
    extensions.iter().any(|known| known.eq_ignore_ascii_case(extension))
}

fn hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

/// The path of a link to nothing; `None` for a loop of links, which is skipped.
fn dangling(error: walkdir::Error, base: &Path) -> Result<Option<PathBuf>> {
    if error.loop_ancestor().is_some() {
        return Ok(None);
    }
    let path = error.path().unwrap_or(base).to_owned();
    if path.is_symlink() && !path.exists() {
        return Ok(
            Some(path).filter(|p| !p.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b".")))
        );
    }
    Err(Error::io("read", path, error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn ids(root: &Path) -> Vec<String> {
        files(root).map(|file| file.unwrap().id).collect()
    }

    #[test]
    fn files_come_in_path_order_without_hidden_ones() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.png", "a/z.png", "a/b/c.png", "A.png", ".x.png", ".git/y.png", "a/.z.png"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        assert_eq!(ids(folder.path()), ["A.png", "a/b/c.png", "a/z.png", "b.png"]);
    }

    #[cfg(unix)]
    #[test]
    fn links_are_followed_but_loops_are_not() {
        use std::os::unix::fs::symlink;
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("sub")).unwrap();
        fs::write(root.join("sub/a.png"), "x").unwrap();
        symlink(root, root.join("sub/loop")).unwrap();
        symlink(root.join("gone"), root.join("b.png")).unwrap();
        symlink(root.join("gone"), root.join(".hidden")).unwrap();
        symlink(root.join("sub/a.png"), root.join("c.png")).unwrap();
        assert_eq!(ids(root), ["b.png", "c.png", "sub/a.png"]);
    }

    #[test]
    fn files_that_are_not_wanted_are_told_after_the_last() {
        let folder = tempfile::tempdir().unwrap();
        let notes = Notes::default();
        let take = |extensions: &'static [&'static str]| {
            taking(folder.path(), "picture", &notes, move |file| has_extension(&file.path, extensions))
                .map(|file| file.map(|file| file.id).map_err(|e| e.to_string()))
                .collect::<Vec<_>>()
        };
        assert!(take(PICTURES).is_empty());
        for name in ["a.csv", "b.png", "c.heic", ".hidden.csv"] {
            fs::write(folder.path().join(name), "x").unwrap();
        }
        assert_eq!(take(PICTURES), [Ok("b.png".into())]);
        assert_eq!(notes.list().len(), 1);
        assert!(notes.list()[0].contains("2 files that are not readable pictures: .csv 1, .heic 1"));
        assert!(matches!(take(&["tif"]).as_slice(), [Err(reason)] if reason.contains("passed over 3 files")));
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        assert!(files(Path::new("/nowhere/at/all")).next().is_some_and(|file| file.is_err()));
    }

    #[test]
    fn extensions_are_compared_without_case() {
        assert!(has_extension(Path::new("a/B.JPeG"), PICTURES));
        assert!(!has_extension(Path::new("a/png"), PICTURES));
    }
}
