//! The values of an element and of those within it as cells, as those of nested JSON.

use std::collections::HashMap;
use std::fmt::Write;

use super::kinds::{is_key, is_value};
use super::marks::Tag;
use crate::input::object::{Cell, Flaw, MAX_COLUMNS};
use crate::input::stream::MAX_RECORD;

/// Most bytes of the names of one record, which repeat the names they are within.
const MAX_NAMES: usize = 16 << 20;
/// The numbers of a place in KML, in their order.
pub(super) const AXES: &[&str] = &["longitude", "latitude", "altitude"];

/// How an element within a record is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// By the names of its attributes and elements.
    Usual,
    /// As a value that is named by an attribute.
    Keyed,
    /// As a text, whatever elements there are in it.
    Prose,
}

/// A record of which some is read.
#[derive(Default)]
pub(super) struct Record {
    /// The name of its element.
    name: String,
    /// The name of the value that comes next.
    path: String,
    open: Vec<Open>,
    /// Open elements within a text.
    inside: usize,
    /// How often each name came so far.
    seen: HashMap<String, usize>,
    cells: Vec<Cell>,
    names: usize,
    bytes: usize,
    flaw: Option<Flaw>,
}

/// An element that is not yet closed.
struct Open {
    /// The length of the name without its own.
    outer: usize,
    shape: Shape,
    text: String,
    /// Whether it has neither elements nor attributes other than its name.
    plain: bool,
}

impl Record {
    /// The record that begins with `tag`.
    pub fn begin(tag: Tag, shape: Shape) -> Self {
        let mut record = Self { name: tag.name.clone(), ..Self::default() };
        record.open(tag, if shape == Shape::Keyed { Shape::Usual } else { shape });
        record
    }

    /// Takes the beginning of an element.
    pub fn open(&mut self, tag: Tag, shape: Shape) {
        let (outer, is_row) = (self.path.len(), self.open.is_empty());
        let around = self.open.last_mut().map_or(Shape::Usual, |around| {
            around.plain = false;
            around.shape
        });
        if around == Shape::Prose {
            self.inside += 1;
            return self.text(" ");
        }
        let key = tag.attributes.iter().find(|(name, key)| is_key(name) && !key.is_empty());
        match key.filter(|_| shape == Shape::Keyed) {
            _ if is_row || around == Shape::Keyed => {}
            Some((_, key)) => self.step(key),
            None => self.step(&tag.name),
        }
        let plain = tag.attributes.iter().all(|(name, _)| shape == Shape::Keyed && is_key(name));
        self.open.push(Open { outer, shape, text: String::new(), plain });
        for (name, value) in tag.attributes {
            self.weigh(value.len());
            match shape {
                Shape::Keyed if is_key(&name) => {}
                Shape::Keyed if is_value(&name) => self.push(value),
                _ => self.within(&name, value),
            }
        }
    }

    /// Takes a text.
    pub fn text(&mut self, text: &str) {
        self.weigh(text.len());
        if let Some(open) = self.open.last_mut().filter(|_| self.flaw.is_none()) {
            open.text.push_str(text);
        }
    }

    /// Takes the end of an element; `true` if it is that of the record.
    pub fn close(&mut self) -> bool {
        if self.inside > 0 {
            self.inside -= 1;
            self.text(" ");
            return false;
        }
        let Some(closed) = self.open.pop() else { return true };
        let text = match closed.shape {
            Shape::Prose => closed.text.split_whitespace().collect::<Vec<_>>().join(" "),
            _ => closed.text.trim().to_owned(),
        };
        let is_row = self.open.is_empty();
        match place(&self.path, &text) {
            Some(numbers) => {
                AXES.iter().zip(numbers).for_each(|(axis, number)| self.within(axis, number.to_owned()));
            }
            None if is_row && !text.is_empty() => self.within(&self.name.clone(), text),
            None if !text.is_empty() || (closed.plain && !is_row) => self.push(text),
            None => {}
        }
        self.path.truncate(closed.outer);
        is_row
    }

    /// The length of the record in bytes, and its cells or what is wrong with it.
    pub fn end(self) -> (usize, Result<Vec<Cell>, Flaw>) {
        (self.names + self.bytes, self.flaw.map_or(Ok(self.cells), Err))
    }

    /// Goes on to a value within the one named so far. The second one of a name is number 1 and so on.
    fn step(&mut self, name: &str) {
        if !self.path.is_empty() {
            self.path.push('.');
        }
        self.path.push_str(name);
        if self.flaw.is_some() {
            return;
        }
        match self.seen.get_mut(&self.path) {
            // Writing to a string cannot fail.
            Some(count) => {
                *count += 1;
                let _ = write!(self.path, ".{count}");
            }
            None => {
                self.seen.insert(self.path.clone(), 0);
            }
        }
        self.names += self.path.len();
        if self.names > MAX_NAMES {
            self.refuse(Flaw::Limit("the length of all names in one record", self.names, MAX_NAMES));
        }
    }

    /// Adds a value within the one named so far.
    fn within(&mut self, name: &str, value: String) {
        let outer = self.path.len();
        self.step(name);
        self.push(value);
        self.path.truncate(outer);
    }

    fn push(&mut self, value: String) {
        if self.cells.len() == MAX_COLUMNS {
            self.refuse(Flaw::Limit("the number of values in one record", MAX_COLUMNS + 1, MAX_COLUMNS));
        }
        if self.flaw.is_none() {
            self.cells.push((self.path.clone(), Some(value).filter(|value| !value.is_empty())));
        }
    }

    fn weigh(&mut self, bytes: usize) {
        self.bytes += bytes;
        if self.bytes > MAX_RECORD {
            self.refuse(Flaw::Limit("the length of one record", self.bytes, MAX_RECORD));
        }
    }

    /// Keeps why the record is not read, and nothing else of it.
    fn refuse(&mut self, flaw: Flaw) {
        self.flaw.get_or_insert(flaw);
        (self.seen, self.cells) = Default::default();
        self.open.iter_mut().for_each(|open| open.text = String::new());
    }
}

/// The numbers of a place such as `13.40,52.52,0`, if the value called `path` is one.
fn place<'a>(path: &str, text: &'a str) -> Option<Vec<&'a str>> {
    let name = path.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.');
    let numbers: Vec<&str> = text.split(',').take(AXES.len() + 1).map(str::trim).collect();
    let sound = (2..=AXES.len()).contains(&numbers.len())
        && name.ends_with("coordinates")
        && numbers.iter().all(|number| number.parse::<f64>().is_ok());
    sound.then_some(numbers)
}
