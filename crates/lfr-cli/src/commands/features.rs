//! `lfr features`.

use std::path::Path;

use anyhow::Result;
use lfr::dataset::FileStatus;
use lfr::encoder::{REGISTER, Registered, encoders_dir, registered};

use super::data::report;
use crate::args::features::{FeaturesAction, FeaturesArgs};
use crate::terminal::print;

/// Lists, fetches or verifies encoders.
pub fn run(args: &FeaturesArgs) -> Result<()> {
    let folder = encoders_dir(args.features_dir.as_deref())?;
    match &args.action {
        FeaturesAction::List => tell(&folder),
        FeaturesAction::Fetch { name } => download(registered(name)?, &folder),
        FeaturesAction::Verify { name: Some(name) } => report(&registered(name)?.verify(&folder)?, FETCH),
        FeaturesAction::Verify { name: None } => verify_all(&folder),
    }
}

/// The command that brings what is missing.
const FETCH: &str = "lfr features fetch";

fn tell(folder: &Path) -> Result<()> {
    let mut text = String::new();
    for entry in REGISTER {
        let place = entry.place(folder);
        let place = if place.exists() { place.display().to_string() } else { "not fetched".into() };
        text += &format!("{:<18} {} ({}): {place}\n", entry.name, entry.summary, entry.licence);
    }
    text += &format!("looked in {}\n", folder.display());
    print(text.as_bytes())
}

/// Checks every encoder that has a folder of its own in `folder`.
fn verify_all(folder: &Path) -> Result<()> {
    let mut files = Vec::new();
    for entry in REGISTER.iter().filter(|entry| entry.folder(folder).exists()) {
        let named = |file: FileStatus| FileStatus { name: format!("{}/{}", entry.name, file.name), ..file };
        files.extend(entry.verify(folder)?.into_iter().map(named));
    }
    if files.is_empty() {
        return print(
            format!("no encoder in {}; `lfr features list` lists them\n", folder.display()).as_bytes(),
        );
    }
    report(&files, FETCH)
}

#[cfg(feature = "fetch")]
fn download(entry: &Registered, folder: &Path) -> Result<()> {
    let files = super::data::fetched(entry.name, folder, |watch| lfr_fetch::encoder(entry, folder, watch))?;
    report(&files, FETCH)
}

#[cfg(not(feature = "fetch"))]
fn download(_: &Registered, _: &Path) -> Result<()> {
    Err(super::absent(FETCH, "fetch"))
}
