//! The one error type of the library.

use std::path::{Path, PathBuf};

/// What every fallible function of the library returns.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Everything that can go wrong, with the values a person needs to fix it.
///
/// Messages are lower case: what was wrong, where, and what to do, without the flags of a program. Where only the caller
/// knows what to do, the variant says all that it needs for a hint.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The operating system refused a file operation.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried, as a verb ("read", "write", "create").
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file or folder that holds nothing to work on.
    #[error("{} is empty: {hint}", .path.display())]
    Empty {
        /// The file or folder.
        path: PathBuf,
        /// What was looked for.
        hint: String,
    },
    /// Content that cannot be read as what it claims to be.
    #[error("{}: {problem}", .path.display())]
    Input {
        /// The file.
        path: PathBuf,
        /// What is wrong, where in the file, and what to do.
        problem: String,
    },
    /// Content beyond a safety limit (decompression bombs, absurd headers).
    #[error("{}: {what} is {size}, the limit is {limit}", .path.display())]
    TooLarge {
        /// The file.
        path: PathBuf,
        /// What was measured.
        what: &'static str,
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// More than fits in memory.
    #[error("{}: more than fits in memory: the first {items} items take {}, the limit is {} (half of what is available)", .path.display(), gigabytes(*.bytes), gigabytes(*.limit))]
    Memory {
        /// The input.
        path: PathBuf,
        /// Items read so far.
        items: usize,
        /// Bytes that they take.
        bytes: u64,
        /// Most bytes that they may take.
        limit: u64,
    },
    /// More bad items than accepted; [`Error::acceptable`] says how many would have to be.
    #[error("{}: {bad} of {total} items could not be read, more than {}; the first: {first}{}", .path.display(), percent(*.limit), none_left(*.bad, *.total))]
    TooManyBad {
        /// The input.
        path: PathBuf,
        /// Unreadable items.
        bad: usize,
        /// All items.
        total: usize,
        /// Largest share of bad items accepted, in \[0, 1\].
        limit: f64,
        /// Name and reason of the first bad item.
        first: String,
    },
    /// Too few items to fit on.
    #[error("{}; {what} needs at least {needed}{}", usable(*.found), single(*.found))]
    TooFewItems {
        /// Items available.
        found: usize,
        /// Items needed.
        needed: usize,
        /// Who needs them.
        what: String,
    },
    /// Items that hold nothing a method could learn from.
    #[error("nothing to learn from: {problem}")]
    NoFeatures {
        /// Why nothing is left.
        problem: String,
    },
    /// Data that does not look like the data the model was fitted on.
    #[error("the data does not fit the model: {what}: expected {expected}, found {found}")]
    Mismatch {
        /// What differs.
        what: String,
        /// As at fitting time.
        expected: String,
        /// As in the data given.
        found: String,
    },
    /// A setting outside its range, or one that contradicts another.
    #[error("bad setting `{key}` = {value}: {problem}")]
    Config {
        /// The setting's name, as in the TOML file.
        key: String,
        /// Its value.
        value: String,
        /// Why it is refused and what is accepted.
        problem: String,
    },
    /// A model that another format cannot express.
    #[error("this model cannot be exported: {problem}")]
    Export {
        /// What stands in the way, and what to do.
        problem: String,
    },
    /// A method that cannot take this kind of data.
    #[error("method {method} does not take {kind}: {hint}")]
    Unsuitable {
        /// The method.
        method: String,
        /// The kind of data.
        kind: String,
        /// What to use.
        hint: String,
    },
    /// A model file that is damaged, foreign or from a newer version.
    #[error("{}: not a usable model: {problem}", .path.display())]
    Model {
        /// The model file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// An encoder that is damaged, cannot be run, or does not go with the data.
    #[error("encoder {}: {problem}", .path.display())]
    Encoder {
        /// Its file or folder.
        path: PathBuf,
        /// What is wrong and what to do.
        problem: String,
    },
    /// A model whose encoder is neither part of it nor at hand.
    #[error("encoder {}: the model needs this encoder (SHA-256 {}...), which is not part of it", .name, .sha256.get(..12).unwrap_or_default())]
    EncoderNeeded {
        /// Its name.
        name: String,
        /// The digest of its file.
        sha256: String,
    },
    /// A method that cannot do without labels, and none given.
    #[error("labels: {method} needs a few labelled items outside the training set")]
    LabelsNeeded {
        /// The method.
        method: String,
    },
    /// A labels file or column that cannot be used.
    #[error("labels: {problem}")]
    Labels {
        /// What is wrong and what to do.
        problem: String,
    },
    /// Scores that cannot be compared, or a file that does not hold scores.
    #[error("scores: {problem}")]
    Scores {
        /// What is wrong and what to do.
        problem: String,
    },
    /// Training ran into numbers that are not finite.
    #[error("training diverged in epoch {epoch} (loss {loss}); try a smaller learning rate")]
    Diverged {
        /// The epoch, from 1.
        epoch: usize,
        /// The loss that was not finite.
        loss: f32,
    },
    /// A compute device that is unknown, absent or not built in.
    #[error("device {name}: {problem}")]
    Device {
        /// The name asked for.
        name: String,
        /// What is wrong and what is available.
        problem: String,
    },
    /// An output that exists already.
    #[error("{} exists already", .path.display())]
    Exists {
        /// The file or folder.
        path: PathBuf,
    },
    /// A file that could not be had from any of its sources.
    #[error("cannot download {}: {problem}", .path.display())]
    Download {
        /// Where it was to go.
        path: PathBuf,
        /// What happened at each source, and what to do.
        problem: String,
    },
    /// The user asked to stop.
    #[error("interrupted")]
    Interrupted,
}

fn percent(share: f64) -> String {
    format!("{} %", (share * 1000.0).round() / 10.0)
}

fn gigabytes(bytes: u64) -> String {
    format!("{:.1} GB", bytes as f64 / 1e9)
}

fn none_left(bad: usize, total: usize) -> &'static str {
    if bad < total { "" } else { "; none is left" }
}

fn usable(found: usize) -> String {
    format!("{found} usable item{}", if found == 1 { "" } else { "s" })
}

fn single(found: usize) -> &'static str {
    if found == 1 { "; if the file was read as one item, write one record per row" } else { "" }
}

impl Error {
    /// The share of bad items, in tenths, that would have to be accepted to go on after [`Error::TooManyBad`]; `None`
    /// where nothing would be left, and for other errors.
    pub fn acceptable(&self) -> Option<f64> {
        match self {
            Self::TooManyBad { bad, total, .. } if bad < total => {
                Some((*bad as f64 / *total as f64 * 10.0).ceil() / 10.0)
            }
            _ => None,
        }
    }

    /// An [`Error::Io`] from its parts.
    pub fn io(action: &'static str, path: impl AsRef<Path>, source: std::io::Error) -> Self {
        Self::Io { action, path: path.as_ref().to_owned(), source }
    }

    /// The same, its path begun by `to` in place of `from`.
    pub(crate) fn moved(mut self, from: &Path, to: &Path) -> Self {
        if let Self::Io { path, .. }
        | Self::Empty { path, .. }
        | Self::Input { path, .. }
        | Self::TooLarge { path, .. }
        | Self::Memory { path, .. }
        | Self::Model { path, .. } = &mut self
            && let Ok(rest) = path.strip_prefix(from)
        {
            *path = to.join(rest);
        }
        self
    }

    /// An [`Error::Input`] from its parts.
    pub fn input(path: impl AsRef<Path>, problem: impl Into<String>) -> Self {
        Self::Input { path: path.as_ref().to_owned(), problem: problem.into() }
    }

    /// An [`Error::Encoder`] from its parts.
    pub fn encoder(path: impl AsRef<Path>, problem: impl Into<String>) -> Self {
        Self::Encoder { path: path.as_ref().to_owned(), problem: problem.into() }
    }

    /// An [`Error::Config`] from its parts.
    pub fn config(key: impl Into<String>, value: impl ToString, problem: impl Into<String>) -> Self {
        Self::Config { key: key.into(), value: value.to_string(), problem: problem.into() }
    }
}
