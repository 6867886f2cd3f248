//! The distribution of all scores.

use maud::{Markup, html};

use super::chart::{Axis, Bins, Frame, Layer, Mark, Size, histogram};
use super::page::items;
use super::{Report, noun};
use crate::readable::{count, number};

const WIDE: Size = Size { width: 900, height: 290 };
const NARROW: Size = Size { width: 360, height: 280 };

pub(super) fn section(report: &Report) -> Option<Markup> {
    (!report.scores.is_empty()).then(|| {
        html! {
            p class="intro" { (sentence(report)) }
            figure class="panel" {
                div class="wide" { (draw(report, WIDE)) }
                div class="narrow" { (draw(report, NARROW)) }
            }
            (thresholds(report))
        }
    })
}

/// What the reader should see in the histogram.
fn sentence(report: &Report) -> String {
    let mut sorted: Vec<f32> = report.scores.iter().copied().filter(|s| s.is_finite()).collect();
    sorted.sort_unstable_by(f32::total_cmp);
    match (sorted.first(), sorted.get(sorted.len() / 2), sorted.last()) {
        (Some(low), Some(_), Some(high)) if low == high => {
            format!(
                "All {} have the same score: they cannot be distinguished.",
                items(report, report.scores.len())
            )
        }
        (Some(low), Some(median), Some(high)) => format!(
            "Scores range from {} to {}, with median {}. Outliers show as a long tail or a second peak on the right.",
            number(f64::from(*low)),
            number(f64::from(*high)),
            number(f64::from(*median))
        ),
        _ => "No score is a number.".to_owned(),
    }
}

fn draw(report: &Report, size: Size) -> Markup {
    let (name, n) = highlighted(report);
    let (rest, top) = split_first(&report.scores, n);
    let layers = [
        Layer { name: &format!("All other {}s", noun(report.kind)), values: &rest },
        Layer { name: &name, values: &top },
    ];
    let shown = if top.is_empty() { &layers[..1] } else { &layers };
    let labels: Vec<String> =
        report.thresholds.iter().map(|t| format!("{}: {}", t.rule, number(f64::from(t.value)))).collect();
    let marks: Vec<Mark<'_>> = report
        .thresholds
        .iter()
        .zip(&labels)
        .map(|(threshold, label)| Mark { at: f64::from(threshold.value), label })
        .collect();
    let title = format!("Histogram of {} scores. {}", count(report.scores.len()), sentence(report));
    let y = format!("{}s", noun(report.kind));
    let frame = Frame { title: &title, size, x: Axis::new("anomaly score"), y: Axis::new(&y), marks: &marks };
    html! { (histogram(&frame, Bins::fitting(&report.scores), shown)) }
}

/// What the second colour stands for: its name and how many of the highest scores it covers.
fn highlighted(report: &Report) -> (String, usize) {
    match report.thresholds.first() {
        Some(threshold) => (format!("{} flagged", count(threshold.flagged)), threshold.flagged),
        None => (format!("The {} shown above", count(report.top.len())), report.top.len()),
    }
}

/// All but the `n` highest, and the `n` highest.
fn split_first(scores: &[f32], n: usize) -> (Vec<f32>, Vec<f32>) {
    let mut scores = scores.to_vec();
    scores.sort_unstable_by(f32::total_cmp);
    let top = scores.split_off(scores.len() - n.min(scores.len()));
    (scores, top)
}

fn thresholds(report: &Report) -> Markup {
    html! {
        @if report.thresholds.is_empty() {
            p class="hint" { "No item is flagged, the items are only ranked. To flag some, run " code { "lfr threshold" } " on the score file." }
        } @else {
            table class="plain compact" {
                thead { tr { th scope="col" { "Threshold" } th scope="col" class="num" { "Scores above" } th scope="col" class="num" { "Flagged" } } }
                tbody { @for threshold in &report.thresholds { tr {
                    th scope="row" { (threshold.rule) }
                    td class="num" { (number(f64::from(threshold.value))) }
                    td class="num" { (count(threshold.flagged)) }
                } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_are_split_off() {
        assert_eq!(split_first(&[3.0, 1.0, 2.0], 1), (vec![1.0, 2.0], vec![3.0]));
        assert_eq!(split_first(&[1.0], 5), (vec![], vec![1.0]));
    }
}
