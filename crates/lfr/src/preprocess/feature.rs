//! What encoded features stand for, for people to read.

use super::number::unsquash;
use super::reading::ordinal;

/// What one encoded feature stands for.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// The column of the table.
    pub column: String,
    /// Which part of it.
    pub part: Part,
}

/// The part of a column that one feature encodes.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Its number; 0 stands for `center`, 1 for `center + spread`.
    Number {
        /// In the column's unit.
        center: f64,
        /// In the column's unit.
        spread: f64,
    },
    /// One of the numbers in its cells; 0 stands for `center`, 1 for `center + spread`.
    Piece {
        /// Which of them, from 0.
        place: usize,
        /// In the column's unit.
        center: f64,
        /// In the column's unit.
        spread: f64,
    },
    /// Its date; 0 stands for `center`, 1 for `center + spread`.
    Moment {
        /// In seconds since 1970.
        center: f64,
        /// In seconds.
        spread: f64,
    },
    /// How long its period takes; 0 stands for `center`, 1 for `center + spread`.
    Length {
        /// In seconds.
        center: f64,
        /// In seconds.
        spread: f64,
    },
    /// A coordinate of its day of the week on a circle.
    DayOfWeek,
    /// A coordinate of its time of day on a circle.
    TimeOfDay,
    /// A coordinate of its day of the year on a circle.
    DayOfYear,
    /// Whether its value is missing.
    Missing,
    /// Whether its value is the limit of a measurement (`<0.5`).
    Limit,
    /// Whether its date stands for none (`9999-12-31`).
    Sentinel,
    /// Whether it has this level; the level `""` is a missing value.
    Level(String),
    /// Whether it has a level that is rare or was never seen in training.
    Other,
}

impl Feature {
    /// A name to show: `age`, `age missing`, `colour = red`, `colour other`.
    pub fn name(&self) -> String {
        match &self.part {
            Part::Number { .. } | Part::Moment { .. } => self.column.clone(),
            Part::Piece { place, .. } => format!("{} ({})", self.column, ordinal(*place)),
            Part::Length { .. } => format!("{} length", self.column),
            Part::DayOfWeek => format!("{} day of week", self.column),
            Part::TimeOfDay => format!("{} time of day", self.column),
            Part::DayOfYear => format!("{} day of year", self.column),
            Part::Limit => format!("{} limit", self.column),
            Part::Sentinel => format!("{} no date", self.column),
            Part::Missing => format!("{} missing", self.column),
            Part::Level(level) if level.is_empty() => format!("{} missing", self.column),
            Part::Level(level) => format!("{} = {level}", self.column),
            Part::Other => format!("{} other", self.column),
        }
    }

    /// The encoded value in the column's own unit; `None` for parts that have none.
    pub fn original(&self, encoded: f32) -> Option<f64> {
        match self.part {
            Part::Number { center, spread }
            | Part::Moment { center, spread }
            | Part::Length { center, spread }
            | Part::Piece { center, spread, .. } => Some(center + spread * unsquash(f64::from(encoded))),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::number::squash;

    fn feature(part: Part) -> Feature {
        Feature { column: "age".into(), part }
    }

    #[test]
    fn names_tell_column_and_part() {
        let name = |part| feature(part).name();
        assert_eq!(name(Part::Number { center: 0.0, spread: 1.0 }), "age");
        assert_eq!(name(Part::Missing), "age missing");
        assert_eq!(name(Part::Level("old".into())), "age = old");
        assert_eq!(name(Part::Level(String::new())), "age missing");
        assert_eq!(name(Part::Other), "age other");
    }

    #[test]
    fn numbers_lead_back_to_their_unit() {
        let age = feature(Part::Number { center: 40.0, spread: 2.0 });
        for years in [41.0, 40.0, -1000.0, 1e6] {
            let encoded = squash((years - 40.0) / 2.0) as f32;
            let found = age.original(encoded).unwrap();
            assert!((found - years).abs() < 1e-4 * f64::abs(years), "{found} for {years}");
        }
        assert_eq!(feature(Part::Missing).original(1.0), None);
    }
}
