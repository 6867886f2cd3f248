//! The items whose labels guided the fit.

use maud::{Markup, html};

use super::{Marked, Report};
use crate::readable::{counted, number};

/// Items listed of each kind.
const LISTED: usize = 100;

pub(super) fn section(report: &Report) -> Option<Markup> {
    let side =
        |outlier: bool| report.marked.iter().filter(|item| item.outlier == outlier).collect::<Vec<_>>();
    let (outliers, inliers) = (side(true), side(false));
    (!report.marked.is_empty()).then(|| {
        html! {
            p class="intro" {
                (counted(outliers.len(), "outlier")) " and " (counted(inliers.len(), "inlier"))
                " were marked and guided the fit. They are neither ranked nor measured."
            }
            (list("Marked as outliers", &outliers))
            (list("Marked as inliers", &inliers))
        }
    })
}

fn list(title: &str, items: &[&Marked]) -> Markup {
    html! {
        @if !items.is_empty() {
            h3 { (title) }
            ul {
                @for Marked { item, .. } in items.iter().take(LISTED) {
                    li { bdi { (item.id) } ", score " (number(f64::from(item.score))) }
                }
                @if items.len() > LISTED { li { "and " (items.len() - LISTED) " more" } }
            }
        }
    }
}
