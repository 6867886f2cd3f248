//! The top of the page: what was done, the main numbers, warnings.

use maud::{Markup, html};

use super::page::items;
use super::{Report, Severity, noun};
use crate::readable::{count, decimals, duration};

pub(super) fn header(report: &Report) -> Markup {
    html! {
        header {
            p class="eyebrow" { "Outlier report" }
            h1 { bdi { (report.input) } }
            p class="lead" { (lead(report)) }
            dl class="facts" {
                @for fact in facts(report) {
                    div { dt { (fact.name) } dd { (fact.value) @if let Some(note) = fact.note { small { (note) } } } }
                }
            }
            p class="method" { strong { (report.method) } " – " (report.method_description) }
            (warnings(report))
        }
    }
}

/// The one or two sentences to read if no other.
fn lead(report: &Report) -> String {
    let ranked = format!("{} ranked.", items(report, report.scores.len()));
    match report.top.len() {
        0 => ranked,
        1 => format!("{ranked} The most anomalous one is below."),
        n => format!("{ranked} The {} most anomalous are below.", count(n)),
    }
}

struct Fact {
    name: &'static str,
    value: String,
    note: Option<String>,
}

fn facts(report: &Report) -> Vec<Fact> {
    let fact =
        |name, value, note: &str| Fact { name, value, note: (!note.is_empty()).then(|| note.to_owned()) };
    let mut facts = vec![fact("Ranked", count(report.scores.len()), &format!("{}s", noun(report.kind)))];
    if !report.quarantined.is_empty() {
        facts.push(fact("Left out", count(report.quarantined.len()), "could not be read"));
    }
    if let Some(threshold) = report.thresholds.first() {
        facts.push(fact("Flagged", count(threshold.flagged), &format!("by {}", threshold.rule)));
    }
    if let Some(labelled) = &report.labelled {
        facts.push(fact("AUROC", decimals(labelled.metrics.auroc, 3), "against your labels"));
    }
    facts.push(fact("Time", duration(report.elapsed), &report.budget));
    facts
}

fn warnings(report: &Report) -> Markup {
    let mut warnings: Vec<_> = report.warnings.iter().collect();
    warnings.sort_by_key(|warning| std::cmp::Reverse(warning.severity));
    html! {
        @if !warnings.is_empty() {
            ul class="warnings" aria-label="Warnings" {
                @for warning in warnings {
                    @let (class, word) = match warning.severity {
                        Severity::Severe => ("bad", "Do not rely on this result"),
                        Severity::Warning => ("doubtful", "Warning"),
                        Severity::Note => ("note", "Note"),
                    };
                    li class=(class) { strong { (word) } " " bdi { (warning.text) } }
                }
            }
        }
    }
}
