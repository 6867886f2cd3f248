//! A table in memory.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringArray};
use crate::arrow::datatypes::{DataType, Field, Schema};
use crate::error::{Error, Result};
use crate::input::columns::Columns;
use crate::input::names::Names;
use crate::input::{Notes, Options, Source};
use crate::preprocess::DECIMAL;

/// A table in memory.
pub(in crate::input) struct Table {
    pub(super) names: Vec<String>,
    /// What the rows are called.
    pub(super) ids: Option<Vec<String>>,
    pub(super) rows: Vec<Vec<Option<String>>>,
    /// Whether the only column holds documents.
    pub(super) documents: bool,
}

/// The name of the column of texts that have none.
pub(super) const TEXT: &str = "text";

impl Table {
    /// Its rows, numbered from 0 and identified by what they are called.
    ///
    /// # Errors
    /// As [`Columns::choose`].
    pub fn source(self, path: &Path, options: &Options, notes: &Notes) -> Result<Source> {
        let mut names = Names::settle(self.names, &[], notes);
        let count = self.rows.len();
        let mut columns: Vec<Vec<Option<String>>> = vec![Vec::with_capacity(count); names.all.len()];
        for row in self.rows {
            columns.iter_mut().zip(row).for_each(|(column, cell)| column.push(cell));
        }
        if let Some(ids) = self.ids {
            let taken = |name: &String| names.all.contains(name);
            let name = ["index".to_owned()].into_iter().chain((2..).map(|n| format!("index ({n})")));
            let name = name.into_iter().find(|name| !taken(name)).unwrap_or_default();
            names.index = Some(names.all.len());
            names.all.push(name);
            columns.push(ids.into_iter().map(Some).collect());
        }
        let text = options.text.clone().or_else(|| self.documents.then(|| TEXT.to_owned()));
        let chosen = Columns::choose(path, &names, &Options { text, ..options.clone() }, notes)?;
        let picked = || chosen.picked.iter().copied();
        let fields: Vec<Field> = picked().map(|i| Field::new(&names.all[i], DataType::Utf8, true)).collect();
        let point = HashMap::from([(DECIMAL.to_owned(), "point".to_owned())]);
        let arrays: Vec<ArrayRef> = picked()
            .map(|i| Arc::new(StringArray::from_iter(columns[i].iter().map(Option::as_deref))) as ArrayRef)
            .collect();
        let rows = RecordBatchOptions::new().with_row_count(Some(count));
        let schema = Arc::new(Schema::new_with_metadata(fields, point));
        let table = RecordBatch::try_new_with_options(schema, arrays, &rows)
            .map_err(|e| Error::input(path, e.to_string()))?;
        let (kind, chunk, own_path) = (chosen.kind(), options.chunk, path.to_owned());
        let batches = (0..count).step_by(chunk).map(move |start| {
            let length = chunk.min(count - start);
            let numbers = (start as u64..(start + length) as u64).collect();
            chosen.batch(&own_path, table.slice(start, length), numbers, Vec::new())
        });
        Ok(Source::new(kind, path, options, batches).noting(notes))
    }
}
