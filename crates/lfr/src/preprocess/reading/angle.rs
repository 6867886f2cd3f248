//! Angles with minutes and seconds or a point of the compass, as places on the globe have them.

/// Degrees of `48°12'39.5"N`, `48°13.577'N`, `48.1799° N`, `N 48° 12′`; south and west are negative. `None` for degrees alone,
/// which may be of temperature.
pub(super) fn degrees(text: &str) -> Option<f64> {
    let (text, point) = without_point(text);
    let (whole, rest) = text.split_once('°')?;
    let (whole, negative) = whole.strip_prefix(['-', '−']).map_or((whole, false), |rest| (rest, true));
    let (degrees, rest) = (number(whole)?, rest.trim());
    let parts = if rest.is_empty() { point.map(|_| 0.0) } else { minutes(rest) };
    let size = degrees + parts.filter(|&parts| parts == 0.0 || degrees.fract() == 0.0)?;
    let sound = size <= 360.0 && !(negative && point.is_some());
    sound.then_some(if negative || point == Some(true) { -size } else { size })
}

/// Minutes, perhaps with seconds, as degrees: `12'39.5"`.
fn minutes(text: &str) -> Option<f64> {
    let part = |text: &str| number(text).filter(|&part| part < 60.0);
    let (minutes, seconds) = text.split_once(['\'', '′', '’'])?;
    let seconds = seconds.trim();
    let seconds = match seconds.strip_suffix(['"', '″', '”']).or_else(|| seconds.strip_suffix("''")) {
        Some(seconds) => part(seconds)?,
        None if seconds.is_empty() => 0.0,
        None => return None,
    };
    Some(part(minutes)? / 60.0 + seconds / 3600.0)
}

/// The text without a point of the compass in front of it or behind it, and whether that is south or west.
fn without_point(text: &str) -> (&str, Option<bool>) {
    let point = |letter: &str| match letter {
        "N" | "E" => Some(false),
        "S" | "W" => Some(true),
        _ => None,
    };
    let last = text.char_indices().next_back().map_or(0, |(at, _)| at);
    let (front, behind) = (text.get(..1).and_then(point), point(&text[last..]));
    match (front, behind) {
        (Some(side), None) => (text[1..].trim(), Some(side)),
        (None, Some(side)) => (text[..last].trim(), Some(side)),
        _ => (text, None),
    }
}

/// A number without a sign.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let digits = text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b','));
    digits.then(|| text.replace(',', ".").parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn places_on_the_globe_are_degrees() {
        for (text, value) in [
            ("48°12'36\"N", 48.21),
            ("48° 12′ 36″ S", -48.21),
            ("48°12.6'N", 48.21),
            ("N 48° 12.6'", 48.21),
            ("48.21° N", 48.21),
            ("16,5° W", -16.5),
            ("-48°30'", -48.5),
        ] {
            assert!(
                degrees(text).is_some_and(|found| (found - value).abs() < 1e-9),
                "{text}: {:?}",
                degrees(text)
            );
        }
        for text in
            ["48.2°", "21 °C", "48°75'N", "48.5°12'N", "400° N", "-48° N", "°N", "N", "48", "48°12", "N 5° E"]
        {
            assert_eq!(degrees(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([NSEW0-9.,°'\"′″ -]|\\PC){0,16}") {
            let _ = degrees(&text);
        }
    }
}
