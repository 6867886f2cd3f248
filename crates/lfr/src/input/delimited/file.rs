//! A delimited file as records.

use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use csv::{Reader, ReaderBuilder};

use crate::error::Result;
use crate::input::Notes;
use crate::input::blanks::{Blank, Blanks};
use crate::input::spaced::Unspaced;
use crate::input::stream::{self, MAX_RECORD, Text};

/// Bytes looked at to find the dialect.
const SAMPLE: u64 = 4 << 20;

/// A file, and where its rows begin.
#[derive(Clone)]
pub(super) struct File {
    pub(super) path: PathBuf,
    pub(super) encoding: Option<String>,
    /// What parts its columns where no delimiter does.
    pub(super) aligned: Option<Blank>,
    /// Whether blanks before quotes are skipped.
    pub(super) spaced: bool,
    /// Bytes before the first row.
    pub(super) start: u64,
    pub(super) delimiter: u8,
    pub(super) comments: bool,
}

impl File {
    /// All of its text, with tabs for runs of blanks that part its columns, or without blanks before quotes.
    pub(super) fn text(&self, notes: &Notes) -> Result<Text> {
        let text = stream::open(&self.path, self.encoding.as_deref(), notes)?;
        Ok(match &self.aligned {
            Some(blank) => Box::new(BufReader::new(Blanks::new(text, blank.clone()))),
            None if self.spaced => Box::new(BufReader::new(Unspaced::new(text, self.delimiter))),
            None => text,
        })
    }

    /// Its records from the first row on.
    pub(super) fn reader(&self, notes: &Notes) -> Result<Reader<Meter<Text>>> {
        let mut text = self.text(notes)?;
        let skipped = io::copy(&mut text.by_ref().take(self.start), &mut io::sink());
        skipped.map_err(|e| stream::broken(&self.path, &e))?;
        Ok(ReaderBuilder::new()
            .delimiter(self.delimiter)
            .comment(self.comments.then_some(b'#'))
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Meter { inner: text, left: MAX_RECORD, quotes: 0 }))
    }
}

/// The start of a text, and whether there is no more of it.
pub(super) fn sample(path: &Path, text: &mut Text) -> Result<(Vec<u8>, bool)> {
    let mut sample = Vec::new();
    let read = text.take(SAMPLE).read_to_end(&mut sample).map_err(|e| stream::broken(path, &e))?;
    Ok((sample, (read as u64) < SAMPLE))
}

/// Counts quotes, and breaks off a record that does not end.
pub(super) struct Meter<R> {
    pub(super) inner: R,
    /// Bytes that the record being read may still have.
    pub(super) left: usize,
    pub(super) quotes: usize,
}

impl<R: Read> Read for Meter<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.left == 0 {
            let problem =
                format!("a record is longer than {} MiB (is a quotation mark missing?)", MAX_RECORD >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, problem));
        }
        let read = self.inner.read(into)?;
        self.left = self.left.saturating_sub(read);
        self.quotes += into.get(..read).unwrap_or(&[]).iter().filter(|&&byte| byte == b'"').count();
        Ok(read)
    }
}
