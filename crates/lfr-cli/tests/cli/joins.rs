//! What belongs to an item finds it by its id, or is refused.

use crate::fixture::Place;

/// Forty rows of two numbers, the seventh far off.
fn data(id: impl Fn(usize) -> String) -> String {
    let row = |i: usize| match i {
        7 => format!("{},95,-80\n", id(i)),
        _ => format!("{},{},{}\n", id(i), i * 7 % 11, i * 5 % 13),
    };
    format!("name,a,b\n{}", (0..40).map(row).collect::<String>())
}

/// The labels of `items`, the seventh an outlier, and the first too.
fn labels(items: impl Iterator<Item = usize>) -> String {
    let row = |i: usize| format!("r{i},{}\n", i32::from(i == 7 || i == 0));
    format!("id,label\n{}", items.map(row).collect::<String>())
}

#[test]
fn a_report_joins_sorted_scores_and_refuses_others() {
    let place = Place::with("pile.csv", data(|i| format!("r{i}")));
    place.lfr("rank pile.csv -q --method pca --id name").ok();
    let (page, scores) = (place.read("pile-lfr/report.html"), place.read("pile-lfr/scores.csv"));
    let (head, rows) = scores.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let write = |rows: &[&str]| place.write("pile-lfr/scores.csv", format!("{head}\n{}\n", rows.join("\n")));
    let mut sorted = rows.clone();
    sorted.sort_unstable_by_key(|row| std::cmp::Reverse(*row));
    assert_ne!(sorted, rows);
    write(&sorted);
    place.lfr("report pile-lfr -o again.html").ok();
    assert_eq!(place.read("again.html"), page);
    for (rows, message) in [
        (rows[1..].to_vec(), "scores: none for the item `r0`"),
        ([&rows[..], &["x,1.0,41,1.0"]].concat(), "`x` is not an item of the input"),
        ([&rows[1..], &rows[1..2]].concat(), "`r1` stands for several items"),
    ] {
        write(&rows);
        place.lfr("report pile-lfr -o other.html").refused(message);
    }
    assert_eq!(place.names(), ["again.html", "pile-lfr", "pile.csv"]);
}

#[test]
fn ids_of_several_items_are_told_once_and_never_joined_by() {
    let place = Place::with("pile.csv", data(|i| format!("r{}", i % 39)));
    let run = place.lfr("rank pile.csv --method pca --id name");
    let told = "warning: 1 item has the id of an earlier one, such as `r0`";
    assert_eq!(run.stderr.matches(told).count(), 1, "{run:?}");
    assert!(run.ok().contains("r7\n"));
    assert_eq!(place.read("pile-lfr/scores.csv").lines().count(), 41);
    place.lfr("report pile-lfr").ok();
    place.write("labels.csv", labels(0..39));
    let rank = "rank pile.csv --id name -o out";
    place
        .lfr(&format!("{rank} --method pca --labels labels.csv"))
        .refused("labels: r0 stands for several items");
    place
        .lfr(&format!("{rank} --method elite-ae --labels-known labels.csv"))
        .refused("labels: r0 stands for several items");
}

#[test]
fn metrics_leave_out_the_items_whose_labels_guided_the_fit() {
    let place = Place::with("pile.csv", data(|i| format!("r{i}")));
    place.write("elite.toml", "[settings]\niterations = 12\nbatch_size = 16\n");
    place.write("labels.csv", labels(0..40));
    place.write("known.csv", labels([0, 1, 2].into_iter()));
    let rank = "rank pile.csv --id name --method elite-ae --config elite.toml --labels-known known.csv";
    let run = place.lfr(&format!("{rank} --labels labels.csv"));
    let told = "AUROC and AUPR leave out 3 items whose labels guided the fit";
    assert!(run.stderr.contains(told), "{run:?}");
    run.ok();
    let record: serde_json::Value = serde_json::from_str(&place.read("pile-lfr/run.json")).unwrap();
    assert_eq!(
        (&record["metrics"]["outliers"], &record["guides"]),
        (&1.into(), &serde_json::json!([0, 1, 2]))
    );
    let page = place.read("pile-lfr/report.html");
    assert!(page.contains("1 of 37 labelled items are outliers") && page.contains(told));
    place.lfr("report pile-lfr -o again.html").ok();
    assert_eq!(place.read("again.html"), page);
    // With the one outlier left among the guides there is nothing to measure.
    place.write("known.csv", labels([0, 1, 7].into_iter()));
    let run = place.lfr(&format!("{rank} --labels labels.csv -o out"));
    run.refused("0 outliers; AUROC and AUPR need at least one of each");
}
