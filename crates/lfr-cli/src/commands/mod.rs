//! One file per command.

#[cfg(feature = "bench")]
mod bench;
mod columns;
mod completions;
mod data;
mod export;
mod features;
mod fit;
mod inspect;
mod man;
mod methods;
mod rank;
mod report;
mod review;
mod score;
mod threshold;

use anyhow::Result;
use lfr::Error;

use crate::args::{Command, RunArgs};
use crate::config::Tables;
use crate::interrupt;

/// Runs the command.
///
/// # Errors
/// What the command meets; `failure::report` tells it to the user.
pub fn run(command: Command, tables: &Tables) -> Result<u8> {
    match command {
        Command::Rank(args) => return on_threads(&args.running, || rank::run(&args, tables)),
        Command::Fit(args) => return on_threads(&args.running, || fit::run(&args, tables)),
        Command::Score(args) => on_threads(&args.running, || score::run(&args))?,
        Command::Threshold(args) => threshold::run(&args)?,
        Command::Report(args) => report::run(&args)?,
        Command::Review(args) => review::run(&args)?,
        Command::Columns(args) => columns::run(&args)?,
        Command::Inspect(args) => inspect::run(&args)?,
        Command::Export(args) => export::run(&args)?,
        Command::Methods(args) => methods::run(&args)?,
        #[cfg(feature = "bench")]
        Command::Bench(args) => bench::run(&args)?,
        #[cfg(not(feature = "bench"))]
        Command::Bench(_) => return Err(absent("lfr bench", "bench")),
        Command::Data(args) => data::run(&args)?,
        Command::Features(args) => features::run(&args)?,
        Command::Completions(args) => completions::run(&args)?,
        Command::Man(args) => man::run(&args)?,
    }
    Ok(0)
}

/// Tells how to get a command that this build lacks, by a feature of the crate.
#[cfg(any(not(feature = "bench"), not(feature = "fetch")))]
fn absent(command: &str, feature: &str) -> anyhow::Error {
    let install = format!("cargo install --path crates/lfr-cli --features {feature}");
    crate::failure::Usage(format!("`{command}` is not in this build; `{install}` makes one that has it"))
        .into()
}

/// Does work that takes its time: on the threads asked for, until Ctrl-C. It begins on one of them, since a thread
/// outside would wait for them, and be woken, at every layer of a network.
fn on_threads<R: Send>(args: &RunArgs, work: impl FnOnce() -> Result<R> + Send) -> Result<R> {
    if let Some(threads) = args.threads {
        check_threads("threads", threads)?;
    }
    rayon::ThreadPoolBuilder::new().num_threads(args.threads.unwrap_or(0)).build_global()?;
    interrupt::listen()?;
    rayon::scope(|_| work())
}

/// Threads that any machine may be asked for, so that a run can be repeated on a smaller one.
const THREADS: usize = 256;

/// Refuses numbers of threads that would only stand in one another's way.
fn check_threads(key: &str, threads: usize) -> Result<()> {
    let limit = THREADS.max(4 * std::thread::available_parallelism().map_or(1, usize::from));
    if (1..=limit).contains(&threads) {
        return Ok(());
    }
    Err(Error::config(key, threads, format!("must be at least 1 and, on this machine, at most {limit}"))
        .into())
}
