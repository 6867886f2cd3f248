//! What an encoder is: the digests of its files and how items are brought to it.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::Files;
use crate::data::Kind;

/// What an encoder is. The same card means the same features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Card {
    /// Name of its file or folder.
    pub name: String,
    /// SHA-256 of the ONNX file.
    pub sha256: String,
    /// Size of the ONNX file in bytes.
    pub bytes: u64,
    /// Numbers an item becomes.
    pub width: usize,
    /// The network's output that is used.
    pub output: String,
    /// What it takes, and how.
    pub takes: Takes,
}

/// What an encoder takes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Takes {
    /// Pictures.
    Pictures(PictureInput),
    /// Texts.
    Text(TextInput),
}

/// How pictures are brought to a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PictureInput {
    /// The network's input.
    pub name: String,
    /// Height and width in pixels, 8 to 1024. Pictures are resized to it, their proportions not kept.
    pub side: usize,
    /// 1 (grey) or 3 (RGB).
    pub channels: usize,
    /// The order of the dimensions.
    pub layout: Layout,
    /// Subtracted from each channel, whose values are in \[0, 1\].
    pub mean: Vec<f32>,
    /// What each channel is divided by then.
    pub deviation: Vec<f32>,
}

/// The order of a picture's dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Layout {
    /// Channels, height, width.
    Nchw,
    /// Height, width, channels.
    Nhwc,
}

/// How texts are brought to a network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TextInput {
    /// SHA-256 of tokenizer.json.
    pub tokenizer: String,
    /// The network's inputs: `input_ids` and, where it has them, `attention_mask` and `token_type_ids`.
    pub inputs: Vec<String>,
    /// Tokens a text is cut to, those around it included.
    pub longest: usize,
    /// How the outputs of the tokens become one row.
    pub pooling: Pooling,
}

/// How the outputs of a text's tokens become one row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pooling {
    /// Their mean (Reimers and Gurevych, Sentence-BERT, 2019).
    Mean,
    /// The largest in each column.
    Max,
    /// That of the first token.
    First,
    /// That of the last token.
    Last,
}

impl Card {
    /// SHA-256 of all that features depend on, in hexadecimal digits: the names of files have no part in it.
    pub fn key(&self) -> String {
        let unnamed = Self { name: String::new(), ..self.clone() };
        hex(serde_json::to_string(&unnamed).unwrap_or_default().as_bytes())
    }

    /// The kind of items that it takes.
    pub fn kind(&self) -> Kind {
        match self.takes {
            Takes::Pictures(_) => Kind::Images,
            Takes::Text(_) => Kind::Text,
        }
    }

    /// How pictures are brought to it.
    pub fn pictures(&self) -> Option<&PictureInput> {
        match &self.takes {
            Takes::Pictures(input) => Some(input),
            Takes::Text(_) => None,
        }
    }

    /// Why `files` are not those of this encoder.
    pub(super) fn differs(&self, files: &Files) -> Option<String> {
        let other = |what: &str, expected: &str, found: &str| {
            let [expected, found] = [expected, found].map(|digest| digest.get(..12).unwrap_or(digest));
            format!(
                "it is not the encoder of the model, {}: its {what} has SHA-256 {found}..., wanted is {expected}...",
                self.name
            )
        };
        let found = hex(&files.network);
        if found != self.sha256 {
            return Some(other("network", &self.sha256, &found));
        }
        let Takes::Text(input) = &self.takes else { return None };
        let found = files.tokenizer.as_deref().map(hex).unwrap_or_else(|| "none".into());
        (found != input.tokenizer).then(|| other("tokenizer.json", &input.tokenizer, &found))
    }

    /// What cannot be right about a card read from a file.
    pub(crate) fn check(&self) -> Result<(), String> {
        let fits = match &self.takes {
            Takes::Pictures(input) => {
                (8..=1024).contains(&input.side)
                    && matches!(input.channels, 1 | 3)
                    && [&input.mean, &input.deviation].iter().all(|list| list.len() == input.channels)
                    && input.mean.iter().all(|mean| mean.is_finite())
                    && input.deviation.iter().all(|deviation| deviation.is_finite() && *deviation > 0.0)
            }
            Takes::Text(input) => (3..=1 << 16).contains(&input.longest) && !input.inputs.is_empty(),
        };
        match fits && (1..=1 << 20).contains(&self.width) {
            true => Ok(()),
            false => Err("its encoder has settings out of range".into()),
        }
    }
}

/// SHA-256 in hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
