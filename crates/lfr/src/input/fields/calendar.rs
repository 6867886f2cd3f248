//! The events of an iCalendar file.

use chrono::{NaiveDate, NaiveDateTime};

use crate::input::object::{Cell, Flaw};

/// Most bytes kept of an event.
const MAX_EVENT: usize = 1 << 20;
/// Properties that are not looked at: they name the event or its version.
const NAMES: &[&str] = &["UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE", "BEGIN", "END"];

/// Whether a text begins as a calendar does.
pub(super) fn begins(start: &[u8]) -> bool {
    start.trim_ascii_start().get(..15).is_some_and(|start| start.eq_ignore_ascii_case(b"BEGIN:VCALENDAR"))
}

/// An event, read line by line.
#[derive(Default)]
pub(super) struct Event {
    inside: bool,
    /// Depth of what is within the event, such as its alarms.
    within: usize,
    lines: Vec<String>,
    /// Its length in bytes.
    pub length: usize,
}

impl Event {
    /// Whether it has begun.
    pub fn is_open(&self) -> bool {
        self.inside
    }

    /// Takes a line of the file; `true` when the event ends with it.
    pub fn add(&mut self, line: &str) -> bool {
        let is = |mark: &str| line.trim_end().eq_ignore_ascii_case(mark);
        if !self.inside {
            self.inside = is("BEGIN:VEVENT");
            return false;
        }
        if self.within == 0 && is("END:VEVENT") {
            return true;
        }
        let starts =
            |mark: &str| line.get(..mark.len()).is_some_and(|start| start.eq_ignore_ascii_case(mark));
        if starts("BEGIN:") {
            self.within += 1;
        } else if starts("END:") {
            self.within = self.within.saturating_sub(1);
        } else if self.within == 0 {
            self.length += line.len();
            if self.length > MAX_EVENT {
                self.lines.clear();
            }
            match (line.strip_prefix([' ', '\t']), self.lines.last_mut()) {
                (Some(rest), Some(last)) => last.push_str(rest),
                _ => self.lines.push(line.to_owned()),
            }
        }
        false
    }

    /// The properties, by their names in lower case: times as such, how long it takes in hours, and how often one comes
    /// that may come several times.
    ///
    /// # Errors
    /// [`Flaw::Record`] for an event beyond a limit.
    pub fn cells(self) -> Result<Vec<Cell>, Flaw> {
        if self.length > MAX_EVENT {
            return Err(Flaw::Record(format!("an event longer than {} MiB", MAX_EVENT >> 20)));
        }
        let mut cells: Vec<Cell> = Vec::new();
        let (mut start, mut end) = (None, None);
        for line in &self.lines {
            let Some((name, value)) = property(line) else { continue };
            let time = time(value);
            match name.as_str() {
                "DTSTART" => start = time,
                "DTEND" => {
                    end = time;
                    continue;
                }
                name if NAMES.contains(&name) => continue,
                _ => {}
            }
            let text = time.map_or_else(|| plain(value), |time| time.to_string());
            let name = name.to_lowercase();
            match cells.iter_mut().find(|(known, _)| *known == name) {
                Some((_, value)) => {
                    let count = value.as_deref().and_then(|value| value.strip_suffix(" times"));
                    let count = count.and_then(|count| count.parse::<u32>().ok()).unwrap_or(1);
                    *value = Some(format!("{} times", count + 1));
                }
                None => cells.push((name, Some(text).filter(|text| !text.is_empty()))),
            }
        }
        if let (Some(start), Some(end)) = (start, end) {
            let hours = (end - start).num_minutes() as f64 / 60.0;
            cells.push(("hours".to_owned(), Some(hours.to_string())));
        }
        Ok(cells)
    }
}

/// The name of a property in upper case, without parameters, and its value.
fn property(line: &str) -> Option<(String, &str)> {
    let mut quoted = false;
    let colon = line.char_indices().find(|&(_, c)| {
        quoted ^= c == '"';
        c == ':' && !quoted
    })?;
    let (name, value) = (&line[..colon.0], &line[colon.0 + 1..]);
    let name = name.split(';').next()?.trim();
    let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    plain.then(|| (name.to_uppercase(), value.trim_end()))
}

/// A day or a time such as `20240317T113000Z`; that of a zone stays as it is.
fn time(value: &str) -> Option<NaiveDateTime> {
    let value = value.strip_suffix('Z').unwrap_or(value);
    let day = || NaiveDate::parse_from_str(value, "%Y%m%d").ok()?.and_hms_opt(0, 0, 0);
    let digits = |count: usize| value.len() == count && value.starts_with(|c: char| c.is_ascii_digit());
    match digits(8) {
        true => day(),
        false if digits(15) => NaiveDateTime::parse_from_str(value, "%Y%m%dT%H%M%S").ok(),
        false => None,
    }
}

/// A text without its escapes.
fn plain(value: &str) -> String {
    value
        .replace("\\n", "\n")
        .replace("\\N", "\n")
        .replace("\\,", ",")
        .replace("\\;", ";")
        .replace("\\\\", "\\")
}
