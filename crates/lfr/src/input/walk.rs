//! The files of a folder, in path order.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::error::{Error, Result};

/// Extensions of pictures, in lower case.
pub(super) const PICTURES: &[&str] = &["png", "jpg", "jpeg", "webp", "bmp", "tif", "tiff", "gif"];

/// Extensions of documents.
pub(super) const DOCUMENTS: &[&str] = &["txt"];

/// A file of a folder.
#[derive(Debug)]
pub(super) struct File {
    /// Its path relative to the folder, parted by `/`.
    pub id: String,
    /// Its path.
    pub path: PathBuf,
}

/// All files in and below `root`, a folder's entries in the order of their names. Hidden files and folders are
/// skipped, links followed but for loops; a link to nothing counts as a file, so that it gets quarantined.
pub(super) fn files(root: &Path) -> impl Iterator<Item = Result<File>> + Send + use<> {
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
        Some(Ok(File { id: id(&base, &path), path }))
    })
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

fn id(base: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(base).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
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
    fn a_missing_folder_is_an_error() {
        assert!(files(Path::new("/nowhere/at/all")).next().is_some_and(|file| file.is_err()));
    }

    #[test]
    fn extensions_are_compared_without_case() {
        assert!(has_extension(Path::new("a/B.JPeG"), PICTURES));
        assert!(!has_extension(Path::new("a/png"), PICTURES));
    }
}
