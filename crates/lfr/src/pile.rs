//! A pile of data read into memory, to be fitted on.

use std::path::Path;

use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::error::{Error, Result};
use crate::input::{self, Options, PixelRange, settle_channels};

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
    /// The range that pictures of more than 8 bits a channel were stretched over.
    pub range: Option<PixelRange>,
    /// SHA-256 of identifiers and values.
    pub fingerprint: String,
    /// What the reader decided and the user should know.
    pub notes: Vec<String>,
}

impl Pile {
    /// Reads all of `path`. Pictures that are grey throughout lose their equal channels.
    ///
    /// # Errors
    /// As [`input::open`] and the reading of its chunks.
    pub fn read(path: &Path, options: &Options) -> Result<Self> {
        let mut source = input::open(path, options)?;
        let chunks = source.by_ref().collect::<Result<Vec<Chunk>>>()?;
        let chunks = if options.channels.is_none() { settle_channels(chunks) } else { chunks };
        let mut pile = Self {
            kind: source.kind(),
            ids: Vec::new(),
            labels: None,
            items: Vec::new(),
            quarantined: source.quarantined().to_vec(),
            bad: source.bad(),
            range: source.range(),
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
    fn labels_are_read_in_the_usual_spellings() {
        assert_eq!(outlier_labels(&["0", "1", " Normal", "anomaly"]).unwrap(), [false, true, false, true]);
        let message = outlier_labels(&["0", "7"]).unwrap_err().to_string();
        assert_eq!(message, "labels: item 1 has `7`; write 0 for an inlier and 1 for an outlier");
    }
}
