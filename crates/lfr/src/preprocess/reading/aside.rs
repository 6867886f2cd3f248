//! What stands beside a number and is passed over: its error, a footnote, the sign of significance.

use super::duration::lasting;
use super::written::written;

/// Longest cell, in bytes.
const LONGEST: usize = 64;

/// The number in front of what is passed over, and the unit found in that, if anything is: `4.52` of `4.52 ± 0.11 kg`,
/// `4.52 (0.3)`, `4.52 [4.1, 4.9]`, `4.52[2]`, `4.52***`.
pub(super) fn without_aside(text: &str) -> (&str, Option<Option<&str>>) {
    if text.len() > LONGEST || text.is_ascii() && !text.contains(['(', '[', '*', '+']) {
        return (text, None);
    }
    let found = error(text).or_else(|| in_brackets(text)).or_else(|| {
        let number = text.trim_end_matches(['*', '†', '‡']);
        (number.len() < text.len() && !number.is_empty()).then_some((number, None))
    });
    found.map_or((text, None), |(number, unit)| (number.trim_end(), Some(unit)))
}

/// The number in front of its error, and the unit behind that.
fn error(text: &str) -> Option<(&str, Option<&str>)> {
    let (number, error) =
        text.split_once('±').or_else(|| text.split_once("+/-")).or_else(|| text.split_once("+-"))?;
    let error = error.trim();
    let plain = error.starts_with(|c: char| c.is_ascii_digit() || c == '.');
    Some((number, written(error).filter(|found| plain && !found.aside)?.unit))
}

/// The number in front of brackets with another number, an interval, a time (`2 (3d5h ago)`), or a footnote.
fn in_brackets(text: &str) -> Option<(&str, Option<&str>)> {
    let is_figure = |inner: &str| is_number(inner) || is_interval(inner) || lasting(inner).is_some();
    let (number, _) = match text.strip_suffix(')') {
        Some(text) => text.rsplit_once('(').filter(|(_, inner)| is_figure(inner))?,
        None => text.strip_suffix(']')?.rsplit_once('[').filter(|(_, inner)| {
            let footnote = inner.len() <= 3 && inner.bytes().all(|byte| byte.is_ascii_alphanumeric());
            footnote && !inner.is_empty() || inner.split([',', ';', '–']).all(is_number)
        })?,
    };
    (!number.trim().is_empty()).then_some((number, None))
}

/// `0.52-2.84`, `0.52, 2.84`, `95% CI 0.52 to 2.84`
fn is_interval(text: &str) -> bool {
    const NAMES: [&str; 5] = ["CI", "CI:", "IQR", "IQR:", "range"];
    let mut words = text.trim().splitn(2, ' ');
    let share = |word: &&str| word.ends_with('%') && is_number(word);
    let text = words.next().filter(share).and(words.next()).unwrap_or(text).trim();
    let text = NAMES.iter().find_map(|name| text.strip_prefix(name)?.strip_prefix(' ')).unwrap_or(text);
    let parts =
        [" to ", "–", ", ", "; ", " - ", "-"].into_iter().find_map(|between| text.split_once(between));
    parts.is_some_and(|(low, high)| is_number(low) && is_number(high))
}

fn is_number(text: &str) -> bool {
    let text = text.trim();
    text.contains(|c: char| c.is_ascii_digit()) && !text.contains(['(', '[']) && written(text).is_some()
}

/// The value of `0x1F`.
pub(super) fn hexadecimal(text: &str) -> Option<f64> {
    let digits = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"))?;
    let sound = (1..=13).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    sound.then(|| u64::from_str_radix(digits, 16).ok()).flatten().map(|value| value as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_number_is_the_value() {
        for text in [
            "4.52 ± 0.11",
            "4.52±0.11",
            "4.52 +/- 0.11",
            "4.52 (0.3)",
            "4.52 (34.5%)",
            "4.52***",
            "4.52 *",
            "4.52†",
            "4.52[2]",
            "4.52 [4.1, 4.9]",
            "4.52 [a]",
            "4.52 (4.1-4.9)",
            "4.52 (95% CI 4.1-4.9)",
            "4.52 (IQR 4.1 to 4.9)",
            "4.52 (4.1, 4.9)",
            "4.52 (3d5h ago)",
        ] {
            let number = written(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((number.values[0], number.aside), (Some(4.52), true), "{text}");
        }
        assert_eq!(written("4.52 ± 0.11 kg").unwrap().unit, Some("kg"));
        for text in ["4.52", "(4.52)", "-4.52", "4.52 kg"] {
            assert!(!written(text).unwrap().aside, "{text}");
        }
        for text in
            ["4 (red)", "a (4)", "4 ± b", "±4", "***", "[4]", "4 []", "4 (", "call (030) 12", "4 (5) 6"]
        {
            assert_eq!(written(text), None, "{text}");
        }
    }

    #[test]
    fn hexadecimal_numbers_have_their_sign() {
        assert_eq!((hexadecimal("0x1F"), hexadecimal("0XFF")), (Some(31.0), Some(255.0)));
        for text in ["0x", "1F", "0x1G", "0x12345678901234"] {
            assert_eq!(hexadecimal(text), None, "{text}");
        }
    }
}
