//! `lfr`: rank the outliers of unlabelled data from the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    lfr_kernels::keep_pages();
    ExitCode::from(lfr_cli::run(std::env::args_os()))
}
