//! Columns that name rows and do not describe them.

use super::cells::Cells;
use super::reading::Reading;
use super::seen::{Seen, seen};

/// Rows from which different values say something.
const ROWS: usize = 10;
/// Words in the name of a column that identifies.
const NAMES: &[&str] =
    &["id", "ids", "uuid", "guid", "key", "pk", "no", "nr", "number", "index", "idx", "serial", "row"];

/// Whether so many different words in so many cells name the rows: all, or nearly all of ten and more, are different.
pub(super) fn names_rows(different: usize, cells: usize) -> bool {
    different > 1 && (different == cells || cells >= ROWS && different as f64 >= 0.95 * cells as f64)
}

/// Why a column of numbers names rows, if it does: whole numbers, all different, that either count in equal steps, in any
/// order, or are spread evenly under a name or behind a label that says so. A value far from the others is a reason to keep
/// the column.
pub(super) fn is_identifier(name: &str, cells: &[Cells], reading: &Reading) -> Option<String> {
    let number = |seen: Seen| if let Seen::Value(value) = seen { Some(value) } else { None };
    let mut values: Vec<f64> =
        cells.iter().flat_map(|cells| seen(cells, reading, std::iter::empty())).filter_map(number).collect();
    if values.len() < ROWS || values.iter().any(|value| value.fract() != 0.0) {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let mut gaps: Vec<f64> = values.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable_by(f64::total_cmp);
    let (least, largest) = (gaps[0], gaps[gaps.len() - 1]);
    let usual = gaps[gaps.len() / 2];
    let steady = gaps.iter().filter(|&&gap| gap == usual).count() as f64 >= 0.9 * gaps.len() as f64;
    if least <= 0.0 {
        return None;
    }
    if steady && largest <= 20.0 * usual.max(1.0) {
        let counts = usual == 1.0 && values[0] <= 1.0;
        return Some(
            if counts { "it only counts the rows" } else { "its values count in equal steps" }.into(),
        );
    }
    let says = |word: &str| {
        let word = word.to_lowercase();
        NAMES.contains(&word.as_str()) || word.len() > 3 && word.ends_with("id")
    };
    // `Patient 482` names one.
    let said =
        matches!(reading, Reading::Labelled(_)) || name.split(|c: char| !c.is_alphanumeric()).any(says);
    (said && evenly_spread(&values)).then(|| "every value is different, so it names the rows".into())
}

/// Whether sorted values look drawn evenly between their ends: Kolmogorov and Smirnov's test at the level of 5 %.
fn evenly_spread(sorted: &[f64]) -> bool {
    let (count, low) = (sorted.len() as f64, sorted[0]);
    let span = sorted[sorted.len() - 1] - low;
    let apart = |(i, value): (usize, &f64)| ((value - low) / span - (i as f64 + 0.5) / count).abs();
    sorted.iter().enumerate().map(apart).fold(0.0, f64::max) <= 1.36 / count.sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reading::NumberFormat;

    fn judged(name: &str, values: &[f64]) -> bool {
        let reading = Reading::Written(NumberFormat::default());
        is_identifier(name, &[Cells::Numbers(values.to_vec().into())], &reading).is_some()
    }

    #[test]
    fn counters_in_any_order_are_identifiers_unless_one_is_far_off() {
        let mut values: Vec<f64> = (0..40).map(|i| 1000.0 + f64::from(i * 7 % 40)).collect();
        assert!(judged("x", &values));
        values[7] = 90_000.0;
        assert!(!judged("order id", &values));
        assert!(!judged("x", &values.iter().map(|v| v / 3.0).collect::<Vec<_>>()));
        assert!(!judged("x", &[1.0, 2.0, 3.0]), "too few to tell");
    }

    #[test]
    fn scattered_numbers_are_identifiers_by_name_alone() {
        let scattered: Vec<f64> = (0..60u64).map(|i| (i * 2_654_435_761 % 1_000_003) as f64).collect();
        assert!(judged("customer_id", &scattered) && judged("CustomerId", &scattered));
        assert!(!judged("population", &scattered));
        let salaries: Vec<f64> = (0..60).map(|i| f64::from(i * i * i + 17)).collect();
        assert!(!judged("id", &salaries), "far from even");
    }

    #[test]
    fn words_name_rows_when_nearly_all_differ() {
        assert!(names_rows(4, 4) && names_rows(96, 100));
        assert!(!names_rows(1, 1) && !names_rows(60, 100) && !names_rows(3, 4));
    }
}
