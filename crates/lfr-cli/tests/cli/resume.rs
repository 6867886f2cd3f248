//! Runs that are killed at any moment go on with `--resume` and end with the bytes of an undisturbed one.

use std::process::Stdio;
use std::time::Duration;

use crate::fixture::{Place, names};

/// How long each run goes on before it is killed, in milliseconds; drawn once, at random.
const MOMENTS: [u64; 4] = [420, 130, 700, 260];

fn table() -> Place {
    let mut text = String::from("a,b,c,d\n");
    for i in 0..300 {
        text += &format!("{},{},{},{}\n", i * 7 % 31, i * i % 57, i % 13, i * 5 % 101);
    }
    Place::with("t.csv", text)
}

fn killed(arguments: &str, moments: &[u64]) {
    let place = table();
    place.lfr(&format!("rank t.csv --no-report -q {arguments} -o whole")).ok();
    let mut kills = 0;
    for &moment in moments {
        let line = format!("rank t.csv --no-report -q {arguments} -o killed --save-every 0 --resume");
        let mut run = place.command(&line).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(moment));
        if run.try_wait().unwrap().is_some() {
            break;
        }
        run.kill().unwrap();
        run.wait().unwrap();
        kills += 1;
    }
    assert!(kills > 0, "{arguments}: was never killed");
    if !place.path("killed").exists() {
        place.lfr(&format!("rank t.csv --no-report -q {arguments} -o killed --resume")).ok();
    }
    place.assert_same_results("whole", "killed");
    assert_eq!(names(&place.path(".")), ["killed", "t.csv", "whole"]);
}

#[test]
fn a_network_killed_at_any_moment_goes_on() {
    for threads in [1, 2] {
        killed(&format!("--method ae-lfr --epochs 60 --seed 4 --threads {threads}"), &MOMENTS);
    }
}

#[test]
fn what_has_no_network_starts_again() {
    killed("--method isolation-forest --seed 4 --threads 2", &[5, 1, 9]);
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_says_how_to_go_on_and_is_not_overwritten() {
    let place = table();
    let line = "rank t.csv --no-report -q --method ae-lfr --epochs 100000 -o out --save-every 0";
    let run = place.command(line).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
    let state = place.path(".out-unfinished");
    for _ in 0..600 {
        if state.is_dir() && !names(&state).is_empty() {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let id = run.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let output = run.wait_with_output().unwrap();
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{told}");
    assert!(told.contains("the same command with --resume goes on from there"), "{told}");
    place
        .lfr("rank t.csv -q --method ae-lfr --epochs 1 -o out")
        .refused("go on from it with --resume, or start anew");
    place.lfr("rank t.csv -q --method ae-lfr --epochs 2 -o out --resume").refused("other settings");
    place.lfr("rank t.csv -q --method ae-lfr --epochs 1 -o out --force --no-report").ok();
    assert_eq!(place.names(), ["out", "t.csv"]);
}
