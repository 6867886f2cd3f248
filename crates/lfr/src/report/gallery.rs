//! The items themselves: the most anomalous ones, and typical ones for comparison.

use std::collections::HashSet;

use maud::{Markup, html};

use super::page::items;
use super::picture::{Thumbnail, colour_bar, heat, hottest, thumbnail};
use super::{Cell, Ranked, Report, Residual, Shown, View};
use crate::readable::{count, decimals, legible, number};

/// Features shown of a row.
const FEATURES: usize = 8;

/// Terms shown of a document.
const TERMS: usize = 8;

/// Characters shown of a document.
const EXCERPT: usize = 700;

/// Characters shown of a document beside an outlier.
const NEAREST: usize = 120;

/// Lines of the ranking.
const RANKING: usize = 100;

/// The residual that is drawn white-hot in the cards of `items`, so that their heat compares.
pub fn heat_scale(items: &[Shown]) -> f32 {
    hottest(items.iter().filter_map(residual))
}

/// One item as the gallery shows it, an `<article>` that relies on [`style`](super::style); `hottest` is its
/// [`heat_scale`].
pub fn card_html(item: &Shown, hottest: f32) -> String {
    legible(&card(item, hottest).into_string())
}

pub(super) fn section(report: &Report) -> Option<Markup> {
    let hottest = hottest(report.top.iter().chain(&report.typical).filter_map(residual));
    let is_heat_shown = report.top.iter().chain(&report.typical).any(|item| residual(item).is_some());
    (!report.top.is_empty() || !report.typical.is_empty()).then(|| {
        html! {
            p class="intro" { (intro(report)) }
            @if is_heat_shown { (legend(hottest)) }
            div class="sides" {
                (side("top", "Most anomalous", &report.top, hottest))
                (side("typical", "Typical, for comparison", &report.typical, hottest))
            }
            (ranking(report))
        }
    })
}

fn intro(report: &Report) -> String {
    let what = match report.top.first().map(|item| &item.view) {
        Some(View::Picture { residual: Some(_), .. }) => {
            "Each image, its reconstruction by the model, and the difference between the two."
        }
        Some(View::Picture { .. }) | None => "",
        Some(View::Row { .. }) => "For each row, the features that stand out most, the longest bar first.",
        Some(View::Document { terms, .. }) if terms.is_empty() => "For each document, its beginning.",
        Some(View::Document { .. }) => {
            "For each document, its beginning and the terms with the largest weights."
        }
    };
    format!("Rank 1 of {} is the most anomalous. {what}", items(report, report.scores.len()))
}

fn residual(item: &Shown) -> Option<&Residual> {
    match &item.view {
        View::Picture { residual, .. } => residual.as_ref(),
        View::Row { .. } | View::Document { .. } => None,
    }
}

fn legend(hottest: f32) -> Markup {
    html! {
        p class="heat-legend" {
            "Difference: 0 "
            @if let Some(bar) = thumbnail(&colour_bar()) { img src=(bar.uri) alt="from black through red to pale yellow"; }
            " " (number(f64::from(hottest))) " or more, on the same scale for every image."
        }
    }
}

fn side(class: &str, title: &str, shown: &[Shown], hottest: f32) -> Markup {
    html! {
        @if !shown.is_empty() {
            div class=(class) {
                h3 { (title) }
                ol class="cards" { @for item in shown {
                    li data-id=(item.id) data-rank=(item.rank) { (card(item, hottest)) }
                } }
            }
        }
    }
}

fn card(item: &Shown, hottest: f32) -> Markup {
    html! {
        article class="card" {
            div class="card-head" {
                span class="rank" { span class="sr" { "Rank " } (count(item.rank)) }
                h4 title=(item.id) { (heading(item)) }
                @if let Some(label) = &item.label { span class="tag" { span class="sr" { "Label: " } bdi { (label) } } }
            }
            p class="score" {
                span { "Score " b { (number(f64::from(item.score))) } } " "
                span { "percentile " (percentile(item.percentile)) }
            }
            @match &item.view {
                View::Picture { original, reconstruction, residual } => {
                    div class="pictures" {
                        (picture("Original", &item.id, thumbnail(original)))
                        @if let Some(painted) = reconstruction { (picture("Reconstruction", &item.id, thumbnail(painted))) }
                        @if let Some(r) = residual { (picture("Difference", &item.id, thumbnail(&heat(r, hottest)))) }
                    }
                }
                View::Row { cells } => (row(cells)),
                View::Document { excerpt, terms } => (document(excerpt, terms)),
            }
            @if !item.nearest.is_empty() { (nearest(&item.nearest)) }
        }
    }
}

/// Typical items that are most similar to an outlier.
fn nearest(items: &[(String, View)]) -> Markup {
    html! {
        p class="nearest" { "Most similar among the typical:" }
        @if items.iter().all(|(_, view)| matches!(view, View::Picture { .. })) {
            div class="pictures" { @for (id, view) in items {
                @if let View::Picture { original, .. } = view { (picture(file_name(id), id, thumbnail(original))) }
            } }
        } @else {
            ul class="nearest" { @for (id, view) in items {
                li { bdi class="name" { (id) } @if let View::Document { excerpt, .. } = view { ": " (beginning(excerpt)) } }
            } }
        }
    }
}

/// The last part of an identifier that is a path.
fn file_name(id: &str) -> &str {
    id.rsplit(['/', '\\']).next().unwrap_or(id)
}

/// The first words of a document, its white space evened out.
fn beginning(excerpt: &str) -> String {
    let text = excerpt.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(NEAREST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// The identifier; of a picture's path the folder apart, as it is the file's name that tells pictures apart.
fn heading(item: &Shown) -> Markup {
    let cut = match item.view {
        View::Picture { .. } => item.id.rfind(['/', '\\']).map_or(0, |slash| slash + 1),
        View::Row { .. } | View::Document { .. } => 0,
    };
    let (folder, name) = item.id.split_at(cut);
    html! {
        @if !folder.is_empty() { bdi class="folder" { (folder) } }
        bdi class="name" { (name) }
    }
}

/// A share as a percentile, rounded down so that only the highest score reads 100.
fn percentile(share: f32) -> String {
    decimals((f64::from(share) * 1000.0).floor() / 10.0, 1)
}

fn picture(caption: &str, id: &str, picture: Option<Thumbnail>) -> Markup {
    html! {
        figure {
            @match picture {
                Some(Thumbnail { uri, pixelated }) => {
                    img src=(uri) alt={ (caption) ": " (id) } class=[pixelated.then_some("pixelated")];
                }
                None => span class="blank" { "no pixels" },
            }
            figcaption { (caption) }
        }
    }
}

fn row(cells: &[Cell]) -> Markup {
    let mut cells: Vec<&Cell> = cells.iter().collect();
    cells.sort_by(|a, b| b.residual.abs().total_cmp(&a.residual.abs()));
    let most = cells.iter().map(|c| c.residual.abs()).filter(|r| r.is_finite()).fold(0.0, f32::max);
    let is_expected_known = cells.iter().any(|cell| cell.expected.is_some());
    html! {
        table class="features" {
            thead { tr {
                th scope="col" { "Feature" } th scope="col" { "Value" }
                @if is_expected_known { th scope="col" { "Expected" } }
                th scope="col" { span class="sr" { "How far off" } }
            } }
            tbody { @for cell in cells.iter().take(FEATURES) { tr {
                th scope="row" { (column(&cell.name)) }
                td { bdi { (cell.value) } }
                @if is_expected_known { td class="expected" { bdi { (cell.expected.as_deref().unwrap_or("–")) } } }
                td class="how-far" { (bar(cell.residual, most)) }
            } } }
        }
        @if cells.len() > FEATURES { p class="more" { "and " (count(cells.len() - FEATURES)) " more features, closer to typical" } }
    }
}

fn document(excerpt: &str, terms: &[(String, f32)]) -> Markup {
    let mut terms: Vec<&(String, f32)> = terms.iter().collect();
    terms.sort_by(|a, b| b.1.abs().total_cmp(&a.1.abs()));
    terms.truncate(TERMS);
    let most = terms.iter().map(|t| t.1.abs()).filter(|w| w.is_finite()).fold(0.0, f32::max);
    html! {
        blockquote { (marked(excerpt, &terms)) }
        @if !terms.is_empty() {
            table class="features terms" {
                thead class="sr" { tr { th scope="col" { "Term" } th scope="col" { "Weight" } } }
                tbody { @for (term, weight) in terms { tr {
                    th scope="row" { bdi { (term) } }
                    td class="how-far" { (bar(*weight, most)) }
                } } }
            }
        }
    }
}

/// The beginning of `excerpt`, its white space evened out, with every word that is one of `terms` marked.
fn marked(excerpt: &str, terms: &[&(String, f32)]) -> Markup {
    let wanted: HashSet<String> = terms.iter().map(|(term, _)| term.to_lowercase()).collect();
    let text = excerpt.split_whitespace().collect::<Vec<_>>().join(" ");
    let end = text.char_indices().nth(EXCERPT).map(|(end, _)| end);
    let mut rest = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
    let mut pieces: Vec<(bool, &str)> = Vec::new();
    while let Some(first) = rest.chars().next() {
        let is_word = first.is_alphanumeric();
        let end = rest.find(|c: char| c.is_alphanumeric() != is_word).unwrap_or(rest.len());
        let (piece, after) = rest.split_at(end);
        pieces.push((is_word && wanted.contains(&piece.to_lowercase()), piece));
        rest = after;
    }
    html! {
        bdi { @for (is_wanted, piece) in pieces { @if is_wanted { mark { (piece) } } @else { (piece) } } }
        @if end.is_some() { "…" }
    }
}

/// A column's name that may break where its words end.
fn column(name: &str) -> Markup {
    html! {
        bdi { @for part in name.split_inclusive(['_', '.', '/', '-']) { (part) wbr; } }
    }
}

/// A bar as long as the size of `value` is of `most`, and that size.
fn bar(value: f32, most: f32) -> Markup {
    let size = value.abs();
    let share = if size.is_finite() && most > 0.0 { (size / most).clamp(0.0, 1.0) * 100.0 } else { 0.0 };
    let text =
        if (0.01..1e4).contains(&size) { decimals(f64::from(size), 2) } else { number(f64::from(size)) };
    html! {
        span class="meter" style={ "--share:" (format!("{share:.0}")) "%" } {}
        span class="amount" { (text) }
    }
}

fn ranking(report: &Report) -> Markup {
    let head: &[Ranked] = &report.ranking[..report.ranking.len().min(RANKING)];
    let cut = report.thresholds.first();
    let flagged = |item: &Ranked| cut.is_some_and(|cut| item.score > cut.value);
    html! {
        @if !head.is_empty() {
            details {
                summary { "The first " (count(head.len())) " items of the ranking" }
                div class="scroll" { table class="plain ranking" {
                    thead { tr { th scope="col" class="num" { "Rank" } th scope="col" class="num" { "Score" } th scope="col" { "Item" } } }
                    tbody data-flagged=[cut.map(|cut| cut.flagged)] { @for (i, item) in head.iter().enumerate() { tr data-id=(item.id) data-rank=(i + 1) data-flagged[flagged(item)] {
                        td class="num" { (count(i + 1)) }
                        td class="num" { (number(f64::from(item.score))) }
                        th scope="row" { bdi { (item.id) } }
                    } } }
                } }
            }
        }
    }
}
