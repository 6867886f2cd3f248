//! Standard streams that are closed or full, and signals: the results do not depend on them.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use crate::fixture::{Place, names};

/// A folder with a table of `rows` rows of six numbers.
fn place(rows: usize) -> Place {
    let cell = |i: usize| (i * 7919 % 10_007).to_string();
    let row = |i: usize| (6 * i..6 * i + 6).map(cell).collect::<Vec<_>>().join(",") + "\n";
    Place::with("pile.csv", format!("a,b,c,d,e,f\n{}", (0..rows).map(row).collect::<String>()))
}

const RANK: &str = "rank pile.csv --method pca";

#[test]
fn a_run_does_not_depend_on_who_reads_its_messages() {
    let place = place(30);
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let code = |command: &mut Command| command.stdout(Stdio::null()).status().unwrap().code();
    assert_eq!(code(place.command(RANK).stderr(full())), Some(0));
    assert_eq!(code(place.command("threshold pile-lfr").stderr(full())), Some(0));
    assert_eq!(code(place.command("report pile-lfr").stderr(full())), Some(0));
    assert_eq!(code(place.command("rank absent").stderr(full())), Some(2));
    let mut child = place.command("rank pile.csv --method ae --epochs 3 --force --strict");
    let mut child = child.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stderr.take());
    assert!([Some(0), Some(1)].contains(&child.wait().unwrap().code()));
    assert_eq!(names(&place.path("pile-lfr")).len(), 4);
}

#[test]
fn a_full_standard_output_is_named_and_the_results_are_there() {
    let place = place(30);
    let said = |line: &str| {
        let full = Stdio::from(File::options().write(true).open("/dev/full").unwrap());
        let output = place.command(line).stdout(full).stderr(Stdio::piped()).output().unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let problem = "cannot write standard output: No space left on device";
    let (code, text) = said(RANK);
    assert!(code == Some(1) && text.contains("lfr: the results are in pile-lfr\n"), "{code:?} {text}");
    assert!(text.contains(problem), "{text}");
    assert_eq!(names(&place.path("pile-lfr")).len(), 4);
    for line in ["threshold pile-lfr", "columns pile.csv", "score pile-lfr pile.csv"] {
        let (code, text) = said(line);
        assert!(code == Some(1) && text.contains(&format!("lfr: {problem}")), "{line}: {code:?} {text}");
    }
}

/// Sends `child` a signal.
fn kill(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Starts `line` and waits until it writes a message that starts with `begin`.
fn started(place: &Place, line: &str, begin: &str) -> (Child, BufReader<std::process::ChildStderr>) {
    let mut child = place.command(line).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.starts_with(begin) {
        said.clear();
        assert!(stderr.read_line(&mut said).unwrap() > 0, "never said {begin}");
    }
    (child, stderr)
}

/// The exit code and what was still said.
fn ended((mut child, mut stderr): (Child, BufReader<std::process::ChildStderr>)) -> (Option<i32>, String) {
    let mut rest = String::new();
    stderr.read_to_string(&mut rest).unwrap();
    (child.wait().unwrap().code(), rest)
}

#[test]
fn a_method_that_does_not_listen_is_ended_and_leaves_nothing_behind() {
    let place = place(20_000);
    for (signals, code) in [(&["-HUP"][..], 129), (&["-TERM", "-INT"], 130)] {
        if code == 129 && hangups_are_ignored() {
            eprintln!("SKIPPED: SIGHUP is ignored here (nohup), and so it is by the programs under test");
            continue;
        }
        let run = started(&place, "rank pile.csv --method lvad", "fitting lvad");
        for signal in signals {
            kill(&run.0, signal);
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        assert_eq!(ended(run), (Some(code), "lfr: interrupted\n".into()));
        assert_eq!(place.names(), ["pile.csv"]);
    }
}

/// Whether this process, and with it every one it starts, ignores SIGHUP.
fn hangups_are_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_some_and(|mask| mask & 1 == 1)
}

#[test]
fn a_run_under_nohup_outlives_its_terminal() {
    let place = place(30);
    let program = env!("CARGO_BIN_EXE_lfr");
    let script = format!("trap '' HUP; exec '{program}' rank pile.csv --method ae --epochs 100000000");
    let mut command = Command::new("sh");
    command.current_dir(place.path("")).args(["-c", &script]).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut said = String::new();
    while !said.starts_with("epoch 1/") {
        said.clear();
        assert!(stderr.read_line(&mut said).unwrap() > 0);
    }
    kill(&child, "-HUP");
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert_eq!(child.try_wait().unwrap(), None);
    kill(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn what_a_killed_run_left_goes_with_the_next() {
    let place = place(30);
    let (mut child, _) = started(&place, "rank pile.csv --method ae --epochs 100000000", "epoch 1/");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(place.names().len(), 2, "{:?}", place.names());
    place.lfr(RANK).ok();
    assert_eq!(place.names(), ["pile-lfr", "pile.csv"]);
}
