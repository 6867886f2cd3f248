//! The flags of the commands that work on models, scores and runs.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::help;
use super::shared::{CutArgs, FileArgs, Format, RunArgs};

/// Score new data with a fitted model.
///
/// New data is read in the same way as the training data. The score of an item depends on that item and the model alone;
/// percentiles refer to the training items. The input is streamed, so tables of many millions of rows work.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::SCORE))]
pub struct ScoreArgs {
    /// The model file, from `lfr fit` or `lfr rank`, or the folder of a run
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// The data, of the same kind as the training data
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[command(flatten)]
    pub writing: ScoreOutputArgs,
    #[command(flatten)]
    pub cut: CutArgs,
    /// Column that identifies the rows of a table [default: as in training]
    #[arg(long, value_name = "COLUMN", help_heading = "Input")]
    pub id: Option<String>,
    /// Column with the true labels (0 inlier, 1 outlier): only used for metrics
    #[arg(long, value_name = "COLUMN", help_heading = "Input")]
    pub label: Option<String>,
    /// Column with the documents of a table, for a model of texts [default: as in training]
    #[arg(long, value_name = "COLUMN", help_heading = "Input")]
    pub text: Option<String>,
    #[command(flatten)]
    pub file: FileArgs,
    /// The encoder that the model was fitted with: a path, or a name from `lfr features list`; not needed if it is part of
    /// the model
    #[arg(long, value_name = "PATH", help_heading = "Input")]
    pub features: Option<PathBuf>,
    /// Stop if more than this share of the items cannot be read
    #[arg(long, value_name = "SHARE", default_value_t = 0.1, help_heading = "Input")]
    pub max_bad_fraction: f64,
    /// Folder of the public data sets [default: LFR_DATA_DIR, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER", help_heading = "Input")]
    pub data_dir: Option<PathBuf>,
    /// Device for networks: cpu, or a GPU backend of this build
    #[arg(long, value_name = "NAME", default_value = "cpu", help_heading = "Running")]
    pub device: String,
    #[command(flatten)]
    pub running: RunArgs,
}

/// What to write, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct ScoreOutputArgs {
    /// Score file to write; its ending decides the format [default: CSV on stdout]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// File format of the scores [default: by the file's ending, otherwise csv]
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
    /// In CSV, put a quote before ids and labels that a spreadsheet would run as formulas, such as =1+2
    #[arg(long)]
    pub safe_csv: bool,
}

/// Flag outliers in a file of scores, without fitting again.
///
/// Prints the flagged items, most anomalous first, as CSV. With `-o` the whole file is written again with a column
/// `outlier`, in the order of the input.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::THRESHOLD))]
pub struct ThresholdArgs {
    /// The score file (.csv, .jsonl or .parquet with a column anomaly_score), or the folder of a run
    #[arg(value_name = "SCORES")]
    pub scores: PathBuf,
    #[command(flatten)]
    pub cut: CutArgs,
    /// Score file to write; its ending decides the format
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long, help_heading = "Output")]
    pub force: bool,
    /// In CSV, put a quote before ids and labels that a spreadsheet would run as formulas, such as =1+2
    #[arg(long, help_heading = "Output")]
    pub safe_csv: bool,
    /// Read settings from a TOML file; its keys are named as the flags, and flags override it
    #[arg(long, value_name = "FILE", help_heading = "Running")]
    pub config: Option<PathBuf>,
    /// Print only errors on stderr
    #[arg(long, short, help_heading = "Running")]
    pub quiet: bool,
    /// Print the threshold and the flagged items as JSON
    #[arg(long, help_heading = "Running")]
    pub json: bool,
}

/// Write the report of a run again, with other settings.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::REPORT))]
pub struct ReportArgs {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// File to write [default: report.html in the folder]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace the file given with -o
    #[arg(long)]
    pub force: bool,
    /// The data, if it has moved
    #[arg(long, value_name = "INPUT")]
    pub input: Option<PathBuf>,
    /// Folder of the public data sets [default: LFR_DATA_DIR, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Number of items shown
    #[arg(long, value_name = "N", default_value_t = 48)]
    pub show: usize,
}

/// Write a fitted model in a format that other programs can run.
///
/// An ONNX file holds the preprocessing and the method as one graph. Its output is the anomaly score; docs/python.md
/// describes its inputs. Models that a graph cannot express are refused.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::EXPORT))]
pub struct ExportArgs {
    /// The format
    #[arg(value_enum, value_name = "FORMAT")]
    pub format: ExportFormat,
    /// The model file, from `lfr fit` or `lfr rank`, or the folder of a run
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// File to write [default: MODEL with another ending]
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

/// A format of `lfr export`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Open Neural Network Exchange, opset 18
    Onnx,
}
