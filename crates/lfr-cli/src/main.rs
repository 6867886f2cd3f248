//! `lfr`: rank the outliers of unlabelled data from the command line.

// They end the run when nobody reads them any more; `lfr_cli::run` has what does not.
#![deny(clippy::print_stderr, clippy::print_stdout)]

use std::process::ExitCode;

fn main() -> ExitCode {
    lfr_kernels::keep_pages();
    ExitCode::from(lfr_cli::run(std::env::args_os()))
}
