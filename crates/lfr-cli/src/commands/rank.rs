//! `lfr rank`.

use std::time::Instant;

use anyhow::Result;
use lfr::labels::Labels;
use lfr::output::{OutputFolder, RunRecord};
use lfr::run::Contents;

use crate::args::RankArgs;
use crate::config::Tables;
use crate::plan::{Plan, named_after};
use crate::progress::Progress;
use crate::{interrupt, summary};

/// Fits on the pile, scores it, and writes the folder.
pub fn run(args: &RankArgs, tables: &Tables) -> Result<u8> {
    let start = Instant::now();
    let rule = args.cut.rule()?;
    let mut plan = Plan::new(&args.reading, &args.encoder, &args.fitting, tables)?;
    let given = args.writing.labels.as_deref().map(Labels::read).transpose()?;
    let named = named_after(&args.input, "-lfr")?;
    let target = args.writing.output.clone().unwrap_or(named);
    let folder = OutputFolder::create(&target, args.writing.force)?;

    let mut progress = Progress::new(args.running.quiet);
    let pile = plan.read(&args.input, &mut progress)?;
    let labels = given.map(|given| given.of_all(&pile.ids)).transpose()?;
    let mut run = plan.fit(pile, labels, &mut progress)?;

    progress.stage("writing the results");
    if let Some(rule) = rule {
        run.cut(rule)?;
    }
    run.seconds.insert("total".into(), start.elapsed().as_secs_f64());
    let record = RunRecord { command: tables.words.clone(), ..run.record()? };
    let contents = Contents {
        format: args.writing.format.into(),
        safe_csv: args.writing.safe_csv,
        show: (!args.writing.no_report).then_some(args.writing.show),
    };
    run.write(&folder, &record, &contents)?;
    interrupt::check()?;
    folder.commit()?;
    progress.clear();
    summary::warn(&mut progress, &record);
    summary::rank(&args.running, &record, &run.score_table(), &target)?;
    Ok(summary::verdict(args.fitting.strict, &record))
}
