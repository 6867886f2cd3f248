//! `lfr score`.

use std::io::{IsTerminal, Write};
use std::path::Path;

use anyhow::Result;
use lfr::Error;
use lfr::data::Kind;
use lfr::durable::OutputFile;
use lfr::encoder::located;
use lfr::input::{Options, Source};
use lfr::labels::outlier_labels;
use lfr::metrics::Agreement;
use lfr::output::{Format, Scores, Texts};
use lfr::score::Model;
use lfr::threshold::{Threshold, threshold};
use serde_json::json;

use crate::args::ScoreArgs;
use crate::interrupt;
use crate::past::model_file;
use crate::progress::Progress;
use crate::terminal::{STDOUT, items, print, print_json};

/// Scores the input chunk by chunk and writes the scores.
pub fn run(args: &ScoreArgs) -> Result<()> {
    let rule = args.cut.rule()?;
    let format = format(args)?;
    let prepared = |output| OutputFile::create(output, args.writing.force);
    let file = args.writing.output.as_deref().map(prepared).transpose()?;
    let mut progress = Progress::new(args.running.quiet);
    let model = load(args)?;
    model.warnings().iter().for_each(|warning| progress.warn(warning));
    let (mut scores, source) = stream(args, &model, &mut progress)?;
    progress.clear();
    let cut = rule.map(|rule| threshold(&scores.scores, rule)).transpose()?;
    if let Some(cut) = &cut {
        scores.outliers = Some(scores.scores.iter().map(|&score| score > cut.value).collect());
        progress.note(&cut.explanation);
    }
    let (agreement, warnings) = tell(&scores, &source, &mut progress)?;
    if args.writing.safe_csv && format == Format::Csv {
        scores = scores.without_formulas();
    }
    let Some(file) = file else { return write_out(&scores, format) };
    let (scored, path) = (scores.len(), file.path().to_owned());
    scores.write_into(file, format)?;
    progress.note(&format!("{} scored, see {}", items(scored), path.display()));
    if args.running.json {
        let mut outcome = outcome(scored, &source, cut.as_ref(), agreement.as_ref());
        (outcome["input"], outcome["output"], outcome["warnings"]) =
            (json!(args.input), json!(path), json!(warnings));
        print_json(&outcome)?;
    }
    Ok(())
}

/// The model with the encoder that it needs.
fn load(args: &ScoreArgs) -> Result<Model> {
    let mut model = Model::load_on(model_file(&args.model), &args.device)?;
    if let Some(text) = args.text.as_ref().filter(|_| model.header.kind != Kind::Text) {
        let things = if model.header.kind == Kind::Images { "pictures" } else { "the rows of a table" };
        let problem = format!("the model was fitted on {things}, not on texts; leave it out");
        return Err(Error::config("text", text, problem).into());
    }
    if let Some(features) = &args.features {
        model = model.with_encoder(located(features)?)?;
    }
    model.check_encoder()?;
    Ok(model)
}

/// Says what there is to say about the items. Gives the warnings, and how the scores agree with the labels, if there are
/// some of inliers and of outliers.
fn tell(
    scores: &Scores,
    source: &Source,
    progress: &mut Progress,
) -> Result<(Option<Agreement>, Vec<String>)> {
    let mut warnings = source.warnings();
    source.notes().iter().for_each(|note| progress.news(note));
    if source.bad() > 0 {
        warnings.push(format!("{} could not be read (not scored)", items(source.bad())));
    }
    let labels = scores.labels.as_ref().map(|labels| outlier_labels(&labels.iter().collect::<Vec<_>>()));
    let agreement = labels.transpose()?.map(|labels| Agreement::new(&scores.scores, &labels)).transpose();
    let agreement = agreement.unwrap_or_else(|problem| {
        warnings.push(format!("nothing is measured: {problem}"));
        None
    });
    warnings.iter().for_each(|warning| progress.warn(warning));
    if let Some(agreement) = &agreement {
        progress.note(&format!("AUROC {:.4}, AUPR {:.4}", agreement.auroc(), agreement.aupr()));
    }
    Ok((agreement, warnings))
}

/// What was done, for programs.
fn outcome(
    scored: usize,
    source: &Source,
    cut: Option<&Threshold>,
    agreement: Option<&Agreement>,
) -> serde_json::Value {
    let metrics = agreement.map(|agreement| {
        json!({
            "auroc": agreement.auroc(),
            "aupr": agreement.aupr(),
            "average_precision": agreement.average_precision(),
            "outliers": agreement.outliers(),
        })
    });
    json!({
        "kind": source.kind(),
        "items": scored,
        "bad": source.bad(),
        "notes": source.notes(),
        "metrics": metrics,
        "threshold": cut,
    })
}

/// Writes the scores to stdout.
fn write_out(scores: &Scores, format: Format) -> Result<()> {
    let name = Path::new(STDOUT);
    if std::io::stdout().is_terminal() {
        let mut text = Vec::new();
        scores.write_to(&mut text, name, format)?;
        return print(&text);
    }
    let mut out = std::io::BufWriter::new(std::io::stdout());
    scores.write_to(&mut out, name, format)?;
    Ok(out.flush().map_err(|e| Error::io("write", name, e))?)
}

/// The scores of all readable items, and the source, which knows what was not readable and what its reader decided.
fn stream(args: &ScoreArgs, model: &Model, progress: &mut Progress) -> Result<(Scores, Source)> {
    let text = format!("scoring {}", args.input.display());
    progress.stage(&text);
    let options = args.file.over(Options {
        id: args.id.clone(),
        label: args.label.clone(),
        text: args.text.clone(),
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
    Ok((all, source))
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
