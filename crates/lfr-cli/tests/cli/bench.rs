//! `lfr bench`: plans, sweeps, tables and figures of a grid that takes a moment.

use std::collections::BTreeMap;

use crate::fixture::{Place, names};
use crate::mnist;

/// Eight runs: two methods on two classes at two ratios.
pub const GRID: &str = r#"
    title = "Tiny"
    reason = "as small as can be"
    dataset = ["mnist"]
    inlier = ["3", "7"]
    ratio = [0.25, 0.5]
    seed = [0]
    [[method]]
    method = "isolation-forest"
    label = "Forest"
    [[method]]
    method = "pca"
    label = "PCA"
"#;

/// Four runs more, which train a network.
pub const TRAINED: &str = r#"
    [[method]]
    method = "ae"
    label = "AE"
    settings = { schedule = { epochs = 2 } }
    curve = true
    histogram = true
"#;

const RUN: &str = "bench run grid.toml --data-dir data";

/// A folder with the grid and its data set.
pub fn place() -> Place {
    let place = Place::with("grid.toml", GRID);
    mnist::lay(&place.path("data/mnist"));
    place
}

/// The records of a folder by file name, without what may differ from run to run: seconds and memory.
pub fn records(place: &Place, folder: &str) -> BTreeMap<String, String> {
    let record = |name: String| {
        let text = place.read(&format!("{folder}/{name}"));
        let (result, run) = text.split_once("\"run\":{").unwrap_or_else(|| panic!("{name} is no record"));
        let timing = |field: &&str| field.starts_with("\"seconds\"") || field.starts_with("\"peak_memory\"");
        let kept: Vec<&str> = run.split(',').filter(|field| !timing(field)).collect();
        (name, result.to_owned() + &kept.join(","))
    };
    names(&place.path(folder)).into_iter().map(record).collect()
}

/// The first words of the lines of `text`.
fn first_words(text: &str) -> Vec<&str> {
    text.lines().filter_map(|line| line.split([' ', '\t']).next()).collect()
}

/// The names of the planned records, sorted.
fn planned(place: &Place) -> Vec<String> {
    let plan = place.lfr("bench plan grid.toml").ok();
    let mut names: Vec<_> = first_words(&plan).iter().map(|hash| format!("{hash}.json")).collect();
    names.sort();
    names
}

#[test]
fn a_plan_lists_the_runs_with_their_hashes() {
    let place = Place::with("grid.toml", GRID);
    let plan = place.lfr("bench plan grid.toml").ok();
    let runs: Vec<_> = plan.lines().filter_map(|line| line.split_once(' ')).collect();
    assert_eq!(runs.len(), 8);
    assert_eq!(runs[0].1, "isolation-forest on mnist/3, c = 0.25, seed 0");
    assert_eq!(runs[7].1, "pca on mnist/7, c = 0.5, seed 0");
    assert!(runs.iter().all(|(hash, _)| hash.len() == 16 && hash.chars().all(|c| c.is_ascii_hexdigit())));
    let mut hashes: Vec<_> = runs.iter().map(|(hash, _)| hash).collect();
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 8);
    assert_eq!(place.names(), ["grid.toml"]);
}

#[test]
fn every_run_leaves_one_record_and_is_not_repeated() {
    let place = place();
    let run = place.lfr(RUN);
    assert!(run.stderr.ends_with("8 of 8 runs recorded in records\n"), "{run:?}");
    assert_eq!(run.ok(), "");
    assert_eq!(names(&place.path("records")), planned(&place));
    let read =
        || planned(&place).iter().map(|name| place.read(&format!("records/{name}"))).collect::<Vec<_>>();
    let first = read();
    assert!(first.iter().all(|text| text.contains("\"inliers\":12,")), "{first:?}");
    assert_eq!(place.lfr(RUN).stderr, "8 of 8 runs recorded in records\n");
    assert!(read() == first, "a record was written again");
    std::fs::remove_file(place.path(&format!("records/{}", planned(&place)[5]))).unwrap();
    place.lfr(&format!("{RUN} --jobs 2 -q")).ok();
    assert_eq!(names(&place.path("records")), planned(&place));
}

#[test]
fn status_counts_what_is_done() {
    let place = place();
    let row = |text: &str, method: &str| {
        let line = text.lines().find(|line| line.split_whitespace().nth(1) == Some(method)).unwrap();
        line.split_whitespace().skip(2).take(4).map(str::to_owned).collect::<Vec<_>>()
    };
    let status = place.lfr("bench status grid.toml").ok();
    assert_eq!(row(&status, "pca"), ["4", "0", "0", "0"]);
    place.lfr(&format!("{RUN} -q --shard 1/4")).ok();
    let status = place.lfr("bench status grid.toml").ok();
    assert_eq!([row(&status, "isolation-forest"), row(&status, "pca")].map(|row| row[1].clone()), ["2", "0"]);
    let broken = &planned(&place)[0];
    place.write(&format!("records/{broken}"), "{");
    let status = place.lfr("bench status grid.toml").ok();
    assert!(status.contains(&format!("broken: records/{broken}: is half written")), "{status}");
}

#[test]
fn shards_part_the_plan_and_merge_by_copying() {
    let place = place();
    for shard in ["1", "2", "3"] {
        let run = place.lfr(&format!("{RUN} --shard {shard}/3 --records part{shard}"));
        let count = if shard == "3" { 2 } else { 3 };
        assert!(
            run.stderr.ends_with(&format!("{count} of {count} runs recorded in part{shard}\n")),
            "{run:?}"
        );
    }
    place.lfr(&format!("{RUN} -q --records whole")).ok();
    std::fs::create_dir(place.path("merged")).unwrap();
    for name in ["part1", "part2", "part3"] {
        for file in names(&place.path(name)) {
            let target = place.path("merged").join(&file);
            assert!(!target.exists(), "{file} is in two parts");
            std::fs::copy(place.path(name).join(&file), target).unwrap();
        }
    }
    assert_eq!(records(&place, "merged"), records(&place, "whole"));
    place.lfr(&format!("{RUN} --shard 4/3")).refused("i/n");
}

#[test]
fn a_table_has_a_cell_a_ratio_and_the_number_of_runs() {
    let place = place();
    place.lfr(&format!("{RUN} -q --shard 1/2")).ok();
    let text = place.lfr("bench table grid.toml").ok();
    assert!(text.contains("## Tiny: AUROC\n\n### mnist\n\n| Method | c = 0.25 | c = 0.5 |"), "{text}");
    assert!(
        text.lines()
            .any(|line| line.starts_with("| PCA |") && line.matches("×1/2, 1/10 classes |").count() == 2),
        "{text}"
    );
    place.lfr(&format!("{RUN} -q")).ok();
    let text = place.lfr("bench table grid.toml").ok();
    let rows: Vec<_> = text.lines().filter(|line| line.contains("×2, 2/10 classes |")).collect();
    assert_eq!(rows.len(), 2, "{text}");
    let csv = place.lfr("bench table grid.toml --form csv --metric average-precision").ok();
    let cells: Vec<Vec<&str>> = csv.lines().skip(1).map(|line| line.split(',').collect()).collect();
    assert_eq!(cells.len(), 4, "{csv}");
    for cell in cells {
        assert_eq!((cell[0], cell[3], cell[8], cell[9]), ("mnist", "average-precision", "2", "2"), "{csv}");
        assert!((0.0..=1.0).contains(&cell[4].parse::<f64>().unwrap()), "{csv}");
    }
    assert!(place.lfr("bench table grid.toml --form latex").ok().contains("\\begin{tabular}{lll}"));
}

#[test]
fn packed_records_serve_as_single_ones_do() {
    let place = place();
    place.write("grid.toml", format!("{GRID}{TRAINED}"));
    place.lfr(&format!("{RUN} -q")).ok();
    let table = || place.lfr("bench table grid.toml").ok();
    let (before, text) = (table(), records(&place, "records"));
    assert!(text.values().all(|record| record.contains("\"checks\":[{")), "{text:?}");
    assert_eq!(place.lfr("bench pack").ok(), "records/mnist.jsonl 12\n");
    assert_eq!(names(&place.path("records")), ["mnist.jsonl"]);
    assert_eq!(table(), before);
    // Release builds in a checkout know theirs.
    assert_eq!(
        before.contains("records do not name the commit"),
        option_env!("LFR_COMMIT").is_none(),
        "{before}"
    );
    assert_eq!(place.lfr(RUN).stderr, "12 of 12 runs recorded in records\n");
    // Without the curve less is asked for; with one more epoch something else.
    place.write("grid.toml", format!("{GRID}{TRAINED}").replace("curve = true", ""));
    assert_eq!(place.lfr(RUN).stderr, "12 of 12 runs recorded in records\n");
    place.write("records/mnist.jsonl", place.read("records/mnist.jsonl") + "{\"format\":2,\n");
    place.lfr("bench table grid.toml").refused("records/mnist.jsonl: line 13: is half written");
}

#[test]
fn records_of_other_settings_are_counted_and_made_anew() {
    let place = place();
    place.lfr(&format!("{RUN} -q")).ok();
    // As if the default number of trees had changed since.
    for name in names(&place.path("records")) {
        let path = format!("records/{name}");
        let text = place.read(&path);
        if text.contains("\"trees\":100") {
            place.write(&path, text.replace("\"trees\":100", "\"trees\":99"));
        }
    }
    place.lfr("bench pack").ok();
    let said = "4 records of other settings are left out (isolation-forest: trees 99, now 100)";
    let run = place.lfr("bench table grid.toml");
    assert!(run.stderr.contains(said) && run.stdout.contains(&format!("- {said}.\n")), "{run:?}");
    assert!(
        run.stdout.lines().any(|line| line.starts_with("| Forest |") && line.contains("×0/2")),
        "{run:?}"
    );
    assert!(place.lfr("bench status grid.toml").ok().contains(&format!("stale: {said}\n")));
    assert!(place.lfr("bench plot grid.toml -o drawn").stderr.contains(said));
    let run = place.lfr(&format!("{RUN} -q"));
    assert!(run.stderr.contains(&format!("warning: {said}; their runs are made anew")), "{run:?}");
    let run = place.lfr("bench table grid.toml");
    assert!(run.stderr.is_empty() && !run.stdout.contains("other settings"), "{run:?}");
}

#[test]
fn figures_are_svg_and_png() {
    let place = place();
    place.write("grid.toml", format!("{GRID}{TRAINED}"));
    place.lfr(&format!("{RUN} -q")).ok();
    let listed = place.lfr("bench plot grid.toml --png -o pictures").ok();
    let files = names(&place.path("pictures"));
    assert_eq!(listed.lines().count(), files.len());
    assert!(listed.lines().all(|line| place.path(line).is_file()), "{listed}");
    for part in ["mnist-auroc", "mnist-3-c-0.5-auroc-by-epoch", "mnist-7-c-0.25-ae-histogram"] {
        let [svg, png] = ["svg", "png"].map(|ending| format!("{part}.{ending}"));
        assert!(files.contains(&svg) && files.contains(&png), "{part} is not in {files:?}");
        assert!(place.read(&format!("pictures/{svg}")).starts_with("<svg"));
        assert!(std::fs::read(place.path("pictures").join(png)).unwrap().starts_with(b"\x89PNG"));
    }
    place.lfr("bench plot grid.toml -o plain").ok();
    assert!(names(&place.path("plain")).iter().all(|file| file.ends_with(".svg")));
}
