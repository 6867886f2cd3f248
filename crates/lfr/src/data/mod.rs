//! What flows through the library: items as read, and features as models see them.

mod features;
mod weights;

pub use features::{Csr, Features, Images, Matrix};
pub use weights::{Array, Values, Weights};

use crate::arrow::array::RecordBatch;
use arrow_select::concat::concat_batches;

use crate::error::{Error, Result};

/// The three kinds of pile the tool takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// Pictures.
    Images,
    /// Rows of a table.
    Table,
    /// Documents.
    Text,
}

impl std::fmt::Display for Kind {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Kind::Images => "images",
            Kind::Table => "table",
            Kind::Text => "text",
        })
    }
}

/// Raw items of one kind, before preprocessing.
#[derive(Clone, Debug)]
pub enum Items {
    /// Decoded pictures, already brought to one size and channel count.
    Images(Images),
    /// Rows of a table, typed as the file types them (CSV: all strings).
    Rows(RecordBatch),
    /// Documents.
    Documents(Vec<String>),
}

impl Items {
    /// Number of items.
    pub fn len(&self) -> usize {
        match self {
            Items::Images(images) => images.len(),
            Items::Rows(rows) => rows.num_rows(),
            Items::Documents(documents) => documents.len(),
        }
    }

    /// Whether there is no item.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All items of `parts`, which are of one kind and layout, in order.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when they are not.
    pub fn join(parts: Vec<Items>) -> Result<Items> {
        let mut parts = parts.into_iter();
        let first = parts.next().unwrap_or(Items::Documents(Vec::new()));
        parts.try_fold(first, |all, part| match (all, part) {
            (Items::Images(mut all), Items::Images(part))
                if (all.channels, all.side) == (part.channels, part.side) =>
            {
                all.pixels.extend(part.pixels);
                Ok(Items::Images(all))
            }
            (Items::Rows(all), Items::Rows(part)) => concat_batches(&all.schema(), [&all, &part])
                .map(Items::Rows)
                .map_err(|e| mismatch("columns", e)),
            (Items::Documents(mut all), Items::Documents(part)) => {
                all.extend(part);
                Ok(Items::Documents(all))
            }
            (all, part) => Err(mismatch(&all.kind().to_string(), part.kind())),
        })
    }

    /// The kind of these items.
    pub fn kind(&self) -> Kind {
        match self {
            Items::Images(_) => Kind::Images,
            Items::Rows(_) => Kind::Table,
            Items::Documents(_) => Kind::Text,
        }
    }
}

/// A run of consecutive items of a source, in the source's order.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// One identifier per item: path relative to the folder, row or line number from 0, or the `--id` column.
    pub ids: Vec<String>,
    /// The `--label` column's text, one per item, when asked for. Never seen by training.
    pub labels: Option<Vec<String>>,
    /// The items.
    pub items: Items,
}

/// An item that could not be read and was left out.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Quarantined {
    /// Its identifier (path, row or line number).
    pub id: String,
    /// Why.
    pub reason: String,
}

fn mismatch(expected: &str, found: impl ToString) -> Error {
    Error::Mismatch { what: "items to join".into(), expected: expected.into(), found: found.to_string() }
}
