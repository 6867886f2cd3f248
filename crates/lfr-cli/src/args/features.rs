//! The flags of `lfr features`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::help;

/// List, fetch and verify encoders: pretrained networks that make features of images or texts for `--features`.
#[derive(Debug, Args)]
#[command(after_help = help::examples(&help::FEATURES))]
pub struct FeaturesArgs {
    /// What to do.
    #[command(subcommand)]
    pub action: FeaturesAction,
    /// Folder of the encoders [default: LFR_CACHE_DIR/encoders, or the platform's cache folder]
    #[arg(long, value_name = "FOLDER", global = true)]
    pub features_dir: Option<PathBuf>,
}

/// What to do with encoders.
#[derive(Debug, Subcommand)]
pub enum FeaturesAction {
    /// List the encoders of the register and where they are
    List,
    /// Download an encoder from its source and check its digests
    Fetch {
        /// Name of the encoder, see `lfr features list`
        name: String,
    },
    /// Check the files of an encoder against their digests
    Verify {
        /// Name of the encoder, see `lfr features list` [default: every encoder that was fetched]
        name: Option<String>,
    },
}
