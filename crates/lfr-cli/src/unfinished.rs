//! Fits that were stopped on the way: the state of their networks is kept beside the output.

use std::ffi::OsString;
use std::path::Path;
use std::time::Duration;

use anyhow::Result;
use lfr::Error;
use lfr::train::Checkpoints;

use crate::args::ResumeArgs;
use crate::terminal::say;

/// The place for the state of the fit that is to become `target`; with `force`, what an earlier one left is removed.
///
/// # Errors
/// [`Error::Input`] when an earlier one left its state, and the user says neither to go on nor to start anew.
pub fn beside(target: &Path, args: &ResumeArgs, force: bool) -> Result<Checkpoints> {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push("-unfinished");
    let checkpoints = Checkpoints::new(target.with_file_name(name), Duration::from_secs(args.save_every));
    match (checkpoints.any(), args.resume) {
        (false, true) => say(
            "lfr: nothing to resume: no run for this output was stopped after its first state; starting anew",
        ),
        (true, false) if force => checkpoints.discard()?,
        (true, false) => {
            let problem = "holds the training of a run that was stopped; go on from it with --resume, or start anew with --force";
            return Err(Error::input(checkpoints.folder(), problem).into());
        }
        _ => {}
    }
    Ok(checkpoints)
}

/// Says how a run that ends with `error` goes on, if it can.
pub fn hint(error: &anyhow::Error, checkpoints: &Checkpoints) {
    if matches!(error.downcast_ref(), Some(Error::Interrupted)) && checkpoints.any() {
        say("lfr: the training so far is kept; the same command with --resume goes on from there");
    }
}
