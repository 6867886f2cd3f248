use super::*;
use crate::preprocess::reading::{Decision, Hints, Reading, Tally, decide, shown_date};
use proptest::prelude::*;

/// Start and length of a period of dates in hours.
fn dated(text: &str) -> Option<(String, f64)> {
    let part = |length| Period { order: Some(DateOrder::DayFirst), length }.read(text);
    Some((shown_date(part(false)?), part(true)? / 3600.0))
}

#[test]
fn two_dates_are_a_start_and_a_length() {
    for text in [
        "2024-03-01 - 2024-03-05",
        "2024-03-01 – 2024-03-05",
        "2024-03-01–2024-03-05",
        "2024-03-01/2024-03-05",
        "2024-03-01/P4D",
        "2024-03-01 to 2024-03-05",
        "01.03.2024-05.03.2024",
        "01.03. - 05.03.2024",
        "1.-5.3.2024",
        "1–5 Mar 2024",
        "1 Mar – 5 Mar 2024",
        "Mar 1–5, 2024",
        "March 1 - March 5, 2024",
        "1 Mar 2024 to 5 Mar 2024",
        "1. März 2024 bis 5. März 2024",
        "01/03/2024 - 05/03/2024",
    ] {
        assert_eq!(dated(text), Some(("2024-03-01".into(), 96.0)), "{text}");
    }
    assert_eq!(dated("2024-03-01 09:00 - 17:30"), Some(("2024-03-01 09:00".into(), 8.5)));
    assert_eq!(dated("2024-03-01 22:00–06:00"), Some(("2024-03-01 22:00".into(), 8.0)));
    assert_eq!(dated("2024-03-01 09:00 - 2024-03-02 10:00"), Some(("2024-03-01 09:00".into(), 25.0)));
    assert_eq!(dated("2024-03-05 - 2024-03-01").unwrap().1, -96.0);
    assert_eq!(dated("Jan 2024 – Mar 2024"), Some(("2024-01-01".into(), 1440.0)));
    for open in ["Mar 2020 – Present", "2020-01-01 - 9999-12-31", "01.01.2020 - 31.12.9999"] {
        assert!(dated(open).unwrap().1.is_nan(), "{open}");
    }
}

#[test]
fn two_times_of_day_are_a_start_and_a_length() {
    let clocks =
        |text: &str| [false, true].map(|length| Some(Period { order: None, length }.read(text)? / 3600.0));
    for text in ["09:00–17:30", "09:00-17:30", "9:00 - 17:30", "9:00 to 17:30", "9:00 am – 5:30 pm"] {
        assert_eq!(clocks(text), [Some(9.0), Some(8.5)], "{text}");
    }
    assert_eq!(clocks("9am-5pm"), [Some(9.0), Some(8.0)]);
    assert_eq!(clocks("22:00-06:00 Uhr"), [Some(22.0), Some(8.0)]);
    assert_eq!(clocks("00:00-24:00"), [Some(0.0), Some(24.0)]);
    assert_eq!(clocks("00:00-00:00"), [Some(0.0), Some(0.0)]);
    assert_eq!(dated("2024-03-01 00:00 - 24:00"), Some(("2024-03-01".into(), 24.0)));
    assert_eq!(clocks("2024-03-01 - 2024-03-05"), [None; 2]);
}

#[test]
fn single_dates_and_other_text_are_no_periods() {
    for text in [
        "2024-03-01",
        "2024/03/01",
        "01.03.2024",
        "3-Mar-2024",
        "2024-03-01 09:00",
        "2024-03",
        "2024-2025",
        "10-20",
        "1.2.3 - 1.2.4",
        "555-1234-99",
        "09:00",
        "see 2024 - page 12",
        "17.03.2024 - 08:00",
        "9-17 Uhr",
        "",
        "10.0.0.1/24",
        "6:4/6:2",
        "3:2 - 1:0",
        "10:9 - 11:10",
    ] {
        assert!(!is_period(text), "{text}");
    }
}

#[test]
fn what_begins_otherwise_or_has_many_signs_is_not_tried() {
    for text in ["see 2024-03-01 - 2024-03-05", "/2024-03-01/2024-03-05", "1/2/3/4/5/6/7/8/9"] {
        assert!(!is_period(text), "{text}");
    }
    for text in [
        "Mon 4 Mar 2024 - Wed 6 Mar 2024",
        "März 2024 – Mai 2024",
        "오전 9:00 - 오후 5:00",
        "2024-03-01T09:00-05:00/2024-03-04T09:00-05:00",
    ] {
        assert!(is_period(text), "{text}");
    }
}

fn reading(cells: &[&str]) -> Option<Reading> {
    let tally = Tally::of(cells.iter().map(|&cell| Some(cell)));
    match decide(&tally, Hints::default(), 0.9) {
        Decision::Values { reading, .. } => Some(reading),
        Decision::Words(_) => None,
    }
}

#[test]
fn columns_of_periods_are_told_from_columns_of_dates() {
    let period = |order| Some(Reading::Period(Period { order, length: false }));
    assert_eq!(
        reading(&["01/03/2024 - 05/03/2024", "17/03/2024 - 19/03/2024"]),
        period(Some(DateOrder::DayFirst))
    );
    assert_eq!(
        reading(&["3/1/2024 - 3/17/2024", "3/2/2024 - 3/4/2024"]),
        period(Some(DateOrder::MonthFirst))
    );
    assert_eq!(reading(&["2024-03-01 - 2024-03-05"; 3]), period(Some(DateOrder::YearFirst)));
    assert_eq!(reading(&["09:00-17:30", "08:00-12:00", "closed", "22:00-06:00", "closed"]), period(None));
    let hours = ["2024-03-01 09:00-17:30", "2024-03-01 09:00-10:30", "2024-03-02 09:00-16:00"];
    assert_eq!(reading(&hours), period(Some(DateOrder::YearFirst)));
    let zones = ["2024-03-01 09:00-05:00", "2024-03-02 09:00-05:00", "2024-03-03 09:00-05:00"];
    assert!(matches!(reading(&zones), Some(Reading::Moment(_))));
    let short = [
        "2024-03-01 08:00-10:30",
        "2024-03-01 09:00-11:00",
        "2024-03-02 09:00-12:30",
        "2024-03-02 07:00-09:00",
        "2024-03-04 08:00-09:30",
    ];
    assert_eq!(reading(&short), period(Some(DateOrder::YearFirst)));
    let midnights = ["2024-03-01 00:00-05:00", "2024-07-01 00:00-04:00", "2024-07-02 00:00-04:00"];
    assert!(matches!(reading(&midnights), Some(Reading::Moment(_))));
    let midnights = ["04", "05", "06", "07", "08"].map(|zone| format!("2024-03-01T00:00:00-{zone}:00"));
    assert!(matches!(reading(&midnights.each_ref().map(String::as_str)), Some(Reading::Moment(_))));
    let open = ["2020-01-01 - 9999-12-31", "2021-01-01 - 9999-12-31", "2022-01-01 - 2023-06-01"];
    assert_eq!(reading(&open), None);
    let mut zoned = vec!["2024-03-01T09:00:00-05:00"; 30];
    for odd in ["2024-03-01 - 2024-03-04", "2024-03-01T09:00:00-15:00"] {
        zoned.push(odd);
        assert!(matches!(reading(&zoned), Some(Reading::Moment(_))), "{odd}");
    }
    assert_eq!(reading(&["Mar 2020 - Present", "Mar 2021 - Present", "Mar 2022 - Jun 2023"]), None);
    assert!(matches!(reading(&["10-20", "20-40", "15-30"]), Some(Reading::Piece(_))));
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in "([0-9 .,:/–-]|Mar|am|to |P|T|Z|\\PC){0,24}") {
        let mut periods = PeriodCounts::default();
        periods.add(&text, false);
        for order in [None, Some(DateOrder::DayFirst)] {
            let _ = Period { order, length: true }.read(&text);
        }
    }
}
