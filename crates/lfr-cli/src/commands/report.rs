//! `lfr report`.

use std::path::PathBuf;

use anyhow::Result;
use lfr::Error;
use lfr::input::Options;
use lfr::output::{Format, RunRecord, Scores};
use lfr::pile::Pile;
use lfr::run::write_page;
use lfr::score::Model;

use crate::args::ReportArgs;

/// Writes the report of a run again from its folder and its pile.
pub fn run(args: &ReportArgs) -> Result<()> {
    let mut record = RunRecord::read(&args.run.join("run.json"))?;
    let names = Format::ALL.map(|format| args.run.join(format!("scores.{}", format.extension())));
    let scores = names.iter().find(|file| file.is_file()).unwrap_or(&names[0]);
    let scores = Scores::read(scores)?;
    let model = Model::load(args.run.join("model.safetensors"))?;
    let input = args.input.clone().unwrap_or_else(|| PathBuf::from(&record.input));
    let past = &model.header.reading;
    // As the fit read it, the columns it set aside included; pictures settle their channels once more.
    let base = Options {
        ignore: past.ignore.clone(),
        label: past.label.clone(),
        data_dir: args.data_dir.clone(),
        ..Options::default()
    };
    let reading = Options { channels: None, max_bad_fraction: 1.0, ..model.reading(&base) };
    let pile = Pile::read(&input, &reading)?;
    if pile.fingerprint != record.fingerprint {
        return Err(Error::Mismatch {
            what: format!("fingerprint of {}", input.display()),
            expected: record.fingerprint,
            found: pile.fingerprint,
        }
        .into());
    }
    let output = args.output.clone().unwrap_or_else(|| args.run.join("report.html"));
    record.input = input.display().to_string();
    write_page(&output, &record, &scores, &pile.items, &model, args.show)?;
    eprintln!("see {}", output.display());
    Ok(())
}
