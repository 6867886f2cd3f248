//! What the cells of a column are to its features, and what is odd about them.

use super::cells::{Cells, is_usable};
use super::reading::{Cell, Period, Reading, is_sentinel};

/// A cell as a feature sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// A usable number.
    Value(f64),
    /// The limit of a measurement.
    Limit(f64),
    /// No value.
    Missing,
    /// Something else than a number, which counts as missing.
    Unread,
    /// A date that stands for none.
    Sentinel,
    /// The mark of this place.
    Mark(usize),
}

/// What scoring saw that training did not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Oddity {
    /// Rows.
    pub rows: usize,
    /// Cells that could not be read.
    pub unread: usize,
    /// Missing cells in a column that had none.
    pub missing: usize,
    /// Values beyond the range of training.
    pub beyond: usize,
    /// Levels that training did not have.
    pub unknown: usize,
    /// Places of the rows whose cell has no value, in a column where every cell of training had one.
    pub gaps: Vec<usize>,
}

impl Oddity {
    /// Adds what other rows had.
    pub fn add(&mut self, other: Self) {
        self.gaps.extend(other.gaps.into_iter().map(|place| self.rows + place));
        self.rows += other.rows;
        self.unread += other.unread;
        self.missing += other.missing;
        self.beyond += other.beyond;
        self.unknown += other.unknown;
    }
}

/// The cells of a column as features see them.
pub fn seen<'a>(
    cells: &'a Cells,
    reading: &'a Reading,
    marks: impl Iterator<Item = &'a str>,
) -> Box<dyn Iterator<Item = Seen> + 'a> {
    let dates =
        matches!(reading, Reading::Moment(_) | Reading::Period(Period { order: Some(_), length: false }));
    let judge = move |cell: Cell| match cell {
        Cell::Value(value) if dates && is_sentinel(value) => Seen::Sentinel,
        Cell::Value(value) if is_usable(value) => Seen::Value(value),
        Cell::Limit(value) if is_usable(value) => Seen::Limit(value),
        Cell::Value(value) if value.is_nan() => Seen::Missing,
        Cell::Missing => Seen::Missing,
        Cell::Value(_) | Cell::Limit(_) | Cell::Unread => Seen::Unread,
    };
    let marks: Vec<&str> = marks.collect();
    // A mark that is a number (-999) is one however it is written.
    let numeric = matches!(reading, Reading::Written(_) | Reading::Number);
    let values: Vec<f64> =
        marks.iter().map(|mark| mark.parse().ok().filter(|_| numeric).unwrap_or(f64::NAN)).collect();
    let judge = move |cell: Cell| match cell {
        Cell::Value(value) if values.contains(&value) => {
            Seen::Mark(values.iter().position(|mark| *mark == value).unwrap_or_default())
        }
        cell => judge(cell),
    };
    match cells {
        Cells::Strings(strings) if !marks.is_empty() => Box::new(strings.iter().map(move |text| {
            let mark = text.and_then(|text| marks.iter().position(|mark| *mark == text.trim()));
            mark.map_or_else(|| judge(text.map_or(Cell::Missing, |text| reading.read(text))), Seen::Mark)
        })),
        _ => Box::new(cells.read_as(reading).map(judge)),
    }
}
