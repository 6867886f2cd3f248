//! `lfr rank`.

use std::process::ExitCode;
use std::time::Instant;

use anyhow::Result;
use lfr::labels::Labels;
use lfr::output::{Format, Ids, OutputFile, OutputFolder, Scores, Texts};
use lfr::pile::{Pile, outlier_labels};
use lfr::score::model_file;
use lfr::threshold::threshold;

use crate::args::RankArgs;
use crate::config::Tables;
use crate::plan::{Plan, named_after};
use crate::progress::Progress;
use crate::truth::Truth;
use crate::watch::Watch;
use crate::{interrupt, page, record, summary};

/// Fits on the pile, scores it, and writes the folder.
pub fn run(args: &RankArgs, tables: &Tables) -> Result<ExitCode> {
    let start = Instant::now();
    let rule = args.cut.rule()?;
    let mut plan = Plan::new(&args.reading, &args.fitting, tables)?;
    let given = args.writing.labels.as_deref().map(Labels::read).transpose()?;
    let named = named_after(&args.input, "-lfr")?;
    let target = args.writing.output.clone().unwrap_or(named);
    let folder = OutputFolder::create(&target, args.writing.force)?;

    let mut progress = Progress::new(args.running.quiet);
    let pile = plan.read(&args.input, &mut progress)?;
    let labels = labels(&pile, given.as_ref())?;
    let truth = labels.map(|labels| Truth::new(labels, plan.fitting.known.as_deref())).transpose()?;
    let mut watch = Watch::new(&mut progress, truth.as_ref());
    let fitted = plan.fit(&pile, &mut watch)?;
    let curve = std::mem::take(&mut watch.curve);

    progress.stage("writing the results");
    let mut scores = scores(&pile, &fitted.scores, truth.as_ref().map(Truth::outlier));
    let cut = rule.map(|rule| threshold(&scores.scores, rule)).transpose()?;
    if let Some(cut) = &cut {
        scores.outliers = Some(scores.scores.iter().map(|&score| score > cut.value).collect());
    }
    let format = Format::from(args.writing.format);
    let name = format!("scores.{}", format.extension());
    match args.writing.safe_csv && format == Format::Csv {
        true => folder.put(&name, |path| scores.clone().without_formulas().write(path, format))?,
        false => folder.put(&name, |path| scores.write(path, format))?,
    }
    let model = model_file(&fitted, &pile, &plan.reading, plan.fitting.seed)?;
    folder.put("model.safetensors", |path| model.save(path))?;
    let mut record = record::of_fit(&args.input, &plan, &pile, &fitted, curve);
    if let Some(truth) = &truth {
        truth.report(&fitted.scores, &mut record)?;
    }
    record.threshold = cut;
    record.seconds.insert("total".into(), start.elapsed().as_secs_f64());
    if !args.writing.no_report {
        let seen_by = (&fitted.preprocessor, fitted.detector.as_ref());
        let html = page::html(&record, &scores, &pile.items, seen_by, args.writing.show)?;
        folder.put("report.html", |path| page::write(&html, OutputFile::create(path, true)?))?;
    }
    folder.put("run.json", |path| record.write(path))?;
    interrupt::check()?;
    folder.commit()?;
    progress.clear();
    summary::warn(&mut progress, &record);
    summary::rank(&args.running, &record, &scores, &target)?;
    Ok(summary::verdict(args.fitting.strict, &record))
}

/// Whether each item is an outlier, from the labels file, the label column or the data set.
fn labels(pile: &Pile, given: Option<&Labels>) -> Result<Option<Vec<bool>>> {
    Ok(match (given, &pile.labels) {
        (Some(given), _) => Some(given.of_all(&pile.ids)?),
        (None, Some(own)) => Some(outlier_labels(own)?),
        (None, None) => None,
    })
}

fn scores(pile: &Pile, scores: &[f32], labels: Option<&[bool]>) -> Scores {
    let mut ids = Ids::default();
    ids.extend(&pile.ids);
    let mut scores = Scores::of_pile(ids, scores.to_vec());
    scores.labels = labels.map(|labels| {
        let mut texts = Texts::default();
        texts.extend(labels.iter().map(|&outlier| if outlier { "1" } else { "0" }));
        texts
    });
    scores
}
