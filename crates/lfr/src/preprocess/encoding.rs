//! How a column becomes features.

use serde::{Deserialize, Serialize};

use super::category::Category;
use super::cells::Cells;
use super::moment::{Moment, TimeOfDay};
use super::number::Number;
use super::pieces::Pieces;
use super::reading::is_missing;
use super::seen::Oddity;
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
    /// The place in the day.
    TimeOfDay(TimeOfDay),
    /// Several scaled numbers.
    Pieces(Pieces),
}

/// So many strings, none of them a number, and a column of numbers is taken for another column.
const EVIDENCE: usize = 16;

impl Encoding {
    /// Features the column becomes.
    pub fn width(&self) -> usize {
        match self {
            Encoding::Number(number) => number.width(),
            Encoding::Category(category) => category.width(),
            Encoding::Moment(moment) => moment.width(),
            Encoding::TimeOfDay(time) => time.width(),
            Encoding::Pieces(pieces) => pieces.width(),
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
        let (oddity, wanted) = match self {
            Encoding::Number(number) => (number.encode(&cells, out, width, at), "numbers"),
            Encoding::Moment(moment) => (moment.encode(&cells, out, width, at), "dates"),
            Encoding::TimeOfDay(time) => (time.encode(&cells, out, width, at), "times of day"),
            Encoding::Pieces(pieces) => match &cells {
                Cells::Strings(_) => (pieces.encode(&cells, out, width, at), "several numbers in each cell"),
                _ => return Err(mismatch(name, "several numbers in each cell", "single numbers or dates")),
            },
            Encoding::Category(category) => {
                return Ok(category.encode(&cells.into_strings(), out, width, at));
            }
        };
        let given = match &cells {
            Cells::Strings(strings) => strings.iter().flatten().filter(|text| !is_missing(text)).count(),
            _ => 0,
        };
        if given >= EVIDENCE && oddity.unread == given {
            return Err(mismatch(name, wanted, "text that is read as none"));
        }
        Ok(oddity)
    }

    /// Whether its numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        match self {
            Encoding::Number(number) => number.is_sound(),
            Encoding::Category(category) => !category.levels.is_empty(),
            Encoding::Moment(moment) => moment.is_sound(),
            Encoding::TimeOfDay(time) => time.is_sound(),
            Encoding::Pieces(pieces) => pieces.is_sound(),
        }
    }
}

fn mismatch(name: &str, expected: &str, found: &str) -> Error {
    Error::Mismatch { what: format!("column `{name}`"), expected: expected.into(), found: found.into() }
}
