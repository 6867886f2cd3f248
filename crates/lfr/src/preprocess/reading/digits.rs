//! Digits and separators, and what they tell about the decimal sign.

use super::written::is_space;

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

/// The value of text that is a number as programs write it: digits, a point, an exponent.
pub(super) fn plain(text: &str) -> Option<f64> {
    // What begins and ends like this and is parsed is neither `inf` nor `nan`.
    let usual = |text: &str| {
        matches!(text.as_bytes(), [b'0'..=b'9' | b'.' | b'-' | b'+', .., b'0'..=b'9' | b'.'] | [b'0'..=b'9'])
    };
    let text = if usual(text) { text } else { text.trim() };
    usual(text).then(|| text.parse().ok()).flatten()
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

/// The power of ten behind a number, and what comes after it: `e5`, `D+02` of Fortran, `×10⁴`, `x 10^4`.
pub(super) fn exponent(rest: &str) -> (i32, &str) {
    if let Some(found) = power_of_ten(rest) {
        return found;
    }
    let fortran = || rest.strip_prefix(['d', 'D']).filter(|tail| tail.starts_with(['+', '-']));
    let Some(tail) = rest.strip_prefix(['e', 'E']).or_else(fortran) else { return (0, rest) };
    let signed = tail.strip_prefix(['+', '-']).unwrap_or(tail);
    let digits = signed.bytes().take_while(u8::is_ascii_digit).count();
    let end = tail.len() - signed.len() + digits;
    match tail[..end].parse::<i32>() {
        Ok(power) if digits > 0 => (power, &tail[end..]),
        _ => (0, rest),
    }
}

/// The power of `×10⁴`, `x 10^-4`, `*10^4`, and what comes after it.
fn power_of_ten(rest: &str) -> Option<(i32, &str)> {
    let tail = rest.strip_prefix(['×', 'x', '·', '*'])?.trim_start_matches(is_space).strip_prefix("10")?;
    let small = |c: char| "⁰¹²³⁴⁵⁶⁷⁸⁹".chars().position(|digit| digit == c);
    let (tail, plain) = tail.strip_prefix('^').map_or((tail, false), |tail| (tail, true));
    let (tail, negative) = tail.strip_prefix(['-', '−', '⁻']).map_or((tail, false), |tail| (tail, true));
    let digit = |c: char| if plain { c.to_digit(10) } else { small(c).map(|digit| digit as u32) };
    let end = tail.find(|c: char| digit(c).is_none()).unwrap_or(tail.len());
    let (digits, tail) = tail.split_at(end);
    let power = digits.chars().take(4).filter_map(digit).fold(0, |power, digit| power * 10 + digit as i32);
    (!digits.is_empty()).then_some((if negative { -power } else { power }, tail))
}

/// The value of digits and separators where `decimal` stands before the fraction; `None` where they are no number.
pub(super) fn value(body: &str, decimal: char, exponent: i32) -> Option<f64> {
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
pub(super) fn signs(body: &str, values: [Option<f64>; 2]) -> Option<Signs> {
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
