//! Agreement with the labels, when there are any.

use maud::{Markup, html};

use super::chart::{Axis, Bins, Frame, Layer, Series, Size, lines, overlaid_histograms};
use super::{Labelled, Report};
use crate::readable::{count, decimals, percent};

const SIZE: Size = Size { width: 360, height: 280 };

pub(super) fn section(report: &Report) -> Option<Markup> {
    report.labelled.as_ref().map(|labelled| {
        html! {
            p class="intro" {
                (count(labelled.outliers.len())) " of " (count(labelled.outliers.len() + labelled.inliers.len()))
                " labelled items are outliers (" (percent(share(labelled))) "). The labels were not used for training."
            }
            dl class="facts" {
                (fact("AUROC", labelled.metrics.auroc, "a random ranking has 0.500"))
                (fact("AUPR", labelled.metrics.aupr, &format!("a random ranking has {}", decimals(share(labelled), 3))))
                (fact("Average precision", labelled.metrics.average_precision, "AUPR without interpolation"))
            }
            div class="panels" {
                figure class="panel" {
                    h3 { "ROC curve" } (roc(labelled))
                    figcaption { "Share of the outliers detected, by share of false alarms; dashed: a random ranking." }
                }
                figure class="panel" {
                    h3 { "Precision and recall" } (precision_recall(labelled))
                    figcaption { "Share of outliers among the flagged items, by share of the outliers detected; dashed: a random ranking." }
                }
                figure class="panel" {
                    h3 { "Scores by label" } (by_label(labelled))
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
fn share(labelled: &Labelled) -> f64 {
    labelled.outliers.len() as f64 / (labelled.outliers.len() + labelled.inliers.len()).max(1) as f64
}

fn unit<'a>(title: &'a str, x: &'a str, y: &'a str) -> Frame<'a> {
    let (x, y) = (Axis::new(x).from_to(0.0, 1.0), Axis::new(y).from_to(0.0, 1.0));
    Frame { title, size: SIZE, x, y, marks: &[] }
}

fn roc(labelled: &Labelled) -> Markup {
    let title = format!("ROC curve, area {}", decimals(labelled.metrics.auroc, 3));
    let curve = Series { points: &labelled.roc, ..Series::default() };
    let chance = Series { points: &[(0.0, 0.0), (1.0, 1.0)], ..Series::default() };
    html! { (lines(&unit(&title, "false positive rate", "true positive rate"), &[curve, chance])) }
}

fn precision_recall(labelled: &Labelled) -> Markup {
    let title = format!("Precision-recall curve, area {}", decimals(labelled.metrics.aupr, 3));
    let curve = Series { points: &labelled.precision_recall, ..Series::default() };
    let level = [(0.0, share(labelled)), (1.0, share(labelled))];
    let chance = Series { points: &level, ..Series::default() };
    html! { (lines(&unit(&title, "recall", "precision"), &[curve, chance])) }
}

fn by_label(labelled: &Labelled) -> Markup {
    let all: Vec<f32> = labelled.inliers.iter().chain(&labelled.outliers).copied().collect();
    let layers = [
        Layer { name: "inliers", values: &labelled.inliers },
        Layer { name: "outliers", values: &labelled.outliers },
    ];
    let title = "Histograms of the scores of inliers and outliers";
    let (x, y) = (Axis::new("anomaly score"), Axis::new("share"));
    html! { (overlaid_histograms(&Frame { title, size: SIZE, x, y, marks: &[] }, Bins::fitting(&all), &layers)) }
}
