//! Dates of the Iranian calendar, whose years are of the sun since 622: `1402/12/25`.

use super::calendar::stamp;
use super::date::days_of;
use super::{DateOrder, date};

/// Years that are taken for Iranian ones: 1921 to 2071.
const YEARS: std::ops::RangeInclusive<i32> = 1300..=1450;
/// Which of 33 years have a day more, as the calendar has had it since 1799 and will have it until 2255.
const LEAP: [i32; 8] = [1, 5, 9, 13, 17, 22, 26, 30];
/// The first day of a year, in days since 1970: 2024-03-20.
const KNOWN: (i32, i32) = (1403, 19_802);

/// Days between the first day of year 0 and that of `year`.
fn days_before(year: i32) -> i32 {
    let (cycles, rest) = (year.div_euclid(33), year.rem_euclid(33));
    365 * year + 8 * cycles + LEAP.iter().filter(|&&leap| leap < rest).count() as i32
}

/// Days since 1970; `None` for a day that the calendar does not have.
fn day(year: i32, month: i32, day: i32) -> Option<i32> {
    let long = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + i32::from(LEAP.contains(&year.rem_euclid(33))),
        _ => 0,
    };
    let sound = YEARS.contains(&year) && (1..=long).contains(&day);
    let months = 30 * (month - 1) + (month - 1).min(6);
    sound.then(|| KNOWN.1 + days_before(year) - days_before(KNOWN.0) + months + day - 1)
}

/// The parts of a date with the year first, and what stands behind it: a time, or nothing.
fn parts(text: &str) -> Option<([i32; 3], &str)> {
    let separator = text.as_bytes().get(4).copied().filter(|byte| b"/-.".contains(byte))?;
    let end = text.find([' ', 'T']).unwrap_or(text.len());
    let mut numbers = text[..end].split(char::from(separator));
    let mut number = |most: usize| -> Option<i32> {
        let digits = numbers.next()?;
        let sound = (1..=most).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        digits.parse().ok().filter(|_| sound)
    };
    let parts = [number(4)?, number(2)?, number(2)?];
    numbers.next().is_none().then_some((parts, &text[end..]))
}

/// Seconds since 1970 of a date with or without a time.
pub(super) fn solar(text: &str) -> Option<f64> {
    let text = text.trim();
    let ([year, month, day_of_month], time) = parts(text).filter(|_| text.starts_with('1'))?;
    let date = date::of_days(day(year, month, day_of_month)?)?;
    stamp(&format!("{date}{time}"))?.seconds(DateOrder::YearFirst)
}

/// Counts of the cells of a column that are such dates.
#[derive(Default)]
pub(in crate::preprocess) struct Solar {
    /// All of them.
    pub cells: usize,
    /// Those of them that are none of the usual calendar: the 31st of the second, fourth and sixth month.
    pub certain: usize,
}

impl Solar {
    /// Counts a cell if it is one.
    pub fn add(&mut self, text: &str) {
        if text.starts_with("13") || text.starts_with("14") {
            let Some(([year, month, day], _)) = parts(text).filter(|_| solar(text).is_some()) else { return };
            self.cells += 1;
            self.certain += usize::from(days_of(year, month as u32, day as u32).is_none());
        }
    }

    /// What there is to say where all of the dates could be of the usual calendar.
    pub fn remark(&self) -> Option<String> {
        (self.certain == 0).then(|| {
            "its years are taken for those of the Iranian calendar (1403-01-01 is 2024-03-20); --columns NAME=date:ymd reads \
             them as written"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::preprocess::reading::{Decision, Hints, Reading, Tally, decide, shown_date};
    use proptest::prelude::*;

    #[test]
    fn known_days_of_history_and_of_new_years() {
        for (solar_date, date) in [
            ("1300/01/01", "1921-03-21"),
            ("1332/05/28", "1953-08-19"),
            ("1357/11/22", "1979-02-11"),
            ("1399/12/30", "2021-03-20"),
            ("1400/01/01", "2021-03-21"),
            ("1402-12-25", "2024-03-15"),
            ("1403.1.1", "2024-03-20"),
            ("1403/12/30", "2025-03-20"),
            ("1404/01/01", "2025-03-21"),
            ("1402/02/31 08:30", "2023-05-21 08:30"),
        ] {
            assert_eq!(solar(solar_date).map(shown_date).as_deref(), Some(date), "{solar_date}");
        }
        for text in [
            "1402/12/30",
            "1402/07/31",
            "1402/13/01",
            "1402/1/32",
            "1299/1/1",
            "1451/1/1",
            "1402/1",
            "1402/1/1/1",
            "",
        ] {
            assert_eq!(solar(text), None, "{text}");
        }
    }

    #[test]
    fn only_columns_of_such_dates_are_read_so() {
        let decided =
            |cells: &[&str]| decide(&Tally::of(cells.iter().map(|&c| Some(c))), Hints::default(), 0.9);
        match decided(&["1402/12/25", "1402/02/31", "1399/05/01"]) {
            Decision::Values { reading: Reading::SolarHijri, remark: None, .. } => {}
            other => panic!("{other:?}"),
        }
        match decided(&["1402/12/25", "1402/02/03", "1399/05/01"]) {
            Decision::Values { reading: Reading::SolarHijri, remark: Some(_), .. } => {}
            other => panic!("{other:?}"),
        }
        for cells in [&["1402-12-31", "1402-10-31", "1399-05-01"][..], &["2024/01/02", "1402/01/02"]] {
            match decided(cells) {
                Decision::Values { reading: Reading::Moment(_), .. } => {}
                other => panic!("{other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn days_follow_one_another(year in 1300i32..=1450, month in 1i32..=12, of_month in 1i32..=31) {
            if let (Some(one), Some(next)) = (day(year, month, of_month), day(year, month, of_month + 1)) {
                prop_assert_eq!(one + 1, next);
            }
            let last = day(year, 12, 30).or_else(|| day(year, 12, 29)).unwrap();
            prop_assert_eq!(day(year + 1, 1, 1).unwrap_or(last + 1), last + 1);
        }

        #[test]
        fn no_text_makes_it_panic(text in "1[34][0-9/. T:-]{0,16}|\\PC{0,16}") {
            let mut all = Solar::default();
            all.add(&text);
            let _ = solar(&text);
        }
    }
}
