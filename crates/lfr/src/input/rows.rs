//! Fixed-size rows of bytes off a stream.

use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// Bytes to read at a time, unless one row is larger.
const TARGET: usize = 32 << 20;

/// Largest row, in bytes.
const MAX_ROW: u64 = 512 << 20;

/// A stream of bytes.
pub(super) type Bytes = Box<dyn Read + Send>;

/// The rows of an array, in runs.
pub(super) struct Rows {
    path: PathBuf,
    bytes: Bytes,
    total: u64,
    next: u64,
    row: usize,
    run: usize,
    ended: bool,
}

impl Rows {
    /// `total` rows of `row` bytes, given out in runs of at most `run`.
    ///
    /// # Errors
    /// [`Error::TooLarge`] when a row is larger than 512 MiB, [`Error::Input`] when it has no byte.
    pub fn new(path: &Path, bytes: Bytes, total: u64, row: u64, run: usize) -> Result<Self> {
        if row == 0 {
            return Err(Error::input(path, "its items have no values"));
        }
        let row = usize::try_from(row).ok().filter(|_| row <= MAX_ROW).ok_or_else(|| {
            let path = path.to_owned();
            Error::TooLarge { path, what: "the size of one item in bytes", size: row, limit: MAX_ROW }
        })?;
        let run = run.min(TARGET / row).max(1);
        Ok(Self { path: path.to_owned(), bytes, total, next: 0, row, run, ended: false })
    }

    /// The next run: the index of its first row and the bytes of all. `None` after the last.
    ///
    /// # Errors
    /// [`Error::Input`] when the stream breaks off, is damaged, or goes on after the last row.
    pub fn run(&mut self) -> Result<Option<(u64, Vec<u8>)>> {
        let first = self.next;
        let count = (self.total - first).min(self.run as u64);
        if count == 0 {
            return self.end().map(|()| None);
        }
        let mut run = vec![0; count as usize * self.row];
        self.bytes.read_exact(&mut run).map_err(|e| self.broken(e))?;
        self.next += count;
        Ok(Some((first, run)))
    }

    /// Reads to the end, which also makes checksums be compared.
    fn end(&mut self) -> Result<()> {
        let mut rest = [0];
        match self.bytes.read(&mut rest) {
            Ok(0) => Ok(()),
            Ok(_) => {
                Err(Error::input(&self.path, format!("goes on after the {} items it declares", self.total)))
            }
            Err(error) => Err(self.broken(error)),
        }
    }

    fn broken(&self, error: std::io::Error) -> Error {
        let (next, total) = (self.next, self.total);
        Error::input(
            &self.path,
            match error.kind() {
                ErrorKind::UnexpectedEof => {
                    format!("cut short: it declares {total} items and ends near item {next}")
                }
                _ => format!("damaged near item {next} of {total}: {error}"),
            },
        )
    }
}

impl Iterator for Rows {
    type Item = Result<(u64, Vec<u8>)>;

    fn next(&mut self) -> Option<Self::Item> {
        let run = if self.ended { None } else { self.run().transpose() };
        self.ended = !matches!(run, Some(Ok(_)));
        run
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn rows(bytes: &[u8], total: u64, row: u64, run: usize) -> Result<Vec<(u64, Vec<u8>)>> {
        Rows::new(Path::new("array"), Box::new(Cursor::new(bytes.to_vec())), total, row, run)?.collect()
    }

    #[test]
    fn runs_keep_count() {
        let runs = rows(&[1, 2, 3, 4, 5, 6], 3, 2, 2).unwrap();
        assert_eq!(runs, [(0, vec![1, 2, 3, 4]), (2, vec![5, 6])]);
    }

    #[test]
    fn a_short_or_long_stream_is_an_error() {
        let message = rows(&[1, 2, 3], 2, 2, 1).unwrap_err().to_string();
        assert_eq!(message, "array: cut short: it declares 2 items and ends near item 1");
        assert!(rows(&[1, 2, 3], 1, 2, 1).unwrap_err().to_string().contains("goes on after"));
    }

    #[test]
    fn absurd_rows_are_refused_before_anything_is_allocated() {
        assert!(matches!(rows(&[], 1, u64::MAX, 1), Err(Error::TooLarge { .. })));
        assert!(rows(&[], 1, 0, 1).is_err());
        assert!(rows(&[], u64::MAX, 8, usize::MAX).is_err());
    }
}
