//! Ctrl-C and termination: the first signal asks the run to stop, and ends it when it does not hear; the second ends it
//! at once. Either way nothing half-written is left.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use signal_hook::low_level::exit;

use crate::terminal::say;

/// The number of the signal that came, 0 before.
static SIGNAL: AtomicU8 = AtomicU8::new(0);

/// How long a run that was asked to stop has time for it. Training hears at every step; reading a large folder, or the
/// search for clusters, does not.
const GRACE: Duration = Duration::from_secs(2);

/// Time between two looks for a signal.
const PAUSE: Duration = Duration::from_millis(50);

/// Begins to listen.
///
/// # Errors
/// The system's, when it refuses.
pub fn listen() -> std::io::Result<()> {
    let latest = Arc::new(AtomicUsize::new(0));
    for number in heard() {
        flag::register_usize(number, Arc::clone(&latest), usize::try_from(number).unwrap_or_default())?;
    }
    thread::spawn(move || {
        let Some(first) = next(&latest, None) else { return };
        SIGNAL.store(first, Ordering::Relaxed);
        end(next(&latest, Some(Instant::now() + GRACE)).unwrap_or(first));
    });
    Ok(())
}

/// Waits for the next signal; none when none comes `until` then.
fn next(latest: &AtomicUsize, until: Option<Instant>) -> Option<u8> {
    loop {
        match latest.swap(0, Ordering::Relaxed) {
            0 if until.is_some_and(|until| Instant::now() >= until) => return None,
            0 => thread::sleep(PAUSE),
            number => return u8::try_from(number).ok(),
        }
    }
}

/// Ends the program, whatever it is at.
fn end(signal: u8) -> ! {
    lfr::durable::discard();
    say("lfr: interrupted");
    exit(128 + i32::from(signal))
}

/// The signals that ask for an end. That of a closed terminal is not heard under `nohup`, which has it ignored.
#[cfg(target_os = "linux")]
fn heard() -> Vec<i32> {
    use signal_hook::consts::SIGHUP;
    let mut heard = vec![SIGINT, SIGTERM];
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    if ignored.is_some_and(|mask| mask & (1 << (SIGHUP - 1)) == 0) {
        heard.push(SIGHUP);
    }
    heard
}

#[cfg(not(target_os = "linux"))]
fn heard() -> Vec<i32> {
    vec![SIGINT, SIGTERM]
}

/// The number of the signal that came, if one did.
pub fn signal() -> Option<u8> {
    Some(SIGNAL.load(Ordering::Relaxed)).filter(|&number| number > 0)
}

/// Ends the run when a signal came.
///
/// # Errors
/// [`lfr::Error::Interrupted`].
pub fn check() -> lfr::Result<()> {
    if signal().is_some() { Err(lfr::Error::Interrupted) } else { Ok(()) }
}
