//! How well scores agree with labels: areas under the ROC and the precision-recall curve, outliers positive.

use crate::error::{Error, Result};

/// How many inliers and outliers score at least each distinct score.
///
/// Built by one sort, O(n log n); every number and curve is read off it.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// (inliers, outliers) among the items scoring at least the i-th largest distinct score.
    counts: Vec<(u64, u64)>,
    inliers: u64,
    outliers: u64,
}

impl Agreement {
    /// Compares `scores` (higher = more anomalous) with `outlier`, one flag per item.
    ///
    /// # Errors
    /// [`Error::Labels`] when the numbers of items differ or the labels name one class only;
    /// [`Error::Scores`] for a NaN score.
    pub fn new(scores: &[f32], outlier: &[bool]) -> Result<Self> {
        if scores.len() != outlier.len() {
            let problem = format!("{} labels for {} scored items", outlier.len(), scores.len());
            return Err(Error::Labels { problem });
        }
        if let Some(i) = scores.iter().position(|score| score.is_nan()) {
            return Err(Error::Scores { problem: format!("the score of item {i} (from 0) is not a number") });
        }
        let outliers = outlier.iter().filter(|&&is| is).count() as u64;
        let inliers = outlier.len() as u64 - outliers;
        both(outlier)?;
        Ok(Self { counts: counts(scores, outlier), inliers, outliers })
    }

    /// Items labelled inliers.
    pub fn inliers(&self) -> u64 {
        self.inliers
    }

    /// Items labelled outliers.
    pub fn outliers(&self) -> u64 {
        self.outliers
    }

    /// Area under the ROC curve, in \[0, 1\]: the chance that an outlier scores above an inlier, ties counted half.
    pub fn auroc(&self) -> f64 {
        let mut twice_area = 0_u128;
        let mut last = (0, 0);
        for &(inliers, outliers) in &self.counts {
            twice_area += u128::from(inliers - last.0) * u128::from(outliers + last.1);
            last = (inliers, outliers);
        }
        twice_area as f64 / (2.0 * self.inliers as f64 * self.outliers as f64)
    }

    /// Area under the precision-recall curve by trapezoids, in \[0, 1\]; the curve ends at recall 0, precision 1.
    /// As scikit-learn's `auc(recall, precision)` of `precision_recall_curve`. Guessing gives the share of outliers.
    pub fn aupr(&self) -> f64 {
        let mut last = (0.0, 1.0);
        let mut area = 0.0;
        for &counts in &self.counts {
            let (recall, precision) = self.recall_precision(counts);
            area += (recall - last.0) * (precision + last.1) / 2.0;
            last = (recall, precision);
        }
        area
    }

    /// Average precision, in \[0, 1\]: the area as a sum of steps, as scikit-learn's `average_precision_score`.
    pub fn average_precision(&self) -> f64 {
        let mut last = 0.0;
        let mut area = 0.0;
        for &counts in &self.counts {
            let (recall, precision) = self.recall_precision(counts);
            area += (recall - last) * precision;
            last = recall;
        }
        area
    }

    /// At most `limit + 2` points (false positive rate, true positive rate) of the ROC curve, from (0, 0) to (1, 1).
    pub fn roc(&self, limit: usize) -> Vec<(f64, f64)> {
        let point = |&(inliers, outliers): &(u64, u64)| {
            (inliers as f64 / self.inliers as f64, outliers as f64 / self.outliers as f64)
        };
        thin(&[&[(0, 0)], self.counts.as_slice()].concat(), limit, point, |(x, y)| (x + y) / 2.0)
    }

    /// At most `limit + 2` points (recall, precision) of the precision-recall curve, recall ascending.
    pub fn precision_recall(&self, limit: usize) -> Vec<(f64, f64)> {
        thin(&self.counts, limit, |&counts| self.recall_precision(counts), |(recall, _)| recall)
    }

    fn recall_precision(&self, (inliers, outliers): (u64, u64)) -> (f64, f64) {
        (outliers as f64 / self.outliers as f64, outliers as f64 / (inliers + outliers) as f64)
    }
}

/// Checks that labels, one flag an item, name items of both classes, without which nothing can be measured.
///
/// # Errors
/// [`Error::Labels`] when they do not.
pub fn both(outlier: &[bool]) -> Result<()> {
    let outliers = outlier.iter().filter(|&&is| is).count();
    match outlier.len() - outliers {
        inliers if inliers > 0 && outliers > 0 => Ok(()),
        inliers => Err(Error::Labels {
            problem: format!(
                "{inliers} inliers and {outliers} outliers; AUROC and AUPR need at least one of each"
            ),
        }),
    }
}

fn counts(scores: &[f32], outlier: &[bool]) -> Vec<(u64, u64)> {
    let mut items: Vec<(f32, bool)> = scores.iter().copied().zip(outlier.iter().copied()).collect();
    items.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
    let mut so_far = (0, 0);
    let ties = items.chunk_by(|a, b| a.0 == b.0);
    ties.map(|tied| {
        let outliers = tied.iter().filter(|item| item.1).count() as u64;
        so_far = (so_far.0 + tied.len() as u64 - outliers, so_far.1 + outliers);
        so_far
    })
    .collect()
}

/// The points at which `progress` (from 0 to 1, ascending) has grown by 1 / `limit`, and the two ends.
fn thin<T>(
    items: &[T],
    limit: usize,
    point: impl Fn(&T) -> (f64, f64),
    progress: impl Fn((f64, f64)) -> f64,
) -> Vec<(f64, f64)> {
    if items.len() <= limit {
        return items.iter().map(point).collect();
    }
    let mut kept: Vec<(f64, f64)> = Vec::new();
    for (i, item) in items.iter().enumerate() {
        let next = point(item);
        let far = kept.last().is_none_or(|&last| (progress(next) - progress(last)) * limit as f64 >= 1.0);
        if far || i + 1 == items.len() {
            kept.push(next);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn items() -> impl Strategy<Value = (Vec<f32>, Vec<bool>)> {
        prop::collection::vec((-4_i8..4, any::<bool>()), 2..60)
            .prop_map(|items| items.into_iter().map(|(score, is)| (f32::from(score), is)).unzip())
            .prop_filter("both classes", |(_, outlier): &(Vec<f32>, Vec<bool>)| {
                outlier.contains(&true) && outlier.contains(&false)
            })
    }

    // import numpy as np; from sklearn.metrics import *
    // i = np.arange(40); s = (i * 37 % 23).astype(np.float32); y = (i * i % 7 == 2) | (s > 19)
    // p, r, _ = precision_recall_curve(y, s)
    // print(roc_auc_score(y, s), auc(r, p), average_precision_score(y, s))
    #[test]
    fn agrees_with_scikit_learn() {
        let scores: Vec<f32> = (0..40).map(|i| (i * 37 % 23) as f32).collect();
        let outlier: Vec<bool> = (0..40).map(|i| i * i % 7 == 2 || scores[i] > 19.0).collect();
        let agreement = Agreement::new(&scores, &outlier).unwrap();
        assert!((agreement.auroc() - 0.7186666666666667).abs() < 1e-12, "{}", agreement.auroc());
        assert!((agreement.aupr() - 0.7043330493877746).abs() < 1e-12, "{}", agreement.aupr());
        assert!(
            (agreement.average_precision() - 0.6979031387215943).abs() < 1e-12,
            "{}",
            agreement.average_precision()
        );
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let problem =
            |scores: &[f32], outlier: &[bool]| Agreement::new(scores, outlier).unwrap_err().to_string();
        assert!(problem(&[1.0, 2.0], &[true]).contains("1 labels for 2"));
        assert!(problem(&[1.0, 2.0], &[true, true]).contains("0 inliers and 2 outliers"));
        assert!(problem(&[1.0, 2.0], &[false, false]).contains("2 inliers and 0 outliers"));
        assert!(problem(&[1.0, f32::NAN], &[true, false]).contains("item 1"));
        assert!(problem(&[], &[]).contains("0 inliers"));
    }

    #[test]
    fn curves_stay_small_and_keep_their_ends() {
        let scores: Vec<f32> = (0..100_000).map(|i| (i * 7919 % 100_003) as f32).collect();
        let outlier: Vec<bool> = (0..100_000).map(|i| i % 10 == 0).collect();
        let agreement = Agreement::new(&scores, &outlier).unwrap();
        let (roc, curve) = (agreement.roc(200), agreement.precision_recall(200));
        assert!((150..=202).contains(&roc.len()) && (150..=202).contains(&curve.len()));
        assert_eq!((roc[0], roc[roc.len() - 1]), ((0.0, 0.0), (1.0, 1.0)));
        assert_eq!(curve[curve.len() - 1], (1.0, 0.1));
        let area: f64 = roc.windows(2).map(|w| (w[1].0 - w[0].0) * (w[1].1 + w[0].1) / 2.0).sum();
        assert!((area - agreement.auroc()).abs() < 1e-3);
    }

    proptest! {
        #[test]
        fn auroc_depends_on_the_order_alone((scores, outlier) in items()) {
            let auroc = |scores: &[f32]| Agreement::new(scores, &outlier).unwrap().auroc();
            let bent: Vec<f32> = scores.iter().map(|s| s.exp() * 3.0 - 1.0).collect();
            let turned: Vec<f32> = scores.iter().map(|s| -s).collect();
            prop_assert_eq!(auroc(&scores), auroc(&bent));
            prop_assert!((auroc(&scores) + auroc(&turned) - 1.0).abs() < 1e-12);
        }

        #[test]
        fn areas_are_shares((scores, outlier) in items()) {
            let agreement = Agreement::new(&scores, &outlier).unwrap();
            for area in [agreement.auroc(), agreement.aupr(), agreement.average_precision()] {
                prop_assert!((0.0..=1.0 + 1e-12).contains(&area));
            }
        }
    }
}
