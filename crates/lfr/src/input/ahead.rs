//! Reading ahead: a thread of its own reads the next batch while the last one is worked on.

use std::io;
use std::panic;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread::{Builder, JoinHandle};

/// Batches that are read before they are asked for, beside the one that is being read.
const WAITING: usize = 1;

/// What an iterator gives, read ahead. The thread ends with the batches, or once this is dropped.
pub(super) struct Ahead<T> {
    /// `None` once this is dropped, which ends the thread.
    batches: Option<Receiver<T>>,
    reader: Option<JoinHandle<()>>,
}

impl<T: Send + 'static> Ahead<T> {
    /// Starts to read.
    ///
    /// # Errors
    /// When the system starts no thread.
    pub fn new(batches: impl Iterator<Item = T> + Send + 'static) -> io::Result<Self> {
        let (sender, receiver) = sync_channel(WAITING);
        let read = move || {
            for batch in batches {
                if sender.send(batch).is_err() {
                    return;
                }
            }
        };
        let reader = Builder::new().name("reader".into()).spawn(read)?;
        Ok(Self { batches: Some(receiver), reader: Some(reader) })
    }
}

impl<T> Iterator for Ahead<T> {
    type Item = T;

    /// Panics as the iterator did, if it did.
    fn next(&mut self) -> Option<T> {
        let next = self.batches.as_ref().and_then(|batches| batches.recv().ok());
        if next.is_some() {
            return next;
        }
        if let Some(Err(cause)) = self.reader.take().map(JoinHandle::join) {
            panic::resume_unwind(cause);
        }
        None
    }
}

impl<T> Drop for Ahead<T> {
    /// Waits until the thread has ended, so that no file stays open. Its panic is not for those who ask for no more.
    fn drop(&mut self) {
        drop(self.batches.take());
        if let Some(reader) = self.reader.take() {
            let _ = reader.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn everything_comes_in_its_order() {
        let mut ahead = Ahead::new(0..1000).unwrap();
        assert!(ahead.by_ref().eq(0..1000));
        assert_eq!((ahead.next(), ahead.next()), (None, None));
    }

    #[test]
    fn a_panic_is_not_the_end_of_the_batches() {
        let broken = (0..5).map(|i| if i == 3 { panic::resume_unwind(Box::new("broken")) } else { i });
        let mut ahead = Ahead::new(broken).unwrap();
        assert!(ahead.by_ref().take(3).eq(0..3));
        assert!(panic::catch_unwind(panic::AssertUnwindSafe(|| ahead.next())).is_err());
    }

    #[test]
    fn little_is_read_ahead_and_nothing_once_it_is_dropped() {
        let count = Arc::new(AtomicUsize::new(0));
        let seen = Arc::clone(&count);
        let mut ahead =
            Ahead::new((0..1000).inspect(move |_| _ = seen.fetch_add(1, Ordering::SeqCst))).unwrap();
        assert_eq!(ahead.next(), Some(0));
        drop(ahead);
        assert_eq!(Arc::strong_count(&count), 1, "the thread has ended");
        assert!(count.load(Ordering::SeqCst) <= 3 + WAITING);
    }

    #[test]
    fn a_panic_is_nothing_to_those_who_ask_for_no_more() {
        let broken = (0..5).map(|i| if i == 1 { panic::resume_unwind(Box::new("broken")) } else { i });
        let mut ahead = Ahead::new(broken).unwrap();
        assert_eq!(ahead.next(), Some(0));
        drop(ahead);
    }
}
