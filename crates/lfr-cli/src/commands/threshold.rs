//! `lfr threshold`.

use anyhow::Result;
use lfr::durable::OutputFile;
use lfr::output::{Format, Scores};
use lfr::threshold::{AutoRule, Rule, Threshold, threshold};
use serde::Serialize;
use serde_json::json;

use crate::args::ThresholdArgs;
use crate::past;
use crate::terminal::{print, print_json, say};

/// A flagged item, as stdout shows it.
#[derive(Serialize)]
struct Flagged {
    id: String,
    anomaly_score: f32,
    anomaly_rank: usize,
    anomaly_percentile: f32,
}

/// Cuts the scores and tells which items are flagged.
pub fn run(args: &ThresholdArgs) -> Result<()> {
    let rule = args.cut.rule()?.unwrap_or(Rule::Auto(AutoRule::default()));
    let format = args.output.as_deref().map(Format::of).transpose()?;
    let prepared = |output| OutputFile::create(output, args.force);
    let file = args.output.as_deref().map(prepared).transpose()?;
    let mut scores = past::scores(&args.scores)?;
    if args.safe_csv && format.unwrap_or(Format::Csv) == Format::Csv {
        scores = scores.without_formulas();
    }
    let cut = threshold(&scores.ranked(), rule)?;
    if !args.quiet {
        say(&cut.explanation);
    }
    if args.json {
        let (flagged, items) = (flagged(&scores, &cut), scores.len());
        print_json(&json!({ "threshold": cut, "items": items, "flagged": flagged }))?;
    }
    match file.zip(format) {
        Some((file, format)) => {
            scores.flag(cut.value);
            scores.write_into(file, format)?;
        }
        None if !args.json => print(&csv(&flagged(&scores, &cut))?)?,
        None => {}
    }
    Ok(())
}

/// The flagged items, most anomalous first, without those whose label is known.
fn flagged(scores: &Scores, cut: &Threshold) -> Vec<Flagged> {
    let ranking = scores.ranking();
    let is_flagged = |item: usize| scores.known(item).is_none() && scores.scores[item] > cut.value;
    let ranked = ranking.order().iter().zip(1..).take_while(|&(&item, _)| is_flagged(item));
    let row = |(&item, rank): (&usize, usize)| Flagged {
        id: scores.ids.get(item),
        anomaly_score: scores.scores[item],
        anomaly_rank: rank,
        anomaly_percentile: scores.percentiles[item],
    };
    ranked.map(row).collect()
}

fn csv(rows: &[Flagged]) -> Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().has_headers(false).from_writer(Vec::new());
    writer.write_record(["id", "anomaly_score", "anomaly_rank", "anomaly_percentile"])?;
    rows.iter().try_for_each(|row| writer.serialize(row))?;
    Ok(writer.into_inner()?)
}
