//! Numbers that stand for a missing value.

use super::cells::Cells;
use super::reading::Reading;
use super::seen::{Seen, seen};
use crate::statistics::quantile;

/// What instruments and agencies write where they measured nothing.
const STAND_INS: [f64; 10] =
    [-99.9, -99.99, -999.0, -999.9, -999.99, -9999.0, -9999.9, -9999.99, -99_999.0, -999_999.0];

/// The number that stands for a missing value: one of the usual ones, which is the lowest, repeated, in at most half of the
/// cells, and farther below the others than three quarters of those spread. An amount that also occurs without its sign is none:
/// it may be paid back.
pub(super) fn stand_in(cells: &[Cells], reading: &Reading, marks: &[String]) -> Option<f64> {
    let value = |seen: Seen| if let Seen::Value(value) = seen { Some(value) } else { None };
    let cells = cells.iter().flat_map(|cells| seen(cells, reading, marks.iter().map(String::as_str)));
    let mut values: Vec<f64> = cells.filter_map(value).collect();
    let lowest = values.iter().copied().fold(f64::INFINITY, f64::min);
    if !STAND_INS.contains(&lowest) {
        return None;
    }
    values.sort_unstable_by(f64::total_cmp);
    let (found, others) = values.split_at(values.partition_point(|&value| value <= lowest));
    let next = *others.first()?;
    let far = next - lowest > quantile(others, 0.75) - next;
    let repeated = found.len() > 1 && found.len() <= others.len();
    (repeated && far && !others.contains(&-lowest)).then_some(lowest)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(values: &[f64]) -> Option<f64> {
        stand_in(&[Cells::Numbers(values.to_vec().into())], &Reading::Number, &[])
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
}
