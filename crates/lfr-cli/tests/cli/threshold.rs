//! `lfr threshold`.

use crate::fixture::Place;

const SCORES: &str = "id,anomaly_score,label\na,0.5,0\nb,9,1\n\"c,d\",2,0\ne,1,0\n";

#[test]
fn flagged_items_come_ranked_on_stdout() {
    let place = Place::with("scores.csv", SCORES);
    let run = place.lfr("threshold scores.csv --top-k 2");
    assert!(run.stderr.starts_with("flags 2 of 4 items, scores above 1: "), "{}", run.stderr);
    let expected = "id,anomaly_score,anomaly_rank,anomaly_percentile\nb,9.0,1,1.0\n\"c,d\",2.0,2,0.75\n";
    assert_eq!(run.ok(), expected);
    assert_eq!(place.names(), ["scores.csv"]);
}

#[test]
fn every_rule_is_reachable() {
    let place = Place::with("scores.csv", SCORES);
    let flagged =
        |flags: &str| place.lfr(&format!("threshold scores.csv -q {flags}")).ok().lines().count() - 1;
    assert_eq!(flagged("--threshold 1.5"), 2);
    assert_eq!(flagged("--threshold -1"), 4);
    assert_eq!(flagged("--contamination 0.25"), 1);
    for rule in
        ["", "--threshold auto", "--threshold auto:mad", "--threshold auto:iqr", "--threshold auto:otsu"]
    {
        assert_eq!(flagged(rule), 1, "{rule}");
    }
}

#[test]
fn quiet_says_nothing_and_json_is_json() {
    let place = Place::with("scores.csv", SCORES);
    assert_eq!(place.lfr("threshold scores.csv -q --top-k 1").stderr, "");
    let json: serde_json::Value =
        serde_json::from_str(&place.lfr("threshold scores.csv --json --top-k 1").ok()).unwrap();
    assert_eq!((&json["items"], &json["threshold"]["value"]), (&4.into(), &2.0.into()));
    assert_eq!(json["flagged"][0]["id"], "b");
}

#[test]
fn a_whole_file_can_be_written_in_every_form() {
    let place = Place::with("scores.csv", SCORES);
    for name in ["out.csv", "out.jsonl", "out.parquet"] {
        assert_eq!(place.lfr(&format!("threshold scores.csv --top-k 1 -o {name}")).ok(), "");
        assert_eq!(place.lfr(&format!("threshold {name} -q --top-k 1")).ok().lines().count(), 2);
    }
    let csv = place.read("out.csv");
    let mut lines = csv.lines();
    assert_eq!(lines.next(), Some("id,anomaly_score,anomaly_rank,anomaly_percentile,outlier,label"));
    assert_eq!(lines.nth(1), Some("b,9.0,1,1.0,true,1"));
    place.lfr("threshold scores.csv -o out.csv").refused("out.csv exists already");
    place.lfr("threshold scores.csv -o out.csv --force").ok();
}

#[test]
fn a_run_folder_stands_for_its_scores() {
    let place = Place::new();
    std::fs::create_dir(place.path("out")).unwrap();
    place.write("out/scores.csv", SCORES);
    assert_eq!(place.lfr("threshold out -q --top-k 1").ok().lines().count(), 2);
}

#[test]
fn bad_score_files_are_refused() {
    let place = Place::new();
    for (content, message) in [
        ("", "not a score file"),
        ("a,b\n1,2\n", "not a score file: no column anomaly_score, only a, b"),
        ("id,anomaly_score\n", "scores.csv is empty: it holds no scores"),
        (
            "id,anomaly_score\na,1\nb,NaN\n",
            "scores.csv: line 3: anomaly_score is missing or not a finite number",
        ),
        ("id,anomaly_score\na,1\nb\n", "line: 3"),
    ] {
        place.write("scores.csv", content);
        place.lfr("threshold scores.csv -o out.csv").refused(message);
    }
    place.write("scores.parquet", "PAR1");
    place.lfr("threshold scores.parquet").refused("scores.parquet: ");
    place.lfr("threshold scores.txt").refused("the name of a score file ends in .csv, .jsonl or .parquet");
    place
        .lfr("threshold scores.csv -o out.xml")
        .refused("the name of a score file ends in .csv, .jsonl or .parquet");
    place.lfr("threshold absent.csv").refused("cannot read absent.csv: No such file");
    assert_eq!(place.names(), ["scores.csv", "scores.parquet"]);
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_failure() {
    use std::io::Write;
    use std::process::Stdio;
    let place = Place::new();
    let mut file = std::fs::File::create(place.path("scores.csv")).unwrap();
    writeln!(file, "anomaly_score").unwrap();
    (0..200_000).for_each(|i| writeln!(file, "{i}").unwrap());
    let mut child = place
        .command("threshold scores.csv -q --threshold -1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), String::from_utf8(output.stderr).unwrap()), (Some(0), String::new()));
}
