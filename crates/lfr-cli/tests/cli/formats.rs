//! One table in many formats gives the same scores.

use std::path::Path;

use crate::fixture::Place;

/// Files that `tests/data/formats/make.py` wrote from one table.
const FILES: [&str; 8] = [
    "visits.csv",
    "visits.tsv",
    "visits.jsonl",
    "visits.json",
    "split.json",
    "visits.parquet",
    "visits.xlsx",
    "visits.ods",
];

#[test]
fn the_same_data_gives_the_same_scores() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/formats");
    let place = Place::new();
    for name in FILES {
        place.write(name, std::fs::read(folder.join(name)).unwrap());
    }
    let mut fitted = Vec::new();
    for (i, name) in FILES.into_iter().enumerate() {
        let run = place.lfr(&format!("fit {name} -o m{i}.safetensors --method knn"));
        assert!(!(run.stderr.contains("warning") || run.stderr.contains("note:")), "{name}: {}", run.stderr);
        run.ok();
        fitted.push(place.lfr(&format!("score m{i}.safetensors {name}")).ok());
        // The model of one format scores every other.
        assert_eq!(place.lfr(&format!("score m0.safetensors {name}")).ok(), fitted[0], "{name}");
    }
    for (name, scores) in FILES.iter().zip(&fitted) {
        assert_eq!(scores, &fitted[0], "{name}");
    }
    let first = fitted[0].lines().skip(1).max_by(|a, b| {
        let score = |line: &str| line.split(',').nth(1).unwrap().parse::<f64>().unwrap();
        score(a).total_cmp(&score(b))
    });
    assert!(first.unwrap().starts_with("41,"), "{first:?}");
}
