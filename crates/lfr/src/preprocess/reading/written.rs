//! Numbers as people write them: thousands separators, decimal commas, currencies, percent, units, limits.

use serde::{Deserialize, Serialize};

use super::Cell;
use super::aside::{hexadecimal, without_aside};
use super::unit::{factor, is_power};

/// What stands before the fraction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decimal {
    /// `1,234.5`
    #[default]
    Point,
    /// `1.234,5`
    Comma,
    /// `1.5` beside `1,5`, in a column that sets no thousands apart.
    Either,
}

impl Decimal {
    /// The value of a number, given where a point is the decimal sign and where a comma is.
    pub(in crate::preprocess) fn of(self, [point, comma]: [Option<f64>; 2]) -> Option<f64> {
        match self {
            Self::Point => point,
            Self::Comma => comma,
            Self::Either => point.or(comma),
        }
    }
}

/// How the numbers of a column are written. Thousands may be set apart in any way that the decimal sign allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NumberFormat {
    /// What stands before the fraction.
    pub decimal: Decimal,
    /// The unit behind the numbers, `%` among them; numbers without one are read too, those with another are converted
    /// or not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// A number found in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::preprocess) struct Written<'a> {
    /// Its value where a point is the decimal sign, and where a comma is; `None`: not a number then.
    pub values: [Option<f64>; 2],
    /// Whether `<` or `>` stands before it.
    pub limit: bool,
    /// Sign or code of a currency.
    pub currency: Option<&'a str>,
    /// Unit behind it.
    pub unit: Option<&'a str>,
    /// What its digits tell about the convention.
    pub signs: Signs,
    /// Whether something beside it is passed over: an error behind `±`, brackets, `***`.
    pub aside: bool,
}

/// What the digits of a number tell about the decimal sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::preprocess) enum Signs {
    /// Digits alone; whether there are more than three without a separator, and whether they begin with 0.
    Plain {
        /// At least 1000, without a separator.
        long: bool,
        /// More than one digit, the first of them 0.
        padded: bool,
    },
    /// Only a point can be the decimal sign.
    Point,
    /// Only a comma can be the decimal sign.
    Comma,
    /// One point with three digits behind it.
    EitherPoint,
    /// One comma with three digits behind it.
    EitherComma,
}

/// Codes of currencies and their usual abbreviations; signs (`$`, `€`) are known by their Unicode class.
const CURRENCIES: &[&str] = &[
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "BRL", "MXN", "ARS", "CLP", "COP", "ZAR", "KRW", "SGD", "HKD",
    "TWD", "THB", "IDR", "MYR", "PHP", "VND", "ILS", "AED", "SAR", "EGP", "NGN", "KES", "ISK", "US$", "A$",
    "C$", "R$", "HK$", "S$", "NT$", "Rs.", "Rs", "Fr.", "SFr.", "kr.", "kr", "zł", "Kč", "Ft", "lei", "лв",
    "руб.", "руб", "TL",
];

/// Longest unit, in bytes.
const UNIT: usize = 16;

impl NumberFormat {
    /// What `text` says, which is no mark of a missing value.
    pub fn read(&self, text: &str) -> Cell {
        if let Some(value) = self.plain(text) {
            return Cell::Value(value);
        }
        let Some(number) = written(text) else { return Cell::Unread };
        let factor = number.unit.map_or(Some(1.0), |unit| factor(self.unit.as_deref(), unit));
        match self.decimal.of(number.values).zip(factor) {
            Some((value, factor)) if number.limit => Cell::Limit(value * factor),
            Some((value, factor)) => Cell::Value(value * factor),
            None => Cell::Unread,
        }
    }

    /// The value of text that any program reads as the same number.
    pub fn plain(&self, text: &str) -> Option<f64> {
        if self.decimal == Decimal::Comma { None } else { plain(text) }
    }

    /// The format in words, for people.
    pub fn describe(&self) -> String {
        let decimal = match self.decimal {
            Decimal::Point => None,
            Decimal::Comma => Some("decimal comma".to_owned()),
            Decimal::Either => Some("decimal point or comma".to_owned()),
        };
        let unit = self.unit.as_deref().map(|unit| match unit {
            "%" => "percent".into(),
            // Crores, credit or chromium; thousands or ordinals.
            "Cr" | "CR" | "cr" | "th" | "Th" | "L" => format!("with the unit `{unit}`"),
            unit => format!("in {unit}"),
        });
        decimal.into_iter().chain(unit).collect::<Vec<_>>().join(", ")
    }
}

/// The value of text that is a number as programs write it: digits, a point, an exponent.
fn plain(text: &str) -> Option<f64> {
    // What begins and ends like this and is parsed is neither `inf` nor `nan`.
    let usual = |text: &str| {
        matches!(text.as_bytes(), [b'0'..=b'9' | b'.' | b'-' | b'+', .., b'0'..=b'9' | b'.'] | [b'0'..=b'9'])
    };
    let text = if usual(text) { text } else { text.trim() };
    usual(text).then(|| text.parse().ok()).flatten()
}

/// The number that `text` is where a point is the decimal sign, and where a comma is.
pub(crate) fn both_values(text: &str) -> [Option<f64>; 2] {
    let text = text.trim();
    match text.as_bytes() {
        bytes if !bytes.is_empty() && bytes.len() < 16 && bytes.iter().all(u8::is_ascii_digit) => {
            [text.parse().ok(); 2]
        }
        _ if text.bytes().any(|byte| byte.is_ascii_digit()) => {
            written(text).map_or([None; 2], |number| number.values)
        }
        _ => [None; 2],
    }
}

/// The value of text that [`plain`] reads, and what its separators tell.
pub(in crate::preprocess) fn plain_signs(text: &str) -> Option<(Signs, f64)> {
    let value = plain(text)?;
    let digits = text.trim().trim_start_matches(['-', '+']);
    let signs = match digits.split_once('.') {
        None if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            Signs::Plain { long: digits.len() > 3, padded: digits.len() > 1 && digits.starts_with('0') }
        }
        None => Signs::Plain { long: false, padded: false },
        Some((whole, "")) => {
            Signs::Plain { long: whole.len() > 3, padded: whole.len() > 1 && whole.starts_with('0') }
        }
        Some((whole, fraction)) => {
            let group = fraction.len() == 3 && fraction.bytes().all(|byte| byte.is_ascii_digit());
            let either = group && (1..=3).contains(&whole.len()) && !whole.starts_with('0');
            if either { Signs::EitherPoint } else { Signs::Point }
        }
    };
    Some((signs, value))
}

/// The number that `text` is, in whichever convention.
pub(in crate::preprocess) fn written(text: &str) -> Option<Written<'_>> {
    if let Some(value) = hexadecimal(text.trim()) {
        let signs = Signs::Plain { long: false, padded: false };
        return Some(Written {
            values: [Some(value); 2],
            limit: false,
            currency: None,
            unit: None,
            signs,
            aside: false,
        });
    }
    let (text, aside) = without_aside(text.trim());
    let number = written_alone(text)?;
    Some(match aside {
        None => number,
        Some(unit) => Written { unit: number.unit.or(unit), aside: true, ..number },
    })
}

/// The number that `text` is, with nothing beside it.
fn written_alone(text: &str) -> Option<Written<'_>> {
    let (text, mut negative) = match text.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
        Some(inner) => (inner.trim(), true),
        None => (text, false),
    };
    let (text, limit) = without_limit(text);
    let (text, minus) = without_sign(text);
    let (text, before) = without_currency(text);
    let (text, second) = if before.is_some() { without_sign(text) } else { (text, false) };
    negative ^= minus | second;
    let end = text.find(|c: char| !is_body(c)).unwrap_or(text.len());
    let (body, rest) = text.split_at(end);
    let body = body.trim_end_matches(is_space);
    if !body.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let (exponent, rest) = exponent(rest);
    let (rest, after) = without_trailing_currency(rest.trim_start_matches(is_space));
    // In `5,-` the dash stands for no cents, in `5-` for a negative number.
    let cents = body.len() > 1 && body.ends_with([',', '.']);
    let body = body.trim_end_matches([',', '.']);
    let rest = rest.trim_matches(is_space);
    let none = if cents {
        rest.strip_prefix("--").or_else(|| rest.strip_prefix(['-', '−', '–', '—']))
    } else {
        None
    };
    let (rest, minus) = match (none.or_else(|| rest.strip_prefix("/-")), rest) {
        (Some(rest), _) => (rest.trim_start_matches(is_space), false),
        (None, "-" | "−" | "–") if !negative => ("", true),
        (None, rest) => (rest, false),
    };
    // `1.2 Mio. €` and `5,- €`
    let (rest, last) = without_last_currency(rest);
    let currency = before.or(after).or(last);
    let unit = match rest {
        "" => None,
        "B" | "b" if currency.is_some() => Some("bn"),
        "T" if currency.is_some() => Some("tn"),
        unit => Some(is_unit(unit, currency.is_some()).then_some(unit)?),
    };
    let sign = if negative | minus { -1.0 } else { 1.0 };
    let values = ['.', ','].map(|decimal| Some(sign * value(body, decimal, exponent)?));
    let signs = signs(body, values)?;
    Some(Written { values, limit, currency, unit, signs, aside: false })
}

fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}')
}

fn is_body(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | '_') || (is_space(c) && c != '\t')
}

fn without_limit(text: &str) -> (&str, bool) {
    match text.strip_prefix(['<', '>', '≤', '≥']) {
        Some(rest) => (rest.strip_prefix('=').unwrap_or(rest).trim_start_matches(is_space), true),
        None => (text.strip_prefix(['~', '≈']).map_or(text, |rest| rest.trim_start_matches(is_space)), false),
    }
}

fn without_sign(text: &str) -> (&str, bool) {
    match text.strip_prefix(['-', '−', '–', '－']) {
        Some(rest) => (rest.trim_start_matches(is_space), true),
        None => (text.strip_prefix('+').unwrap_or(text), false),
    }
}

/// Signs of the Unicode class Sc that are in use.
pub(super) fn is_currency_sign(c: char) -> bool {
    matches!(
        c,
        '$' | '¢' | '£' | '¤' | '¥' | '฿' | '\u{20a0}'..='\u{20c0}' | '﹩' | '＄' | '￠' | '￡' | '￥' | '￦'
    )
}

fn without_currency(text: &str) -> (&str, Option<&str>) {
    let sign = text.chars().next().filter(|&c| is_currency_sign(c)).map(char::len_utf8);
    let code = || CURRENCIES.iter().filter(|code| starts_with(text, code)).map(|code| code.len()).max();
    match sign.or_else(code) {
        Some(length) => {
            let (currency, rest) = text.split_at(length);
            (rest.trim_start_matches(is_space), Some(currency))
        }
        None => (text, None),
    }
}

fn without_trailing_currency(text: &str) -> (&str, Option<&str>) {
    match without_currency(text) {
        (rest @ ("" | "-" | "−"), currency) => (rest, currency),
        _ => (text, None),
    }
}

/// The unit in front of a currency, as in `Mio. €`, `Mrd. USD`, `k€`.
fn without_last_currency(rest: &str) -> (&str, Option<&str>) {
    let is_currency = |text: &str| matches!(without_currency(text), ("", Some(_)));
    if is_currency(rest) {
        return ("", Some(rest));
    }
    let last = rest.char_indices().next_back().map_or(0, |(at, _)| at);
    let parted = rest.rsplit_once(is_space).filter(|(_, currency)| is_currency(currency));
    let joined = || Some(rest.split_at(last)).filter(|(unit, sign)| is_power(unit) && is_currency(sign));
    match parted.or_else(joined) {
        Some((unit, currency)) => (unit.trim_end_matches(is_space), Some(currency)),
        None => (rest, None),
    }
}

fn starts_with(text: &str, start: &str) -> bool {
    text.get(..start.len()).is_some_and(|head| head.eq_ignore_ascii_case(start))
}

/// The power of ten behind a number, and what comes after it.
fn exponent(rest: &str) -> (i32, &str) {
    let Some(tail) = rest.strip_prefix(['e', 'E']) else { return (0, rest) };
    let signed = tail.strip_prefix(['+', '-']).unwrap_or(tail);
    let digits = signed.bytes().take_while(u8::is_ascii_digit).count();
    let end = tail.len() - signed.len() + digits;
    match tail[..end].parse::<i32>() {
        Ok(power) if digits > 0 => (power, &tail[end..]),
        _ => (0, rest),
    }
}

/// Whether text behind a number can be its unit: `kg`, `km/h`, `°C`, `m²`, `%`, `mg/dl`, `€/kg`, `l/100km`, and `/kg` behind
/// an amount.
fn is_unit(text: &str, amount: bool) -> bool {
    let text = if amount { text.strip_prefix('/').unwrap_or(text) } else { text };
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| {
        c.is_alphabetic() || is_currency_sign(c) || matches!(c, '°' | '%' | '‰' | '"' | '\'' | '″' | '′')
    });
    let (mut per, mut last) = (false, 'a');
    let later = |c: char| {
        per |= c == '/';
        // `m2` is a unit, `h 22m` is two numbers.
        let powered = matches!(c, '2' | '3') && (last.is_alphabetic() || last == '^');
        let digit = c.is_ascii_digit() && (per && last != ' ' || powered);
        last = c;
        c.is_alphabetic()
            || is_currency_sign(c)
            || digit
            || matches!(c, '/' | '²' | '³' | '·' | '°' | '.' | '^' | '-' | '*' | ' ' | '%')
    };
    first && text.len() <= UNIT && letters.all(later)
}

/// The value of digits and separators where `decimal` stands before the fraction; `None` where they are no number.
fn value(body: &str, decimal: char, exponent: i32) -> Option<f64> {
    let (whole, fraction) = body.split_once(decimal).unwrap_or((body, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = grouped(whole, decimal)?;
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{}{digits}{point}{fraction}e{exponent}", if digits.is_empty() { "0" } else { "" }).parse().ok()
}

/// The digits of a whole number whose groups, if any, are set apart properly.
fn grouped(whole: &str, decimal: char) -> Option<String> {
    let Some(separator) = whole.chars().find(|c| !c.is_ascii_digit()) else { return Some(whole.to_owned()) };
    if separator == decimal {
        return None;
    }
    let same = |c: char| c == separator || (is_space(c) && is_space(separator));
    let groups: Vec<&str> = whole.split(same).collect();
    let (first, later) = groups.split_first()?;
    let (last, middle) = later.split_last()?;
    let digits = |group: &&str| group.bytes().all(|byte| byte.is_ascii_digit());
    let western = middle.iter().all(|group| group.len() == 3) && (1..=3).contains(&first.len());
    let indian = middle.iter().all(|group| group.len() == 2) && (1..=2).contains(&first.len());
    let sound =
        groups.iter().all(digits) && last.len() == 3 && (western || indian) && !first.starts_with('0');
    sound.then(|| groups.concat())
}

/// What the separators of `body` tell; `None` when it is a number in no convention.
fn signs(body: &str, values: [Option<f64>; 2]) -> Option<Signs> {
    let digits = body.bytes().all(|byte| byte.is_ascii_digit());
    match values {
        [None, None] => None,
        [Some(_), None] => Some(Signs::Point),
        [None, Some(_)] => Some(Signs::Comma),
        _ if digits => {
            Some(Signs::Plain { long: body.len() > 3, padded: body.len() > 1 && body.starts_with('0') })
        }
        [Some(a), Some(b)] if a == b => Some(Signs::Plain { long: false, padded: false }),
        _ if body.contains('.') => Some(Signs::EitherPoint),
        _ => Some(Signs::EitherComma),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
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
        for text in
            ["$1,201.50", "1,201.50 $", "CHF 1'201.50", "US$ 1201.5", "+1201.5", "1.2015e3", "£1,201.50"]
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
        for text in [
            "",
            "$",
            "abc",
            "1-2",
            "1/2",
            "12:30",
            "2023-01-05",
            "inf",
            "nan",
            "0x1G",
            "1.5.2023",
            "A12",
            "--5",
        ] {
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
}
