//! `dataset:` as the input of `lfr rank`, `lfr fit`, `lfr score` and `lfr report`.

use crate::fixture::{Place, Run, names};
use crate::mnist;

/// A folder with the small data set in `data/`.
fn place() -> Place {
    let place = Place::new();
    mnist::lay(&place.path("data/mnist"));
    place
}

/// Twelve threes and six outliers.
const DRAW: &str = "dataset:mnist/3?c=0.5&seed=1";

const FLAGS: &str = "--method isolation-forest --data-dir data";

#[test]
fn a_draw_is_ranked_and_measured_by_its_own_labels() {
    let place = place();
    let run = place.lfr(&format!("rank {DRAW} {FLAGS}"));
    assert!(run.stderr.contains(&format!("reading {DRAW}")), "{run:?}");
    let text = run.ok();
    assert!(text.contains(&format!("{DRAW}: 18 images ranked by isolation-forest in ")), "{text}");
    assert!(text.contains("AUROC ") && text.contains("see mnist-3-lfr/report.html"), "{text}");
    assert_eq!(place.names(), ["data", "mnist-3-lfr"]);
    let scores = place.read("mnist-3-lfr/scores.csv");
    assert_eq!(scores.lines().filter(|line| line.starts_with("test/") && line.ends_with(",1")).count(), 6);
    assert_eq!(scores.lines().filter(|line| line.starts_with("test/") && line.ends_with(",0")).count(), 12);
    let run: serde_json::Value = serde_json::from_str(&place.read("mnist-3-lfr/run.json")).unwrap();
    assert_eq!((&run["input"], &run["kind"]), (&DRAW.into(), &"images".into()));
    assert_eq!((&run["items"], &run["metrics"]["outliers"]), (&18.into(), &6.into()));
    let page = place.read("mnist-3-lfr/report.html");
    assert!(page.matches("data:image/png").count() >= 18, "no pictures in the report");
    assert!(page.contains("'dataset:mnist/3?c=0.5&amp;seed=1'"), "the command cannot be typed again");
}

#[test]
fn labels_have_no_part_in_the_scores() {
    let place = place();
    place.lfr(&format!("rank {DRAW} {FLAGS} -q")).ok();
    let labels: String = (0..18).map(|i| format!("{}\n", i % 2)).collect();
    place.write("labels.txt", labels);
    place.lfr(&format!("rank {DRAW} {FLAGS} -q --labels labels.txt -o other")).ok();
    let scores = |folder: &str| {
        let text = place.read(&format!("{folder}/scores.csv"));
        text.lines().map(|line| line.rsplit_once(',').unwrap().0.to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(scores("mnist-3-lfr"), scores("other"));
    assert_ne!(place.read("mnist-3-lfr/scores.csv"), place.read("other/scores.csv"));
    let read = |folder: &str| std::fs::read(place.path(folder).join("model.safetensors")).unwrap();
    assert!(read("mnist-3-lfr") == read("other"));
}

#[test]
fn a_model_scores_a_data_set_and_a_report_finds_it_again() {
    let place = place();
    place.lfr(&format!("rank {DRAW} {FLAGS} -q")).ok();
    assert!(place.lfr(&format!("fit {DRAW} {FLAGS}")).ok().contains("model in mnist-3.safetensors"));
    let run = place.lfr(&format!("score mnist-3.safetensors {DRAW} --data-dir data"));
    assert!(run.stderr.contains("AUROC "), "{run:?}");
    assert_eq!(run.ok(), place.read("mnist-3-lfr/scores.csv"));
    let whole = place.lfr("score mnist-3.safetensors dataset:mnist --data-dir data -q").ok();
    assert_eq!(whole.lines().count(), 1 + 10 * usize::from(mnist::EACH));
    let first = place.read("mnist-3-lfr/report.html");
    place.lfr("report mnist-3-lfr -o again.html --data-dir data").ok();
    assert_eq!(place.read("again.html"), first);
}

#[test]
fn a_whole_data_set_is_a_pile_without_labels() {
    let place = place();
    let text = place.lfr(&format!("rank dataset:mnist {FLAGS}")).ok();
    assert!(text.contains("dataset:mnist: 120 images") && !text.contains("AUROC"), "{text}");
    assert_eq!(names(&place.path("mnist-lfr")).len(), 4);
    let text = place.lfr(&format!("rank dataset:mnist/3?c=0 {FLAGS}")).ok();
    assert!(text.contains("12 images") && !text.contains("AUROC"), "{text}");
}

#[test]
fn the_data_folder_comes_from_the_flag_the_file_or_the_environment() {
    let place = place();
    let rank = |flags: &str| format!("rank {DRAW} --method isolation-forest -q --no-report --force {flags}");
    let environment = |folder: &str, flags: &str| -> Run {
        place.command(&rank(flags)).env("LFR_DATA_DIR", folder).output().unwrap().into()
    };
    environment("data", "").ok();
    environment("nowhere", "--data-dir data").ok();
    environment("nowhere", "").refused("nowhere/mnist: mnist was not found");
    place.write("run.toml", "data_dir = \"data\"\n");
    place.lfr(&rank("--config run.toml")).ok();
}

#[test]
fn mistakes_are_named_and_leave_nothing_behind() {
    let place = place();
    for (input, message) in [
        ("dataset:imagenet/cat", "`dataset` = imagenet: unknown data set; known are fashion-mnist, mnist"),
        ("dataset:mnist/ten", "`class` = ten: mnist has the classes 0, 1"),
        ("dataset:mnist/3?ratio=0.1", "unknown key \"ratio\"; known are c, seed and split"),
        ("dataset:mnist/3?c=lots", "c is a number, as in c=0.1"),
        ("dataset:mnist/3?c=50", "must lie between 0 and 9.000"),
        ("dataset:mnist?c=0.1", "c and seed need an inlier class, as in dataset:mnist/0"),
        (
            "dataset:mnist/3?split=train",
            "data/mnist: train-labels-idx1-ubyte is missing; put it there, or run `lfr data fetch mnist`",
        ),
        ("dataset:reuters/earn", "run `lfr data fetch reuters`"),
    ] {
        for command in ["rank", "fit"] {
            place.lfr(&format!("{command} {input} {FLAGS}")).refused(message);
        }
    }
    place.lfr(&format!("rank {DRAW} {FLAGS} --label y")).refused("holds pictures, which have no columns");
    assert_eq!(place.names(), ["data"]);
}
