//! Figures of the columns of a table: sums, means, extremes.

use crate::preprocess::both_values;

/// Fewest numbers whose figures say something.
const FEWEST: usize = 3;

/// The figures of all columns.
#[derive(Clone, Debug, Default)]
pub(super) struct Sums {
    columns: Vec<Figures>,
}

/// The figures of a column whose numbers have a decimal point, and those where they have a decimal comma.
#[derive(Clone, Copy, Debug, Default)]
struct Figures([Figure; 2]);

#[derive(Clone, Copy, Debug, Default)]
struct Figure {
    count: usize,
    sum: f64,
    squares: f64,
    low: f64,
    high: f64,
}

impl Sums {
    /// Whether the number in `cell` is the sum of the column at `place`, and whether it is any figure of it.
    pub fn has(&self, place: usize, cell: &str) -> (bool, bool) {
        self.columns.get(place).map_or((false, false), |figures| figures.have(cell))
    }

    /// Adds a row.
    pub fn add<'a>(&mut self, cells: impl Iterator<Item = &'a str>) {
        for (place, cell) in cells.enumerate() {
            if self.columns.len() <= place {
                self.columns.push(Figures::default());
            }
            for (figure, value) in self.columns[place].0.iter_mut().zip(both_values(cell)) {
                if let Some(value) = value {
                    figure.add(value);
                }
            }
        }
    }
}

impl Figures {
    /// Whether the number in `cell` is the sum, and whether it is another figure, as far as its digits go.
    fn have(&self, cell: &str) -> (bool, bool) {
        let (mut total, mut figure) = (false, false);
        for ((found, value), sign) in self.0.iter().zip(both_values(cell)).zip(['.', ',']) {
            let Some(value) = value.filter(|_| found.count >= FEWEST) else { continue };
            let decimals =
                cell.rsplit_once(sign).map_or(0, |(_, rest)| rest.bytes().filter(u8::is_ascii_digit).count());
            let half = 0.5001 * 10f64.powi(-(decimals.min(300) as i32));
            let is = |other: f64, half: f64| (value - other).abs() <= half + 1e-9 * other.abs();
            let count = found.count as f64;
            let mean = found.sum / count;
            let variance = (found.squares / count - mean * mean).max(0.0);
            // A small sum is not rounded.
            total |= value != 0.0
                && is(found.sum, half.min(0.005 * found.sum.abs()))
                && value.abs() > found.low.abs().max(found.high.abs());
            let figures =
                [mean, found.low, found.high, variance.sqrt(), (variance * count / (count - 1.0)).sqrt()];
            figure |= figures.into_iter().any(|other| is(other, half)) || value == count;
        }
        (total, figure)
    }
}

impl Figure {
    fn add(&mut self, value: f64) {
        (self.low, self.high) = match self.count {
            0 => (value, value),
            _ => (self.low.min(value), self.high.max(value)),
        };
        self.count += 1;
        self.sum += value;
        self.squares += value * value;
    }
}
