//! Usage and paths that cannot work: told in a sentence, exit code 2, nothing written.

use crate::fixture::Place;

const TABLE: &str = "a,b\n1,2\n3,4\n5,9\n";

#[test]
fn unknown_words_are_refused() {
    let place = Place::new();
    place.lfr("ranks pile").refused("unrecognized subcommand 'ranks'");
    place.lfr("rank").refused("<INPUT>");
    place.lfr("rank pile --epoch 3").refused("--epochs");
    place.lfr("rank pile --epochs many").refused("invalid value 'many'");
    place.lfr("rank pile --format xml").refused("csv, parquet, jsonl");
    place.lfr("rank pile --top-k 3 --contamination 0.1").refused("cannot be used with");
    place.lfr("rank pile --label y --labels y.csv").refused("cannot be used with");
}

#[test]
fn settings_out_of_range_are_refused_before_the_data_is_read() {
    let place = Place::new();
    for (flags, message) in [
        ("--image-size 30", "`image_size` = 30: must be a multiple of 8"),
        ("--max-bad-fraction 2", "`max_bad_fraction` = 2"),
        ("--contamination 1.5", "`contamination` = 1.5"),
        ("--threshold auto:magic", "`threshold` = magic: the rules are two-stage, mad, iqr, otsu"),
        ("--threshold much", "`threshold` = much: must be a number, `auto`, or `auto:RULE`"),
        ("--method magic", "`method` = magic"),
        ("--device abacus", "device abacus: unknown"),
        ("--threads 0", "`threads` = 0: must be at least 1"),
        ("--labels absent.csv", "cannot read absent.csv"),
    ] {
        place.lfr(&format!("rank pile {flags}")).refused(message);
    }
    assert!(place.names().is_empty());
}

#[test]
fn an_input_that_is_not_there_is_named() {
    let place = Place::new();
    for command in ["rank pile", "fit pile"] {
        place.lfr(command).refused("pile");
    }
    place.lfr("score absent.safetensors pile").refused("cannot read absent.safetensors: No such file");
    place.lfr("report absent").refused("cannot read absent/run.json: No such file");
    assert!(place.names().is_empty());
}

#[test]
fn what_is_there_is_not_overwritten() {
    let place = Place::with("pile.csv", TABLE);
    std::fs::create_dir(place.path("pile-lfr")).unwrap();
    place.write("pile.safetensors", "mine");
    place.write("scores.csv", "mine");
    place.lfr("rank pile.csv").refused("pile-lfr exists already; choose another place or pass --force");
    place.lfr("fit pile.csv").refused("pile.safetensors exists already");
    place.lfr("score pile.safetensors pile.csv -o scores.csv").refused("scores.csv exists already");
    assert_eq!((place.read("pile.safetensors"), place.read("scores.csv")), ("mine".into(), "mine".into()));
}

#[test]
fn force_spares_what_no_run_wrote() {
    let place = Place::with("pile.csv", TABLE);
    std::fs::create_dir(place.path("out")).unwrap();
    place.write("out/thesis.tex", "years");
    place.lfr("rank pile.csv -o out --force").refused("it holds thesis.tex, which lfr did not write");
    assert_eq!(place.read("out/thesis.tex"), "years");
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let place = Place::with("pile.csv", TABLE);
    place.lfr("rank pile.csv -o absent/out").refused("absent/out");
    assert_eq!(place.names(), ["pile.csv"]);
}
