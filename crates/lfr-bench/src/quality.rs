//! How well scores agree with labels, as the numbers of a record.

use crate::record::{Point, Quality, Scores};
use lfr::error::Result;
use lfr::metrics::Agreement;

/// How well `scores` agree with `outlier`, one flag per item; with all scores where `keep`.
///
/// # Errors
/// As [`Agreement::new`].
pub(super) fn measure(name: &str, scores: &[f32], outlier: &[bool], keep: bool) -> Result<Quality> {
    let agreement = Agreement::new(scores, outlier)?;
    let negated: Vec<f32> = scores.iter().map(|score| -score).collect();
    let inlier: Vec<bool> = outlier.iter().map(|is| !is).collect();
    Ok(Quality {
        name: name.to_owned(),
        auroc: agreement.auroc(),
        aupr_trapezoid: agreement.aupr(),
        average_precision: agreement.average_precision(),
        aupr_inliers: Agreement::new(&negated, &inlier)?.aupr(),
        values: keep.then(|| Scores { inliers: of(scores, &inlier), outliers: of(scores, outlier) }),
    })
}

/// The state after an epoch.
///
/// # Errors
/// As [`Agreement::new`].
pub(super) fn point(
    epoch: usize,
    loss: f32,
    gap: Option<f32>,
    scores: &[f32],
    outlier: &[bool],
) -> Result<Point> {
    let agreement = Agreement::new(scores, outlier)?;
    let mean = |wanted: bool| {
        let own: Vec<f64> = of(scores, &outlier.iter().map(|&is| is == wanted).collect::<Vec<_>>());
        own.iter().sum::<f64>() / own.len().max(1) as f64
    };
    let (auroc, aupr_trapezoid) = (agreement.auroc(), agreement.aupr());
    Ok(Point { epoch, loss, gap, auroc, aupr_trapezoid, inliers: mean(false), outliers: mean(true) })
}

/// Whether a curve of `epochs` epochs keeps this one, from 1: the first twenty, where most happens, then every tenth, and
/// the last. So scoring for a curve costs about 4 % of a run of 1000 epochs.
pub(super) fn is_kept(epoch: usize, epochs: usize) -> bool {
    epoch <= 20 || epoch.is_multiple_of(10) || epoch == epochs
}

/// The scores whose flag is set.
fn of<T: From<f32>>(scores: &[f32], wanted: &[bool]) -> Vec<T> {
    scores.iter().zip(wanted).filter(|(_, is)| **is).map(|(&score, _)| score.into()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCORES: [f32; 5] = [0.1, 0.9, 0.4, 0.3, 0.8];
    const OUTLIER: [bool; 5] = [false, true, false, true, false];

    // import numpy as np; from sklearn.metrics import *
    // s, y = np.array([.1, .9, .4, .3, .8], "float32"), np.array([0, 1, 0, 1, 0])
    // area = lambda y, s: auc(*precision_recall_curve(y, s)[1::-1])
    // print(roc_auc_score(y, s), area(y, s), average_precision_score(y, s), area(1 - y, -s))
    #[test]
    fn agrees_with_scikit_learn() {
        let quality = measure("S", &SCORES, &OUTLIER, true).unwrap();
        let expected = [0.6666666666666667, 0.7083333333333333, 0.75, 0.7638888888888888];
        let found = [quality.auroc, quality.aupr_trapezoid, quality.average_precision, quality.aupr_inliers];
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{found:?}");
        let values = quality.values.unwrap();
        assert_eq!((values.inliers, values.outliers), (vec![0.1, 0.4, 0.8], vec![0.9, 0.3]));
    }

    #[test]
    fn a_point_has_the_means_of_both_groups() {
        let point = point(3, 0.5, None, &SCORES, &OUTLIER).unwrap();
        assert!((point.outliers - 0.6).abs() < 1e-7 && (point.inliers - 1.3 / 3.0).abs() < 1e-7);
        assert!(measure("S", &SCORES, &[false; 5], false).is_err());
    }

    #[test]
    fn curves_are_dense_at_first() {
        assert_eq!((1..=1000).filter(|&epoch| is_kept(epoch, 1000)).count(), 20 + 98);
        assert!(is_kept(37, 37) && !is_kept(37, 38));
    }
}
