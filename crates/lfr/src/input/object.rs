//! One JSON object as a flat list of keys and values.

use std::borrow::Cow;

use serde::de::IgnoredAny;

use crate::error::{Error, Result};

/// Most values of one record, and so most columns of a file: nested arrays cannot fill the memory.
pub(super) const MAX_COLUMNS: usize = 100_000;
/// Most bytes of the names of one record, which repeat the names they are nested in.
const MAX_NAMES: usize = 16 << 20;
/// Deepest nesting.
const MAX_DEPTH: usize = 64;

/// A name, and the value as text; `None` for null.
pub(super) type Cell = (String, Option<String>);

/// Why a record has no cells.
#[derive(Debug)]
pub(super) enum Flaw {
    /// It is no object.
    Record(String),
    /// It is more than this program takes: what, how many, and how many at most.
    Limit(&'static str, usize, usize),
}

impl Flaw {
    /// The reason to leave the record out.
    ///
    /// # Errors
    /// [`Error::TooLarge`] for what is beyond a limit.
    pub fn reason(self, path: &std::path::Path) -> Result<String> {
        match self {
            Self::Record(reason) => Ok(reason),
            Self::Limit(what, size, limit) => {
                Err(Error::TooLarge { path: path.to_owned(), what, size: size as u64, limit: limit as u64 })
            }
        }
    }
}

/// The keys and plain values of the object `text`, in order; values within objects and arrays get keys such as `a.b`
/// and `a.0`. Numbers are kept digit by digit. `place` (such as "line 7") begins the reason of a flaw.
///
/// # Errors
/// Why it is no object, with its column.
pub(super) fn parse(text: &str, place: &str) -> Result<Vec<Cell>, Flaw> {
    let replaced = sound(text);
    let text = &*replaced;
    // What is sound JSON can be walked by its marks alone.
    if let Err(error) = serde_json::from_str::<IgnoredAny>(text) {
        let reason = error.to_string();
        let reason = reason.split(" at line ").next().unwrap_or_default();
        return Err(Flaw::Record(format!("{place}, column {}: {reason}", error.column())));
    }
    if !text.trim_start().starts_with('{') {
        return Err(Flaw::Record(format!("{place}: expected an object such as {{\"a\": 1}}")));
    }
    let mut walk = Walk { text, at: 0, key: String::new(), cells: Vec::new(), names: 0 };
    walk.value(0).map_err(|flaw| match flaw {
        Flaw::Record(reason) => Flaw::Record(format!("{place}: {reason}")),
        limit => limit,
    })?;
    Ok(walk.cells)
}

/// `text` with null for `NaN` and a text for `Infinity`, which Python writes although JSON has no such numbers.
pub(super) fn sound(text: &str) -> Cow<'_, str> {
    if !text.contains("NaN") && !text.contains("Infinity") {
        return text.into();
    }
    let (mut sound, mut rest, mut quoted) = (String::with_capacity(text.len()), text, false);
    while let Some(c) = rest.chars().next() {
        let (taken, written) = match c {
            '"' => {
                quoted = !quoted;
                (1, "\"")
            }
            '\\' if quoted => {
                let length = 1 + rest[1..].chars().next().map_or(0, char::len_utf8);
                (length, &rest[..length])
            }
            'N' if !quoted && rest.starts_with("NaN") => (3, "null"),
            '-' if !quoted && rest.starts_with("-Infinity") => (9, "\"-Infinity\""),
            'I' if !quoted && rest.starts_with("Infinity") => (8, "\"Infinity\""),
            c => (c.len_utf8(), &rest[..c.len_utf8()]),
        };
        sound.push_str(written);
        rest = &rest[taken..];
    }
    sound.into()
}

/// A way through sound JSON.
struct Walk<'a> {
    text: &'a str,
    at: usize,
    /// The name of the value that comes next.
    key: String,
    cells: Vec<Cell>,
    /// Bytes of all names.
    names: usize,
}

impl Walk<'_> {
    /// The next byte that is not blank; 0 at the end.
    fn peek(&mut self) -> u8 {
        let rest = self.text.as_bytes().get(self.at..).unwrap_or_default();
        self.at += rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn value(&mut self, depth: usize) -> Result<(), Flaw> {
        match self.peek() {
            b'{' | b'[' if depth > MAX_DEPTH => {
                Err(Flaw::Record(format!("nested deeper than {MAX_DEPTH} levels")))
            }
            b'{' => self.members(depth, b'}'),
            b'[' => self.members(depth, b']'),
            b'"' => {
                let text = self.string()?;
                self.push(Some(text))
            }
            _ => {
                let text = self.text;
                let rest = &text[self.at..];
                let end = rest.find(|c: char| ",]}".contains(c) || c.is_ascii_whitespace());
                let token = &rest[..end.unwrap_or(rest.len())];
                self.at += token.len();
                self.push((token != "null").then(|| token.to_owned()))
            }
        }
    }

    /// The members of an object or an array, up to its `end`.
    fn members(&mut self, depth: usize, end: u8) -> Result<(), Flaw> {
        self.at += 1;
        let outer = self.key.len();
        for index in 0.. {
            if self.peek() == b',' {
                self.at += 1;
            }
            if [end, 0].contains(&self.peek()) {
                break;
            }
            let name = if end == b'}' { self.string()? } else { index.to_string() };
            if end == b'}' {
                self.peek();
                self.at += 1;
            }
            if depth > 0 {
                self.key.push('.');
            }
            self.key.push_str(&name);
            self.value(depth + 1)?;
            self.key.truncate(outer);
        }
        self.at += 1;
        Ok(())
    }

    fn string(&mut self) -> Result<String, Flaw> {
        let (start, text) = (self.at, self.text);
        let bytes = text.as_bytes();
        self.at += 1;
        while let Some(&byte) = bytes.get(self.at).filter(|&&byte| byte != b'"') {
            self.at += if byte == b'\\' { 2 } else { 1 };
        }
        self.at += 1;
        let token = text.get(start..self.at).unwrap_or_default();
        serde_json::from_str(token).map_err(|e| Flaw::Record(format!("a text is damaged: {e}")))
    }

    fn push(&mut self, value: Option<String>) -> Result<(), Flaw> {
        self.names += self.key.len();
        if self.cells.len() == MAX_COLUMNS {
            return Err(Flaw::Limit("the number of values in one record", MAX_COLUMNS + 1, MAX_COLUMNS));
        }
        if self.names > MAX_NAMES {
            return Err(Flaw::Limit("the length of all names in one record", self.names, MAX_NAMES));
        }
        self.cells.push((self.key.clone(), value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn cells(text: &str) -> Vec<(String, String)> {
        let cells = parse(text, "line 1").unwrap();
        cells.into_iter().map(|(key, value)| (key, value.unwrap_or("NULL".into()))).collect()
    }

    fn reason(text: &str) -> String {
        match parse(text, "line 7").unwrap_err() {
            Flaw::Record(reason) => reason,
            limit => format!("{limit:?}"),
        }
    }

    #[test]
    fn keys_keep_their_order_and_nested_values_get_paths() {
        let found = cells(r#"{"z": 1, "a": {"x": true, "v": [2, {"w": null}]}, "e": [], "s": "a\"\u00e9"}"#);
        let expected = [("z", "1"), ("a.x", "true"), ("a.v.0", "2"), ("a.v.1.w", "NULL"), ("s", "a\"é")];
        assert_eq!(found, expected.map(|(key, value)| (key.to_owned(), value.to_owned())));
        assert_eq!(cells("{}"), []);
    }

    #[test]
    fn numbers_are_kept_digit_by_digit() {
        let found = cells(r#"{"a":12345678901234567890123,"b":2e3 ,"c":-0.10}"#);
        assert_eq!(
            found.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>(),
            ["12345678901234567890123", "2e3", "-0.10"]
        );
    }

    #[test]
    fn reasons_name_place_and_column() {
        assert_eq!(reason("{\"a\": nope}"), "line 7, column 8: expected ident");
        assert!(reason("3").contains("line 7: expected an object"));
        assert!(reason(" [1]").contains("expected an object"));
        assert!(reason(r#"{"a": "\ud800"}"#).contains("line 7: a text is damaged"));
        let deep = format!("{{\"a\":{}{}}}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(reason(&deep).contains("nested deeper"), "no stack overflow");
    }

    #[test]
    fn what_would_fill_the_memory_is_refused_on_the_way() {
        let zeros = format!("{{\"a\":[0{}]}}", ",0".repeat(MAX_COLUMNS));
        assert!(reason(&zeros).contains("number of values"));
        let names = format!("{{\"{}\":[0{}]}}", "k".repeat(1 << 16), ",0".repeat(1000));
        assert!(reason(&names).contains("length of all names"));
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            any::<f64>().prop_map(|x| json!(x)),
            "\\PC{0,5}".prop_map(|text| json!(text)),
            Just(Value::Null)
        ];
        leaf.prop_recursive(3, 20, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::Array),
                prop::collection::btree_map("[a-c\"\\\\]{1,3}", inner, 0..4).prop_map(|map| json!(map)),
            ]
        })
    }

    /// Leaves by a way of its own.
    fn leaves(value: &Value) -> usize {
        match value {
            Value::Array(inner) => inner.iter().map(leaves).sum(),
            Value::Object(inner) => inner.values().map(leaves).sum(),
            _ => 1,
        }
    }

    proptest! {
        #[test]
        fn every_leaf_is_a_cell(value in value()) {
            let object = json!({ "a": value });
            prop_assert_eq!(parse(&object.to_string(), "").unwrap().len(), leaves(&object));
            prop_assert_eq!(parse(&serde_json::to_string_pretty(&object).unwrap(), "").unwrap().len(), leaves(&object));
        }
    }
}
