//! Durations in words and letters.

use super::DAY;
use super::clock::clock;
use super::families::{MONTH, YEAR};

/// Units of time as people write them, in lower case without a point, with the seconds of one.
#[rustfmt::skip]
const UNITS: &[(&str, f64)] = &[
    ("ms", 1e-3), ("msec", 1e-3),
    ("s", 1.0), ("sec", 1.0), ("secs", 1.0), ("second", 1.0), ("seconds", 1.0), ("sek", 1.0), ("sekunde", 1.0),
    ("sekunden", 1.0), ("seg", 1.0), ("secondes", 1.0), ("segundos", 1.0),
    ("m", 60.0), ("min", 60.0), ("mins", 60.0), ("minute", 60.0), ("minutes", 60.0), ("minuten", 60.0), ("minutos", 60.0),
    ("mn", 60.0),
    ("h", 3600.0), ("hr", 3600.0), ("hrs", 3600.0), ("hour", 3600.0), ("hours", 3600.0), ("std", 3600.0),
    ("stunde", 3600.0), ("stunden", 3600.0), ("heure", 3600.0), ("heures", 3600.0), ("hora", 3600.0), ("horas", 3600.0),
    ("d", DAY), ("day", DAY), ("days", DAY), ("tag", DAY), ("tage", DAY), ("jour", DAY), ("jours", DAY), ("j", DAY),
    ("w", 7.0 * DAY), ("wk", 7.0 * DAY), ("wks", 7.0 * DAY), ("week", 7.0 * DAY), ("weeks", 7.0 * DAY),
    ("woche", 7.0 * DAY), ("wochen", 7.0 * DAY), ("semaine", 7.0 * DAY), ("semaines", 7.0 * DAY), ("semana", 7.0 * DAY),
    ("semanas", 7.0 * DAY), ("día", DAY), ("días", DAY), ("dias", DAY),
    ("mo", MONTH), ("mos", MONTH), ("mon", MONTH), ("mons", MONTH), ("mth", MONTH), ("mths", MONTH), ("month", MONTH),
    ("months", MONTH), ("monat", MONTH), ("monate", MONTH), ("monaten", MONTH), ("mois", MONTH), ("meses", MONTH),
    ("y", YEAR), ("yr", YEAR), ("yrs", YEAR), ("year", YEAR), ("years", YEAR), ("jahr", YEAR), ("jahre", YEAR),
    ("jahren", YEAR), ("ans", YEAR), ("año", YEAR), ("años", YEAR), ("anos", YEAR),
];
/// What programs say around a duration: `About an hour ago`, `Up 2 weeks`.
const BEFORE: [&str; 6] = ["Up ", "About ", "about ", "Less than ", "over ", "almost "];
/// Longest duration, in bytes.
const LONGEST: usize = 48;

/// Seconds of a duration with days or letters: `0 days 00:05:00`, `3 days`, `P0DT0H5M0S`, `2h 5m`, `1 hr 20 min`, `1h05`,
/// `1-02:03:04` (Slurm), `2 weeks ago`.
pub(in crate::preprocess) fn lasting(text: &str) -> Option<f64> {
    let whole = text.trim();
    let text = whole.strip_suffix(" ago").unwrap_or(whole);
    let text = BEFORE.iter().fold(text, |text, word| text.strip_prefix(word).unwrap_or(text));
    // `over 100 m` is as likely a distance.
    let certain = whole.ends_with(" ago") || whole.starts_with("Up ") || text.len() == whole.len();
    if !certain && text.split(|c: char| !c.is_alphabetic()).all(|word| word.len() < 2) {
        return None;
    }
    if let Some(unit) = text.strip_prefix("an ").or_else(|| text.strip_prefix("a ")) {
        return UNITS.iter().find(|(name, _)| *name == unit).map(|(_, seconds)| *seconds);
    }
    let (text, sign) = text.strip_prefix('-').map_or((text, 1.0), |rest| (rest, -1.0));
    if let Some(rest) = text.strip_prefix('P') {
        return Some(sign * iso_duration(rest)?);
    }
    days(text, sign).or_else(|| Some(sign * in_units(text)?))
}

/// Seconds of `1 day, 2:00:00` with a sign before it.
fn days(text: &str, sign: f64) -> Option<f64> {
    let slurm = || text.split_once('-').filter(|(_, time)| sign > 0.0 && time.matches(':').count() == 2);
    let (days, rest) = text.split_once(" day").or_else(slurm)?;
    let days: u32 = days.parse().ok().filter(|_| days.starts_with(|c: char| c.is_ascii_digit()))?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).trim_start_matches([',', ' ']);
    let time = if rest.is_empty() { 0.0 } else { clock(rest.trim_start_matches('+'))? };
    // pandas and Python write -1 days +23:59:00 for a minute less than nothing.
    Some(sign * f64::from(days) * DAY + time)
}

/// Seconds of numbers with units of time, the larger first; behind hours two digits are minutes.
fn in_units(text: &str) -> Option<f64> {
    if text.len() > LONGEST || !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let (mut rest, mut seconds, mut last) = (text, 0.0, f64::INFINITY);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.' && c != ',').unwrap_or(rest.len());
        let (digits, tail) = rest.split_at(end);
        let number: f64 = digits.replace(',', ".").parse().ok()?;
        let letters = tail.trim_start();
        let end = letters.find(|c: char| !c.is_alphabetic()).unwrap_or(letters.len());
        let (word, behind) = letters.split_at(end);
        let unit = match word.to_lowercase().as_str() {
            "" if tail.is_empty() && last == 3600.0 && digits.len() == 2 && number < 60.0 => 60.0,
            // Behind years `m` is months.
            "m" if last == YEAR => MONTH,
            word => UNITS.iter().find(|(name, _)| *name == word)?.1,
        };
        // `5m 2h` is no duration.
        if unit >= last {
            return None;
        }
        (seconds, last) = (seconds + number * unit, unit);
        rest = behind.trim_start_matches(['.', ',', ' ', '\u{a0}', '\u{202f}']);
        let and = rest.strip_prefix("and ").or_else(|| rest.strip_prefix("und "));
        rest = and.unwrap_or(rest);
    }
    Some(seconds)
}

/// Whether a unit is one of months or years, which have no fixed length.
pub(super) fn is_uneven(unit: &str) -> bool {
    let unit = unit.trim_end_matches(" ago").trim_end_matches('.').to_lowercase();
    UNITS.iter().any(|(name, seconds)| *name == unit && *seconds >= MONTH)
}

/// Whether a duration has months or years.
pub(super) fn has_uneven(text: &str) -> bool {
    let date = text.strip_prefix('P').map(|iso| iso.split('T').next().unwrap_or_default());
    match date {
        Some(date) => date.contains(['Y', 'M']),
        None => {
            let years = text.contains(['y', 'Y']);
            let word = |word: &str| is_uneven(word) || (years && word.eq_ignore_ascii_case("m"));
            text.split(|c: char| !c.is_alphabetic()).any(word)
        }
    }
}

/// Whether a duration has hours or seconds, beside which `m` is minutes.
pub(super) fn has_hours_or_seconds(text: &str) -> bool {
    let short = |word: &str| {
        let word = word.to_lowercase();
        UNITS.iter().any(|(name, seconds)| *name == word && (*seconds <= 1.0 || *seconds == 3600.0))
    };
    match text.strip_prefix('P') {
        Some(iso) => iso.contains('T'),
        None => text.contains(':') || text.split(|c: char| !c.is_alphabetic()).any(short),
    }
}

/// Whether a unit behind a number is one of time.
pub(super) fn is_unit_of_time(unit: &str) -> bool {
    let unit = unit.trim_end_matches(" ago").trim_end_matches('.').to_lowercase();
    UNITS.iter().any(|(name, _)| *name == unit)
}

/// Seconds of `1Y2M3DT4H5M6.5S`, which is ISO 8601 behind its P.
fn iso_duration(mut rest: &str) -> Option<f64> {
    let (mut seconds, mut in_time, mut any) = (0.0, false, false);
    while !rest.is_empty() {
        if let Some(tail) = rest.strip_prefix('T') {
            (rest, in_time) = (tail, true);
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest[..end].parse().ok()?;
        let unit = match (rest.as_bytes()[end], in_time) {
            (b'Y', false) => YEAR,
            (b'M', false) => MONTH,
            (b'W', false) => 7.0 * DAY,
            (b'D', false) => DAY,
            (b'H', true) => 3600.0,
            (b'M', true) => 60.0,
            (b'S', true) => 1.0,
            _ => return None,
        };
        (seconds, any, rest) = (seconds + number * unit, true, &rest[end + 1..]);
    }
    any.then_some(seconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_of_programs() {
        assert_eq!(lasting("0 days 00:05:00.5"), Some(300.5));
        assert_eq!((lasting("3 days"), lasting("1 day, 2:00:00")), (Some(3.0 * DAY), Some(DAY + 7200.0)));
        assert_eq!((lasting("-1 days +23:59:00"), lasting("P1DT2H3M4.5S")), (Some(-60.0), Some(93_784.5)));
        assert_eq!(
            (lasting("1-02:03:04"), lasting("1-02:03"), lasting("-1-02:03:04")),
            (Some(93_784.0), None, None)
        );
        assert_eq!(
            (lasting("P1Y2M"), lasting("P3DT4H")),
            (Some(YEAR + 2.0 * MONTH), Some(3.0 * DAY + 14_400.0))
        );
        assert_eq!(
            (lasting("days"), lasting("P"), lasting("PT5"), lasting("PT1Y")),
            (None, None, None, None)
        );
    }

    #[test]
    fn durations_of_people() {
        for (text, seconds) in [
            ("2h 5m", 7500.0),
            ("2h5m", 7500.0),
            ("1 hr 20 min", 4800.0),
            ("1h05", 3900.0),
            ("3m 20s", 200.0),
            ("2 Std. 5 Min.", 7500.0),
            ("1 day 3 hours", DAY + 10_800.0),
            ("1 hour and 30 minutes", 5400.0),
            ("-2h 5m", -7500.0),
            ("45m", 2700.0),
            ("1.5 h", 5400.0),
            ("5w", 35.0 * DAY),
            ("1w 2d", 9.0 * DAY),
            ("5d3h", 5.0 * DAY + 10_800.0),
            ("2 years 3 months", 27.0 * MONTH),
            ("2y 3m", 27.0 * MONTH),
            ("2y45d", 2.0 * YEAR + 45.0 * DAY),
            ("2 weeks ago", 14.0 * DAY),
            ("About an hour ago", 3600.0),
            ("Up 3 days", 3.0 * DAY),
            ("Up 5m", 300.0),
            ("over 2 years", 2.0 * YEAR),
            ("about 5m ago", 300.0),
        ] {
            assert_eq!(lasting(text), Some(seconds), "{text}");
        }
        for text in [
            "",
            "2",
            "2h5",
            "2h 75",
            "5m 2h",
            "2h 5h",
            "2x 5m",
            "h",
            "2 km 5 m",
            "12A",
            "1h05m06",
            "1e5 s",
            "ago",
            "a",
            "a b",
            "Up ",
            "over 100 m",
            "almost 5 d",
            "Less than 3 s",
        ] {
            assert_eq!(lasting(text), None, "{text}");
        }
    }

    #[test]
    fn months_and_years_are_known_by_their_names() {
        assert!(["3y", "2mo", "P1Y", "P2MT5M", "2 years", "1y 2m", "1 Jahr"].into_iter().all(has_uneven));
        assert!(!["3d", "2m", "PT5M", "2 weeks", "45m", "5d3h", "an hour ago"].into_iter().any(has_uneven));
    }

    #[test]
    fn hours_and_seconds_are_known_by_their_names() {
        let some = ["5d3h", "2h 5m", "3m 20s", "PT5M", "1 day, 2:00:00", "About an hour ago", "20 ms"];
        assert!(some.into_iter().all(has_hours_or_seconds));
        assert!(!["2y45d", "45m", "2y 3m", "P1Y2M", "30d", "20 min"].into_iter().any(has_hours_or_seconds));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([0-9 .,:hmsdPTyYM+-]|day|mo|ago|a |Std\\.|\\PC){0,20}") {
            let _ = (lasting(&text), has_uneven(&text));
        }

        #[test]
        fn hours_minutes_and_seconds_come_back(h in 0u32..500, m in 0u32..60, s in 0u32..60) {
            let seconds = Some(f64::from(h * 3600 + m * 60 + s));
            prop_assert_eq!(lasting(&format!("{h}h {m}m {s}s")), seconds);
            prop_assert_eq!(lasting(&format!("{h} Std. {m} Min. {s} Sek.")), seconds);
        }
    }
}
