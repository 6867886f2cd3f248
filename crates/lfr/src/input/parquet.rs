//! Parquet tables.

use std::fs::File;
use std::path::Path;

use arrow::array::RecordBatch;
use arrow::error::ArrowError;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use parquet::errors::ParquetError;

use super::columns::Columns;
use super::{Options, Source};
use crate::damage::caught;
use crate::error::{Error, Result};

/// The rows of a Parquet file, a batch of them in memory at a time; columns not asked for are never read. Types
/// stay those of the file.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let damaged = |e: &dyn std::fmt::Display| {
        Error::input(path, format!("not a readable Parquet file (cut short?): {e}"))
    };
    let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
    let broken = || ParquetError::General("its header contradicts itself".into());
    let builder = caught(|| ParquetRecordBatchReaderBuilder::try_new(file)).unwrap_or_else(|| Err(broken()));
    let builder = builder.map_err(|e| damaged(&e))?;
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let columns = Columns::choose(path, &names, options)?;
    let mask = ProjectionMask::roots(builder.parquet_schema(), columns.picked.iter().copied());
    let builder = builder.with_projection(mask).with_batch_size(options.chunk);
    let reader = caught(|| builder.build()).unwrap_or_else(|| Err(broken())).map_err(|e| damaged(&e))?;
    let kind = columns.kind();
    let own_path = path.to_owned();
    let mut next = 0;
    let batches = unharmed(reader).map(move |batch| {
        let batch = batch.map_err(|e| Error::input(&own_path, format!("damaged after row {next}: {e}")))?;
        let rows: Vec<u64> = (next..).take(batch.num_rows()).collect();
        next += rows.len() as u64;
        columns.batch(&own_path, batch, rows, Vec::new())
    });
    Ok(Source::new(kind, path, options, batches))
}

/// `reader`, which ends with an error where the library panics: it asserts what a damaged file can break.
fn unharmed(mut reader: ParquetRecordBatchReader) -> impl Iterator<Item = Result<RecordBatch, ArrowError>> {
    let mut broken = false;
    std::iter::from_fn(move || {
        if broken {
            return None;
        }
        caught(|| reader.next()).unwrap_or_else(|| {
            broken = true;
            Some(Err(ArrowError::ParquetError("values that contradict one another".into())))
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::Items;
    use arrow::array::{ArrayRef, Float64Array, Int64Array, StringArray};
    use arrow::datatypes::DataType;
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
