//! What a column leaves in doubt: decimal sign and order of dates, and what the rest of the file says about them.

use super::tally::{Dates, Tally};
use super::{DateOrder, Decimal};

/// What the other columns of a file, or the file itself, say about the decimal sign.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::preprocess) struct Hints {
    /// Whether numbers have a decimal point whatever they look like, as in JSON.
    pub point_for_certain: bool,
    /// Columns with a certain decimal point.
    pub point: usize,
    /// Columns with a certain decimal comma.
    pub comma: usize,
    /// Columns with dates that have the day first for certain.
    pub day_first: usize,
    /// Columns with dates that have the month first for certain.
    pub month_first: usize,
}

impl Hints {
    /// What one column says.
    pub fn of(tally: &Tally<'_>) -> Self {
        let (numbers, dates) = (&tally.numbers, [&tally.dates, &tally.periods.dates]);
        let [_, day, month] =
            [0, 1, 2].map(|place| dates.iter().map(|dates| dates.orders[place]).sum::<usize>());
        Self {
            point_for_certain: false,
            point: usize::from(numbers.point > numbers.comma),
            comma: usize::from(numbers.comma > numbers.point),
            day_first: usize::from(day > month),
            month_first: usize::from(month > day),
        }
    }

    /// What both say.
    pub fn and(self, other: Self) -> Self {
        Self {
            point_for_certain: self.point_for_certain || other.point_for_certain,
            point: self.point + other.point,
            comma: self.comma + other.comma,
            day_first: self.day_first + other.day_first,
            month_first: self.month_first + other.month_first,
        }
    }
}

/// The decimal sign: what the column's own numbers leave no doubt of, else what the file says, else the likelier.
pub(super) fn decimal(tally: &Tally<'_>, hints: Hints) -> (Decimal, Option<String>) {
    let numbers = &tally.numbers;
    let file = match (hints.point, hints.comma) {
        (point, comma) if comma > point => Some(Decimal::Comma),
        (point, comma) if point > comma => Some(Decimal::Point),
        _ => None,
    };
    let doubtful = numbers.either_point + numbers.either_comma + numbers.grouped > 0;
    if numbers.point > 0 && numbers.comma > 0 && !doubtful {
        let remark = format!(
            "{} of its numbers have a decimal point and {} a decimal comma; both are read",
            numbers.point, numbers.comma
        );
        return (Decimal::Either, Some(remark));
    }
    if numbers.point != numbers.comma {
        return (if numbers.comma > numbers.point { Decimal::Comma } else { Decimal::Point }, None);
    }
    if hints.point_for_certain && numbers.either_comma == 0 {
        return (Decimal::Point, None);
    }
    // Thousands are set apart in numbers from 1000 on and in no others, and numbers of a column are of like size.
    let (decimal, sure) = match (numbers.either_point > 0, numbers.either_comma > 0) {
        (false, false) => return (file.unwrap_or_default(), None),
        (true, false) => {
            let thousands = numbers.long == 0 && numbers.thousands_fit() == Some(true);
            let own = if thousands { Decimal::Comma } else { Decimal::Point };
            (file.unwrap_or(own), thousands == (file == Some(Decimal::Comma)))
        }
        (false, true) if numbers.thousands_fit() == Some(false) => {
            (file.unwrap_or(Decimal::Comma), file == Some(Decimal::Comma))
        }
        // Semicolons between the fields leave little doubt about commas within them, but for numbers of another size.
        (false, true) if file == Some(Decimal::Comma) => {
            (Decimal::Comma, numbers.thousands_fit() != Some(true))
        }
        (point, _) => (file.unwrap_or_default(), !point || file != Some(Decimal::Comma)),
    };
    let (sign, example) = if numbers.either_point > 0 { ('.', "2.155") } else { (',', "2,155") };
    let whole = (sign == '.') == (decimal == Decimal::Comma);
    let meaning = if whole {
        format!("thousands ({example} is 2155)")
    } else {
        format!("decimals ({example} is two and a bit)")
    };
    let remark = format!(
        "`{sign}` before three digits is read as {meaning}; --columns NAME=number:point or number:comma decides"
    );
    (decimal, (!sure).then_some(remark))
}

/// The order of day, month and year: the one that reads most dates, else what the file says, else the likelier.
pub(super) fn order(dates: &Dates, hints: Hints) -> (DateOrder, Option<String>) {
    let [year, day, month] = dates.orders;
    if year >= day.max(month) && dates.is_year_first() || year > day.max(month) {
        return (DateOrder::YearFirst, None);
    }
    if day != month {
        return (if day > month { DateOrder::DayFirst } else { DateOrder::MonthFirst }, None);
    }
    let order = if hints.month_first > hints.day_first { DateOrder::MonthFirst } else { DateOrder::DayFirst };
    let (read, other) = match order {
        DateOrder::MonthFirst => ("month/day/year", "dmy"),
        _ => ("day/month/year", "mdy"),
    };
    let remark = format!(
        "its dates could have the day or the month first; read as {read} (--columns NAME=date:{other} for the other)"
    );
    (order, Some(remark))
}
