//! `lfr fit`.

use anyhow::{Context, Result};
use lfr::durable::OutputFile;
use lfr::output::RunRecord;

use crate::args::FitArgs;
use crate::config::Tables;
use crate::plan::{Plan, named_after};
use crate::progress::Progress;
use crate::{summary, unfinished};

/// Fits on the pile and writes the model file.
pub fn run(args: &FitArgs, tables: &Tables) -> Result<u8> {
    let mut plan = Plan::new(&args.reading, &args.encoder, &args.fitting, tables)?;
    let named = named_after(&args.input, ".safetensors")?;
    let target = args.writing.output.clone().unwrap_or(named);
    let unfinished = unfinished::beside(&target, &args.resuming, args.writing.force)?;
    plan.fitting.checkpoints = Some(unfinished.clone());
    let file = OutputFile::create(&target, args.writing.force)?;

    let mut progress = Progress::new(args.running.quiet);
    let (data, _) = plan.read(&args.input, &mut progress)?.parts();
    let news = data.notes[..data.news.min(data.notes.len())].to_vec();
    let run = plan.fit(data, None, &mut progress).inspect_err(|e| unfinished::hint(e, &unfinished))?;
    let record = RunRecord { command: tables.words.clone(), ..run.record()? };
    run.model.save_into(file)?;
    unfinished.discard()?;
    progress.clear();
    summary::warn(&mut progress, &record, &news);
    let told = summary::fit(&args.running, &record, &target);
    told.with_context(|| format!("the model is in {}", target.display()))?;
    Ok(summary::verdict(args.fitting.strict, &record))
}
