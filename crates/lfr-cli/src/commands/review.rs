//! `lfr review`.

use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::args::ReviewArgs;
use crate::interrupt;
use crate::review::{Desk, Server};
use crate::terminal::{print, say, shown, things};

/// Time between two looks for a signal.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves the page until Ctrl-C.
pub fn run(args: &ReviewArgs) -> Result<()> {
    let desk = Arc::new(Desk::open(&args.run, args.input.as_deref())?);
    let server = Server::bind(args.port)?;
    if args.check {
        desk.read_pile(args.data_dir.as_deref());
        return print(told(&desk).as_bytes());
    }
    interrupt::listen()?;
    let address = server.address();
    server.start(Arc::clone(&desk))?;
    desk.read_pile_meanwhile(args.data_dir.clone());
    say(&format!("{}; the page is at", headline(&desk)));
    print(format!("{address}\n").as_bytes())?;
    say("Ctrl-C ends it");
    if !args.no_open {
        open(&address);
    }
    while interrupt::signal().is_none() {
        thread::sleep(PAUSE);
    }
    // Held to the end of the process, so that a mark is written in full or not at all.
    let marks = desk.marks();
    let marked = marks.all().iter().flatten().count();
    let word = if marked == 1 { "mark" } else { "marks" };
    say(&format!("{marked} {word} in {}", shown(&marks.path().display().to_string())));
    std::mem::forget(marks);
    Ok(())
}

fn headline(desk: &Desk) -> String {
    let (n, kind) = (desk.len(), desk.kind());
    format!("{}: {}", shown(&desk.record.input), things(n, kind))
}

/// What the page would show.
fn told(desk: &Desk) -> String {
    let marked = desk.marks().all().iter().flatten().count();
    let input = match desk.data() {
        Ok(_) => "the input can be read".to_owned(),
        Err(reason) => format!(
            "the input cannot be shown: {}; the report still has {} of its items",
            shown(&reason),
            desk.kept().len()
        ),
    };
    format!("{}, {marked} marked; {input}\n", headline(desk))
}

/// Opens `address` in the user's browser. The address is printed all the same, so it does not matter if that fails.
fn open(address: &str) {
    let (program, words): (_, &[&str]) = match std::env::consts::OS {
        "macos" => ("open", &[]),
        "windows" => ("cmd", &["/C", "start", ""]),
        _ => ("xdg-open", &[]),
    };
    let mut command = Command::new(program);
    command.args(words).arg(address).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let _ = command.spawn();
}
