//! Zones behind a time.

/// Zones by name, and the hours that they are ahead of UTC. Where a name has several meanings the one of most people.
const ZONES: &[(&str, f64)] = &[
    ("UTC", 0.0),
    ("GMT", 0.0),
    ("WET", 0.0),
    ("WEST", 1.0),
    ("BST", 1.0),
    ("CET", 1.0),
    ("MEZ", 1.0),
    ("CEST", 2.0),
    ("MESZ", 2.0),
    ("EET", 2.0),
    ("EEST", 3.0),
    ("MSK", 3.0),
    ("IST", 5.5),
    ("SGT", 8.0),
    ("JST", 9.0),
    ("KST", 9.0),
    ("AEST", 10.0),
    ("AEDT", 11.0),
    ("EST", -5.0),
    ("EDT", -4.0),
    ("CST", -6.0),
    ("CDT", -5.0),
    ("MST", -7.0),
    ("MDT", -6.0),
    ("PST", -8.0),
    ("PDT", -7.0),
];

/// The text in front of a zone (`Z`, `+01:00`, `GMT+1`, `CEST`), and the seconds that it is ahead of UTC.
pub(super) fn without_zone(text: &str) -> (&str, f64) {
    let named = |&(name, hours): &(&str, f64)| {
        let rest = text.strip_suffix(name).filter(|rest| !rest.ends_with(char::is_alphabetic))?;
        Some((rest.trim_end(), hours * 3600.0))
    };
    let zulu = text.strip_suffix(['Z', 'z']).filter(|rest| !rest.ends_with(char::is_alphabetic));
    if let Some(rest) = zulu {
        return (rest.trim_end(), 0.0);
    }
    let numeric = |at: usize| numeric(text, at);
    ZONES.iter().find_map(named).or_else(|| text.rfind(['+', '-']).and_then(numeric)).unwrap_or((text, 0.0))
}

/// The same of a zone that begins with the sign at a place.
fn numeric(text: &str, at: usize) -> Option<(&str, f64)> {
    let (rest, zone) = text.split_at(at);
    let sign = if zone.starts_with('-') { -1.0 } else { 1.0 };
    let digits: String = zone[1..].chars().filter(|&c| c != ':').collect();
    let rest = rest.trim_end();
    let utc = rest.strip_suffix("UTC").or_else(|| rest.strip_suffix("GMT"));
    let sound = matches!(digits.len(), 2 | 4) || digits.len() == 1 && utc.is_some();
    let number: f64 =
        digits.parse().ok().filter(|_| sound && digits.bytes().all(|byte| byte.is_ascii_digit()))?;
    let (hours, minutes) =
        if digits.len() <= 2 { (number, 0.0) } else { ((number / 100.0).floor(), number % 100.0) };
    let ahead = sign * (hours * 3600.0 + minutes * 60.0);
    // A zone stands behind a time.
    let rest = utc.unwrap_or(rest).trim_end();
    (rest.contains([':', 'T']) && hours <= 14.0 && minutes < 60.0).then_some((rest, ahead))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_stand_behind_a_time() {
        for (text, hours) in [
            ("8:00Z", 0.0),
            ("8:00 UTC", 0.0),
            ("8:00 +01:00", 1.0),
            ("8:00-0330", -3.5),
            ("8:00 GMT+1", 1.0),
            ("8:00 CEST", 2.0),
            ("8:00 EST", -5.0),
        ] {
            assert_eq!(without_zone(text), ("8:00", hours * 3600.0), "{text}");
        }
        for text in ["8:00", "8:00+1", "2024-01-02", "8:00 XCET", "8:00 +99"] {
            assert_eq!(without_zone(text), (text, 0.0), "{text}");
        }
    }
}
