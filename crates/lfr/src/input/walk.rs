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
    /// In a folder that cannot be opened for this reason; the path is that of the folder.
    Closed(String),
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
            Place::Sealed(reason) | Place::Closed(reason) => return Err(io::Error::other(reason.clone())),
        })
    }

    /// Whether it stands for a folder that may not be opened.
    pub fn is_closed(&self) -> bool {
        matches!(self.place, Place::Closed(_))
    }

    /// Its length in bytes, as the archive declares it.
    ///
    /// # Errors
    /// When it cannot be examined.
    pub fn size(&self) -> io::Result<u64> {
        match &self.place {
            Place::Own => std::fs::metadata(&self.path).map(|about| about.len()),
            Place::Member(stored) => Ok(stored.size),
            Place::Sealed(reason) | Place::Closed(reason) => Err(io::Error::other(reason.clone())),
        }
    }
}

/// All files in and below `root`, a folder or an archive, see [`archive::files`]. A folder's entries come in the order
/// of their names. Hidden files and folders are skipped, and those with the results of a run, which a note says; links
/// are followed but for loops. A link to nothing counts as a file, and so does a folder below `root` that may not be
/// opened, so that they get quarantined.
pub(super) fn files(root: &Path, notes: &Notes) -> Box<dyn Iterator<Item = Result<File>> + Send> {
    if root.is_dir() {
        return Box::new(walk(root, notes.clone()));
    }
    match archive::files(root) {
        Ok(files) => Box::new(files.into_iter().map(Ok)),
        Err(error) => Box::new(std::iter::once(Err(error))),
    }
}

fn walk(root: &Path, notes: Notes) -> impl Iterator<Item = Result<File>> + Send + use<> {
    let base = root.to_owned();
    let entries = WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter();
    let wanted = move |entry: &DirEntry| {
        let results = entry.depth() > 0 && entry.file_type().is_dir() && is_run(entry.path());
        if results {
            notes.add("folders with the results of a run (run.json and model.safetensors) are skipped");
        }
        entry.depth() == 0 || !(hidden(entry) || results)
    };
    entries.filter_entry(wanted).filter_map(move |entry| match entry {
        Ok(entry) if entry.file_type().is_file() => {
            Some(Ok(File::new(ids::id(&base, entry.path()), entry.into_path())))
        }
        Ok(_) => None,
        Err(error) => out_of_reach(error, &base).transpose(),
    })
}

/// Whether a folder holds what a run of this program left there.
fn is_run(folder: &Path) -> bool {
    let mut start = Vec::new();
    let read = std::fs::File::open(folder.join("run.json"));
    let read = read.and_then(|file| file.take(100).read_to_end(&mut start)).is_ok();
    let start = String::from_utf8_lossy(&start);
    read && ["\"version\"", "\"command\""].iter().all(|key| start.contains(key))
        && folder.join("model.safetensors").is_file()
}

/// What is looked for in a folder or an archive.
#[derive(Clone, Copy)]
pub(super) struct Sought {
    /// What one of them is called, as "picture".
    pub what: &'static str,
    /// Whether asking for text would have documents of other sorts read.
    pub readable: bool,
}

/// The files of `root`, a folder or an archive, that are `wanted`, and the folders that may not be opened. The others are
/// counted and, after the last, told in `notes`.
pub(super) fn taking<F: Fn(&File) -> bool + Send>(
    root: &Path,
    sought: Sought,
    notes: &Notes,
    wanted: F,
) -> impl Iterator<Item = Result<File>> + Send + use<F> {
    let (mut files, notes, root) = (files(root, notes), notes.clone(), root.to_owned());
    let (mut passed, mut taken) = (Passed::new(sought.readable), 0);
    let next = move || loop {
        match files.next() {
            Some(Ok(file)) if !file.is_closed() && !wanted(&file) => passed.count(&file.path),
            Some(file) => {
                taken += 1;
                return Some(file);
            }
            None => {
                if taken == 0 {
                    let hint = passed.sentence(sought.what)?;
                    taken += 1;
                    return Some(Err(Error::Empty { path: root.clone(), hint }));
                }
                passed.say(sought.what, taken, &notes);
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

/// A link to nothing, or a folder that may not be opened; `None` for a loop of links, which is skipped.
fn out_of_reach(error: walkdir::Error, base: &Path) -> Result<Option<File>> {
    if error.loop_ancestor().is_some() {
        return Ok(None);
    }
    let path = error.path().unwrap_or(base).to_owned();
    let dangling = path.is_symlink() && !path.exists();
    let error: io::Error = error.into();
    let place = match error.kind() {
        _ if dangling => Place::Own,
        io::ErrorKind::PermissionDenied if path != base => {
            Place::Closed("a folder that may not be opened".into())
        }
        _ => return Err(Error::io("read", path, error)),
    };
    let named = !path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    Ok(named.then(|| File { id: ids::id(base, &path), path, place }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn ids(root: &Path) -> Vec<String> {
        files(root, &Notes::default()).map(|file| file.unwrap().id).collect()
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
            let sought = Sought { what: "picture", readable: false };
            taking(folder.path(), sought, &notes, move |file| has_extension(&file.path, extensions))
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
    fn results_of_runs_are_skipped_below_the_folder() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.html", "out/report.html", "out/model.safetensors", "other/run.json", "other/b.html"] {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "x").unwrap();
        }
        fs::write(folder.path().join("out/run.json"), "{\n  \"version\": \"0.1.0\",\n  \"command\": [")
            .unwrap();
        let notes = Notes::default();
        let ids = |root: &Path| files(root, &notes).map(|file| file.unwrap().id).collect::<Vec<_>>();
        assert_eq!(ids(folder.path()), ["a.html", "other/b.html", "other/run.json"]);
        assert!(notes.list()[0].contains("results of a run"));
        assert_eq!(ids(&folder.path().join("out")).len(), 3);
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_may_not_be_opened_counts_as_a_file_out_of_reach() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let closed = folder.path().join("closed");
        fs::create_dir(&closed).unwrap();
        fs::write(folder.path().join("a.png"), "x").unwrap();
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
        if fs::read_dir(&closed).is_ok() {
            eprintln!("SKIPPED: this user may open every folder");
            return;
        }
        let sought = Sought { what: "picture", readable: false };
        let taken = |root: &Path| taking(root, sought, &Notes::default(), |_| false).collect::<Vec<_>>();
        assert!(
            matches!(&taken(folder.path())[..], [Ok(file)] if file.id == "closed" && file.open().is_err())
        );
        assert!(matches!(taken(&closed)[..], [Err(_)]), "the folder that was named");
        fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    }

    #[test]
    fn a_missing_folder_is_an_error() {
        let mut files = files(Path::new("/nowhere/at/all"), &Notes::default());
        assert!(files.next().is_some_and(|file| file.is_err()));
    }

    #[test]
    fn extensions_are_compared_without_case() {
        assert!(has_extension(Path::new("a/B.JPeG"), PICTURES));
        assert!(!has_extension(Path::new("a/png"), PICTURES));
    }
}
