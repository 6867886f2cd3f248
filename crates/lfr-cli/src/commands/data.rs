//! `lfr data`.

use std::path::Path;

use anyhow::Result;
use lfr::Error;
use lfr::dataset::{FileStatus, Name, State, data_dir, list, verify};

use crate::args::data::{DataAction, DataArgs};
use crate::terminal::print;

/// The command that brings what is missing.
const FETCH: &str = "lfr data fetch";

/// Lists, fetches or verifies data sets.
pub fn run(args: &DataArgs) -> Result<()> {
    let folder = data_dir(args.data_dir.as_deref())?;
    match args.action {
        DataAction::List => tell(&folder),
        DataAction::Fetch { name } => download(name, &folder),
        DataAction::Verify { name } => report(&verify(name, &folder)?, FETCH),
    }
}

fn tell(folder: &Path) -> Result<()> {
    let mut text = String::new();
    for listing in list(folder) {
        let place = listing.path.map_or_else(|| "not found".into(), |path| path.display().to_string());
        text += &format!("{:<14} {place}  ({})\n", listing.name.as_str(), listing.licence);
    }
    text += &format!("looked in {}\n", folder.display());
    print(text.as_bytes())
}

#[cfg(feature = "fetch")]
fn download(name: Name, folder: &Path) -> Result<()> {
    let files = fetched(name.as_str(), folder, |watch| lfr_fetch::dataset(name, folder, watch))?;
    report(&files, FETCH)
}

#[cfg(not(feature = "fetch"))]
fn download(_: Name, _: &Path) -> Result<()> {
    Err(super::absent(FETCH, "fetch"))
}

/// Has `fetch` bring `name` into `folder` while the user watches.
#[cfg(feature = "fetch")]
pub(super) fn fetched(
    name: &str,
    folder: &Path,
    fetch: impl FnOnce(&mut dyn FnMut(lfr_fetch::Progress<'_>) -> lfr::Result<()>) -> lfr::Result<Vec<FileStatus>>,
) -> Result<Vec<FileStatus>> {
    crate::interrupt::listen()?;
    let mut progress = crate::progress::Progress::new(false);
    progress.stage(&format!("fetching {name} into {}", folder.display()));
    let files = fetch(&mut |step| {
        progress.items(&format!("{}, bytes", step.file), usize::try_from(step.done).unwrap_or(usize::MAX));
        crate::interrupt::check()
    })?;
    progress.clear();
    Ok(files)
}

/// Tells the state of files; that some are missing or damaged is an error, which `fetch` mends.
pub(super) fn report(files: &[FileStatus], fetch: &str) -> Result<()> {
    let mut text = String::new();
    for file in files {
        let state = match file.state {
            State::Missing => "missing",
            State::Original => "original",
            State::SameContent => "same content as the original",
            State::Unknown => "present, no digest known",
            State::Bad => "DAMAGED",
        };
        text += &format!("{}: {state}\n", file.name);
    }
    print(text.as_bytes())?;
    match files.iter().find(|file| matches!(file.state, State::Missing | State::Bad)) {
        None => Ok(()),
        Some(file) => {
            let problem = format!("missing or damaged; run `{fetch}`, or put the original file there");
            Err(Error::input(&file.path, problem).into())
        }
    }
}
