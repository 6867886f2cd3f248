//! How fast a large table is scored, and in how much memory.
//!
//! Writes a Parquet file of 32 columns, fits an isolation forest on its first rows and streams all of it:
//! `cargo run --release -p lfr --example score_rows -- 10000000`.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use lfr::arrow::array::{ArrayRef, Float32Array, RecordBatch};
use lfr::seed::Seed;
use lfr::{Data, Fit, Method, Options};
use parquet::arrow::ArrowWriter;
use rand::RngExt;

const COLUMNS: usize = 32;
const BATCH: usize = 65_536;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let rows: usize = std::env::args().nth(1).map_or(Ok(1_000_000), |text| text.parse())?;
    let folder = tempfile::tempdir()?;
    let (small, large) = (folder.path().join("small.parquet"), folder.path().join("large.parquet"));
    write(&small, 10_000)?;
    write(&large, rows)?;

    let reading = Options::default();
    let method = Method::named("isolation-forest", None)?;
    let model = Fit::new(method).run(Data::read(&small, &reading)?)?.model;
    let start = Instant::now();
    let mut scores: Vec<f32> = Vec::new();
    model.stream(&large, &reading, |_, chunk| {
        scores.extend(chunk);
        Ok(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{} rows of {COLUMNS} columns: {:.0} rows a second",
        scores.len(),
        scores.len() as f64 / seconds
    );
    if let Some(peak) = peak_memory() {
        println!("peak resident memory: {peak}");
    }
    Ok(())
}

/// Independent numbers, row group by row group.
fn write(path: &Path, rows: usize) -> Result<(), Box<dyn std::error::Error>> {
    let mut random = Seed(0).stream("rows");
    let mut writer: Option<ArrowWriter<File>> = None;
    for start in (0..rows).step_by(BATCH) {
        let n = BATCH.min(rows - start);
        let columns = (0..COLUMNS).map(|c| {
            let values: Float32Array = (0..n).map(|_| Some(random.random_range(-1.0f32..1.0))).collect();
            (format!("c{c}"), Arc::new(values) as ArrayRef)
        });
        let batch = RecordBatch::try_from_iter(columns.collect::<Vec<_>>())?;
        if writer.is_none() {
            writer = Some(ArrowWriter::try_new(File::create(path)?, batch.schema(), None)?);
        }
        if let Some(writer) = &mut writer {
            writer.write(&batch)?;
        }
    }
    writer.map(ArrowWriter::close).transpose()?;
    Ok(())
}

/// The largest resident set so far, where the system tells.
fn peak_memory() -> Option<String> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().to_owned())
}
