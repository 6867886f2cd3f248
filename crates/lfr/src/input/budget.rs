//! A bound on the memory that threads hold together.

use std::sync::{Condvar, Mutex, PoisonError};

/// Bytes that may be taken at a time, by all threads together.
pub(super) struct Budget {
    most: u64,
    small: u64,
    taken: Mutex<u64>,
    given_back: Condvar,
}

/// Bytes taken, until it is dropped.
pub(super) struct Share<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// `most` bytes; `small` and fewer are not counted.
    pub const fn new(most: u64, small: u64) -> Self {
        Self { most, small, taken: Mutex::new(0), given_back: Condvar::new() }
    }

    /// Waits until `bytes` are free; more than there are at all come alone. Nobody may wait while holding a share
    /// of the same budget.
    pub fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = if bytes <= self.small { 0 } else { bytes.min(self.most) };
        let taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let full = |taken: &mut u64| *taken + bytes > self.most;
        let mut taken = self.given_back.wait_while(taken, full).unwrap_or_else(PoisonError::into_inner);
        *taken += bytes;
        Share { budget: self, bytes }
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.taken.lock().unwrap_or_else(PoisonError::into_inner) -= self.bytes;
        self.budget.given_back.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU64, Ordering};

    #[test]
    fn threads_never_hold_more_together() {
        static BUDGET: Budget = Budget::new(10, 2);
        static HELD: AtomicU64 = AtomicU64::new(0);
        let hold = |bytes: u64| {
            for _ in 0..200 {
                let _share = BUDGET.take(bytes);
                let counted = if bytes > 2 { bytes.min(10) } else { 0 };
                assert!(HELD.fetch_add(counted, Ordering::SeqCst) + counted <= 10);
                std::thread::yield_now();
                HELD.fetch_sub(counted, Ordering::SeqCst);
            }
        };
        let threads: Vec<_> =
            [1, 4, 6, 10, 99].map(|bytes| std::thread::spawn(move || hold(bytes))).into_iter().collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
    }
}
