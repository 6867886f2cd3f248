//! Encoding a pile, chunk by chunk, with what a cache keeps.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::cache::{Cache, contents};
use super::{Encoder, Takes};
use crate::data::{Items, Matrix};
use crate::error::{Error, Result};

/// Items between two reports of progress for each thread.
const GROUP: usize = 16;

/// The features of a pile.
#[derive(Clone, Debug)]
pub struct Encoded {
    /// What made them.
    pub encoder: Arc<Encoder>,
    /// One row an item, see [`Encoder::encode`].
    pub rows: Matrix,
    /// Items whose features were kept by an earlier run.
    pub kept: usize,
    /// Wall time it took, in seconds; reading the items is not in it.
    pub seconds: f64,
}

impl Encoded {
    /// Refuses features that tell no two items apart.
    pub(crate) fn check(&self) -> Result<()> {
        let rows = self.rows.values.chunks_exact(self.rows.cols.max(1)).filter(|row| !row[0].is_nan());
        let mut rows = rows.peekable();
        let first = rows.next();
        if rows.peek().is_some() && rows.all(|row| Some(row) == first) {
            let problem = "it gives the same numbers for every item, so nothing can be ranked by them";
            return Err(Error::encoder(&self.encoder.files.path, problem));
        }
        Ok(())
    }
}

/// How far the encoding of a pile has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Items that have features.
    pub done: usize,
    /// Those of them whose features were kept by an earlier run.
    pub kept: usize,
    /// All items, when their number is known before they are read.
    pub total: Option<usize>,
}

/// An encoding under way.
pub(crate) struct Encoding<'a> {
    pub encoder: &'a Arc<Encoder>,
    pub cache: Option<&'a mut Cache>,
    pub watch: &'a mut dyn FnMut(Progress) -> Result<()>,
    pub progress: Progress,
    pub rows: Vec<f32>,
    time: Duration,
}

impl<'a> Encoding<'a> {
    pub fn new(
        encoder: &'a Arc<Encoder>,
        cache: Option<&'a mut Cache>,
        watch: &'a mut dyn FnMut(Progress) -> Result<()>,
    ) -> Self {
        let progress = Progress { done: 0, kept: 0, total: None };
        Self { encoder, cache, watch, progress, rows: Vec::new(), time: Duration::ZERO }
    }

    /// Adds the features of `items`.
    pub fn take(&mut self, items: &Items, ids: &[String]) -> Result<()> {
        let start = Instant::now();
        let (width, first) = (self.encoder.card().width, self.rows.len());
        let digests = if self.cache.is_some() { contents(items) } else { Vec::new() };
        self.rows.resize(first + items.len() * width, f32::NAN);
        let rows = &mut self.rows[first..];
        let mut missing = Vec::new();
        for i in 0..items.len() {
            let kept = self.cache.as_mut().zip(digests.get(i)).and_then(|(cache, digest)| cache.get(digest));
            match kept {
                Some(kept) => rows[i * width..(i + 1) * width].copy_from_slice(kept),
                None => missing.push(i),
            }
        }
        self.progress.done += items.len() - missing.len();
        self.progress.kept += items.len() - missing.len();
        (self.watch)(self.progress)?;
        for group in missing.chunks(GROUP * rayon::current_num_threads()) {
            for (&i, made) in group.iter().zip(self.encoder.rows(items, group)?) {
                let blame = |problem| {
                    let id = ids.get(i).map(String::as_str).unwrap_or_default();
                    Error::encoder(&self.encoder.files.path, format!("{problem} (item {id})"))
                };
                rows[i * width..(i + 1) * width].copy_from_slice(&made.map_err(blame)?);
            }
            self.progress.done += group.len();
            (self.watch)(self.progress)?;
        }
        if let Some(cache) = &mut self.cache {
            let new: Vec<_> = missing.iter().map(|&i| digests[i]).collect();
            let features = missing.iter().flat_map(|&i| &rows[i * width..(i + 1) * width]).copied();
            cache.put(&new, &features.collect::<Vec<_>>());
        }
        self.time += start.elapsed();
        Ok(())
    }

    /// What the user should know, once all of `items` have features.
    pub fn notes(&self, items: &[Items]) -> Vec<String> {
        let mut notes = self.encoder.notes().to_vec();
        notes.extend(self.cache.iter().flat_map(|cache| cache.notes().iter().cloned()));
        if let Takes::Text(input) = &self.encoder.card().takes {
            let texts = items.iter().map(|items| match items {
                Items::Documents(texts) => self.encoder.cut(texts),
                _ => 0,
            });
            let (cut, longest) = (texts.sum::<usize>(), input.longest);
            if cut > 0 {
                let of = self.progress.done;
                notes.push(format!(
                    "{cut} of {of} texts are longer than {longest} tokens; only their beginning is used"
                ));
            }
        }
        notes
    }

    /// The features of all items.
    pub fn finish(self) -> Encoded {
        let rows = Matrix { cols: self.encoder.card().width, values: self.rows };
        let (kept, seconds) = (self.progress.kept, self.time.as_secs_f64());
        Encoded { encoder: Arc::clone(self.encoder), rows, kept, seconds }
    }
}
