//! Downloads of the public data sets and of the open encoders that `lfr` knows: resumed where one broke off, checked by
//! their digests while they come, never used unless right.
//!
//! A crate of its own, as those who rank their own data need neither a network nor the code that speaks to one.

mod download;
mod partial;

use std::fs;
use std::path::Path;

use lfr::dataset::{FileStatus, Name, State, files, folder, verify};
use lfr::encoder::Registered;
use lfr::{Error, Result};

pub use download::Progress;
use download::bring;

/// Downloads what is missing of the data set `name` into its folder in `data_dir` and checks all of it. Files with a wrong
/// digest are kept aside as `NAME.bad`. Archives stay packed: the data sets are read from them.
/// `progress` is called a few times a megabyte; its error ends the download, which a later call resumes.
///
/// # Errors
/// A file that none of its sources delivers rightly, a folder that cannot be written, the error of `progress`.
pub fn dataset(
    name: Name,
    data_dir: &Path,
    progress: &mut dyn FnMut(Progress<'_>) -> Result<()>,
) -> Result<Vec<FileStatus>> {
    let found = verify(name, data_dir)?;
    if found.iter().all(|file| matches!(file.state, State::Original | State::SameContent)) {
        return Ok(found);
    }
    let own = data_dir.join(folder(name));
    fs::create_dir_all(&own).map_err(|e| Error::io("create", &own, e))?;
    files(name).iter().try_for_each(|remote| bring(remote, &own, progress))?;
    verify(name, data_dir)
}

/// Downloads what is missing of `encoder` into its folder in `encoders` and checks all of it, as [`dataset`] does.
///
/// # Errors
/// As [`dataset`].
pub fn encoder(
    encoder: &Registered,
    encoders: &Path,
    progress: &mut dyn FnMut(Progress<'_>) -> Result<()>,
) -> Result<Vec<FileStatus>> {
    let own = encoder.folder(encoders);
    encoder.files.iter().try_for_each(|remote| bring(remote, &own, progress))?;
    if let Some((name, content)) = encoder.settings {
        let path = own.join(name);
        fs::write(&path, content).map_err(|e| Error::io("write", &path, e))?;
    }
    encoder.verify(encoders)
}
