//! `lfr inspect`.

use std::fmt::{self, Write};

use anyhow::Result;
use lfr::data::{Array, Kind};
use lfr::model::{Header, ModelFile};
use lfr::preprocess::ColumnReading;
use serde_json::json;

use crate::args::InspectArgs;
use crate::past::model_file;
use crate::terminal::{count, print, print_json, shown, things};

/// Prints what the model file holds.
pub fn run(args: &InspectArgs) -> Result<()> {
    let model = ModelFile::load(&model_file(&args.model))?;
    if args.json {
        let arrays = model.weights.iter();
        let arrays: Vec<_> = arrays
            .map(|(name, array)| json!({ "name": name, "dtype": array.values.dtype(), "shape": array.shape }))
            .collect();
        return print_json(&json!({ "header": model.header, "arrays": arrays }));
    }
    print(text(&model)?.as_bytes())
}

fn text(model: &ModelFile) -> Result<String, fmt::Error> {
    let header = &model.header;
    let mut text = String::new();
    let mut line = |name: &str, value: String| writeln!(text, "{name:<12}{}", shown(&value));
    line("method", header.method_name().to_owned())?;
    line("fitted on", things(header.items, header.kind))?;
    line("", format!("SHA-256 {}", header.fingerprint))?;
    line("by", format!("lfr {} with seed {}", header.tool_version, header.seed))?;
    line("reads", reading(header))?;
    let [low, median, high] = header.quantiles.summary();
    line("scores", format!("{low:.4} to {high:.4} in training, median {median:.4}"))?;
    for (i, warning) in header.warnings.iter().enumerate() {
        line(if i == 0 { "warnings" } else { "" }, warning.clone())?;
    }
    for (i, column) in columns(header)?.lines().enumerate() {
        line(if i == 0 { "columns" } else { "" }, column.to_owned())?;
    }
    for (i, setting) in format!("{:#}", header.method).lines().enumerate() {
        line(if i == 0 { "settings" } else { "" }, setting.to_owned())?;
    }
    let numbers: usize = model.weights.iter().map(|(_, array)| size(array)).sum();
    line("arrays", format!("{} with {} numbers", model.weights.iter().count(), count(numbers)))?;
    for (name, array) in model.weights.iter() {
        line("", format!("{name} {} {:?}", array.values.dtype(), array.shape))?;
    }
    Ok(text)
}

/// How the columns of the training table were read, a line each with its remarks.
fn columns(header: &Header) -> Result<String, fmt::Error> {
    let readings = header.preprocessor.get("readings").cloned().unwrap_or_default();
    let readings: Vec<ColumnReading> = serde_json::from_value(readings).unwrap_or_default();
    super::columns::table(&readings)
}

fn size(array: &Array) -> usize {
    array.shape.iter().product()
}

fn reading(header: &Header) -> String {
    let reading = &header.reading;
    let mut parts = match header.kind {
        Kind::Images => {
            let colour = if reading.channels == Some(1) { "grey" } else { "RGB" };
            vec![format!("{colour} images, resized to {0} x {0} pixels", reading.image_size)]
        }
        Kind::Table => vec!["rows of a table".to_owned()],
        Kind::Text => vec!["documents".to_owned()],
    };
    let encoder = &header.preprocessor["card"];
    if let (Some(name), Some(digest)) = (encoder["name"].as_str(), encoder["sha256"].as_str()) {
        parts.push(format!("encoded by {name} (SHA-256 {digest})"));
    }
    parts.extend(reading.range.iter().map(|range| format!("values {range} from black to white")));
    parts.extend(reading.text.iter().map(|column| format!("from column {column}")));
    parts.extend(reading.id.iter().map(|column| format!("identified by column {column}")));
    parts.extend(
        reading
            .header
            .map(|named| if named { "with" } else { "without" })
            .map(|with| format!("{with} a row of names")),
    );
    parts.extend(
        reading.delimiter.map(|byte| format!("delimited by `{}`", char::from(byte).escape_default())),
    );
    parts.extend(reading.encoding.iter().map(|name| format!("encoded as {name}")));
    parts.extend(reading.sheet.iter().map(|sheet| format!("from sheet {sheet}")));
    parts.extend(reading.keep_footer.then(|| "with the rows of footers".to_owned()));
    if !reading.ignore.is_empty() {
        parts.push(format!("without {}", reading.ignore.join(", ")));
    }
    parts.join(", ")
}
