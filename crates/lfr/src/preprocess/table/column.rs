//! A column of a fitted table.

use crate::arrow::array::{ArrayRef, RecordBatch};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::preprocess::encoding::Encoding;
use crate::preprocess::feature::{Feature, Part};
use crate::preprocess::moment::{Moment, TimeOfDay};
use crate::preprocess::number::Number;
use crate::preprocess::periods::Start;
use crate::preprocess::reading::DAY;

/// A column as training knew it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Column {
    pub(super) name: String,
    pub(super) encoding: Encoding,
}

impl Column {
    pub(super) fn features(&self) -> Vec<Feature> {
        let parts: Vec<Part> = match &self.encoding {
            Encoding::Number(number) => {
                let value = Part::Number { center: number.center, spread: number.spread };
                [value].into_iter().chain(number.flag_parts()).collect()
            }
            Encoding::Moment(moment) => of_moment(moment),
            Encoding::TimeOfDay(time) => of_time(time),
            Encoding::Periods(periods) => {
                let start = match &periods.start {
                    Start::Moment(moment) => of_moment(moment),
                    Start::TimeOfDay(time) => of_time(time),
                };
                let number = &periods.length;
                let length = Part::Length { center: number.center, spread: number.spread };
                start.into_iter().chain([length]).chain(number.flag_parts()).collect()
            }
            Encoding::Pieces(pieces) => {
                let value = |(place, number): (usize, &Number)| {
                    let value = Part::Piece { place, center: number.center, spread: number.spread };
                    [value].into_iter().chain(number.flag_parts())
                };
                pieces.numbers().iter().enumerate().flat_map(value).collect()
            }
            Encoding::Category(category) => {
                let levels = category.levels.iter().map(|level| Part::Level(level.name.clone()));
                levels.chain([Part::Other]).collect()
            }
            Encoding::Tags(tags) => {
                tags.kept().map(|tag| Part::Level(tag.to_owned())).chain([Part::Other]).collect()
            }
        };
        parts.into_iter().map(|part| Feature { column: self.name.clone(), part }).collect()
    }
}

/// The features of a date.
fn of_moment(moment: &Moment) -> Vec<Part> {
    let number = &moment.position;
    let value = Part::Moment { center: number.center, spread: number.spread };
    let circles = moment
        .circles
        .iter()
        .flat_map(|_| [Part::DayOfWeek, Part::DayOfWeek, Part::TimeOfDay, Part::TimeOfDay]);
    [value].into_iter().chain(number.flag_parts()).chain(circles).collect()
}

/// The features of a time of day or a day of the year.
fn of_time(time: &TimeOfDay) -> Vec<Part> {
    let place = if time.turn() == DAY { Part::TimeOfDay } else { Part::DayOfYear };
    [place.clone(), place].into_iter().chain(time.number.flag_parts()).collect()
}

/// Gives the columns of zeros and ones at these places the root of their mean variance as their scale.
pub(super) fn share_scale(columns: &mut [Column], places: &[usize]) {
    let number = |encoding: &Encoding| match encoding {
        Encoding::Number(number) => Some(number.spread),
        _ => None,
    };
    let spreads: Vec<f64> = places.iter().filter_map(|&place| number(&columns[place].encoding)).collect();
    let common =
        (spreads.iter().map(|spread| spread * spread).sum::<f64>() / spreads.len().max(1) as f64).sqrt();
    for &place in places {
        if let Encoding::Number(number) = &mut columns[place].encoding {
            number.spread = common;
        }
    }
}

/// The columns `names` of `batch`.
pub(super) fn find<'a>(
    batch: &'a RecordBatch,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<&'a ArrayRef>> {
    let mut found = vec![];
    let mut absent = vec![];
    for name in names {
        match batch.column_by_name(name) {
            Some(array) => found.push(array),
            None => absent.push(name.as_str()),
        }
    }
    if absent.is_empty() {
        return Ok(found);
    }
    let schema = batch.schema();
    let present: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    Err(Error::Mismatch {
        what: "columns".into(),
        expected: absent.join(", "),
        found: format!("none of that name among {}", present.join(", ")),
    })
}
