//! Flags that several commands share.

use std::collections::BTreeMap;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use lfr::input::{self, Options};
use lfr::preprocess::AsAsked;
use lfr::threshold::{AutoRule, Rule, threshold};
use lfr::{Error, Result};

/// What to read, and how.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct InputArgs {
    /// Column that identifies the rows of a table [default: row numbers from 0]
    #[arg(long, value_name = "COLUMN")]
    pub id: Option<String>,
    /// Column to leave out; may be repeated
    #[arg(long, value_name = "COLUMN")]
    pub ignore: Vec<String>,
    /// Column with the true labels (0 inlier, 1 outlier): only used for metrics
    #[arg(long, value_name = "COLUMN")]
    pub label: Option<String>,
    /// Column with documents: rank these texts instead of the rows of the table
    #[arg(long, value_name = "COLUMN")]
    pub text: Option<String>,
    /// Reading of columns where detection is wrong: number[:point|:comma], date[:ymd|:dmy|:mdy|:epoch|:epoch-ms], time,
    /// duration, boolean, category or ignore; see `lfr columns`
    #[arg(long, value_name = "NAME=READING,...", value_delimiter = ',')]
    pub columns: Vec<String>,
    /// What the input holds [default: detected]
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: Option<Kind>,
    #[command(flatten)]
    pub file: FileArgs,
    /// Height and width to which images are resized: a multiple of 8, at most 256 [default: 32]
    #[arg(long, value_name = "PIXELS")]
    pub image_size: Option<usize>,
    /// Stop if more than this share of the items cannot be read [default: 0.1]
    #[arg(long, value_name = "SHARE")]
    pub max_bad_fraction: Option<f64>,
    /// Folder of the public data sets [default: LFR_DATA_DIR, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
}

impl InputArgs {
    /// The columns and how they are to be read.
    ///
    /// # Errors
    /// [`Error::Config`] for an entry that is not `NAME=READING`, or a column named twice.
    pub fn columns(&self) -> Result<BTreeMap<String, AsAsked>> {
        let entry = |text: &String| -> Result<(String, AsAsked)> {
            let problem = "write NAME=READING, for instance amount=number";
            let (name, reading) =
                text.rsplit_once('=').ok_or_else(|| Error::config("columns", text, problem))?;
            Ok((name.trim().to_owned(), reading.trim().parse()?))
        };
        let mut columns = BTreeMap::new();
        for text in &self.columns {
            let (name, reading) = entry(text)?;
            if columns.insert(name, reading).is_some() {
                return Err(Error::config(
                    "columns",
                    text,
                    "the column has another reading already; keep one",
                ));
            }
        }
        Ok(columns)
    }
}

/// Whether a pretrained network makes the features.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Features")]
pub struct EncoderArgs {
    /// Encoder whose outputs are ranked instead of pixels or words: an ONNX file for images, a sentence-transformers folder
    /// for texts, or a name from `lfr features list`
    #[arg(long, value_name = "PATH")]
    pub features: Option<PathBuf>,
    /// Store the encoder in the model file, so that `lfr score` needs no --features
    #[arg(long, requires = "features")]
    pub embed_into_model: bool,
    /// Folder in which features are cached for later runs [default: LFR_CACHE_DIR/features, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER", requires = "features")]
    pub features_cache: Option<PathBuf>,
    /// Do not cache features
    #[arg(long, requires = "features", conflicts_with = "features_cache")]
    pub no_features_cache: bool,
}

/// What an input holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
    /// Rows of a table
    Table,
    /// Documents: the files of a folder, the lines of a file, or a column of a table
    Text,
    /// Images
    Images,
}

impl From<Kind> for lfr::data::Kind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Table => Self::Table,
            Kind::Text => Self::Text,
            Kind::Images => Self::Images,
        }
    }
}

/// How a file is written, where that is not detected.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Input")]
pub struct FileArgs {
    #[command(flatten)]
    pub names: HeaderArgs,
    /// Character between the fields of a delimited file; `tab`, or `blank` for runs of spaces [default: detected]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    pub delimiter: Option<u8>,
    /// Encoding of text, such as utf-8, utf-16le or windows-1252 [default: detected]
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Keep rows at the end of a table that look like totals or a remark [default: they are left out, with a note]
    #[arg(long)]
    pub keep_footer: bool,
    /// Sheet of a workbook (name, or number from 1), or elements of an XML file (name) [default: the first sheet with a
    /// table, or a later one with more than ten times its rows; the elements with the most values]
    #[arg(long, value_name = "SHEET")]
    pub sheet: Option<String>,
}

/// Whether a table has names.
#[derive(Debug, Default, Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Input")]
pub struct HeaderArgs {
    /// The first row of the table holds the names of the columns [default: detected]
    #[arg(long)]
    pub header: bool,
    /// The table has no row of names
    #[arg(long)]
    pub no_header: bool,
}

impl FileArgs {
    /// `base` with what these flags ask for.
    pub fn over(&self, base: Options) -> Options {
        Options {
            header: match (self.names.header, self.names.no_header) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            delimiter: self.delimiter,
            encoding: self.encoding.clone(),
            keep_footer: self.keep_footer,
            sheet: self.sheet.clone(),
            ..base
        }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    input::delimiter(text).ok_or_else(|| "must be one ASCII character, `tab` or `blank`".into())
}

/// Which items to flag.
#[derive(Debug, Args)]
#[group(multiple = false)]
#[command(next_help_heading = "Flagging")]
pub struct CutArgs {
    /// Flag the N most anomalous items
    #[arg(long, value_name = "N")]
    pub top_k: Option<usize>,
    /// Flag this share of the items, above 0 and below 1
    #[arg(long, value_name = "SHARE")]
    pub contamination: Option<f64>,
    /// Flag scores above this value; `auto` or `auto:RULE` (two-stage, mad, iqr, otsu) computes it from the scores
    #[arg(long, value_name = "SCORE|auto[:RULE]", allow_negative_numbers = true)]
    pub threshold: Option<String>,
}

impl CutArgs {
    /// The rule that was asked for, if any.
    ///
    /// # Errors
    /// [`Error::Config`] for a rule that is unknown or out of range.
    pub fn rule(&self) -> Result<Option<Rule>> {
        let rule = match (self.top_k, self.contamination, &self.threshold) {
            (Some(k), _, _) => Rule::TopK(k),
            (_, Some(share), _) => Rule::Contamination(share),
            (_, _, Some(text)) => named(text)?,
            (None, None, None) => return Ok(None),
        };
        // Any score will do to have the rule's range checked before the work begins.
        threshold(&[0.0], rule)?;
        Ok(Some(rule))
    }
}

fn named(text: &str) -> Result<Rule> {
    match text.strip_prefix("auto") {
        Some("") => Ok(Rule::Auto(AutoRule::default())),
        Some(rest) if rest.starts_with(':') => Ok(Rule::Auto(rest[1..].parse()?)),
        _ => {
            let problem = "must be a number, `auto`, or `auto:RULE`";
            text.parse().map(Rule::Value).map_err(|_| Error::config("threshold", text, problem))
        }
    }
}

/// How to run.
#[derive(Debug, Args)]
#[command(next_help_heading = "Running")]
pub struct RunArgs {
    /// Read settings from a TOML file; its keys are named as the flags, and flags override it
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Processor threads [default: all]
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
    /// Print only warnings and errors
    #[arg(long, short)]
    pub quiet: bool,
    /// Print the result as JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// The form of a score file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Comma-separated values
    Csv,
    /// Apache Parquet
    Parquet,
    /// One JSON object per line
    Jsonl,
}

impl From<Format> for lfr::output::Format {
    fn from(format: Format) -> Self {
        match format {
            Format::Csv => Self::Csv,
            Format::Parquet => Self::Parquet,
            Format::Jsonl => Self::Jsonl,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_names_and_readings() {
        let columns = |entries: &[&str]| {
            let columns = entries.iter().map(|&entry| entry.to_owned()).collect();
            InputArgs { columns, ..InputArgs::default() }.columns().map_err(|e| e.to_string())
        };
        let read = columns(&["amount=number", "a=b=date:dmy"]).unwrap();
        assert_eq!(read.keys().collect::<Vec<_>>(), ["a=b", "amount"]);
        assert!(columns(&["amount"]).unwrap_err().contains("NAME=READING"));
        assert!(columns(&["a=category", "a=number"]).unwrap_err().contains("another reading already"));
        assert!(columns(&["amount=numbers"]).unwrap_err().contains("choose one of number"));
    }

    fn rule(
        top_k: Option<usize>,
        contamination: Option<f64>,
        threshold: Option<&str>,
    ) -> Result<Option<Rule>> {
        CutArgs { top_k, contamination, threshold: threshold.map(str::to_owned) }.rule()
    }

    #[test]
    fn delimiters_have_names() {
        assert_eq!([delimiter(";"), delimiter("tab")], [Ok(b';'), Ok(b'\t')]);
        assert!(delimiter("::").unwrap_err().contains("one ASCII character"));
    }

    #[test]
    fn each_flag_is_a_rule() {
        assert_eq!(rule(None, None, None).unwrap(), None);
        assert_eq!(rule(Some(3), None, None).unwrap(), Some(Rule::TopK(3)));
        assert_eq!(rule(None, Some(0.1), None).unwrap(), Some(Rule::Contamination(0.1)));
        let named = [
            ("-2.5", Rule::Value(-2.5)),
            ("auto", Rule::Auto(AutoRule::TwoStage)),
            ("auto:iqr", Rule::Auto(AutoRule::Iqr)),
        ];
        for (text, expected) in named {
            assert_eq!(rule(None, None, Some(text)).unwrap(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_rule_is_refused_before_any_work() {
        for text in ["", "much", "NaN", "inf", "automatic", "auto:", "auto:magic"] {
            assert!(matches!(rule(None, None, Some(text)), Err(Error::Config { .. })), "{text}");
        }
        for share in [0.0, 1.0, -0.1, f64::NAN] {
            assert!(matches!(rule(None, Some(share), None), Err(Error::Config { .. })), "{share}");
        }
    }
}
