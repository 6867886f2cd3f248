//! What the page is told about the run, the cut and the marks.

use lfr::report::chart::{Bins, Scale};
use serde_json::{Value, json};

use super::desk::Desk;
use super::precision::precision;
use super::sheet::Mark;

/// What does not change while the page is open.
pub fn run(desk: &Desk) -> Value {
    let scores = &desk.scores.scores;
    let bins = Bins::fitting(scores);
    let edges: Vec<f64> = (0..bins.bars).map(|bar| bins.edges(bar).0).collect();
    let lowest = scores.iter().copied().fold(f32::INFINITY, f32::min);
    let highest = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    json!({
        "input": desk.root.display().to_string(),
        "kind": desk.kind(),
        "method": desk.record.method["method"],
        "items": desk.len(),
        "unmarkable": desk.len() - desk.marks().markable(),
        "labels": desk.marks().path().display().to_string(),
        "cut": { "value": desk.cut.value, "rule": desk.cut.rule },
        "histogram": {
            "log": bins.scale == Scale::Log,
            "low": bins.low, "high": bins.high, "edges": edges, "counts": bins.count(scores),
            "lowest": lowest, "highest": highest,
        },
    })
}

/// What a cut flags, and how right that is as far as the marks tell.
pub fn cut(desk: &Desk, value: f32) -> Value {
    let marks = desk.marks();
    let above = desk.shuffled().iter().filter(|&&item| desk.score(item) > value);
    let found = precision(above.map(|&item| marks.all()[item]));
    json!({ "value": value, "precision": found })
}

/// What changed since a version of the marks, and what the user should know.
pub fn changes(desk: &Desk, version: usize) -> Value {
    let input = match (desk.is_reading(), desk.data()) {
        (true, _) => json!({ "state": "reading" }),
        (false, Ok(_)) => json!({ "state": "ready" }),
        (false, Err(reason)) => json!({ "state": "gone", "reason": reason, "kept": desk.kept().len() }),
    };
    let marks = desk.marks();
    let count = |wanted: Mark| marks.all().iter().filter(|&&mark| mark == Some(wanted)).count();
    let changed = |item: usize| json!({ "item": item, "mark": marks.all()[item] });
    let (times, notice) = marks.notice();
    json!({
        "version": marks.version(),
        "changes": marks.since(version).into_iter().map(changed).collect::<Vec<_>>(),
        "counts": {
            "outlier": count(Mark::Outlier), "normal": count(Mark::Normal), "unsure": count(Mark::Unsure),
        },
        "foreign": marks.foreign(),
        "notice": { "times": times, "words": notice },
        "trouble": marks.trouble(),
        "input": input,
    })
}
