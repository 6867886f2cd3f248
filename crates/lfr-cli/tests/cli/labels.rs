//! `lfr rank` with a few known labels.

use crate::fixture::Place;

/// Sixty rows near one another, then four in a lump aside, then four false alarms in another one.
fn place() -> Place {
    let noise = |i: usize, by: usize| ((i * by * 7919) % 1009) as f64 / 1009.0;
    let row = |i: usize| {
        let (x, y) = match i {
            0..60 => (6.0 * noise(i, 3), 6.0 * noise(i, 5)),
            60..64 => (14.0 + noise(i, 3), 14.0 + noise(i, 5)),
            _ => (-9.0 + noise(i, 3), 14.0 + noise(i, 5)),
        };
        format!("r{i},{x:.3},{y:.3},{}\n", u8::from((60..64).contains(&i)))
    };
    let rows: String = (0..68).map(row).collect();
    Place::with("pile.csv", format!("name,a,b,truth\n{rows}"))
}

const RANK: &str = "rank pile.csv -q --id name --label truth";

/// Two marks of each kind: real outliers and false alarms.
const MARKS: &str = "id,label,note\nr60,1,\nr61,outlier,scratched\nr64,0,\nr65,inlier,\nr3,unsure,\n";

/// The rows of a score file by their ids.
fn rows(text: &str) -> Vec<Vec<String>> {
    text.lines().skip(1).map(|line| line.split(',').map(str::to_owned).collect()).collect()
}

fn json(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

#[test]
fn marks_move_the_unmarked_and_come_last() {
    let place = place();
    place.write("marks.csv", MARKS);
    place.lfr(&format!("{RANK} -o before --top-k 4")).ok();
    place.lfr(&format!("{RANK} --labels-known marks.csv -o after --top-k 2")).ok();
    let scores = place.read("after/scores.csv");
    assert!(
        scores.starts_with("id,anomaly_score,anomaly_rank,anomaly_percentile,outlier,label,known\n"),
        "{scores}"
    );
    let after = rows(&scores);
    let order: Vec<&str> = after.iter().map(|row| row[0].as_str()).collect();
    assert_eq!((order.len(), order[3], order[67]), (68, "r3", "r67"), "the order of the input stays");
    let ranks = |places: &[usize]| {
        let mut ranks: Vec<usize> = places.iter().map(|&i| after[i][2].parse().unwrap()).collect();
        ranks.sort_unstable();
        ranks
    };
    assert_eq!(ranks(&[62, 63]), [1, 2], "what is like the marked outliers is first: {scores}");
    assert_eq!(ranks(&[60, 61, 64, 65]), [65, 66, 67, 68], "the marked are last");
    let cell = |i: usize, column: usize| after[i][column].as_str();
    assert_eq!([60, 61, 64, 65, 3].map(|i| cell(i, 6)), ["outlier", "outlier", "inlier", "inlier", ""]);
    assert_eq!([60, 62, 63, 64, 66].map(|i| cell(i, 4)), ["true", "true", "true", "false", "false"]);
    let (before, run) = (json(&place.read("before/run.json")), json(&place.read("after/run.json")));
    assert_eq!((&run["guides"], &run["threshold"]["flagged"]), (&vec![60, 61, 64, 65].into(), &2.into()));
    assert_eq!((&run["metrics"]["outliers"], &run["metrics"]["auroc"]), (&2.into(), &1.0.into()));
    assert!(before.get("guides").is_none() && !place.read("before/scores.csv").contains("known"));
    let page = place.read("after/report.html");
    assert!(page.contains("Marked items") && page.contains("2 outliers and 2 inliers were marked"));
    assert!(!place.read("before/report.html").contains("Marked items"));
    let again = place.lfr("report after --show 3").ok();
    assert!(place.read("after/report.html").contains("Marked items"), "{again}");
}

#[test]
fn a_run_with_marks_repeats_and_its_model_scores() {
    let place = place();
    place.write("marks.csv", MARKS);
    for out in ["one", "two"] {
        place.lfr(&format!("{RANK} --labels-known marks.csv -o {out}")).ok();
    }
    place.assert_same_results("one", "two");
    place.lfr("score one/model.safetensors pile.csv -q -o new.csv").ok();
    let new = rows(&place.read("new.csv"));
    let score = |i: usize| new[i][1].parse::<f64>().unwrap();
    assert!(score(62) > score(66), "{} {}", score(62), score(66));
}

#[test]
fn thresholds_leave_the_marked_out() {
    let place = place();
    place.write("marks.csv", MARKS);
    for format in ["csv", "jsonl", "parquet"] {
        place.lfr(&format!("{RANK} --labels-known marks.csv -o {format} --format {format} --no-report")).ok();
        let listed = place.lfr(&format!("threshold {format} -q --top-k 2")).ok();
        let mut ids: Vec<String> = rows(&listed).into_iter().map(|row| row[0].clone()).collect();
        ids.sort_unstable();
        assert_eq!(ids, ["r62", "r63"], "{format}");
        let flagged = format!("{format}-flagged.csv");
        place.lfr(&format!("threshold {format} -q --top-k 2 -o {flagged}")).ok();
        let flags: Vec<String> = rows(&place.read(&flagged)).into_iter().map(|row| row[4].clone()).collect();
        assert_eq!([60, 62, 64].map(|i| flags[i].as_str()), ["true", "true", "false"]);
    }
}

#[test]
fn a_summary_lists_no_marked_item() {
    let place = place();
    place.write("marks.csv", MARKS);
    let text = place.lfr("rank pile.csv --id name --ignore truth --labels-known marks.csv").ok();
    assert!(text.contains("4 items guided the fit and come last"), "{text}");
    assert!(text.contains("r62") && !text.contains("r60") && !text.contains("r64"), "{text}");
}

#[test]
fn networks_with_the_layer_learn_from_marks() {
    let place = place();
    place.write("marks.csv", MARKS);
    let run = "rank pile.csv -q --id name --ignore truth --method ae-lfr --epochs 3 --no-report";
    place.lfr(&format!("{run} -o without")).ok();
    place.lfr(&format!("{run} --labels-known marks.csv -o with")).ok();
    let curve = json(&place.read("with/run.json"))["curve"][0]["parts"].to_string();
    assert!(curve.contains("marks"), "{curve}");
    assert!(!json(&place.read("without/run.json"))["curve"][0]["parts"].to_string().contains("marks"));
    assert_eq!(rows(&place.read("with/scores.csv"))[60][4], "outlier");
}

#[test]
fn marks_of_one_kind_are_told_and_impossible_ones_refused() {
    let place = place();
    let run = "rank pile.csv --id name --ignore truth --labels-known marks.csv --force";
    place.write("marks.csv", "id,label\nr64,0\nr65,0\n");
    let told = place.lfr(run);
    assert!(told.stderr.contains("the marks hold 2 inliers and no outlier"), "{told:?}");
    told.ok();
    for (marks, message) in [
        ("id,label\nr60,1\nr99,1\nr98,0\n", "r98 is not an item of the input (2 of 3 labelled ids are not)"),
        (
            "id,label\nr60,1\nr61,1\nr60,0\n",
            "r60 has two different labels: outlier in line 2, inlier in line 4",
        ),
        ("id,label\nr60,odd\n", "line 2: r60 has `odd`"),
        ("id,label\nr60,unsure\n", "none is known"),
        ("1\n0\n", "id and label"),
    ] {
        place.write("marks.csv", marks);
        place.lfr(run).refused(message);
    }
    place.write("marks.csv", MARKS);
    place.lfr(&format!("{run} --method knn")).refused("method knn does not learn from labels");
}

#[test]
fn normal_data_has_no_share_of_outliers() {
    let place = place();
    let words = [
        "river", "stone", "bread", "cloud", "horse", "table", "green", "winter", "silver", "garden", "window",
    ];
    let text =
        |i: usize| (0..5).map(|j| words[(i * (j + 2) + i / 11 * j) % 11]).collect::<Vec<_>>().join(" ");
    let lines: String = (0..40).map(|i| if i == 7 { "...\n".into() } else { text(i) + "\n" }).collect();
    place.write("notes.txt", lines);
    place.lfr("rank notes.txt -o mixed").ok();
    let normal = place.lfr("rank notes.txt -o normal --all-normal");
    assert!(!normal.stderr.contains("rank first"), "{normal:?}");
    normal.ok();
    let rank = |out: &str| rows(&place.read(&format!("{out}/scores.csv")))[7][2].parse::<usize>().unwrap();
    assert!(rank("mixed") == 1 && rank("normal") > 5, "a document without a word is nothing odd there");
    assert_eq!(json(&place.read("normal/run.json"))["config"]["all_normal"], true);
    for cut in ["--top-k 3", "--contamination 0.1", "--threshold auto"] {
        place
            .lfr(&format!("rank notes.txt -o no --all-normal {cut}"))
            .refused("no share of normal data is outliers");
    }
    place.lfr("rank notes.txt -o cut --all-normal --threshold 9").ok();
    place.lfr("rank notes.txt -o no --all-normal --labels-known x.csv").refused("cannot be used with");
    let told = place.lfr("fit notes.txt -o m.safetensors --all-normal --method drae --epochs 1");
    assert!(told.stderr.contains("drae takes part of every batch for outliers"), "{told:?}");
}
