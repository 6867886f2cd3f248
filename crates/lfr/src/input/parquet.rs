//! Parquet tables.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::arrow::array::RecordBatch;
use arrow_schema::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use serde_json::Value;

use super::columns::Columns;
use super::names::Names;
use super::nested::{self, Shape};
use super::object::MAX_COLUMNS;
use super::{Batch, Notes, Options, Source, footer};
use crate::error::{Error, Result};
use crate::panics::caught;

/// Bytes that texts stored once may make of one batch, should every row hold the longest.
const MAX_TEXTS: u64 = 192 << 20;
/// Rows may take this many times the bytes of the file in memory, or [`FREE`] bytes.
const MAX_RATIO: usize = 2000;
const FREE: usize = 512 << 20;

/// The rows of a Parquet file, a batch of them in memory at a time; columns not asked for are never read. Types
/// stay those of the file; structs and lists become a column for every field and place, dictionaries
/// what they stand for, so that their size in memory is known.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let file = Parquet::open(path)?;
    let notes = Notes::default();
    let table = Layout::of(&file, options, &notes)?;
    let columns = Columns::choose(path, &table.names, options, &notes)?;
    let roots = table.roots(&columns);
    let (reader, size) = file.reader(&roots, options.chunk)?;
    let kind = columns.kind();
    let mut rows = Rows {
        path: path.to_owned(),
        reader,
        shapes: roots.iter().map(|&root| table.shapes[root].clone()).collect(),
        places: table.places(&columns, &roots),
        columns,
        next: 0,
        declared: u64::try_from(file.about.file_metadata().num_rows()).unwrap_or(0),
        left: size.saturating_mul(MAX_RATIO).max(FREE),
        ended: false,
    };
    let batches = std::iter::from_fn(move || rows.batch().transpose());
    Ok(Source::new(kind, path, options, batches).noting(&notes))
}

/// A file whose footer was found sound.
struct Parquet {
    path: PathBuf,
    about: ParquetMetaData,
    fields: Vec<(String, Shape)>,
}

impl Parquet {
    fn open(path: &Path) -> Result<Self> {
        let mut file = open_file(path)?;
        footer::check(&mut file).map_err(|problem| Error::input(path, problem))?;
        let builder = builder(path, file)?;
        let fields = builder.schema().fields().iter();
        let fields = fields.map(|field| (field.name().clone(), Shape::of(field.data_type()))).collect();
        Ok(Self { path: path.to_owned(), about: builder.metadata().as_ref().clone(), fields })
    }

    /// A reader of the columns `roots`, and the size of the file in bytes.
    fn reader(&self, roots: &[usize], chunk: usize) -> Result<(ParquetRecordBatchReader, usize)> {
        let mut file = open_file(&self.path)?;
        let size = file.metadata().map_err(|e| Error::io("read", &self.path, e))?.len();
        let mask = ProjectionMask::roots(self.about.file_metadata().schema_descr(), roots.iter().copied());
        let pages = footer::check_pages(&mut file, &self.about, &mask)
            .map_err(|problem| Error::input(&self.path, format!("damaged: {problem}")))?;
        let most = usize::try_from(MAX_TEXTS / pages.repeated.max(1)).unwrap_or(usize::MAX).max(1);
        let builder = builder(&self.path, file)?.with_projection(mask).with_batch_size(chunk.min(most));
        let reader = caught(|| builder.build()).unwrap_or_else(|| Err(broken()));
        Ok((reader.map_err(|e| damaged(&self.path, &e))?, usize::try_from(size).unwrap_or(usize::MAX)))
    }

    /// The names of the columns that pandas took for the names of the rows.
    fn index(&self) -> Vec<String> {
        let about = self.about.file_metadata().key_value_metadata();
        let pandas = about.into_iter().flatten().find(|pair| pair.key == "pandas");
        let pandas = pandas.and_then(|pair| serde_json::from_str::<Value>(pair.value.as_deref()?).ok());
        let index = pandas.as_ref().and_then(|pandas| pandas.get("index_columns")?.as_array());
        index.into_iter().flatten().filter_map(|name| name.as_str().map(str::to_owned)).collect()
    }
}

fn open_file(path: &Path) -> Result<File> {
    File::open(path).map_err(|e| Error::io("read", path, e))
}

fn builder(path: &Path, file: File) -> Result<ParquetRecordBatchReaderBuilder<File>> {
    let builder = caught(|| ParquetRecordBatchReaderBuilder::try_new(file)).unwrap_or_else(|| Err(broken()));
    builder.map_err(|e| damaged(path, &e))
}

fn broken() -> ParquetError {
    ParquetError::General("its header contradicts itself".into())
}

fn damaged(path: &Path, error: &dyn std::fmt::Display) -> Error {
    Error::input(path, format!("not a readable Parquet file (cut short?): {error}"))
}

/// The flat columns of a file.
struct Layout {
    /// The shape of every column of the file.
    shapes: Vec<Shape>,
    /// The column of the file that each flat column comes from.
    origins: Vec<usize>,
    /// The flat columns.
    names: Names,
}

impl Layout {
    fn of(file: &Parquet, options: &Options, notes: &Notes) -> Result<Self> {
        let mut shapes: Vec<Shape> = file.fields.iter().map(|(_, shape)| shape.clone()).collect();
        let lists: Vec<usize> = (0..shapes.len()).filter(|&i| shapes[i].has_lists()).collect();
        if !lists.is_empty() {
            let (reader, _) = file.reader(&lists, options.chunk)?;
            for batch in unharmed(reader) {
                let batch = batch.map_err(|e| damaged(&file.path, &e))?;
                lists.iter().zip(batch.columns()).for_each(|(&i, array)| shapes[i].grow(array));
            }
        }
        let shapes: Vec<Shape> = shapes.into_iter().map(Shape::bounded).collect();
        let width = shapes.iter().fold(0usize, |sum, shape| sum.saturating_add(shape.width()));
        if width > MAX_COLUMNS {
            return Err(Error::TooLarge {
                path: file.path.clone(),
                what: "the number of columns",
                size: width as u64,
                limit: MAX_COLUMNS as u64,
            });
        }
        let (mut all, mut origins) = (Vec::new(), Vec::new());
        for (origin, ((name, _), shape)) in file.fields.iter().zip(&shapes).enumerate() {
            shape.names(name, &mut all);
            origins.resize(all.len(), origin);
        }
        let mut names = Names::settle(all, &[], notes);
        let index = file.index();
        let mut places: Vec<usize> =
            (0..names.all.len()).filter(|&i| index.contains(&names.all[i])).collect();
        if places.len() < names.all.len() && !places.is_empty() {
            let own: Vec<&str> = places.iter().map(|&i| names.all[i].as_str()).collect();
            notes.add(format!(
                "the index that pandas stored ({}) names the rows and is no feature",
                own.join(", ")
            ));
            names.index = (places.len() == 1).then(|| places.remove(0));
            names.spare = places;
        }
        Ok(Self { shapes, origins, names })
    }

    /// The columns of the file that the chosen ones come from, ascending.
    fn roots(&self, columns: &Columns) -> Vec<usize> {
        let mut roots: Vec<usize> = columns.picked.iter().map(|&place| self.origins[place]).collect();
        roots.dedup();
        roots
    }

    /// The places of the chosen columns among the flat ones of `roots`, with the names of all of those.
    fn places(&self, columns: &Columns, roots: &[usize]) -> Places {
        let flat: Vec<usize> =
            (0..self.origins.len()).filter(|&i| roots.contains(&self.origins[i])).collect();
        Places {
            picked: columns.picked.iter().filter_map(|place| flat.binary_search(place).ok()).collect(),
            names: flat.iter().map(|&place| self.names.all[place].clone()).collect(),
        }
    }
}

/// Which of the flat columns of a batch are chosen.
struct Places {
    picked: Vec<usize>,
    names: Vec<String>,
}

/// The rows of a file.
struct Rows {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    shapes: Vec<Shape>,
    places: Places,
    columns: Columns,
    /// Number of the next row.
    next: u64,
    /// Rows that the footer declares.
    declared: u64,
    /// Bytes that the rows to come may take.
    left: usize,
    ended: bool,
}

impl Rows {
    fn batch(&mut self) -> Result<Option<Batch>> {
        if self.ended {
            return Ok(None);
        }
        let Some(batch) = harmless(&mut self.reader) else {
            self.ended = true;
            let (read, declared) = (self.next, self.declared);
            return match read == declared {
                true => Ok(None),
                false => Err(Error::input(
                    &self.path,
                    format!("damaged: it declares {declared} rows and holds {read}"),
                )),
            };
        };
        let batch = batch.and_then(|batch| self.flat(&batch)).map_err(|e| {
            self.ended = true;
            Error::input(&self.path, format!("damaged after row {}: {e}", self.next))
        })?;
        self.left = self.left.checked_sub(batch.get_array_memory_size()).ok_or_else(|| {
            let problem =
                format!("its rows take more than {MAX_RATIO} times the bytes of the file in memory");
            Error::input(&self.path, format!("{problem}; if they are meant to, save it uncompressed"))
        })?;
        let rows: Vec<u64> = (self.next..).take(batch.num_rows()).collect();
        self.next += rows.len() as u64;
        self.columns.batch(&self.path, batch, rows, Vec::new()).map(Some)
    }

    fn flat(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let shapes: Vec<&Shape> = self.shapes.iter().collect();
        nested::flat(batch, &shapes, &self.places.names)?.project(&self.places.picked)
    }
}

/// The batches of `reader`, up to where it breaks.
fn unharmed(mut reader: ParquetRecordBatchReader) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
    let mut broken = false;
    std::iter::from_fn(move || {
        let next = if broken { None } else { harmless(&mut reader) };
        broken = matches!(next, Some(Err(_)));
        next
    })
}

/// The next batch, or an error where the library panics: it asserts what a damaged file can break.
fn harmless(reader: &mut ParquetRecordBatchReader) -> Option<Result<RecordBatch, ArrowError>> {
    caught(|| reader.next())
        .unwrap_or_else(|| Some(Err(ArrowError::ParquetError("values that contradict one another".into()))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
    use crate::arrow::datatypes::DataType;
    use crate::data::Items;
    use parquet::arrow::ArrowWriter;
    use proptest::prelude::*;
    use std::sync::Arc;

    fn table(rows: i64) -> Vec<u8> {
        let key: ArrayRef = Arc::new(Int64Array::from_iter_values((0..rows).map(|i| 100 + i)));
        let value: ArrayRef =
            Arc::new(Float64Array::from_iter((0..rows).map(|i| (i % 3 > 0).then_some(i as f64))));
        let colour: ArrayRef =
            Arc::new(StringArray::from_iter_values((0..rows).map(|i| ["red", "blue"][i as usize % 2])));
        let batch = RecordBatch::try_from_iter([("key", key), ("value", value), ("colour", colour)]).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        writer.into_inner().unwrap()
    }

    fn read(content: &[u8], options: &Options) -> Result<(Vec<RecordBatch>, Vec<String>, Vec<String>)> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let (mut batches, mut ids, mut labels) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in open(file.path(), options)? {
            let chunk = chunk?;
            ids.extend(chunk.ids);
            labels.extend(chunk.labels.into_iter().flatten());
            if let Items::Rows(batch) = chunk.items {
                batches.push(batch);
            }
        }
        Ok((batches, ids, labels))
    }

    #[test]
    fn types_stay_and_chunks_are_small() {
        let (batches, ids, _) = read(&table(10), &Options { chunk: 4, ..Options::default() }).unwrap();
        assert_eq!(batches.iter().map(RecordBatch::num_rows).collect::<Vec<_>>(), [4, 4, 2]);
        assert_eq!(batches[0].schema().field(1).data_type(), &DataType::Float64);
        assert_eq!((ids[0].as_str(), ids[9].as_str()), ("0", "9"));
    }

    #[test]
    fn numbers_beyond_63_bits_keep_their_digits_as_ids_and_their_size_as_values() {
        use crate::arrow::array::UInt64Array;
        let large = |i: u64| u64::MAX - 3 * i;
        let key: ArrayRef = Arc::new(UInt64Array::from_iter_values((0..20).map(large)));
        let size: ArrayRef =
            Arc::new(UInt64Array::from_iter_values((0..20).map(|i| if i == 7 { u64::MAX } else { 1 << 62 })));
        let batch = RecordBatch::try_from_iter([("key", key), ("size", size)]).unwrap();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), None).unwrap();
        writer.write(&batch).unwrap();
        let content = writer.into_inner().unwrap();
        let (_, ids, _) = read(&content, &Options { id: Some("key".into()), ..Options::default() }).unwrap();
        assert_eq!((ids[0].as_str(), ids[1].as_str()), ("18446744073709551615", "18446744073709551612"));
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let data = crate::Data::read(file.path(), &Options::default()).unwrap();
        let run = crate::Fit::new(crate::Method::named("knn", None).unwrap()).run(data).unwrap();
        let scores = &run.scores;
        assert!((0..20).all(|i| i == 7 || scores[i] < scores[7]), "{scores:?}");
    }

    #[test]
    fn only_what_is_asked_for_is_read() {
        let options = Options {
            id: Some("key".into()),
            label: Some("colour".into()),
            ignore: vec!["key".into()],
            ..Options::default()
        };
        let (batches, ids, labels) = read(&table(3), &options).unwrap();
        assert_eq!(batches[0].num_columns(), 1);
        assert_eq!(ids, ["100", "101", "102"]);
        assert_eq!(labels, ["red", "blue", "red"]);
        let nothing = read(&table(3), &Options { ignore: vec!["size".into()], ..Options::default() });
        assert!(nothing.unwrap_err().to_string().contains("key, value, colour"));
    }

    #[test]
    fn a_file_cut_short_or_without_rows_says_so() {
        let content = table(1000);
        for length in [content.len() / 2, content.len() - 1, 4, 1] {
            let message = read(&content[..length], &Options::default()).unwrap_err().to_string();
            assert!(message.contains("not a readable Parquet file"), "{message}");
        }
        assert!(matches!(read(&table(0), &Options::default()), Err(Error::Empty { .. })));
    }

    fn written(batch: &RecordBatch, pandas: Option<&str>) -> Vec<u8> {
        let pandas =
            pandas.map(|json| parquet::file::metadata::KeyValue::new("pandas".into(), json.to_owned()));
        let about = parquet::file::properties::WriterProperties::builder()
            .set_key_value_metadata(pandas.map(|pair| vec![pair]))
            .build();
        let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(about)).unwrap();
        writer.write(batch).unwrap();
        writer.into_inner().unwrap()
    }

    #[test]
    fn the_index_of_pandas_names_the_rows() {
        let key: ArrayRef = Arc::new(Int64Array::from(vec![9_007_199_254_740_993, 2]));
        let value: ArrayRef = Arc::new(Float64Array::from(vec![1.0, 2.0]));
        let batch = RecordBatch::try_from_iter([("v", value), ("__index_level_0__", key)]).unwrap();
        let content = written(&batch, Some(r#"{"index_columns": ["__index_level_0__"], "columns": []}"#));
        let (batches, ids, _) = read(&content, &Options::default()).unwrap();
        assert_eq!((batches[0].num_columns(), ids), (1, vec!["9007199254740993".to_owned(), "2".to_owned()]));
        let range = r#"{"index_columns": [{"kind": "range", "start": 0}]}"#;
        assert_eq!(read(&written(&batch, Some(range)), &Options::default()).unwrap().0[0].num_columns(), 2);
        let options =
            Options { id: Some("v".into()), ignore: vec!["__index_level_0__".into()], ..Options::default() };
        assert!(read(&content, &options).unwrap_err().to_string().contains("no column is left"));
    }

    #[test]
    fn nested_columns_are_flat() {
        use crate::arrow::array::{Array, ListArray, StructArray};
        use crate::arrow::datatypes::{Field, Int32Type};
        let lists = ListArray::from_iter_primitive::<Int32Type, _, _>(
            (0..10).map(|i| Some(vec![Some(i), Some(2 * i)])),
        );
        let x: ArrayRef = Arc::new(Int64Array::from_iter_values(0..10));
        let fields =
            vec![Field::new("x", DataType::Int64, true), Field::new("v", lists.data_type().clone(), true)];
        let structs: ArrayRef =
            Arc::new(StructArray::new(fields.into(), vec![Arc::clone(&x), Arc::new(lists)], None));
        let batch = RecordBatch::try_from_iter([("k", x), ("a", structs)]).unwrap();
        let content = written(&batch, None);
        let (batches, _, _) = read(&content, &Options { chunk: 4, ..Options::default() }).unwrap();
        let schema = batches[2].schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!(names, ["k", "a.x", "a.v.0", "a.v.1"]);
        let options = Options { ignore: vec!["a.v.0".into()], id: Some("a.x".into()), ..Options::default() };
        let (batches, ids, _) = read(&content, &options).unwrap();
        let schema = batches[0].schema();
        let names: Vec<_> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        assert_eq!((names, ids[9].as_str()), (vec!["k", "a.v.1"], "9"));
    }

    /// Some of these made the library panic.
    #[test]
    fn no_byte_of_a_kind_makes_it_panic() {
        let sound = table(20);
        for at in 0..sound.len() {
            let mut content = sound.clone();
            content[at] = 133;
            let _ = read(&content, &Options::default());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_damage_makes_it_panic(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
            let mut content = table(20);
            let at = at.index(content.len());
            content[at] = byte;
            let _ = read(&content, &Options::default());
        }
    }
}
