//! `lfr export`.

use std::io::Write;

use anyhow::Result;
use lfr::Error;
use lfr::durable::OutputFile;
use lfr::score::Model;

use crate::args::{ExportArgs, ExportFormat};
use crate::past::model_file;
use crate::terminal::{say, shown};

/// Writes the model in another format.
pub fn run(args: &ExportArgs) -> Result<()> {
    let ExportFormat::Onnx = args.format;
    let model = model_file(&args.model);
    let output = args.output.clone().unwrap_or_else(|| model.with_extension("onnx"));
    let file = OutputFile::create(&output, args.force)?;
    let bytes = Model::load(&model)?.to_onnx()?;
    file.write(|out| out.write_all(&bytes).map_err(|e| Error::io("write", &output, e)))?;
    say(&format!("see {}", shown(&output.display().to_string())));
    Ok(())
}
