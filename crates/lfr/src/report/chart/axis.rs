//! Axes: from values to places, and where the ticks go.

use crate::readable::decimals;

/// How values are spaced along an axis.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    #[default]
    Linear,
    /// By their logarithm; values of 0 and below are left out. Falls back to [`Scale::Linear`] when none is left.
    Log,
}

/// One axis of a chart.
#[derive(Clone, Copy, Debug, Default)]
pub struct Axis<'a> {
    /// What is measured, with its unit.
    pub label: &'a str,
    /// The spacing.
    pub scale: Scale,
    /// Lowest and highest value shown; otherwise the data's, widened to round numbers.
    pub range: Option<(f64, f64)>,
}

impl<'a> Axis<'a> {
    /// A linear axis.
    pub fn new(label: &'a str) -> Self {
        Self { label, ..Self::default() }
    }

    /// The same axis from `low` to `high`.
    pub fn from_to(self, low: f64, high: f64) -> Self {
        Self { range: Some((low, high)), ..self }
    }
}

/// Values beyond this are not drawn: their differences would overflow.
const HUGE: f64 = 1e100;

/// Values below this have no place on a log axis: their quotients would overflow.
const TINY: f64 = 1e-100;

/// Maps values onto places between two ends, in pixels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ruler {
    scale: Scale,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

impl Ruler {
    pub(super) fn new(axis: &Axis<'_>, values: impl Iterator<Item = f64>, (from, to): (f64, f64)) -> Self {
        let usable = |v: &f64| v.abs() < HUGE && (axis.scale == Scale::Linear || *v > TINY);
        let (low, high) = values
            .filter(usable)
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)));
        let fixed = axis.range.filter(|(low, high)| low < high && usable(low) && usable(high));
        match (fixed, axis.scale) {
            (Some((low, high)), scale) => Self { scale, low, high, from, to },
            (None, Scale::Log) if low > high => Self::linear(0.0, 1.0, from, to),
            (None, Scale::Log) => {
                let pad = if low == high { 2.0 } else { (high / low).powf(0.04) };
                Self { scale: Scale::Log, low: low / pad, high: high * pad, from, to }
            }
            (None, Scale::Linear) if low > high => Self::linear(0.0, 1.0, from, to),
            (None, Scale::Linear) => {
                let pad = if low == high { low.abs().max(1.0) * 0.05 } else { 0.0 };
                let step = step(high - low + 2.0 * pad, 5);
                let down = ((low - pad) / step).floor() * step;
                Self::linear(down, ((high + pad) / step).ceil() * step, from, to)
            }
        }
    }

    fn linear(low: f64, high: f64, from: f64, to: f64) -> Self {
        Self { scale: Scale::Linear, low, high, from, to }
    }

    /// The axis' label, with the scale where it is not the usual one.
    pub(super) fn title(&self, label: &str) -> String {
        match self.scale {
            Scale::Linear => label.to_owned(),
            Scale::Log => format!("{label} (log axis)"),
        }
    }

    /// Whether `value` has a place at all.
    pub(super) fn shows(&self, value: f64) -> bool {
        value.abs() < HUGE && (self.scale == Scale::Linear || value > TINY)
    }

    /// The place of `value`, held between the ends.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = match self.scale {
            Scale::Linear => (value - self.low) / (self.high - self.low),
            Scale::Log => (value / self.low).ln() / (self.high / self.low).ln(),
        };
        self.from + share.clamp(0.0, 1.0) * (self.to - self.from)
    }

    /// Round values, at most about `count` of them, with their text.
    pub(super) fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        match self.scale {
            Scale::Log if self.high / self.low >= 8.0 => self.log_ticks(count),
            _ => self.linear_ticks(count),
        }
    }

    fn linear_ticks(&self, count: usize) -> Vec<(f64, String)> {
        let step = step(self.high - self.low, count);
        let first = (self.low / step - 1e-6).ceil();
        (0..=2 * count)
            .map(|i| (first + i as f64) * step)
            .take_while(|&v| v <= self.high + 1e-6 * step)
            .map(|v| (v, label(v, step)))
            .collect()
    }

    fn log_ticks(&self, count: usize) -> Vec<(f64, String)> {
        let decades = (self.high / self.low).log10();
        let factors: &[f64] = if decades <= count as f64 / 2.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
        let stride = (decades / count as f64).round().max(1.0) as usize;
        let (first, last) = (self.low.log10().floor() as i32, self.high.log10().ceil() as i32);
        (first..=last)
            .step_by(stride)
            .flat_map(|power| factors.iter().map(move |factor| factor * 10f64.powi(power)))
            .filter(|v| (self.low..=self.high).contains(v))
            .map(|v| (v, label(v, v)))
            .collect()
    }
}

/// The round step (1, 2 or 5 times a power of ten) that cuts `span` into at most about `count` parts.
fn step(span: f64, count: usize) -> f64 {
    let raw = (span / count.max(1) as f64).max(f64::MIN_POSITIVE);
    let power = 10f64.powf(raw.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|f| f * power >= raw * 0.999).unwrap_or(10.0);
    factor * power
}

/// `value` with the decimals that tell multiples of `step` apart.
fn label(value: f64, step: f64) -> String {
    if value != 0.0 && (step < 1e-4 || value.abs() >= 1e7) {
        return format!("{value:.0e}").replace('-', "−");
    }
    decimals(value, (-step.log10().floor()).clamp(0.0, 6.0) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(axis: Axis<'_>, values: &[f64]) -> Vec<String> {
        let ruler = Ruler::new(&axis, values.iter().copied(), (0.0, 100.0));
        ruler.ticks(5).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(texts(Axis::new("x"), &[0.13, 0.94]), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(texts(Axis::new("x"), &[-1200.0, 3100.0]), ["−2,000", "0", "2,000", "4,000"]);
        let log = Axis { scale: Scale::Log, ..Axis::new("x") };
        assert_eq!(texts(log, &[0.02, 0.0, 300.0]), ["0.1", "1", "10", "100"]);
        assert_eq!(texts(log, &[6.0, 808.0]), ["5", "10", "20", "50", "100", "200", "500"]);
        assert_eq!(texts(log, &[-1.0]), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
    }

    #[test]
    fn places_are_in_proportion_and_held_inside() {
        let ruler = Ruler::new(&Axis::new("x").from_to(0.0, 4.0), [].into_iter(), (100.0, 0.0));
        assert_eq!([1.0, 4.0, 9.0, -3.0].map(|v| ruler.at(v)), [75.0, 0.0, 0.0, 100.0]);
        let log = Axis { scale: Scale::Log, ..Axis::new("x") }.from_to(1.0, 100.0);
        assert!((Ruler::new(&log, [].into_iter(), (0.0, 1.0)).at(10.0) - 0.5).abs() < 1e-12);
    }

    proptest::proptest! {
        #[test]
        fn any_values_give_finite_places(
            values in proptest::collection::vec(proptest::num::f64::ANY, 0..6), log: bool
        ) {
            let scale = if log { Scale::Log } else { Scale::Linear };
            let axis = Axis { scale, ..Axis::new("x") };
            let ruler = Ruler::new(&axis, values.iter().copied(), (0.0, 100.0));
            for (value, _) in ruler.ticks(5).into_iter().chain(values.iter().map(|&v| (v, String::new()))) {
                proptest::prop_assert!(!ruler.shows(value) || (0.0..=100.0).contains(&ruler.at(value)));
            }
        }
    }
}
