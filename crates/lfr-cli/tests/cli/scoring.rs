//! New data that is not like the training data: it is scored for what it is, or the user is told.

use crate::fixture::{Place, Run};

/// Sixty rows without a gap; `b` is about twice `a`.
fn orders() -> String {
    let row = |i: usize| {
        let a = 40 + i * 7 % 23;
        format!(
            "r{i},{a}.{},{},{},2024-01-{:02}\n",
            i % 10,
            2 * a + i % 3,
            ["red", "blue"][i * 5 % 3 % 2],
            1 + i % 28
        )
    };
    format!("rid,a,b,col,day\n{}", (0..60).map(row).collect::<String>())
}

/// A folder with a table and a model of it.
fn fitted(flags: &str) -> Place {
    let place = Place::with("train.csv", orders());
    place.lfr(&format!("fit train.csv --id rid -o m.safetensors -q {flags}")).ok();
    place
}

/// The identifiers of scores, most anomalous first.
fn ranked(scores: &str) -> Vec<String> {
    let mut rows: Vec<Vec<&str>> = scores.lines().skip(1).map(|line| line.split(',').collect()).collect();
    rows.sort_by_key(|row| row[2].parse::<usize>().unwrap());
    rows.into_iter().map(|row| row[0].to_owned()).collect()
}

/// The line of an item without its rank.
fn score(scores: &str, id: &str) -> String {
    let line = scores.lines().find(|line| line.starts_with(&format!("{id},"))).unwrap();
    let cells: Vec<&str> = line.split(',').collect();
    format!("{},{}", cells[1], cells[3])
}

#[track_caller]
fn assert_said(run: &Run, words: &str) {
    assert!(run.code == 0 && run.stderr.contains(words), "{words:?} is not in {run:?}");
}

const GAPS: [&str; 4] =
    ["X1,,100,red,2024-01-02", "X2,99999x,100,red,2024-01-02", "X3,50.1,100,red,yesterday", "X4,,,red,"];

#[test]
fn cells_that_training_never_lacked_raise_a_row_and_are_quoted() {
    let place = fitted("");
    let usual: Vec<String> = orders().lines().skip(1).take(39).map(str::to_owned).collect();
    let rows = [usual, GAPS.map(str::to_owned).to_vec()].concat();
    place.write("new.csv", format!("rid,a,b,col,day\n{}\n", rows.join("\n")));
    let run = place.lfr("score m.safetensors new.csv");
    assert_said(
        &run,
        "warning: 4 of 43 rows lack a value where every row of the training had one, and rank higher for it; the first: in X1 \
         `a` is empty, in X2 `a` is `99999x`, in X3 `day` is `yesterday`\n",
    );
    assert_said(
        &run,
        "note: columns `a`, `day`: 2 cells that cannot be read as in training count as missing\n",
    );
    let all = run.ok();
    let mut first = ranked(&all)[..4].to_vec();
    first.sort_unstable();
    assert_eq!(first, ["X1", "X2", "X3", "X4"]);
    for row in GAPS {
        place.write("one.csv", format!("rid,a,b,col,day\n{row}\n"));
        let alone = place.lfr("score m.safetensors one.csv").ok();
        assert_eq!(score(&alone, &row[..2]), score(&all, &row[..2]), "alone as among others");
    }
    let run = place.lfr("score m.safetensors train.csv");
    assert!(!run.stderr.contains("warning") && !run.stderr.contains("note"), "{run:?}");
}

#[test]
fn items_without_features_are_told_wherever_they_rank() {
    let place = fitted("--method pca");
    place.write(
        "new.csv",
        "rid,a,b,col,day\nn1,45,91,red,2024-01-02\nn2,,,,\nn3,9000000,1,green,2034-01-02\n",
    );
    let run = place.lfr("score m.safetensors new.csv");
    assert_said(&run, "warning: 1 of 3 rows holds no value; its score, ");
    assert_said(&run, ", lies above all of the training, but it ranks below 1 of the others here\n");
    assert_eq!(ranked(&run.ok()), ["n3", "n2", "n1"]);
    place.write("new.csv", "rid,a,b,col,day\nn1,45,91,red,2024-01-02\nn2,,,,\n");
    assert_said(&place.lfr("score m.safetensors new.csv"), "1 of 2 rows holds no value; it ranks first\n");
}

/// Forty lines of six to eight words out of forty, each with one of its own.
fn notes() -> String {
    let word = |i: usize, j: usize| format!("usual{}", (i * (j + 3) + j * j) % 40);
    let line = |i: usize| (0..6 + i % 3).map(|j| word(i, j)).collect::<Vec<_>>().join(" ");
    (0..40).map(|i| format!("{} own{i}\n", line(i))).collect()
}

#[test]
fn documents_of_another_language_are_told() {
    let place = Place::with("notes.txt", notes());
    place.lfr("fit notes.txt -o m.safetensors -q").ok();
    let foreign: String = (0..30).map(|i| format!("anders{i} fremd{} neu{}\n", i % 7, i % 5)).collect();
    place.write("other.txt", &foreign);
    let run = place.lfr("score m.safetensors other.txt");
    assert_said(
        &run,
        "warning: 30 of 30 documents hold no known word; they share one score and are not ranked\n",
    );
    let mixed = foreign.replace("anders", "usual1 usual2 anders");
    place.write("mixed.txt", mixed.replace('\n', " fremd neu anders seltsam\n"));
    assert_said(
        &place.lfr("score m.safetensors mixed.txt"),
        "in 30 of 30 documents most words are not those",
    );
    let run = place.lfr("score m.safetensors notes.txt");
    assert!(!run.stderr.contains("warning"), "{run:?}");
    place.write("few.txt", notes() + "ganz anders\n");
    let run = place.lfr("score m.safetensors few.txt");
    assert_said(&run, "warning: 1 of 41 documents holds no known word; it ranks first\n");
    assert!(!run.stderr.contains("most words"), "{run:?}");
}

#[test]
fn a_model_of_texts_reads_columns_files_and_folders() {
    let place = Place::with("notes.txt", notes());
    let rows: String = notes().lines().zip(0..).map(|(line, i)| format!("{i},\"{line}\"\n")).collect();
    place.write("notes.csv", format!("n,body\n{rows}"));
    place.lfr("fit notes.txt -o lines.safetensors -q --method knn").ok();
    place.lfr("fit notes.csv --text body -o column.safetensors -q --method knn").ok();
    place
        .lfr("score lines.safetensors notes.csv")
        .refused("holds the documents: n, body; pass --text COLUMN");
    let scores = place.lfr("score lines.safetensors notes.csv --text body").ok();
    for line in [
        "score lines.safetensors notes.txt",
        "score column.safetensors notes.csv",
        "score column.safetensors notes.txt",
    ] {
        assert_eq!(place.lfr(line).ok(), scores, "{line}");
    }
    std::fs::create_dir(place.path("folder")).unwrap();
    notes().lines().zip(0..).for_each(|(line, i)| place.write(&format!("folder/{i:02}.txt"), line));
    let folder = place.lfr("score column.safetensors folder").ok();
    assert_eq!(score(&folder, "07.txt"), score(&scores, "7"));
    place.lfr("score lines.safetensors folder --text body").refused("has no columns, only documents");
    place.write("score.toml", "text = \"body\"\n");
    assert_eq!(place.lfr("score lines.safetensors notes.csv --config score.toml").ok(), scores);
    let table = fitted("--method pca");
    table
        .lfr("score m.safetensors train.csv --text col")
        .refused("was fitted on the rows of a table, not on texts");
}

#[test]
fn identifiers_of_training_may_be_gone() {
    let place = fitted("--method pca");
    let without: String =
        orders().lines().map(|line| line.split_once(',').unwrap().1.to_owned() + "\n").collect();
    place.write("new.csv", without);
    let run = place.lfr("score m.safetensors new.csv");
    assert_said(
        &run,
        "note: there is no column `rid`, which identified the rows of the training; rows are identified by their number\n",
    );
    let own = place.lfr("score m.safetensors train.csv").ok();
    assert_eq!(score(&run.ok(), "7"), score(&own, "r7"));
    place.lfr("score m.safetensors new.csv --id rid").refused("`id` = rid: there is no such column");
}

#[test]
fn a_column_written_otherwise_is_told_with_a_cell() {
    let place = fitted("--method pca");
    let new: String =
        orders().replace("2024-01-", "17106624000").lines().map(|line| line.to_owned() + "\n").collect();
    place.write("new.csv", new);
    place.lfr("score m.safetensors new.csv").refused(
        "column `day`: expected dates (year-month-day, 2024-01-01 to 2024-01-28), found `1710662400001` and 59 other cells that \
         cannot be read so; write them as in training, or fit a new model",
    );
}

#[test]
fn labels_of_one_class_are_refused_before_the_fit_and_not_measured_at_score() {
    let labelled = |outlier: usize| -> String {
        let label = |(i, line): (usize, &str)| match i {
            0 => format!("{line},odd\n"),
            i => format!("{line},{}\n", u8::from(i == outlier)),
        };
        orders().lines().enumerate().map(label).collect()
    };
    let place = fitted("--method pca");
    place.write("new.csv", labelled(99));
    let run = place.lfr("rank new.csv --id rid --label odd");
    assert!(!run.stderr.contains("fitting"), "{run:?}");
    run.refused("labels: 60 inliers and 0 outliers; AUROC and AUPR need at least one of each");
    let ids: String = (0..60).map(|i| format!("r{i};0\n")).collect();
    place.write("labels.csv", format!("ID;Label\n{ids}"));
    let run = place.lfr("rank train.csv --id rid --labels labels.csv");
    assert!(!run.stderr.contains("fitting"), "{run:?}");
    run.refused("labels: 60 inliers and 0 outliers");
    let run = place.lfr("score m.safetensors new.csv --label odd -o out.csv");
    assert_said(&run, "warning: nothing is measured: labels: 60 inliers and 0 outliers");
    assert_eq!(place.read("out.csv").lines().count(), 61);
    place.write("new.csv", labelled(4));
    assert_said(&place.lfr("score m.safetensors new.csv --label odd"), "AUROC ");
}

#[test]
fn a_run_folder_stands_for_its_model_and_json_tells_what_was_done() {
    let place = Place::with("train.csv", orders());
    place.lfr("rank train.csv --id rid -o run --no-report -q --method pca").ok();
    assert_eq!(
        place.lfr("score run train.csv").ok(),
        place.lfr("score run/model.safetensors train.csv").ok()
    );
    assert_eq!(place.lfr("inspect run").ok(), place.lfr("inspect run/model.safetensors").ok());
    place.lfr("export onnx run").ok();
    assert!(place.path("run/model.onnx").is_file());
    let printed = place.lfr("score run train.csv -o out.csv --json --top-k 2").ok();
    let outcome: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let told = (&outcome["items"], &outcome["output"], &outcome["kind"], &outcome["threshold"]["flagged"]);
    assert_eq!(told, (&60.into(), &"out.csv".into(), &"table".into(), &2.into()));
    std::fs::create_dir(place.path("empty")).unwrap();
    place.lfr("score empty train.csv").refused("cannot read empty/model.safetensors: No such file");
}

#[test]
fn scores_cut_short_are_refused() {
    let place = Place::with("train.csv", orders());
    place.lfr("rank train.csv --id rid -o run -q --method pca").ok();
    let scores = place.read("run/scores.csv");
    let cut: String = scores.lines().take(30).map(|line| line.to_owned() + "\n").collect();
    place.write("run/scores.csv", cut);
    for command in ["threshold run --contamination 0.05", "review run --check"] {
        place
            .lfr(command)
            .refused("scores: 29 for the 60 items of the run; take the file as the run wrote it");
    }
    place.write("run/scores.csv", scores);
    assert_eq!(place.lfr("threshold run -q --contamination 0.05").ok().lines().count(), 4);
}
