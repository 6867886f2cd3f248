//! Scaling of a column of numbers.

use crate::arrow::array::{Array, Float64Array};
use serde::{Deserialize, Serialize};

use super::cells::{Cells, is_usable};
use super::feature::Part;
use super::reading::{Cell, Reading, is_sentinel};
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

/// A cell as a feature sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// A usable number.
    Value(f64),
    /// The limit of a measurement.
    Limit(f64),
    /// No value.
    Missing,
    /// Something else than a number, which counts as missing.
    Unread,
    /// A date that stands for none.
    Sentinel,
    /// The mark of this place.
    Mark(usize),
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

/// What scoring saw that training did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Oddity {
    /// Rows.
    pub rows: usize,
    /// Cells that could not be read.
    pub unread: usize,
    /// Missing cells in a column that had none.
    pub missing: usize,
    /// Values beyond the range of training.
    pub beyond: usize,
    /// Levels that training did not have.
    pub unknown: usize,
}

impl Oddity {
    /// Adds what other rows had.
    pub fn add(&mut self, other: Self) {
        self.rows += other.rows;
        self.unread += other.unread;
        self.missing += other.missing;
        self.beyond += other.beyond;
        self.unknown += other.unknown;
    }
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

    /// Writes the features of `cells` into the columns from `at` of the row-major `out` of `width` columns.
    pub fn encode(&self, cells: &Cells, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let plain = self.width() == 1 + usize::from(self.missing > 0.0);
        match cells {
            Cells::Numbers(numbers) if plain && self.reading != Reading::EpochMilliseconds => {
                self.encode_plain(numbers, out, width, at)
            }
            _ => self.encode_seen(cells, out, width, at),
        }
    }

    /// Cells that are numbers already, in a column that has no flags but the one for missing values.
    fn encode_plain(&self, values: &Float64Array, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let scale = 1.0 / self.spread;
        let fill = squash((self.median - self.center) / self.spread) as f32;
        let (absent, present) = flags(self.missing);
        let flagged = self.missing > 0.0;
        let [low, high] = self.range.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
        let nulls = values.nulls();
        let mut oddity = Oddity { rows: values.len(), ..Oddity::default() };
        for (i, (row, &value)) in out.chunks_exact_mut(width).zip(values.values()).enumerate() {
            let usable = is_usable(value) && !nulls.is_some_and(|nulls| nulls.is_null(i));
            row[at] = if usable { squash((value - self.center) * scale) as f32 } else { fill };
            oddity.beyond += usize::from(usable && !(low..=high).contains(&value));
            oddity.missing += usize::from(!usable && !flagged);
            if flagged {
                row[at + 1] = if usable { present } else { absent };
            }
        }
        oddity
    }

    fn encode_seen(&self, cells: &Cells, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let scale = 1.0 / self.spread;
        let fill = squash((self.median - self.center) / self.spread) as f32;
        let shares = self.flags();
        let (raised, lowered): (Vec<f32>, Vec<f32>) = shares.iter().map(|&share| flags(share)).unzip();
        let place = |share: f64, before: usize| (share > 0.0).then_some(before);
        let missing = place(self.missing, 0);
        let limit = place(self.limits, usize::from(self.missing > 0.0));
        let marks = shares.len() - self.marks.len();
        let sentinel = place(self.sentinels, marks.saturating_sub(1));
        let [low, high] = self.range.unwrap_or([f64::NEG_INFINITY, f64::INFINITY]);
        let mut oddity = Oddity { rows: cells.len(), ..Oddity::default() };
        let names = self.marks.iter().map(|mark| mark.text.as_str());
        for (row, seen) in out.chunks_exact_mut(width).zip(seen(cells, &self.reading, names)) {
            let (value, flag) = match seen {
                Seen::Value(value) => (Some(value), None),
                Seen::Limit(value) => (Some(value), limit),
                Seen::Missing | Seen::Unread => (None, missing),
                Seen::Sentinel => (None, sentinel.or(missing)),
                Seen::Mark(mark) => (None, Some(marks + mark)),
            };
            row[at] = value.map_or(fill, |value| squash((value - self.center) * scale) as f32);
            row[at + 1..=at + lowered.len()].copy_from_slice(&lowered);
            if let Some(flag) = flag {
                row[at + 1 + flag] = raised[flag];
            }
            oddity.unread += usize::from(seen == Seen::Unread);
            oddity.missing += usize::from(seen == Seen::Missing && missing.is_none());
            oddity.beyond += usize::from(value.is_some_and(|value| !(low..=high).contains(&value)));
        }
        oddity
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

/// The cells of a column as features see them.
pub fn seen<'a>(
    cells: &'a Cells,
    reading: &'a Reading,
    marks: impl Iterator<Item = &'a str>,
) -> Box<dyn Iterator<Item = Seen> + 'a> {
    let dates = matches!(reading, Reading::Moment(_));
    let judge = move |cell: Cell| match cell {
        Cell::Value(value) if dates && is_sentinel(value) => Seen::Sentinel,
        Cell::Value(value) if is_usable(value) => Seen::Value(value),
        Cell::Limit(value) if is_usable(value) => Seen::Limit(value),
        Cell::Value(value) if value.is_nan() => Seen::Missing,
        Cell::Missing => Seen::Missing,
        Cell::Value(_) | Cell::Limit(_) | Cell::Unread => Seen::Unread,
    };
    let marks: Vec<&str> = marks.collect();
    // A mark that is a number (-999) is one however it is written.
    let numeric = matches!(reading, Reading::Written(_) | Reading::Number);
    let values: Vec<f64> =
        marks.iter().map(|mark| mark.parse().ok().filter(|_| numeric).unwrap_or(f64::NAN)).collect();
    let judge = move |cell: Cell| match cell {
        Cell::Value(value) if values.contains(&value) => {
            Seen::Mark(values.iter().position(|mark| *mark == value).unwrap_or_default())
        }
        cell => judge(cell),
    };
    match cells {
        Cells::Strings(strings) if !marks.is_empty() => Box::new(strings.iter().map(move |text| {
            let mark = text.and_then(|text| marks.iter().position(|mark| *mark == text.trim()));
            mark.map_or_else(|| judge(text.map_or(Cell::Missing, |text| reading.read(text))), Seen::Mark)
        })),
        _ => Box::new(cells.read_as(reading).map(judge)),
    }
}

/// Identity on \[-10, 10\], beyond that `10 + ln(|z| - 9)` with the sign of `z`: smooth, strictly increasing.
pub fn squash(z: f64) -> f64 {
    if z.abs() <= KNEE { z } else { z.signum() * (KNEE + (z.abs() - KNEE).ln_1p()) }
}

/// The inverse of [`squash`].
pub fn unsquash(y: f64) -> f64 {
    if y.abs() <= KNEE { y } else { y.signum() * (KNEE + (y.abs() - KNEE).exp_m1()) }
}

/// Standardised values of a flag that is raised with probability `share`: (raised, not raised).
fn flags(share: f64) -> (f32, f32) {
    let spread = (share * (1.0 - share)).sqrt();
    (squash((1.0 - share) / spread) as f32, squash(-share / spread) as f32)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reading::{DateOrder, NumberFormat};
    use proptest::prelude::*;

    fn fit(values: &[f64]) -> (Number, bool) {
        let (number, counts) =
            Number::fit(&[Cells::Numbers(values.to_vec().into())], &Reading::Number, &[]).unwrap();
        (number, counts.constant)
    }

    fn encode(number: &Number, values: &[Option<f64>]) -> Vec<f32> {
        let mut out = vec![0.0; values.len() * number.width()];
        number.encode(&Cells::Numbers(values.iter().copied().collect()), &mut out, number.width(), 0);
        out
    }

    fn strings(cells: &[&str]) -> Cells {
        Cells::Strings(cells.to_vec().into())
    }

    #[test]
    fn limits_marks_and_missing_cells_are_flags() {
        let cells = ["1", "2", "3", "<0.5", "closed", "-", "4", "oops", "closed", "5"];
        let reading = Reading::Written(NumberFormat::default());
        let (number, counts) = Number::fit(&[strings(&cells)], &reading, &["closed".to_owned()]).unwrap();
        assert_eq!((counts.cells, counts.missing, counts.unread, counts.limits), (10, 1, 1, 1));
        assert_eq!(
            (number.missing, number.limits, number.marks[0].share, number.width()),
            (0.2, 0.1, 0.2, 4)
        );
        let mut out = vec![0.0; 4 * 4];
        let oddity = number.encode(&strings(&["closed", "-", "<0.5", "99"]), &mut out, 4, 0);
        assert_eq!(out[1..4], [-0.5, out[2], 2.0]);
        assert_eq!(out[5..8], [2.0, out[6], -0.5]);
        assert!(out[10] > 2.9 && out[2] < 0.0, "{out:?}");
        assert!(out[12] > 5.0, "{out:?}");
        assert_eq!(oddity, Oddity { rows: 4, beyond: 1, ..Oddity::default() });
        assert!(number.is_sound());
    }

    #[test]
    fn a_date_that_stands_for_none_is_a_flag() {
        let reading = Reading::Moment(DateOrder::YearFirst);
        let cells = strings(&["2024-01-01", "2024-01-05", "9999-12-31", "2024-01-03"]);
        let (number, _) = Number::fit(&[cells], &reading, &[]).unwrap();
        assert_eq!((number.sentinels, number.width()), (0.25, 2));
        let mut out = vec![0.0; 4];
        number.encode(&strings(&["9999-12-31", "2024-01-03"]), &mut out, 2, 0);
        assert_eq!((out[0], out[1] > 1.0, out[3] < 0.0), (out[2], true, true));
    }

    // numpy: x = np.arange(11.0); x.mean(), x.std() -> 5.0, 3.1622776601683795
    #[test]
    fn plain_data_is_standardised() {
        let (number, constant) = fit(&(0..11).map(f64::from).collect::<Vec<_>>());
        assert!(!constant);
        assert_eq!((number.center, number.median, number.missing), (5.0, 5.0, 0.0));
        assert!((number.spread - 3.162_277_660_168_379_5).abs() < 1e-12);
        assert_eq!(encode(&number, &[Some(5.0), None]), [0.0, 0.0]);
    }

    #[test]
    fn one_absurd_value_flattens_nothing_and_stays_outlying() {
        let mut values: Vec<f64> = (0..100).map(f64::from).collect();
        values.extend([1e30, 1e31]);
        let (number, _) = fit(&values);
        let out = encode(&number, &[Some(0.0), Some(99.0), Some(1e30), Some(1e31)]);
        assert!(out[1] - out[0] > 1.0, "{out:?}");
        assert!(out[2] > 10.0 * out[1] && out[3] > out[2] && out[3] < 100.0, "{out:?}");
    }

    #[test]
    fn mostly_equal_values_still_have_a_spread() {
        let mut values = vec![0.0; 997];
        values.extend([1.0, 2.0, 3.0]);
        let (number, constant) = fit(&values);
        assert!(!constant && number.spread > 0.0);
        assert!(encode(&number, &[Some(3.0)])[0] > 10.0);
    }

    #[test]
    fn unusable_numbers_are_missing_and_flagged() {
        let (number, _) = fit(&[1.0, f64::NAN, 3.0, f64::INFINITY, 1e39, 2.0]);
        assert_eq!((number.median, number.missing), (2.0, 0.5));
        let out = encode(&number, &[Some(2.0), None, Some(f64::NAN), Some(-1e300)]);
        assert_eq!(out[0], 0.0);
        assert_eq!(&out[2..], &[0.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
        assert_eq!(out[1], -1.0);
    }

    #[test]
    fn nothing_present_and_nothing_varying() {
        assert!(Number::fit(&[Cells::Numbers(vec![f64::NAN; 3].into())], &Reading::Number, &[]).is_none());
        let (number, constant) = fit(&[7.0; 5]);
        assert!(constant && number.is_sound());
        assert_eq!(encode(&number, &[Some(7.0), Some(9.0)]), [0.0, 2.0]);
        assert!(fit(&[0.0, 1e-300]).1, "differences too small to square count as none");
    }

    proptest! {
        #[test]
        fn never_anything_but_finite(train in prop::collection::vec(any::<f64>(), 1..40), new in any::<f64>()) {
            if let Some((number, _)) = Number::fit(&[Cells::Numbers(train.into())], &Reading::Number, &[]) {
                prop_assert!(number.is_sound(), "{:?}", number);
                let out = encode(&number, &[Some(new), None]);
                prop_assert!(out.iter().all(|value| value.is_finite()), "{:?}", out);
            }
        }

        #[test]
        fn squash_keeps_order_and_undoes(a in -1e6..1e6f64, b in -1e6..1e6f64) {
            prop_assert!(a <= b || squash(a) > squash(b));
            prop_assert!((unsquash(squash(a)) - a).abs() <= 1e-9 * (1.0 + a.abs()));
        }
    }
}
