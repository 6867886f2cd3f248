//! `lfr fit`.

use std::process::ExitCode;

use anyhow::Result;
use lfr::output::OutputFile;
use lfr::pile::outlier_labels;
use lfr::score::model_file;

use crate::args::FitArgs;
use crate::config::Tables;
use crate::plan::{Plan, named_after};
use crate::progress::Progress;
use crate::truth::Truth;
use crate::watch::Watch;
use crate::{interrupt, record, summary};

/// Fits on the pile and writes the model file.
pub fn run(args: &FitArgs, tables: &Tables) -> Result<ExitCode> {
    let mut plan = Plan::new(&args.reading, &args.fitting, tables)?;
    let named = named_after(&args.input, ".safetensors")?;
    let target = args.writing.output.clone().unwrap_or(named);
    let file = OutputFile::create(&target, args.writing.force)?;

    let mut progress = Progress::new(args.running.quiet);
    let pile = plan.read(&args.input, &mut progress)?;
    let labels = pile.labels.as_ref().map(|column| outlier_labels(column)).transpose()?;
    let truth = labels.map(|labels| Truth::new(labels, plan.fitting.known.as_deref())).transpose()?;
    let mut watch = Watch::new(&mut progress, truth.as_ref());
    let fitted = plan.fit(&pile, &mut watch)?;
    let curve = std::mem::take(&mut watch.curve);

    let mut record = record::of_fit(&args.input, &plan, &pile, &fitted, curve);
    if let Some(truth) = &truth {
        truth.report(&fitted.scores, &mut record)?;
    }
    interrupt::check()?;
    model_file(&fitted, &pile, &plan.reading, plan.fitting.seed)?.save_into(file)?;
    progress.clear();
    summary::warn(&mut progress, &record);
    summary::fit(&args.running, &record, &target)?;
    Ok(summary::verdict(args.fitting.strict, &record))
}
