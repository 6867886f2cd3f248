//! Reports for the tests.

use std::time::Duration;

use image::RgbImage;

use super::*;
use crate::check::Verdict;

/// What must not come alive nor break the layout wherever it stands.
pub(super) const HOSTILE: &str = "<script>alert('1')</script>\"><img src=x onerror=alert(2)>&amp;\u{0}\u{202e}\
    WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

/// A full report of `n` items with hostile text in every field that comes from data.
pub(super) fn hostile(kind: Kind, n: usize) -> Report {
    let scores: Vec<f32> =
        (0..n).map(|i| (i as f32 * 0.37).sin().abs() + if i < n / 10 { 3.0 } else { 0.0 }).collect();
    let shown = |rank: usize| Shown {
        id: format!("{rank}{HOSTILE}"),
        rank,
        score: 9.5 / rank as f32,
        percentile: 0.995,
        label: Some(HOSTILE.into()),
        view: view(kind),
        nearest: vec![(HOSTILE.into(), view(kind)); rank % 3],
    };
    Report {
        input: HOSTILE.into(),
        kind,
        method: "ae-lfr".into(),
        method_description: "an autoencoder with a linear layer in its middle.".into(),
        budget: "60 epochs on the CPU".into(),
        elapsed: Duration::from_secs(102),
        quarantined: (0..60)
            .map(|i| Quarantined { id: format!("{i}{HOSTILE}"), reason: HOSTILE.into() })
            .collect(),
        warnings: vec![Warning { severity: Severity::Severe, text: HOSTILE.into() }],
        thresholds: vec![Threshold {
            rule: HOSTILE.into(),
            value: 2.0,
            flagged: n / 10,
            explanation: HOSTILE.into(),
        }],
        top: (1..=24).map(shown).collect(),
        typical: (400..412).map(shown).collect(),
        ranking: scores.iter().map(|&score| Ranked { id: HOSTILE.into(), score }).collect(),
        marked: [true, false]
            .map(|outlier| Marked { item: Ranked { id: HOSTILE.into(), score: 1.0 }, outlier })
            .into(),
        training: (1..=50).map(epoch).collect(),
        columns: (0..20).map(column).collect(),
        labelled: Some(labelled(&scores)),
        checks: vec![Check {
            name: HOSTILE.into(),
            value: 1.0,
            verdict: Verdict::Warning,
            message: HOSTILE.into(),
        }],
        provenance: Provenance {
            command: HOSTILE.into(),
            version: "0.1.0".into(),
            seed: 7,
            fingerprint: HOSTILE.into(),
            config: serde_json::json!({ HOSTILE: HOSTILE }),
            environment: vec![(HOSTILE.into(), HOSTILE.into())],
        },
        scores,
    }
}

/// A report that holds as little as one can.
pub(super) fn bare(kind: Kind, scores: Vec<f32>) -> Report {
    let full = hostile(kind, 20);
    let provenance =
        Provenance { environment: vec![], config: serde_json::Value::Null, ..full.provenance.clone() };
    let (quarantined, warnings, thresholds, top, typical) = (vec![], vec![], vec![], vec![], vec![]);
    let (ranking, training, columns, labelled, checks) = (vec![], vec![], vec![], None, vec![]);
    let marked = vec![];
    Report {
        quarantined,
        warnings,
        thresholds,
        top,
        typical,
        ranking,
        marked,
        training,
        columns,
        labelled,
        checks,
        provenance,
        scores,
        ..full
    }
}

fn view(kind: Kind) -> View {
    match kind {
        Kind::Images => View::Picture {
            original: RgbImage::from_fn(32, 32, |x, y| image::Rgb([x as u8 * 8, y as u8 * 8, 9])),
            reconstruction: Some(RgbImage::new(32, 32)),
            residual: Some(Residual::from_fn(32, 32, |x, y| image::Luma([(x * y) as f32]))),
        },
        Kind::Table => View::Row {
            cells: (0..20u8)
                .map(|i| Cell {
                    name: format!("c{i} {HOSTILE}"),
                    value: HOSTILE.into(),
                    expected: Some(HOSTILE.into()),
                    residual: f32::from(i) - 12.0,
                })
                .collect(),
        },
        Kind::Text => View::Document {
            excerpt: format!("{HOSTILE} Gun gun-shot, begun.{}", "x ".repeat(2000)),
            terms: vec![(HOSTILE.into(), 0.5), ("gun".into(), 0.7)],
        },
    }
}

fn column(i: usize) -> ColumnReading {
    ColumnReading {
        name: format!("c{i} {HOSTILE}"),
        format: HOSTILE.into(),
        unread: i,
        examples: vec![HOSTILE.into()],
        marks: vec![HOSTILE.into()],
        range: Some([HOSTILE.into(), HOSTILE.into()]),
        left_out: (i > 10).then(|| HOSTILE.into()),
        remark: Some(HOSTILE.into()),
        ..ColumnReading::default()
    }
}

fn epoch(epoch: usize) -> CurvePoint {
    let part = 100.0 / epoch as f32;
    CurvePoint {
        epoch,
        loss: 2.0 * part,
        parts: vec![(HOSTILE.into(), part), ("orthogonality".into(), part)],
        gap: Some(1.0 + part),
        auroc: Some(0.9 - epoch as f32 / 200.0),
        aupr: Some(0.4),
    }
}

fn labelled(scores: &[f32]) -> Labelled {
    let (outliers, inliers) = scores.split_at(scores.len() / 10);
    Labelled {
        metrics: Metrics { auroc: 0.912, aupr: 0.61, average_precision: 0.6, outliers: outliers.len() },
        inliers: inliers.to_vec(),
        outliers: outliers.to_vec(),
        roc: vec![(0.0, 0.0), (0.1, 0.8), (1.0, 1.0)],
        precision_recall: vec![(1.0, 0.1), (0.5, 0.7), (0.0, 1.0)],
    }
}
