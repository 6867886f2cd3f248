//! Panics of other libraries turned into errors: readers of Parquet, workbooks and pictures assert what a flipped byte in a
//! damaged file can break.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::{Arc, Mutex, PoisonError};

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

thread_local! {
    /// Whether panics of this thread are caught and told in our own words.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// The calls of [`caught`] under way in all threads, and the hook of the program while there are any.
static CALLS: Mutex<(usize, Option<Arc<Hook>>)> = Mutex::new((0, None));

/// What `read` gives; none when it panics, without a word on stderr. What `read` has changed is not to be used then.
///
/// Only a hook keeps a panic quiet. It is set while such calls run and passes on the panics of other threads.
pub(crate) fn caught<T>(read: impl FnOnce() -> T) -> Option<T> {
    enter();
    let outer = CAUGHT.replace(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read)).ok();
    CAUGHT.set(outer);
    leave();
    outcome
}

fn enter() {
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    calls.0 += 1;
    if calls.0 == 1 {
        let others = Arc::new(panic::take_hook());
        calls.1 = Some(Arc::clone(&others));
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                others(info);
            }
        }));
    }
}

fn leave() {
    let mut calls = CALLS.lock().unwrap_or_else(PoisonError::into_inner);
    calls.0 -= 1;
    if calls.0 == 0 {
        drop(panic::take_hook());
        if let Some(others) = calls.1.take().and_then(Arc::into_inner) {
            panic::set_hook(others);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_gives_nothing_and_the_next_is_told_again() {
        assert_eq!(caught(|| 3), Some(3));
        assert_eq!(caught(|| Vec::<u8>::new()[0]), None);
        assert!(!CAUGHT.get());
    }

    #[test]
    fn calls_nest_and_run_side_by_side() {
        let both = || caught(|| (caught(|| Vec::<u8>::new()[0]), CAUGHT.get()));
        let threads: Vec<_> = (0..8).map(|_| std::thread::spawn(both)).collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), Some((None, true)));
        }
    }
}
