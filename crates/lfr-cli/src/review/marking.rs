//! Tests of the marks: two windows, undo, changes by hand.

use std::path::Path;

use lfr::output::Ids;
use tempfile::TempDir;

use super::marks::{Marks, Refusal};
use super::sheet::Mark;

const OUTLIER: Option<Mark> = Some(Mark::Outlier);
const NORMAL: Option<Mark> = Some(Mark::Normal);

fn ids(names: &[&str]) -> Ids {
    let mut ids = Ids::default();
    ids.extend(names);
    ids
}

fn four() -> Ids {
    ids(&["a", "b", "c", "d"])
}

fn start(names: &Ids) -> (TempDir, Marks) {
    let folder = tempfile::tempdir().unwrap();
    let marks = Marks::open(folder.path(), names).unwrap();
    (folder, marks)
}

fn text(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("labels.csv")).unwrap_or_default()
}

fn put(folder: &Path, text: &str) {
    std::fs::write(folder.join("labels.csv"), text).unwrap();
}

#[test]
fn marks_are_on_the_disk_and_come_back() {
    let (folder, mut marks) = start(&four());
    marks.set("w", (1, "b"), OUTLIER, None).unwrap();
    marks.set("w", (0, "a"), Some(Mark::Unsure), None).unwrap();
    marks.set("w", (1, "b"), NORMAL, OUTLIER).unwrap();
    assert_eq!(text(folder.path()), "id,label\nb,normal\na,unsure\n");
    assert_eq!((marks.version(), marks.since(1), marks.since(3)), (3, vec![0, 1], vec![]));
    let again = Marks::open(folder.path(), &four()).unwrap();
    assert_eq!(again.all(), [Some(Mark::Unsure), NORMAL, None, None]);
    assert_eq!(again.since(0), [0, 1]);
    assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1);
}

#[test]
fn each_window_takes_back_its_own_marks() {
    let (folder, mut marks) = start(&four());
    marks.set("one", (0, "a"), OUTLIER, None).unwrap();
    marks.set("one", (1, "b"), OUTLIER, None).unwrap();
    marks.set("two", (2, "c"), NORMAL, None).unwrap();
    assert_eq!(marks.undo("one", &four()), Ok(Some(1)));
    assert_eq!(marks.undo("two", &four()), Ok(Some(2)));
    assert_eq!(marks.undo("two", &four()), Ok(None));
    assert_eq!(marks.all(), [OUTLIER, None, None, None]);
    assert_eq!(text(folder.path()), "id,label\na,outlier\n");
    marks.set("two", (0, "a"), NORMAL, OUTLIER).unwrap();
    assert!(matches!(marks.undo("one", &four()), Err(Refusal::Changed(_))));
    assert_eq!(marks.all()[0], NORMAL);
    assert_eq!(marks.undo("one", &four()), Ok(None));
}

#[test]
fn a_window_cannot_overwrite_what_it_has_not_seen() {
    let (folder, mut marks) = start(&four());
    marks.set("one", (0, "a"), OUTLIER, None).unwrap();
    let refused = marks.set("two", (0, "a"), NORMAL, None);
    assert_eq!(refused, Err(Refusal::Changed("a was marked elsewhere meanwhile and is outlier now".into())));
    assert_eq!(text(folder.path()), "id,label\na,outlier\n");
    marks.set("two", (0, "a"), NORMAL, OUTLIER).unwrap();
    assert_eq!(marks.version(), 2);
    marks.set("two", (0, "a"), NORMAL, NORMAL).unwrap();
    assert_eq!(marks.version(), 2);
}

#[test]
fn changes_by_hand_are_taken_over_before_a_mark_is_written() {
    let (folder, mut marks) = start(&four());
    marks.set("w", (0, "a"), OUTLIER, None).unwrap();
    put(folder.path(), "id,label,why\na,normal,seen it\nc,1,\nelsewhere,0,\n");
    marks.set("w", (3, "d"), NORMAL, None).unwrap();
    assert_eq!(text(folder.path()), "id,label,why\na,normal,seen it\nc,1,\nelsewhere,0,\nd,normal,\n");
    assert_eq!(marks.all(), [NORMAL, None, OUTLIER, NORMAL]);
    assert_eq!(marks.notice(), (1, "labels.csv was changed by hand: 2 marks are different now"));
    assert_eq!((marks.foreign(), marks.since(1)), (1, vec![0, 2, 3]));
    std::fs::remove_file(folder.path().join("labels.csv")).unwrap();
    marks.sync().unwrap();
    assert_eq!(marks.all(), [None; 4]);
    assert_eq!(marks.notice().1, "labels.csv was removed: 3 marks are different now");
}

#[test]
fn a_file_that_is_being_edited_is_left_alone() {
    let (folder, mut marks) = start(&four());
    marks.set("w", (0, "a"), OUTLIER, None).unwrap();
    let half = "id,label\na,outlier\nb,out";
    put(folder.path(), half);
    let Err(Refusal::File(problem)) = marks.set("w", (1, "b"), NORMAL, None) else { panic!() };
    assert!(problem.contains("line 3 has the label `out`"), "{problem}");
    assert_eq!((text(folder.path()).as_str(), marks.all()[0], marks.all()[1]), (half, OUTLIER, None));
    assert_eq!(marks.trouble(), Some(problem.as_str()));
    put(folder.path(), "id,label\na,outlier\nb,outlier\n");
    marks.sync().unwrap();
    assert_eq!((marks.trouble(), marks.all()[1]), (None, OUTLIER));
}

#[test]
fn items_that_share_an_id_are_not_marked() {
    let names = ids(&["x", "y", "x"]);
    let (folder, mut marks) = start(&names);
    for item in [0, 2] {
        assert!(matches!(marks.set("w", (item, "x"), OUTLIER, None), Err(Refusal::Item(_))));
    }
    marks.set("w", (1, "y"), OUTLIER, None).unwrap();
    assert_eq!(text(folder.path()), "id,label\ny,outlier\n");
}

#[test]
fn a_run_that_was_replaced_gets_no_marks() {
    let (folder, mut marks) = start(&four());
    std::fs::write(folder.path().join("run.json"), "{}").unwrap();
    let Err(Refusal::File(problem)) = marks.set("w", (0, "a"), OUTLIER, None) else { panic!() };
    assert!(problem.contains("has been replaced") && text(folder.path()).is_empty());
}

#[test]
fn a_file_that_is_no_list_of_marks_is_refused_at_the_start() {
    let folder = tempfile::tempdir().unwrap();
    put(folder.path(), "a,b\n1,2\n");
    let error = Marks::open(folder.path(), &four()).err().unwrap().to_string();
    assert!(error.contains("labels.csv: its first line does not name the columns id and label"), "{error}");
    std::fs::remove_file(folder.path().join("labels.csv")).unwrap();
    std::fs::create_dir(folder.path().join("labels.csv")).unwrap();
    assert!(Marks::open(folder.path(), &four()).is_err());
}
