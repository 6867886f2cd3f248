//! How training went.

use maud::{Markup, html};

use super::Report;
use super::chart::{Axis, Chart, Frame, Scale, Series, Size, lines};
use crate::output::CurvePoint;
use crate::readable::{count, decimals, number};

const SIZE: Size = Size { width: 360, height: 250 };

/// A loss that spans more than this ratio is drawn on a log axis.
const WIDE_SPAN: f32 = 20.0;

pub(super) fn section(report: &Report) -> Option<Markup> {
    let curve = &report.training;
    let panels = [loss(curve), gap(curve), quality(curve)];
    (!curve.is_empty()).then(|| {
        html! {
            div class="panels" {
                @for panel in panels.into_iter().flatten() {
                    figure class="panel" { h3 { (panel.title) } (panel.chart) figcaption { (panel.caption) } }
                }
            }
        }
    })
}

struct Panel {
    title: &'static str,
    chart: Chart,
    caption: String,
}

type Points = Vec<(f64, f64)>;

fn points(curve: &[CurvePoint], value: impl Fn(&CurvePoint) -> Option<f32>) -> Points {
    curve.iter().filter_map(|p| value(p).map(|v| (p.epoch as f64, f64::from(v)))).collect()
}

fn draw(title: &str, y: Axis<'_>, curve: &[CurvePoint], series: &[(String, Points)]) -> Chart {
    let ends = (curve.first().map_or(0, |p| p.epoch), curve.last().map_or(1, |p| p.epoch));
    let x = Axis::new("epoch").from_to(ends.0 as f64, ends.1 as f64);
    let series: Vec<Series<'_>> = series.iter().map(|(name, points)| Series { name, points }).collect();
    lines(&Frame { title, size: SIZE, x, y, marks: &[] }, &series)
}

fn loss(curve: &[CurvePoint]) -> Option<Panel> {
    let (first, last) = (curve.first()?, curve.last()?);
    let mut names: Vec<&String> = Vec::new();
    for (name, _) in curve.iter().flat_map(|p| &p.parts) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let part = |p: &CurvePoint, name: &str| p.parts.iter().find(|(n, _)| n == name).map(|(_, v)| *v);
    let total = points(curve, |p| Some(p.loss));
    let mut series = vec![(if names.len() > 1 { "total".to_owned() } else { String::new() }, total)];
    if names.len() > 1 {
        series.extend(names.into_iter().map(|name| (name.clone(), points(curve, |p| part(p, name)))));
    }
    let caption = match curve.len() {
        1 => format!("{} after one epoch.", number(f64::from(last.loss))),
        n => format!(
            "From {} to {} in {} epochs.",
            number(f64::from(first.loss)),
            number(f64::from(last.loss)),
            count(n)
        ),
    };
    let y = Axis { scale: spacing(&series), ..Axis::new("mean loss") };
    let chart = draw(&format!("Training loss by epoch. {caption}"), y, curve, &series);
    Some(Panel { title: "Loss", chart, caption })
}

fn spacing(series: &[(String, Points)]) -> Scale {
    let values = || series.iter().flat_map(|(_, points)| points.iter().map(|p| p.1));
    let (low, high) = (values().fold(f64::INFINITY, f64::min), values().fold(0.0, f64::max));
    if low > 0.0 && high / low > f64::from(WIDE_SPAN) { Scale::Log } else { Scale::Linear }
}

fn gap(curve: &[CurvePoint]) -> Option<Panel> {
    let gaps = points(curve, |p| p.gap);
    let best = peak(&gaps)?;
    let last = gaps.last()?.1;
    let meaning = "Mean error of the worst tenth divided by the median error; needs no labels.";
    let caption = if best.1 > 1.5 * last {
        format!(
            "{meaning} It was widest in epoch {} ({}) and has fallen to {}: the model has begun to learn the outliers too.",
            count(best.0 as usize),
            number(best.1),
            number(last)
        )
    } else {
        format!("{meaning} When it shrinks, the model has begun to learn the outliers too.")
    };
    let chart =
        draw(&format!("Score gap by epoch. {caption}"), Axis::new("gap"), curve, &[(String::new(), gaps)]);
    Some(Panel { title: "Gap between worst and typical", chart, caption })
}

fn quality(curve: &[CurvePoint]) -> Option<Panel> {
    let auroc = points(curve, |p| p.auroc);
    let best = peak(&auroc)?;
    let last = auroc.last()?.1;
    let caption = if best.1 - last > 0.02 {
        format!(
            "AUROC was best in epoch {} ({}) and ended at {}: longer training made it worse.",
            count(best.0 as usize),
            decimals(best.1, 3),
            decimals(last, 3)
        )
    } else {
        format!("AUROC ended at {}; its best was {}.", decimals(last, 3), decimals(best.1, 3))
    };
    let aupr = points(curve, |p| p.aupr);
    let low = auroc.iter().chain(&aupr).map(|p| p.1).fold(0.5, f64::min);
    let series: Vec<_> = [("AUROC".to_owned(), auroc), ("AUPR".to_owned(), aupr)]
        .into_iter()
        .filter(|(_, points)| !points.is_empty())
        .collect();
    let y = Axis::new("area").from_to((low * 10.0).floor() / 10.0, 1.0);
    let chart = draw(&format!("Agreement with the labels by epoch. {caption}"), y, curve, &series);
    Some(Panel { title: "Agreement with the labels", chart, caption })
}

/// The first highest point.
fn peak(points: &[(f64, f64)]) -> Option<(f64, f64)> {
    points.iter().copied().reduce(|best, p| if p.1 > best.1 { p } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve(values: &[(f32, f32, f32)]) -> Vec<CurvePoint> {
        let point = |(i, &(loss, gap, auroc)): (usize, &(f32, f32, f32))| CurvePoint {
            epoch: i + 1,
            loss,
            parts: vec![("error".into(), loss / 2.0), ("orthogonality".into(), loss / 2.0)],
            gap: Some(gap),
            auroc: Some(auroc),
            aupr: None,
        };
        values.iter().enumerate().map(point).collect()
    }

    #[test]
    fn the_captions_tell_when_training_went_too_far() {
        let long = curve(&[(800.0, 2.0, 0.7), (90.0, 6.0, 0.868), (6.0, 1.5, 0.63)]);
        assert_eq!(loss(&long).unwrap().caption, "From 800.0 to 6.000 in 3 epochs.");
        assert!(gap(&long).unwrap().caption.contains("widest in epoch 2 (6.000) and has fallen to 1.500"));
        assert!(quality(&long).unwrap().caption.contains("best in epoch 2 (0.868) and ended at 0.630"));
        let good = curve(&[(800.0, 2.0, 0.7), (90.0, 6.0, 0.87)]);
        assert!(!gap(&good).unwrap().caption.contains("fallen"));
        assert_eq!(quality(&good).unwrap().caption, "AUROC ended at 0.870; its best was 0.870.");
    }

    #[test]
    fn summands_get_a_line_each_and_a_wide_span_a_log_axis() {
        let chart = loss(&curve(&[(800.0, 1.0, 0.5), (8.0, 1.0, 0.5)])).unwrap().chart.to_file();
        assert_eq!(chart.matches("class=\"key\"").count(), 3);
        assert!(chart.contains(">10</text>") && chart.contains(">100</text>"), "{chart}");
    }

    #[test]
    fn no_epoch_is_no_panel() {
        assert!(loss(&[]).is_none() && gap(&[]).is_none() && quality(&[]).is_none());
    }
}
