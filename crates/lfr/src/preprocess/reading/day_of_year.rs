//! Days without their year: `17.3.`, `17. März`, `17-Mar`, `Mar 17`.

use chrono::{Datelike, Days, NaiveDate};

use super::date::day_and_month;
use super::names::without_weekday;

/// Days of the year that has all of them.
pub(in crate::preprocess) const YEAR: f64 = 366.0;

/// A year with a 29th of February.
const LEAP: i32 = 2000;

/// Longest day, in bytes.
const LONGEST: usize = 32;

/// How a day is written.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Form {
    /// `17.3.`
    Numbers,
    /// `17 Mar`
    DayFirst,
    /// `Mar 17`
    MonthFirst,
}

/// Days since the first of January.
pub(super) fn day_of_year(text: &str) -> Option<f64> {
    parts(text).map(|(date, _)| f64::from(date.ordinal0()))
}

/// The day as month and day, for people.
pub(in crate::preprocess) fn shown_day(day: f64) -> String {
    let first = NaiveDate::from_yo_opt(LEAP, 1);
    let date = first.and_then(|first| first.checked_add_days(Days::new(day.clamp(0.0, 365.0) as u64)));
    date.map_or_else(String::new, |date| date.format("%m-%d").to_string())
}

fn parts(text: &str) -> Option<(NaiveDate, Form)> {
    let text = text.trim();
    let ends = |text: &str| text.ends_with(|c: char| c.is_ascii_digit() || c == '.' || c.is_alphabetic());
    if text.len() > LONGEST || !ends(text) || !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (day, month, form) = day_and_month(without_weekday(text))?;
    Some((NaiveDate::from_ymd_opt(LEAP, month, day)?, form))
}

/// Counts of the cells of a column that are days without a year, whatever else they are.
#[derive(Default)]
pub(in crate::preprocess) struct DaysOfYear {
    cells: usize,
    /// Cells with the month by name, and those of them with the month first.
    named: usize,
    month_first: usize,
    /// Which months and which days of a month there are, as bits.
    months: u16,
    days: u32,
    /// Whether a day before the 10th has one digit behind its month.
    short: bool,
}

impl DaysOfYear {
    pub fn add(&mut self, text: &str) {
        let Some((date, form)) = parts(text) else { return };
        self.cells += 1;
        self.named += usize::from(form != Form::Numbers);
        self.month_first += usize::from(form == Form::MonthFirst);
        self.months |= 1 << date.month0();
        self.days |= 1 << date.day0();
        let digits = text.bytes().filter(u8::is_ascii_digit).count();
        self.short |= form == Form::MonthFirst && digits == 1;
    }

    /// The cells, if they are nothing else: `1.2.` may number a section, `3 May` may be of one unit, and the numbers of
    /// `Mar 24` may be years.
    pub fn count(&self) -> usize {
        let numbers = self.named == self.cells || self.days >> 12 > 0;
        let named = self.named == 0 || self.months.count_ones() > 1;
        let month_first = self.month_first == 0 || self.short || self.days.count_ones() > 12;
        if numbers && named && month_first { self.cells } else { 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn count(cells: &[&str]) -> usize {
        let mut days = DaysOfYear::default();
        cells.iter().for_each(|cell| days.add(cell));
        days.count()
    }

    #[test]
    fn days_have_no_year() {
        for text in [
            "17.3.",
            "17.03.",
            "17. 3.",
            "17. März",
            "17-Mar",
            "Mar 17",
            "March 17th",
            "17 de marzo",
            "So, 17.3.",
        ] {
            assert_eq!(day_of_year(text), Some(76.0), "{text}");
        }
        assert_eq!((day_of_year("29.2."), day_of_year("31.12.")), (Some(59.0), Some(365.0)));
        for text in [
            "17.3",
            "30.2.",
            "17.13.",
            "Mar-24",
            "Mar 2024",
            "17",
            "17.3.2024",
            "17 km",
            "A 17",
            "1.2.3.",
            "",
        ] {
            assert_eq!(day_of_year(text), None, "{text}");
        }
        assert_eq!(
            (shown_day(76.0), shown_day(0.0), shown_day(f64::NAN)),
            ("03-17".into(), "01-01".into(), "01-01".into())
        );
    }

    #[test]
    fn sections_units_and_months_of_a_year_are_no_days() {
        assert_eq!((count(&["17.3.", "1.4."]), count(&["1.1.", "1.2."])), (2, 0));
        assert_eq!((count(&["17 Mar", "2 Apr"]), count(&["4 set", "12 set"])), (2, 0));
        assert_eq!((count(&["Mar 5", "Apr 17"]), count(&["Mar 23", "Apr 24"])), (2, 0));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([0-9. -]|Mar|\\PC){0,16}", day in any::<f64>()) {
            let _ = (day_of_year(&text), shown_day(day));
        }
    }
}
