//! Currencies beside numbers.

use super::unit::is_power;
use super::written::is_space;

/// Codes of currencies and their usual abbreviations; signs (`$`, `€`) are known by their Unicode class.
const CURRENCIES: &[&str] = &[
    "USD", "EUR", "GBP", "CHF", "JPY", "CNY", "INR", "AUD", "CAD", "NZD", "SEK", "NOK", "DKK", "PLN", "CZK",
    "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "BRL", "MXN", "ARS", "CLP", "COP", "ZAR", "KRW", "SGD", "HKD",
    "TWD", "THB", "IDR", "MYR", "PHP", "VND", "ILS", "AED", "SAR", "EGP", "NGN", "KES", "ISK", "US$", "A$",
    "C$", "R$", "HK$", "S$", "NT$", "Rs.", "Rs", "Fr.", "SFr.", "kr.", "kr", "zł", "Kč", "Ft", "lei", "лв",
    "руб.", "руб", "TL", "円", "元", "원",
];

/// Coins, whose signs stand behind their number: the hundredth part of an amount, so that they are a unit.
const COINS: [&str; 2] = ["¢", "￠"];

/// Signs of the Unicode class Sc that are in use.
pub(super) fn is_currency_sign(c: char) -> bool {
    matches!(
        c,
        '$' | '¢' | '£' | '¤' | '¥' | '฿' | '\u{20a0}'..='\u{20c0}' | '﹩' | '＄' | '￠' | '￡' | '￥' | '￦'
    )
}

pub(super) fn without_currency(text: &str) -> (&str, Option<&str>) {
    // A yen sign in Shift_JIS is a backslash in ASCII.
    let yen = text
        .strip_prefix('\\')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '-'));
    let sign = text.chars().next().filter(|&c| is_currency_sign(c) || yen).map(char::len_utf8);
    let code = || CURRENCIES.iter().filter(|code| starts_with(text, code)).map(|code| code.len()).max();
    match sign.or_else(code) {
        Some(length) => {
            let (currency, rest) = text.split_at(length);
            (rest.trim_start_matches(is_space), Some(currency))
        }
        None => (text, None),
    }
}

pub(super) fn without_trailing_currency(text: &str) -> (&str, Option<&str>) {
    match without_currency(text) {
        ("", Some(coin)) if COINS.contains(&coin) => (text, None),
        (rest @ ("" | "-" | "−"), currency) => (rest, currency),
        _ => (text, None),
    }
}

/// The unit in front of a currency, as in `Mio. €`, `Mrd. USD`, `k€`.
pub(super) fn without_last_currency(rest: &str) -> (&str, Option<&str>) {
    let is_currency = |text: &str| matches!(without_trailing_currency(text), ("", Some(_)));
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

/// One name for a currency, however it is written.
pub(super) fn code(sign: &str) -> String {
    match sign.to_uppercase().trim_end_matches('.') {
        "€" => "EUR",
        "$" | "US$" => "USD",
        "£" => "GBP",
        "RS" | "₹" => "INR",
        "FR" | "SFR" => "CHF",
        "￥" | "円" | "元" | "\\" => "¥",
        other => other,
    }
    .to_owned()
}
