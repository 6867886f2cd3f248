//! The records of a delimited file that are rows, numbered as in the file.

use std::io;
use std::ops::RangeInclusive;

use csv::{ByteRecord, Reader, StringRecord};

use super::file::{File, Meter};
use super::say_repeated;
use crate::error::{Error, Result};
use crate::input::figures::Sums;
use crate::input::stream::{self, MAX_RECORD, Text};
use crate::input::{Notes, cut, encoding};

/// The records of a file that are not empty, with the numbers of their rows.
pub(super) struct Rows {
    pub(super) file: File,
    pub(super) reader: Reader<Meter<Text>>,
    /// Fields that a record may have: the last need not be there where rows end with a delimiter.
    pub(super) width: RangeInclusive<usize>,
    /// Fields of a record to which nothing is added.
    pub(super) full: usize,
    /// The row of names.
    pub(super) names: Option<ByteRecord>,
    /// Lines before the first row.
    pub(super) lines: u64,
    /// Number of the next row.
    pub(super) row: u64,
    /// The line in which the last record begins.
    pub(super) line: u64,
    /// Whether the last record goes over several lines.
    pub(super) spans_lines: bool,
    /// Rows without content so far.
    pub(super) empty: usize,
    /// Rows so far that are the names once more.
    pub(super) repeated: usize,
    /// Rows so far that lack their last cells.
    pub(super) filled: usize,
    /// Records that were not UTF-8 so far.
    pub(super) foreign: usize,
}

/// A record on its way.
pub(super) struct Pending {
    pub(super) row: u64,
    pub(super) line: u64,
    pub(super) record: ByteRecord,
}

impl Rows {
    /// The next record, in the memory of `spare`.
    pub(super) fn next(&mut self, spare: ByteRecord) -> Result<Option<Pending>> {
        let mut record = spare;
        while self.advance(&mut record)? {
            self.row += 1;
            record = cut::unmarked(record);
            if record.as_slice().trim_ascii_start().is_empty() {
                self.empty += 1;
            } else if self.names.as_ref().is_some_and(|names| *names == record) {
                self.repeated += 1;
            } else if !(cut::is_frame(&record) || (cut::is_rule(&record) && !self.fits(&record))) {
                return Ok(Some(Pending { row: self.row - 1, line: self.line, record }));
            }
        }
        Ok(None)
    }

    /// Reads a record; `false` after the last.
    fn advance(&mut self, record: &mut ByteRecord) -> Result<bool> {
        let path = &self.file.path;
        let more = self.reader.read_byte_record(record).map_err(|error| match error.kind() {
            csv::ErrorKind::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
                let problem = format!("after line {}: {error}", self.line);
                Error::input(path, problem)
            }
            csv::ErrorKind::Io(error) => stream::broken(path, error),
            _ => Error::input(path, error.to_string()),
        })?;
        if !more && self.spans_lines && self.reader.get_ref().quotes % 2 == 1 {
            let problem = format!("the quoted field that begins in line {} is never closed", self.line);
            return Err(Error::input(path, problem));
        }
        self.spans_lines = record.as_slice().contains(&b'\n');
        self.line = self.lines + record.position().map_or(1, csv::Position::line);
        self.reader.get_mut().left = MAX_RECORD;
        Ok(more)
    }

    /// Whether the record has as many fields as there are columns.
    pub(super) fn fits(&self, record: &ByteRecord) -> bool {
        self.width.contains(&record.len())
    }

    /// Says which rows were left out or filled up.
    pub(super) fn say(&self, notes: &Notes) {
        say_repeated(notes, self.repeated);
        match self.filled {
            0 => {}
            1 => notes.add("1 row lacks its last cells, which count as empty"),
            n => notes.add(format!("{n} rows lack their last cells, which count as empty")),
        }
    }

    /// The record as text; what is not UTF-8 is windows-1252.
    pub(super) fn checked(&mut self, record: ByteRecord) -> StringRecord {
        StringRecord::from_byte_record(record).unwrap_or_else(|error| {
            self.foreign += 1;
            error.into_byte_record().iter().map(|field| encoding::text(field).0).collect()
        })
    }

    /// The figures of all columns over the rows before row number `end`, for which the file is read again.
    pub(super) fn sums(&self, end: u64) -> Result<Sums> {
        let mut again = Self {
            reader: self.file.reader(&Notes::default())?,
            file: self.file.clone(),
            width: self.width.clone(),
            names: self.names.clone(),
            row: 0,
            line: 0,
            spans_lines: false,
            ..*self
        };
        let (mut sums, mut record) = (Sums::default(), ByteRecord::new());
        while let Some(pending) = again.next(record)?.filter(|pending| pending.row < end) {
            if again.fits(&pending.record) {
                let cells: Vec<_> = pending.record.iter().map(|field| encoding::text(field).0).collect();
                sums.add(cells.iter().map(|cell| &**cell));
            }
            record = pending.record;
        }
        Ok(sums)
    }
}
