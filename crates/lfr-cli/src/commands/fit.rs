//! `lfr fit`.

use anyhow::Result;
use lfr::output::{OutputFile, RunRecord};

use crate::args::FitArgs;
use crate::config::Tables;
use crate::plan::{Plan, named_after};
use crate::progress::Progress;
use crate::summary;

/// Fits on the pile and writes the model file.
pub fn run(args: &FitArgs, tables: &Tables) -> Result<u8> {
    let mut plan = Plan::new(&args.reading, &args.encoder, &args.fitting, tables)?;
    let named = named_after(&args.input, ".safetensors")?;
    let target = args.writing.output.clone().unwrap_or(named);
    let file = OutputFile::create(&target, args.writing.force)?;

    let mut progress = Progress::new(args.running.quiet);
    let pile = plan.read(&args.input, &mut progress)?;
    let run = plan.fit(pile, None, &mut progress)?;
    let record = RunRecord { command: tables.words.clone(), ..run.record()? };
    run.model.save_into(file)?;
    progress.clear();
    summary::warn(&mut progress, &record);
    summary::fit(&args.running, &record, &target)?;
    Ok(summary::verdict(args.fitting.strict, &record))
}
