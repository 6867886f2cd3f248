//! Line charts and histograms as inline SVG that follows the reader's colour scheme.
//!
//! Why not a plotting crate: `plotters` (looked at first) writes fixed colours and font sizes into every element, so a
//! chart could not follow a dark page or a print style sheet, and `poloto` (which is themed by CSS) draws neither
//! marks, bands, stacked histograms nor a log axis. Every colour here is a class of `chart.css`; the markup goes
//! through `maud`, which escapes names and labels.

mod axis;
mod bins;
mod frame;
mod histogram;
mod lines;

pub use axis::{Axis, Scale};
pub use bins::Bins;
pub use frame::{Frame, Mark, Size};
pub use histogram::{Layer, histogram, overlaid_histograms};
pub use lines::{Series, lines};

use maud::{Markup, PreEscaped, Render, html};

use crate::readable::legible;

/// The style sheet every chart needs; a page that shows charts includes it once.
pub const STYLE: &str = include_str!("chart.css");

/// A drawn chart. Rendered inside HTML it is an `<svg>` element that relies on [`STYLE`].
#[derive(Clone, Debug)]
pub struct Chart {
    title: String,
    size: Size,
    body: Markup,
}

impl Chart {
    /// The chart as the text of an SVG file of its own, style sheet included.
    pub fn to_file(&self) -> String {
        let Size { width, height } = self.size;
        let file = html! {
            svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (width) " " (height) }
                width=(width) height=(height) class="chart" role="img" {
                title { (self.title) }
                style { (PreEscaped(STYLE)) }
                rect class="paper" width=(width) height=(height) {}
                (self.body)
            }
        };
        legible(&file.into_string())
    }
}

impl Render for Chart {
    fn render(&self) -> Markup {
        let Size { width, height } = self.size;
        html! {
            svg viewBox={ "0 0 " (width) " " (height) } class="chart" role="img" aria-label=(self.title) { (self.body) }
        }
    }
}

/// The class of the `i`-th series: colour and dash pattern, so that neither has to carry the meaning alone.
fn hue(i: usize) -> String {
    format!("c{} d{}", i % 8, (i + i / 8) % 4)
}
