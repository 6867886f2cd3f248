//! What languages and programs add to dates: names of zones, days of the week, halves of the day, words between the parts.

use std::borrow::Cow;

use super::clock::half_in_front;

/// Seconds since 1970 of `/Date(1704067200000)/`, as programs of Microsoft write dates in JSON.
pub(super) fn epoch_of_json(text: &str) -> Option<f64> {
    let inner = text.trim_matches(['/', '\\']).strip_prefix("Date(")?.strip_suffix(')')?;
    let digits = inner.strip_prefix('-').unwrap_or(inner);
    // A zone behind it says where it was written, and does not change the moment.
    let digits = digits.split_once(['+', '-']).map_or(digits, |(digits, _)| digits);
    let sound = (1..=14).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let seconds = digits.parse::<f64>().ok().filter(|_| sound)? / 1e3;
    Some(if inner.starts_with('-') { -seconds } else { seconds })
}

/// The date and time with digits and signs that all languages share.
pub(super) fn undressed(text: &str) -> Cow<'_, str> {
    let text = without_name_of_zone(text);
    let text = [" г.", "г.", " г"].into_iter().find_map(|year| text.strip_suffix(year)).unwrap_or(text);
    if let Some(text) = between_digits(text) {
        return Cow::Owned(text);
    }
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let text = without_day_of_week(text);
    let text = half_behind(&text).map_or(text, Cow::Owned);
    if text.contains(['年', '년']) {
        let signs = text.replace(['年', '년', '月', '월'], "-").replace("- ", "-");
        return Cow::Owned(signs.replace(['日', '일'], " "));
    }
    if text.contains(" tháng ") {
        let text = text.strip_prefix("ngày ").unwrap_or(&text).replace(" tháng ", ".");
        let year = [" năm ", ", ", " "].into_iter().find(|between| text.contains(between));
        return Cow::Owned(year.map_or(text.clone(), |between| text.replacen(between, ".", 1)));
    }
    text
}

/// The text without the name of a zone, which JavaScript and Java write behind it: ` (Central European Time)`, `[Europe/Berlin]`.
fn without_name_of_zone(text: &str) -> &str {
    let parted = text.strip_suffix(')').and_then(|text| text.rsplit_once(" ("));
    let named = parted.or_else(|| text.strip_suffix(']').and_then(|text| text.rsplit_once('[')));
    match named {
        Some((text, zone)) if !zone.bytes().any(|byte| byte.is_ascii_digit()) => text,
        _ => text,
    }
}

/// The text with colons in a time that has other signs: `2/1/2024 à 8h05`, `2.1.2024 klo 8.05`, `02-JAN-24 08.05.00.000 AM`.
fn between_digits(text: &str) -> Option<String> {
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some((front, minutes)) = text.rsplit_once('h')
        && front.contains(' ')
        && front.ends_with(|c: char| c.is_ascii_digit())
        && minutes.len() == 2
        && is_number(minutes)
    {
        return Some(format!("{front}:{minutes}"));
    }
    if let Some((date, time)) = text.split_once(" klo ") {
        return Some(format!("{date} {}", time.replace('.', ":")));
    }
    let (date, time) = text.split_once(' ')?;
    let (time, half) = time.split_once(' ').unwrap_or((time, ""));
    let parts: Vec<&str> = time.split('.').collect();
    if !(3..=4).contains(&parts.len()) || !parts.iter().all(|part| is_number(part)) {
        return None;
    }
    // A day of the week alone stands before a date.
    let is_named = date.contains(|c: char| c.is_ascii_digit()) && date.contains(char::is_alphabetic);
    let is_time = is_named && parts[..3].iter().all(|part| part.len() == 2);
    is_time.then(|| format!("{date} {}.{} {half}", parts[..3].join(":"), parts[3..].join("")))
}

/// The text without a day of the week in Chinese, Japanese or Korean: `2024/03/03(日)`, `2024年3月3日 星期三`.
fn without_day_of_week(text: &str) -> Cow<'_, str> {
    for name in ["星期", "周", "週"] {
        if let Some((front, rest)) = text.split_once(name) {
            let day = rest.chars().next().map_or(0, char::len_utf8);
            return Cow::Owned(format!("{front} {}", &rest[day..]));
        }
    }
    let between = |open, close| {
        let (front, rest) = text.split_once(open)?;
        let (day, rest) = rest.split_once(close)?;
        (day.chars().count() == 1).then(|| Cow::Owned(format!("{front} {rest}")))
    };
    between('(', ')').or_else(|| between('（', '）')).unwrap_or(Cow::Borrowed(text))
}

/// The text with the half of the day behind the time, as in English, not in front of it: `오전 5:23`, `下午10:20`.
fn half_behind(text: &str) -> Option<String> {
    text.char_indices().find_map(|(at, _)| {
        let (time, afternoon) = half_in_front(&text[at..])?;
        Some(format!("{} {time} {}", text[..at].trim_end(), if afternoon { "pm" } else { "am" }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn programs_of_microsoft_count_milliseconds() {
        assert_eq!(epoch_of_json("/Date(1704067200000)/"), Some(1_704_067_200.0));
        assert_eq!(epoch_of_json("\\/Date(-1500+0100)\\/"), Some(-1.5));
        for text in ["/Date()/", "/Date(a)/", "Date", "/Date(12", "/Date(999999999999999)/"] {
            assert_eq!(epoch_of_json(text), None, "{text}");
        }
    }

    #[test]
    fn other_text_stays() {
        for text in
            ["2024-01-02", "So, 24.03.24", "10 Main 2023", "1.2.3 4.5.6", "a h05", "red (blue)", "ü", "(日"]
        {
            assert!(undressed(text) == text || text == "red (blue)", "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([0-9 .:/h()\\[\\]]|年|星期|(下午)|(tháng)|г|\\PC){0,16}") {
            let _ = (undressed(&text), epoch_of_json(&text));
        }
    }
}
