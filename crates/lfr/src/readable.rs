//! Numbers and texts as people can read them.

use std::borrow::Cow;
use std::time::Duration;

/// A count with its thousands set off: `1,234,567`.
pub(crate) fn count(n: usize) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A count and its noun: `1 image`, `1,100 images`.
pub(crate) fn counted(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A number with about four significant digits.
pub(crate) fn number(x: f64) -> String {
    let size = x.abs();
    match size {
        _ if x.is_nan() => "not a number".to_owned(),
        _ if x.is_infinite() => "infinite".to_owned(),
        _ if x == 0.0 => "0".to_owned(),
        _ if !(1e-3..1e7).contains(&size) => minus(format!("{x:.2e}")),
        _ if size < 1.0 => decimals(x, 4),
        _ if size < 10.0 => decimals(x, 3),
        _ if size < 100.0 => decimals(x, 2),
        _ if size < 1000.0 => decimals(x, 1),
        _ => decimals(x, 0),
    }
}

/// A number with so many decimals, thousands set off and a true minus sign.
pub(crate) fn decimals(x: f64, places: usize) -> String {
    let text = format!("{:.places$}", x.abs());
    let (whole, fraction) = text.split_once('.').map_or((text.as_str(), None), |(w, f)| (w, Some(f)));
    let whole = whole.parse().map_or_else(|_| whole.to_owned(), count);
    let rounds_to_zero = !text.bytes().any(|b| (b'1'..=b'9').contains(&b));
    let sign = if x < 0.0 && !rounds_to_zero { "−" } else { "" };
    match fraction {
        Some(fraction) => format!("{sign}{whole}.{fraction}"),
        None => format!("{sign}{whole}"),
    }
}

/// A share of 1 as a percentage; what is not quite nothing or all never reads so.
pub(crate) fn percent(share: f64) -> String {
    match share * 100.0 {
        p if p > 0.0 && p < 0.1 => "<0.1%".to_owned(),
        p if p > 99.9 && p < 100.0 => ">99.9%".to_owned(),
        p if p == p.trunc() => format!("{}%", decimals(p, 0)),
        p => format!("{}%", decimals(p, 1)),
    }
}

/// A span of time in its two largest units.
pub(crate) fn duration(time: Duration) -> String {
    match time.as_secs() {
        0 if time.as_millis() < 100 => format!("{} ms", time.as_millis()),
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        s @ 10..60 => format!("{s} s"),
        s @ 60..3600 => format!("{} min {} s", s / 60, s % 60),
        s => format!("{} h {} min", count((s / 3600) as usize), s % 3600 / 60),
    }
}

/// A name as a word of a command line: within quotes where there is more in it than letters, digits, `.`, `-` and `_`.
pub(crate) fn word(name: &str) -> Cow<'_, str> {
    let is_plain = |c: char| c.is_alphanumeric() || "._-".contains(c);
    match name.contains('\'') {
        _ if !name.is_empty() && name.chars().all(is_plain) => name.into(),
        true => format!("\"{name}\"").into(),
        false => format!("'{name}'").into(),
    }
}

fn minus(text: String) -> String {
    text.replace('-', "−")
}

/// Marks that turn the direction of whatever follows them, to the end of the line, around.
const TURNS: [char; 9] = [
    '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}', '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}',
    '\u{2069}',
];

/// `text` with every control character but tabs and line breaks replaced by U+FFFD: HTML and XML have no place for them.
/// So are marks that turn text around, as names made to deceive hold them; letters that run from right to left need none.
pub(crate) fn legible(text: &str) -> String {
    let shows = |c: char| (!c.is_control() || matches!(c, '\n' | '\t')) && !TURNS.contains(&c);
    text.chars().map(|c| if shows(c) { c } else { char::REPLACEMENT_CHARACTER }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_thousands() {
        assert_eq!([0, 999, 1000, 1_234_567].map(count), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([counted(1, "row"), counted(2500, "row")], ["1 row", "2,500 rows"]);
    }

    #[test]
    fn numbers_keep_four_digits() {
        let shown = [0.0, 0.03125, 1.5, 23.456, -456.78, 12345.6, 1e-5, -2e9, f64::NAN].map(number);
        assert_eq!(
            shown,
            ["0", "0.0312", "1.500", "23.46", "−456.8", "12,346", "1.00e−5", "−2.00e9", "not a number"]
        );
        assert_eq!(decimals(-0.001, 2), "0.00");
    }

    #[test]
    fn shares_never_round_to_nothing_or_all() {
        assert_eq!(
            [0.0, 0.0001, 0.125, 0.5, 0.99999, 1.0].map(percent),
            ["0%", "<0.1%", "12.5%", "50%", ">99.9%", "100%"]
        );
    }

    #[test]
    fn names_are_words() {
        assert_eq!(
            ["größe_2", "unit price", "it's", ""].map(word),
            ["größe_2", "'unit price'", "\"it's\"", "''"]
        );
    }

    #[test]
    fn times_show_two_units() {
        let shown = [0.012, 0.25, 9.96, 59.0, 102.0, 7384.0].map(|s| duration(Duration::from_secs_f64(s)));
        assert_eq!(shown, ["12 ms", "0.2 s", "10.0 s", "59 s", "1 min 42 s", "2 h 3 min"]);
    }
}
