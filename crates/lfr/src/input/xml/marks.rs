//! The tags and texts of an XML file, one after the other and within limits.

use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};

use quick_xml::Error as Damage;
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::error::{Error, Result};
use crate::input::object::MAX_COLUMNS;
use crate::input::stream::{self, MAX_RECORD, Text};

/// Deepest nesting.
const MAX_DEPTH: usize = 64;
/// Longest name of an element.
const MAX_NAME: usize = 64 << 10;
/// Longest name of a reference such as `&nbsp;`.
const MAX_REFERENCE: usize = 16;

/// What comes next in a file. Prefixes of names are cut off; comments and the like are empty texts.
pub(super) enum Mark {
    Open(Tag),
    Text(String),
    Close,
}

/// The beginning of an element.
pub(super) struct Tag {
    pub name: String,
    /// Names and values, without those that declare namespaces or schemas.
    pub attributes: Vec<(String, String)>,
}

/// The marks of a file.
pub(super) struct Marks {
    path: PathBuf,
    reader: Reader<Limited>,
    buffer: Vec<u8>,
    depth: usize,
    /// References so far that stand for no character. No others are ever expanded.
    pub unknown: usize,
}

impl Marks {
    /// Those of `text`, which is that of the file at `path`.
    pub fn new(path: &Path, text: Text) -> Self {
        let mut reader = Reader::from_reader(Limited { inner: text, left: 0, line: 1 });
        let config = reader.config_mut();
        config.expand_empty_elements = true;
        config.allow_dangling_amp = true;
        Self { path: path.to_owned(), reader, buffer: Vec::new(), depth: 0, unknown: 0 }
    }

    /// The next mark; `None` at the end, where every element is closed.
    ///
    /// # Errors
    /// [`Error::Input`] with the line for what is no XML, nested too deeply, too long in one piece, or cut short.
    pub fn next(&mut self) -> Result<Option<Mark>> {
        self.buffer.clear();
        self.reader.get_mut().left = MAX_RECORD;
        let unknown = &mut self.unknown;
        let read = match self.reader.read_event_into(&mut self.buffer) {
            Ok(Event::Start(start)) => tag(&start, unknown).map(|tag| Some(Mark::Open(tag))),
            Ok(Event::End(_)) => Ok(Some(Mark::Close)),
            Ok(Event::Text(text)) => Ok(Some(Mark::Text(text.xml10_content().into_owned()))),
            Ok(Event::CData(text)) => Ok(Some(Mark::Text(text.xml10_content().into_owned()))),
            Ok(Event::GeneralRef(name)) => Ok(Some(Mark::Text(plain(&format!("&{};", &*name), unknown)))),
            Ok(Event::Eof) => Ok(None),
            Ok(_) => Ok(Some(Mark::Text(String::new()))),
            Err(error) => Err(error),
        };
        let mark = read.map_err(|error| self.damaged(&error))?;
        match &mark {
            Some(Mark::Open(tag)) => {
                self.depth += 1;
                self.check(tag)?;
            }
            Some(Mark::Close) => self.depth = self.depth.saturating_sub(1),
            Some(Mark::Text(text)) if self.depth == 0 && !text.trim().is_empty() => {
                return Err(self.problem("a text outside of all elements"));
            }
            None if self.depth > 0 => return Err(self.problem("the file ends within an element")),
            _ => {}
        }
        Ok(mark)
    }

    fn check(&self, tag: &Tag) -> Result<()> {
        if self.depth > MAX_DEPTH {
            return Err(self.problem(&format!("nested deeper than {MAX_DEPTH} levels")));
        }
        if tag.name.is_empty() {
            return Err(
                self.problem(&format!("an element with no name or one of over {} KiB", MAX_NAME >> 10))
            );
        }
        if tag.attributes.len() > MAX_COLUMNS {
            return Err(self.problem(&format!("an element with more than {MAX_COLUMNS} attributes")));
        }
        Ok(())
    }

    fn damaged(&self, error: &Damage) -> Error {
        match error {
            Damage::Io(error) => stream::broken(&self.path, error),
            Damage::Syntax(error) => self.problem(&error.to_string()),
            Damage::IllFormed(error) => self.problem(&error.to_string()),
            other => self.problem(&other.to_string()),
        }
    }

    fn problem(&self, what: &str) -> Error {
        let line = self.reader.get_ref().line;
        Error::input(&self.path, format!("XML damaged or cut short in line {line}: {what}"))
    }
}

/// The name and the attributes of a tag: no name that is too long, and of too many attributes the first ones.
fn tag(start: &BytesStart<'_>, unknown: &mut usize) -> Result<Tag, Damage> {
    let is_long = start.name().into_inner().len() > MAX_NAME;
    let name = if is_long { String::new() } else { start.local_name().into_inner().to_owned() };
    let mut attributes = Vec::new();
    for attribute in start.attributes().with_checks(false).take(MAX_COLUMNS + 1) {
        let attribute = attribute?;
        let (name, prefix) = attribute.key.decompose();
        let of_schema = prefix.is_some_and(|prefix| prefix.into_inner() == "xsi");
        if attribute.key.as_namespace_binding().is_none() && !of_schema {
            attributes.push((name.into_inner().to_owned(), plain(&attribute.value, unknown)));
        }
    }
    Ok(Tag { name, attributes })
}

/// `raw` with the characters that its references stand for; unknown references stay as they are and are counted.
fn plain(raw: &str, unknown: &mut usize) -> String {
    let (mut text, mut rest) = (String::with_capacity(raw.len()), raw);
    while let Some((before, behind)) = rest.split_once('&') {
        text.push_str(before);
        let end = behind.bytes().take(MAX_REFERENCE).position(|byte| byte == b';');
        match end.and_then(|end| Some((character(&behind[..end])?, end + 1))) {
            Some((character, end)) => {
                text.push(character);
                rest = &behind[end..];
            }
            None => {
                *unknown += usize::from(end.is_some());
                text.push('&');
                rest = behind;
            }
        }
    }
    text + rest
}

/// The character that a reference stands for: one of the five that XML knows, or one given by its number.
fn character(name: &str) -> Option<char> {
    match name {
        "lt" => Some('<'),
        "gt" => Some('>'),
        "amp" => Some('&'),
        "apos" => Some('\''),
        "quot" => Some('"'),
        _ => BytesRef::new(name).resolve_char_ref().ok()?,
    }
}

/// A text of which a reader takes at most `left` bytes before it has to be allowed more; it counts the lines.
struct Limited {
    inner: Text,
    left: usize,
    line: u64,
}

impl BufRead for Limited {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        let bytes = self.inner.fill_buf()?;
        if self.left == 0 && !bytes.is_empty() {
            let problem =
                format!("line {}: a tag, text or comment longer than {} MiB", self.line, MAX_RECORD >> 20);
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, problem));
        }
        Ok(&bytes[..bytes.len().min(self.left)])
    }

    fn consume(&mut self, count: usize) {
        let bytes = self.inner.fill_buf().unwrap_or_default();
        let taken = bytes.get(..count).unwrap_or(bytes);
        self.line += taken.iter().filter(|&&byte| byte == b'\n').count() as u64;
        self.inner.consume(count);
        self.left = self.left.saturating_sub(count);
    }
}

impl Read for Limited {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let bytes = self.fill_buf()?;
        let count = bytes.len().min(into.len());
        into[..count].copy_from_slice(&bytes[..count]);
        self.consume(count);
        Ok(count)
    }
}
