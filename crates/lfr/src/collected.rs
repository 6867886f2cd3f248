//! All items of an input, collected in memory to be fitted on or scored.

mod encoded;

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};

use crate::arrow::array::RecordBatch;
use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::encoder::Encoded;
use crate::error::{Error, Result};
use crate::input::{
    self, Fingerprint, Given, Options, Picture, PixelRange, Source, Value, memory as in_memory, narrow,
    settle_channels,
};
use crate::memory::{self, size};

/// Everything readable of an input, in its order.
///
/// ```
/// use lfr::Data;
///
/// # fn main() -> lfr::Result<()> {
/// let rows = Data::rows(2, &[1.0_f32, 2.0, 3.0, 4.0])?.with_ids(vec!["a".into(), "b".into()])?;
/// let documents = Data::documents(["one text", "another text"])?;
/// assert_eq!((rows.len(), documents.len()), (2, 2));
/// assert!(Data::rows(3, &[0.0_f32; 7]).is_err());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Data {
    /// Where it is from: the path as the user wrote it, or that it was in memory.
    pub input: String,
    /// How it was read.
    pub reading: Options,
    /// What the items are.
    pub kind: Kind,
    /// One identifier per item.
    pub ids: Vec<String>,
    /// One label per item when the input has a label column. Never seen by training.
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
    /// How many of them, the first ones, are plain news of how it was read.
    pub news: usize,
    /// The features of the items, when an encoder made them.
    pub encoded: Option<Encoded>,
}

impl Data {
    /// Reads all of `path`. Pictures that are grey throughout lose their equal channels.
    ///
    /// # Errors
    /// As [`input::open`] and the reading of its chunks; [`Error::Memory`] when they take more than half of the memory
    /// that is available.
    pub fn read(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        Self::read_within(path.as_ref(), options, memory::available() / 2)
    }

    fn read_within(path: &Path, options: &Options, limit: u64) -> Result<Self> {
        let source = input::open(path, options)?;
        Self::of(source, path.display().to_string(), options, limit, &mut |_| Ok(()))
    }

    /// Rows of `cols` numbers each, row-major; the columns are named `f0`, `f1`, ... NaN is a missing value.
    ///
    /// # Errors
    /// [`Error::Input`] when `values` is not a whole number of rows, [`Error::Empty`] without a row.
    pub fn rows<T: Value>(cols: usize, values: &[T]) -> Result<Self> {
        let options = Options::default();
        Self::in_memory(in_memory::rows(cols, values, &options)?, &options)
    }

    /// `rows` rows of `cols` numbers, as [`Data::rows`], from an array that is not a slice: `block` gives the numbers at a
    /// range of places, row-major. It is called for one block of some thousand rows after the other.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no column or a block is not as long as its range, [`Error::Empty`] without a row.
    pub fn row_blocks<T: Value>(
        cols: usize,
        rows: usize,
        block: impl FnMut(Range<usize>) -> Vec<T>,
    ) -> Result<Self> {
        let options = Options::default();
        Self::in_memory(in_memory::row_blocks(cols, rows, block, &options)?, &options)
    }

    /// Rows of a table, which `options` may split into identifiers, labels and a column of documents.
    ///
    /// # Errors
    /// [`Error::Empty`] without a row; [`Error::Input`] for batches of different columns and for columns without a
    /// name or with the name of another; [`Error::Config`] for a column of the options that is not there.
    pub fn table(batches: Vec<RecordBatch>, options: &Options) -> Result<Self> {
        Self::given(Given::Table(batches), options)
    }

    /// Documents; blank ones are items too.
    ///
    /// # Errors
    /// [`Error::Empty`] when there is none.
    pub fn documents<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Result<Self> {
        Self::given(Given::Documents(texts.into_iter().map(Into::into).collect()), &Options::default())
    }

    /// Pictures of any sizes, brought to the side that `options` say, as those of a folder.
    ///
    /// # Errors
    /// [`Error::Empty`] when there is none, [`Error::Config`] for a setting out of range, [`Error::Mismatch`] for
    /// coloured ones where the options want 1 channel.
    pub fn pictures(pictures: Vec<Picture>, options: &Options) -> Result<Self> {
        Self::given(Given::Pictures(pictures), options)
    }

    /// The picture files at `paths`, each identified by its path.
    ///
    /// # Errors
    /// As [`Data::pictures`], and [`Error::TooManyBad`] as the options say for files that cannot be read.
    pub fn picture_files(paths: Vec<PathBuf>, options: &Options) -> Result<Self> {
        Self::given(Given::PictureFiles(paths), options)
    }

    /// Items that a program holds.
    ///
    /// # Errors
    /// As [`Data::table`], [`Data::documents`], [`Data::pictures`] or [`Data::picture_files`].
    pub fn given(items: Given, options: &Options) -> Result<Self> {
        options.validate()?;
        Self::in_memory(items.source(options)?, options)
    }

    /// The same items under other identifiers.
    ///
    /// # Errors
    /// [`Error::Input`] when there are not as many as items.
    pub fn with_ids(mut self, ids: Vec<String>) -> Result<Self> {
        self.check_length("identifiers", ids.len())?;
        let mut fingerprint = Fingerprint::new(self.kind);
        let mut rest = ids.as_slice();
        for items in &self.items {
            let (own, others) = rest.split_at(items.len());
            let chunk = Chunk { ids: own.to_vec(), labels: None, items: items.clone() };
            fingerprint.update(Path::new(&self.input), &chunk)?;
            rest = others;
        }
        self.fingerprint = fingerprint.hex();
        Ok(Self { ids, ..self })
    }

    /// The same items with labels, see [`outlier_labels`](crate::labels::outlier_labels).
    ///
    /// # Errors
    /// [`Error::Input`] when there are not as many as items.
    pub fn with_labels(self, labels: Vec<String>) -> Result<Self> {
        self.check_length("labels", labels.len())?;
        Ok(Self { labels: Some(labels), ..self })
    }

    fn check_length(&self, what: &str, found: usize) -> Result<()> {
        if found == self.len() {
            return Ok(());
        }
        Err(Error::input(&self.input, format!("{found} {what} for {} items", self.len())))
    }

    fn in_memory(source: Source, options: &Options) -> Result<Self> {
        Self::of(source, in_memory::NAME.into(), options, u64::MAX, &mut |_| Ok(()))
    }

    /// All that `source` gives; `look` sees each chunk before pictures for an encoder are made smaller.
    fn of(
        mut source: Source,
        input: String,
        options: &Options,
        limit: u64,
        look: &mut dyn FnMut(&Chunk) -> Result<()>,
    ) -> Result<Self> {
        let (mut chunks, mut items, mut bytes) = (Vec::new(), 0, 0);
        for chunk in source.by_ref() {
            let mut chunk = chunk?;
            look(&chunk)?;
            if let (Some(_), Items::Images(images)) = (options.wide, &chunk.items) {
                chunk.items = Items::Images(narrow(images, options.image_size));
            }
            items += chunk.ids.len();
            bytes += size(&chunk);
            if bytes > limit {
                return Err(Error::Memory { path: input.into(), items, bytes, limit });
            }
            chunks.push(chunk);
        }
        Ok(Self::assembled(chunks, &source, input, options))
    }

    /// The items of `chunks`, which `source` gave.
    pub(crate) fn assembled(chunks: Vec<Chunk>, source: &Source, input: String, options: &Options) -> Self {
        let chunks = if options.channels.is_none() { settle_channels(chunks) } else { chunks };
        let mut data = Self {
            input,
            reading: options.clone(),
            kind: source.kind(),
            ids: Vec::new(),
            labels: None,
            items: Vec::new(),
            quarantined: source.quarantined().to_vec(),
            bad: source.bad(),
            range: source.range(),
            fingerprint: source.fingerprint(),
            news: source.notes().len(),
            notes: [source.notes(), source.warnings()].concat(),
            encoded: None,
        };
        for chunk in chunks {
            data.ids.extend(chunk.ids);
            if let Some(labels) = chunk.labels {
                data.labels.get_or_insert_default().extend(labels);
            }
            data.items.push(chunk.items);
        }
        data.notes.extend(repeated(&data.ids));
        data
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

/// A sentence about ids that several items share.
fn repeated(ids: &[String]) -> Option<String> {
    // Row numbers need no table of what was seen.
    if ids.iter().enumerate().all(|(row, id)| id.parse() == Ok(row)) {
        return None;
    }
    let mut seen = HashSet::with_capacity(ids.len());
    let again: Vec<&String> = ids.iter().filter(|id| !seen.insert(id.as_str())).collect();
    let first = again.first()?;
    let of = if again.len() == 1 { "1 item has".into() } else { format!("{} items have", again.len()) };
    Some(format!("{of} the id of an earlier one, such as `{first}`; only their places tell them apart"))
}

#[cfg(test)]
mod tests;
