//! The flags of `lfr review`.

use std::path::PathBuf;

use clap::Args;

use super::help;

/// Look through a ranking in the browser, and mark outliers and normal items.
///
/// Serves a page on this machine alone and prints its address. Every mark is saved at once to `labels.csv` in the folder of
/// the run, which `--labels-known` and `--labels` read. Ctrl-C ends the review; the next one continues with the marks.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::REVIEW))]
pub struct ReviewArgs {
    /// The folder of a run
    #[arg(value_name = "RUN")]
    pub run: PathBuf,
    /// Port of the loopback address [default: a free one]
    #[arg(long, value_name = "PORT", default_value_t = 0, hide_default_value = true)]
    pub port: u16,
    /// Do not open a browser
    #[arg(long)]
    pub no_open: bool,
    /// Print what the page would show, and exit
    #[arg(long)]
    pub check: bool,
    /// The data, if it has moved
    #[arg(long, value_name = "INPUT")]
    pub input: Option<PathBuf>,
    /// Folder of the public data sets [default: LFR_DATA_DIR, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER")]
    pub data_dir: Option<PathBuf>,
}
