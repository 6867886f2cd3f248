//! The flags of the commands that fit.

use std::path::PathBuf;

use clap::Args;

use super::help;
use super::shared::{CutArgs, Format, InputArgs, RunArgs};

/// Rank the items of a pile: fit on it, score it, write a report.
///
/// The output folder holds the scores in the order of the input, the model, the report and the record of the run. It
/// appears when everything is done, and not at all when something fails.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::RANK))]
pub struct RankArgs {
    /// The pile: a folder of images or .txt files, an IDX, .npy or .npz array, a CSV, TSV, Parquet or JSON lines
    /// table, a text file with a document a line, or dataset:NAME/CLASS?c=RATIO&seed=N, a draw from a data set
    /// of `lfr data list`
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[command(flatten)]
    pub writing: RankOutputArgs,
    #[command(flatten)]
    pub reading: InputArgs,
    #[command(flatten)]
    pub fitting: MethodArgs,
    #[command(flatten)]
    pub cut: CutArgs,
    #[command(flatten)]
    pub running: RunArgs,
}

/// What to write, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct RankOutputArgs {
    /// Folder to write [default: the input's name with -lfr, in the current folder]
    #[arg(long, short, value_name = "FOLDER")]
    pub output: Option<PathBuf>,
    /// Replace the folder of an earlier run
    #[arg(long)]
    pub force: bool,
    /// Form of the scores
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "csv")]
    pub format: Format,
    /// In CSV, put a quote before ids and labels that a spreadsheet would run as formulas, such as =1+2
    #[arg(long)]
    pub safe_csv: bool,
    /// Items in the report's gallery
    #[arg(long, value_name = "N", default_value_t = 48)]
    pub show: usize,
    /// Write no report
    #[arg(long)]
    pub no_report: bool,
    /// File with the true labels, a header `id,label` or a label a line: reported on, never trained on
    #[arg(long, value_name = "FILE", conflicts_with = "label")]
    pub labels: Option<PathBuf>,
}

/// Fit a model on a pile, to score other data with.
///
/// The pile may hold outliers itself. The model file holds all that scoring needs: the method, its arrays and what
/// turns items into numbers.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::FIT))]
pub struct FitArgs {
    /// The pile, as for `lfr rank`
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[command(flatten)]
    pub writing: FitOutputArgs,
    #[command(flatten)]
    pub reading: InputArgs,
    #[command(flatten)]
    pub fitting: MethodArgs,
    #[command(flatten)]
    pub running: RunArgs,
}

/// What to write, and where.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub struct FitOutputArgs {
    /// Model file to write [default: the input's name with .safetensors, in the current folder]
    #[arg(long, short, value_name = "MODEL")]
    pub output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    pub force: bool,
}

/// Which method, and how long it trains.
#[derive(Debug, Args)]
#[command(next_help_heading = "Method")]
pub struct MethodArgs {
    /// Method, see `lfr methods` [default: chosen for the kind of data]
    #[arg(long, value_name = "NAME")]
    pub method: Option<String>,
    /// Settings that go together, see `lfr methods`
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Passes over the data, for methods that train a network
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,
    /// Items in a training step
    #[arg(long, value_name = "N")]
    pub batch_size: Option<usize>,
    /// Step size of training
    #[arg(long, value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// Seed of everything random
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// File with a few known labels, columns id and label, for the methods that need them; these items are not trained on
    #[arg(long, value_name = "FILE")]
    pub labels_known: Option<PathBuf>,
    /// Where networks run: cpu, or a GPU backend that this build has
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    pub device: String,
    /// Fail, with exit code 1, when a self-check of the fit warns
    #[arg(long)]
    pub strict: bool,
}
