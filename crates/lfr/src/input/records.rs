//! The records of a JSON file: one a line, or the elements of one array.

use std::io::{BufRead, Read};
use std::path::{Path, PathBuf};

use serde::de::IgnoredAny;

use super::stream::{self, MAX_RECORD, Text};
use super::{Notes, Options};
use crate::error::{Error, Result};

/// The records of a file, as bytes of JSON.
pub(super) struct Records {
    path: PathBuf,
    text: Text,
    form: Form,
    /// Lines or elements read so far.
    read: u64,
    ended: bool,
}

/// How records follow one another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// One a line.
    Lines,
    /// Parted by blanks and commas, over any number of lines, up to the end of an array or of the file.
    Values {
        /// Whether they are elements of an array, which has to end.
        array: bool,
    },
}

impl Records {
    /// Opens a file and finds its form: an array, an object that holds one array of objects, objects written over
    /// several lines, or else a record a line.
    ///
    /// # Errors
    /// [`Error::Io`] and [`Error::Input`] when it cannot be read or is an array of anything but objects.
    pub fn open(path: &Path, options: &Options, notes: &Notes) -> Result<Self> {
        let open = || stream::open(path, options.encoding.as_deref(), notes);
        let records = |text, form| Ok(Self { path: path.to_owned(), text, form, read: 0, ended: false });
        let failed = |e| stream::broken(path, &e);
        let mut text = open()?;
        match peek(&mut text).map_err(failed)? {
            Some(b'[') => {
                text.consume(1);
                return match peek(&mut text).map_err(failed)? {
                    Some(b'{' | b']') => records(text, Form::Values { array: true }),
                    _ => Err(Error::input(
                        path,
                        "an array of neither objects nor rows of one length; records such as {\"a\": 1} are read",
                    )),
                };
            }
            Some(b'{') if !has_lines(&mut text).map_err(failed)? => {}
            _ => return records(open()?, Form::Lines),
        }
        let mut text = open()?;
        let single = peek(&mut text).and_then(|_| value(&mut text, None)).map_err(failed)? != End::Sound
            || peek(&mut text).map_err(failed)?.is_none();
        for depth in (0..=MAX_DEPTH).filter(|&depth| depth == 0 || single) {
            let mut text = open()?;
            if let Some(key) = enter_at(&mut text, depth).map_err(failed)? {
                notes.add(format!("the records are those of the array `{key}`"));
                return records(text, Form::Values { array: true });
            }
        }
        records(open()?, Form::Values { array: false })
    }

    /// Reads the next record that is not blank into `record`: the number of its line or element, from 0.
    ///
    /// # Errors
    /// [`Error::Input`] for one that is too long, and for a file that is cut short.
    pub fn next(&mut self, record: &mut Vec<u8>) -> Result<Option<u64>> {
        match self.form {
            Form::Lines => loop {
                if !stream::line(&self.path, &mut self.text, record, self.read)? {
                    return Ok(None);
                }
                self.read += 1;
                if !record.trim_ascii().is_empty() {
                    return Ok(Some(self.read - 1));
                }
            },
            Form::Values { array } => self.element(array, record),
        }
    }

    /// What number `number` is called.
    pub fn place(&self, number: u64) -> String {
        let noun = if self.form == Form::Lines { "line" } else { "record" };
        format!("{noun} {}", number + 1)
    }

    fn element(&mut self, array: bool, record: &mut Vec<u8>) -> Result<Option<u64>> {
        let failed = |e| stream::broken(&self.path, &e);
        record.clear();
        let cut = || Error::input(&self.path, format!("cut short in record {}", self.read + 1));
        loop {
            if self.ended {
                return Ok(None);
            }
            match peek(&mut self.text).map_err(failed)? {
                Some(b',') => self.text.consume(1),
                Some(b']') if array => self.ended = true,
                None if array => return Err(cut()),
                None => self.ended = true,
                Some(_) => break,
            }
        }
        match value(&mut self.text, Some(record)).map_err(failed)? {
            End::Sound => {}
            End::File => return Err(cut()),
            End::Limit => {
                let problem = format!("record {} is longer than {} MiB", self.read + 1, MAX_RECORD >> 20);
                return Err(Error::input(&self.path, problem));
            }
        }
        self.read += 1;
        Ok(Some(self.read - 1))
    }
}

/// The next byte that is not blank, left in the stream.
pub(super) fn peek(text: &mut Text) -> std::io::Result<Option<u8>> {
    loop {
        let bytes = text.fill_buf()?;
        if bytes.is_empty() {
            return Ok(None);
        }
        let blank = bytes.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        let found = bytes.get(blank).copied();
        text.consume(blank);
        if found.is_some() {
            return Ok(found);
        }
    }
}

/// Whether the objects of a file are one a line: the first line is a whole object with another line behind it, or what
/// follows it does not continue an object.
pub(super) fn has_lines(text: &mut Text) -> std::io::Result<bool> {
    let mut line = Vec::new();
    text.by_ref().take(MAX_RECORD as u64).read_until(b'\n', &mut line)?;
    let next = peek(text)?;
    Ok(match serde_json::from_slice::<IgnoredAny>(&line) {
        Ok(_) => next.is_some(),
        Err(error) => {
            let goes_on = matches!(line.trim_ascii_end().last(), Some(b'[' | b'{' | b','))
                || matches!(next, Some(b'"' | b'}') | None);
            !(error.is_eof() && goes_on) && line.ends_with(b"\n")
        }
    })
}

/// Deepest object whose array is looked for.
const MAX_DEPTH: usize = 3;

/// Goes to the elements of the first array of objects in the object that comes next, and gives its key.
pub(super) fn enter(text: &mut Text) -> std::io::Result<Option<String>> {
    enter_at(text, 0)
}

/// Goes to the elements of the first array of objects at most so deep in the object that comes next, and gives its keys,
/// separated by points.
fn enter_at(text: &mut Text, depth: usize) -> std::io::Result<Option<String>> {
    let opened = peek(text)? == Some(b'{');
    text.consume(usize::from(opened));
    loop {
        match peek(text)? {
            Some(b',') => {
                text.consume(1);
                continue;
            }
            Some(b'"') => {}
            _ => return Ok(None),
        }
        let mut key = Vec::new();
        if value(text, Some(&mut key))? != End::Sound || peek(text)? != Some(b':') {
            return Ok(None);
        }
        text.consume(1);
        if peek(text)? == Some(b'[') {
            text.consume(1);
            if peek(text)? == Some(b'{') {
                return Ok(serde_json::from_slice(&key).ok());
            }
            // The rest of an array of something else.
            while !matches!(peek(text)?, Some(b']') | None) {
                if peek(text)? == Some(b',') {
                    text.consume(1);
                } else if value(text, None)? != End::Sound {
                    return Ok(None);
                }
            }
            let closed = peek(text)?.is_some();
            text.consume(usize::from(closed));
        } else if depth > 0 && peek(text)? == Some(b'{') {
            if let Some(inner) = enter_at(text, depth - 1)? {
                let key: String = serde_json::from_slice(&key).unwrap_or_default();
                return Ok(Some(format!("{key}.{inner}")));
            }
            if peek(text)? != Some(b'}') {
                return Ok(None);
            }
            text.consume(1);
        } else if value(text, None)? != End::Sound {
            return Ok(None);
        }
    }
}

/// How a value ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    Sound,
    /// With the file.
    File,
    /// At [`MAX_RECORD`] bytes.
    Limit,
}

/// Takes the value that comes next, which begins with a byte that is not blank, by its brackets and quotes alone.
pub(super) fn value(text: &mut Text, mut into: Option<&mut Vec<u8>>) -> std::io::Result<End> {
    let mut scan = Scan::default();
    let mut length = 0;
    loop {
        let bytes = text.fill_buf()?;
        if bytes.is_empty() {
            return Ok(if scan.is_plain() && length > 0 { End::Sound } else { End::File });
        }
        let (taken, ended) = scan.advance(bytes);
        length += taken;
        if let Some(into) = into.as_deref_mut() {
            into.extend_from_slice(&bytes[..taken]);
        }
        text.consume(taken);
        if ended {
            return Ok(End::Sound);
        }
        if length > MAX_RECORD {
            return Ok(End::Limit);
        }
    }
}

/// The state within a value.
#[derive(Default)]
struct Scan {
    depth: usize,
    quoted: bool,
    escaped: bool,
    begun: bool,
}

impl Scan {
    /// Whether the value is a number or a word, which ends with what follows.
    fn is_plain(&self) -> bool {
        self.depth == 0 && !self.quoted
    }

    /// How many of `bytes` belong to the value, and whether it ends there.
    fn advance(&mut self, bytes: &[u8]) -> (usize, bool) {
        for (at, &byte) in bytes.iter().enumerate() {
            let first = !std::mem::replace(&mut self.begun, true);
            if self.quoted {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => {
                        self.quoted = false;
                        if self.depth == 0 {
                            return (at + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' if first || self.depth > 0 => self.quoted = true,
                b'{' | b'[' if first || self.depth > 0 => self.depth += 1,
                b'}' | b']' if self.depth > 0 => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b',' | b':' | b'"' | b'{' | b'[' | b'}' | b']' | b' ' | b'\t' | b'\r' | b'\n'
                    if self.depth == 0 && !first =>
                {
                    return (at, true);
                }
                _ => {}
            }
        }
        (bytes.len(), false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Numbers and texts of all records, and what was said.
    type Read = (Vec<(u64, String)>, Vec<String>);

    fn read(content: &str) -> Result<Read> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), content).unwrap();
        let notes = Notes::default();
        let mut records = Records::open(file.path(), &Options::default(), &notes)?;
        let (mut found, mut record) = (Vec::new(), Vec::new());
        while let Some(number) = records.next(&mut record)? {
            found.push((number, String::from_utf8_lossy(&record).split_whitespace().collect()));
        }
        Ok((found, notes.list()))
    }

    fn texts(content: &str) -> Vec<String> {
        read(content).unwrap().0.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn every_form_gives_the_same_records() {
        let expected = [r#"{"a":1,"s":"]}\"{"}"#, r#"{"a":[{"b":2}]}"#];
        for content in [
            "{\"a\":1,\"s\":\"]}\\\"{\"}\n{\"a\":[{\"b\":2}]}\n",
            "[{\"a\":1,\"s\":\"]}\\\"{\"},{\"a\":[{\"b\":2}]}]",
            "\n[\n {\n\"a\": 1,\n \"s\": \"]}\\\"{\"\n},\n {\"a\": [{\"b\": 2}]\n}\n]\n",
            "{\n\"a\": 1,\n \"s\": \"]}\\\"{\"\n}\n{\"a\": [\n1]}\n",
            "{\"count\": 2, \"tags\": [1, \"x\"], \"data\": [{\"a\":1,\"s\":\"]}\\\"{\"},{\"a\":[{\"b\":2}]}], \"more\": 1}",
            "{\n \"data\": [\n{\"a\":1,\"s\":\"]}\\\"{\"},{\"a\":[{\"b\":2}]}]\n}\n",
        ] {
            let found = texts(content);
            assert_eq!((found.len(), found[0].as_str()), (2, expected[0]), "{content}");
            assert!(found[1] == expected[1] || found[1] == r#"{"a":[1]}"#, "{content}");
        }
        assert_eq!(
            read("{\"data\": [{\"a\": 1}]}").unwrap().1,
            ["the records are those of the array `data`"]
        );
    }

    #[test]
    fn an_array_within_objects_is_found_behind_those_further_out() {
        let nested = r#"{"meta": {"links": [1], "page": {}}, "data": {"n": 1, "orders": [{"a":1},{"a":2}]}}"#;
        assert_eq!(texts(nested), [r#"{"a":1}"#, r#"{"a":2}"#]);
        assert_eq!(read(nested).unwrap().1, ["the records are those of the array `data.orders`"]);
        assert_eq!(texts(r#"{"a": {"b": [{"c":1}]}, "d": [{"e":2}]}"#), [r#"{"e":2}"#]);
        assert_eq!(texts("{\n\"a\": {\"b\": [{\"c\":1}]}\n}\n{\n\"a\": {}}").len(), 2, "two records");
        assert_eq!(texts(r#"{"a": {"b": {"c": {"d": {"e": [{"f":1}]}}}}}"#).len(), 1, "too deep");
    }

    #[test]
    fn lines_keep_their_numbers() {
        let (found, _) = read("{\"a\":1}\n\n{\"a\": \n{\"a\":2}\n").unwrap();
        assert_eq!(found.iter().map(|(number, _)| *number).collect::<Vec<_>>(), [0, 2, 3]);
        assert_eq!(texts("nonsense\nand more\n").len(), 2);
        assert_eq!(texts("{\"a\": 1}"), ["{\"a\":1}"]);
    }

    #[test]
    fn what_is_cut_short_or_no_records_says_so() {
        let refusal = |content: &str| read(content).unwrap_err().to_string();
        assert!(refusal("[{\"a\": 1},{\"a\": ").contains("cut short in record 2"));
        assert!(refusal("[{\"a\": 1},").contains("cut short in record 2"));
        assert!(refusal("[[1,2],[3,4]]").contains("neither objects nor rows"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_json_makes_it_panic_or_hang(content in "([{}\\[\\]:,\"\n\\\\]|\"a\"|\"b\":|1|null|\\{\"a\":1\\}\n){0,60}") {
            let _ = read(&content);
        }
    }
}
