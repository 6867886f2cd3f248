//! Archives of NumPy arrays.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use zip::{CompressionMethod, ZipArchive};

use super::stored::Stored;
use super::{Options, Source, array};
use crate::error::{Error, Result};

/// Names taken to be the data when an archive holds several arrays.
const USUAL: &[&str] = &["x", "X", "data", "images", "arr_0"];

/// Deflate never shrinks more than 1032 times.
const MAX_RATIO: u64 = 1032;

/// The archive and the array of a path such as `file.npz:name`.
pub(super) fn member(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?;
    let at = text.rfind(".npz:")? + ".npz".len();
    Some((text[..at].into(), text[at + 1..].into()))
}

/// One array of an archive: the one named in the path, else the only one, else the one with a usual name.
///
/// # Errors
/// [`Error::Input`] when the archive is damaged or it is unclear which array is meant; all that
/// [`array::open`] refuses.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let (archive, name) = match member(path).filter(|_| !path.exists()) {
        Some((archive, name)) => (archive, Some(name)),
        None => (path.to_owned(), None),
    };
    let damaged = |e: zip::result::ZipError| Error::input(path, format!("a damaged npz archive: {e}"));
    let file = File::open(&archive).map_err(|e| Error::io("read", &archive, e))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(damaged)?;
    let mut names = Vec::new();
    for index in 0..zip.len() {
        let member = zip.by_index_raw(index).map_err(damaged)?;
        if let Some(name) = member.name().map_err(damaged)?.strip_suffix(".npy") {
            names.push((index, name.to_owned()));
        }
    }
    let index = choose(&names, name.as_deref()).map_err(|problem| Error::input(path, problem))?;
    let member = zip.by_index_raw(index).map_err(damaged)?;
    let deflated = match member.compression() {
        _ if member.encrypted() => return Err(Error::input(path, "an encrypted archive; unpack it first")),
        CompressionMethod::Stored => false,
        CompressionMethod::Deflated => true,
        other => {
            return Err(Error::input(path, format!("compressed with {other}; use numpy.savez_compressed")));
        }
    };
    let (length, size) = (member.compressed_size(), member.size());
    if size > length.saturating_mul(MAX_RATIO) + MAX_RATIO {
        return Err(Error::input(path, format!("damaged: {length} packed bytes cannot hold {size}")));
    }
    let start = member.data_start().ok_or_else(|| Error::input(path, "a damaged npz archive"))?;
    let crc = Some(member.crc32());
    let stored = Stored { path: archive, start, length, size, deflated, crc, copy: None };
    array::open(path, &stored, options)
}

/// The index of the array meant, of `names` with their indices.
fn choose(names: &[(usize, String)], wanted: Option<&str>) -> Result<usize, String> {
    let list = names.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(", ");
    if names.is_empty() {
        return Err("an archive without NumPy arrays".into());
    }
    if let Some(wanted) = wanted {
        let found = names.iter().find(|(_, name)| name == wanted);
        return found.map(|(index, _)| *index).ok_or(format!("no array `{wanted}` in it; there are {list}"));
    }
    let usual: Vec<_> = names.iter().filter(|(_, name)| USUAL.contains(&name.as_str())).collect();
    match (names, usual.as_slice()) {
        ([(index, _)], _) | (_, [(index, _)]) => Ok(*index),
        _ => Err(format!("holds the arrays {list}; say which one is the data, as file.npz:name")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(names: &[&str], wanted: Option<&str>) -> Result<usize, String> {
        let names: Vec<_> = names.iter().map(|name| (*name).to_owned()).enumerate().collect();
        choose(&names, wanted)
    }

    #[test]
    fn the_data_is_the_only_the_usual_or_the_named_array() {
        assert_eq!(chosen(&["anything"], None), Ok(0));
        assert_eq!(chosen(&["y", "x"], None), Ok(1));
        assert_eq!(chosen(&["x", "y"], Some("y")), Ok(1));
    }

    #[test]
    fn candidates_are_named_when_unclear() {
        assert!(chosen(&["x_train", "x_test"], None).is_err_and(|e| e.contains("x_train, x_test")));
        assert!(chosen(&["x", "data"], None).is_err_and(|e| e.contains("x, data")));
        assert!(chosen(&["x", "y"], Some("z")).is_err_and(|e| e.contains("no array `z`")));
        assert!(chosen(&[], None).is_err());
    }

    #[test]
    fn a_path_may_name_the_array() {
        assert_eq!(member(Path::new("a/b.npz:x")), Some(("a/b.npz".into(), "x".into())));
        assert_eq!(member(Path::new("a/b.npz")), None);
    }
}
