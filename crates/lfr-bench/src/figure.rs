//! Figures: metrics against c, metrics and errors against epochs, histograms of scores.

use crate::curve::{Draw, curves, means_over_classes};
use crate::grid::Grid;
use crate::metric::Metric;
use crate::published::{Published, PublishedCurve};
use crate::record::Point;
use crate::row::{Row, Score};
use crate::store::Records;
use crate::table::{Block, Cell, table};
use lfr::error::Result;
use lfr::report::chart::{Axis, Bins, Chart, Frame, Layer, Scale, Series, Size, lines, overlaid_histograms};

const SIZE: Size = Size { width: 560, height: 380 };

/// A chart with a name for its file.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Lower-case words joined by hyphens.
    pub name: String,
    /// The chart.
    pub chart: Chart,
}

/// Every figure the records of `grid` make: `metrics` against c where there are several ratios, `metrics` and mean errors
/// against epochs for jobs with curves (and the means of metrics where there are several classes), histograms for jobs that
/// keep scores.
///
/// # Errors
/// As [`Published::read`].
pub fn plot(grid: &Grid, records: &Records, metrics: &[Metric]) -> Result<Vec<Figure>> {
    let mut figures = Vec::new();
    if grid.ratio.len() > 1 {
        for &metric in metrics {
            let table = table(grid, records, metric)?;
            figures.extend(table.blocks.iter().flat_map(|block| against_ratio(block, metric)));
        }
    }
    let (published, rows) = (Published::read()?, grid.rows());
    let curves = curves(&rows, records);
    let means = means_over_classes(&curves);
    let theirs = |label: &str| grid.published.as_deref().and_then(|id| published.curve(id, label));
    for (draw, trainings) in &curves {
        figures
            .extend(metrics.iter().filter_map(|&metric| metric_by_epoch(draw, trainings, metric, &theirs)));
        figures.extend(
            trainings.iter().map(|(label, points)| errors_by_epoch(draw, label, points, theirs(label))),
        );
    }
    for (draw, trainings) in &means {
        figures
            .extend(metrics.iter().filter_map(|&metric| metric_by_epoch(draw, trainings, metric, &|_| None)));
    }
    figures.extend(rows.iter().flat_map(|row| histograms(row, records)));
    Ok(figures)
}

/// Our curves against c, and the published ones on the same axes.
fn against_ratio<'a>(block: &'a Block, metric: Metric) -> Vec<Figure> {
    let shown =
        || block.rows.iter().flat_map(|(_, cells)| cells).flat_map(|cell| [cell.mean, cell.published]);
    let (low, high) = shown().flatten().fold((1.0f64, 0.0f64), |(low, high), v| (low.min(v), high.max(v)));
    if low > high {
        return Vec::new();
    }
    let y = Axis::new(metric.title()).from_to((low * 10.0).floor() / 10.0, (high * 10.0).ceil() / 10.0);
    let figure = |whose: &str, value: fn(&Cell) -> Option<f64>| {
        let title = format!("{whose}{} on {} against the ratio of outliers", metric.title(), block.dataset);
        let points = |cells: &[Cell]| {
            let points = block.ratios.iter().zip(cells);
            points.filter_map(|(&c, cell)| Some((c, value(cell)?))).collect::<Vec<_>>()
        };
        let rows: Vec<_> = block.rows.iter().map(|(label, cells)| (label, points(cells))).collect();
        // A row without points keeps its hue, so that both figures have the same, but is not in the legend.
        let name = |label: &'a str, points: &[_]| if points.is_empty() { "" } else { label };
        let series: Vec<_> =
            rows.iter().map(|(label, points)| Series { name: name(label, points), points }).collect();
        let frame = Frame { title: &title, size: SIZE, x: Axis::new("c, outliers / inliers"), y, marks: &[] };
        let name = slug(&[block.dataset.as_str(), metric.key(), whose]);
        series.iter().any(|s| !s.points.is_empty()).then(|| Figure { name, chart: lines(&frame, &series) })
    };
    [figure("", |cell| cell.mean), figure("published ", |cell| cell.published)]
        .into_iter()
        .flatten()
        .collect()
}

fn metric_by_epoch<'a>(
    draw: &Draw,
    trainings: &[(String, Vec<Point>)],
    metric: Metric,
    theirs: &dyn Fn(&str) -> Option<&'a PublishedCurve>,
) -> Option<Figure> {
    let (dataset, inlier, ratio) = draw;
    let mut named: Vec<(String, Vec<(f64, f64)>)> = Vec::new();
    for (label, points) in trainings {
        let points = points.iter().filter_map(|p| Some((p.epoch as f64, metric.at(p)?)));
        named.push((label.clone(), points.collect()));
        if let Some(curve) = theirs(label) {
            named.push((format!("{label}, published"), curve.points(curve.metric(metric))));
        }
    }
    named.retain(|(_, points)| !points.is_empty());
    let title = format!("{} on {dataset}/{inlier}, c = {ratio}, while training", metric.title());
    let frame = epochs(&title, Axis::new(metric.title()));
    let name = slug(&[dataset.as_str(), inlier, "c", ratio, metric.key(), "by epoch"]);
    (!named.is_empty()).then(|| Figure { name, chart: lines(&frame, &series(&named)) })
}

fn errors_by_epoch(draw: &Draw, label: &str, points: &[Point], theirs: Option<&PublishedCurve>) -> Figure {
    let (dataset, inlier, ratio) = draw;
    let ours =
        |value: fn(&Point) -> f64| points.iter().map(|p| (p.epoch as f64, value(p))).collect::<Vec<_>>();
    let mut named =
        vec![("inliers".to_owned(), ours(|p| p.inliers)), ("outliers".to_owned(), ours(|p| p.outliers))];
    if let Some(curve) = theirs {
        named.push(("inliers, published".into(), curve.points(&curve.inliers)));
        named.push(("outliers, published".into(), curve.points(&curve.outliers)));
    }
    // Scores such as minus a cosine have no logarithm.
    let positive = named.iter().flat_map(|(_, points)| points).all(|(_, y)| *y > 0.0);
    let y = Axis { scale: if positive { Scale::Log } else { Scale::Linear }, ..Axis::new("mean score") };
    let title = format!("Mean scores of {label} on {dataset}/{inlier}, c = {ratio}, while training");
    let name = slug(&[dataset.as_str(), inlier, "c", ratio, label, "scores by epoch"]);
    Figure { name, chart: lines(&epochs(&title, y), &series(&named)) }
}

fn epochs<'a>(title: &'a str, y: Axis<'a>) -> Frame<'a> {
    Frame { title, size: SIZE, x: Axis::new("epoch"), y, marks: &[] }
}

fn series(named: &[(String, Vec<(f64, f64)>)]) -> Vec<Series<'_>> {
    named.iter().map(|(name, points)| Series { name, points }).collect()
}

/// The scores of the row's first seed, inliers over outliers.
fn histograms(row: &Row, records: &Records) -> Vec<Figure> {
    let mut figures: Vec<Figure> = Vec::new();
    for (job, score) in row.runs.iter().filter(|(job, _)| job.histogram) {
        let name =
            slug(&[job.dataset.as_str(), &job.inlier, "c", &job.ratio.to_string(), &row.label, "histogram"]);
        let quality = records.get(job).and_then(|record| record.quality(score.map(Score::name)));
        let Some(values) = quality.and_then(|quality| quality.values.as_ref()) else { continue };
        if figures.iter().any(|figure| figure.name == name) {
            continue;
        }
        let title = format!("Scores of {} on {}/{}, c = {}", row.label, job.dataset, job.inlier, job.ratio);
        let all: Vec<f32> = values.inliers.iter().chain(&values.outliers).copied().collect();
        let layers = [
            Layer { name: "inliers", values: &values.inliers },
            Layer { name: "outliers", values: &values.outliers },
        ];
        let (x, y) = (Axis::new("anomaly score"), Axis::new("share of the group"));
        let frame = Frame { title: &title, size: SIZE, x, y, marks: &[] };
        figures.push(Figure { name, chart: overlaid_histograms(&frame, Bins::fitting(&all), &layers) });
    }
    figures
}

/// The letters and digits of `parts` in lower case, all else as hyphens.
fn slug(parts: &[&str]) -> String {
    let text = parts.join("-").to_lowercase();
    let words: Vec<_> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '.')).filter(|w| !w.is_empty()).collect();
    words.join("-")
}

#[cfg(test)]
#[path = "figure_tests.rs"]
mod tests;
