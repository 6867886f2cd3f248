//! Tables whose records name their values.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, RecordBatch, RecordBatchOptions, StringBuilder};
use crate::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

use super::columns::Columns;
use super::names::Names;
use super::object::{Cell, Flaw, MAX_COLUMNS};
use super::prose::Prose;
use super::stream::MAX_BATCH;
use super::{Batch, Notes, Options, Source, encoding};
use crate::data::Quarantined;
use crate::error::{Error, Result};
use crate::preprocess::DECIMAL;

/// Most bytes of all names.
const MAX_NAMES: usize = 64 << 20;
/// Most cells of a batch, so that few values in many columns do not fill the memory.
const MAX_CELLS: usize = 8 << 20;

/// The number of a record, its length in bytes, and its cells or the reason why it has none.
pub(super) struct Row {
    pub number: u64,
    pub bytes: usize,
    pub cells: Result<Vec<Cell>, Flaw>,
}

/// The records of a file.
pub(super) trait Records: Send {
    /// The next one.
    ///
    /// # Errors
    /// When the file cannot be read on.
    fn next(&mut self) -> Result<Option<Row>>;

    /// How many were not UTF-8 so far.
    fn foreign(&self) -> usize;

    /// What is wrong with a file of which no record can be read, the first for this reason.
    fn refusal(&self, reason: &str) -> String;
}

/// The records that `open` opens, once for the names and once for the values, all values as text. Columns are the names
/// in the order in which they turn up; absent ones and nulls are missing values. Those of `index` identify the rows.
/// Records without cells are left out. A text that is a list is joined, see [`Prose`].
pub(super) fn source<R: Records + 'static>(
    path: &Path,
    options: &Options,
    notes: &Notes,
    index: &[String],
    open: impl Fn() -> Result<R>,
) -> Result<Source> {
    let mut keys = keys(path, open()?)?;
    let prose = options.text.as_deref().map(Prose::of);
    let listed = |prose: &&Prose| !keys.contains(&prose.key) && keys.iter().any(|key| prose.is_part(key));
    if let Some(key) = prose.as_ref().filter(listed).map(|prose| prose.key.clone()) {
        keys.push(key);
    }
    let mut names = Names::settle(keys.clone(), &[], notes);
    let mut named = index.iter().filter_map(|name| keys.iter().position(|key| key == name));
    names.index = names.index.or(named.next());
    names.spare.extend(named);
    let columns = Columns::choose(path, &names, options, notes)?;
    let picked = || columns.picked.iter().copied();
    let fields: Vec<Field> = picked().map(|i| Field::new(&names.all[i], DataType::Utf8, true)).collect();
    let kind = columns.kind();
    let mut table = Table {
        path: path.to_owned(),
        places: picked().map(|i| keys[i].clone()).zip(0..).collect(),
        records: open()?,
        schema: Arc::new(Schema::new_with_metadata(
            fields,
            HashMap::from([(DECIMAL.to_owned(), "point".to_owned())]),
        )),
        columns,
        prose,
        notes: notes.clone(),
    };
    let chunk = options.chunk;
    let batches = std::iter::from_fn(move || table.batch(chunk).transpose());
    Ok(Source::new(kind, path, options, batches).noting(notes))
}

/// All keys of a file.
fn keys(path: &Path, mut records: impl Records) -> Result<Vec<String>> {
    let mut seen: HashMap<String, usize> = HashMap::new();
    let (mut bytes, mut none, mut any) = (0, None, false);
    let limit = |what, size, limit| Flaw::Limit(what, size, limit).reason(path).map(|_| ());
    while let Some(row) = records.next()? {
        any = true;
        let cells = match row.cells {
            Ok(cells) => cells,
            Err(flaw) => {
                let reason = flaw.reason(path)?;
                none.get_or_insert(reason);
                continue;
            }
        };
        for (name, _) in cells {
            let next = seen.len();
            if let Entry::Vacant(place) = seen.entry(name) {
                bytes += place.key().len();
                place.insert(next);
            }
        }
        if seen.len() > MAX_COLUMNS {
            limit("the number of columns", seen.len(), MAX_COLUMNS)?;
        }
        if bytes > MAX_NAMES {
            limit("the length of all names", bytes, MAX_NAMES)?;
        }
    }
    let mut keys: Vec<_> = seen.into_iter().collect();
    keys.sort_unstable_by_key(|&(_, place)| place);
    match (keys.is_empty(), any, none) {
        (false, _, _) => Ok(keys.into_iter().map(|(key, _)| key).collect()),
        (true, false, _) => Err(Error::Empty { path: path.to_owned(), hint: "it holds no record".into() }),
        (true, true, Some(reason)) => Err(Error::input(path, records.refusal(&reason))),
        (true, true, None) => Err(Error::input(path, "its objects have no keys")),
    }
}

/// The rows of a file.
struct Table<R> {
    path: PathBuf,
    records: R,
    /// Place of each column by its key.
    places: HashMap<String, usize>,
    schema: SchemaRef,
    columns: Columns,
    /// The text, if one is asked for.
    prose: Option<Prose>,
    notes: Notes,
}

impl<R: Records> Table<R> {
    fn batch(&mut self, most: usize) -> Result<Option<Batch>> {
        let (mut rows, mut bad, mut bytes) = (Vec::new(), Vec::new(), 0);
        let width = self.columns.picked.len();
        let most = most.min((MAX_CELLS / width.max(1)).max(1));
        let mut builders: Vec<_> =
            (0..width).map(|_| StringBuilder::with_capacity(most.min(64), 0)).collect();
        let mut cells: Vec<Option<String>> = vec![None; width];
        while rows.len() + bad.len() < most && bytes < MAX_BATCH {
            let Some(row) = self.records.next()? else { break };
            bytes += row.bytes;
            match row.cells {
                Err(flaw) => {
                    bad.push(Quarantined { id: row.number.to_string(), reason: flaw.reason(&self.path)? });
                }
                Ok(mut values) => {
                    if let Some(Err(reason)) = self.prose.as_ref().map(|prose| prose.join(&mut values)) {
                        bad.push(Quarantined { id: row.number.to_string(), reason });
                        continue;
                    }
                    for (name, value) in values {
                        if let Some(cell) = self.places.get(&name).and_then(|&place| cells.get_mut(place)) {
                            *cell = value;
                        }
                    }
                    for (builder, cell) in builders.iter_mut().zip(&mut cells) {
                        builder.append_option(cell.take());
                    }
                    rows.push(row.number);
                }
            }
        }
        if rows.is_empty() && bad.is_empty() {
            encoding::say(&self.notes, self.records.foreign(), "record");
            return Ok(None);
        }
        let arrays = builders.iter_mut().map(|builder| Arc::new(builder.finish()) as ArrayRef).collect();
        let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .map_err(|e| Error::input(&self.path, e.to_string()))?;
        self.columns.batch(&self.path, batch, rows, bad).map(Some)
    }
}
