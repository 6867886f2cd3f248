//! `lfr report`.

use std::path::PathBuf;

use anyhow::Result;
use lfr::Error;
use lfr::input::Options;
use lfr::output::{Format, OutputFile, RunRecord, Scores};
use lfr::pile::Pile;
use lfr::run::write_page;
use lfr::score::Model;

use crate::args::ReportArgs;
use crate::terminal::{say, shown};

/// Writes the report of a run again from its folder and its pile.
pub fn run(args: &ReportArgs) -> Result<()> {
    let mut record = RunRecord::read(&args.run.join("run.json"))?;
    let output = args.output.clone().unwrap_or_else(|| args.run.join("report.html"));
    // The page in the run's folder is its own to write again.
    let file = OutputFile::create(&output, args.force || args.output.is_none())?;
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
    let reading = model.reading(&base);
    // An encoder has its pictures in its own channels from the start.
    let channels = reading.channels.filter(|_| reading.wide.is_some());
    let reading = Options { channels, max_bad_fraction: 1.0, ..reading };
    let pile = Pile::read(&input, &reading)?;
    if pile.fingerprint != record.fingerprint {
        return Err(Error::Mismatch {
            what: format!("fingerprint of {}", input.display()),
            expected: record.fingerprint,
            found: pile.fingerprint,
        }
        .into());
    }
    let scores = scores.in_order_of(&pile.ids)?;
    record.input = input.display().to_string();
    write_page(file, &record, &scores, &pile.items, &model, args.show)?;
    say(&format!("see {}", shown(&output.display().to_string())));
    Ok(())
}
