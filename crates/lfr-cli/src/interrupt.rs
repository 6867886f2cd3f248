//! Ctrl-C and termination: the first signal asks the run to stop, the second ends it at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The number of the signal that came, 0 before.
static SIGNAL: OnceLock<Arc<AtomicUsize>> = OnceLock::new();

/// Begins to listen. A run that does not call [`check`] should not call this either, so that it ends at once.
///
/// # Errors
/// The system's, when it refuses.
pub fn listen() -> std::io::Result<()> {
    let signal = SIGNAL.get_or_init(Arc::default);
    let stopping = Arc::new(AtomicBool::new(false));
    for number in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(number, 128 + number, Arc::clone(&stopping))?;
        flag::register(number, Arc::clone(&stopping))?;
        flag::register_usize(number, Arc::clone(signal), usize::try_from(number).unwrap_or_default())?;
    }
    Ok(())
}

/// The number of the signal that came, if one did.
pub fn signal() -> Option<u8> {
    let number = SIGNAL.get()?.load(Ordering::Relaxed);
    u8::try_from(number).ok().filter(|&number| number > 0)
}

/// Ends the run when a signal came.
///
/// # Errors
/// [`lfr::Error::Interrupted`].
pub fn check() -> lfr::Result<()> {
    if signal().is_some() { Err(lfr::Error::Interrupted) } else { Ok(()) }
}
