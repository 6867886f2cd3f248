//! The grammar of the command line.

#[cfg(feature = "bench")]
pub mod bench;
pub mod data;
pub mod features;
mod fitting;
mod help;
mod review;
mod scoring;
mod shared;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

#[cfg(feature = "bench")]
pub use bench::BenchArgs;
pub use data::DataArgs;
pub use features::FeaturesArgs;
pub use fitting::{FitArgs, MethodArgs, RankArgs, ResumeArgs};
pub use review::ReviewArgs;
pub use scoring::{ExportArgs, ExportFormat, ReportArgs, ScoreArgs, ThresholdArgs};
pub use shared::{EncoderArgs, InputArgs, RunArgs};

/// Rank the outliers of unlabelled data.
///
/// Point it at unlabelled data: a folder of images, a table, a list of documents. You get an anomaly score for every
/// item (higher = more anomalous), a report, and a model that scores new data. No labels are needed, and no estimate
/// of how many outliers there are.
#[derive(Debug, Parser)]
#[command(
    name = "lfr",
    version,
    styles = help::STYLES,
    after_help = help::examples(&help::TOP),
    arg_required_else_help = true,
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands, most used first.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Rank the items of an input: fit a method, score every item, write a report
    Rank(Box<RankArgs>),
    /// Fit a model, to score other data with it
    Fit(Box<FitArgs>),
    /// Score new data with a fitted model
    Score(Box<ScoreArgs>),
    /// Flag outliers in a file of scores, without fitting again
    Threshold(ThresholdArgs),
    /// Look through a ranking in the browser, and mark outliers
    Review(ReviewArgs),
    /// Write the report of a run again, with other settings
    Report(ReportArgs),
    /// Show how the columns of a table are read, without fitting
    Columns(ColumnsArgs),
    /// Show what a model file holds
    Inspect(InspectArgs),
    /// Write a model in a format that other programs can run
    Export(ExportArgs),
    /// List the methods, or every setting of one
    Methods(MethodsArgs),
    /// Run the experiments of a grid, and compare them with published results
    #[cfg(feature = "bench")]
    Bench(BenchArgs),
    /// Run the experiments of a grid, and compare them with published results (not in this build)
    #[cfg(not(feature = "bench"))]
    Bench(AbsentArgs),
    /// List, fetch and verify the public data sets
    Data(DataArgs),
    /// List, fetch and verify encoders for `--features`
    Features(FeaturesArgs),
    /// Print shell completions
    Completions(CompletionsArgs),
    /// Print the manual page of lfr or of a command
    Man(ManArgs),
}

/// Show how the columns of a table are read: as numbers, dates or categories, and which ones are left out.
///
/// The same detection runs before every fit. Where it is wrong, `--columns NAME=READING` overrides it.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::COLUMNS))]
pub struct ColumnsArgs {
    /// The table
    #[arg(value_name = "INPUT")]
    pub input: PathBuf,
    #[command(flatten)]
    pub reading: InputArgs,
    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Show what a model file holds: method, settings, training data, arrays.
///
/// The file is checked in full before anything is shown: size, checksum, version, layout and every number.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::INSPECT))]
pub struct InspectArgs {
    /// The model file, or the folder of a run
    #[arg(value_name = "MODEL")]
    pub model: PathBuf,
    /// Print JSON, with every setting, instead of text
    #[arg(long)]
    pub json: bool,
}

/// The arguments of a command that is not in this build.
#[cfg(not(feature = "bench"))]
#[derive(Debug, Args)]
pub struct AbsentArgs {
    #[arg(hide = true, trailing_var_arg = true, allow_hyphen_values = true)]
    words: Vec<std::ffi::OsString>,
}

/// List the methods and their presets; with a name, every setting of one.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::METHODS))]
pub struct MethodsArgs {
    /// The method whose settings to show
    #[arg(value_name = "METHOD")]
    pub method: Option<String>,

    /// Show the settings of this preset
    #[arg(long, requires = "method")]
    pub preset: Option<String>,

    /// Print JSON instead of text
    #[arg(long)]
    pub json: bool,
}

/// Print shell completions.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::COMPLETIONS))]
pub struct CompletionsArgs {
    /// The shell
    pub shell: Shell,
}

/// Print the manual page of lfr or of a command.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::MAN))]
pub struct ManArgs {
    /// The command [default: lfr itself]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}
