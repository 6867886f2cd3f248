//! The flags of `lfr bench`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lfr_bench::{Metric, Shard};

/// Run the experiments of a grid, and compare them with published results.
///
/// A grid is a TOML file that names data sets, classes, ratios, seeds and methods. Every run writes one record. Recorded
/// runs are not repeated, so a sweep can be stopped at any time and continued later.
#[derive(Debug, Args)]
pub struct BenchArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: BenchAction,
}

/// What to do with a grid.
#[derive(Debug, Subcommand)]
pub enum BenchAction {
    /// List the runs of a grid
    Plan(GridArgs),
    /// Run everything that has no record yet
    Run(BenchRunArgs),
    /// Show the progress of a grid
    Status(RecordsArgs),
    /// Print the table of a grid, with the published values
    Table(TableArgs),
    /// Draw the figures of a grid
    Plot(PlotArgs),
    /// Gather records into one file per data set
    Pack(PackArgs),
}

/// Which grid.
#[derive(Debug, Args)]
pub struct GridArgs {
    /// The grid, a TOML file
    #[arg(value_name = "GRID")]
    pub grid: PathBuf,
}

/// Which grid, and where its records are.
#[derive(Debug, Args)]
pub struct RecordsArgs {
    #[command(flatten)]
    pub grid: GridArgs,
    /// Folder of the records
    #[arg(long, value_name = "FOLDER", default_value = "records")]
    pub records: PathBuf,
    /// Use records of other versions of the program too
    #[arg(long)]
    pub mixed: bool,
}

/// How to run a grid.
#[derive(Debug, Args)]
pub struct BenchRunArgs {
    #[command(flatten)]
    pub records: RecordsArgs,
    /// Folder of the data sets [default: LFR_DATA_DIR, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
    /// Number of parallel runs; they share the machine's threads [default: one run per thread, on a GPU one run]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub jobs: Option<u16>,
    /// Part of the grid to run, such as 2/8
    #[arg(long, value_name = "I/N", default_value_t = Shard::WHOLE)]
    pub shard: Shard,
    /// Device for networks: cpu, or a GPU backend of this build
    #[arg(long, value_name = "NAME", default_value = "cpu")]
    pub device: String,
    /// Print only errors on stderr
    #[arg(long, short)]
    pub quiet: bool,
}

/// How to print a table.
#[derive(Debug, Args)]
pub struct TableArgs {
    #[command(flatten)]
    pub records: RecordsArgs,
    /// auroc, aupr-trapezoid, average-precision or aupr-inliers
    #[arg(long, value_name = "NAME", default_value = "auroc")]
    pub metric: Metric,
    /// markdown, csv or latex
    #[arg(long, value_name = "FORM", default_value = "markdown", value_parser = ["markdown", "csv", "latex"])]
    pub form: String,
}

/// How to draw figures.
#[derive(Debug, Args)]
pub struct PlotArgs {
    #[command(flatten)]
    pub records: RecordsArgs,
    /// Metric to draw; may be repeated
    #[arg(long, value_name = "NAME", default_value = "auroc")]
    pub metric: Vec<Metric>,
    /// Folder to write the figures into
    #[arg(long, short, value_name = "FOLDER", default_value = "figures")]
    pub output: PathBuf,
    /// Also write PNG files
    #[arg(long)]
    pub png: bool,
    /// Replace existing figures
    #[arg(long)]
    pub force: bool,
}

/// Gather records into one file per data set, each record a line of JSON. The single files are removed. Records of older
/// versions are converted to the current format; their content stays the same.
#[derive(Debug, Args)]
pub struct PackArgs {
    /// Folder of the records
    #[arg(long, value_name = "FOLDER", default_value = "records")]
    pub records: PathBuf,
}
