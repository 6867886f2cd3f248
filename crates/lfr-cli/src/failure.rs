//! What a failed run says and returns.

use std::io::{self, ErrorKind};

use lfr::Error;

use crate::interrupt;
use crate::terminal::{say, shown};

/// The run went wrong for a reason outside what the user asked for.
const FAILED: u8 = 1;

/// The usage or the input is wrong.
const USAGE: u8 = 2;

/// Usage that the command line's grammar cannot rule out.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Usage(pub String);

/// Tells `error` and its causes to stderr and gives the exit code. A reader that went away is no failure.
pub fn report(error: &anyhow::Error) -> u8 {
    if let Some(error) = error.downcast_ref::<clap::Error>() {
        tell_usage(error);
        return u8::try_from(error.exit_code()).unwrap_or(USAGE);
    }
    if is_broken_pipe(error) {
        return 0;
    }
    if let Some(signal) = interrupt::signal() {
        // Whatever else went wrong did so because the run was told to stop.
        say(&text(&Error::Interrupted.into()));
        return 128 + signal;
    }
    say(&text(error));
    code(error)
}

/// What clap says, in colours where no word of the command line could set others.
fn tell_usage(error: &clap::Error) {
    let plain = error.render().to_string();
    let lines: Vec<String> = plain.lines().map(shown).collect();
    if lines.iter().map(String::as_str).eq(plain.lines()) {
        let _ = error.print();
    } else {
        say(&lines.join("\n"));
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let source = match error.downcast_ref() {
        Some(Error::Io { source, .. }) => Some(source),
        _ => error.downcast_ref::<io::Error>(),
    };
    source.is_some_and(|source| source.kind() == ErrorKind::BrokenPipe)
}

/// The message with the flag that helps, and the causes that it does not tell already, a line each.
fn text(error: &anyhow::Error) -> String {
    let mut text = format!("lfr: {}", shown(&error.to_string()));
    if let Some(hint) = error.downcast_ref().and_then(hint) {
        text += &format!("; {hint}");
    }
    for cause in error.chain().skip(1).map(|cause| shown(&cause.to_string())) {
        if !text.contains(&cause) {
            text += &format!("\n  caused by: {cause}");
        }
    }
    text
}

/// What the command line can do about an error of the library.
fn hint(error: &Error) -> Option<String> {
    let hint = match error {
        Error::Config { key, value, .. } if key == "text" && value.is_empty() => "pass --text COLUMN",
        Error::Exists { .. } => "choose another place or pass --force",
        Error::LabelsNeeded { .. } => "pass --labels-known FILE",
        Error::EncoderNeeded { .. } => "say where it is by --features, or fit with --embed-into-model",
        Error::Memory { .. } => {
            "fit a model on a sample of them with `lfr fit` and score all with `lfr score`, which reads piece by piece"
        }
        _ => return Some(format!("`--max-bad-fraction {}` goes on without them", error.acceptable()?)),
    };
    Some(hint.into())
}

fn code(error: &anyhow::Error) -> u8 {
    match error.downcast_ref::<Error>() {
        Some(Error::Interrupted | Error::Diverged { .. } | Error::Download { .. }) => FAILED,
        Some(Error::Io { source, .. }) if is_of_the_system(source) => FAILED,
        Some(_) => USAGE,
        None if error.is::<Usage>() => USAGE,
        None => FAILED,
    }
}

/// Whether the machine failed, and not the path that the user gave.
fn is_of_the_system(error: &io::Error) -> bool {
    use ErrorKind::{
        AlreadyExists, InvalidFilename, InvalidInput, IsADirectory, NotADirectory, NotFound,
        PermissionDenied, ReadOnlyFilesystem,
    };
    !matches!(
        error.kind(),
        AlreadyExists
            | InvalidFilename
            | InvalidInput
            | IsADirectory
            | NotADirectory
            | NotFound
            | PermissionDenied
            | ReadOnlyFilesystem
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn the_user_can_fix_codes_2_but_not_codes_1() {
        let io = |kind: ErrorKind| anyhow::Error::new(Error::io("read", "pile", kind.into()));
        assert_eq!(code(&io(ErrorKind::NotFound)), USAGE);
        assert_eq!(code(&io(ErrorKind::StorageFull)), FAILED);
        assert_eq!(code(&Error::config("seed", 1, "x").into()), USAGE);
        assert_eq!(code(&Error::Diverged { epoch: 1, loss: f32::NAN }.into()), FAILED);
        let download = Error::Download { path: "train.gz".into(), problem: "no network".into() };
        assert_eq!(code(&download.into()), FAILED);
        assert_eq!(code(&Usage("x".into()).into()), USAGE);
        assert_eq!(code(&anyhow::anyhow!("x")), FAILED);
    }

    #[test]
    fn what_a_flag_can_mend_is_said() {
        let bad = |bad| Error::TooManyBad { path: "p".into(), bad, total: 3, limit: 0.1, first: "x".into() };
        let memory = Error::Memory { path: "p".into(), items: 9, bytes: 3_000_000_000, limit: 2_000_000_000 };
        for (error, said) in [
            (
                Error::Exists { path: "p".into() },
                "lfr: p exists already; choose another place or pass --force",
            ),
            (bad(1), "; the first: x; `--max-bad-fraction 0.4` goes on without them"),
            (bad(3), "; the first: x; none is left"),
            (memory, "take 3.0 GB, the limit is 2.0 GB (half of what is available); fit a model on a sample"),
            (Error::LabelsNeeded { method: "elite-ae".into() }, "training set; pass --labels-known FILE"),
            (
                Error::EncoderNeeded { name: "e".into(), sha256: "0".into() },
                "part of it; say where it is by --features",
            ),
        ] {
            let text = text(&error.into());
            assert!(text.contains(said) && !text.ends_with("; "), "{text}");
        }
    }

    #[test]
    fn causes_are_told_once() {
        let error = anyhow::Error::new(Error::io("read", "pile", ErrorKind::NotFound.into()));
        assert_eq!(text(&error), "lfr: cannot read pile: entity not found");
        let error = error.context("scoring");
        assert_eq!(text(&error), "lfr: scoring\n  caused by: cannot read pile: entity not found");
        assert_eq!(code(&error), USAGE);
        let broken: anyhow::Result<()> = Err(io::Error::from(ErrorKind::BrokenPipe)).context("writing");
        assert_eq!(report(&broken.unwrap_err()), 0);
    }
}
