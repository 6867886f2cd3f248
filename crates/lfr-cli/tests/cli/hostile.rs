//! Files made to mislead: refused in a sentence, with little memory and no panic.

use std::path::Path;

use crate::fixture::Place;

/// A folder with a pile and the file `name` of those found by attack.
fn place(name: &str) -> Place {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/hostile");
    let place = Place::with(name, std::fs::read(folder.join(name)).unwrap());
    place.write("pile.csv", data(30));
    place
}

/// A table of so many rows.
fn data(rows: usize) -> String {
    let row = |i: usize| format!("r{i},{},{}\n", i * 7 % 11, i * 5 % 13);
    format!("id,a,b\n{}", (0..rows).map(row).collect::<String>())
}

#[test]
fn models_that_ask_for_more_than_they_hold_are_refused() {
    for (name, message) in [
        ("big_k.safetensors", "its settings ask for larger arrays than it holds"),
        ("big_img.safetensors", "its settings ask for larger arrays than it holds"),
        ("huge_k.safetensors", "`k` = 1000000000000000000: must lie between 1 and the size of the latent"),
    ] {
        place(name).lfr(&format!("score {name} pile.csv")).refused(message);
    }
}

#[test]
fn a_workbook_whose_sectors_go_round_in_a_ring_is_refused() {
    place("ring_of_sectors.xls").lfr("columns ring_of_sectors.xls").refused("ring_of_sectors.xls: ");
}

#[test]
fn more_dimensions_than_the_latent_has_are_a_bad_setting() {
    let place = Place::with("pile.csv", data(30));
    for (settings, message) in [
        (
            "k = 1000000000000",
            "`k` = 1000000000000: must lie between 1 and the size of the latent, which is 256",
        ),
        ("k = 200", "`k` = 200: must lie between 1 and the size of the latent, which is 128"),
        ("k = 0", "`k` = 0: must lie between 1"),
    ] {
        place.write("run.toml", format!("[settings.lfr]\n{settings}\n"));
        place.lfr("rank pile.csv --method ae-lfr --epochs 1 --config run.toml").refused(message);
    }
    assert_eq!(place.names(), ["pile.csv", "run.toml"]);
}

#[test]
fn parquet_files_that_promise_what_they_do_not_hold_are_refused() {
    place("scores_8GB.parquet")
        .lfr("threshold scores_8GB.parquet")
        .refused("a dictionary has more values than bytes");
    place("nest10000_threshold.parquet")
        .lfr("threshold nest10000_threshold.parquet")
        .refused("nested deeper than 32 levels");
}

#[test]
fn a_time_that_cannot_be_is_no_panic() {
    let place = Place::with("pile.csv", data(30));
    place.lfr("rank pile.csv --id id --method isolation-forest -q").ok();
    let run = place.read("pile-lfr/run.json");
    let total = run.lines().find(|line| line.contains("\"total\"")).unwrap().to_owned();
    for seconds in ["-1.0", "1e300"] {
        place.write("pile-lfr/run.json", run.replace(&total, &format!("\"total\": {seconds}")));
        place.lfr("report pile-lfr").ok();
    }
}

#[test]
fn a_threshold_beyond_every_score_leaves_a_record_that_can_be_read() {
    let place = Place::with("pile.csv", data(30));
    place.lfr("rank pile.csv --id id --method pca -q --threshold 1e300").ok();
    assert!(!place.read("pile-lfr/run.json").contains("\"value\": null"));
    place.lfr("report pile-lfr").ok();
}

#[test]
fn training_that_diverges_in_its_last_step_says_so() {
    let place = Place::with("pile.csv", data(30));
    let rank = "rank pile.csv --id id --method ae --learning-rate 1e38 --batch-size 30 --epochs";
    let run = place.lfr(&format!("{rank} 1"));
    assert_eq!((run.code, run.stderr.contains("training diverged in epoch 1")), (1, true), "{run:?}");
}

#[test]
fn names_cannot_command_a_terminal() {
    let place = place("esc.safetensors");
    let shown = place.lfr("inspect esc.safetensors").ok();
    assert!(!shown.contains('\u{1b}') && shown.contains(r"\u{1b}]0;PWNED\u{7}\u{1b}[2Jfake"), "{shown}");
    let evil = "\u{1b}[2J\u{202e}gnp";
    place.write("columns.csv", data(30).replace("id,a", &format!("id,{evil}")));
    let run = place.lfr("columns columns.csv");
    assert!(
        run.stdout.contains(r"\u{1b}[2J\u{202e}gnp") && !run.stdout.contains(['\u{1b}', '\u{202e}']),
        "{run:?}"
    );
    let rows: String = (0..30).map(|i| format!("\"{evil}\n{i}\",{},{}\n", i * 7 % 11, i * 5 % 13)).collect();
    place.write("names.csv", format!("id,a,b\n{rows}"));
    let run = place.lfr("rank names.csv --id id --method pca");
    assert!(run.stdout.contains(r"\u{1b}[2J\u{202e}gnp\n"), "{run:?}");
    assert!(!(run.stdout.clone() + &run.stderr).contains(['\u{1b}', '\u{202e}']), "{run:?}");
    assert!(!place.read("names-lfr/report.html").contains(['\u{1b}', '\u{202e}']));
    for line in [format!("rank {evil}"), format!("rank pile.csv --{evil}"), format!("inspect {evil}")] {
        let run = place.lfr(&line);
        assert!(!run.stderr.contains(['\u{1b}', '\u{202e}']) && run.code == 2, "{run:?}");
    }
}

#[test]
fn long_errors_are_cut() {
    let place = Place::with("scores.csv", format!("{}\n", vec!["column"; 100_000].join(",")));
    let run = place.lfr("threshold scores.csv");
    assert!(run.stderr.chars().count() < 2100, "{} letters", run.stderr.len());
    run.refused("not a score file");
}

#[test]
fn formulas_are_kept_from_spreadsheets_when_asked() {
    let place = Place::with("pile.csv", data(30).replace("r7,", "=1+2,"));
    place.lfr("rank pile.csv --id id --method pca -q").ok();
    place.lfr("rank pile.csv --id id --method pca -q --safe-csv -o safe").ok();
    assert!(place.read("pile-lfr/scores.csv").contains("\n=1+2,"));
    assert!(place.read("safe/scores.csv").contains("\n'=1+2,"));
    place.lfr("report safe").ok();
    let model = "score safe/model.safetensors pile.csv";
    assert!(place.lfr(&format!("{model} --safe-csv")).ok().contains("\n'=1+2,"));
    assert!(place.lfr(model).ok().contains("\n=1+2,"));
}
