//! `lfr review`: the page is served, marks outlive it, and a person with a keyboard gets through.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use serde_json::json;

use crate::browser::Browser;
use crate::fixture::Place;

/// A review that goes on.
struct Review {
    child: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
}

impl Review {
    fn start(place: &Place, line: &str) -> Self {
        let mut command = place.command(line);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut address = String::new();
        stdout.read_line(&mut address).unwrap();
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        Self { child, stdout, address: address.trim_end().to_owned() }
    }

    /// Ends it by Ctrl-C; gives its exit code and what it said.
    fn interrupt(mut self) -> (Option<i32>, String) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        self.stdout.read_to_string(&mut said).unwrap();
        (self.child.wait().unwrap().code(), said)
    }
}

/// Forty rows, ranked into `pile-lfr`.
fn ranked() -> Place {
    let place = Place::new();
    place.write("pile.csv", (0..40).map(|i| format!("{},{}\n", i % 7, i * i)).collect::<String>());
    place.lfr("rank pile.csv --method pca --show 4").ok();
    place
}

#[test]
fn a_check_tells_what_the_page_would_show() {
    let place = ranked();
    let told = |line: &str| place.lfr(line).ok();
    assert_eq!(told("review pile-lfr --check"), "pile.csv: 40 rows, 0 marked; the input can be read\n");
    place.write("pile-lfr/labels.csv", "id,label\n3,outlier\n5,unsure\n");
    std::fs::rename(place.path("pile.csv"), place.path("moved.csv")).unwrap();
    let gone = told("review pile-lfr --check");
    assert!(gone.starts_with("pile.csv: 40 rows, 2 marked; the input cannot be shown: "), "{gone}");
    assert!(gone.ends_with("; the report still has 16 of its items\n"), "{gone}");
    assert!(told("review pile-lfr --check --input moved.csv").ends_with("2 marked; the input can be read\n"));
    place.write("pile.csv", "1,2\n3,4\n5,6\n");
    assert!(told("review pile-lfr --check").contains("pile.csv is not as it was at the time of the run"));
}

#[test]
fn what_cannot_be_reviewed_is_refused() {
    let place = ranked();
    place.lfr("review absent").refused("cannot read absent/run.json");
    place.lfr("review pile.csv").refused("cannot read pile.csv/run.json");
    place.write("pile-lfr/labels.csv", "what,is\nthis,1\n");
    place.lfr("review pile-lfr --check").refused("does not name the columns id and label");
    std::fs::remove_file(place.path("pile-lfr/labels.csv")).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let line = format!("review pile-lfr --no-open --port {port}");
    place.lfr(&line).refused(&format!("cannot listen on port {port}"));
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_review_and_force_does_not_take_its_marks() {
    let place = ranked();
    place.write("pile-lfr/labels.csv", "id,label\n3,outlier\n");
    let review = Review::start(&place, "review pile-lfr --no-open");
    let (code, said) = review.interrupt();
    assert_eq!(code, Some(0), "{said}");
    assert!(said.contains("pile.csv: 40 rows") && said.contains("1 mark in pile-lfr/labels.csv"), "{said}");
    place.lfr("rank pile.csv --method pca --force").refused("it holds the marks of a review");
    assert_eq!(place.read("pile-lfr/labels.csv"), "id,label\n3,outlier\n");
}

/// Two members, of which one ranks the sample worse than the other.
const PAIR: &str =
    "method = \"combined\"\n[settings]\nmembers = [{ method = \"lof\" }, { method = \"knn\" }]\n";

/// The AUROC of the items that are not `marked`, by the scores of the run in `folder`.
fn auroc(place: &Place, folder: &str, truth: &HashMap<String, bool>, marked: &[&str]) -> f64 {
    let text = place.read(&format!("{folder}/scores.csv"));
    let rows = text.lines().skip(1).map(|line| line.split(',').collect::<Vec<_>>());
    let rest = rows.filter(|row| !marked.contains(&row[0]));
    let (mut odd, mut usual) = (Vec::new(), Vec::new());
    for row in rest {
        let side = if truth[row[0]] { &mut odd } else { &mut usual };
        side.push(row[1].parse::<f32>().unwrap());
    }
    let right: usize = odd.iter().map(|odd| usual.iter().filter(|usual| odd > usual).count()).sum();
    right as f64 / (odd.len() * usual.len()) as f64
}

/// The true labels of the sample.
fn truth(sneakers: &Path) -> HashMap<String, bool> {
    let text = std::fs::read_to_string(sneakers.join("labels.csv")).unwrap();
    let pairs = text.lines().skip(1).filter_map(|line| line.split_once(','));
    pairs.map(|(id, label)| (id.to_owned(), label.starts_with('1'))).collect()
}

#[cfg(unix)]
#[test]
fn rows_are_shown_with_all_their_columns() {
    let Some(mut browser) = Browser::start() else { return };
    let place = ranked();
    let review = Review::start(&place, "review pile-lfr --no-open");
    browser.open(&review.address, (1280, 800));
    browser.wait("document.querySelectorAll('.rows .detail').length > 0");
    browser.wait("document.querySelector('.item .features') !== null");
    browser.value("document.querySelector('.whole').open = true");
    browser.wait("document.querySelectorAll('.whole dd').length === 2");
    browser.press("ArrowRight");
    browser.wait("document.querySelector('.rank')?.textContent.includes('2')");
    assert_eq!(browser.complaints, [""; 0]);
    assert_eq!(review.interrupt().0, Some(0));
}

#[cfg(unix)]
#[test]
fn twenty_items_are_reviewed_by_keyboard() {
    let Some(mut browser) = Browser::start() else { return };
    let sneakers = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/sneakers");
    let (place, truth) = (Place::new(), truth(&sneakers));
    let images = sneakers.join("images").display().to_string();
    place.write("pair.toml", PAIR);
    place.lfr(&format!("rank {images} --config pair.toml -o out --show 4")).ok();
    let review = Review::start(&place, "review out --no-open");
    browser.open(&review.address, (1280, 800));
    for marked in 1..=20 {
        let id = browser.text("item-id");
        browser.press(if truth[&id] { "o" } else { "n" });
        browser
            .wait(&format!("document.getElementById('progress').textContent.startsWith('{marked} marked')"));
        browser.wait(&format!("document.getElementById('item-id').textContent !== '{id}'"));
    }
    let marks = place.read("out/labels.csv");
    let rows: Vec<_> = marks.lines().skip(1).map(|line| line.split_once(',').unwrap()).collect();
    assert_eq!(rows.len(), 20, "{marks}");
    assert!(rows.iter().all(|(id, label)| truth[*id] == (*label == "outlier")), "{marks}");
    // Ranked again by these marks, the others are in a better order.
    place
        .lfr(&format!("rank {images} --config pair.toml --labels-known out/labels.csv -o again --no-report"))
        .ok();
    let marked: Vec<&str> = rows.iter().map(|row| row.0).collect();
    let [before, after] = ["out", "again"].map(|folder| auroc(&place, folder, &truth, &marked));
    assert!(after > before + 0.004, "{before} {after}");

    // The last mark is taken back, and the page is at its item again.
    browser.press("z");
    browser.wait("document.getElementById('progress').textContent.startsWith('19 marked')");
    browser.wait(&format!("document.getElementById('item-id').textContent === '{}'", rows[19].0));
    assert_eq!(place.read("out/labels.csv").lines().count(), 20);
    // A search, similar items, and back.
    browser.press("/");
    browser.call("Input.insertText", json!({ "text": rows[0].0 }));
    browser.wait("document.getElementById('list-words').textContent.startsWith('1 item.')");
    browser.press("Enter");
    browser.press("s");
    browser.wait("document.getElementById('list-words').textContent.includes('Most similar to')");
    browser.press("Escape");
    browser.wait("document.getElementById('list-words').textContent.startsWith('1 item.')");
    // What is written by hand appears.
    let other = truth.keys().find(|id| rows.iter().all(|row| row.0 != *id)).unwrap();
    place.write("out/labels.csv", place.read("out/labels.csv") + &format!("{other},unsure\n"));
    browser.wait("document.getElementById('notices').textContent.includes('changed by hand')");
    // The original at full size.
    browser.wait("document.querySelector('.original')?.naturalWidth > 0");
    browser.press("Enter");
    browser.wait(
        "document.getElementById('large').open && document.getElementById('large-picture').naturalWidth > 0",
    );
    browser.press("Escape");
    browser.wait("!document.getElementById('large').open");

    // Another window, on a small screen, goes on from there.
    browser.open(&review.address, (360, 720));
    assert!(browser.text("progress").starts_with("20 marked"));
    assert_eq!(browser.value("document.documentElement.scrollWidth"), json!(360));
    browser.value("document.querySelector('[role=option]').click()");
    let next = "document.getElementById('next').getBoundingClientRect()";
    browser.wait(&format!(
        "{next}.width > 0 && {next}.right <= 360 && document.documentElement.scrollWidth === 360"
    ));
    assert_eq!(browser.complaints, [""; 0]);
    assert_eq!(review.interrupt().0, Some(0));
    browser.wait("document.getElementById('notices').textContent.includes('lfr review has ended')");
}
