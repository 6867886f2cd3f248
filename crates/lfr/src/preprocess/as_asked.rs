//! How the user says a column is to be read.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::reading::{DateOrder, Decimal, Labelled, NumberFormat, Reading};
use crate::error::Error;

/// What `--columns NAME=...` asks of a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum AsAsked {
    /// Numbers; the decimal sign is detected unless given.
    Number(Option<Decimal>),
    /// Dates; the order of day, month and year is detected unless given.
    Date(Option<DateOrder>),
    /// Seconds since 1970.
    Epoch,
    /// Milliseconds since 1970.
    EpochMilliseconds,
    /// Times of day.
    Time,
    /// Hours, minutes and seconds without an end of day.
    Duration,
    /// Yes and no.
    Boolean,
    /// One of some levels, numbers too.
    Category,
    /// Left out.
    Ignore,
}

/// Every spelling.
const SPELLINGS: [(&str, AsAsked); 15] = [
    ("number", AsAsked::Number(None)),
    ("number:point", AsAsked::Number(Some(Decimal::Point))),
    ("number:comma", AsAsked::Number(Some(Decimal::Comma))),
    ("date", AsAsked::Date(None)),
    ("date:ymd", AsAsked::Date(Some(DateOrder::YearFirst))),
    ("date:dmy", AsAsked::Date(Some(DateOrder::DayFirst))),
    ("date:mdy", AsAsked::Date(Some(DateOrder::MonthFirst))),
    ("date:epoch", AsAsked::Epoch),
    ("date:epoch-ms", AsAsked::EpochMilliseconds),
    ("time", AsAsked::Time),
    ("duration", AsAsked::Duration),
    ("boolean", AsAsked::Boolean),
    ("yes-no", AsAsked::Boolean),
    ("category", AsAsked::Category),
    ("ignore", AsAsked::Ignore),
];

impl AsAsked {
    /// The reading of strings; `detected` gives what was left to detection. `None` for words.
    pub(super) fn reading(self, detected: Option<Reading>) -> Option<Reading> {
        let (label, format) = match &detected {
            Some(Reading::Written(format)) => (None, Some(format.clone())),
            Some(Reading::Labelled(Labelled { label, format })) => {
                (Some(label.clone()), Some(format.clone()))
            }
            _ => (None, None),
        };
        if self == Self::Date(None) && matches!(detected, Some(Reading::DayOfYear | Reading::SolarHijri)) {
            return detected;
        }
        let order = match detected {
            Some(Reading::Moment(order)) => order,
            _ => DateOrder::YearFirst,
        };
        match self {
            Self::Number(decimal) => {
                let found = format.unwrap_or_default();
                let format = NumberFormat { decimal: decimal.unwrap_or(found.decimal), ..found };
                Some(match label {
                    Some(label) => Reading::Labelled(Labelled { label, format }),
                    None => Reading::Written(format),
                })
            }
            Self::Date(asked) => Some(Reading::Moment(asked.unwrap_or(order))),
            Self::Epoch => Some(Reading::EpochSeconds),
            Self::EpochMilliseconds => Some(Reading::EpochMilliseconds),
            Self::Time => Some(Reading::TimeOfDay),
            Self::Duration => Some(Reading::Duration),
            Self::Boolean => Some(Reading::Boolean),
            Self::Category | Self::Ignore => None,
        }
    }

    /// How to ask for a reading that was detected; several numbers in a cell and periods cannot be asked for, but categories always can.
    pub(super) fn for_reading(detected: Option<&Reading>) -> Self {
        match detected {
            Some(Reading::Number | Reading::DecimalComma | Reading::Written(_) | Reading::Labelled(_)) => {
                Self::Number(None)
            }
            Some(Reading::Date | Reading::Moment(_) | Reading::DayOfYear | Reading::SolarHijri) => {
                Self::Date(None)
            }
            Some(Reading::EpochSeconds) => Self::Epoch,
            Some(Reading::EpochMilliseconds) => Self::EpochMilliseconds,
            Some(Reading::TimeOfDay) => Self::Time,
            Some(Reading::Duration | Reading::MinutesSeconds) => Self::Duration,
            Some(Reading::Boolean) => Self::Boolean,
            Some(Reading::Piece(_) | Reading::Period(_)) | None => Self::Category,
        }
    }
}

impl FromStr for AsAsked {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let found = SPELLINGS.iter().find(|(name, _)| *name == text);
        found.map(|&(_, asked)| asked).ok_or_else(|| {
            let names: Vec<_> = SPELLINGS.iter().map(|(name, _)| *name).collect();
            Error::config("columns", text, format!("not a reading; choose one of {}", names.join(", ")))
        })
    }
}

impl TryFrom<String> for AsAsked {
    type Error = Error;

    fn try_from(text: String) -> Result<Self, Error> {
        text.parse()
    }
}

impl From<AsAsked> for String {
    fn from(asked: AsAsked) -> Self {
        let found = SPELLINGS.iter().find(|(_, known)| *known == asked);
        found.map_or_else(String::new, |(name, _)| (*name).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_comes_back() {
        for (name, asked) in SPELLINGS {
            assert_eq!(name.parse::<AsAsked>().unwrap(), asked);
            assert_eq!(String::from(asked).parse::<AsAsked>().unwrap(), asked);
        }
        let message = "numbre".parse::<AsAsked>().unwrap_err().to_string();
        assert!(message.contains("date:dmy"), "{message}");
    }
}
