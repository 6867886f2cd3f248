//! The command `lfr`, for the program and for the Python package, which has it as an entry point.

// They end the run when nobody reads them any more; `terminal` has what does not.
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod args;
mod commands;
mod config;
mod failure;
mod interrupt;
mod past;
mod plan;
mod progress;
mod review;
mod summary;
mod terminal;
mod unfinished;
mod watch;

use std::ffi::OsString;

/// Runs the command line `words`, the first of which is the program's name, and gives the exit code: 0 when all went
/// well, 1 for a failure, 2 for bad usage or input, 128 and the signal's number when interrupted.
///
/// To be called once in a process: it sets up the threads and, in commands that take their time, handles signals.
pub fn run(words: impl IntoIterator<Item = OsString>) -> u8 {
    let (cli, tables) = match config::parse(words) {
        Ok(parsed) => parsed,
        Err(error) => return failure::report(&error),
    };
    commands::run(cli.command, &tables).unwrap_or_else(|error| failure::report(&error))
}
