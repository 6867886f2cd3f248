//! Where data sets lie on disk.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use super::Name;
use super::sources::source;
use crate::error::{Error, Result};

/// The folder of data sets: `given`, else the environment's `LFR_DATA_DIR`, else `lfr/datasets` in the platform's
/// cache folder.
///
/// # Errors
/// When neither is given and the user has no home folder.
pub fn data_dir(given: Option<&Path>) -> Result<PathBuf> {
    if let Some(given) = given {
        return Ok(given.to_owned());
    }
    if let Some(folder) = std::env::var_os("LFR_DATA_DIR").filter(|folder| !folder.is_empty()) {
        return Ok(folder.into());
    }
    let base = etcetera::choose_base_strategy().map_err(|_| {
        Error::config("data_dir", "", "no home folder for data sets; name one, or set LFR_DATA_DIR")
    })?;
    Ok(base.cache_dir().join("lfr").join("datasets"))
}

/// The folder or archive that holds `name`: in a folder of its own under `data_dir`, or `data_dir` itself.
pub(super) fn find(name: Name, data_dir: &Path) -> Option<PathBuf> {
    let source = source(name);
    let bases = source.folders.iter().map(|folder| data_dir.join(folder)).chain([data_dir.to_owned()]);
    bases.into_iter().find_map(|base| {
        let unpacked = source.markers.iter().any(|marker| base.join(marker).exists());
        let packed = || source.archives.iter().map(|file| base.join(file)).find(|path| path.exists());
        if unpacked { Some(base) } else { packed() }
    })
}

/// As [`find`].
///
/// # Errors
/// When it is nowhere; the message says what was looked for.
pub(super) fn locate(name: Name, data_dir: &Path) -> Result<PathBuf> {
    find(name, data_dir).ok_or_else(|| {
        let source = source(name);
        let looked: Vec<_> = source.markers.iter().chain(source.archives).copied().collect();
        let folder = data_dir.join(source.folders[0]);
        let problem = format!(
            "{name} was not found (looked for {}); run `lfr data fetch {name}`, or set `data_dir` to its folder",
            looked.join(", ")
        );
        Error::input(folder, problem)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_found() {
        for (name, laid, expected) in [
            (Name::FashionMnist, "fashion-mnist/t10k-images-idx3-ubyte.gz", "fashion-mnist"),
            (Name::FashionMnist, "FashionMNIST/raw/train-images-idx3-ubyte", "FashionMNIST/raw"),
            (Name::Mnist, "t10k-images-idx3-ubyte", ""),
            (Name::Cifar10, "cifar-10/cifar-10-batches-bin/test_batch.bin", "cifar-10/cifar-10-batches-bin"),
            (Name::Cifar10, "cifar-10-binary.tar.gz", "cifar-10-binary.tar.gz"),
            (Name::Caltech101, "caltech101/101_ObjectCategories.tar", "caltech101/101_ObjectCategories.tar"),
            (Name::Caltech101, "caltech101/caltech-101.zip", "caltech101/caltech-101.zip"),
            (Name::Caltech101, "101_ObjectCategories/airplanes/image_0001.jpg", "101_ObjectCategories"),
            (Name::TwentyNews, "20newsgroups/20news-bydate-train/sci.med/1", "20newsgroups"),
            (Name::TwentyNews, "20newsgroups/20news-bydate.tar.gz", "20newsgroups/20news-bydate.tar.gz"),
            (Name::Reuters, "reuters-21578/reut2-000.sgm", "reuters-21578"),
            (Name::Reuters, "reuters21578/reut2-000.sgm", "reuters21578"),
        ] {
            let folder = tempfile::tempdir().unwrap();
            let problem = locate(name, folder.path()).unwrap_err().to_string();
            assert!(problem.contains(&format!("lfr data fetch {name}")), "{problem}");
            let file = folder.path().join(laid);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(&file, "").unwrap();
            assert_eq!(locate(name, folder.path()).unwrap(), folder.path().join(expected));
        }
    }

    #[test]
    fn the_argument_goes_before_all() {
        assert_eq!(data_dir(Some(Path::new("/x"))).unwrap(), Path::new("/x"));
    }
}
