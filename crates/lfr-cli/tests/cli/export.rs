//! `lfr export`. What the graphs compute is tested with a runtime, in crates/lfr-py.

use crate::fixture::Place;

/// A folder with the model `m.safetensors` of a table, one column of which is `extra`.
fn place(extra: fn(usize) -> String) -> Place {
    let rows = (0..60).map(|i| format!("{},{},{}\n", i % 7, ["a", "b", "c"][i % 3], extra(i)));
    let place = Place::with("t.csv", format!("size,kind,extra\n{}", rows.collect::<String>()));
    place.lfr("fit t.csv -o m.safetensors -q").ok();
    place
}

#[test]
fn a_model_is_written_beside_it_and_only_once() {
    let place = place(|i| format!("2024-01-{:02} 10:00", 1 + i % 28));
    let run = place.lfr("export onnx m.safetensors");
    assert_eq!((run.code, run.stdout.as_str()), (0, ""));
    assert_eq!(run.stderr, "see m.onnx\n");
    let bytes = std::fs::read(place.path("m.onnx")).unwrap();
    // IR version 8, by the producer lfr.
    assert_eq!(bytes[..7], [0x08, 8, 0x12, 3, b'l', b'f', b'r']);
    for part in
        ["anomaly_score", "categories", "quantiles", "seconds since 1970", "TreeEnsembleRegressor", "TopK"]
    {
        assert!(bytes.windows(part.len()).any(|window| window == part.as_bytes()), "{part}");
    }
    let again = place.lfr("export onnx m.safetensors");
    again.refused("--force");
    place.lfr("export onnx m.safetensors --force").ok();
    place.lfr("export onnx m.safetensors -o other.onnx").ok();
    assert!(std::fs::read(place.path("other.onnx")).unwrap() == bytes);
}

#[test]
fn what_a_number_cannot_tell_is_refused() {
    let place = place(|i| if i % 9 == 0 { "<0.5".into() } else { format!("{}.25", i % 11) });
    place.lfr("export onnx m.safetensors").refused("column `extra` tells marks, limits");
    assert!(!place.path("m.onnx").exists());
}

#[test]
fn what_is_no_model_is_refused() {
    let place = Place::with("t.csv", "a,b\n1,2\n");
    place.lfr("export onnx t.csv").refused("not a usable model");
    place.lfr("export pickle t.csv").refused("invalid value 'pickle'");
}
