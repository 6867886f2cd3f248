//! Agreement with the labels, when there are any.

use maud::{Markup, html};

use super::chart::{Axis, Bins, Frame, Layer, Series, Size, lines, overlaid_histograms};
use super::number::{count, decimals, percent};
use super::{Metrics, Report};

const SIZE: Size = Size { width: 360, height: 280 };

pub(super) fn section(report: &Report) -> Option<Markup> {
    report.metrics.as_ref().map(|metrics| {
        html! {
            p class="intro" {
                (count(metrics.outliers.len())) " of " (count(metrics.outliers.len() + metrics.inliers.len()))
                " labelled items are outliers (" (percent(share(metrics))) "). The labels were not used for training."
            }
            dl class="facts" {
                (fact("AUROC", metrics.auroc, "a random ranking has 0.500"))
                (fact("AUPR", metrics.aupr, &format!("a random ranking has {}", decimals(share(metrics), 3))))
                (fact("Average precision", metrics.average_precision, "AUPR without interpolation"))
            }
            div class="panels" {
                figure class="panel" {
                    h3 { "ROC curve" } (roc(metrics))
                    figcaption { "Share of the outliers detected, by share of false alarms; dashed: a random ranking." }
                }
                figure class="panel" {
                    h3 { "Precision and recall" } (precision_recall(metrics))
                    figcaption { "Share of outliers among the flagged items, by share of the outliers detected; dashed: a random ranking." }
                }
                figure class="panel" {
                    h3 { "Scores by label" } (by_label(metrics))
                    figcaption { "Each group is scaled to a total of 1; the less they overlap, the better." }
                }
            }
        }
    })
}

fn fact(name: &str, value: f64, note: &str) -> Markup {
    html! { div { dt { (name) } dd { (decimals(value, 3)) small { (note) } } } }
}

/// Share of outliers among the labelled items.
fn share(metrics: &Metrics) -> f64 {
    metrics.outliers.len() as f64 / (metrics.outliers.len() + metrics.inliers.len()).max(1) as f64
}

fn unit<'a>(title: &'a str, x: &'a str, y: &'a str) -> Frame<'a> {
    let (x, y) = (Axis::new(x).from_to(0.0, 1.0), Axis::new(y).from_to(0.0, 1.0));
    Frame { title, size: SIZE, x, y, marks: &[] }
}

fn roc(metrics: &Metrics) -> Markup {
    let title = format!("ROC curve, area {}", decimals(metrics.auroc, 3));
    let curve = Series { points: &metrics.roc, ..Series::default() };
    let chance = Series { points: &[(0.0, 0.0), (1.0, 1.0)], ..Series::default() };
    html! { (lines(&unit(&title, "false positive rate", "true positive rate"), &[curve, chance])) }
}

fn precision_recall(metrics: &Metrics) -> Markup {
    let title = format!("Precision-recall curve, area {}", decimals(metrics.aupr, 3));
    let curve = Series { points: &metrics.precision_recall, ..Series::default() };
    let level = [(0.0, share(metrics)), (1.0, share(metrics))];
    let chance = Series { points: &level, ..Series::default() };
    html! { (lines(&unit(&title, "recall", "precision"), &[curve, chance])) }
}

fn by_label(metrics: &Metrics) -> Markup {
    let all: Vec<f32> = metrics.inliers.iter().chain(&metrics.outliers).copied().collect();
    let layers = [
        Layer { name: "inliers", values: &metrics.inliers },
        Layer { name: "outliers", values: &metrics.outliers },
    ];
    let title = "Histograms of the scores of inliers and outliers";
    let (x, y) = (Axis::new("anomaly score"), Axis::new("share"));
    html! { (overlaid_histograms(&Frame { title, size: SIZE, x, y, marks: &[] }, Bins::fitting(&all), &layers)) }
}
