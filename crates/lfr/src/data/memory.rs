//! A pile of data in memory, to be fitted on or scored.

use std::collections::HashSet;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::arrow::array::RecordBatch;

use crate::arrow::array::{Array, ArrayRef};

use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::encoder::{Cache, Encoded, Encoder, Encoding, Progress};
use crate::error::{Error, Result};
use crate::input::{
    self, Fingerprint, Options, Picture, PixelRange, Source, count_pictures, memory as in_memory, narrow,
    settle_channels,
};
use crate::memory;

/// Everything readable of an input, in its order.
///
/// ```
/// use lfr::data::Data;
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
    /// As [`input::open`] and the reading of its chunks; [`Error::Input`] when they take more than half of the memory
    /// that is available.
    pub fn read(path: impl AsRef<Path>, options: &Options) -> Result<Self> {
        Self::read_within(path.as_ref(), options, memory::available() / 2)
    }

    fn read_within(path: &Path, options: &Options, limit: u64) -> Result<Self> {
        let source = input::open(path, options)?;
        Self::of(source, path.display().to_string(), options, limit, &mut |_| Ok(()))
    }

    /// Reads all of `path` and has `encoder` make the features of its items. Pictures are encoded as they are read, at the
    /// size that the encoder wants, and kept at that of the options. Features that `cache` keeps are not made again; `watch`
    /// is told how far it has come.
    ///
    /// # Errors
    /// As [`Data::read`]; [`Error::Encoder`] when the encoder does not take what `path` holds or fails on an item, or what
    /// `watch` returns.
    pub fn encoded(
        path: impl AsRef<Path>,
        options: &Options,
        encoder: &Arc<Encoder>,
        cache: Option<&mut Cache>,
        watch: &mut dyn FnMut(Progress) -> Result<()>,
    ) -> Result<Self> {
        let path = path.as_ref();
        let pictures = encoder.card().pictures();
        let options = Options {
            wide: pictures.map(|input| input.side),
            channels: pictures.map(|input| input.channels),
            ..options.clone()
        };
        let source = input::open(path, &options)?;
        encoder.check_kind(source.kind())?;
        let mut encoding = Encoding::new(encoder, cache, watch);
        let (name, limit) = (path.display().to_string(), memory::available() / 2);
        let mut data = match pictures {
            Some(_) => {
                encoding.progress.total = count_pictures(path);
                Self::of(source, name, &options, limit, &mut |chunk| encoding.take(&chunk.items, &chunk.ids))?
            }
            None => {
                let data = Self::of(source, name, &options, limit, &mut |_| Ok(()))?;
                encoding.progress.total = Some(data.len());
                let mut rest = data.ids.as_slice();
                for items in &data.items {
                    let (own, others) = rest.split_at(items.len());
                    encoding.take(items, own)?;
                    rest = others;
                }
                data
            }
        };
        data.notes.extend(encoding.notes(&data.items));
        data.encoded = Some(encoding.finish());
        Ok(data)
    }

    /// Rows of `cols` numbers each, row-major; the columns are named `f0`, `f1`, ... NaN is a missing value.
    ///
    /// # Errors
    /// [`Error::Input`] when `values` is not a whole number of rows, [`Error::Empty`] without a row.
    pub fn rows<T: Copy + Into<f64>>(cols: usize, values: &[T]) -> Result<Self> {
        let options = Options::default();
        Self::in_memory(in_memory::rows(cols, values, &options)?, &options)
    }

    /// `rows` rows of `cols` numbers, as [`Data::rows`], from an array that is not a slice: `block` gives the numbers at a
    /// range of places, row-major. It is called for one block of some thousand rows after the other.
    ///
    /// # Errors
    /// [`Error::Input`] when there is no column or a block is not as long as its range, [`Error::Empty`] without a row.
    pub fn row_blocks<T: Copy + Into<f64>>(
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
        options.validate()?;
        Self::in_memory(in_memory::table(batches, options)?, options)
    }

    /// Documents; blank ones are items too.
    ///
    /// # Errors
    /// [`Error::Empty`] when there is none.
    pub fn documents<S: Into<String>>(texts: impl IntoIterator<Item = S>) -> Result<Self> {
        let options = Options::default();
        Self::in_memory(in_memory::documents(texts.into_iter().map(Into::into).collect(), &options), &options)
    }

    /// Pictures of any sizes, brought to the side that `options` say, as those of a folder.
    ///
    /// # Errors
    /// [`Error::Empty`] when there is none, [`Error::Config`] for a setting out of range, [`Error::Mismatch`] for
    /// coloured ones where the options want 1 channel.
    pub fn pictures(pictures: Vec<Picture>, options: &Options) -> Result<Self> {
        options.validate()?;
        Self::in_memory(in_memory::pictures(pictures, options), options)
    }

    /// The picture files at `paths`, each identified by its path.
    ///
    /// # Errors
    /// As [`Data::pictures`], and [`Error::TooManyBad`] as the options say for files that cannot be read.
    pub fn picture_files(paths: Vec<PathBuf>, options: &Options) -> Result<Self> {
        options.validate()?;
        Self::in_memory(in_memory::picture_files(paths, options)?, options)
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

    /// The same items with labels, see [`outlier_labels`].
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
                return Err(too_large(Path::new(&input), items, bytes, limit));
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
            notes: source.notes(),
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

/// Bytes that a chunk takes in memory.
pub(crate) fn size(chunk: &Chunk) -> u64 {
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

pub(crate) fn too_large(path: &Path, items: usize, bytes: u64, limit: u64) -> Error {
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

/// Labels as 0 (inlier) and 1 (outlier): numbers, or the words inlier/normal/good and outlier/anomaly/bad.
///
/// # Errors
/// [`Error::Labels`] naming the first text that is neither.
pub fn outlier_labels<S: AsRef<str>>(labels: &[S]) -> Result<Vec<bool>> {
    let read = |(i, label): (usize, &S)| {
        let label = label.as_ref();
        let problem = || format!("item {i} has `{label}`; write 0 for an inlier and 1 for an outlier");
        outlier_label(label).ok_or_else(|| Error::Labels { problem: problem() })
    };
    labels.iter().enumerate().map(read).collect()
}

/// Whether `label` means an outlier; `None` when it means neither that nor an inlier.
pub(crate) fn outlier_label(label: &str) -> Option<bool> {
    match label.trim().to_lowercase().as_str() {
        "0" | "0.0" | "false" | "no" | "inlier" | "normal" | "good" => Some(false),
        "1" | "1.0" | "true" | "yes" | "outlier" | "anomaly" | "anomalous" | "bad" => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(data: Result<Data>) -> String {
        data.unwrap_err().to_string()
    }

    #[test]
    fn data_in_memory_is_checked() {
        let message = refused(Data::rows(3, &[0.0_f32; 7]));
        assert_eq!(message, "data in memory: 7 values are not a whole number of rows of 3");
        assert!(refused(Data::rows(0, &[1.0_f32])).contains("rows of 0"));
        for empty in
            [Data::rows(3, &[0.0_f64; 0]), Data::documents([""; 0]), Data::table(vec![], &Options::default())]
        {
            assert_eq!(refused(empty), "data in memory is empty: it holds no item");
        }
        let two = Data::documents(["a", ""]).unwrap();
        assert_eq!(two.ids, ["0", "1"]);
        assert!(refused(two.clone().with_ids(vec!["x".into()])).contains("1 identifiers for 2 items"));
        assert!(refused(two.with_labels(vec![])).contains("0 labels for 2 items"));
        assert!(Picture::new(2, 2, 3, vec![0; 11]).unwrap_err().to_string().contains("12 values, found 11"));
        assert!(Picture::new(2, 2, 2, vec![0; 8]).unwrap_err().to_string().contains("2 channels"));
        assert!(Picture::new(0, 2, 1, vec![]).is_err());
    }

    #[test]
    fn columns_that_share_a_name_are_refused() {
        let column: crate::arrow::array::ArrayRef =
            std::sync::Arc::new(crate::arrow::array::Int32Array::from(vec![1]));
        let twice = RecordBatch::try_from_iter([("a", column.clone()), ("a", column.clone())]).unwrap();
        assert!(refused(Data::table(vec![twice], &Options::default())).contains("are all named `a`"));
        let [a, b] = ["a", "b"].map(|name| RecordBatch::try_from_iter([(name, column.clone())]).unwrap());
        assert!(refused(Data::table(vec![a, b], &Options::default())).contains("other columns"));
    }

    #[test]
    fn memory_reads_as_files_do() {
        let folder = tempfile::tempdir().unwrap();
        let (lines, picture) = (folder.path().join("a.txt"), folder.path().join("0"));
        std::fs::write(&lines, "one\ntwo\nthree\n").unwrap();
        let options = Options { chunk: 2, image_size: 8, ..Options::default() };
        let (file, memory) =
            (Data::read(&lines, &options).unwrap(), Data::documents(["one", "two", "three"]).unwrap());
        assert_eq!((&file.ids, &file.fingerprint), (&memory.ids, &memory.fingerprint));
        let renamed = memory.clone().with_ids(memory.ids.clone()).unwrap();
        assert_eq!(renamed.fingerprint, memory.fingerprint);

        std::fs::create_dir(&picture).unwrap();
        let values: Vec<u8> = (0..20 * 10 * 3).map(|i| (i * 7 % 251) as u8).collect();
        image::RgbImage::from_raw(10, 20, values.clone()).unwrap().save(picture.join("0.png")).unwrap();
        let file = Data::read(&picture, &options).unwrap();
        let memory = Data::pictures(vec![Picture::new(20, 10, 3, values).unwrap()], &options).unwrap();
        let paths = Data::picture_files(vec![picture.join("0.png")], &options).unwrap();
        let pixels = |data: &Data| match &data.items[0] {
            Items::Images(images) => images.clone(),
            other => panic!("{other:?}"),
        };
        assert_eq!(pixels(&file), pixels(&memory));
        assert_eq!(pixels(&file), pixels(&paths));
        let missing = Data::picture_files(vec!["/nowhere.png".into()], &options);
        assert!(refused(missing).contains("/nowhere.png: cannot be read"));
    }

    #[test]
    fn what_does_not_fit_in_memory_is_refused_on_the_way() {
        let file = tempfile::Builder::new().suffix(".csv").tempfile().unwrap();
        let rows: String = (0..1000).map(|i| format!("{i},{}\n", i * i)).collect();
        std::fs::write(file.path(), format!("a,b\n{rows}")).unwrap();
        let options = Options { chunk: 100, ..Options::default() };
        assert_eq!(Data::read_within(file.path(), &options, 1 << 20).unwrap().len(), 1000);
        let message = Data::read_within(file.path(), &options, 2_000).unwrap_err().to_string();
        assert!(message.contains("the first 100 items take") && message.contains("`lfr score`"), "{message}");
    }

    #[test]
    fn ids_of_several_items_are_told_once() {
        let told = |ids: &[&str]| repeated(&ids.iter().map(|&id| id.to_owned()).collect::<Vec<_>>());
        assert_eq!((told(&["0", "1", "2"]), told(&["b", "a"]), told(&[])), (None, None, None));
        let expected =
            "2 items have the id of an earlier one, such as `a`; only their places tell them apart";
        assert_eq!(told(&["a", "b", "a", "a"]).as_deref(), Some(expected));
    }

    #[test]
    fn labels_are_read_in_the_usual_spellings() {
        assert_eq!(outlier_labels(&["0", "1", " Normal", "anomaly"]).unwrap(), [false, true, false, true]);
        let message = outlier_labels(&["0", "7"]).unwrap_err().to_string();
        assert_eq!(message, "labels: item 1 has `7`; write 0 for an inlier and 1 for an outlier");
    }
}
