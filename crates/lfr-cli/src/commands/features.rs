//! `lfr features`.

use std::path::Path;

use anyhow::Result;
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
        FeaturesAction::Verify { name } => report(&registered(name)?.verify(&folder)?, FETCH),
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

#[cfg(feature = "fetch")]
fn download(entry: &Registered, folder: &Path) -> Result<()> {
    let files = super::data::fetched(entry.name, folder, |watch| lfr_fetch::encoder(entry, folder, watch))?;
    report(&files, FETCH)
}

#[cfg(not(feature = "fetch"))]
fn download(_: &Registered, _: &Path) -> Result<()> {
    Err(super::absent(FETCH, "fetch"))
}
