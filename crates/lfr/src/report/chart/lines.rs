//! Line charts.

use std::fmt::Write;

use maud::{Markup, html};

use super::frame::{Frame, Keys, Plot, px};
use super::{Chart, hue};

/// A line of a chart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Series<'a> {
    /// Its name in the legend; empty for none.
    pub name: &'a str,
    /// Points (x, y) in drawing order; a point that is not finite leaves a gap.
    pub points: &'a [(f64, f64)],
}

/// Series of at most so many points get a dot at each, but a straight line between two ends does not.
const DOTS: usize = 15;

/// A line chart. Colours and dash patterns follow the order of `series`.
pub fn lines(frame: &Frame<'_>, series: &[Series<'_>]) -> Chart {
    let names: Vec<&str> = series.iter().map(|s| s.name).collect();
    let xs = series.iter().flat_map(|s| s.points.iter().map(|p| p.0));
    let ys = series.iter().flat_map(|s| s.points.iter().map(|p| p.1));
    let plot = Plot::new(frame, Keys::Lines, &names, xs, ys);
    plot.chart(html! {
        @for (i, s) in series.iter().enumerate() { (line(&plot, s, i)) }
    })
}

fn line(plot: &Plot<'_>, series: &Series<'_>, i: usize) -> Markup {
    let shown = || series.points.iter().filter(|p| plot.x.shows(p.0) && plot.y.shows(p.1));
    html! {
        path class={ "line " (hue(i)) } d=(path(plot, series.points)) {}
        @if series.points.len() <= DOTS && series.points.len() != 2 {
            @for &(x, y) in shown() {
                circle class={ "dot " (hue(i)) } cx=(px(plot.x.at(x))) cy=(px(plot.y.at(y))) r="3" {}
            }
        }
    }
}

/// The path through `points`, those left out that would fall on the pixel of the one before.
fn path(plot: &Plot<'_>, points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    let mut before: Option<(f64, f64)> = None;
    for (i, &(x, y)) in points.iter().enumerate() {
        if !(plot.x.shows(x) && plot.y.shows(y)) {
            before = None;
            continue;
        }
        let here = (plot.x.at(x), plot.y.at(y));
        let near = before.is_some_and(|b| (b.0 - here.0).abs() + (b.1 - here.1).abs() < 0.7);
        if near && i + 1 < points.len() {
            continue;
        }
        let command = if before.is_some() { 'L' } else { 'M' };
        let _ = write!(out, "{command}{} {}", px(here.0), px(here.1));
        before = Some(here);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::{Axis, Mark, Scale, Size};
    use super::*;

    fn frame<'a>() -> Frame<'a> {
        let axis = Axis::new("value").from_to(0.0, 1.0);
        let size = Size { width: 214, height: 160 };
        Frame { title: "a <test>", size, x: axis, y: axis, marks: &[] }
    }

    #[test]
    fn a_line_runs_where_its_points_are() {
        let series =
            Series { points: &[(0.0, 0.0), (0.5, f64::NAN), (0.5, 1.0), (1.0, 1.0)], ..Series::default() };
        let svg = lines(&frame(), &[series]).to_file();
        // 214 wide, 3 characters of tick: from 33 to 200; 160 high, no legend: from 118 up to 28.
        assert!(svg.contains(r#"d="M33 118M116.5 28L200 28""#), "{svg}");
        assert_eq!(svg.matches("<circle").count(), 3);
        assert!(svg.contains("<title>a &lt;test&gt;</title>"));
    }

    #[test]
    fn long_series_are_thinned_to_the_pixels() {
        let points: Vec<_> = (0..100_000).map(|i| (f64::from(i) / 1e5, f64::from(i) / 1e5)).collect();
        let svg = lines(&frame(), &[Series { name: "many", points: &points }]).to_file();
        assert!(svg.matches('L').count() < 500 && !svg.contains("<circle"));
    }

    #[test]
    fn marks_are_drawn_and_escaped() {
        let series = Series { name: "\"a\" & b", points: &[(0.0, 0.2), (1.0, 0.5)] };
        let svg =
            lines(&Frame { marks: &[Mark { at: 0.25, label: "<here>" }], ..frame() }, &[series]).to_file();
        assert!(svg.contains("&lt;here&gt;"));
        assert!(svg.contains("&quot;a&quot; &amp; b"));
    }

    #[test]
    fn nothing_to_draw_is_still_a_chart() {
        let log = Axis { scale: Scale::Log, range: None, ..Axis::new("") };
        let points = [(f64::NAN, f64::INFINITY)];
        for series in [vec![], vec![Series::default()], vec![Series { points: &points, ..Series::default() }]]
        {
            let svg = lines(&Frame { x: log, y: log, ..frame() }, &series).to_file();
            assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
        }
    }
}
