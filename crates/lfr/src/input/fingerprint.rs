//! A digest of the data as read.

use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch};
use crate::arrow::datatypes::DataType;
use crate::arrow::numbers;
use arrow_row::{RowConverter, SortField};
use sha2::{Digest, Sha256};

use crate::data::{Chunk, Items, Kind};
use crate::error::{Error, Result};

/// SHA-256 over kind, identifiers and values, item by item, so that the size of chunks does not show.
pub(crate) struct Fingerprint {
    hash: Sha256,
    /// Made from the first chunk's columns.
    rows: Option<RowConverter>,
}

impl Fingerprint {
    pub fn new(kind: Kind) -> Self {
        Self { hash: Sha256::new_with_prefix(kind.to_string()), rows: None }
    }

    /// Takes in a chunk.
    ///
    /// # Errors
    /// [`Error::Input`] for a column of a type that has no row form (a map, a union).
    pub fn update(&mut self, path: &Path, chunk: &Chunk) -> Result<()> {
        match &chunk.items {
            Items::Images(images) => {
                for (i, id) in chunk.ids.iter().enumerate() {
                    self.field(id.as_bytes());
                    self.field(images.image(i));
                }
            }
            Items::Documents(documents) => {
                for (id, document) in chunk.ids.iter().zip(documents) {
                    self.field(id.as_bytes());
                    self.field(document.as_bytes());
                }
            }
            Items::Rows(batch) => {
                self.rows(&chunk.ids, batch).map_err(|e| Error::input(path, format!("column types: {e}")))?;
            }
        }
        Ok(())
    }

    pub fn hex(&self) -> String {
        crate::hex::hex(&self.hash.clone().finalize())
    }

    fn rows(&mut self, ids: &[String], batch: &RecordBatch) -> Result<(), arrow_schema::ArrowError> {
        if self.rows.is_none() {
            let schema = batch.schema();
            schema.fields().iter().for_each(|field| self.field(field.name().as_bytes()));
            let fields =
                schema.fields().iter().map(|field| SortField::new(hashed(field.data_type()).clone()));
            self.rows = Some(RowConverter::new(fields.collect())?);
        }
        let Some(converter) = &mut self.rows else { return Ok(()) };
        let columns: Vec<ArrayRef> = batch.columns().iter().map(widened).collect();
        let rows = converter.convert_columns(&columns)?;
        for (id, row) in ids.iter().zip(&rows) {
            self.field(id.as_bytes());
            self.field(row.data());
        }
        Ok(())
    }

    /// A value with its length before it, so that no two sequences of values look alike.
    fn field(&mut self, bytes: &[u8]) {
        self.hash.update((bytes.len() as u64).to_le_bytes());
        self.hash.update(bytes);
    }
}

/// The type as which values of `kind` are hashed: 32-bit floats as 64-bit ones, which say the same.
fn hashed(kind: &DataType) -> &DataType {
    if *kind == DataType::Float32 { &DataType::Float64 } else { kind }
}

fn widened(column: &ArrayRef) -> ArrayRef {
    match column.data_type() {
        DataType::Float32 => numbers(column).map_or_else(|| column.clone(), |numbers| Arc::new(numbers)),
        _ => column.clone(),
    }
}
