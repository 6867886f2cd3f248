//! The records of an XML file.

use std::sync::Arc;

use super::cells::{Record, Shape};
use super::choose::Rows;
use super::marks::{Mark, Marks, Tag};
use crate::error::Result;
use crate::input::keyed::{Records, Row};

/// The elements that are the rows of a file.
pub(super) struct Elements {
    marks: Marks,
    rows: Arc<Rows>,
    /// The kinds of the elements that are not yet closed.
    open: Vec<Option<usize>>,
    record: Option<Record>,
    /// Records read so far.
    read: u64,
}

impl Elements {
    /// Those of a file that has these marks and rows.
    pub fn new(marks: Marks, rows: Arc<Rows>) -> Self {
        Self { marks, rows, open: Vec::new(), record: None, read: 0 }
    }

    fn open(&mut self, tag: Tag) {
        let outer = self.open.last().copied().unwrap_or(Some(0));
        let kind = outer.and_then(|outer| self.rows.outline.child(outer, &tag.name));
        self.open.push(kind);
        let shape = kind.and_then(|kind| self.rows.shapes.get(kind)).copied().unwrap_or(Shape::Usual);
        match &mut self.record {
            Some(record) => record.open(tag, shape),
            None if kind.is_some_and(|kind| self.rows.all.contains(&kind)) => {
                self.record = Some(Record::begin(tag, shape));
            }
            None => {}
        }
    }

    /// The record that ends with the element that does.
    fn close(&mut self) -> Option<Row> {
        self.open.pop();
        if !self.record.as_mut()?.close() {
            return None;
        }
        let (bytes, cells) = self.record.take()?.end();
        self.read += 1;
        Some(Row { number: self.read - 1, bytes, cells })
    }
}

impl Records for Elements {
    fn next(&mut self) -> Result<Option<Row>> {
        while let Some(mark) = self.marks.next()? {
            match mark {
                Mark::Open(tag) => self.open(tag),
                Mark::Text(text) => {
                    if let Some(record) = &mut self.record {
                        record.text(&text);
                    }
                }
                Mark::Close => {
                    if let Some(row) = self.close() {
                        return Ok(Some(row));
                    }
                }
            }
        }
        Ok(None)
    }

    fn foreign(&self) -> usize {
        0
    }

    fn refusal(&self, reason: &str) -> String {
        reason.to_owned()
    }
}
