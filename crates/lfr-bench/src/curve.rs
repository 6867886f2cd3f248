//! What jobs with curves tell of the training, averaged for figures.

use std::collections::BTreeMap;

use crate::record::{Point, Record};
use crate::row::{Row, Score};
use crate::store::Records;
use lfr::dataset::Name;

/// A data set, inlier class and ratio, as text.
pub(super) type Draw = (Name, String, String);

/// The curves of a draw, each with the label of its row.
pub(super) type Trainings = Vec<(String, Vec<Point>)>;

/// The curve of each row, its mean over seeds epoch by epoch, by draw.
pub(super) fn curves(rows: &[Row], records: &Records) -> BTreeMap<Draw, Trainings> {
    let mut all: BTreeMap<Draw, Trainings> = BTreeMap::new();
    for row in rows {
        let mut by_draw: BTreeMap<Draw, Vec<&[Point]>> = BTreeMap::new();
        for (job, score) in &row.runs {
            let asked = records.get(job).filter(|_| job.curve);
            let record = asked.filter(|record| !record.curve.is_empty() && is_own(record, *score));
            let draw = (job.dataset, job.inlier.clone(), job.ratio.to_string());
            if let Some(record) = record {
                by_draw.entry(draw).or_default().push(&record.curve);
            }
        }
        for (draw, curves) in by_draw {
            all.entry(draw).or_default().push((row.label.clone(), mean_curve(&curves)));
        }
    }
    all
}

/// The means of `curves` over the classes of a data set and ratio where there are several, for the rows that have been run
/// on all of them. The place of the class says how many there are.
pub(super) fn means_over_classes(curves: &BTreeMap<Draw, Trainings>) -> BTreeMap<Draw, Trainings> {
    let mut classes: BTreeMap<(Name, &str), Vec<&Trainings>> = BTreeMap::new();
    for ((dataset, _, ratio), trainings) in curves {
        classes.entry((*dataset, ratio)).or_default().push(trainings);
    }
    let mut means = BTreeMap::new();
    for ((dataset, ratio), classes) in classes.into_iter().filter(|(_, classes)| classes.len() > 1) {
        let of = |label: &String| -> Option<Vec<&[Point]>> {
            let all = classes.iter().map(|trainings| trainings.iter().find(|(other, _)| other == label));
            all.map(|own| Some(own?.1.as_slice())).collect()
        };
        let labels = classes[0].iter().map(|(label, _)| label);
        let trainings = labels.filter_map(|label| Some((label.clone(), mean_curve(&of(label)?))));
        let draw = (dataset, format!("mean of {} classes", classes.len()), ratio.to_owned());
        means.insert(draw, trainings.collect());
    }
    means
}

/// Curves follow the method's own score alone.
fn is_own(record: &Record, score: Option<Score>) -> bool {
    score.is_none_or(|score| record.quality(None).is_some_and(|own| own.name == score.name()))
}

/// The mean of the curves at each epoch of the first that all have.
fn mean_curve(curves: &[&[Point]]) -> Vec<Point> {
    let at = |epoch: usize| -> Option<Vec<&Point>> {
        curves.iter().map(|curve| curve.iter().find(|point| point.epoch == epoch)).collect()
    };
    let mean = |point: &Point| {
        let points = at(point.epoch)?;
        let mean =
            |value: fn(&Point) -> f64| points.iter().map(|p| value(p)).sum::<f64>() / points.len() as f64;
        Some(Point {
            auroc: mean(|p| p.auroc),
            aupr_trapezoid: mean(|p| p.aupr_trapezoid),
            inliers: mean(|p| p.inliers),
            outliers: mean(|p| p.outliers),
            ..point.clone()
        })
    };
    curves.first().map_or(Vec::new(), |first| first.iter().filter_map(mean).collect())
}
