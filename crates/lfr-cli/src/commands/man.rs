//! `lfr man`.

use anyhow::Result;
use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::{Cli, ManArgs};
use crate::failure::Usage;
use crate::terminal::print;

/// Prints the page of `lfr` or of one of its commands.
pub fn run(args: &ManArgs) -> Result<()> {
    let mut command = Cli::command();
    command.build();
    let page = match &args.command {
        None => command,
        Some(name) => {
            let found = command.find_subcommand(name).cloned();
            let found =
                found.ok_or_else(|| Usage(format!("there is no command {name}; see `lfr --help`")))?;
            found.display_name(format!("lfr-{name}"))
        }
    };
    let mut text = Vec::new();
    Man::new(page).render(&mut text)?;
    print(&text)
}
