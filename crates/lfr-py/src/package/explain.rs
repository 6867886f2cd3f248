//! What stands out in an item, as the report shows it.

use std::path::Path;

use lfr::report::View;
use lfr::views::views;
use lfr::{Data, Error, Model, Result};
use serde_json::{Value, json};

/// A JSON list with an entry an item: the columns or terms that stand out, the most first.
///
/// # Errors
/// [`Error::Mismatch`] when the items do not fit the model, [`Error::Unsuitable`] for pictures and for features of an encoder.
pub fn explain(model: &Model, data: &Data) -> Result<String> {
    if model.encoder().is_some() {
        return Err(Error::Unsuitable {
            method: "explain".into(),
            kind: "the features of an encoder".into(),
            hint: "they have no names; the report shows the most similar typical items".into(),
        });
    }
    let mut entries = Vec::with_capacity(data.len());
    let mut ids = data.ids.as_slice();
    for items in &data.items {
        let (own, rest) = ids.split_at(items.len());
        let shown = views(items, own, Path::new(""), model.preprocessor(), model.detector())?;
        entries.extend(shown.iter().map(entry).collect::<Result<Vec<_>>>()?);
        ids = rest;
    }
    Ok(Value::from(entries).to_string())
}

fn entry(view: &View) -> Result<Value> {
    match view {
        View::Row { cells } => Ok(cells
            .iter()
            .map(|cell| json!({ "column": cell.name, "value": cell.value, "expected": cell.expected, "residual": cell.residual }))
            .collect()),
        View::Document { terms, .. } => {
            Ok(terms.iter().map(|(term, weight)| json!({ "term": term, "weight": weight })).collect())
        }
        View::Picture { .. } => Err(Error::Unsuitable {
            method: "explain".into(),
            kind: "images".into(),
            hint: "the report shows them beside what the model expects".into(),
        }),
    }
}
