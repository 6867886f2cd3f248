//! How a column becomes features.

use serde::{Deserialize, Serialize};

use super::category::Category;
use super::cells::Cells;
use super::moment::{Moment, TimeOfDay};
use super::number::Number;
use super::periods::Periods;
use super::pieces::Pieces;
use super::reading::{is_missing, shown_clock, shown_date};
use super::seen::Oddity;
use super::tags::Tags;
use crate::arrow::array::{Array, ArrayRef};
use crate::error::{Error, Result};

/// How a column becomes features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Encoding {
    /// One scaled number, and flags.
    Number(Number),
    /// One feature a level.
    Category(Category),
    /// A position in time, with the place in the week and the day.
    Moment(Moment),
    /// The place in the day or in the year.
    TimeOfDay(TimeOfDay),
    /// Several scaled numbers.
    Pieces(Pieces),
    /// One feature a word of several in a cell.
    Tags(Tags),
    /// When something starts and how long it takes.
    Periods(Periods),
}

/// So many strings, none of them a number, and a column of numbers is taken for another column.
const EVIDENCE: usize = 16;

/// Letters of a cell that are shown.
const SHOWN: usize = 40;

impl Encoding {
    /// Features the column becomes.
    pub fn width(&self) -> usize {
        match self {
            Encoding::Number(number) => number.width(),
            Encoding::Category(category) => category.width(),
            Encoding::Moment(moment) => moment.width(),
            Encoding::TimeOfDay(time) => time.width(),
            Encoding::Pieces(pieces) => pieces.width(),
            Encoding::Tags(tags) => tags.width(),
            Encoding::Periods(periods) => periods.width(),
        }
    }

    /// Writes the features of `array` into the columns from `at` of the row-major `out` of `width` columns, and tells what
    /// training did not have.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the column `name` is not what it was in training.
    pub fn encode(
        &self,
        name: &str,
        array: &ArrayRef,
        out: &mut [f32],
        width: usize,
        at: usize,
    ) -> Result<Oddity> {
        let cells = Cells::read(array)?
            .ok_or_else(|| mismatch(name, "numbers or text", &array.data_type().to_string()))?;
        let oddity = match self {
            Encoding::Number(number) => number.encode(&cells, out, width, at),
            Encoding::Moment(moment) => moment.encode(&cells, out, width, at),
            Encoding::TimeOfDay(time) => time.encode(&cells, out, width, at),
            Encoding::Pieces(pieces) => match &cells {
                Cells::Strings(_) => pieces.encode(&cells, out, width, at),
                _ => return Err(mismatch(name, "several numbers in each cell", "single numbers or dates")),
            },
            Encoding::Periods(periods) => match &cells {
                Cells::Strings(_) => periods.encode(&cells, out, width, at),
                _ => {
                    return Err(mismatch(name, "a start and an end in each cell", "single numbers or dates"));
                }
            },
            Encoding::Category(category) => {
                return Ok(category.encode(&cells.into_strings(), out, width, at));
            }
            Encoding::Tags(tags) => return Ok(tags.encode(&cells.into_strings(), out, width, at)),
        };
        let Cells::Strings(strings) = &cells else { return Ok(oddity) };
        let mut given = strings.iter().flatten().filter(|text| !is_missing(text));
        let Some(first) = given.next().filter(|_| oddity.unread >= EVIDENCE) else { return Ok(oddity) };
        let others = given.count();
        if oddity.unread == others + 1 {
            let first: String = first.trim().chars().take(SHOWN).collect();
            let found = format!(
                "`{first}` and {others} other cells that cannot be read so; write them as in training, or fit a new model on \
                 data written like these"
            );
            return Err(mismatch(name, &self.wanted(), &found));
        }
        Ok(oddity)
    }

    /// What training had, in words: `dates (year-month-day, 2024-01-02 to 2024-06-30)`.
    fn wanted(&self) -> String {
        let (what, number, shown): (&str, &Number, fn(f64) -> String) = match self {
            Encoding::Number(number) => ("numbers", number, |value| value.to_string()),
            Encoding::Moment(moment) => ("dates", &moment.position, shown_date),
            Encoding::TimeOfDay(time) => ("times of day", &time.number, shown_clock),
            Encoding::Pieces(pieces) => {
                ("several numbers in each cell", pieces.first(), |value| value.to_string())
            }
            Encoding::Periods(periods) => {
                let range = [0, 1].map(|end| periods.end(end).unwrap_or_default()).join(" to ");
                return format!("a start and an end in each cell ({range})");
            }
            Encoding::Category(_) | Encoding::Tags(_) => return "words".into(),
        };
        let format = Some(number.reading.describe()).filter(|format| !format.is_empty());
        let range = number.range.map(|[low, high]| format!("{} to {}", shown(low), shown(high)));
        let about: Vec<String> = format.into_iter().chain(range).collect();
        if about.is_empty() { what.into() } else { format!("{what} ({})", about.join(", ")) }
    }

    /// Whether its numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        match self {
            Encoding::Number(number) => number.is_sound(),
            Encoding::Category(category) => !category.levels.is_empty(),
            Encoding::Moment(moment) => moment.is_sound(),
            Encoding::TimeOfDay(time) => time.is_sound(),
            Encoding::Pieces(pieces) => pieces.is_sound(),
            Encoding::Tags(tags) => tags.is_sound(),
            Encoding::Periods(periods) => periods.is_sound(),
        }
    }
}

fn mismatch(name: &str, expected: &str, found: &str) -> Error {
    Error::Mismatch { what: format!("column `{name}`"), expected: expected.into(), found: found.into() }
}
