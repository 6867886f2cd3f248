//! Writing score files, block by block.

use std::io::{self, Write};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use crate::arrow::array::{ArrayRef, BooleanArray, Float32Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::ArrowError;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::file::properties::WriterProperties;
use serde::Serialize;

use super::{Format, Ids, Scores};
use crate::error::{Error, Result};

/// A known outlier in the column `known`.
pub(super) const OUTLIER: &str = "outlier";

/// A known inlier there.
pub(super) const INLIER: &str = "inlier";

/// Rows of a Parquet batch.
const BLOCK: usize = 1 << 16;

/// Writes `scores` to `out`, which messages call `name`.
pub(super) fn write(
    scores: &Scores,
    out: &mut (impl Write + Send),
    name: &Path,
    format: Format,
) -> Result<()> {
    let ranks = scores.ranking().ranks();
    let rows = Rows { scores, ranks: &ranks };
    let written = match format {
        Format::Csv => rows.csv(out),
        Format::Jsonl => rows.jsonl(out),
        Format::Parquet => rows.parquet(out).map_err(io::Error::other),
    };
    written.map_err(|e| Error::io("write", name, e))
}

struct Rows<'a> {
    scores: &'a Scores,
    ranks: &'a [usize],
}

/// A line of a text file.
#[derive(Serialize)]
struct Row<'a> {
    id: String,
    anomaly_score: f32,
    anomaly_rank: usize,
    anomaly_percentile: f32,
    #[serde(skip_serializing_if = "Option::is_none")]
    outlier: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    known: Option<&'static str>,
}

/// A known label as a file has it; nothing for other items.
fn known(label: Option<bool>) -> &'static str {
    match label {
        Some(true) => OUTLIER,
        Some(false) => INLIER,
        None => "",
    }
}

/// The system's own error where there is one: callers tell a reader that went away from a full disk by its kind.
fn cause(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

impl Rows<'_> {
    fn iter(&self) -> impl Iterator<Item = Row<'_>> {
        let scores = self.scores;
        (0..scores.len()).map(move |i| Row {
            id: scores.ids.get(i),
            anomaly_score: scores.scores[i],
            anomaly_rank: self.ranks[i],
            anomaly_percentile: scores.percentiles[i],
            outlier: scores.outliers.as_ref().map(|flags| flags[i]),
            label: scores.labels.as_ref().map(|labels| labels.get(i).unwrap_or_default()),
            known: scores.known.get(i).map(|&label| known(label)),
        })
    }

    fn csv(&self, out: &mut impl Write) -> io::Result<()> {
        let mut writer = csv::Writer::from_writer(out);
        if self.scores.is_empty() {
            writer.write_record(["id", "anomaly_score", "anomaly_rank", "anomaly_percentile"])?;
        }
        for row in self.iter() {
            writer.serialize(row).map_err(cause)?;
        }
        writer.flush()
    }

    fn jsonl(&self, out: &mut impl Write) -> io::Result<()> {
        for row in self.iter() {
            serde_json::to_writer(&mut *out, &row)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    fn parquet(&self, out: impl Write + Send) -> parquet::errors::Result<()> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(Default::default()))
            .set_created_by(concat!("lfr ", env!("CARGO_PKG_VERSION")).into())
            .build();
        let schema = self.batch(0..0)?.schema();
        let mut writer = ArrowWriter::try_new(out, schema, Some(properties))?;
        for start in (0..self.scores.len()).step_by(BLOCK) {
            let end = self.scores.len().min(start + BLOCK);
            writer.write(&self.batch(start..end)?)?;
        }
        writer.close().map(|_| ())
    }

    fn batch(&self, rows: Range<usize>) -> Result<RecordBatch, ArrowError> {
        let scores = self.scores;
        let floats = |values: &[f32]| Arc::new(Float32Array::from(values[rows.clone()].to_vec())) as ArrayRef;
        let ids: ArrayRef = match &scores.ids {
            Ids::Rows(_) => Arc::new(Int64Array::from_iter_values(rows.clone().map(|i| i as i64))),
            Ids::Names(names) => {
                Arc::new(StringArray::from_iter_values(rows.clone().filter_map(|i| names.get(i))))
            }
        };
        let ranks = Int64Array::from_iter_values(self.ranks[rows.clone()].iter().map(|&rank| rank as i64));
        let mut columns = vec![
            ("id", ids),
            ("anomaly_score", floats(&scores.scores)),
            ("anomaly_rank", Arc::new(ranks) as ArrayRef),
            ("anomaly_percentile", floats(&scores.percentiles)),
        ];
        if let Some(flags) = &scores.outliers {
            columns.push(("outlier", Arc::new(BooleanArray::from(flags[rows.clone()].to_vec()))));
        }
        if let Some(labels) = &scores.labels {
            let labels = StringArray::from_iter_values(rows.clone().filter_map(|i| labels.get(i)));
            columns.push(("label", Arc::new(labels)));
        }
        if !scores.known.is_empty() {
            let labels = scores.known[rows.clone()].iter().map(|&label| known(label));
            columns.push(("known", Arc::new(StringArray::from_iter_values(labels))));
        }
        RecordBatch::try_from_iter(columns)
    }
}
