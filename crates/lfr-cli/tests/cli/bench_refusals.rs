//! `lfr bench` and what it must not run on: grids, data and records that are not in order.

use crate::bench::{GRID, TRAINED, place};
use crate::fixture::{Place, names};

#[test]
fn mistakes_in_a_grid_are_named_before_anything_runs() {
    for (from, to, parts) in [
        ("\"mnist\"", "\"mnits\"", ["grid.toml: line 4: ", "`mnits`", "`fashion-mnist`"]),
        ("\"7\"", "\"seven\"", ["`class` = seven", "mnist has the classes", "grid.toml"]),
        (
            "isolation-forest",
            "isolation-forrest",
            ["`method` = isolation-forrest", "isolation-forest", "knn"],
        ),
        ("ratio =", "ratios =", ["grid.toml: line 6: ", "unknown field `ratios`", "`ratio`"]),
        ("epochs =", "epocs =", ["epocs", "epochs", "batch_size"]),
        ("[0]", "[]", ["`seed`", "at least one", "grid.toml"]),
    ] {
        let place = place();
        place.write("grid.toml", format!("{GRID}{TRAINED}").replacen(from, to, 1));
        for action in ["plan", "run"] {
            let run = place.lfr(&format!("bench {action} grid.toml"));
            parts.iter().for_each(|part| assert!(run.stderr.contains(part), "{part:?} is not in {run:?}"));
            run.refused("lfr: ");
        }
    }
    Place::new().lfr("bench plan absent.toml").refused("cannot read absent.toml: No such file");
}

#[test]
fn data_that_are_not_there_are_named_with_the_way_to_get_them() {
    let place = Place::with("grid.toml", GRID);
    place.lfr("bench run grid.toml --data-dir nowhere").refused("run `lfr data fetch mnist`");
    let run = place.command("bench run grid.toml").env("LFR_DATA_DIR", "elsewhere").output().unwrap();
    assert!(String::from_utf8(run.stderr).unwrap().contains("elsewhere/mnist: mnist was not found"));
}

#[test]
fn a_table_without_records_says_how_to_make_them() {
    let place = Place::with("grid.toml", GRID);
    place
        .lfr("bench table grid.toml")
        .refused("records: is no folder of records; make it with `lfr bench run`");
    std::fs::create_dir(place.path("records")).unwrap();
    place.lfr("bench plot grid.toml").refused("no record of this grid");
    place.lfr("bench table grid.toml --metric accuracy").refused("auroc");
    assert_eq!(place.names(), ["grid.toml", "records"]);
}

/// A place with two records, and the names of these.
fn recorded() -> (Place, [String; 2]) {
    let place = place();
    place.write("grid.toml", GRID.split("[[method]]").take(2).collect::<Vec<_>>().join("[[method]]"));
    place.lfr("bench run grid.toml --data-dir data -q --shard 1/2").ok();
    let names = names(&place.path("records")).try_into().unwrap();
    (place, names)
}

#[test]
fn half_written_and_foreign_records_are_refused_and_run_again() {
    let (place, [one, other]) = recorded();
    let good = place.read(&format!("records/{one}"));
    let foreign = place.read(&format!("records/{other}"));
    for (text, problem) in [
        (&good[..good.len() / 2], "is half written or no record"),
        ("", "is half written or no record"),
        (&foreign, "belongs to another job: isolation-forest on mnist/"),
        ("[1, 2]", "is half written or no record"),
    ] {
        place.write(&format!("records/{one}"), text);
        let message = format!("records/{one}: {problem}");
        place.lfr("bench table grid.toml").refused(&message);
        let run = place.lfr("bench run grid.toml --data-dir data -q --shard 1/2");
        assert!(run.stderr.contains(&format!("warning: {message}")), "{run:?}");
        assert!(run.stderr.contains("; it runs again"), "{run:?}");
        run.ok();
        place.lfr("bench table grid.toml").ok();
    }
}

#[test]
fn records_of_two_versions_are_mixed_only_when_asked() {
    let (place, [one, _]) = recorded();
    let version = concat!("\"version\":\"", env!("CARGO_PKG_VERSION"), "\"");
    let old = place.read(&format!("records/{one}")).replace(version, "\"version\":\"0.0.1\"");
    place.write(&format!("records/{one}"), old);
    for command in ["table grid.toml", "plot grid.toml", "run grid.toml --data-dir data"] {
        let run = place.lfr(&format!("bench {command}"));
        assert!(run.stderr.contains("records of the versions 0.0.1 and "), "{run:?}");
        run.refused("pass --mixed if that is meant");
        place.lfr(&format!("bench {command} --mixed")).ok();
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_ends_the_sweep_with_a_failure() {
    let (place, [one, _]) = recorded();
    let hash = one.trim_end_matches(".json");
    std::fs::remove_file(place.path(&format!("records/{one}"))).unwrap();
    std::os::unix::fs::symlink("/dev/full", place.path(&format!("records/.{hash}.part"))).unwrap();
    let run = place.lfr("bench run grid.toml --data-dir data -q --shard 1/2");
    assert_eq!(run.code, 1, "{run:?}");
    assert!(run.stderr.contains("cannot write ") && run.stderr.contains("No space left"), "{run:?}");
}
