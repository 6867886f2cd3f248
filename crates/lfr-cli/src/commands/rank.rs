//! `lfr rank`.

use std::time::Instant;

use anyhow::{Context, Result};
use lfr::Data;
use lfr::Error;
use lfr::durable::OutputFolder;
use lfr::labels::{Labels, outlier_labels};
use lfr::metrics::both;
use lfr::output::RunRecord;
use lfr::run::Contents;
use lfr::sample::Rows;
use lfr::threshold::Rule;

use crate::args::RankArgs;
use crate::config::Tables;
use crate::plan::{Plan, named_after};
use crate::progress::Progress;
use crate::{interrupt, summary, unfinished};

/// Fits on the pile, scores it, and writes the folder.
pub fn run(args: &RankArgs, tables: &Tables) -> Result<u8> {
    let start = Instant::now();
    let rule = args.cut.rule()?;
    if args.fitting.all_normal && rule.is_some_and(|rule| !matches!(rule, Rule::Value(_))) {
        let problem = "no share of normal data is outliers; leave it out, or give --threshold a score";
        return Err(Error::config("all_normal", "true", problem).into());
    }
    let mut plan = Plan::new(&args.reading, &args.encoder, &args.fitting, tables)?;
    let given = args.writing.labels.as_deref().map(Labels::read).transpose()?;
    let named = named_after(&args.input, "-lfr")?;
    let target = args.writing.output.clone().unwrap_or(named);
    let unfinished = unfinished::beside(&target, &args.resuming, args.writing.force)?;
    let folder = OutputFolder::create(&target, args.writing.force)?;
    plan.fitting.checkpoints = Some(unfinished.clone());

    let mut progress = Progress::new(args.running.quiet);
    let (data, rows) = plan.read(&args.input, &mut progress)?.parts();
    let news = data.notes[..data.news.min(data.notes.len())].to_vec();
    let labels = given.map(|given| given.of_all(&all_ids(&data, rows.as_ref()))).transpose()?;
    check(labels.as_deref(), &data, rows.as_ref())?;
    let fitted = plan.fit(data, labels.clone().filter(|_| rows.is_none()), &mut progress);
    let run = fitted.inspect_err(|e| unfinished::hint(e, &unfinished))?;
    let mut run = match rows {
        None => run,
        Some(rows) => {
            let (total, text) = (rows.ids.len(), format!("scoring {}", args.input.display()));
            progress.stage(&text);
            run.over(rows, labels, args.writing.show, |scored| {
                progress.part(&text, scored, total);
                interrupt::check()
            })?
        }
    };

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
    unfinished.discard()?;
    progress.clear();
    summary::warn(&mut progress, &record, &news);
    let told = summary::rank(&args.running, &record, &run.score_table(), &target);
    told.with_context(|| format!("the results are in {}", target.display()))?;
    Ok(summary::verdict(args.fitting.strict, &record))
}

/// Refuses labels that nothing could be measured by once the fit is over: those given, or else those of the input.
fn check(given: Option<&[bool]>, data: &Data, rows: Option<&Rows>) -> lfr::Result<()> {
    let own = || match rows {
        Some(rows) => rows.labels.as_ref().map(|texts| outlier_labels(&texts.iter().collect::<Vec<_>>())),
        None => data.labels.as_deref().map(outlier_labels),
    };
    match given {
        Some(given) => both(given),
        None => own().transpose()?.map_or(Ok(()), |own| both(&own)),
    }
}

/// The identifiers of all items.
fn all_ids(data: &Data, rows: Option<&Rows>) -> Vec<String> {
    match rows {
        Some(rows) => (0..rows.ids.len()).map(|i| rows.ids.get(i)).collect(),
        None => data.ids.clone(),
    }
}
