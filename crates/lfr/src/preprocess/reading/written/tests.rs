use super::*;
use crate::preprocess::reading::digits::plain_signs;
use proptest::prelude::*;

fn point(text: &str) -> Cell {
    NumberFormat::default().read(text)
}

fn comma(text: &str) -> Cell {
    NumberFormat { decimal: Decimal::Comma, unit: None }.read(text)
}

#[test]
fn thousands_of_every_sort() {
    for text in ["1,234,567.5", "1 234 567.5", "1'234'567.5", "1’234’567.5", "1_234_567.5", "12,34,567.5"]
    {
        assert_eq!(point(text), Cell::Value(1_234_567.5), "{text}");
    }
    for text in ["1.234.567,5", "1 234 567,5", "1\u{a0}234\u{a0}567,5", "1\u{202f}234\u{202f}567,5"] {
        assert_eq!(comma(text), Cell::Value(1_234_567.5), "{text}");
    }
    assert_eq!((point("2,155"), comma("2.155")), (Cell::Value(2155.0), Cell::Value(2155.0)));
    for text in
        ["1,23", "12,34", "1,2345", "0,123", "1,234,56", "1.2.3", "1,234 567", ",", "1,,234", ",234,567"]
    {
        assert_eq!(point(text), Cell::Unread, "{text}");
    }
}

#[test]
fn signs_currencies_and_limits() {
    for text in
        ["-5", "−5", "(5)", "($5.00)", "-$5", "$-5", "€ -5", "5-", "–5", "(5,-)", "-5 EUR", "USD -5.0"]
    {
        assert_eq!(point(text), Cell::Value(-5.0), "{text}");
    }
    for text in ["$1,201.50", "1,201.50 $", "CHF 1'201.50", "US$ 1201.5", "+1201.5", "1.2015e3", "£1,201.50"]
    {
        assert_eq!(point(text), Cell::Value(1201.5), "{text}");
    }
    assert_eq!(comma("1.201,50 €"), Cell::Value(1201.5));
    assert_eq!((comma("5,-"), comma("5,– €")), (Cell::Value(5.0), Cell::Value(5.0)));
    assert_eq!(comma("R$ 1.201,50"), Cell::Value(1201.5));
    assert_eq!(
        (point("<0.5"), point("> 100"), point("≤=3")),
        (Cell::Limit(0.5), Cell::Limit(100.0), Cell::Limit(3.0))
    );
    for text in
        ["", "$", "abc", "1-2", "1/2", "12:30", "2023-01-05", "inf", "nan", "0x1G", "1.5.2023", "A12", "--5"]
    {
        assert_eq!(point(text), Cell::Unread, "{text}");
    }
}

#[test]
fn amounts_with_powers_and_rates() {
    let none = NumberFormat { decimal: Decimal::Comma, unit: Some("Mio.".into()) };
    assert_eq!(none.read("9.876,00 Mio. €"), Cell::Value(9876.0));
    let parts = |text: &'static str| {
        let number = written(text).unwrap();
        (number.values[0].or(number.values[1]).unwrap(), number.unit, number.currency)
    };
    assert_eq!(parts("1.5 Mrd. USD"), (1.5, Some("Mrd."), Some("USD")));
    assert_eq!(parts("40k€"), (40.0, Some("k"), Some("€")));
    assert_eq!(
        (parts("$98.7B"), parts("$1.2M")),
        ((98.7, Some("bn"), Some("$")), (1.2, Some("M"), Some("$")))
    );
    assert_eq!(parts("3.20 €/kg"), (3.2, Some("€/kg"), None));
    assert_eq!(parts("$3.20/kg"), (3.2, Some("/kg"), Some("$")));
    assert_eq!(parts("7.5 l/100km"), (7.5, Some("l/100km"), None));
    assert_eq!(parts("1 234,- Kč"), (1234.0, None, Some("Kč")));
    assert_eq!(parts("Rs. 9,876/-"), (9876.0, None, Some("Rs.")));
    assert_eq!(parts("0x1F"), (31.0, None, None));
    for text in ["120/80", "5/h", "12/2023", "3 € 4", "5 6/-7", "2h 22m"] {
        assert_eq!(written(text), None, "{text}");
    }
}

#[test]
fn units_belong_to_the_column() {
    let kilograms = NumberFormat { decimal: Decimal::Point, unit: Some("kg".into()) };
    assert_eq!(kilograms.read("31.2 kg"), Cell::Value(31.2));
    assert_eq!(kilograms.read("31.2kg"), Cell::Value(31.2));
    assert_eq!(kilograms.read("31.2"), Cell::Value(31.2));
    assert_eq!(kilograms.read("31200 g"), Cell::Value(31.2));
    assert_eq!(kilograms.read("31200 mm"), Cell::Unread);
    assert_eq!(point("31.2 kg"), Cell::Unread);
    for (text, unit) in [
        ("5 km/h", "km/h"),
        ("21,5 °C", "°C"),
        ("3 m²", "m²"),
        ("3 m2", "m2"),
        ("4 kg/m^3", "kg/m^3"),
        ("12%", "%"),
        ("80 mg/dl", "mg/dl"),
    ] {
        assert_eq!(written(text).unwrap().unit, Some(unit), "{text}");
    }
}

#[test]
fn digits_tell_the_convention_or_do_not() {
    let signs = |text| written(text).unwrap().signs;
    assert_eq!(signs("2.155"), Signs::EitherPoint);
    assert_eq!(signs("2,155"), Signs::EitherComma);
    assert_eq!([signs("2.15"), signs("0.155"), signs("1,234.5")], [Signs::Point; 3]);
    assert_eq!([signs("2,15"), signs("1.234.567"), signs("1.234,5")], [Signs::Comma; 3]);
    assert_eq!(signs("846"), Signs::Plain { long: false, padded: false });
    assert_eq!(signs("01846"), Signs::Plain { long: true, padded: true });
    assert_eq!(signs("12 846"), Signs::Plain { long: false, padded: false });
    for text in ["2.155", "0.155", "2.15", "846", "01846", "1e5", "-2.155", "1.234e3", ".5", "7."] {
        let (fast, _) = plain_signs(text).unwrap();
        assert!(fast == signs(text) || text.contains('e'), "{text}: {fast:?}");
    }
    assert_eq!(plain_signs("1,5"), None);
}

proptest! {
    #[test]
    fn what_programs_write_is_read_exactly(value in any::<f64>().prop_filter("finite", |v| v.is_finite())) {
        prop_assert_eq!(point(&value.to_string()), Cell::Value(value));
        prop_assert_eq!(point(&format!("{value:e}")), Cell::Value(value));
    }

    #[test]
    fn no_text_makes_it_panic(text in "([0-9.,'eE+<>()$€% -]|\\PC){0,14}") {
        let _ = written(&text);
    }

    #[test]
    fn grouped_digits_are_the_number(value in 1000u64..u64::pow(10, 15)) {
        let digits = value.to_string();
        let groups: Vec<String> = digits.as_bytes().rchunks(3).rev().map(|g| String::from_utf8_lossy(g).into_owned()).collect();
        prop_assert_eq!(point(&groups.join(",")), Cell::Value(value as f64));
        prop_assert_eq!(comma(&groups.join(".")), Cell::Value(value as f64));
        prop_assert_eq!(comma(&groups.join("\u{202f}")), Cell::Value(value as f64));
    }
}
