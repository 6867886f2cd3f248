//! The command line together with the configuration file.
//!
//! The file's keys are the flags of the command, with `_` or `-`: `image_size = 64` stands for `--image-size 64`, a list
//! for a repeated flag, `true` for a switch. They are put behind the words of the command line unless the same flag, or
//! one that excludes it, is there already; so both ways share one grammar and one set of messages. Two tables hold
//! what has no flag: `[settings]`, the method's own settings, and `[preprocess]`.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use anyhow::Result;
use clap::parser::ValueSource;
use clap::{ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};
use lfr::{Error, regular};
use toml::{Table, Value};

use crate::args::Cli;
use crate::failure::Usage;

/// Largest configuration file, in bytes.
const MAX_SIZE: u64 = 1 << 20;

/// What the flags do not hold.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tables {
    /// The words of the command line, for the record.
    pub words: Vec<String>,
    /// `[settings]`: settings of the method.
    pub settings: Option<serde_json::Value>,
    /// `[preprocess]`: how items become features.
    pub preprocess: Option<serde_json::Value>,
}

/// Reads the words of a command line and the configuration file they name.
///
/// # Errors
/// [`clap::Error`] for a bad command line and for requests such as `--help`; [`Error::Config`] for a bad key.
pub fn parse(words: impl IntoIterator<Item = OsString>) -> Result<(Cli, Tables)> {
    let mut words: Vec<OsString> = words.into_iter().collect();
    let command = Cli::command();
    let matches = command.clone().try_get_matches_from(&words)?;
    let typed = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
    let Some((path, given)) = config_file(&matches) else {
        return Ok((Cli::from_arg_matches(&matches)?, Tables { words: typed, ..Tables::default() }));
    };
    let name = matches.subcommand_name().unwrap_or_default();
    let mut command = command;
    command.build();
    let file = File { path: &path, command: command.find_subcommand(name).unwrap_or(&command), given };
    let mut table = file.read()?;
    let tables = Tables {
        words: typed,
        settings: file.table(&mut table, "settings")?,
        preprocess: file.table(&mut table, "preprocess")?,
    };
    let escape = words.iter().position(|word| word == OsStr::new("--")).unwrap_or(words.len());
    words.splice(escape..escape, file.flags(table)?);
    let matches = Cli::command().try_get_matches_from(&words).map_err(|e| file.blame(&e))?;
    Ok((Cli::from_arg_matches(&matches)?, tables))
}

/// The configuration file of the command line and what else the command was given.
fn config_file(matches: &ArgMatches) -> Option<(PathBuf, &ArgMatches)> {
    let (_, given) = matches.subcommand()?;
    let path = given.try_get_one::<PathBuf>("config").ok()??;
    Some((path.clone(), given))
}

struct File<'a> {
    path: &'a Path,
    command: &'a Command,
    given: &'a ArgMatches,
}

impl File<'_> {
    fn read(&self) -> Result<Table> {
        let text = regular::read_text(self.path, "the size of the configuration in bytes", MAX_SIZE)?;
        let bad = |e: toml::de::Error| {
            let before = e.span().and_then(|at| text.get(..at.start)).unwrap_or_default();
            Error::input(
                self.path,
                format!("line {}: {}", 1 + before.matches('\n').count(), e.message().trim()),
            )
        };
        Ok(text.parse::<Table>().map_err(bad)?)
    }

    /// Takes a table out, for commands that fit.
    fn table(&self, table: &mut Table, key: &str) -> Result<Option<serde_json::Value>> {
        if self.command.get_arguments().all(|arg| arg.get_id() != "method") {
            return Ok(None);
        }
        match table.remove(key) {
            None => Ok(None),
            Some(value @ Value::Table(_)) => Ok(Some(serde_json::to_value(value)?)),
            Some(value) => Err(self.bad(key, &value, "must be a table")),
        }
    }

    /// The file's settings as words of a command line.
    fn flags(&self, table: Table) -> Result<Vec<OsString>> {
        let mut words = Vec::new();
        for (key, value) in table {
            let arg = self.arg(&key).ok_or_else(|| self.bad(&key, &value, &self.known()))?;
            if self.is_given(arg.get_id().as_str()) {
                continue;
            }
            let flag = format!("--{}", arg.get_long().unwrap_or_default());
            match (arg.get_action(), &value) {
                (ArgAction::SetTrue, Value::Boolean(true)) => words.push(flag.into()),
                (ArgAction::SetTrue, Value::Boolean(false)) => {
                    words.extend(self.arg(&format!("no-{key}")).map(|_| format!("--no-{key}").into()));
                }
                (ArgAction::SetTrue, _) => return Err(self.bad(&key, &value, "must be true or false")),
                (ArgAction::Append, Value::Array(values)) => {
                    for value in values {
                        words.push(format!("{flag}={}", self.word(&key, value)?).into());
                    }
                }
                _ => words.push(format!("{flag}={}", self.word(&key, &value)?).into()),
            }
        }
        Ok(words)
    }

    fn word(&self, key: &str, value: &Value) -> Result<String> {
        match value {
            Value::String(text) => Ok(text.clone()),
            Value::Integer(_) | Value::Float(_) => Ok(value.to_string()),
            _ => Err(self.bad(key, value, "must be a single text or number")),
        }
    }

    fn arg(&self, key: &str) -> Option<&clap::Arg> {
        let key = key.replace('_', "-");
        let settable =
            |arg: &&clap::Arg| arg.get_long() == Some(&key) && !NOT_SETTINGS.contains(&key.as_str());
        self.command.get_arguments().find(settable)
    }

    /// Whether the command line has the argument `id`, or one that excludes it.
    fn is_given(&self, id: &str) -> bool {
        let given = |id: &str| self.given.value_source(id) == Some(ValueSource::CommandLine);
        let rivals = self.command.get_groups().filter(|group| !(*group).clone().is_multiple());
        let mut rivals = rivals.filter(|group| group.get_args().any(|member| member == id));
        given(id) || rivals.any(|group| group.get_args().any(|member| given(member.as_str())))
    }

    fn known(&self) -> String {
        let longs = self.command.get_arguments().filter_map(clap::Arg::get_long);
        let keys: Vec<_> = longs.filter(|l| !NOT_SETTINGS.contains(l)).map(|l| l.replace('-', "_")).collect();
        format!("`lfr {}` has no such setting; there are {}", self.command.get_name(), keys.join(", "))
    }

    fn bad(&self, key: &str, value: &Value, problem: &str) -> anyhow::Error {
        Error::config(key, value, format!("{problem} (in {})", self.path.display())).into()
    }

    /// What clap says, with the file that made it say so.
    fn blame(&self, error: &clap::Error) -> anyhow::Error {
        let text = error.render().to_string();
        let problem = text.lines().next().unwrap_or_default();
        Usage(format!("{}: {}", self.path.display(), problem.trim_start_matches("error: "))).into()
    }
}

/// Flags that make no sense in a file.
const NOT_SETTINGS: [&str; 3] = ["config", "help", "version"];

#[cfg(test)]
mod tests;
