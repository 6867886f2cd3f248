//! What a model file says about its model.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Quantiles;
use crate::data::Kind;
use crate::input::PixelRange;

/// All that is known about a fitted model besides its arrays.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Header {
    /// Version of the tool that wrote it.
    pub tool_version: String,
    /// What the items are.
    pub kind: Kind,
    /// The method and all its settings; the key `method` holds its name.
    pub method: Value,
    /// What turns items into features, as fitted.
    pub preprocessor: Value,
    /// How the training data was read.
    pub reading: Reading,
    /// The seed of the fit.
    pub seed: u64,
    /// SHA-256 of the training items' identifiers and values.
    pub fingerprint: String,
    /// Number of training items.
    pub items: usize,
    /// The training scores in brief.
    pub quantiles: Quantiles,
    /// The score of an item without features; `None` where the method itself scores such items.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub featureless_score: Option<f32>,
    /// What the fit warned of.
    pub warnings: Vec<String>,
}

impl Header {
    /// The method's name, as `--method` takes it.
    pub fn method_name(&self) -> &str {
        self.method.get("method").and_then(Value::as_str).unwrap_or("unknown")
    }
}

/// How the training data was read: what scoring must repeat on new data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Height and width of pictures, in pixels.
    pub image_size: usize,
    /// Channels of pictures, 1 or 3.
    pub channels: Option<usize>,
    /// The range that pictures of more than 8 bits a channel were stretched over; none when they were not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub range: Option<PixelRange>,
    /// The column that identifies rows.
    pub id: Option<String>,
    /// Columns left out.
    pub ignore: Vec<String>,
    /// The column of true labels.
    pub label: Option<String>,
    /// The column of text.
    pub text: Option<String>,
    /// Whether the first row of a table holds names, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Between the fields of a delimited file, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<u8>,
    /// The encoding of files of text, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<String>,
    /// The kind of data, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Kind>,
    /// Whether rows at the end of a table that hold totals or a remark are kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keep_footer: bool,
    /// The sheet of a workbook, if the user said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sheet: Option<String>,
}
