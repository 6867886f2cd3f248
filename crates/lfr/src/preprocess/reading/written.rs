//! Numbers as people write them: thousands separators, decimal commas, currencies, percent, units, limits.

#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};

use super::Cell;
use super::angle::degrees;
use super::aside::{hexadecimal, without_aside};
use super::compound::compound;
use super::currency::{without_currency, without_last_currency, without_trailing_currency};
use super::digits::{Signs, exponent, plain, signs, value};
use super::unit::{is_unit, scale};

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

impl NumberFormat {
    /// What `text` says, which is no mark of a missing value.
    pub fn read(&self, text: &str) -> Cell {
        if let Some(value) = self.plain(text) {
            return Cell::Value(value);
        }
        let Some(number) = written(text) else { return Cell::Unread };
        let scale = scale(self.unit.as_deref(), number.unit, number.currency);
        match self.decimal.of(number.values).zip(scale) {
            Some((value, scale)) if number.limit => Cell::Limit(scale.of(value)),
            Some((value, scale)) => Cell::Value(scale.of(value)),
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
            "Cr" | "CR" | "cr" | "th" | "Th" | "L" | "H" => format!("with the unit `{unit}`"),
            unit => format!("in {unit}"),
        });
        decimal.into_iter().chain(unit).collect::<Vec<_>>().join(", ")
    }
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

/// Whether a number has a unit or a currency beside it.
pub(in crate::preprocess) fn has_unit(text: &str) -> bool {
    plain(text).is_none() && written(text).is_some_and(|number| number.unit.or(number.currency).is_some())
}

/// The number that `text` is, in whichever convention.
pub(in crate::preprocess) fn written(text: &str) -> Option<Written<'_>> {
    let text = text.trim();
    let special = hexadecimal(text).map(|value| (value, None));
    if let Some((value, unit)) = special.or_else(|| degrees(text).map(|value| (value, Some("°")))) {
        return Some(special_number(text, value, unit));
    }
    let (text, aside) = without_aside(text);
    let number = written_alone(text)
        .or_else(|| compound(text).map(|(value, unit)| special_number(text, value, Some(unit))))?;
    Some(match aside {
        None => number,
        Some(unit) => Written { unit: number.unit.or(unit), aside: true, ..number },
    })
}

/// A number that is written in a way of its own.
fn special_number<'a>(text: &str, value: f64, unit: Option<&'a str>) -> Written<'a> {
    let signs = match (text.contains('.'), text.contains(',')) {
        (true, false) => Signs::Point,
        (false, true) => Signs::Comma,
        _ => Signs::Plain { long: false, padded: false },
    };
    Written { values: [Some(value); 2], limit: false, currency: None, unit, signs, aside: false }
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
        "m" | "MM" if currency.is_some() => Some("mn"),
        "T" if currency.is_some() => Some("tn"),
        unit => Some(is_unit(unit, currency.is_some()).then_some(unit)?),
    };
    let sign = if negative | minus { -1.0 } else { 1.0 };
    let values = ['.', ','].map(|decimal| Some(sign * value(body, decimal, exponent)?));
    let signs = signs(body, values)?;
    Some(Written { values, limit, currency, unit, signs, aside: false })
}

pub(super) fn is_space(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{a0}' | '\u{202f}' | '\u{2009}')
}

fn is_body(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '.' | ',' | '\'' | '’' | '_') || (is_space(c) && c != '\t')
}

fn without_limit(text: &str) -> (&str, bool) {
    match text.strip_prefix(['<', '>', '≤', '≥']) {
        Some(rest) => (rest.strip_prefix('=').unwrap_or(rest).trim_start_matches(is_space), true),
        None => (without_about(text), false),
    }
}

/// The text behind a word or sign that says that a number is not exact.
fn without_about(text: &str) -> &str {
    const WORDS: [&str; 9] = ["~", "≈", "ca.", "ca ", "circa ", "approx.", "about ", "etwa ", "rund "];
    let rest = WORDS.iter().find_map(|&word| {
        let head = text.get(..word.len())?;
        head.eq_ignore_ascii_case(word).then(|| &text[word.len()..])
    });
    rest.map_or(text, |rest| rest.trim_start_matches(is_space))
}

fn without_sign(text: &str) -> (&str, bool) {
    match text.strip_prefix(['-', '−', '–', '－']) {
        Some(rest) => (rest.trim_start_matches(is_space), true),
        None => (text.strip_prefix('+').map_or(text, |rest| rest.trim_start_matches(is_space)), false),
    }
}
