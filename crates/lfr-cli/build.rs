//! Tells release builds from which commit they are made, for the records of `lfr bench run`.

use std::process::Command;

fn main() {
    println!("cargo::rerun-if-env-changed=LFR_COMMIT");
    if std::env::var_os("LFR_COMMIT").is_some() || std::env::var("PROFILE").is_ok_and(|name| name == "debug")
    {
        return;
    }
    // Known only in a checkout of this repository, not in a copy within another; `+` marks one with changes.
    let here = git(&["rev-parse", "--show-prefix"]).is_some_and(|folder| folder == "crates/lfr-cli/");
    let Some(head) = git(&["rev-parse", "HEAD"]).filter(|_| here) else { return };
    let changed = git(&["status", "--porcelain", "--untracked-files=no", ":/crates", ":/Cargo.lock"]);
    let mark = if changed.is_some_and(|files| files.is_empty()) { "" } else { "+" };
    println!("cargo::rustc-env=LFR_COMMIT={head}{mark}");
    println!("cargo::rerun-if-changed=..");
    for path in ["HEAD", "logs/HEAD"].iter().filter_map(|name| git(&["rev-parse", "--git-path", name])) {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// What `git` prints, where there is a repository and the program.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
