//! Lines that say what their values are: `key=value`, logs of web servers, calendars.

mod access;
mod calendar;
mod pairs;

use std::path::{Path, PathBuf};

use self::calendar::Event;
use super::keyed::{self, Records, Row};
use super::object::{Cell, Flaw};
use super::stream::{self, Text};
use super::{Notes, Options, Source, encoding};
use crate::error::Result;

/// Lines looked at.
const LINES: usize = 100;

/// What the lines are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// `level=info user=7`
    Pairs,
    /// The common and the combined log format of web servers.
    Access,
    /// An iCalendar file, whose events are the records.
    Calendar,
}

impl Form {
    /// The form of the text that begins with `start`; `whole` tells that there is no more of it. All but one in twenty
    /// of its first lines have to be of the form, and three at least.
    pub fn find(start: &[u8], whole: bool) -> Option<Self> {
        if calendar::begins(start) {
            return Some(Self::Calendar);
        }
        let mut lines: Vec<&[u8]> = start.split(|&byte| byte == b'\n').collect();
        if !whole {
            lines.pop();
        }
        let lines = lines.into_iter().map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
        let lines: Vec<_> = lines.take(LINES).map(|line| encoding::text(line).0).collect();
        let most = |cells: fn(&str) -> Option<Vec<Cell>>| {
            let fit = lines.iter().filter(|line| cells(line).is_some()).count();
            fit > 2 && 20 * fit >= 19 * lines.len()
        };
        [(Self::Access, access::cells as fn(&str) -> _), (Self::Pairs, pairs::cells)]
            .into_iter()
            .find_map(|(form, cells)| most(cells).then_some(form))
    }

    fn note(self) -> &'static str {
        match self {
            Self::Pairs => "read as a table of key=value pairs; --kind text takes every line for a document",
            Self::Access => "read as the log of a web server; --kind text takes every line for a document",
            Self::Calendar => "read as a calendar; each event is a row",
        }
    }
}

/// The lines or events of a file, numbered from 0. Blank lines are skipped, others that are not of the form left out.
pub(super) fn open(path: &Path, form: Form, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    notes.add(form.note());
    let open = || {
        let text = stream::open(path, options.encoding.as_deref(), &notes)?;
        Ok(Fields { path: path.to_owned(), text, form, line: Vec::new(), read: 0, events: 0, foreign: 0 })
    };
    keyed::source(path, options, &notes, &[], open)
}

/// The records of a file.
struct Fields {
    path: PathBuf,
    text: Text,
    form: Form,
    line: Vec<u8>,
    /// Lines read so far.
    read: u64,
    /// Events read so far.
    events: u64,
    foreign: usize,
}

impl Fields {
    /// The next line as text; `None` after the last.
    fn line(&mut self) -> Result<Option<String>> {
        if !stream::line(&self.path, &mut self.text, &mut self.line, self.read)? {
            return Ok(None);
        }
        self.read += 1;
        let (line, foreign) = encoding::text(&self.line);
        self.foreign += usize::from(foreign);
        Ok(Some(line.into_owned()))
    }

    /// The next line that is not blank, as a record.
    fn record(&mut self, cells: fn(&str) -> Option<Vec<Cell>>) -> Result<Option<Row>> {
        loop {
            let Some(line) = self.line()? else { return Ok(None) };
            if line.trim().is_empty() {
                continue;
            }
            let flaw = || Flaw::Record(format!("line {} is not like the others", self.read));
            let cells = cells(line.trim()).ok_or_else(flaw);
            return Ok(Some(Row { number: self.read - 1, bytes: line.len(), cells }));
        }
    }

    fn event(&mut self) -> Result<Option<Row>> {
        let mut event = Event::default();
        while let Some(line) = self.line()? {
            if event.add(&line) {
                self.events += 1;
                let bytes = event.length;
                return Ok(Some(Row { number: self.events - 1, bytes, cells: event.cells() }));
            }
        }
        let cut = || Err(Flaw::Record("the file ends within this event".into()));
        Ok(event.is_open().then(|| Row { number: self.events, bytes: event.length, cells: cut() }))
    }
}

impl Records for Fields {
    fn next(&mut self) -> Result<Option<Row>> {
        match self.form {
            Form::Pairs => self.record(pairs::cells),
            Form::Access => self.record(access::cells),
            Form::Calendar => self.event(),
        }
    }

    fn foreign(&self) -> usize {
        self.foreign
    }

    fn refusal(&self, reason: &str) -> String {
        reason.to_owned()
    }
}

#[cfg(test)]
mod tests;
