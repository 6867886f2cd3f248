//! Work outside Python: on threads of its own, with the interpreter free, until Ctrl-C.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use lfr::stop;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuilder};

use super::errors::{exception, value_error};

/// Time between two looks for a signal.
const PAUSE: Duration = Duration::from_millis(50);

type Outcome<R> = Result<lfr::Result<R>, Box<dyn Any + Send>>;

/// Does `work` on `threads` threads (all processors unless given) that end with it. Signals reach Python's main
/// thread alone, so the caller waits for them here; `work` should end soon after the flag it is given is set.
pub fn run<R: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    work: impl FnOnce(&AtomicBool) -> lfr::Result<R> + Send,
) -> PyResult<R> {
    if threads == Some(0) {
        return Err(value_error("threads must be at least 1"));
    }
    let flag = Arc::new(AtomicBool::new(false));
    let within = |pool: &ThreadPool| {
        let (done, ended) = channel();
        pool.in_place_scope(|scope| {
            scope.spawn(|_| {
                let outcome = catch_unwind(AssertUnwindSafe(|| work(&flag)));
                // The receiver waits until something comes.
                let _ = done.send(outcome);
            });
            wait(&ended, &flag)
        })
    };
    // A scoped pool joins its threads, so that none is left when the process forks.
    let waited = py.detach(|| {
        let pool = ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0));
        pool.build_scoped(|thread| stop::within(&flag, || thread.run()), within)
    });
    let (outcome, signal) = waited.map_err(|e| PyRuntimeError::new_err(e.to_string()))?;
    match (signal, outcome) {
        (Some(signal), _) => Err(signal),
        (None, Some(Ok(result))) => result.map_err(exception),
        (None, Some(Err(panic))) => {
            Err(PyRuntimeError::new_err(format!("{}; please report this as a bug", said(&*panic))))
        }
        (None, None) => {
            Err(PyRuntimeError::new_err("the work ended without a word; please report this as a bug"))
        }
    }
}

/// An error once `stop` is set, for work that is asked at its every step.
pub fn check(stop: &AtomicBool) -> lfr::Result<()> {
    if stop.load(Ordering::Relaxed) { Err(lfr::Error::Interrupted) } else { Ok(()) }
}

/// Waits for the outcome, and sets `stop` when a signal's handler raises.
fn wait<R>(ended: &Receiver<Outcome<R>>, stop: &AtomicBool) -> (Option<Outcome<R>>, Option<PyErr>) {
    let mut signal = None;
    loop {
        match ended.recv_timeout(PAUSE) {
            Ok(outcome) => return (Some(outcome), signal),
            Err(RecvTimeoutError::Disconnected) => return (None, signal),
            Err(RecvTimeoutError::Timeout) if signal.is_some() => {}
            Err(RecvTimeoutError::Timeout) => {
                signal = Python::attach(|py| py.check_signals()).err();
                stop.store(signal.is_some(), Ordering::Relaxed);
            }
        }
    }
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic".into())
}
