//! Ending work early on demand of the program around it.
//!
//! Training asks its observer at every step. Other methods compute for long without one, deep within parallel loops, so they
//! unwind there as rust-analyzer's queries do: silently, and only on threads that the program has said may be stopped.

use std::cell::RefCell;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// Set by the program when the work on this thread should end.
    static FLAG: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// What stopped work unwinds with.
#[derive(Clone, Copy, Debug)]
pub struct Stopped;

/// Does `work` on this thread. Once `flag` is set, fits and scores within it end soon, most of them by unwinding with
/// [`Stopped`], which runs no panic hook. The caller catches it (`std::panic::catch_unwind`). For the threads of a pool of
/// its own; without it, or when the flag is never set, nothing unwinds.
pub fn within<R>(flag: &Arc<AtomicBool>, work: impl FnOnce() -> R) -> R {
    FLAG.set(Some(Arc::clone(flag)));
    let result = work();
    FLAG.set(None);
    result
}

/// Unwinds if the work on this thread should end.
pub(crate) fn check() {
    let set = FLAG.with_borrow(|flag| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)));
    if set {
        resume_unwind(Box::new(Stopped));
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use rayon::prelude::*;

    use super::*;

    #[test]
    fn only_threads_that_may_be_stopped_unwind() {
        let flag = Arc::new(AtomicBool::new(false));
        assert_eq!(within(&flag, || (check(), 7)).1, 7);
        flag.store(true, Ordering::Relaxed);
        check();
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
        let steps = |pool: &rayon::ThreadPool| pool.install(|| (0..9).into_par_iter().for_each(|_| check()));
        let run = pool.build_scoped(
            |thread| within(&flag, || thread.run()),
            |pool| catch_unwind(AssertUnwindSafe(|| steps(pool))),
        );
        assert!(run.unwrap().unwrap_err().is::<Stopped>());
    }
}
