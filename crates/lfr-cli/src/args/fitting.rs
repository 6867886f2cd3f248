//! The flags of the commands that fit.

use std::path::PathBuf;

use clap::Args;

use super::help;
use super::shared::{CutArgs, EncoderArgs, Format, InputArgs, RunArgs};

/// Rank the items of an input: fit a method, score every item, write a report.
///
/// The output folder holds the scores in the order of the input, the model, the report and the record of the run. It is
/// only created if everything succeeds.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::RANK))]
pub struct RankArgs {
    /// The data: a folder or archive of images or documents, an IDX, .npy or .npz array, a CSV, TSV, JSON, XML or Parquet
    /// table, an Excel or OpenDocument workbook, a text file with one document per line, or a sample of a public data set,
    /// dataset:NAME/CLASS?c=RATIO&seed=N (see `lfr data list`)
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[command(flatten)]
    pub writing: RankOutputArgs,
    #[command(flatten)]
    pub reading: InputArgs,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    #[command(flatten)]
    pub fitting: MethodArgs,
    #[command(flatten)]
    pub resuming: ResumeArgs,
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
    /// File format of the scores
    #[arg(long, value_enum, value_name = "FORMAT", default_value = "csv")]
    pub format: Format,
    /// In CSV, put a quote before ids and labels that a spreadsheet would run as formulas, such as =1+2
    #[arg(long)]
    pub safe_csv: bool,
    /// Number of items shown in the report
    #[arg(long, value_name = "N", default_value_t = 48)]
    pub show: usize,
    /// Do not write a report
    #[arg(long)]
    pub no_report: bool,
    /// File with the true labels, as CSV with the columns id and label, or one label per line: only used for metrics
    #[arg(long, value_name = "FILE", conflicts_with = "label")]
    pub labels: Option<PathBuf>,
}

/// Fit a model, to score other data with it.
///
/// The data may contain outliers. The model file holds everything that scoring needs: the method, its parameters and
/// the preprocessing.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::FIT))]
pub struct FitArgs {
    /// The data, as for `lfr rank`
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[command(flatten)]
    pub writing: FitOutputArgs,
    #[command(flatten)]
    pub reading: InputArgs,
    #[command(flatten)]
    pub encoder: EncoderArgs,
    #[command(flatten)]
    pub fitting: MethodArgs,
    #[command(flatten)]
    pub resuming: ResumeArgs,
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
    /// Replace an existing file
    #[arg(long)]
    pub force: bool,
}

/// How an interrupted training continues.
#[derive(Debug, Args)]
#[command(next_help_heading = "Method")]
pub struct ResumeArgs {
    /// Continue an interrupted run with the same arguments; the result is the same as without the interruption
    #[arg(long)]
    pub resume: bool,
    /// Seconds between two saves of the training state, which is kept beside the output until the run succeeds
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub save_every: u64,
}

/// Which method, and how long it trains.
#[derive(Debug, Args)]
#[command(next_help_heading = "Method")]
pub struct MethodArgs {
    /// Method, see `lfr methods` [default: chosen for the kind of data]
    #[arg(long, value_name = "NAME")]
    pub method: Option<String>,
    /// Named set of settings, see `lfr methods`
    #[arg(long, value_name = "NAME")]
    pub preset: Option<String>,
    /// Training epochs, for methods that train a network
    #[arg(long, value_name = "N")]
    pub epochs: Option<usize>,
    /// Items per training step
    #[arg(long, value_name = "N")]
    pub batch_size: Option<usize>,
    /// Learning rate of the training
    #[arg(long, value_name = "RATE")]
    pub learning_rate: Option<f64>,
    /// Seed of all random numbers
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub seed: u64,
    /// CSV file with a few known labels, columns id and label (1 outlier, 0 inlier, or unsure): the default, ae-lfr, gt-lfr
    /// and the Elite methods learn from them and rank the other items
    #[arg(long, value_name = "FILE")]
    pub labels_known: Option<PathBuf>,
    /// Declare that the data holds no outlier: items without features count as normal, --top-k, --contamination and
    /// --threshold auto are refused, and the percentiles of `lfr score` are shares of normal items
    #[arg(long, conflicts_with = "labels_known")]
    pub all_normal: bool,
    /// Device for networks: cpu, or a GPU backend of this build
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    pub device: String,
    /// Exit with code 1 if a self-check of the fit warns
    #[arg(long)]
    pub strict: bool,
}
