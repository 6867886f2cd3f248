//! Scaling of a column of numbers.

mod encode;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::cells::{Cells, is_usable};
use super::feature::Part;
use super::reading::Reading;
use super::seen::{Seen, seen};
use crate::statistics::{moments, quantile};

/// Up to this many spreads from the centre a scaled value is linear.
pub const KNEE: f64 = 10.0;

/// How a column of numbers is read, imputed and scaled.
///
/// A value `v` becomes `squash((v - center) / spread)`. Centre and spread are mean and standard deviation of the
/// training values after those far out (beyond three interquartile ranges from the quartiles: Tukey 1977) are
/// pulled in to that fence, so that one absurd value cannot flatten all others; on normal data this is plain
/// standardisation. [`squash`] leaves values within 10 spreads alone and grows as the logarithm beyond, so that
/// outliers stay outlying and in order, and no value overflows.
///
/// Behind the value stand flags, each standardised, for what training had of them: missing, a limit (`<0.5`), a date
/// that stands for none (`9999-12-31`), and one for each mark.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Number {
    /// How strings are read.
    pub reading: Reading,
    /// Value that becomes 0, in the column's own unit.
    pub center: f64,
    /// Size of one step, in the column's own unit; positive.
    pub spread: f64,
    /// Median of the training values, which replaces missing ones.
    pub median: f64,
    /// Share of missing values in training.
    pub missing: f64,
    /// Share of limits in training.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub limits: f64,
    /// Share of dates that stand for none in training.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sentinels: f64,
    /// Strings in place of a value.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
    /// Smallest and largest value of training.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<[f64; 2]>,
}

/// A repeated string among numbers that says why there is none.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The string.
    pub text: String,
    /// Its share of the cells in training.
    pub share: f64,
}

/// What a fit saw.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// All cells.
    pub cells: usize,
    /// Missing ones.
    pub missing: usize,
    /// Ones that are no number.
    pub unread: usize,
    /// Limits.
    pub limits: usize,
    /// Whether all values are equal.
    pub constant: bool,
    /// Whether all values are 0 or 1.
    pub binary: bool,
    /// Whether all values are whole numbers.
    pub whole: bool,
}

fn is_zero(share: &f64) -> bool {
    *share == 0.0
}

impl Number {
    /// Learns from the training cells, read as `reading`; null, NaN and numbers beyond `f32` are missing. `None` when
    /// no cell has a value and all have none for the same reason.
    pub fn fit(columns: &[Cells], reading: &Reading, marks: &[String]) -> Option<(Self, Counts)> {
        let mut values: Vec<f64> = Vec::new();
        let mut counts = Counts::default();
        let (mut sentinels, mut marked) = (0, vec![0; marks.len()]);
        for seen in columns.iter().flat_map(|cells| seen(cells, reading, marks.iter().map(String::as_str))) {
            counts.cells += 1;
            match seen {
                Seen::Value(value) => values.push(value),
                Seen::Limit(value) => {
                    values.push(value);
                    counts.limits += 1;
                }
                Seen::Missing => counts.missing += 1,
                Seen::Unread => counts.unread += 1,
                Seen::Sentinel => sentinels += 1,
                Seen::Mark(place) => marked[place] += 1,
            }
        }
        values.sort_unstable_by(f64::total_cmp);
        // Without a value, what stands in its place may still differ from row to row.
        let kinds = [counts.missing + counts.unread, sentinels].into_iter().chain(marked.iter().copied());
        if values.is_empty() && kinds.filter(|&count| count > 0).count() < 2 {
            return None;
        }
        let range = values.first().copied().zip(values.last().copied());
        let (low, high) = range.unwrap_or_default();
        let (bottom, top) = if range.is_some() { fences(&values) } else { None }.unwrap_or((low, high));
        let (center, variance) = moments(values.iter().map(|value| value.clamp(bottom, top)), values.len());
        let spread = variance.sqrt();
        counts.constant = !(spread > 0.0 && low < high);
        counts.whole = values.iter().all(|value| value.fract() == 0.0);
        counts.binary = values.iter().all(|&value| value == 0.0 || value == 1.0);
        let (center, spread) = if counts.constant { (low, 1.0) } else { (center, spread) };
        let share = |count: usize| count as f64 / counts.cells as f64;
        let marks = marks.iter().zip(marked).filter(|&(_, count)| count > 0);
        let number = Self {
            reading: reading.clone(),
            center,
            spread,
            median: if range.is_some() { quantile(&values, 0.5) } else { low },
            missing: share(counts.missing + counts.unread),
            // Where every value is a limit, that tells nothing.
            limits: if counts.limits < counts.cells { share(counts.limits) } else { 0.0 },
            sentinels: share(sentinels),
            marks: marks.map(|(text, count)| Mark { text: text.clone(), share: share(count) }).collect(),
            range: range.map(|(low, high)| [low, high]),
        };
        Some((number, counts))
    }

    /// Features this column becomes: the value, and the flags that training had.
    pub fn width(&self) -> usize {
        1 + self.flags().len()
    }

    /// How many flags besides the one for missing values it has.
    pub fn flags_of_values(&self) -> usize {
        self.flags().len() - usize::from(self.missing > 0.0)
    }

    /// What the flags stand for, in order.
    pub fn flag_parts(&self) -> Vec<Part> {
        let flags =
            [(self.missing, Part::Missing), (self.limits, Part::Limit), (self.sentinels, Part::Sentinel)];
        let marks = self.marks.iter().map(|mark| Part::Level(mark.text.clone()));
        flags.into_iter().filter(|&(share, _)| share > 0.0).map(|(_, part)| part).chain(marks).collect()
    }

    /// Shares of the flags: missing, limit, sentinel, marks.
    fn flags(&self) -> Vec<f64> {
        let marks = self.marks.iter().map(|mark| mark.share);
        [self.missing, self.limits, self.sentinels]
            .into_iter()
            .filter(|&share| share > 0.0)
            .chain(marks)
            .collect()
    }

    /// Whether the numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        let share = |share: f64| (0.0..1.0).contains(&share);
        [self.center, self.median].into_iter().all(is_usable)
            && self.spread.is_normal()
            && self.spread > 0.0
            && (1.0 / self.spread).is_finite()
            && [self.missing, self.limits, self.sentinels].into_iter().all(share)
            && self.marks.iter().all(|mark| mark.share > 0.0 && share(mark.share))
    }
}

/// Three ranges beyond the innermost pair of opposite quantiles that differ: quartiles, but wider apart where
/// most values are equal. `None` where even the 1 % quantiles agree.
fn fences(sorted: &[f64]) -> Option<(f64, f64)> {
    [0.25, 0.1, 0.05, 0.01].into_iter().find_map(|share| {
        let (low, high) = (quantile(sorted, share), quantile(sorted, 1.0 - share));
        let reach = 3.0 * (high - low);
        (reach > 0.0).then_some((low - reach, high + reach))
    })
}

/// Identity on \[-10, 10\], beyond that `10 + ln(|z| - 9)` with the sign of `z`: smooth, strictly increasing.
pub fn squash(z: f64) -> f64 {
    if z.abs() <= KNEE { z } else { z.signum() * (KNEE + (z.abs() - KNEE).ln_1p()) }
}

/// The inverse of [`squash`].
pub fn unsquash(y: f64) -> f64 {
    if y.abs() <= KNEE { y } else { y.signum() * (KNEE + (y.abs() - KNEE).exp_m1()) }
}
