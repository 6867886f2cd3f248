//! Flags of the command in the library's sentences, as what is typed in Python.

use std::sync::LazyLock;

use pyo3::prelude::*;
use regex::{Captures, Regex};

/// Keyword arguments of `Detector` that are flags of `lfr rank`.
const KEYWORDS: [&str; 13] = [
    "columns",
    "delimiter",
    "encoding",
    "epochs",
    "features",
    "id",
    "ignore",
    "image-size",
    "keep-footer",
    "kind",
    "method",
    "sheet",
    "text",
];

/// A flag, and the word behind it. What is part of a longer word, such as a path, is none.
static FLAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    let readings = r"[^\s=]+=[\w:-]+(?: or (?:[^\s=]+=[\w:-]+|\w+:[\w-]+))*";
    let word = r#"'[^']*'|"[^"]*"|[\w.:-]*\w"#;
    Regex::new(&format!(r"(^|[\s(`])--([a-z]+(?:-[a-z]+)*)( (?:{readings}|{word}))?")).ok()
});

/// `text` with every flag that Python has as the keyword argument: `--image-size` is `image_size=`, `--kind text` is
/// `kind="text"`, `--columns NAME=number` is `columns={"NAME": "number"}`, and `--keep-footer` is `keep_footer=True`.
#[pyfunction]
pub fn in_python(text: &str) -> String {
    let keyword = |found: &Captures<'_>| {
        let (before, name) = (&found[1], &found[2]);
        if !KEYWORDS.contains(&name) {
            return found[0].to_owned();
        }
        let (key, behind) = (name.replace('-', "_"), found.get(3).map_or("", |behind| behind.as_str()));
        match value(name, behind.trim_start()) {
            _ if name == "keep-footer" => format!("{before}{key}=True{behind}"),
            Some(value) => format!("{before}{key}={value}"),
            None => format!("{before}{key}={behind}"),
        }
    };
    FLAG.as_ref().map_or_else(|| text.to_owned(), |flag| flag.replace_all(text, keyword).into_owned())
}

/// What `word` is as the value of the flag; `None` where the sentence goes on with it.
fn value(name: &str, word: &str) -> Option<String> {
    let is_value = match name {
        "columns" if word.contains('=') => return Some(columns(word)),
        "encoding" => word.contains(|c: char| c.is_ascii_digit() || "_-".contains(c)),
        "kind" => ["table", "text", "images"].contains(&word),
        "text" => !word.is_empty(),
        _ => false,
    };
    is_value.then(|| format!("{:?}", word.trim_matches(['\'', '"'])))
}

/// `NAME=number:point or number:comma` as a dictionary for each reading.
fn columns(word: &str) -> String {
    let mut name = "NAME";
    let mut dictionary = |part| {
        let (own, reading) = str::rsplit_once(part, '=').unwrap_or((name, part));
        name = own;
        format!("{{{own:?}: {reading:?}}}")
    };
    word.split(" or ").map(&mut dictionary).collect::<Vec<_>>().join(" or ")
}
