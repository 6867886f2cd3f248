//! The flags of `lfr data`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use lfr::dataset::Name;

/// List, fetch and verify the public data sets.
#[derive(Debug, Args)]
pub struct DataArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: DataAction,
    /// Folder of the data sets [default: LFR_DATA_DIR, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER", global = true)]
    pub data_dir: Option<PathBuf>,
}

/// What to do with data sets.
#[derive(Debug, Subcommand)]
pub enum DataAction {
    /// List the data sets and where they are
    List,
    /// Download a data set from its source and check its digest
    Fetch {
        /// Name of the data set, see `lfr data list`
        name: Name,
    },
    /// Check the files of a data set against their digests
    Verify {
        /// Name of the data set, see `lfr data list`
        name: Name,
    },
}
