//! Buffers that a thread keeps for its next kernel, so that steps do not return pages to the system.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Buffers kept by a thread; more than a kernel needs at once would only hold memory.
const KEPT: usize = 8;

thread_local! {
    static FREE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Numbers of a cache line, and of the widest vector.
const LINE: usize = 16;

/// A buffer that begins with a cache line, and goes back to the thread which drops it.
pub(crate) struct Scratch {
    buffer: Vec<f32>,
    start: usize,
    len: usize,
}

impl Scratch {
    /// `len` numbers of any value, from earlier use.
    pub(crate) fn dirty(len: usize) -> Self {
        let whole = len + LINE - 1;
        let mut buffer = FREE.with_borrow_mut(|free| take(free, whole));
        if buffer.len() < whole {
            buffer.resize(whole, 0.0);
        }
        let start = buffer.as_ptr().align_offset(LINE * size_of::<f32>()).min(LINE - 1);
        Self { buffer, start, len }
    }

    /// `len` zeros.
    pub(crate) fn zeros(len: usize) -> Self {
        let mut scratch = Self::dirty(len);
        scratch.fill(0.0);
        scratch
    }
}

/// The smallest buffer of at least `len` numbers, else the largest one.
fn take(free: &mut Vec<Vec<f32>>, len: usize) -> Vec<f32> {
    let lens = free.iter().map(Vec::len).enumerate();
    let best = lens.clone().filter(|&(_, l)| l >= len).min_by_key(|&(_, l)| l);
    match best.or_else(|| lens.max_by_key(|&(_, l)| l)) {
        Some((i, _)) => free.swap_remove(i),
        None => Vec::new(),
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let buffer = std::mem::take(&mut self.buffer);
        // Threads that are ending have no list any more; the buffer is freed then.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            free.push(buffer);
            if free.len() > KEPT {
                let lens = free.iter().map(Vec::len).enumerate();
                if let Some((i, _)) = lens.min_by_key(|&(_, l)| l) {
                    free.swap_remove(i);
                }
            }
        });
    }
}

impl Deref for Scratch {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.buffer[self.start..][..self.len]
    }
}

impl DerefMut for Scratch {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.buffer[self.start..][..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffers_come_back() {
        let first = Scratch::dirty(100);
        let address = first.as_ptr();
        drop(first);
        assert_eq!(Scratch::dirty(50).as_ptr(), address);
        let (a, b) = (Scratch::zeros(100), Scratch::zeros(10));
        assert!(a.len() == 100 && b.len() == 10 && a.as_ptr() != b.as_ptr());
    }

    #[test]
    fn zeros_are_zeros() {
        Scratch::dirty(9).fill(3.0);
        assert!(Scratch::zeros(9).iter().all(|&v| v == 0.0));
    }
}
