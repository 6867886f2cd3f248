use super::*;
use crate::arrow::array::{Float64Array, StringArray};
use proptest::prelude::*;
use std::sync::Arc;

fn text(cells: &[&str]) -> ArrayRef {
    Arc::new(StringArray::from(cells.to_vec()))
}

fn numbers(values: &[f64]) -> ArrayRef {
    Arc::new(Float64Array::from(values.to_vec()))
}

fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
    RecordBatch::try_from_iter(columns.iter().cloned()).unwrap()
}

fn fit(columns: &[(&str, ArrayRef)]) -> (TableEncoder, Vec<String>) {
    TableEncoder::fit(&[&batch(columns)], &TableOptions::default()).unwrap()
}

#[test]
fn columns_are_matched_by_name_and_absent_ones_are_named() {
    let (encoder, _) = fit(&[("a", numbers(&[1.0, 2.0, 4.0])), ("b", numbers(&[5.0, 1.0, 3.0]))]);
    let same = encoder.apply(&batch(&[("a", numbers(&[2.0])), ("b", numbers(&[3.0]))])).unwrap();
    let turned = batch(&[("b", numbers(&[3.0])), ("new", text(&["x"])), ("a", text(&["2"]))]);
    assert_eq!(encoder.apply(&turned).unwrap(), same);
    let message = encoder.apply(&batch(&[("c", numbers(&[1.0]))])).unwrap_err().to_string();
    assert!(message.contains("expected a, b") && message.contains("among c"), "{message}");
}

#[test]
fn numbers_that_became_text_are_missing_or_another_column() {
    let (encoder, _) = fit(&[("a", numbers(&[1.0, 2.0, 4.0]))]);
    assert!(encoder.apply(&batch(&[("a", text(&["2", "oops"]))])).is_ok());
    let message = encoder.apply(&batch(&[("a", text(&["oops"; 16]))])).unwrap_err().to_string();
    assert!(message.contains("column `a`: expected numbers"), "{message}");
}

#[test]
fn the_only_prose_is_found_and_row_numbers_do_not_stand_in_for_it() {
    let prose: Vec<String> = (0..12)
        .map(|i| format!("Letter {i}: we had a fine day at the sea and will come again next summer."))
        .collect();
    let prose = text(&prose.iter().map(String::as_str).collect::<Vec<_>>());
    let count = numbers(&(0..12).map(f64::from).collect::<Vec<_>>());
    let lists: Vec<String> = (0..12).map(|i| format!("[{i}, 0.{i}, 1, 2, 3, 4]")).collect();
    let lists = text(&lists.iter().map(String::as_str).collect::<Vec<_>>());
    let only = |columns: &[(&str, ArrayRef)]| {
        TableEncoder::only_prose(&[&batch(columns)], &TableOptions::default()).unwrap()
    };
    let fits = |columns: &[(&str, ArrayRef)]| {
        TableEncoder::fit(&[&batch(columns)], &TableOptions::default()).map(|_| ()).map_err(|e| e.to_string())
    };
    let two = [("id", count.clone()), ("review", prose.clone())];
    assert_eq!(only(&two), Some("review".into()));
    assert!(fits(&two).unwrap_err().contains("rank one as text by --text NAME"));
    let many = numbers(&(0..12).map(|i| f64::from(i * i % 7)).collect::<Vec<_>>());
    assert_eq!(only(&[("stars", many), ("review", prose.clone())]), None);
    assert_eq!(only(&[("review", prose.clone()), ("answer", prose)]), None);
    assert!(fits(&[("id", count.clone()), ("vec", lists)]).is_err());
    assert!(fits(&[("id", count)]).is_ok(), "alone it is all there is");
}

#[test]
fn equal_rows_keep_a_column_and_no_column_is_an_error() {
    let (encoder, said) = fit(&[("a", numbers(&[3.0; 4])), ("b", text(&["x"; 4]))]);
    assert_eq!((encoder.width(), said.len()), (3, 2));
    assert!(said[0].ends_with("all its values are equal; used because there is nothing else"), "{said:?}");
    let rows = encoder.apply(&batch(&[("a", numbers(&[3.0; 4])), ("b", text(&["x"; 4]))])).unwrap();
    assert!((1..4).all(|i| rows.row(i) == rows.row(0)));
    let nothing = batch(&[("a", text(&["", ""]))]);
    let message = TableEncoder::fit(&[&nothing], &TableOptions::default()).unwrap_err().to_string();
    assert!(message.contains("column `a` left out: all its values are missing"), "{message}");
}

#[test]
fn a_row_without_a_value_has_no_features() {
    let (encoder, _) = fit(&[("a", text(&["1", "2", "4", "-"])), ("c", text(&["x", "y", "x", "NA"]))]);
    let rows =
        encoder.apply(&batch(&[("a", text(&["", "-", "oops", "3"])), ("c", text(&["?", "x", "", ""]))]));
    let rows = rows.unwrap();
    let blank: Vec<bool> = (0..4).map(|i| rows.row(i).iter().all(|value| value.is_nan())).collect();
    assert_eq!(blank, [true, false, false, false]);
    let old = TableEncoder { sets_blank_apart: false, ..encoder };
    let rows = old.apply(&batch(&[("a", text(&[""])), ("c", text(&[""]))])).unwrap();
    assert!(rows.values.iter().all(|value| value.is_finite()), "models of version 0.1");
}

#[test]
fn hundreds_of_flags_share_one_scale() {
    let column = |i: usize| {
        let values: Vec<f64> = (0..200).map(|row| f64::from(u8::from(row % (i + 3) == 0))).collect();
        (format!("f{i}"), numbers(&values))
    };
    let columns: Vec<(String, ArrayRef)> = (0..60).map(column).collect();
    let columns: Vec<(&str, ArrayRef)> = columns.iter().map(|(n, a)| (n.as_str(), Arc::clone(a))).collect();
    let (encoder, _) = fit(&columns);
    let rows = encoder.apply(&batch(&columns)).unwrap();
    let step = |j: usize| {
        (0..200).map(|i| rows.row(i)[j]).fold(f32::MIN, f32::max)
            - (0..200).map(|i| rows.row(i)[j]).fold(f32::MAX, f32::min)
    };
    assert!((step(0) - step(59)).abs() < 1e-4, "{} {}", step(0), step(59));
    let few = fit(&columns[..20]).0.apply(&batch(&columns[..20])).unwrap();
    assert!(few.row(0)[0] != rows.row(0)[0], "a few are standardised each");
}

#[test]
fn what_scoring_has_and_training_had_not_is_said_once() {
    let (encoder, _) = fit(&[("a", text(&["1", "2", "4", "3"])), ("c", text(&["x", "y", "x", "y"]))]);
    let new = batch(&[("a", text(&["9", "", "two", "3"])), ("c", text(&["x", "z", "z", "y"]))]);
    let mut oddities = encoder.no_oddities();
    encoder.apply_noting(&new, &mut oddities).unwrap();
    assert_eq!(
        encoder.odd(&oddities),
        [
            "column `a`: 1 cells that cannot be read as in training count as missing",
            "column `a`: 1 cells are missing where training had none",
            "column `a`: 1 values lie beyond the range of training",
            "column `c`: 2 levels were not in training",
        ]
    );
}

#[test]
fn cells_without_a_value_where_training_had_none_are_strange() {
    let (encoder, _) = fit(&[
        ("a", text(&["1", "2", "4", "3"])),
        ("b", text(&["1", "", "4", "3"])),
        ("c", text(&["x", "y", "x", "y"])),
        ("d", text(&["2024-01-02", "2024-01-03", "2024-01-05", "2024-01-09"])),
    ]);
    let new = batch(&[
        ("a", text(&["2", "", "two", "3", "n/a"])),
        ("b", text(&["2", "", "x", "", "3"])),
        ("c", text(&["x", "z", "", "y", "y"])),
        ("d", text(&["2024-01-03", "2024-01-03", "soon", "2024-01-03", ""])),
    ]);
    let mut oddities = encoder.no_oddities();
    encoder.apply_noting(&new, &mut oddities).unwrap();
    let strange = |gaps: f64| ((4.0 * gaps).sqrt() / (1.0 + (4.0 * gaps).sqrt())) as f32;
    let expected = [0.0, 1.0, 2.0, 0.0, 2.0].map(strange);
    assert_eq!(encoder.strangeness(5, &oddities), expected, "gaps in a and d alone");
    let gaps = encoder.first_gaps(&new, &oddities, |row| row > 1);
    let told = ["`a` is `two`", "`d` is `soon`", "`a` is `n/a`"];
    assert_eq!(gaps, [2, 2, 4].into_iter().zip(told.map(str::to_owned)).collect::<Vec<_>>());
    let typed = batch(&[
        ("a", numbers(&[2.0, f64::NAN, f64::INFINITY])),
        ("b", numbers(&[2.0; 3])),
        ("c", text(&["x"; 3])),
        ("d", text(&["2024-01-03"; 3])),
    ]);
    let mut oddities = encoder.no_oddities();
    encoder.apply_noting(&typed, &mut oddities).unwrap();
    assert_eq!(encoder.strangeness(3, &oddities), [0.0, 1.0, 1.0].map(strange));
    let none = encoder.no_oddities();
    assert!(encoder.strangeness(3, &none).is_empty());
    let old = TableEncoder { readings: vec![], ..encoder };
    assert_eq!(old.strangeness(3, &oddities), [0.0; 3], "models of version 0.1 score as they did");
}

#[test]
fn another_column_is_told_with_what_training_had_and_what_is_there() {
    let days: Vec<String> = (1..21).map(|day| format!("2024-01-{day:02}")).collect();
    let days = text(&days.iter().map(String::as_str).collect::<Vec<_>>());
    let prices: Vec<String> = (0..20).map(|i| format!("{}.5", i * 7 % 19)).collect();
    let prices = text(&prices.iter().map(String::as_str).collect::<Vec<_>>());
    let (encoder, _) = fit(&[("day", days.clone()), ("price", prices.clone())]);
    let message = |columns: &[(&str, ArrayRef)]| encoder.apply(&batch(columns)).unwrap_err().to_string();
    let epochs = message(&[("day", text(&["1710662400000"; 20])), ("price", prices)]);
    assert!(
        epochs.contains(
            "column `day`: expected dates (year-month-day, 2024-01-01 to 2024-01-20), found `1710662400000` and 19 other \
             cells that cannot be read so; write them as in training, or fit a new model"
        ),
        "{epochs}"
    );
    let commas = message(&[("day", days), ("price", text(&["47,5 kg"; 20]))]);
    assert!(
        commas.contains("expected numbers (0.5 to 18.5), found `47,5 kg` and 19 other cells"),
        "{commas}"
    );
}

#[test]
fn a_decision_in_doubt_follows_the_other_columns() {
    let prices = ["12,50", "3,20", "1,99", "7,00"];
    let counts = ["1.250", "2.155", "3.000", "9.800"];
    let range = |columns: &[(&str, ArrayRef)]| {
        let readings = TableEncoder::readings_of(&[&batch(columns)], &TableOptions::default()).unwrap();
        readings.last().unwrap().range.clone().unwrap()
    };
    assert_eq!(range(&[("n", text(&counts))]), ["1.25", "9.8"]);
    assert_eq!(range(&[("p", text(&prices)), ("n", text(&counts))]), ["1250", "9800"]);
    let asked = TableOptions { columns: [("m".into(), AsAsked::Ignore)].into(), ..TableOptions::default() };
    let refused = TableEncoder::readings_of(&[&batch(&[("n", text(&counts))])], &asked).unwrap_err();
    assert!(refused.to_string().contains("no such column"), "{refused}");
}

#[test]
fn runs_of_rows_are_one_table() {
    let (first, second) = (batch(&[("a", numbers(&[1.0, 2.0]))]), batch(&[("a", numbers(&[3.0, 9.0]))]));
    let (whole, _) = fit(&[("a", numbers(&[1.0, 2.0, 3.0, 9.0]))]);
    assert_eq!(TableEncoder::fit(&[&first, &second], &TableOptions::default()).unwrap().0, whole);
}

#[test]
fn survives_json_and_refuses_damage() {
    let (encoder, _) = fit(&[("a", numbers(&[0.1, 0.2, 0.7])), ("b", text(&["x", "y", "x"]))]);
    let json = serde_json::to_string(&encoder).unwrap();
    assert_eq!(serde_json::from_str::<TableEncoder>(&json).unwrap(), encoder);
    assert!(encoder.validate().is_ok());
    let spread = json.replace("\"spread\":", "\"spread\":-");
    assert!(serde_json::from_str::<TableEncoder>(&spread).unwrap().validate().is_err());
    assert!(TableEncoder { columns: vec![], readings: vec![], sets_blank_apart: true }.validate().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn whatever_is_scored_is_finite_and_by_itself(
        train in prop::collection::vec(("[ab]?|NA", any::<f64>()), 2..30),
        new in prop::collection::vec(("\\PC{0,4}|-?[0-9]{1,3}", any::<f64>()), 1..10),
    ) {
        let table = |rows: &[(String, f64)]| {
            let (texts, values): (Vec<&str>, Vec<f64>) = rows.iter().map(|(t, v)| (t.as_str(), *v)).unzip();
            batch(&[("t", text(&texts)), ("v", numbers(&values))])
        };
        if let Ok((encoder, _)) = TableEncoder::fit(&[&table(&train)], &TableOptions::default()) {
            let all = encoder.apply(&table(&new)).unwrap();
            for (i, row) in new.iter().enumerate() {
                let alone = encoder.apply(&table(std::slice::from_ref(row))).unwrap();
                let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                prop_assert_eq!(bits(alone.row(0)), bits(all.row(i)));
                let blank = all.row(i).iter().all(|value| value.is_nan());
                prop_assert!(blank || all.row(i).iter().all(|value| value.is_finite()));
            }
        }
    }
}
