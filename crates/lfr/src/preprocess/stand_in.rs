//! Numbers that stand for a missing value.

use super::cells::Cells;
use super::reading::Reading;
use super::seen::{Seen, seen};
use crate::statistics::quantile;

/// What instruments and agencies write where they measured nothing, below all values.
const LOW: [f64; 10] =
    [-99.9, -99.99, -999.0, -999.9, -999.99, -9999.0, -9999.9, -9999.99, -99_999.0, -999_999.0];
/// Codes of surveys for "no answer", below 0 in columns that have no other number there.
const REFUSED: [f64; 8] = [-7.0, -8.0, -9.0, -97.0, -98.0, -99.0, -998.0, -997.0];
/// What stands above all values, with the largest numbers of 15, 16, 31 and 32 bits.
#[rustfmt::skip]
const HIGH: [f64; 17] = [
    97.0, 98.0, 99.0, 99.9, 997.0, 998.0, 999.0, 999.9, 9997.0, 9998.0, 9999.0, 9999.9, 99_999.0,
    32_767.0, 65_535.0, 2_147_483_647.0, 4_294_967_295.0,
];

/// The numbers that stand for a missing value: usual ones, each of them repeated, all of them in at most half of the cells,
/// lower or higher than all others and farther from those than three quarters of those spread, or alone below 0. An amount that
/// also occurs without its sign is none: it may be paid back.
pub(super) fn stand_ins(cells: &[Cells], reading: &Reading, marks: &[String]) -> Vec<f64> {
    let value = |seen: Seen| if let Seen::Value(value) = seen { Some(value) } else { None };
    let cells = cells.iter().flat_map(|cells| seen(cells, reading, marks.iter().map(String::as_str)));
    let mut values: Vec<f64> = cells.filter_map(value).collect();
    // Most columns need not be sorted.
    let [lowest, highest] = values
        .iter()
        .fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], value| [value.min(low), value.max(high)]);
    if !LOW.contains(&lowest) && !REFUSED.contains(&lowest) && !HIGH.contains(&highest) {
        return Vec::new();
    }
    values.sort_unstable_by(f64::total_cmp);
    let (low, values) = values.split_at(lows(&values));
    let (values, high) = values.split_at(values.len() - highs(values));
    let found = low.chunk_by(f64::eq).chain(high.chunk_by(f64::eq)).map(|equal| equal[0]);
    if low.len() + high.len() <= values.len() { found.collect() } else { Vec::new() }
}

/// How many of the lowest values stand for none.
fn lows(sorted: &[f64]) -> usize {
    let usual = |known: &dyn Fn(f64) -> bool| {
        let equal = sorted.chunk_by(f64::eq).take_while(|equal| equal.len() > 1 && known(equal[0]));
        sorted.split_at(equal.map(<[f64]>::len).sum())
    };
    let (found, others) = usual(&|value| LOW.contains(&value));
    if let (Some(last), Some(next)) = (found.last(), others.first())
        && next - last > quantile(others, 0.75) - next
        && !found.iter().any(|value| others.contains(&-value))
    {
        return found.len();
    }
    // Among counts and ages only a code is below 0, unless it is paid back as often as not.
    let (found, others) = usual(&|value| LOW.contains(&value) || REFUSED.contains(&value));
    let times = |sought: f64| sorted.iter().filter(|&&value| value == sought).count();
    let natural = others.iter().all(|value| *value >= 0.0 && value.fract() == 0.0);
    let paid_back = found.chunk_by(f64::eq).any(|equal| times(-equal[0]) >= equal.len());
    if natural && !paid_back { found.len() } else { 0 }
}

/// How many of the highest values stand for none.
fn highs(sorted: &[f64]) -> usize {
    let equal =
        sorted.chunk_by(f64::eq).rev().take_while(|equal| equal.len() > 1 && HIGH.contains(&equal[0]));
    let count = equal.map(<[f64]>::len).sum();
    let (others, found) = sorted.split_at(sorted.len() - count);
    let (Some(first), Some(next)) = (found.first(), others.last()) else { return 0 };
    let spread = next - quantile(others, 0.25);
    let paid_back = found.iter().any(|value| others.contains(&-value));
    let coded = found.iter().all(|&code| code >= 100.0 || are_as_coarse(others, code));
    if spread > 0.0 && first - next > spread && coded && !paid_back { count } else { 0 }
}

/// Whether values have no more decimals than `code`, which has one at most: beside `12.49` and `7.50`, 99 is a price.
fn are_as_coarse(values: &[f64], code: f64) -> bool {
    let scale = if code.fract() == 0.0 { 1.0 } else { 10.0 };
    values.iter().all(|value| ((value * scale).round() - value * scale).abs() < 1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(values: &[f64]) -> Vec<f64> {
        stand_ins(&[Cells::Numbers(values.to_vec().into())], &Reading::Number, &[])
    }

    fn found(values: &[f64]) -> Option<f64> {
        all(values).first().copied()
    }

    #[test]
    fn only_usual_repeated_far_and_lowest_numbers_stand_for_none() {
        let with = |more: &[f64]| [&[12.5, 14.0, -3.0, 21.0, 18.5, 16.0], more].concat();
        assert_eq!(found(&with(&[-999.0, -999.0])), Some(-999.0));
        assert_eq!(found(&with(&[-99.9, -99.9, -99.9])), Some(-99.9));
        assert_eq!(found(&with(&[-999.0, -999.0, 5e6])), Some(-999.0), "one high value does not hide it");
        for more in [
            &[-999.0][..],
            &[-998.0, -998.0],
            &[-999.0, -999.0, -1500.0],
            &[-999.0, -999.0, 999.0],
            &[-999.0, -999.0, 3000.0, 4000.0, 5000.0],
        ] {
            assert_eq!(found(&with(more)), None, "{more:?}");
        }
        assert_eq!(found(&[-999.0, -999.0, -999.0, 1.0, 2.0]), None, "most cells");
        assert_eq!(found(&[-999.0; 4]), None);
    }

    #[test]
    fn codes_of_surveys_and_the_largest_numbers_stand_for_none() {
        let answers =
            |more: &[f64]| all(&[&[1.0, 2.0, 3.0, 4.0, 5.0, 4.0, 2.0, 1.0, 3.0, 9.0], more].concat());
        assert_eq!(answers(&[99.0; 3]), [99.0]);
        assert_eq!(answers(&[-9.0, -9.0, -8.0, -8.0, 99.0, 99.0]), [-9.0, -8.0, 99.0]);
        assert_eq!(answers(&[998.0, 998.0, 999.0, 999.0]), [998.0, 999.0]);
        let ages = |more: &[f64]| all(&[&[20.0, 77.0, 31.0, 45.0, 62.0, 58.0, 39.0, 300.0], more].concat());
        assert_eq!(ages(&[-9.0, -9.0, -8.0, -8.0]), [-9.0, -8.0]);
        assert_eq!(ages(&[32_767.0, 32_767.0]), [32_767.0]);
        assert_eq!(all(&[-4.0, 3.5, -1.0, -999.0, -999.0, -9.0, -9.0]), [-999.0], "-9 degrees are some");
        for more in [
            &[99.0][..],
            &[99.0, 99.0],
            &[-9.0],
            &[-9.0, -9.0, -1.0],
            &[-9.0, -9.0, 9.0, 9.0],
            &[-9.0, -9.0, 0.5],
        ] {
            assert!(ages(more).is_empty(), "{more:?}");
        }
        assert!(all(&[0.0, 0.0, 0.0, 0.0, 999.0, 999.0]).is_empty(), "beside one value");
        let prices = [4.5, 7.25, 9.99, 12.49, 6.0, 8.75, 99.0, 99.0];
        assert!(all(&prices).is_empty(), "a price");
    }
}
