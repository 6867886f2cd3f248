//! The page as a whole: head, sections in order, foot.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::{Report, chart, columns, gallery, marked, metrics, noun, provenance, scores, summary, training};
use crate::readable::counted;

pub(super) const STYLE: &str = include_str!("style.css");

/// Sorts and copies; the page is complete without.
pub(super) const SCRIPT: &str = include_str!("order.js");

/// Nothing may be loaded, and nothing run but the page's own script; styles and pictures come with the page.
fn policy() -> String {
    let digest = BASE64_STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; script-src 'sha256-{digest}'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    )
}

pub(super) fn page(report: &Report) -> Markup {
    let sections = sections(report);
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy());
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content={ "lfr " (report.provenance.version) };
                link rel="icon" href="data:,";
                title { "Outliers in " (report.input) }
                style { (PreEscaped(chart::STYLE)) (PreEscaped(STYLE)) }
                script { (PreEscaped(SCRIPT)) }
            }
            body {
                (summary::header(report))
                nav aria-label="Sections" {
                    ul { @for section in &sections { li { a href={ "#" (section.id) } { (section.title) } } } }
                }
                main {
                    @for section in &sections {
                        section id=(section.id) aria-labelledby={ (section.id) "-title" } {
                            h2 id={ (section.id) "-title" } { (section.title) }
                            (section.body)
                        }
                    }
                }
                footer {
                    p { "Made by lfr " (report.provenance.version) ". This page is a single file: it loads nothing, and its one script only sorts items and copies ids." }
                }
            }
        }
    }
}

struct Section {
    id: &'static str,
    title: &'static str,
    body: Markup,
}

/// The sections that have something to show.
fn sections(report: &Report) -> Vec<Section> {
    let sections = [
        ("items", "Most anomalous items", gallery::section(report)),
        ("marked", "Marked items", marked::section(report)),
        ("scores", "Scores", scores::section(report)),
        ("training", "Training", training::section(report)),
        ("labels", "Compared with the labels", metrics::section(report)),
        ("columns", "How the columns were read", columns::section(report)),
        ("checks", "Self-checks", provenance::checks(report)),
        ("left-out", "Unreadable items", provenance::quarantined(report)),
        ("reproduce", "How to reproduce", provenance::reproduce(report)),
    ];
    let present =
        sections.into_iter().filter_map(|(id, title, body)| body.map(|body| Section { id, title, body }));
    present.collect()
}

/// `n images`, and so on for other kinds.
pub(super) fn items(report: &Report, n: usize) -> String {
    counted(n, noun(report.kind))
}
