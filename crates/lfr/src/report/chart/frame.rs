//! What all charts share: the plot area, axes, marks and the legend.

use maud::{Markup, html};

use super::axis::{Axis, Ruler};
use super::{Chart, hue};

/// Extent of a chart in CSS pixels at its natural size; it scales with the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Width.
    pub width: u32,
    /// Height.
    pub height: u32,
}

/// A vertical line at a value of the x axis.
#[derive(Clone, Copy, Debug)]
pub struct Mark<'a> {
    /// The value.
    pub at: f64,
    /// What it means.
    pub label: &'a str,
}

/// Everything about a chart but its data.
#[derive(Clone, Copy, Debug)]
pub struct Frame<'a> {
    /// One sentence that says what the chart shows, for those who cannot see it.
    pub title: &'a str,
    /// Extent.
    pub size: Size,
    /// The horizontal axis.
    pub x: Axis<'a>,
    /// The vertical axis.
    pub y: Axis<'a>,
    /// Vertical lines.
    pub marks: &'a [Mark<'a>],
}

/// Width of a character of the labels, in pixels, on the safe side.
const CHARACTER: f64 = 7.0;
const LINE: f64 = 18.0;

/// What the legend shows beside a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Keys {
    /// A piece of the line.
    Lines,
    /// A patch of the colour.
    Areas,
}

/// The rulers of a chart whose margins are settled.
pub(super) struct Plot<'a> {
    frame: Frame<'a>,
    legend: Markup,
    pub(super) x: Ruler,
    pub(super) y: Ruler,
    left: f64,
    right: f64,
    top: f64,
    pub(super) bottom: f64,
}

impl<'a> Plot<'a> {
    /// Lays out a chart of these series names and values.
    pub(super) fn new(
        frame: &Frame<'a>,
        keys: Keys,
        names: &[&str],
        xs: impl Iterator<Item = f64>,
        ys: impl Iterator<Item = f64>,
    ) -> Self {
        let (width, height) = (f64::from(frame.size.width), f64::from(frame.size.height));
        let (legend, rows) = legend(keys, names, width);
        let (top, bottom) = (rows * LINE + LINE + 10.0, height - 42.0);
        let y = Ruler::new(&frame.y, ys, (bottom, top));
        let widest = y.ticks(5).iter().map(|(_, text)| text.chars().count()).max().unwrap_or(0);
        let (left, right) = (widest as f64 * CHARACTER + 12.0, width - 14.0);
        let x = Ruler::new(&frame.x, xs, (left, right));
        Self { frame: *frame, legend, x, y, left, right, top, bottom }
    }

    /// The chart: grid below, `body` above it, then axes, marks and legend.
    pub(super) fn chart(&self, body: Markup) -> Chart {
        let body = html! { (self.grid()) (body) (self.axes()) (self.marks()) (self.legend) };
        Chart { title: self.frame.title.to_owned(), size: self.frame.size, body }
    }

    fn grid(&self) -> Markup {
        html! {
            @for (value, text) in self.y.ticks(5) {
                @let y = px(self.y.at(value));
                line class="grid" x1=(px(self.left)) x2=(px(self.right)) y1=(y) y2=(y) {}
                text class="tick" x=(px(self.left - 6.0)) y=(y) dy=".32em" text-anchor="end" { (text) }
            }
        }
    }

    fn axes(&self) -> Markup {
        let room = ((self.right - self.left) / 75.0).max(2.0) as usize;
        html! {
            line class="axis" x1=(px(self.left)) x2=(px(self.right)) y1=(px(self.bottom)) y2=(px(self.bottom)) {}
            @for (value, text) in self.x.ticks(room) {
                @let x = self.x.at(value);
                line class="axis" x1=(px(x)) x2=(px(x)) y1=(px(self.bottom)) y2=(px(self.bottom + 4.0)) {}
                text class="tick" x=(px(x)) y=(px(self.bottom + 17.0)) text-anchor=(anchor(x, self.left, self.right)) {
                    (text)
                }
            }
            text class="label" x=(px((self.left + self.right) / 2.0)) y=(px(self.bottom + 36.0)) text-anchor="middle" {
                (self.x.title(self.frame.x.label))
            }
            text class="label" x="2" y=(px(self.top - 14.0)) { (self.y.title(self.frame.y.label)) }
        }
    }

    fn marks(&self) -> Markup {
        let middle = (self.left + self.right) / 2.0;
        html! {
            @for (i, mark) in self.frame.marks.iter().filter(|mark| self.x.shows(mark.at)).enumerate() {
                @let x = self.x.at(mark.at);
                @let (side, end) = if x > middle { (-6.0, "end") } else { (6.0, "start") };
                line class="mark" x1=(px(x)) x2=(px(x)) y1=(px(self.top)) y2=(px(self.bottom)) {}
                text class="note" x=(px(x + side)) y=(px(self.top + 10.0 + 16.0 * i as f64)) text-anchor=(end) {
                    (mark.label)
                }
            }
        }
    }
}

/// Keeps the first and the last tick label inside the picture.
fn anchor(x: f64, left: f64, right: f64) -> &'static str {
    match x {
        x if x > right - 8.0 => "end",
        x if x < left + 1.0 && left < 20.0 => "start",
        _ => "middle",
    }
}

/// The legend, wrapped to `width`, and its number of rows; one lone nameless series needs none.
fn legend(keys: Keys, names: &[&str], width: f64) -> (Markup, f64) {
    let (mut x, mut row) = (2.0, 0.0);
    let mut places = Vec::new();
    for (i, name) in names.iter().enumerate().filter(|(_, name)| !name.is_empty()) {
        let length = 28.0 + name.chars().count() as f64 * CHARACTER + 16.0;
        if x > 2.0 && x + length > width {
            (x, row) = (2.0, row + 1.0);
        }
        places.push((i, name, x, row * LINE + 11.0));
        x += length;
    }
    let rows = if places.is_empty() { 0.0 } else { row + 1.0 };
    let markup = html! {
        @for (i, name, x, y) in places {
            @match keys {
                Keys::Lines => line class={ "line " (hue(i)) } x1=(px(x)) x2=(px(x + 22.0)) y1=(px(y)) y2=(px(y)) {},
                Keys::Areas => rect class={ "bar " (hue(i)) } x=(px(x)) y=(px(y - 5.0)) width="22" height="10" {},
            }
            text class="key" x=(px(x + 28.0)) y=(px(y)) dy=".35em" { (name) }
        }
    };
    (markup, rows)
}

/// A place to a tenth of a pixel, as short as can be.
pub(super) fn px(place: f64) -> String {
    let text = format!("{place:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
