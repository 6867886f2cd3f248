//! What tables and figures show of a record.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::record::{Point, Quality};
use lfr::error::{Error, Result};

/// A measure of agreement between scores and labels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Metric {
    /// Area under the ROC curve.
    Auroc,
    /// Area under the precision-recall curve by trapezoids, outliers positive (the paper's AUPR).
    AuprTrapezoid,
    /// The same area as a sum of steps.
    AveragePrecision,
    /// Area by trapezoids with the inliers positive.
    AuprInliers,
}

impl Metric {
    /// All of them.
    pub const ALL: [Metric; 4] =
        [Metric::Auroc, Metric::AuprTrapezoid, Metric::AveragePrecision, Metric::AuprInliers];

    /// As users type it.
    pub fn key(self) -> &'static str {
        match self {
            Metric::Auroc => "auroc",
            Metric::AuprTrapezoid => "aupr-trapezoid",
            Metric::AveragePrecision => "average-precision",
            Metric::AuprInliers => "aupr-inliers",
        }
    }

    /// As headings show it.
    pub fn title(self) -> &'static str {
        match self {
            Metric::Auroc => "AUROC",
            Metric::AuprTrapezoid => "AUPR",
            Metric::AveragePrecision => "Average precision",
            Metric::AuprInliers => "AUPR of the inliers",
        }
    }

    /// Its value for a fitted method.
    pub fn of(self, quality: &Quality) -> f64 {
        match self {
            Metric::Auroc => quality.auroc,
            Metric::AuprTrapezoid => quality.aupr_trapezoid,
            Metric::AveragePrecision => quality.average_precision,
            Metric::AuprInliers => quality.aupr_inliers,
        }
    }

    /// Its value after an epoch, where curves keep it.
    pub fn at(self, point: &Point) -> Option<f64> {
        match self {
            Metric::Auroc => Some(point.auroc),
            Metric::AuprTrapezoid => Some(point.aupr_trapezoid),
            Metric::AveragePrecision | Metric::AuprInliers => None,
        }
    }
}

impl FromStr for Metric {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Metric::ALL.into_iter().find(|metric| metric.key() == text).ok_or_else(|| {
            let known = Metric::ALL.map(Metric::key).join(", ");
            Error::config("metric", text, format!("unknown; there are {known}"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_as_they_are_serialised() {
        for metric in Metric::ALL {
            assert_eq!(metric.key().parse::<Metric>().unwrap(), metric);
            assert_eq!(serde_json::to_string(&metric).unwrap(), format!("\"{}\"", metric.key()));
        }
        assert!("auc".parse::<Metric>().unwrap_err().to_string().contains("auroc"));
    }
}
