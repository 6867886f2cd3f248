//! The documents keep their word: every command they show works, and they list the methods there are.

use std::path::{Path, PathBuf};

use crate::fixture::Place;
use crate::mnist;

/// What starts a command of this program in a document.
const STARTS: [&str; 2] = ["lfr ", "cargo run --release -p lfr-cli -- "];

/// Ends the line of a command that a test cannot run: downloads, long trainings, other builds.
const NOT_RUN: &str = "# not run here";

/// Methods that train no network, and so have no epochs.
const CLASSICAL: [&str; 7] = ["isolation-forest", "knn", "centroid", "lof", "pca", "ecod", "lvad"];

/// A file of the repository.
fn repository(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(path)
}

fn document(path: &str) -> String {
    std::fs::read_to_string(repository(path)).unwrap()
}

/// The lines of all code blocks of `language`.
fn block<'a>(document: &'a str, language: &str) -> Vec<&'a str> {
    let (mut inside, mut lines) = (false, Vec::new());
    for line in document.lines() {
        match line.strip_prefix("```") {
            Some(name) => inside = !name.is_empty() && name == language,
            None if inside => lines.push(line),
            None => {}
        }
    }
    lines
}

/// The words after `lfr` of every command that can be run.
fn commands(document: &str) -> Vec<String> {
    let lines = block(document, "sh").into_iter().filter(|line| !line.ends_with(NOT_RUN));
    lines.filter_map(|line| STARTS.iter().find_map(|start| line.strip_prefix(start))).map(quick).collect()
}

/// The same command with the least training and a small gallery, its quotation marks taken off as a shell does.
fn quick(command: &str) -> String {
    let command = command.replace('\'', "");
    let words: Vec<&str> = command.split(' ').collect();
    let (ranks, fits) = (words[0] == "rank", words[0] == "fit");
    let classical = words.iter().any(|word| CLASSICAL.contains(word));
    let pictures = ["photos", "images", "dataset:"].iter().any(|name| command.contains(name));
    // The default trains a network for pictures alone.
    let trains = !classical && (pictures || command.contains("ae-lfr") || command.contains("preset"));
    let epochs = if (ranks || fits) && trains { " --epochs 1" } else { "" };
    let show = if ranks { " --show 2" } else { "" };
    // It would serve its page for ever.
    let check = if words[0] == "review" { " --check" } else { "" };
    format!("{command}{epochs}{show}{check}")
}

/// A folder with the inputs that the documents name, small ones.
fn place() -> Place {
    let place = Place::new();
    copy(&repository("examples/sneakers"), &place.path("examples/sneakers"), usize::MAX);
    copy(&repository("examples/sneakers/images"), &place.path("examples/sneakers/images"), usize::MAX);
    copy(&repository("examples/sneakers/images"), &place.path("photos"), 40);
    copy(&repository("examples/sneakers/images"), &place.path("new"), 40);
    copy(&repository("experiments"), &place.path("experiments"), usize::MAX);
    copy(&repository("experiments/records"), &place.path("experiments/records"), usize::MAX);
    mnist::lay(&place.path("data/mnist"));
    place.write("marks.csv", "id,label\n000.png,0\n001.png,0\n002.png,unsure\n039.png,1\n");
    place.write("orders.csv", table(false));
    place.write("audited.csv", table(true));
    let words =
        ["invoice", "parcel", "refund", "meeting", "budget", "contract", "address", "report", "order"];
    let text = |i: usize| (0..6).map(|j| words[(i * (j + 1) + j * j) % 9]).collect::<Vec<_>>().join(" ");
    let lines = |line: &dyn Fn(usize) -> String| (0..40).map(line).collect::<String>();
    place.write("mails.jsonl", lines(&|i| format!("{{\"id\": {i}, \"body\": \"{} mail{i}\"}}\n", text(i))));
    place.write("notes.txt", lines(&|i| format!("{} note{i}\n", text(i))));
    place.write("run.toml", block(&document("docs/guide.md"), "toml").join("\n"));
    place
}

/// Sixty orders, the 34th of them odd, and whether it is in a column `fraud` if that is wanted.
fn table(audited: bool) -> String {
    let fraud = |text: &str| if audited { format!(",{text}") } else { String::new() };
    let row = |i: usize| {
        let amount = if i == 33 { 9000 } else { 20 + (i * 7) % 13 };
        let (items, country) = (1 + i % 4, ["DE", "FR", "NL"][i % 3]);
        format!("A{i},{amount},{items},{country},note {i}{}\n", fraud(if i == 33 { "1" } else { "0" }))
    };
    let rows: String = (0..60).map(row).collect();
    format!("number,amount,items,country,note{}\n{rows}", fraud("fraud"))
}

/// Copies the first `most` files of a folder, not those below it.
fn copy(from: &Path, to: &Path, most: usize) {
    std::fs::create_dir_all(to).unwrap();
    let entries = std::fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = entries.filter(|path| path.is_file()).collect();
    files.sort();
    for file in files.iter().take(most) {
        std::fs::copy(file, to.join(file.file_name().unwrap())).unwrap();
    }
}

/// What every command of a document prints, in its order and in one folder.
fn run_all(path: &str) -> Vec<String> {
    let place = place();
    let run = |command: &String| {
        let run = place.lfr(command);
        assert_eq!(run.code, 0, "{path}: lfr {command}: {run:?}");
        run.stdout
    };
    commands(&document(path)).iter().map(run).collect()
}

#[test]
fn the_commands_of_the_readme_work() {
    let run = run_all("README.md").len();
    assert!(run >= 6, "only {run} commands found");
}

#[test]
fn the_commands_of_the_guide_work() {
    let run = run_all("docs/guide.md").len();
    assert!(run >= 15, "only {run} commands found");
}

/// A cell of a table of results ends in the number of its runs.
#[test]
fn the_results_are_what_the_commands_beside_them_print() {
    let printed = run_all("docs/results.md").concat();
    let document = document("docs/results.md");
    let rows: Vec<&str> =
        document.lines().filter(|line| line.starts_with('|') && line.contains('×')).collect();
    assert!(rows.len() >= 20, "only {} rows found", rows.len());
    for row in rows {
        assert!(printed.lines().any(|line| line == row), "no command prints {row}");
    }
}

#[test]
fn the_figures_of_the_results_are_what_the_commands_beside_them_draw() {
    let (place, document) = (place(), document("docs/results.md"));
    commands(&document).iter().filter(|command| command.starts_with("bench plot")).for_each(|command| {
        place.lfr(command).ok();
    });
    let shown: Vec<&str> =
        document.lines().filter_map(|line| line.split_once("](figures/")?.1.split(')').next()).collect();
    assert!(shown.len() >= 2, "only {shown:?}");
    for name in shown {
        let read = |path: PathBuf| std::fs::read_to_string(path).unwrap();
        let (drawn, kept) = (place.path("docs/figures").join(name), repository("docs/figures").join(name));
        assert!(read(drawn) == read(kept), "{name} is drawn differently");
    }
}

#[test]
fn the_readme_lists_the_methods_there_are() {
    let methods: serde_json::Value = serde_json::from_str(&Place::new().lfr("methods --json").ok()).unwrap();
    let text = |method: &serde_json::Value, key: &str| method[key].as_str().unwrap().to_owned();
    let known: Vec<_> = methods
        .as_array()
        .unwrap()
        .iter()
        .map(|m| ["name", "summary", "takes", "cost"].map(|key| text(m, key)))
        .collect();
    let readme = document("README.md");
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows = readme.lines().map(cells).filter(|cells| cells.len() == 7 && cells[1].starts_with('`'));
    let listed: Vec<_> = rows
        .map(|cells| [cells[1].replace('`', ""), cells[2].clone(), cells[3].clone(), cells[5].clone()])
        .collect();
    assert_eq!(listed, known);
}

#[test]
fn the_snippet_of_the_readme_is_the_tested_one() {
    let tested = document("crates/lfr/src/lib.rs").replace("../../examples", "examples");
    let tested: Vec<&str> = tested.lines().map(|line| line.trim_start_matches("//!").trim()).collect();
    let readme = document("README.md");
    let snippet = block(&readme, "rust");
    assert!(!snippet.is_empty());
    // The tested one writes its model into a temporary folder.
    let lines = snippet.iter().map(|line| line.trim().replace("\"sneakers.safetensors\"", "&path"));
    for line in lines.filter(|line| !line.is_empty()) {
        assert!(tested.contains(&line.as_str()), "`{line}` is not in the crate's documentation");
    }
}

/// The source files below `folder`.
fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        match entry.is_dir() {
            true => sources(&entry, found),
            false => found.extend(Some(entry).filter(|path| path.extension().is_some_and(|end| end == "rs"))),
        }
    }
}

#[test]
fn the_files_that_documents_for_developers_name_are_there() {
    let mut files = Vec::new();
    sources(&repository("crates"), &mut files);
    for (name, least) in [("docs/architecture.md", 80), ("CONTRIBUTING.md", 30)] {
        let text = document(name);
        let quoted = text.split('`').skip(1).step_by(2);
        let is_pattern = |path: &str| path.contains('*') || path.contains("NAME");
        let named: Vec<&str> = quoted.filter(|path| path.ends_with(".rs") && !is_pattern(path)).collect();
        assert!(named.len() >= least, "{name}: only {named:?}");
        for path in named {
            assert!(files.iter().any(|file| file.ends_with(path)), "{name}: there is no `{path}`");
        }
    }
}
