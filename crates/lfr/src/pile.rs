//! A pile of data read into memory, to be fitted on.

use std::path::Path;

use arrow::array::{Array, ArrayRef};

use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::error::{Error, Result};
use crate::input::{self, Options, settle_channels};
use crate::memory;

/// Everything readable of an input, in its order.
#[derive(Clone, Debug)]
pub struct Pile {
    /// What the items are.
    pub kind: Kind,
    /// One identifier an item.
    pub ids: Vec<String>,
    /// One label an item when the input has a label column. Never seen by training.
    pub labels: Option<Vec<String>>,
    /// The items, chunk by chunk.
    pub items: Vec<Items>,
    /// The first items that could not be read.
    pub quarantined: Vec<Quarantined>,
    /// How many could not be read.
    pub bad: usize,
    /// SHA-256 of identifiers and values.
    pub fingerprint: String,
    /// What the reader decided and the user should know.
    pub notes: Vec<String>,
}

impl Pile {
    /// Reads all of `path`. Pictures that are grey throughout lose their equal channels.
    ///
    /// # Errors
    /// As [`input::open`] and the reading of its chunks; [`Error::Input`] when they take more than half of the memory
    /// that is available.
    pub fn read(path: &Path, options: &Options) -> Result<Self> {
        Self::read_within(path, options, memory::available() / 2)
    }

    fn read_within(path: &Path, options: &Options, limit: u64) -> Result<Self> {
        let mut source = input::open(path, options)?;
        let (mut chunks, mut items, mut bytes) = (Vec::new(), 0, 0);
        for chunk in source.by_ref() {
            let chunk = chunk?;
            items += chunk.ids.len();
            bytes += size(&chunk);
            if bytes > limit {
                return Err(too_large(path, items, bytes, limit));
            }
            chunks.push(chunk);
        }
        let chunks = if options.channels.is_none() { settle_channels(chunks) } else { chunks };
        let mut pile = Self {
            kind: source.kind(),
            ids: Vec::new(),
            labels: None,
            items: Vec::new(),
            quarantined: source.quarantined().to_vec(),
            bad: source.bad(),
            fingerprint: source.fingerprint(),
            notes: source.notes(),
        };
        for chunk in chunks {
            pile.ids.extend(chunk.ids);
            if let Some(labels) = chunk.labels {
                pile.labels.get_or_insert_default().extend(labels);
            }
            pile.items.push(chunk.items);
        }
        Ok(pile)
    }

    /// Number of items.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Bytes that a chunk takes in memory.
fn size(chunk: &Chunk) -> u64 {
    let texts = |texts: &[String]| texts.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>();
    let part = |column: &ArrayRef| {
        column.to_data().get_slice_memory_size().unwrap_or_else(|_| column.get_array_memory_size())
    };
    let items = match &chunk.items {
        Items::Images(images) => images.pixels.len(),
        // Chunks may be parts of one table.
        Items::Rows(rows) => rows.columns().iter().map(part).sum(),
        Items::Documents(documents) => texts(documents),
    };
    (items + texts(&chunk.ids) + chunk.labels.as_deref().map_or(0, texts)) as u64
}

fn too_large(path: &Path, items: usize, bytes: u64, limit: u64) -> Error {
    let gigabytes = |bytes: u64| bytes as f64 / 1e9;
    Error::input(
        path,
        format!(
            "more than fits in memory: the first {items} items take {:.1} GB, the limit is {:.1} GB (half of what is \
             available); fit a model on a sample of them with `lfr fit` and score all with `lfr score`, which reads \
             piece by piece",
            gigabytes(bytes),
            gigabytes(limit)
        ),
    )
}

/// Labels as 0 (inlier) and 1 (outlier): numbers, or the words inlier/normal/good and outlier/anomaly/bad.
///
/// # Errors
/// [`Error::Labels`] naming the first text that is neither.
pub fn outlier_labels<S: AsRef<str>>(labels: &[S]) -> Result<Vec<bool>> {
    labels.iter().enumerate().map(|(i, label)| outlier_label(i, label.as_ref())).collect()
}

fn outlier_label(index: usize, label: &str) -> Result<bool> {
    match label.trim().to_lowercase().as_str() {
        "0" | "0.0" | "false" | "no" | "inlier" | "normal" | "good" => Ok(false),
        "1" | "1.0" | "true" | "yes" | "outlier" | "anomaly" | "anomalous" | "bad" => Ok(true),
        _ => Err(Error::Labels {
            problem: format!("item {index} has `{label}`; write 0 for an inlier and 1 for an outlier"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_in_memory_is_refused_on_the_way() {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let rows: String = (0..1000).map(|i| format!("{i},{}\n", i * i)).collect();
        std::fs::write(file.path(), format!("a,b\n{rows}")).unwrap();
        let options = Options { chunk: 100, ..Options::default() };
        assert_eq!(Pile::read_within(file.path(), &options, 1 << 20).unwrap().len(), 1000);
        let message = Pile::read_within(file.path(), &options, 2_000).unwrap_err().to_string();
        assert!(message.contains("the first 100 items take") && message.contains("`lfr score`"), "{message}");
    }

    #[test]
    fn labels_are_read_in_the_usual_spellings() {
        assert_eq!(outlier_labels(&["0", "1", " Normal", "anomaly"]).unwrap(), [false, true, false, true]);
        let message = outlier_labels(&["0", "7"]).unwrap_err().to_string();
        assert_eq!(message, "labels: item 1 has `7`; write 0 for an inlier and 1 for an outlier");
    }
}
