//! Rows below a table that are no part of it.

use serde_json::Value;

use crate::fixture::Place;

/// The identifiers of the ranking of the file `name`, most anomalous first, and what was said.
fn ranking(place: &Place, name: &str, flags: &str) -> (Vec<String>, String) {
    place.ranking(&format!("{name} --method knn {flags}"))
}

/// Forty sales below their names, with 900 in row 17, and `last` behind them.
fn sales(last: &str) -> String {
    let amount = |i: usize| if i == 17 { 900 } else { 20 + i * 7 % 13 };
    let row = |i: usize| {
        format!(
            "{:02}.{:02}.2024;{};{},50;{}\n",
            i % 28 + 1,
            i / 28 + 1,
            ["tea", "rice"][i % 2],
            amount(i),
            i % 3
        )
    };
    format!("Tag;Text;Betrag;Anzahl\n{}{last}", (0..40).map(row).collect::<String>())
}

#[test]
fn totals_and_remarks_are_left_out_and_said() {
    for (last, note) in [
        ("Summe;;1.932,00;39\n", "row 40 (`Summe 1.932,00 39`)"),
        ("Gesamt;;;\n", "row 40 (`Gesamt`)"),
        (";Mittelwert;48,30;1\n", "row 40 (`Mittelwert 48,30 1`)"),
        ("Kontostand am 10.02.2024;;1.234,56;\n", "row 40"),
        (";;;\nExport created on 2024-03-01\n", "row 41 (`Export created on 2024-03-01`)"),
        ("Summe;;1.932,00;39\nExportiert am 1.3.2024;;;\n", "rows 40 to 41"),
    ] {
        let place = Place::with("a.csv", sales(last));
        let (ids, said) = ranking(&place, "a.csv", "");
        assert_eq!((ids.len(), ids[0].as_str()), (40, "17"), "{last}: {said}");
        assert!(said.contains(note) && said.contains("footer of the table"), "{last}: {said}");
        let record: Value = serde_json::from_str(&place.read("out/run.json")).unwrap();
        assert!(record["warnings"].to_string().contains("footer of the table"), "{}", record["warnings"]);
        assert!(place.lfr("columns a.csv").ok().contains("footer of the table"));
        let (ids, said) = ranking(&place, "a.csv", "--keep-footer --max-bad-fraction 0.5");
        assert!(ids.len() >= 40 && !said.contains("footer"), "{last}: {said}");
    }
}

#[test]
fn an_outlier_in_the_last_row_is_kept() {
    for last in [
        "10.02.2024;tea;99.000,00;1\n",
        "10.02.2024;Total;99.000,00;1\n",
        "10.02.2024;;99.000,00;\n",
        ";;99.000,00;\n",
        "Total;tea;99.000,00;1\n",
        "10.02.1900;tea;-99.000,00;1\n",
    ] {
        let place = Place::with("a.csv", sales(last));
        let (ids, said) = ranking(&place, "a.csv", "");
        assert_eq!((ids.len(), ids[0].as_str()), (41, "40"), "{last}: {said}");
        assert!(!said.contains("footer"), "{last}: {said}");
    }
}

#[test]
fn a_model_leaves_the_footer_of_new_data_out_too() {
    let place = Place::with("a.csv", sales("Summe;;1.932,00;39\n"));
    place.lfr("fit a.csv -o m.safetensors --method knn").ok();
    let run = place.lfr("score m.safetensors a.csv");
    assert!(run.stderr.contains("row 40 (`Summe 1.932,00 39`)"), "{run:?}");
    assert_eq!(run.ok().lines().count(), 41);
    let run = place.lfr("score m.safetensors a.csv --keep-footer");
    assert_eq!(run.ok().lines().count(), 42);
}
