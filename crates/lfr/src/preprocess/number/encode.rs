//! From cells to features.

use super::{Number, squash};
use crate::arrow::array::{Array, Float64Array};
use crate::preprocess::cells::{Cells, is_usable};
use crate::preprocess::reading::Reading;
use crate::preprocess::seen::{Oddity, Seen, seen};

impl Number {
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
            if !usable && !flagged {
                oddity.missing += 1;
                oddity.gaps.push(i);
            }
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
        for (i, (row, seen)) in out.chunks_exact_mut(width).zip(seen(cells, &self.reading, names)).enumerate()
        {
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
            if value.is_none() && flag.is_none() {
                oddity.gaps.push(i);
            }
            oddity.unread += usize::from(seen == Seen::Unread);
            oddity.missing += usize::from(seen == Seen::Missing && missing.is_none());
            oddity.beyond += usize::from(value.is_some_and(|value| !(low..=high).contains(&value)));
        }
        oddity
    }
}

/// Standardised values of a flag that is raised with probability `share`: (raised, not raised).
fn flags(share: f64) -> (f32, f32) {
    let spread = (share * (1.0 - share)).sqrt();
    (squash((1.0 - share) / spread) as f32, squash(-share / spread) as f32)
}
