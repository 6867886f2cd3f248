//! What a run says at its end.

use std::fmt::Write;
use std::path::Path;

use anyhow::Result;
use lfr::check::Verdict;
use lfr::output::{RunRecord, Scores};
use serde_json::{Value, json};

use crate::args::RunArgs;
use crate::progress::Progress;
use crate::terminal::{items, print, print_json, say, seconds, shown, things};

/// Items that the summary of a ranking lists.
const LISTED: usize = 10;

/// Tells the user every warning of the run; those that are `news` of how the data was read are notes.
pub fn warn(progress: &mut Progress, record: &RunRecord, news: &[String]) {
    if record.bad > 0 {
        let first =
            record.quarantined.first().map(|item| format!("; the first: {}: {}", item.id, item.reason));
        let text = format!("{} could not be read (left out of the ranking)", items(record.bad));
        progress.warn(&(text + &first.unwrap_or_default()));
    }
    record.warnings.iter().for_each(|warning| match news.contains(warning) {
        true => progress.news(warning),
        false => progress.warn(warning),
    });
    failed_checks(record).for_each(|message| progress.warn(message));
}

/// The exit code: with `strict`, a failure when a self-check warned.
pub fn verdict(strict: bool, record: &RunRecord) -> u8 {
    let failed = failed_checks(record).count();
    if strict && failed > 0 {
        say(&format!("lfr: {failed} of the self-checks above warned, which is a failure with --strict"));
        return 1;
    }
    0
}

/// Prints the head of the ranking and where the rest is.
pub fn rank(args: &RunArgs, record: &RunRecord, scores: &Scores, folder: &Path) -> Result<()> {
    let ranking = scores.ranking();
    let head = ranking.order().iter().filter(|&&item| scores.known(item).is_none()).take(LISTED).zip(1..);
    if args.json {
        let entry = |(&item, rank): (&usize, usize)| json!({ "id": scores.ids.get(item), "anomaly_score": scores.scores[item], "anomaly_rank": rank });
        let mut outcome = outcome(record);
        outcome["output"] = json!(folder);
        outcome["top"] = head.map(entry).collect();
        return print_json(&outcome);
    }
    if args.quiet {
        return Ok(());
    }
    let mut text = headline(record, "ranked");
    if let Some(cut) = &record.threshold {
        writeln!(text, "{} ({})", cut.explanation, cut.rule)?;
    }
    if !record.guides.is_empty() {
        writeln!(text, "{} guided the fit and come last", items(record.guides.len()))?;
    }
    writeln!(text, "\n{:>6}  {:>12}  most anomalous", "rank", "score")?;
    for (&item, rank) in head {
        writeln!(text, "{rank:>6}  {:>12.5}  {}", scores.scores[item], shown(&scores.ids.get(item)))?;
    }
    let page = folder.join("report.html");
    let see = if page.exists() { page } else { folder.to_owned() };
    writeln!(text, "\nsee {}", shown(&see.display().to_string()))?;
    print(text.as_bytes())
}

/// Prints what was fitted and where it is.
pub fn fit(args: &RunArgs, record: &RunRecord, model: &Path) -> Result<()> {
    if args.json {
        let mut outcome = outcome(record);
        outcome["output"] = json!(model);
        return print_json(&outcome);
    }
    if args.quiet {
        return Ok(());
    }
    let text = headline(record, "fitted");
    print(format!("{text}model in {}\n", shown(&model.display().to_string())).as_bytes())
}

fn headline(record: &RunRecord, verb: &str) -> String {
    let method = named(&record.method);
    let time = record.seconds.get("total").or(record.seconds.get("fit")).copied().unwrap_or_default();
    let mut text = format!(
        "{}: {} {verb} by {method} in {}\n",
        shown(&record.input),
        things(record.items, record.kind),
        seconds(time)
    );
    if let Some(m) = &record.metrics {
        let (auroc, aupr, precision) = (m.auroc, m.aupr, m.average_precision);
        text += &format!("AUROC {auroc:.4}, AUPR {aupr:.4}, average precision {precision:.4}\n");
    }
    text
}

/// The method's name and, of a combination, those of its members.
fn named(method: &Value) -> String {
    let name = |method: &Value| method["method"].as_str().unwrap_or("unknown").to_owned();
    let members = method["members"].as_array().into_iter().flatten().map(name);
    let mut members: Vec<String> = members.collect();
    members.dedup();
    if members.is_empty() { name(method) } else { format!("{} ({})", name(method), members.join(", ")) }
}

fn outcome(record: &RunRecord) -> Value {
    json!({
        "input": record.input,
        "kind": record.kind,
        "items": record.items,
        "bad": record.bad,
        "method": record.method,
        "seed": record.seed,
        "seconds": record.seconds,
        "warnings": record.warnings,
        "checks": record.checks,
        "metrics": record.metrics,
        "guides": record.guides.len(),
        "threshold": record.threshold,
    })
}

fn failed_checks(record: &RunRecord) -> impl Iterator<Item = &str> {
    record.checks.iter().filter(|check| check.verdict == Verdict::Warning).map(|check| check.message.as_str())
}
