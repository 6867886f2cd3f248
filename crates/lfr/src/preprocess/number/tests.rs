use super::*;
use crate::preprocess::reading::{DateOrder, NumberFormat};
use crate::preprocess::seen::Oddity;
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
    assert_eq!((number.missing, number.limits, number.marks[0].share, number.width()), (0.2, 0.1, 0.2, 4));
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
