//! `lfr score`.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use lfr::durable::OutputFile;
use lfr::encoder::located;
use lfr::input::Options;
use lfr::labels::outlier_labels;
use lfr::metrics::Agreement;
use lfr::output::{Format, Scores, Texts};
use lfr::score::Model;
use lfr::threshold::threshold;

use crate::args::ScoreArgs;
use crate::interrupt;
use crate::progress::Progress;
use crate::terminal::{items, print};

/// Scores the input chunk by chunk and writes the scores.
pub fn run(args: &ScoreArgs) -> Result<()> {
    let rule = args.cut.rule()?;
    let format = format(args)?;
    let prepared = |output| OutputFile::create(output, args.writing.force);
    let file = args.writing.output.as_deref().map(prepared).transpose()?;
    let mut progress = Progress::new(args.running.quiet);
    let mut model = Model::load_on(&args.model, &args.device)?;
    if let Some(features) = &args.features {
        model = model.with_encoder(located(features)?)?;
    }
    model.check_encoder()?;
    model.warnings().iter().for_each(|warning| progress.warn(warning));
    let (mut scores, bad, notes) = stream(args, &model, &mut progress)?;
    progress.clear();
    let cut = rule.map(|rule| threshold(&scores.scores, rule)).transpose()?;
    if let Some(cut) = &cut {
        scores.outliers = Some(scores.scores.iter().map(|&score| score > cut.value).collect());
        progress.note(&cut.explanation);
    }
    notes.iter().for_each(|note| progress.news(note));
    if bad > 0 {
        progress.warn(&format!("{} could not be read (not scored)", items(bad)));
    }
    if let Some(labels) = &scores.labels {
        let labels = outlier_labels(&labels.iter().collect::<Vec<_>>())?;
        let agreement = Agreement::new(&scores.scores, &labels)?;
        progress.note(&format!("AUROC {:.4}, AUPR {:.4}", agreement.auroc(), agreement.aupr()));
    }
    if args.writing.safe_csv && format == Format::Csv {
        scores = scores.without_formulas();
    }
    let Some(file) = file else { return write_out(&scores, format) };
    let done = format!("{} scored, see {}", items(scores.len()), file.path().display());
    scores.write_into(file, format)?;
    progress.note(&done);
    Ok(())
}

/// Writes the scores to stdout.
fn write_out(scores: &Scores, format: Format) -> Result<()> {
    let name = Path::new("standard output");
    if std::io::stdout().is_terminal() {
        let mut text = Vec::new();
        scores.write_to(&mut text, name, format)?;
        return print(&text);
    }
    let mut out = std::io::BufWriter::new(std::io::stdout());
    scores.write_to(&mut out, name, format)?;
    Ok(out.flush()?)
}

/// The scores of all readable items, how many were not readable, and what the reader decided.
fn stream(args: &ScoreArgs, model: &Model, progress: &mut Progress) -> Result<(Scores, usize, Vec<String>)> {
    let text = format!("scoring {}", args.input.display());
    progress.stage(&text);
    let options = args.file.over(Options {
        id: args.id.clone(),
        label: args.label.clone(),
        max_bad_fraction: args.max_bad_fraction,
        data_dir: args.data_dir.clone(),
        ..Options::default()
    });
    let mut all = Scores::default();
    let source = model.stream(&args.input, &options, |chunk, scores| {
        all.ids.extend(&chunk.ids);
        all.scores.extend(scores);
        if let Some(labels) = &chunk.labels {
            all.labels.get_or_insert_with(Texts::default).extend(labels);
        }
        progress.items(&text, all.scores.len());
        interrupt::check()
    })?;
    all.percentiles = all.scores.iter().map(|&score| model.header.quantiles.percentile(score)).collect();
    Ok((all, source.bad(), source.notes()))
}

/// The form of the scores: as asked for, as the file's name says, or CSV.
fn format(args: &ScoreArgs) -> Result<Format> {
    Ok(match (args.writing.format, &args.writing.output) {
        (Some(format), _) => format.into(),
        (None, Some(output)) => Format::of(output)?,
        (None, None) if args.running.json => Format::Jsonl,
        (None, None) => Format::Csv,
    })
}
