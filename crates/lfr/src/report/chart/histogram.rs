//! Histograms.

use std::fmt::Write;

use maud::{Markup, html};

use super::axis::Axis;
use super::bins::Bins;
use super::frame::{Frame, Keys, Plot, px};
use super::{Chart, hue};
use crate::readable::{count, number, percent};

/// A group of values.
#[derive(Clone, Copy, Debug)]
pub struct Layer<'a> {
    /// Its name in the legend.
    pub name: &'a str,
    /// The values; what is not finite is left out.
    pub values: &'a [f32],
}

/// A histogram of all layers together, each bar stacked from its layers, the first at the bottom.
///
/// The range and scale of the x axis are those of `bins`, the y axis counts. A bar that holds anything is at least two
/// pixels high, so that a thin tail stays in sight; a note tells of values beyond either end.
pub fn histogram(frame: &Frame<'_>, bins: Bins, layers: &[Layer<'_>]) -> Chart {
    let counts: Vec<Vec<usize>> = layers.iter().map(|layer| bins.count(layer.values)).collect();
    let height = |i: usize| counts.iter().filter_map(|c| c.get(i)).sum::<usize>();
    let tallest = (0..bins.bars).map(height).max().unwrap_or(0);
    let plot = plot(frame, bins, layers, tallest as f64);
    plot.chart(html! {
        @for i in 0..bins.bars { (stack(&plot, bins, layers, &counts, i)) }
        (beyond(&plot, bins, layers))
    })
}

/// Histograms laid over one another, each as shares of its own layer, so that a small group compares with a large one.
pub fn overlaid_histograms(frame: &Frame<'_>, bins: Bins, layers: &[Layer<'_>]) -> Chart {
    let shares: Vec<Vec<f64>> = layers
        .iter()
        .map(|layer| {
            bins.count(layer.values)
                .into_iter()
                .map(|n| n as f64 / layer.values.len().max(1) as f64)
                .collect()
        })
        .collect();
    let tallest = shares.iter().flatten().copied().fold(0.0, f64::max);
    let plot = plot(frame, bins, layers, tallest);
    plot.chart(html! {
        @for (i, shares) in shares.iter().enumerate() {
            @let outline = outline(&plot, bins, shares);
            path class={ "band " (hue(i)) } d=(outline) { title { (peak(layers, i, bins, shares)) } }
            path class={ "outline " (hue(i)) } d=(outline) {}
        }
        (beyond(&plot, bins, layers))
    })
}

fn plot<'a>(frame: &Frame<'a>, bins: Bins, layers: &[Layer<'_>], tallest: f64) -> Plot<'a> {
    let names: Vec<&str> = layers.iter().map(|layer| layer.name).collect();
    let x = Axis { scale: bins.scale, ..frame.x.from_to(bins.low, bins.high) };
    Plot::new(&Frame { x, ..*frame }, Keys::Areas, &names, [].into_iter(), [0.0, tallest].into_iter())
}

fn stack(plot: &Plot<'_>, bins: Bins, layers: &[Layer<'_>], counts: &[Vec<usize>], i: usize) -> Markup {
    let (from, to) = bins.edges(i);
    let (left, right) = (plot.x.at(from), plot.x.at(to));
    let (mut below, mut floor) = (0, plot.bottom);
    let mut bars = Vec::new();
    for (k, (layer, counts)) in layers.iter().zip(counts).enumerate() {
        let n = counts.get(i).copied().unwrap_or(0);
        if n > 0 {
            below += n;
            let top = plot.y.at(below as f64).min(floor - 2.0);
            bars.push((k, layer.name, n, top, floor - top));
            floor = top;
        }
    }
    html! {
        @for (k, name, n, top, height) in bars {
            rect class={ "bar " (hue(k)) } x=(px(left + 0.5)) width=(px((right - left - 1.0).max(0.5)))
                y=(px(top)) height=(px(height)) {
                title { (name) ": " (count(n)) ", score " (number(from)) " to " (number(to)) }
            }
        }
    }
}

/// The step line around the bars.
fn outline(plot: &Plot<'_>, bins: Bins, shares: &[f64]) -> String {
    let mut out = format!("M{} {}", px(plot.x.at(bins.low)), px(plot.bottom));
    for (i, &share) in shares.iter().enumerate() {
        let (from, to) = bins.edges(i);
        let y = px(plot.y.at(share));
        let _ = write!(out, "L{} {y}L{} {y}", px(plot.x.at(from)), px(plot.x.at(to)));
    }
    let _ = write!(out, "L{} {}", px(plot.x.at(bins.high)), px(plot.bottom));
    out
}

fn peak(layers: &[Layer<'_>], i: usize, bins: Bins, shares: &[f64]) -> String {
    let name = layers.get(i).map_or("", |layer| layer.name);
    let most = shares.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    most.map_or_else(String::new, |(bar, &share)| {
        let (from, to) = bins.edges(bar);
        format!("{name}: most often {} to {} ({})", number(from), number(to), percent(share))
    })
}

/// Notes about values that no bar holds.
fn beyond(plot: &Plot<'_>, bins: Bins, layers: &[Layer<'_>]) -> Markup {
    let all =
        || layers.iter().flat_map(|layer| layer.values).map(|&v| f64::from(v)).filter(|v| v.is_finite());
    let (below, above) = (all().filter(|&v| v < bins.low).count(), all().filter(|&v| v > bins.high).count());
    let y = px(plot.bottom - 8.0);
    html! {
        @if above > 0 {
            text class="note" x=(px(plot.x.at(bins.high))) y=(y) text-anchor="end" {
                (count(above)) " more, up to " (number(all().fold(f64::MIN, f64::max))) " →"
            }
        }
        @if below > 0 {
            text class="note" x=(px(plot.x.at(bins.low))) y=(y) {
                "← " (count(below)) " more, down to " (number(all().fold(f64::MAX, f64::min)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Scale, Size};
    use super::*;

    const BINS: Bins = Bins { scale: Scale::Linear, low: 0.0, high: 2.0, bars: 2 };

    fn frame<'a>() -> Frame<'a> {
        let size = Size { width: 220, height: 160 };
        Frame { title: "t", size, x: Axis::new("score"), y: Axis::new("items"), marks: &[] }
    }

    #[test]
    fn bars_stack_and_say_what_they_hold() {
        let layers =
            [Layer { name: "rest", values: &[0.5, 0.5, 0.5, 1.5] }, Layer { name: "top", values: &[1.6] }];
        let svg = histogram(&frame(), BINS, &layers).to_file();
        assert_eq!(svg.matches("<title>").count(), 1 + 3);
        assert!(svg.contains("<title>rest: 3, score 0 to 1.000</title>"), "{svg}");
        assert!(svg.contains("<title>top: 1, score 1.000 to 2.000</title>"));
        assert!(!svg.contains("more,"));
    }

    #[test]
    fn one_item_among_many_stays_in_sight() {
        let mut values = vec![0.5; 100_000];
        values.push(1.5);
        let svg = histogram(&frame(), BINS, &[Layer { name: "all", values: &values }]).to_file();
        assert!(svg.contains("height=\"2\""), "{svg}");
    }

    #[test]
    fn values_beyond_the_ends_are_told() {
        let svg = histogram(&frame(), BINS, &[Layer { name: "", values: &[1.0, 9.5, 77.0, -3.0] }]).to_file();
        assert!(svg.contains("2 more, up to 77.00 →") && svg.contains("← 1 more, down to −3.000"), "{svg}");
    }

    #[test]
    fn overlaid_layers_are_shares_of_their_own() {
        let layers = [Layer { name: "few", values: &[1.5] }, Layer { name: "many", values: &[0.5; 1000] }];
        let svg = overlaid_histograms(&frame(), BINS, &layers).to_file();
        // Both reach the top of the plot (46 pixels down, below a row of legend and the axis label).
        assert_eq!(svg.matches("L119.5 46L206 46").count(), 2, "{svg}");
        assert_eq!(svg.matches("L33 46L119.5 46").count(), 2);
        assert!(overlaid_histograms(&frame(), BINS, &[]).to_file().contains("<svg"));
    }
}
