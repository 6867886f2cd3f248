//! `lfr rank`, and `lfr fit`, `lfr score` and `lfr report` after it.

use crate::fixture::{Place, names};

/// A folder with the table `pile.csv`: forty rows of two numbers near one another, but for row 7.
fn place() -> Place {
    let row = |i: i32| match i {
        7 => format!("r{i},95,-80,1\n"),
        _ => format!("r{i},{},{},0\n", (i * 7) % 11, (i * 5) % 13),
    };
    let rows: String = (0..40).map(row).collect();
    Place::with("pile.csv", format!("name,a,b,truth\n{rows}"))
}

const FLAGS: &str = "--method pca --id name --label truth";

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn a_pile_is_ranked_into_a_folder() {
    let place = place();
    let run = place.lfr(&format!("rank pile.csv {FLAGS}"));
    assert!(run.stderr.contains("reading pile.csv") && !run.stderr.contains("warning"), "{run:?}");
    let text = run.ok();
    assert!(text.contains("pile.csv: 40 rows ranked by pca in ") && text.contains("AUROC 1.0000"), "{text}");
    assert!(
        text.contains("     1") && text.contains("r7\n") && text.contains("see pile-lfr/report.html"),
        "{text}"
    );
    assert_eq!(place.names(), ["pile-lfr", "pile.csv"]);
    let files = ["model.safetensors", "report.html", "run.json", "scores.csv"];
    assert_eq!(names(&place.path("pile-lfr")), files);
    let scores = place.read("pile-lfr/scores.csv");
    let mut lines = scores.lines();
    assert_eq!(lines.next(), Some("id,anomaly_score,anomaly_rank,anomaly_percentile,label"));
    let row = lines.nth(7).unwrap();
    assert!(row.starts_with("r7,") && row.ends_with(",1,1.0,1"), "{row}");
}

#[test]
fn the_record_tells_how_it_came_about() {
    let place = place();
    place.lfr(&format!("rank pile.csv -q {FLAGS} --seed 5 --threads 1 --top-k 2")).ok();
    let run = json(&place.read("pile-lfr/run.json"));
    assert_eq!(
        (&run["method"]["method"], &run["seed"], &run["threads"]),
        (&"pca".into(), &5.into(), &1.into())
    );
    assert_eq!((&run["items"], &run["metrics"]["auroc"]), (&40.into(), &1.0.into()));
    assert_eq!((&run["threshold"]["flagged"], &run["config"]["id"]), (&2.into(), &"name".into()));
    assert_eq!(run["fingerprint"].as_str().unwrap().len(), 64);
    assert!(run["checks"].as_array().unwrap().iter().all(|check| check["verdict"] == "ok"), "{run:#}");
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let place = place();
    for out in ["one", "two"] {
        place.lfr(&format!("rank pile.csv -q {FLAGS} -o {out}")).ok();
    }
    place.assert_same_results("one", "two");
}

#[test]
fn quiet_says_nothing_and_json_is_json() {
    let place = place();
    let run = place.lfr(&format!("rank pile.csv -q {FLAGS} --no-report --format parquet"));
    assert_eq!((run.stderr.as_str(), run.stdout.as_str()), ("", ""));
    assert_eq!(names(&place.path("pile-lfr")), ["model.safetensors", "run.json", "scores.parquet"]);
    let outcome = json(&place.lfr(&format!("rank pile.csv --json --force {FLAGS}")).ok());
    assert_eq!((&outcome["items"], &outcome["top"][0]["id"]), (&40.into(), &"r7".into()));
}

#[test]
fn a_model_scores_its_own_pile_alike() {
    let place = place();
    place.lfr(&format!("rank pile.csv -q {FLAGS}")).ok();
    place.lfr(&format!("fit pile.csv -q {FLAGS}")).ok();
    let read = |path: &str| std::fs::read(place.path(path)).unwrap();
    assert!(read("pile.safetensors") == read("pile-lfr/model.safetensors"));
    let run = place.lfr("score pile.safetensors pile.csv --label truth");
    assert!(run.stderr.contains("AUROC 1.0000"), "{run:?}");
    assert_eq!(run.ok(), place.read("pile-lfr/scores.csv"));
    place.lfr("score pile.safetensors pile.csv -o again.jsonl --top-k 1 -q").ok();
    assert_eq!(place.read("again.jsonl").matches("\"outlier\":true").count(), 1);
}

#[test]
fn a_report_can_be_written_again() {
    let place = place();
    place.lfr(&format!("rank pile.csv -q {FLAGS}")).ok();
    let first = place.read("pile-lfr/report.html");
    place.lfr("report pile-lfr -o again.html").ok();
    assert_eq!(place.read("again.html"), first);
    place.write("pile.csv", "name,a,b,truth\nx,1,2,0\ny,2,3,1\n");
    place.lfr("report pile-lfr").refused("fingerprint of pile.csv");
}

#[test]
fn labels_may_come_from_a_file() {
    let place = place();
    let labels: String = (0..40).map(|i| format!("r{i},{}\n", i32::from(i == 7))).collect();
    place.write("labels.csv", format!("id,label\n{labels}"));
    let text = place.lfr("rank pile.csv --method pca --id name --ignore truth --labels labels.csv").ok();
    assert!(text.contains("AUROC 1.0000"), "{text}");
    place.write("labels.csv", "id,label\nr1,0\n");
    place
        .lfr("rank pile.csv --method pca --id name --labels labels.csv -o out")
        .refused("39 of 40 items have no label");
    place.lfr("rank pile.csv --method pca --label a -o out").refused("labels: item ");
    assert!(!place.path("out").exists());
}

#[test]
fn items_all_alike_are_ranked_with_a_warning_that_strict_turns_into_a_failure() {
    let place = Place::with("pile.jsonl", "{\"text\": \"all alike\"}\n".repeat(20));
    let run = place.lfr("rank pile.jsonl --text text --method pca");
    assert!(run.stderr.contains("warning: 1 distinct score for 20 items"), "{run:?}");
    run.ok();
    let strict = place.lfr("rank pile.jsonl --text text --method pca --strict -o strict");
    assert_eq!(strict.code, 1, "{strict:?}");
    assert!(strict.stderr.contains("self-checks above warned"), "{strict:?}");
    assert!(place.path("strict/scores.csv").exists());
}

#[test]
fn piles_that_cannot_be_ranked_leave_nothing_behind() {
    let place = Place::with("one.csv", "a,b\n1,2\n");
    place.write("empty.csv", "");
    place.lfr("rank one.csv --method pca").refused("1 usable item; ");
    place.lfr("rank empty.csv --method pca").refused("empty.csv");
    place.lfr("fit one.csv --method pca").refused("1 usable item; ");
    assert_eq!(place.names(), ["empty.csv", "one.csv"]);
}

#[test]
fn a_bad_row_is_left_out_and_told() {
    let rows: String = (0..30).map(|i| format!("{i},{}\n", i * i)).collect();
    let place = Place::with("pile.csv", format!("a,b\n{rows}1\n"));
    let run = place.lfr("rank pile.csv --method pca");
    assert!(
        run.stderr.contains("warning: 1 item could not be read (left out of the ranking); the first: "),
        "{run:?}"
    );
    run.ok();
    assert_eq!(place.read("pile-lfr/scores.csv").lines().count(), 31);
    place
        .lfr("rank pile.csv --method pca --max-bad-fraction 0 -o out")
        .refused("1 of 31 items could not be read");
}

#[cfg(unix)]
#[test]
fn a_signal_ends_training_and_leaves_nothing_behind() {
    use std::io::{BufRead, BufReader, Read};
    use std::process::{Command, Stdio};
    for (signal, code) in [("-INT", 130), ("-TERM", 143)] {
        let place = place();
        let mut command = place.command("rank pile.csv --id name --method ae-lfr --epochs 100000000");
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("epoch 1/") {
            line.clear();
            assert!(stderr.read_line(&mut line).unwrap() > 0, "never trained");
        }
        assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
        let mut rest = String::new();
        stderr.read_to_string(&mut rest).unwrap();
        assert_eq!((child.wait().unwrap().code(), rest.as_str()), (Some(code), "lfr: interrupted\n"));
        assert_eq!(place.names(), ["pile.csv"]);
    }
}
