//! Damaged files that a library answers with a panic: the Parquet reader asserts what a flipped byte can break.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;

thread_local! {
    /// Whether panics of this thread are caught and told in our own words.
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// What `read` gives; none when it panics, without a word on stderr. What `read` has changed is not to be used then.
pub(crate) fn caught<T>(read: impl FnOnce() -> T) -> Option<T> {
    static QUIET: Once = Once::new();
    QUIET.call_once(|| {
        let others = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if !CAUGHT.get() {
                others(info);
            }
        }));
    });
    CAUGHT.set(true);
    let outcome = panic::catch_unwind(AssertUnwindSafe(read)).ok();
    CAUGHT.set(false);
    outcome
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
}
