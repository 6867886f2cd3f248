//! One-hot encoding of a column of categories.

use std::collections::HashMap;

use crate::arrow::array::{Array, StringArray};
use serde::{Deserialize, Serialize};

use super::number::squash;
use super::reading::is_missing;
use super::seen::Oddity;

/// The levels of a column of categories, each of the frequent ones a feature, and one more for all others.
///
/// The feature of level `j`, of share `p_j` in training, is `(here - p_j) / sqrt(p_j (K - 1))` with `here` 1 or 0
/// and `K` the levels seen: the chi-squared metric of correspondence analysis (Greenacre 2017). The column's total
/// variance is then 1 like that of a standardised number, and a rare level lies as far out as it is rare.
///
/// Levels without a feature of their own share the last one, where each has the distance of its own rarity beyond that of
/// the row in the middle, `sqrt((1 / p - 1 / p_middle) / (K - 1))`: 0 for what is usual, far out for what is rare among
/// many levels. The other features then count as much as the share of rows that they tell apart, so that a frequent level
/// does not stick out of the mass of those without a feature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// Levels with a feature, the most frequent first. A missing value is the level `""`.
    pub levels: Vec<Level>,
    /// Training rows of any other level.
    pub others: usize,
    /// Levels without a feature, the most frequent first: all of them, or [`NAMED`], those in the middle left out. None in
    /// models of version 0.1, where all of them counted as one level.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rare: Vec<Level>,
    /// How many levels are left out of `rare`.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub unnamed: usize,
}

/// Names of levels without a feature that a model keeps, at most.
const NAMED: usize = 1 << 15;

/// A level of a category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// The level as written, without blanks around it.
    pub name: String,
    /// Training rows that have it; at least 1.
    pub count: usize,
}

/// The features of every level.
pub struct Codes {
    /// The features of a row whose level has none of them.
    pub absent: Vec<f32>,
    /// For each code the feature that differs and its value; the last is that of a level without a name here.
    pub here: Vec<(usize, f32)>,
}

impl Category {
    /// Gives the `most` frequent levels of the training values a feature (of equal ones the alphabetically first).
    pub fn fit(columns: &[StringArray], most: usize) -> Self {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        for cell in columns.iter().flatten() {
            *counts.entry(level(cell)).or_default() += 1;
        }
        let mut ranked: Vec<_> = counts.into_iter().collect();
        ranked.sort_unstable_by(|(a, many), (b, more)| more.cmp(many).then_with(|| a.cmp(b)));
        let (kept, rest) = ranked.split_at(most.min(ranked.len()));
        let named = |levels: &[(&str, usize)]| -> Vec<Level> {
            levels.iter().map(|&(name, count)| Level { name: name.to_owned(), count }).collect()
        };
        let unnamed = rest.len().saturating_sub(NAMED);
        let half = if unnamed > 0 { NAMED / 2 } else { rest.len() };
        let mut rare = named(&rest[..half]);
        rare.extend(named(&rest[half + unnamed..]));
        let others = rest.iter().map(|(_, count)| count).sum();
        Self { levels: named(kept), others, rare, unnamed }
    }

    /// Features this column becomes.
    pub fn width(&self) -> usize {
        self.levels.len() + 1
    }

    /// Writes the features of `values` into the columns from `at` of the row-major `out` of `width` columns.
    /// A level that training never saw is rarer than all, and is counted.
    pub fn encode(&self, values: &StringArray, out: &mut [f32], width: usize, at: usize) -> Oddity {
        let index: HashMap<&str, usize> = self.places().collect();
        let Codes { absent, here } = self.codes();
        let unknown = here.len() - 1;
        // Where training did not name all levels, any may have been known.
        let told =
            self.unnamed == 0 && self.others == self.rare.iter().map(|level| level.count).sum::<usize>();
        let mut oddity = Oddity { rows: values.len(), ..Oddity::default() };
        for (row, cell) in out.chunks_exact_mut(width).zip(values) {
            let code = index.get(level(cell)).copied().unwrap_or(unknown);
            let features = &mut row[at..at + absent.len()];
            features.copy_from_slice(&absent);
            let (feature, value) = here[code];
            features[feature] = value;
            oddity.unknown += usize::from(code == unknown && told);
        }
        oddity
    }

    /// The code of every level that has a name here.
    pub fn places(&self) -> impl Iterator<Item = (&str, usize)> {
        let sizes = self.sizes();
        let rare = self.rare.iter().map(move |level| {
            (level.name.as_str(), self.levels.len() + sizes.partition_point(|&size| size > level.count))
        });
        self.levels.iter().map(|level| level.name.as_str()).zip(0..).chain(rare)
    }

    /// The different counts of levels without a feature, the largest first.
    fn sizes(&self) -> Vec<usize> {
        let mut sizes: Vec<usize> = self.rare.iter().map(|level| level.count).collect();
        sizes.dedup();
        sizes
    }

    /// The features of all levels: first those with a feature, then the others by their counts.
    pub fn codes(&self) -> Codes {
        if self.rare.is_empty() {
            return self.codes_of_one_other();
        }
        let kept = || self.levels.iter().map(|level| level.count as f64);
        let total = kept().sum::<f64>() + self.others as f64;
        let freedom = (self.levels.len() + self.rare.len() + self.unnamed - 1).max(1) as f64;
        let named: usize = self.rare.iter().map(|level| level.count).sum();
        // Counts of a level without a name: the mean, or half a row where every name is known.
        let unnamed = match self.unnamed {
            0 => 0.5,
            levels => self.others.saturating_sub(named) as f64 / levels as f64,
        };
        let middle = self.middle(total, unnamed);
        let excess = |count: f64| ((total / count - total / middle).max(0.0) / freedom).sqrt();
        let mean = self.rare.iter().map(|level| level.count as f64 * excess(level.count as f64)).sum::<f64>()
            + self.unnamed as f64 * unnamed * excess(unnamed);
        let mean = mean / total;
        let weight = (1.0 - self.others as f64 / total).sqrt();
        let codes = kept().map(|count| {
            let share = count / total;
            let unit = (share * freedom).sqrt() / weight;
            (squash((1.0 - share) / unit) as f32, squash(-share / unit) as f32)
        });
        let (here, mut absent): (Vec<f32>, Vec<f32>) = codes.unzip();
        absent.push(squash(-mean) as f32);
        let sizes = self.sizes().into_iter().map(|size| size as f64).chain([unnamed]);
        let rare = sizes.map(|size| (self.levels.len(), squash(excess(size) - mean) as f32));
        Codes { absent, here: (0..).zip(here).chain(rare).collect() }
    }

    /// The count of the level that the row in the middle has, of all rows by the counts of their levels.
    fn middle(&self, total: f64, unnamed: f64) -> f64 {
        let named =
            self.levels.iter().chain(&self.rare).map(|level| (level.count as f64, level.count as f64));
        let mut sizes: Vec<(f64, f64)> = named.chain([(unnamed, unnamed * self.unnamed as f64)]).collect();
        sizes.sort_unstable_by(|a, b| b.0.total_cmp(&a.0));
        let mut rows = 0.0;
        let middle = sizes.iter().find(|(_, of_level)| {
            rows += of_level;
            2.0 * rows >= total
        });
        middle.map_or(1.0, |&(count, _)| count)
    }

    /// The features where all levels have one, or the others count as one level.
    fn codes_of_one_other(&self) -> Codes {
        let counts = self.levels.iter().map(|level| level.count).chain([self.others]);
        let total = counts.clone().map(|count| count as f64).sum::<f64>().max(1.0);
        let seen = counts.clone().filter(|&count| count > 0).count();
        let freedom = seen.saturating_sub(1).max(1) as f64;
        let codes = counts.map(|count| {
            // Others that training did not see count as half a row: rarer than anything seen.
            let share = (count as f64).max(0.5) / total;
            let unit = (share * freedom).sqrt();
            (squash((1.0 - share) / unit) as f32, squash(-share / unit) as f32)
        });
        let (here, absent): (Vec<f32>, Vec<f32>) = codes.unzip();
        Codes { absent, here: (0..).zip(here).collect() }
    }
}

fn is_zero(count: &usize) -> bool {
    *count == 0
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
    fn a_rare_level_lies_far_out_however_many_there_are() {
        let names: Vec<String> = (0..1000).map(|i| format!("city {i}")).collect();
        for count in [10, 64, 65, 70, 200, 1000] {
            let mut levels: Vec<(&str, usize)> =
                names[..count].iter().map(|name| (name.as_str(), 5)).collect();
            levels.push(("Atlantis", 1));
            let category = Category::fit(&[repeated(&levels)], 64);
            let width = category.width();
            let cells: Vec<Option<&str>> = levels.iter().map(|&(name, _)| Some(name)).collect();
            let out = encode(&category, &[cells.as_slice(), &[Some("never seen")]].concat());
            let length = |row: usize| {
                out[row * width..(row + 1) * width].iter().map(|value| value * value).sum::<f32>().sqrt()
            };
            let usual = (0..count).map(length).fold(0.0, f32::max);
            assert!(length(count) > 1.9 * usual && usual < 1.05, "{count}: {} {usual}", length(count));
            assert!(length(count + 1) > length(count), "{count}");
        }
    }

    #[test]
    fn frequent_levels_do_not_stick_out_of_many_rare_ones() {
        let names: Vec<String> = (0..9000).map(|i| format!("{i}")).collect();
        let count = |i| if i < 64 { 9 } else { 1 };
        let levels: Vec<_> = (0..).zip(&names).map(|(i, name)| (name.as_str(), count(i))).collect();
        let category = Category::fit(&[repeated(&levels)], 64);
        let codes = category.codes();
        let (unknown, known) = codes.here.split_last().unwrap();
        assert!(known.iter().all(|(_, value)| value.abs() < 0.2) && unknown.1 > 1.0, "{:?}", codes.here);
    }

    #[test]
    fn names_of_levels_are_bounded_and_the_rarest_are_among_them() {
        let names: Vec<String> = (0..40_000).map(|i| format!("{i:05}")).collect();
        let mut levels: Vec<(&str, usize)> = names.iter().map(|name| (name.as_str(), 3)).collect();
        levels.push(("rare", 1));
        let category = Category::fit(&[repeated(&levels)], 64);
        assert_eq!((category.rare.len(), category.unnamed), (NAMED, 40_001 - 64 - NAMED));
        let out = encode(&category, &[Some("rare"), Some("20000"), Some("39999"), Some("new")]);
        let last = |row: usize| out[(row + 1) * category.width() - 1];
        assert!(
            last(0) > 1.0 && last(1).abs() < 0.01 && last(1) == last(2) && last(3) == last(1),
            "{}",
            last(0)
        );
    }

    #[test]
    fn models_of_version_0_1_score_as_they_did() {
        let json = r#"{"levels":[{"name":"a","count":5},{"name":"b","count":3}],"others":2}"#;
        let category: Category = serde_json::from_str(json).unwrap();
        let out = encode(&category, &[Some("z"), Some("never seen"), Some(" a ")]);
        assert_eq!(out[..3], out[3..6]);
        assert!(out[6] > 0.0 && out[8] < 0.0, "{out:?}");
        assert_eq!(serde_json::to_string(&category).unwrap(), json);
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
