//! Detects what a column of a table holds.

mod doubts;
mod refused;
#[cfg(test)]
mod tests;
mod values;
mod wholes;
mod words;

use self::refused::refusal;
use super::as_asked::AsAsked;
use super::cells::{Cells, Sort};
use super::encoding::Encoding;
use super::reading::{
    DateOrder, Decision, Hints, NumberFormat, Reading, Tally, decide, format, joined_remarks, labelled,
};
use super::summary::{AS_ASKED, ColumnReading};
use super::table::TableOptions;
use crate::error::Result;

/// What is made of a column.
pub(super) struct Finding {
    /// `None`: it is of no use.
    pub encoding: Option<Encoding>,
    /// Whether it tells rows apart no better than their order does: taken only when there is nothing better.
    pub idle: bool,
    /// How it was read.
    pub reading: ColumnReading,
    /// Whether all its values are 0 or 1.
    pub binary: bool,
}

/// A column before the decision: its cells and, of text, what they look like.
pub(super) struct Looked<'a> {
    name: &'a str,
    asked: Option<AsAsked>,
    cells: Option<&'a [Cells]>,
    kind: String,
    tally: Option<Tally<'a>>,
}

impl<'a> Looked<'a> {
    /// Looks at all cells of the column `name`, given in one or more runs; no cells for a type that has no reading.
    pub fn at(name: &'a str, asked: Option<AsAsked>, cells: Option<&'a [Cells]>, kind: String) -> Self {
        let text = |cells: &&'a [Cells]| cells.iter().any(|cells| matches!(cells, Cells::Strings(_)));
        let strings = cells.filter(text).into_iter().flatten().filter_map(|cells| match cells {
            Cells::Strings(strings) => Some(strings),
            _ => None,
        });
        let is_no_temperature = !names_temperature(name);
        let tally = cells.filter(text).map(|_| Tally { is_no_temperature, ..Tally::of(strings.flatten()) });
        Self { name, asked, cells, kind, tally }
    }

    /// What it says about the file.
    pub fn hints(&self) -> Hints {
        self.tally.as_ref().map(Hints::of).unwrap_or_default()
    }

    /// What is made of it, with what the whole file says.
    ///
    /// # Errors
    /// [`Error::Config`](crate::Error::Config) where none of its cells can be read as asked.
    pub fn settle(self, hints: Hints, options: &TableOptions) -> Result<Finding> {
        let reading = ColumnReading { name: self.name.to_owned(), ..ColumnReading::default() };
        let Some(cells) = self.cells else {
            return Ok(Finding::useless(
                reading,
                format!("it holds {}, neither numbers nor text", self.kind),
            ));
        };
        let reading = ColumnReading { cells: cells.iter().map(Cells::len).sum(), ..reading };
        match self.asked {
            Some(AsAsked::Ignore) => return Ok(Finding::useless(reading, AS_ASKED.into())),
            Some(AsAsked::Category) => return Ok(Finding::levels(cells, reading, options.max_levels)),
            _ => {}
        }
        let (detected, marks, remark) = match &self.tally {
            None => (Some(typed(cells)), Vec::new(), None),
            Some(tally) if tally.given == 0 => {
                let missing = reading.cells;
                let bytes = self.kind.contains("Binary");
                let reason =
                    if bytes { "it holds bytes that are no text" } else { "all its values are missing" };
                return Ok(Finding::useless(ColumnReading { missing, ..reading }, reason.into()));
            }
            Some(tally) => match self.decision(tally, hints, options.numeric_share) {
                Decision::Values { reading, marks, remark } => (Some(reading), marks, remark),
                Decision::Words(remark) => (None, Vec::new(), remark),
            },
        };
        let asked = self.asked.and_then(|asked| asked.reading(detected.clone()));
        if let Some((how, asked)) = asked.as_ref().zip(self.asked)
            && let Some(error) = refusal(self.name, cells, asked, how, detected.as_ref())
        {
            return Err(error);
        }
        let doubts = self.tally.as_ref().zip(detected.as_ref());
        let doubts = doubts.and_then(|(tally, found)| doubts::of(self.name, cells, tally, found));
        let remark = if asked.is_some() { None } else { joined_remarks([remark, doubts]) };
        Ok(match asked.or(detected) {
            Some(values) => {
                let asked = self.asked.is_some();
                let format = match &self.tally {
                    Some(tally) if !asked => format(&values, tally),
                    _ => values.describe(),
                };
                Finding::values(cells, &values, &marks, ColumnReading { format, remark, ..reading }, asked)
            }
            None => {
                let bytes = self.tally.map_or(0, |tally| tally.bytes);
                Finding::words(cells, ColumnReading { remark, ..reading }, bytes, options.max_levels)
            }
        })
    }

    /// What its text is; asked for numbers, those behind a label are some however few they are.
    fn decision(&self, tally: &Tally<'_>, hints: Hints, share: f64) -> Decision {
        match (decide(tally, hints, share), self.asked) {
            (Decision::Words(remark), Some(AsAsked::Number(_))) => {
                labelled(tally, hints, share, 0).unwrap_or(Decision::Words(remark))
            }
            (decision, _) => decision,
        }
    }
}

/// Whether the name of a column suggests temperatures.
fn names_temperature(name: &str) -> bool {
    let name = name.to_lowercase();
    ["temp", "°", "celsius", "fahrenheit"].iter().any(|word| name.contains(word))
}

/// How cells that the file has typed are read.
fn typed(cells: &[Cells]) -> Reading {
    match cells.first() {
        Some(Cells::Moments { sort: Sort::Clock, .. }) => Reading::TimeOfDay,
        Some(Cells::Moments { .. }) => Reading::Moment(DateOrder::YearFirst),
        _ => Reading::Written(NumberFormat::default()),
    }
}

impl Finding {
    fn useless(reading: ColumnReading, reason: String) -> Self {
        let reading = ColumnReading { left_out: Some(reason), ..reading };
        Self { encoding: None, idle: false, reading, binary: false }
    }
}
