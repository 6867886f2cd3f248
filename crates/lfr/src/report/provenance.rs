//! The fine print: self-checks, items left out, how to get the same result again.

use maud::{Markup, html};

use super::Report;
use super::page::items;
use crate::check::Verdict;
use crate::readable::count;

/// Items left out that are listed by name.
const LISTED: usize = 50;

pub(super) fn checks(report: &Report) -> Option<Markup> {
    (!report.checks.is_empty()).then(|| {
        html! {
            div class="scroll" { table class="plain" {
                thead { tr { th scope="col" { "Check" } th scope="col" { "Found" } th scope="col" { "Verdict" } } }
                tbody { @for check in &report.checks { tr {
                    th scope="row" { (check.name.replace('-', " ")) }
                    td { bdi { (check.message) } }
                    td { (verdict(check.verdict)) }
                } } }
            } }
        }
    })
}

fn verdict(verdict: Verdict) -> Markup {
    let (class, sign, word) = match verdict {
        Verdict::Ok => ("good", "✓", "good"),
        Verdict::Warning => ("bad", "✗", "bad"),
    };
    html! { span class={ "verdict " (class) } { span aria-hidden="true" { (sign) } " " (word) } }
}

pub(super) fn quarantined(report: &Report) -> Option<Markup> {
    let (all, shown) = (report.quarantined.len(), report.quarantined.iter().take(LISTED));
    (all > 0).then(|| {
        html! {
            p class="intro" {
                (items(report, all)) " could not be read (left out of the ranking)."
                @if all > LISTED { " The first " (count(LISTED)) ":" }
            }
            div class="scroll" { table class="plain" {
                thead { tr { th scope="col" { "Item" } th scope="col" { "Why" } } }
                tbody { @for item in shown { tr {
                    th scope="row" { bdi { (item.id) } }
                    td { bdi { (item.reason) } }
                } } }
            } }
        }
    })
}

pub(super) fn reproduce(report: &Report) -> Option<Markup> {
    let provenance = &report.provenance;
    let seed = provenance.seed.to_string();
    let facts =
        [("Version", &provenance.version), ("Seed", &seed), ("Data fingerprint", &provenance.fingerprint)];
    Some(html! {
        p class="intro" { "The same command, version, seed and data give the same scores on the same kind of machine." }
        pre class="command" tabindex="0" { code { (provenance.command) } }
        dl class="pairs" {
            @for (name, value) in facts { dt { (name) } dd { bdi { (value) } } }
            @for (name, value) in &provenance.environment { dt { (name) } dd { bdi { (value) } } }
        }
        details {
            summary { "Every setting" }
            pre tabindex="0" { code { (format!("{:#}", provenance.config)) } }
        }
    })
}
