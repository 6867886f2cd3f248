//! Whether data sets on disk are the originals.
//!
//! An archive with its published digest is. So is anything with the original content, packed otherwise or unpacked:
//! the content digest of a part is the SHA-256 over, for each of its files in the order of their names, the name,
//! a zero byte and the SHA-256 of the file. Names are those of the original archive without its outer folders.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use super::archive::{LIMITS, members};
use super::digest::{Digest, sha256};
use super::locate::find;
use super::sources::{Remote, source};
use super::{Name, caltech101, reuters, twenty_news};
use crate::error::Result;
use crate::hex::hex;

/// What a check found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Not there.
    Missing,
    /// The original, byte for byte.
    Original,
    /// The original's content, packed otherwise or unpacked.
    SameContent,
    /// There, but no digest is known for files kept so.
    Unknown,
    /// Something else: damaged, incomplete or edited.
    Bad,
}

/// A file of a data set, or a part of an archive's content.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FileStatus {
    /// The file's or the part's name.
    pub name: String,
    /// Where it is, or was looked for.
    pub path: PathBuf,
    /// What it is.
    pub state: State,
}

/// A data set and what there is of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Listing {
    /// Which.
    pub name: Name,
    /// The folder or archive that holds it, if any does.
    pub path: Option<PathBuf>,
    /// Its terms of use.
    pub licence: &'static str,
}

/// What there is in `data_dir`, unchecked.
pub fn list(data_dir: &Path) -> Vec<Listing> {
    let listing = |name| Listing { name, path: find(name, data_dir), licence: source(name).licence };
    Name::ALL.map(listing).into()
}

/// Checks the files of `name` in `data_dir`, reading all of them.
///
/// # Errors
/// Files that cannot be read at all; wrong content is a [`State`].
pub fn verify(name: Name, data_dir: &Path) -> Result<Vec<FileStatus>> {
    let source = source(name);
    let path = find(name, data_dir).unwrap_or_else(|| data_dir.join(source.folders[0]));
    if source.parts.is_empty() {
        return source.files.iter().map(|remote| single(remote, &path)).collect();
    }
    let states = states(name, &path)?;
    let status =
        |(part, state): (&str, State)| FileStatus { name: part.to_owned(), path: path.clone(), state };
    Ok(source.parts.iter().map(|(part, _)| *part).zip(states).map(status).collect())
}

/// One file that is kept packed or unpacked in `folder`.
fn single(remote: &Remote, folder: &Path) -> Result<FileStatus> {
    let packed = folder.join(remote.file);
    let unpacked = packed.with_extension("");
    let (path, state) = if packed.exists() {
        let state = if remote.digest.matches(&packed)? { State::Original } else { State::Bad };
        (packed, state)
    } else if unpacked.exists() {
        let state =
            match remote.unpacked.map(|digest| Digest::Sha256(digest).matches(&unpacked)).transpose()? {
                Some(true) => State::SameContent,
                Some(false) => State::Bad,
                None => State::Unknown,
            };
        (unpacked, state)
    } else {
        (packed, State::Missing)
    };
    Ok(FileStatus { name: remote.file.to_owned(), path, state })
}

/// The state of each part in the folder or archive `path`.
fn states(name: Name, path: &Path) -> Result<Vec<State>> {
    let source = source(name);
    let canonical = source.files.iter().find(|remote| path.is_file() && path.ends_with(remote.file));
    if !path.exists() {
        return Ok(vec![State::Missing; source.parts.len()]);
    }
    if let Some(remote) = canonical
        && remote.digest.matches(path)?
    {
        return Ok(vec![State::Original; source.parts.len()]);
    }
    let Ok(found) = contents(name, path) else {
        return Ok(vec![State::Bad; source.parts.len()]);
    };
    let state = |&(part, digest): &(&str, &str)| match found.get(part) {
        None => State::Missing,
        Some(files) if content_digest(files) == digest => State::SameContent,
        Some(_) => State::Bad,
    };
    Ok(source.parts.iter().map(state).collect())
}

/// The SHA-256 of each file by name, by part.
type Contents = BTreeMap<&'static str, BTreeMap<String, [u8; 32]>>;

fn contents(name: Name, path: &Path) -> Result<Contents> {
    let mut found = Contents::new();
    members(path, LIMITS, &|member| place(name, member).is_some(), &mut |member, content| {
        if let Some((part, file)) = place(name, member) {
            found.entry(part).or_default().insert(file, sha256(&content));
        }
        Ok(())
    })?;
    Ok(found)
}

/// The part that a member of an archive belongs to, and its name there.
fn place(name: Name, member: &str) -> Option<(&'static str, String)> {
    match name {
        Name::FashionMnist | Name::Mnist => None,
        Name::Cifar10 => match member.rsplit('/').next()? {
            "test_batch.bin" => Some(("test", "test_batch.bin".to_owned())),
            file if file.starts_with("data_batch_") && file.ends_with(".bin") => {
                Some(("train", file.to_owned()))
            }
            _ => None,
        },
        Name::Caltech101 => {
            let (class, file) = caltech101::picture(member)?;
            Some(("pictures", format!("{}/{file}", caltech101::CLASSES[usize::from(class)])))
        }
        Name::TwentyNews => {
            let (part, class, number) = twenty_news::message(member)?;
            Some((part, format!("{part}/{}/{number}", twenty_news::CLASSES[usize::from(class)])))
        }
        Name::Reuters => Some(("documents", reuters::part(member)?.to_owned())),
    }
}

fn content_digest(files: &BTreeMap<String, [u8; 32]>) -> String {
    let mut hash = Sha256::new();
    for (name, digest) in files {
        hash.update(name.as_bytes());
        hash.update([0]);
        hash.update(digest);
    }
    hex(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::super::test_dir;
    use super::*;

    fn states_of(name: Name, folder: &Path) -> Vec<State> {
        verify(name, folder).unwrap().into_iter().map(|status| status.state).collect()
    }

    #[test]
    fn the_shared_data_sets_are_original_in_bytes_or_content() {
        for (name, expected) in [
            (Name::FashionMnist, vec![State::Original; 4]),
            (Name::TwentyNews, vec![State::SameContent; 2]),
            (Name::Reuters, vec![State::SameContent]),
            (Name::Caltech101, vec![State::SameContent]),
        ] {
            let Some(folder) = test_dir(name) else { continue };
            let found = states_of(name, &folder);
            let original = vec![State::Original; found.len()];
            assert!(found == expected || found == original, "{name}: {found:?}");
        }
        let Some(folder) = test_dir(Name::Cifar10) else { return };
        let found = states_of(Name::Cifar10, &folder);
        assert!(matches!(found[..], [State::SameContent | State::Original, _]) && found[1] != State::Bad);
    }

    #[test]
    fn changed_files_are_bad_and_absent_ones_missing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(list(folder.path()).iter().all(|listing| listing.path.is_none()));
        for name in Name::ALL {
            assert!(states_of(name, folder.path()).iter().all(|state| *state == State::Missing));
        }
        std::fs::write(folder.path().join("t10k-images-idx3-ubyte.gz"), "x").unwrap();
        std::fs::write(folder.path().join("t10k-labels-idx1-ubyte"), "x").unwrap();
        let expected = [State::Missing, State::Missing, State::Bad, State::Bad];
        assert_eq!(states_of(Name::FashionMnist, folder.path()), expected);
        assert_eq!(states_of(Name::Mnist, folder.path())[3], State::Unknown);
        std::fs::write(folder.path().join("test_batch.bin"), "x").unwrap();
        assert_eq!(states_of(Name::Cifar10, folder.path()), [State::Bad, State::Missing]);
        std::fs::write(folder.path().join("reuters21578.tar.gz"), "x").unwrap();
        assert_eq!(states_of(Name::Reuters, folder.path()), [State::Bad]);
        assert_eq!(list(folder.path()).iter().filter(|listing| listing.path.is_some()).count(), 4);
    }
}
