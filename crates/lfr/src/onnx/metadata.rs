//! What the file says about its model.

use serde::Serialize;
use serde_json::{Value, json};

use super::table;
use crate::error::{Error, Result};
use crate::model::Header;
use crate::preprocess::Preprocessor;

/// Keys and values, all of them texts; those that are not plain hold JSON.
pub(super) fn facts(header: &Header, preprocessor: &Preprocessor) -> Result<Vec<(&'static str, String)>> {
    let mut facts = vec![
        ("version", header.tool_version.clone()),
        ("method", header.method_name().to_owned()),
        ("settings", text(&header.method)?),
        ("kind", header.kind.to_string()),
        ("items", header.items.to_string()),
        ("fingerprint", header.fingerprint.clone()),
        ("quantiles", text(&header.quantiles)?),
        ("warnings", text(&header.warnings)?),
    ];
    facts.push(match preprocessor {
        Preprocessor::Images(shape) => ("images", text(shape)?),
        Preprocessor::Table(encoder) => ("columns", text(&table::places(encoder))?),
        Preprocessor::Encoder(step) => ("encoder", step.card.name.clone()),
        Preprocessor::Text(tfidf) => {
            let vocabulary: Value = json!({
                "terms": tfidf.terms(),
                "idf": tfidf.idf(),
                "stop_words": tfidf.stop_words(),
            });
            ("vocabulary", vocabulary.to_string())
        }
    });
    Ok(facts)
}

fn text(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Export { problem: e.to_string() })
}
