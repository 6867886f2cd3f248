//! Reading score files.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

use crate::arrow;
use crate::arrow::array::{Array, RecordBatch};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;
use serde_json::{Number, Value};

use super::write::{INLIER, OUTLIER};
use super::{Format, Ids, Scores, Texts};
use crate::error::{Error, Result};
use crate::input::{check_footer, check_pages};
use crate::panics::caught;
use crate::regular;

/// The columns that are read, and their places in a record.
const COLUMNS: [&str; 5] = ["id", "anomaly_score", "anomaly_percentile", "label", "known"];

/// Longest line of a JSON lines file, in bytes.
const MAX_LINE: u64 = 1 << 20;

/// Values that a batch of a Parquet file takes at most, in bytes, when each is as long as its dictionary.
const BATCH: usize = 256 << 20;

/// Rows of a Parquet batch.
const BATCH_ROWS: usize = 1 << 16;

/// Rows or letters of a Parquet file for each of its bytes; those of a score file are hardly ever alike, so that more
/// come only from a file made to fill the memory.
const EXPANSION: u64 = 1000;

/// Rows or letters that any Parquet file may have.
const SMALL: u64 = 10_000_000;

/// Reads the score file `path`.
pub(super) fn read(path: &Path, format: Format) -> Result<Scores> {
    let file = regular::open(path)?;
    let mut table = Table::default();
    let outcome = match format {
        Format::Csv => csv(file, &mut table),
        Format::Jsonl => jsonl(file, &mut table),
        Format::Parquet => parquet(file, &mut table),
    };
    outcome.map_err(|problem| Error::input(path, problem))?;
    table.finish().ok_or_else(|| Error::Empty { path: path.to_owned(), hint: "it holds no scores".into() })
}

/// The rows read so far.
#[derive(Default)]
struct Table {
    ids: Ids,
    scores: Vec<f32>,
    percentiles: Vec<f32>,
    labels: Texts,
    known: Vec<Option<bool>>,
}

/// A row before it is checked.
struct Record<'a> {
    id: Option<&'a str>,
    score: Option<f32>,
    percentile: Option<f32>,
    label: Option<&'a str>,
    known: Option<&'a str>,
}

impl Table {
    /// Adds a row; optional columns are in every row or in none.
    fn push(&mut self, record: &Record<'_>) -> Result<(), String> {
        let n = self.scores.len();
        let finite = record.score.filter(|score| score.is_finite());
        let score = finite.ok_or("anomaly_score is missing or not a finite number")?;
        if record.percentile.is_some_and(|p| !(0.0..=1.0).contains(&p)) {
            return Err("anomaly_percentile is not a number from 0 to 1".into());
        }
        let place = n.to_string();
        self.ids.push(record.id.unwrap_or(&place));
        self.scores.push(score);
        self.percentiles.extend(record.percentile);
        self.labels.extend(record.label);
        self.known.extend(record.known.map(known).transpose()?);
        let uneven = |length: usize| length != 0 && length != n + 1;
        if uneven(self.percentiles.len()) || uneven(self.labels.len()) || uneven(self.known.len()) {
            return Err("anomaly_percentile, label or known is missing here or above".into());
        }
        Ok(())
    }

    fn finish(self) -> Option<Scores> {
        let Self { ids, scores, mut percentiles, labels, known } = self;
        if scores.is_empty() {
            return None;
        }
        if percentiles.is_empty() {
            percentiles = super::scores::percentiles(&scores, &known);
        }
        let labels = (!labels.is_empty()).then_some(labels);
        Some(Scores { ids, scores, percentiles, outliers: None, labels, known })
    }
}

/// A known label from the cell of a file.
fn known(cell: &str) -> Result<Option<bool>, String> {
    match cell {
        "" => Ok(None),
        OUTLIER => Ok(Some(true)),
        INLIER => Ok(Some(false)),
        other => Err(format!("known is `{other}`, not {OUTLIER}, {INLIER} or empty")),
    }
}

fn csv(file: File, table: &mut Table) -> Result<(), String> {
    let mut reader = csv::Reader::from_reader(file);
    let names: Vec<String> = reader.headers().map_err(text)?.iter().map(str::to_owned).collect();
    let places = places(&names)?;
    let mut row = csv::StringRecord::new();
    while reader.read_record(&mut row).map_err(text)? {
        let [id, score, percentile, label, known] =
            places.map(|place| place.and_then(|place| row.get(place)));
        let number = |cell: &str| cell.trim().parse().unwrap_or(f32::NAN);
        let record =
            Record { id, score: score.map(number), percentile: percentile.map(number), label, known };
        let line = row.position().map_or(0, csv::Position::line);
        table.push(&record).map_err(|problem| format!("line {line}: {problem}"))?;
    }
    Ok(())
}

fn jsonl(file: File, table: &mut Table) -> Result<(), String> {
    #[derive(Deserialize)]
    struct Row {
        id: Option<Value>,
        anomaly_score: Option<Number>,
        anomaly_percentile: Option<Number>,
        label: Option<Value>,
        known: Option<String>,
    }
    let mut reader = BufReader::new(file);
    let mut line = Vec::new();
    for count in 1.. {
        line.clear();
        let length = std::io::Read::take(&mut reader, MAX_LINE).read_until(b'\n', &mut line).map_err(text)?;
        if length == 0 {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let here = |problem: String| format!("line {count}: {problem}");
        let row: Row = serde_json::from_slice(&line).map_err(|e| here(e.to_string()))?;
        let number = |n: Number| n.as_f64().map_or(f32::NAN, |n| n as f32);
        let cell = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let (id, label) = (row.id.map(cell), row.label.map(cell));
        let (score, percentile) = (row.anomaly_score.map(number), row.anomaly_percentile.map(number));
        let (label, known) = (label.as_deref(), row.known.as_deref());
        let record = Record { id: id.as_deref(), score, percentile, label, known };
        table.push(&record).map_err(here)?;
    }
    Ok(())
}

fn parquet(file: File, table: &mut Table) -> Result<(), String> {
    let read = caught(|| parquet_rows(file, table));
    read.unwrap_or_else(|| Err("damaged: its values contradict one another".into()))
}

fn parquet_rows(mut file: File, table: &mut Table) -> Result<(), String> {
    check_footer(&mut file)?;
    let limit = SMALL.max(EXPANSION.saturating_mul(file.metadata().map_err(text)?.len()));
    let mut pages = file.try_clone().map_err(text)?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(text)?;
    let declared = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or_default();
    if declared > limit {
        return Err(format!("{declared} rows in so small a file; the limit is {limit}"));
    }
    let names: Vec<String> = builder.schema().fields().iter().map(|field| field.name().clone()).collect();
    let wanted = places(&names)?.into_iter().flatten();
    let mask = ProjectionMask::roots(builder.parquet_schema(), wanted);
    let dictionaries = check_pages(&mut pages, builder.metadata(), &mask)?.repeated;
    let rows = (BATCH / usize::try_from(dictionaries).unwrap_or(usize::MAX).max(1)).clamp(1, BATCH_ROWS);
    for batch in builder.with_projection(mask).with_batch_size(rows).build().map_err(text)? {
        batch_rows(&batch.map_err(text)?, table)?;
        if table.ids.letters() + table.labels.letters() > usize::try_from(limit).unwrap_or(usize::MAX) {
            return Err(format!("ids and labels longer than {limit} letters in so small a file"));
        }
    }
    if table.scores.len() as u64 != declared {
        return Err(format!("it declares {} rows and holds {}", declared, table.scores.len()));
    }
    Ok(())
}

fn batch_rows(batch: &RecordBatch, table: &mut Table) -> Result<(), String> {
    let texts = |name: &str| {
        let texts = batch.column_by_name(name).map(|array| arrow::strings(array));
        texts.transpose().map_err(|e| format!("column {name}: {e}"))
    };
    let numbers = |name: &str| match batch.column_by_name(name) {
        Some(array) => match arrow::numbers(array) {
            Some(numbers) => Ok(Some(numbers)),
            None => Err(format!("column {name} holds {}, not numbers", array.data_type())),
        },
        None => Ok(None),
    };
    let (ids, labels, known) = (texts("id")?, texts("label")?, texts("known")?);
    let (scores, percentiles) = (numbers("anomaly_score")?, numbers("anomaly_percentile")?);
    for i in 0..batch.num_rows() {
        let record = Record {
            id: ids.as_ref().map(|array| if array.is_valid(i) { array.value(i) } else { "" }),
            score: scores.as_ref().filter(|array| array.is_valid(i)).map(|array| array.value(i) as f32),
            percentile: percentiles
                .as_ref()
                .map(|array| if array.is_valid(i) { array.value(i) as f32 } else { f32::NAN }),
            label: labels.as_ref().map(|array| if array.is_valid(i) { array.value(i) } else { "" }),
            known: known.as_ref().map(|array| if array.is_valid(i) { array.value(i) } else { "" }),
        };
        let row = table.scores.len();
        table.push(&record).map_err(|problem| format!("row {row}: {problem}"))?;
    }
    Ok(())
}

/// Where each of [`COLUMNS`] stands among `names`.
fn places(names: &[String]) -> Result<[Option<usize>; 5], String> {
    if let Some(twice) = COLUMNS.iter().find(|column| names.iter().filter(|name| name == *column).count() > 1)
    {
        return Err(format!("two columns are called {twice}"));
    }
    let places = COLUMNS.map(|column| names.iter().position(|name| name == column));
    match places[1] {
        Some(_) => Ok(places),
        None => Err(format!(
            "not a score file: no column anomaly_score, only {}; `lfr rank` and `lfr score` write score files",
            names.join(", ")
        )),
    }
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}
