//! `--config`: every flag a key, flags win, unknown keys are named.

use crate::fixture::Place;

const SCORES: &str = "id,anomaly_score\na,1\nb,2\nc,3\nd,9\n";

#[test]
fn keys_are_flags_and_flags_win() {
    let place = Place::with("scores.csv", SCORES);
    place.write("cut.toml", "top_k = 2\nquiet = true\n");
    let run = place.lfr("threshold scores.csv --config cut.toml");
    assert_eq!(run.stderr, "");
    assert_eq!(run.ok().lines().count(), 3);
    assert_eq!(place.lfr("threshold scores.csv --config cut.toml --top-k 1").ok().lines().count(), 2);
    assert_eq!(place.lfr("threshold scores.csv --config cut.toml --threshold 0").ok().lines().count(), 5);
}

#[test]
fn bad_files_are_refused_by_name() {
    let place = Place::with("scores.csv", SCORES);
    for (content, message) in [
        (
            "topk = 2",
            "bad setting `topk` = 2: `lfr threshold` has no such setting; there are top_k, contamination",
        ),
        ("scores = \"x\"", "bad setting `scores`"),
        ("quiet = 1", "bad setting `quiet` = 1: must be true or false (in cut.toml)"),
        ("top_k = \"many\"", "lfr: cut.toml: invalid value 'many' for '--top-k <N>'"),
        ("top_k = [1, 2]", "must be a single text or number"),
        ("contamination = 7", "`contamination` = 7"),
        ("top_k", "cut.toml: "),
    ] {
        place.write("cut.toml", content);
        place.lfr("threshold scores.csv --config cut.toml").refused(message);
    }
    place.lfr("threshold scores.csv --config absent.toml").refused("cannot read absent.toml: No such file");
    place.write("rank.toml", "[settings]\nmagic = 1\n");
    place.lfr("rank scores.csv --config rank.toml").refused("magic");
    assert_eq!(place.names(), ["cut.toml", "rank.toml", "scores.csv"]);
}
