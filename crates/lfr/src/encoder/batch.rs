//! Items side by side on all threads, each alone, so that no item has a say in the features of another.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// `make` of every index below `count`, in order. The threads are not those of the pool: a network runs in a pool of its
/// own, and a thread of ours that waited for it would begin the next item on top of the first.
pub(super) fn each<T: Send>(count: usize, make: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let threads = rayon::current_num_threads().min(count);
    let next = AtomicUsize::new(0);
    let made = Mutex::new(Vec::with_capacity(count));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                let mut own = Vec::new();
                loop {
                    let i = next.fetch_add(1, Ordering::Relaxed);
                    if i >= count {
                        break;
                    }
                    own.push((i, make(i)));
                }
                made.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(own);
            });
        }
    });
    let mut made = made.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    made.sort_by_key(|&(i, _)| i);
    made.into_iter().map(|(_, item)| item).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_are_made_in_order() {
        assert_eq!(each(100, |i| i * i), (0..100).map(|i| i * i).collect::<Vec<_>>());
        assert!(each(0, |i| i).is_empty());
    }
}
