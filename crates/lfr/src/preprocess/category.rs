//! One-hot encoding of a column of categories.

use std::collections::HashMap;

use crate::arrow::array::{Array, StringArray};
use serde::{Deserialize, Serialize};

use super::number::{Oddity, squash};
use super::reading::is_missing;

/// The levels of a column of categories, each a feature, and one more for all others.
///
/// The feature of level `j`, of share `p_j` in training, is `(here - p_j) / sqrt(p_j (K - 1))` with `here` 1 or 0
/// and `K` the levels seen: the chi-squared metric of correspondence analysis (Greenacre 2017). The column's total
/// variance is then 1 like that of a standardised number, and a rare level lies as far out as it is rare.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Kept levels, the most frequent first. A missing value is the level `""`.
    pub levels: Vec<Level>,
    /// Training rows of any other level.
    pub others: usize,
}

/// A level of a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The level as written, without blanks around it.
    pub name: String,
    /// Training rows that have it; at least 1.
    pub count: usize,
}

impl Category {
    /// Keeps the `most` frequent levels of the training values (of equal ones the alphabetically first).
    pub fn fit(columns: &[StringArray], most: usize) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for cell in columns.iter().flatten() {
            *counts.entry(level(cell)).or_default() += 1;
        }
        let mut ranked: Vec<_> = counts.into_iter().collect();
        ranked.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
        let others = ranked.iter().skip(most).map(|(_, count)| count).sum();
        let kept = ranked.into_iter().take(most);
        Self { levels: kept.map(|(name, count)| Level { name: name.to_owned(), count }).collect(), others }
    }

    /// Features this column becomes.
    pub fn width(&self) -> usize {
        self.levels.len() + 1
    }

    /// Writes the features of `values` into the columns from `at` of the row-major `out` of `width` columns.
    /// A level that training never saw is one of the others, and is counted.
    pub fn encode(&self, values: &StringArray, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let index: HashMap<&str, usize> =
            self.levels.iter().map(|level| level.name.as_str()).zip(0..).collect();
        let (here, absent): (Vec<f32>, Vec<f32>) = self.codes().into_iter().unzip();
        let mut oddity = Oddity { rows: values.len(), ..Oddity::default() };
        for (row, cell) in out.chunks_exact_mut(width).zip(values) {
            let j = index.get(level(cell)).copied().unwrap_or(self.levels.len());
            let features = &mut row[at..at + absent.len()];
            features.copy_from_slice(&absent);
            features[j] = here[j];
            // Where training pooled rare levels, any of them may have been known.
            oddity.unknown += usize::from(j == self.levels.len() && self.others == 0);
        }
        oddity
    }

    /// Values of each feature: (row has the level, row has not).
    fn codes(&self) -> Vec<(f32, f32)> {
        let counts = self.levels.iter().map(|level| level.count).chain([self.others]);
        let total = counts.clone().map(|count| count as f64).sum::<f64>().max(1.0);
        let seen = counts.clone().filter(|&count| count > 0).count();
        let freedom = seen.saturating_sub(1).max(1) as f64;
        counts
            .map(|count| {
                // Others that training did not see count as half a row: rarer than anything seen.
                let share = (count as f64).max(0.5) / total;
                let unit = (share * freedom).sqrt();
                (squash((1.0 - share) / unit) as f32, squash(-share / unit) as f32)
            })
            .collect()
    }
}

/// The level of a cell.
fn level(cell: Option<&str>) -> &str {
    cell.filter(|text| !is_missing(text)).unwrap_or("").trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encode(category: &Category, values: &[Option<&str>]) -> Vec<f32> {
        let mut out = vec![0.0; values.len() * category.width()];
        category.encode(&StringArray::from(values.to_vec()), &mut out, category.width(), 0);
        out
    }

    fn repeated(levels: &[(&str, usize)]) -> StringArray {
        let cells = levels.iter().flat_map(|&(level, count)| std::iter::repeat_n(Some(level), count));
        cells.collect()
    }

    #[test]
    fn weighs_as_much_as_a_standardised_number() {
        let values = repeated(&[("a", 50), ("b", 30), ("c", 15), ("d", 5)]);
        let category = Category::fit(std::slice::from_ref(&values), 64);
        let cells: Vec<_> = values.iter().collect();
        let out = encode(&category, &cells);
        let (rows, width) = (cells.len() as f32, category.width());
        let mut total = 0.0;
        for j in 0..width {
            let column = || out.iter().skip(j).step_by(width);
            let mean = column().sum::<f32>() / rows;
            total += column().map(|v| (v - mean).powi(2)).sum::<f32>() / rows;
            assert!(mean.abs() < 1e-5 || j == width - 1, "{mean}");
        }
        assert!((total - 1.0).abs() < 1e-5, "{total}");
    }

    #[test]
    fn two_levels_lie_as_far_apart_as_a_standardised_flag() {
        let category = Category::fit(&[repeated(&[("no", 9), ("yes", 1)])], 64);
        let out = encode(&category, &[Some("no"), Some("yes")]);
        let gap = (0..2).map(|j| (out[j] - out[3 + j]).powi(2)).sum::<f32>().sqrt();
        assert!((gap - 1.0 / 0.09f32.sqrt()).abs() < 1e-5, "{gap}");
    }

    #[test]
    fn rare_levels_are_pooled_and_unseen_ones_join_them() {
        let category = Category::fit(&[repeated(&[("a", 5), ("b", 3), ("z", 1), ("c", 1)])], 2);
        let names: Vec<_> = category.levels.iter().map(|level| level.name.as_str()).collect();
        assert_eq!((names, category.others), (vec!["a", "b"], 2));
        let out = encode(&category, &[Some("z"), Some("never seen"), Some(" a ")]);
        assert_eq!(out[..3], out[3..6]);
        assert!(out[6] > 0.0 && out[8] < 0.0, "{out:?}");
    }

    #[test]
    fn an_unseen_level_is_the_most_outlying_and_missing_is_a_level() {
        let category = Category::fit(&[repeated(&[("a", 90), ("b", 9), ("?", 1)])], 64);
        assert_eq!(category.levels[2], Level { name: String::new(), count: 1 });
        let out = encode(&category, &[Some("new"), None, Some("n/a")]);
        assert!(out[3] > out[6], "{out:?}");
        assert_eq!(out[4..8], out[8..12]);
        assert!(out.iter().all(|value| value.is_finite()));
    }
}
