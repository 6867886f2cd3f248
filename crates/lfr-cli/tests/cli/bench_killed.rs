//! Sweeps that are killed or interrupted, and go on where they were.

use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use crate::bench::{GRID, TRAINED, place, records};
use crate::fixture::{Place, names};
use crate::mnist;

/// How long each sweep goes on after its first new record, in milliseconds; drawn once, at random.
const MOMENTS: [u64; 10] = [3, 0, 7, 1, 9, 2, 0, 5, 4, 1];

/// Eighty runs that take a moment, and among them two trainings on the same pictures under another name.
const MANY: &str = r#"
    title = "Many"
    reason = "to be killed amid them"
    dataset = ["mnist", "fashion-mnist"]
    inlier = { fashion-mnist = ["bag"] }
    ratio = [0.25, 0.5]
    seed = [0]
    [[method]]
    method = "isolation-forest"
    dataset = ["mnist"]
    [[method]]
    method = "pca"
    dataset = ["mnist"]
    [[method]]
    method = "knn"
    dataset = ["mnist"]
    [[method]]
    method = "ecod"
    dataset = ["mnist"]
    [[method]]
    method = "ae"
    dataset = ["fashion-mnist"]
    settings = { schedule = { epochs = 2 } }
    curve = true
"#;

const SWEEP: &str = "bench run grid.toml --data-dir data -q --jobs 2 --records";

/// Starts a sweep into `folder`.
fn start(place: &Place, folder: &str) -> Child {
    place.command(&format!("{SWEEP} {folder}")).stderr(Stdio::null()).spawn().unwrap()
}

/// How many whole records a folder has.
fn recorded(folder: &Path) -> usize {
    if folder.is_dir() { names(folder).iter().filter(|name| !name.starts_with('.')).count() } else { 0 }
}

/// Waits until there are more than `before` records, or until the sweep has ended.
fn await_record(sweep: &mut Child, folder: &Path, before: usize) {
    while recorded(folder) <= before && sweep.try_wait().unwrap().is_none() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_sweep_killed_ten_times_leaves_the_records_of_an_undisturbed_one() {
    let place = place();
    mnist::lay(&place.path("data/fashion-mnist"));
    place.write("grid.toml", MANY);
    let folder = place.path("killed");
    for (moment, kills) in MOMENTS.into_iter().zip(1..) {
        let before = recorded(&folder);
        let mut sweep = start(&place, "killed");
        await_record(&mut sweep, &folder, before);
        std::thread::sleep(Duration::from_millis(moment));
        sweep.kill().unwrap();
        sweep.wait().unwrap();
        let status = place.lfr("bench status grid.toml --records killed").ok();
        assert!(!status.contains("broken"), "after {kills} kills: {status}");
        assert!(recorded(&folder) > before, "no record before kill {kills}");
    }
    assert!(recorded(&folder) < 82, "all was recorded before the last kill");
    assert!(start(&place, "killed").wait().unwrap().success());
    assert!(start(&place, "whole").wait().unwrap().success());
    let (killed, whole) = (records(&place, "killed"), records(&place, "whole"));
    assert_eq!(whole.len(), 82);
    assert!(killed.keys().eq(whole.keys()), "{killed:?}");
    for (name, record) in &killed {
        assert_eq!(record, &whole[name], "{name}");
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_sweep_ends_at_once_and_leaves_whole_records_only() {
    let place = place();
    place.write("grid.toml", format!("{GRID}{TRAINED}").replace("epochs = 2", "epochs = 100000000"));
    let mut sweep = start(&place, "records");
    // At the first ratio the runs without training are recorded; then comes one without end.
    await_record(&mut sweep, &place.path("records"), 1);
    std::thread::sleep(Duration::from_millis(50));
    let kill = std::process::Command::new("kill").args(["-INT", &sweep.id().to_string()]).status();
    assert!(kill.unwrap().success());
    assert_eq!(sweep.wait().unwrap().code(), Some(130));
    let left = names(&place.path("records"));
    assert!(left.len() >= 2 && left.iter().all(|name| name.ends_with(".json")), "{left:?}");
}
