//! How the help texts look.

use clap::builder::styling::{AnsiColor, Style, Styles};

const HEADING: Style = AnsiColor::Green.on_default().bold();
const LITERAL: Style = AnsiColor::Cyan.on_default().bold();
const REMARK: Style = Style::new().dimmed();

/// Colours of all help and usage messages.
pub const STYLES: Styles = Styles::styled()
    .header(HEADING)
    .usage(HEADING)
    .literal(LITERAL)
    .placeholder(AnsiColor::Cyan.on_default())
    .error(AnsiColor::Red.on_default().bold())
    .valid(AnsiColor::Green.on_default())
    .invalid(AnsiColor::Yellow.on_default());

/// A command and what it does.
pub type Example = (&'static str, &'static str);

/// For `lfr --help`.
pub const TOP: [Example; 6] = [
    ("lfr rank photos/", "rank images; results in photos-lfr/"),
    ("lfr rank orders.csv --id number", "rank the rows of a table"),
    ("lfr rank mails.jsonl --text body", "rank documents"),
    ("lfr threshold orders-lfr --top-k 50", "flag the 50 most anomalous"),
    ("lfr fit photos/ -o photos.safetensors", "fit and save a model"),
    ("lfr score photos.safetensors new/ -o new.csv", "score new data with it"),
];

/// For `lfr rank --help`.
pub const RANK: [Example; 7] = [
    ("lfr rank photos/", "results in photos-lfr/"),
    ("lfr rank orders.csv --id number --ignore note", "choose the columns"),
    ("lfr rank mails.jsonl --text body -o out", "documents in a column"),
    ("lfr rank digits.npy --preset paper", "the paper's settings: slow"),
    ("lfr rank photos/ --labels labels.csv", "report AUROC and AUPR too"),
    ("lfr rank photos/ --labels-known marks.csv --force", "rank again by your marks"),
    ("lfr rank 'dataset:mnist/3?c=0.1&seed=0'", "threes and 10 % other digits"),
];

/// For `lfr fit --help`.
pub const FIT: [Example; 2] = [
    ("lfr fit orders.csv --id number -o orders.safetensors", "save the model"),
    ("lfr score orders.safetensors today.csv", "score new rows with it"),
];

/// For `lfr score --help`.
pub const SCORE: [Example; 2] = [
    ("lfr score orders.safetensors today.csv", "CSV on stdout"),
    ("lfr score orders.safetensors year.parquet -o s.parquet", "a large table"),
];

/// For `lfr threshold --help`.
pub const THRESHOLD: [Example; 4] = [
    ("lfr threshold out/scores.csv --top-k 50", "the 50 most anomalous items"),
    ("lfr threshold out --contamination 0.02", "the most anomalous 2 %"),
    ("lfr threshold out", "choose the threshold automatically"),
    ("lfr threshold out --threshold 3.5 -o flagged.csv", "add a column outlier"),
];

/// For `lfr report --help`.
pub const REPORT: [Example; 1] = [("lfr report photos-lfr -o page.html --show 100", "a larger gallery")];

/// For `lfr review --help`.
pub const REVIEW: [Example; 2] = [
    ("lfr review photos-lfr", "opens the page in the browser"),
    ("lfr review photos-lfr --no-open --port 8000", "to view through an SSH tunnel"),
];

/// For `lfr columns --help`.
pub const COLUMNS: [Example; 2] = [
    ("lfr columns orders.csv", "how each column is read"),
    ("lfr columns orders.csv --columns code=category", "with another reading"),
];

/// For `lfr inspect --help`.
pub const INSPECT: [Example; 2] = [
    ("lfr inspect photos-lfr/model.safetensors", "a summary"),
    ("lfr inspect m.safetensors --json | jq .header.method", "every setting"),
];

/// For `lfr export --help`.
pub const EXPORT: [Example; 2] = [
    ("lfr export onnx photos.safetensors", "photos.onnx"),
    ("lfr export onnx orders-lfr/model.safetensors -o orders.onnx", "under another name"),
];

/// For `lfr methods --help`.
pub const METHODS: [Example; 3] = [
    ("lfr methods", "every method"),
    ("lfr methods ae-lfr", "every setting of one: default, meaning, source"),
    ("lfr methods ae-lfr --preset authors-2021", "the settings of a preset"),
];

/// For `lfr features --help`.
pub const FEATURES: [Example; 2] = [
    ("lfr features fetch all-minilm-l6-v2", "download a text encoder"),
    ("lfr rank mails.jsonl --text body --features all-minilm-l6-v2", "rank by its features"),
];

/// For `lfr completions --help`.
pub const COMPLETIONS: [Example; 2] = [
    ("lfr completions bash > ~/.local/share/bash-completion/completions/lfr", "bash"),
    ("lfr completions zsh > \"${fpath[1]}/_lfr\"", "zsh"),
];

/// For `lfr man --help`.
pub const MAN: [Example; 2] = [
    ("lfr man | man -l -", "read the manual page"),
    ("lfr man rank > lfr-rank.1", "the manual page of a command"),
];

/// The section of `examples`: the commands and, in a second column, what they do.
pub fn examples(examples: &[Example]) -> String {
    let widest = examples.iter().map(|(command, _)| command.len()).max().unwrap_or_default();
    let mut text = format!("{HEADING}Examples:{HEADING:#}");
    for (command, remark) in examples {
        text += &format!("\n  {LITERAL}{command:widest$}{LITERAL:#}  {REMARK}{remark}{REMARK:#}");
    }
    text
}
