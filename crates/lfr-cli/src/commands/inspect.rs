//! `lfr inspect`.

use std::fmt::{self, Write};

use anyhow::Result;
use lfr::data::{Array, Kind};
use lfr::model::{Header, ModelFile};
use serde_json::json;

use crate::args::InspectArgs;
use crate::terminal::{count, print, print_json, things};

/// Prints what the model file holds.
pub fn run(args: &InspectArgs) -> Result<()> {
    let model = ModelFile::load(&args.model)?;
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
    let mut line = |name: &str, value: String| writeln!(text, "{name:<12}{value}");
    line("method", header.method_name().to_owned())?;
    line("fitted on", things(header.items, header.kind))?;
    line("", format!("SHA-256 {}", header.fingerprint))?;
    line("by", format!("lfr {} with seed {}", header.tool_version, header.seed))?;
    line("reads", reading(header))?;
    let [low, median, high] = header.quantiles.summary();
    line("scores", format!("from {low:.4} over the median {median:.4} to {high:.4} in training"))?;
    for (i, warning) in header.warnings.iter().enumerate() {
        line(if i == 0 { "warnings" } else { "" }, warning.clone())?;
    }
    line("settings", indented(&header.method))?;
    let numbers: usize = model.weights.iter().map(|(_, array)| size(array)).sum();
    line("arrays", format!("{} with {} numbers", model.weights.iter().count(), count(numbers)))?;
    for (name, array) in model.weights.iter() {
        line("", format!("{name} {} {:?}", array.values.dtype(), array.shape))?;
    }
    Ok(text)
}

fn size(array: &Array) -> usize {
    array.shape.iter().product()
}

fn reading(header: &Header) -> String {
    let reading = &header.reading;
    let mut parts = match header.kind {
        Kind::Images => {
            let colour = if reading.channels == Some(1) { "grey" } else { "RGB" };
            vec![format!("{colour} pictures, brought to {0} x {0} pixels", reading.image_size)]
        }
        Kind::Table => vec!["rows of a table".to_owned()],
        Kind::Text => vec!["documents".to_owned()],
    };
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
    if !reading.ignore.is_empty() {
        parts.push(format!("without {}", reading.ignore.join(", ")));
    }
    parts.join(", ")
}

/// Settings as indented JSON below one another, their first line on the current one.
fn indented(value: &serde_json::Value) -> String {
    format!("{value:#}").replace('\n', &format!("\n{:12}", ""))
}
