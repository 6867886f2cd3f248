//! What is read and where results go: endless files, other encodings, places that cannot be written, files of others.

use crate::bench::{GRID, place as bench};
use crate::fixture::Place;

/// A folder with a pile and a result of it.
fn ranked() -> Place {
    let row = |i: usize| format!("r{i},{},{}\n", i * 7 % 11, i * 5 % 13);
    let place = Place::with("pile.csv", format!("id,a,b\n{}", (0..30).map(row).collect::<String>()));
    place.lfr("rank pile.csv --id id --method pca -q").ok();
    place
}

#[cfg(target_os = "linux")]
#[test]
fn endless_files_are_refused() {
    let place = ranked();
    std::fs::create_dir(place.path("run")).unwrap();
    for path in ["run/run.json", "zero.csv", "zero.parquet", "zero.jsonl"] {
        std::os::unix::fs::symlink("/dev/zero", place.path(path)).unwrap();
    }
    assert!(std::process::Command::new("mkfifo").arg(place.path("pipe")).status().unwrap().success());
    for file in ["/dev/zero", "pipe"] {
        let message = format!("{file}: not a regular file");
        for line in [
            "rank pile.csv -o out --config",
            "rank pile.csv -o out --labels",
            "rank pile.csv -o out --method elite-ae --labels-known",
            "bench plan",
            "inspect",
        ] {
            place.lfr(&format!("{line} {file}")).refused(&message);
        }
        place.lfr(&format!("score {file} pile.csv")).refused(&message);
    }
    for line in ["report run", "threshold zero.csv", "threshold zero.parquet", "threshold zero.jsonl"] {
        place.lfr(line).refused("not a regular file");
    }
}

#[test]
fn text_that_is_not_utf_8_is_the_users_to_mend() {
    let place = ranked();
    place.write("latin.csv", b"id,label\nr1,0\nr\xe9,1\n");
    place.write("latin.toml", b"# \xe9\nseed = 1\n");
    place.lfr("rank pile.csv -o out --labels latin.csv").refused("latin.csv: line 3 is not UTF-8");
    place.lfr("rank pile.csv -o out --config latin.toml").refused("latin.toml: line 1 is not UTF-8");
    place.lfr("bench plan latin.toml").refused("latin.toml: line 1 is not UTF-8");
}

#[test]
fn a_place_that_cannot_be_written_is_known_before_the_work() {
    let place = ranked();
    std::fs::create_dir(place.path("folder.csv")).unwrap();
    for line in [
        "fit pile.csv --method pca -o absent/m.safetensors",
        "fit pile.csv --method pca -o folder.csv --force",
        "score pile-lfr/model.safetensors pile.csv -o absent/s.csv",
        "score pile-lfr/model.safetensors pile.csv -o folder.csv --force",
        "threshold pile-lfr -o absent/s.csv",
        "report pile-lfr -o absent/page.html",
    ] {
        let run = place.lfr(line);
        assert!(!run.stderr.contains("reading") && !run.stderr.contains("scoring"), "{line}: {run:?}");
        assert!(!run.stderr.contains(".tmp"), "{line}: {run:?}");
        run.refused("lfr: ");
    }
    assert_eq!(place.names(), ["folder.csv", "pile-lfr", "pile.csv"]);
}

#[test]
fn pages_and_figures_of_others_are_not_overwritten() {
    let place = ranked();
    place.write("thesis.html", "years");
    place.lfr("report pile-lfr -o thesis.html").refused("thesis.html exists already");
    assert_eq!(place.read("thesis.html"), "years");
    place.lfr("report pile-lfr -o thesis.html --force").ok();
    assert!(place.read("thesis.html").starts_with("<!DOCTYPE html>"));

    let place = bench();
    place.write("grid.toml", GRID);
    place.lfr("bench run grid.toml --data-dir data -q").ok();
    let first = place.lfr("bench plot grid.toml").ok().lines().next().unwrap().to_owned();
    place.write(&first, "years");
    place.lfr("bench plot grid.toml").refused("exists already");
    assert_eq!(place.read(&first), "years");
    place.lfr("bench plot grid.toml --force").ok();
    assert!(place.read(&first).starts_with("<svg"));
}

#[test]
fn threads_without_number_are_refused() {
    let place = ranked();
    place
        .lfr("rank pile.csv --threads 100000")
        .refused("`threads` = 100000: must be at least 1 and, on this machine,");
    place.write("grid.toml", GRID);
    place.lfr("bench run grid.toml --jobs 65535").refused("`jobs` = 65535: must be at least 1");
}
