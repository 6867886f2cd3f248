use super::*;
use crate::preprocess::reading::{Cell, DateOrder, Decimal};

fn of(cells: &[&str], hints: Hints) -> Decision {
    decide(&Tally::of(cells.iter().map(|&cell| Some(cell))), hints, 0.9)
}

fn reading(cells: &[&str]) -> Reading {
    match of(cells, Hints::default()) {
        Decision::Values { reading, .. } => reading,
        other => panic!("{cells:?}: {other:?}"),
    }
}

fn number(decimal: Decimal) -> Reading {
    Reading::Written(NumberFormat { decimal, unit: None })
}

#[test]
fn the_decimal_sign_is_one_of_the_column() {
    assert_eq!(reading(&["1.5", "2.155", "3"]), number(Decimal::Point));
    assert_eq!(reading(&["1,5", "2,155", "3"]), number(Decimal::Comma));
    assert_eq!(reading(&["2.155", "846", "212"]), number(Decimal::Comma));
    assert_eq!(reading(&["2.155", "1846", "12"]), number(Decimal::Point));
    assert_eq!(reading(&["1", "1", "1.001", "1.002", "50"]), number(Decimal::Point));
    assert_eq!(reading(&["1", "1", "1,001", "1,002", "50"]), number(Decimal::Comma));
    assert_eq!(reading(&["846", "2,155", "212"]), number(Decimal::Point));
    assert_eq!(reading(&["2.155", "3.200", "1.000"]), number(Decimal::Point));
    assert_eq!(reading(&["12,000", "13,000", "1,200,000"]), number(Decimal::Point));
    assert_eq!(reading(&["1.234.567", "2.155", "3"]), number(Decimal::Comma));
}

#[test]
fn what_stays_in_doubt_follows_the_file_with_a_word() {
    let cells = ["2.155", "846", "212"];
    let told = |hints| match of(&cells, hints) {
        Decision::Values { reading, remark, .. } => (reading, remark.is_some()),
        other => panic!("{other:?}"),
    };
    assert_eq!(told(Hints::default()), (number(Decimal::Comma), true));
    assert_eq!(told(Hints { point: 2, comma: 1, ..Hints::default() }), (number(Decimal::Point), true));
    assert_eq!(told(Hints { comma: 1, ..Hints::default() }), (number(Decimal::Comma), false));
    let json = Hints { point_for_certain: true, ..Hints::default() };
    assert_eq!(told(json), (number(Decimal::Point), false));
    let comma = |cells: &[&str]| match of(cells, Hints { comma: 1, ..Hints::default() }) {
        Decision::Values { reading, remark, .. } => (reading, remark.is_some()),
        other => panic!("{other:?}"),
    };
    assert_eq!(comma(&["2,155", "846", "912"]), (number(Decimal::Comma), true));
    assert_eq!(comma(&["2,155", "3,410", "1,004"]), (number(Decimal::Comma), false));
}

#[test]
fn repeated_strings_among_numbers_are_marks() {
    let mut cells = vec!["12", "15", "19", "23", "27", "31", "sold out", "closed", "sold out", "closed"];
    match of(&cells, Hints::default()) {
        Decision::Values { marks, .. } => assert_eq!(marks, ["closed", "sold out"]),
        other => panic!("{other:?}"),
    }
    cells.extend(["A1", "B2", "C7", "D9", "E4", "F1", "G1"]);
    assert_eq!(of(&cells, Hints::default()), Decision::Words(None));
    assert!(matches!(reading(&["1", "2", "3", "4", "oops"]), Reading::Written(_)));
    assert_eq!(of(&["1", "2", "x", "y"], Hints::default()), Decision::Words(None));
}

#[test]
fn units_are_one_of_the_column_or_no_numbers() {
    let kilograms = Reading::Written(NumberFormat { decimal: Decimal::Point, unit: Some("kg".into()) });
    assert_eq!(reading(&["31.2 kg", "30 kg", "29.5 kg", "28"]), kilograms);
    match of(&["5 kg", "300 mm", "2 kg", "150 mm"], Hints::default()) {
        Decision::Words(Some(remark)) => {
            assert!(remark.contains("different units (kg 2, mm 2)"), "{remark}")
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(of(&["12A", "7B", "3C", "12D"], Hints::default()), Decision::Words(None), "a code");
}

#[test]
fn units_of_one_quantity_are_converted_with_a_word() {
    let told = |cells: &[&str]| match of(cells, Hints::default()) {
        Decision::Values { reading: Reading::Written(format), remark, .. } => {
            (format, remark.unwrap_or_default())
        }
        other => panic!("{cells:?}: {other:?}"),
    };
    let (format, remark) = told(&["20 ms", "30 ms", "1.5 s", "25 ms"]);
    assert_eq!((format.unit.as_deref(), format.read("1.5 s")), (Some("ms"), Cell::Value(1500.0)));
    assert!(remark.contains("converted to ms"), "{remark}");
    let (format, remark) = told(&["12.50 S", "13.20 S", "9.95 H"]);
    assert_eq!((format.read("12.50 S"), format.read("9.95 H")), (Cell::Value(-12.5), Cell::Value(9.95)));
    assert!(remark.contains("marked S are negative"), "{remark}");
    let (format, _) = told(&["950", "12k", "1.2M", "30k"]);
    assert_eq!(
        (format.unit.as_deref(), format.read("12k"), format.read("950")),
        (None, Cell::Value(12e3), Cell::Value(950.0))
    );
}

#[test]
fn years_of_two_digits_stand_where_they_vary_least() {
    for (cells, order) in [
        (["02.01.23", "15.01.23", "28.02.23", "31.03.23"], DateOrder::DayFirst),
        (["02-01-23", "15-01-23", "28-02-23", "31-03-23"], DateOrder::DayFirst),
        (["23-01-02", "23-01-15", "23-02-28", "23-03-31"], DateOrder::YearFirst),
        (["01/02/23", "01/15/23", "02/28/23", "03/31/23"], DateOrder::MonthFirst),
    ] {
        assert_eq!(reading(&cells), Reading::Moment(order), "{cells:?}");
    }
}

#[test]
fn durations_in_words_and_of_minutes_and_seconds() {
    assert_eq!(reading(&["0 days 00:05:00", "0 days 00:12:30"]), Reading::Duration);
    assert_eq!(reading(&["42:15", "55:10", "1:05:22", "38:59"]), Reading::MinutesSeconds);
    assert_eq!(Reading::MinutesSeconds.read("42:15"), Cell::Value(2535.0));
    assert_eq!(Reading::MinutesSeconds.read("1:05:22"), Cell::Value(3922.0));
}

#[test]
fn dates_and_times() {
    assert_eq!(reading(&["01.03.2024", "02.03.2024", "13.03.2024"]), Reading::Moment(DateOrder::DayFirst));
    assert_eq!(reading(&["01/13/2024", "02/03/2024"]), Reading::Moment(DateOrder::MonthFirst));
    assert_eq!(reading(&["2024-01-13", "20240113"]), Reading::Moment(DateOrder::YearFirst));
    assert_eq!(reading(&["20240113", "20240114"]), Reading::Moment(DateOrder::YearFirst));
    assert_eq!(reading(&["8:05", "23:59", "closed", "0:10", "9:00"]), Reading::TimeOfDay);
    assert_eq!(reading(&["1:02:33", "26:00:00"]), Reading::Duration);
    match of(&["01/02/2024", "02/03/2024"], Hints::default()) {
        Decision::Values { reading: Reading::Moment(DateOrder::DayFirst), remark: Some(_), .. } => {}
        other => panic!("{other:?}"),
    }
}

#[test]
fn yes_no_codes_and_words() {
    assert_eq!(reading(&["yes", "NO", "yes", "true", "0", "1"]), Reading::Boolean);
    assert_eq!(reading(&["0", "1", "1"]), number(Decimal::Point));
    assert!(matches!(of(&["01234", "98765", "00501"], Hints::default()), Decision::Words(Some(_))));
    assert_eq!(of(&["red", "blue"], Hints::default()), Decision::Words(None));
}

#[test]
fn amounts_are_read_in_one_currency_or_not_at_all() {
    let format = |cells: &[&str]| match reading(cells) {
        Reading::Written(format) => format,
        other => panic!("{cells:?}: {other:?}"),
    };
    for (cells, unit, cents) in [
        (["1.20 €", "85 ct", "2.40 €", "45.00 €"], "€", "85 ct"),
        (["£1.20", "85p", "£2.40", "£45.00"], "£", "85p"),
        (["$1.20", "85¢", "$2.40", "$45.00"], "$", "85¢"),
    ] {
        let format = format(&cells);
        assert_eq!((format.unit.as_deref(), format.read(cents)), (Some(unit), Cell::Value(0.85)));
        assert_eq!(format.read(cells[3]), Cell::Value(45.0));
    }
    for cells in [["1.20 €", "85 kg", "2.40 €", "80 kg"], ["12%", "$75", "14%", "$80"]] {
        match of(&cells, Hints::default()) {
            Decision::Words(Some(remark)) => assert!(remark.contains("different units"), "{remark}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(format(&["12 € VB", "15 €", "9 € VB"]).read("15 €"), Cell::Value(15.0));
    assert_eq!(format(&["12 Euro", "15 €", "9 €"]).read("12 Euro"), Cell::Value(12.0));
    assert_eq!(format(&["5 ft", "6 ft", "5 ft 3 in"]).read("5 ft 3 in"), Cell::Value(5.25));
}

#[test]
fn powers_of_ten_of_other_languages_are_known() {
    for (cells, value) in [
        (["5万", "28000", "980万"], 9.8e6),
        (["5 тыс.", "4200", "980 тыс."], 980e3),
        (["5 juta", "28000", "980 juta"], 980e6),
        (["€2bn", "€15000", "€800m"], 800e6),
    ] {
        assert_eq!(reading(&cells).read(cells[2]), Cell::Value(value), "{cells:?}");
        assert!(matches!(reading(&cells).read(cells[1]), Cell::Value(plain) if plain < 30e3), "{cells:?}");
    }
    assert_eq!(reading(&["₹2 Cr", "₹80 L", "₹3 Cr"]).read("₹80 L"), Cell::Value(0.8));
}

#[test]
fn days_without_a_year_and_words_that_are_months() {
    for cells in
        [["17.3.", "24.12.", "2.4."], ["17 Mar", "24. Dezember", "2-Apr"], ["Mar 17", "Apr 2", "Dec 24"]]
    {
        assert_eq!(reading(&cells), Reading::DayOfYear, "{cells:?}");
    }
    assert_eq!(reading(&["1.1.", "1.2.", "2.1."]), number(Decimal::Point));
    assert!(matches!(reading(&["8 out of 10", "7 out of 10"]), Reading::Piece(_)));
    assert!(matches!(of(&["8 set 12", "7 set 11"], Hints::default()), Decision::Words(_)));
    assert!(matches!(reading(&["8 set 12", "7 fev 11"]), Reading::Moment(_)));
    assert_eq!(reading(&["1:23.456", "1:24.001"]), Reading::MinutesSeconds);
    assert_eq!(reading(&["1-02:03:04", "12:30:00"]), Reading::Duration);
}

#[test]
fn temperatures_are_in_one_unit_with_a_word() {
    let told = |cells: &[&str]| match of(cells, Hints::default()) {
        Decision::Values { reading: Reading::Written(format), remark, .. } => {
            (format, remark.unwrap_or_default())
        }
        other => panic!("{cells:?}: {other:?}"),
    };
    let value = |format: &NumberFormat, cell: &str| match format.read(cell) {
        Cell::Value(value) => (value * 1e6).round() / 1e6,
        other => panic!("{cell}: {other:?}"),
    };
    let (format, remark) = told(&["20 °C", "21.5 °C", "68 °F", "295.15 K", "19"]);
    assert_eq!(format.unit.as_deref(), Some("°C"));
    assert_eq!(
        ["68 °F", "295.15 K", "19", "-40 °F"].map(|cell| value(&format, cell)),
        [20.0, 22.0, 19.0, -40.0]
    );
    assert!(remark.contains("(°C 2, K 1, °F 1); all are converted to °C"), "{remark}");
    let (format, remark) = told(&["20C", "68F", "70F", "72F"]);
    assert_eq!((format.unit.as_deref(), value(&format, "20C"), remark.is_empty()), (Some("F"), 68.0, false));
    let (format, remark) = told(&["20 °C", "21 °C"]);
    assert_eq!((value(&format, "20 °C"), remark.as_str()), (20.0, ""));
    let (format, _) = told(&["12K", "1M", "30K"]);
    assert_eq!(value(&format, "12K"), 12e3);
}

#[test]
fn durations_of_all_lengths_are_one_number() {
    let told = |cells: &[&str]| match of(cells, Hints::default()) {
        Decision::Values { reading, remark, .. } => (reading, remark.unwrap_or_default()),
        other => panic!("{cells:?}: {other:?}"),
    };
    let cells = ["1w 2d", "12d", "P3DT4H", "2 years 3 months", "3y", "2mo", "5d3h"];
    let (reading, remark) = told(&cells);
    assert_eq!(reading, Reading::Duration);
    let days = |cell: &str| match reading.read(cell) {
        Cell::Value(seconds) => seconds / 86_400.0,
        other => panic!("{cell}: {other:?}"),
    };
    assert_eq!(cells.map(days), [9.0, 12.0, 3.0 + 4.0 / 24.0, 821.8125, 1095.75, 60.875, 5.125]);
    assert!(remark.contains("a year counts as 365.25 days"), "{remark}");
    let (reading, remark) = told(&["5w", "12d", "3d"]);
    assert_eq!((reading.read("5w"), remark.contains("a year")), (Cell::Value(35.0), false));
    let (reading, remark) = told(&["5w", "12d", "3y", "14d"]);
    assert_eq!((reading.read("3y"), remark.contains("a year")), (Cell::Value(1095.75), true));
    let (reading, remark) = told(&["2 years", "3 months", "2 yrs 3 mos", "5 months"]);
    assert_eq!((reading.read("2 yrs 3 mos"), remark.contains("365")), (Cell::Value(27.0), false));
    assert_eq!(told(&["2 weeks ago", "About an hour ago", "3 days ago"]).0, Reading::Duration);
    assert_eq!(told(&["Up 2 weeks", "Up About an hour", "Up 3 days"]).0, Reading::Duration);
}

#[test]
fn months_and_minutes_of_one_letter_are_not_mixed_up() {
    for cells in [["2y 3m", "1y", "8m", "1y 2m"], ["1d", "30d", "6m", "1y"], ["6M", "1Y", "1Y6M", "2Y"]] {
        match of(&cells, Hints::default()) {
            Decision::Words(Some(remark)) => assert!(remark.contains("months or minutes"), "{remark}"),
            other => panic!("{cells:?}: {other:?}"),
        }
    }
    let ages = ["2y45d", "5d3h", "45m", "12d"];
    assert_eq!((reading(&ages), reading(&ages).read("45m")), (Reading::Duration, Cell::Value(2700.0)));
    assert_eq!(reading(&["2y 3m", "1y", "1y 2m", "3y"]), Reading::Duration);
    assert_eq!(reading(&["2d 5m", "3d", "45m", "1d"]), Reading::Duration);
}

#[test]
fn seats_are_no_temperatures() {
    let named = |cells: &[&str]| {
        let tally = Tally::of(cells.iter().map(|&cell| Some(cell)));
        decide(&Tally { is_no_temperature: true, ..tally }, Hints::default(), 0.9)
    };
    assert_eq!(named(&["12F", "12K", "14C", "9F"]), Decision::Words(None));
    assert!(matches!(named(&["20 C", "68 F", "70 F", "72 F"]), Decision::Values { .. }));
    assert!(matches!(named(&["20 °C", "68 °F", "21 °C"]), Decision::Values { .. }));
    assert!(matches!(named(&["20C", "21C", "19C"]), Decision::Values { .. }));
    assert!(matches!(reading(&["20C", "68F", "70F"]), Reading::Written(_)));
}

#[test]
fn formulas_distances_and_prefixes_are_those_of_their_column() {
    let unit = |cells: &[&str]| match reading(cells) {
        Reading::Written(format) => format.unit.unwrap_or_default(),
        other => panic!("{cells:?}: {other:?}"),
    };
    assert_eq!(unit(&["5 cmH2O", "8 cmH2O", "10 cmH2O", "7 cmH2O"]), "cmH2O");
    assert_eq!(unit(&["12.5 kg CO2e", "3.1 kg CO2e", "8.25 kg CO2e"]), "kg CO2e");
    assert_eq!(unit(&["50 m", "80 m", "over 100 m", "20 m", "35 m"]), "m");
    assert!(matches!(of(&["5 MJ", "300 mJ", "7 MJ", "200 mJ"], Hints::default()), Decision::Words(_)));
    assert!(matches!(of(&["6:4/6:2", "3:6/7:5", "6:1/6:0"], Hints::default()), Decision::Words(_)));
}
