//! `lfr`: rank the outliers of unlabelled data from the command line.

// They end the run when nobody reads them any more; `terminal` has what does not.
#![deny(clippy::print_stderr, clippy::print_stdout)]

mod args;
mod commands;
mod config;
mod failure;
mod interrupt;
mod page;
mod plan;
mod progress;
mod record;
mod summary;
mod terminal;
mod truth;
mod watch;

use std::process::ExitCode;

fn main() -> ExitCode {
    lfr_kernels::keep_pages();
    let (cli, tables) = match config::parse(std::env::args_os()) {
        Ok(parsed) => parsed,
        Err(error) => return failure::report(&error),
    };
    match commands::run(cli.command, &tables) {
        Ok(code) => code,
        Err(error) => failure::report(&error),
    }
}
