//! `lfr report`.

use std::path::PathBuf;

use anyhow::Result;
use lfr::durable::OutputFile;
use lfr::run::write_page;
use lfr::score::Model;

use crate::args::ReportArgs;
use crate::past::{self, Past};
use crate::terminal::{say, shown};

/// Writes the report of a run again from its folder and its pile.
pub fn run(args: &ReportArgs) -> Result<()> {
    let output = args.output.clone().unwrap_or_else(|| args.run.join("report.html"));
    let Past { mut record, scores } = Past::read(&args.run)?;
    // The page in the run's folder is its own to write again.
    let file = OutputFile::create(&output, args.force || args.output.is_none())?;
    let model = Model::load(args.run.join(past::MODEL))?;
    let input = args.input.clone().unwrap_or_else(|| PathBuf::from(&record.input));
    let data = past::data(&model, &record.fingerprint, &input, args.data_dir.as_deref())?;
    let scores = scores.in_order_of(&data.ids)?;
    record.input = input.display().to_string();
    write_page(file, &record, &scores, &data.items, &model, args.show)?;
    say(&format!("see {}", shown(&output.display().to_string())));
    Ok(())
}
