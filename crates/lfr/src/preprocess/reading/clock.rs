//! Times of day in the forms that people and programs write.

/// Seconds since midnight as hours, minutes and seconds.
pub(in crate::preprocess) fn shown_clock(seconds: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let (h, m, s) = (whole / 3600, whole / 60 % 60, whole % 60);
    if s == 0 { format!("{h:02}:{m:02}") } else { format!("{h:02}:{m:02}:{s:02}") }
}

/// Seconds since midnight of `8:05`, `08:05:10.5`, `8:05 pm`, `8:05 Uhr`; hours may go beyond a day.
pub(in crate::preprocess) fn clock(text: &str) -> Option<f64> {
    let text = text.trim();
    let text = text.strip_suffix("Uhr").map_or(text, str::trim_end);
    let (digits, half) = half_of_day(text);
    let mut parts = digits.split(':');
    let (hours, minutes, seconds) = (parts.next()?, parts.next()?, parts.next().unwrap_or("0"));
    let whole = |part: &str, most: usize| -> Option<f64> {
        let digits = !part.is_empty() && part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse().ok()).flatten()
    };
    let (second, fraction) = seconds.split_once(['.', ',']).unwrap_or((seconds, ""));
    let fraction =
        if fraction.is_empty() { 0.0 } else { whole(fraction, 9)? / 10f64.powi(fraction.len() as i32) };
    let (mut hours, minutes, second) = (whole(hours, 4)?, whole(minutes, 2)?, whole(second, 2)?);
    if parts.next().is_some() || minutes > 59.0 || second > 60.0 {
        return None;
    }
    if let Some(afternoon) = half {
        if !(1.0..=12.0).contains(&hours) {
            return None;
        }
        hours = hours % 12.0 + if afternoon { 12.0 } else { 0.0 };
    }
    Some(hours * 3600.0 + minutes * 60.0 + second + fraction)
}

/// Seconds of a lap, whose minutes and seconds have a fraction: `1:23.456`.
pub(in crate::preprocess) fn lap(text: &str) -> Option<f64> {
    let text = text.trim();
    let (minutes, seconds) = text.split_once(':')?;
    let fraction = seconds.len() > 3 && seconds.contains(['.', ',']);
    (fraction && minutes.len() <= 2 && !seconds.contains(':')).then(|| clock(&format!("0:{text}"))).flatten()
}

/// `8:05` and whether it is in the afternoon, of `8:05 p.m.`, `오후 8:05`.
fn half_of_day(text: &str) -> (&str, Option<bool>) {
    #[rustfmt::skip]
    const HALVES: [(&str, bool); 12] = [
        ("am", false), ("pm", true), ("a.m.", false), ("p.m.", true), ("a. m.", false), ("p. m.", true),
        ("a.\u{a0}m.", false), ("p.\u{a0}m.", true), ("π.μ.", false), ("μ.μ.", true), ("πμ", false), ("μμ", true),
    ];
    if let Some((rest, afternoon)) = half_in_front(text) {
        return (rest, Some(afternoon));
    }
    for (mark, afternoon) in HALVES {
        let at = text.len().wrapping_sub(mark.len());
        if text.get(at..).is_some_and(|tail| tail.eq_ignore_ascii_case(mark)) {
            return (text[..at].trim_end(), Some(afternoon));
        }
    }
    (text, None)
}

/// The time behind `오후`, `下午` and the like, and whether they say that it is in the afternoon.
pub(super) fn half_in_front(text: &str) -> Option<(&str, bool)> {
    const HALVES: [(&str, bool); 6] =
        [("오전", false), ("오후", true), ("上午", false), ("下午", true), ("午前", false), ("午後", true)];
    let found = HALVES.iter().find_map(|&(mark, afternoon)| Some((text.strip_prefix(mark)?, afternoon)));
    found.map(|(rest, afternoon)| (rest.trim_start(), afternoon))
}

pub(super) fn packed_clock(time: &str) -> Option<f64> {
    let part = |range: std::ops::Range<usize>| time.get(range)?.parse::<u32>().ok().map(f64::from);
    let (h, m) = (part(0..2)?, part(2..4)?);
    let s = if time.len() > 4 { part(4..6)? } else { 0.0 };
    (matches!(time.len(), 4 | 6) && h < 24.0 && m < 60.0 && s <= 60.0).then_some(h * 3600.0 + m * 60.0 + s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day() {
        assert_eq!(clock("8:05"), Some(29_100.0));
        assert_eq!(clock("08:05:10.5"), Some(29_110.5));
        assert_eq!(clock("12:00 AM"), Some(0.0));
        assert_eq!(clock("12:30 p.m."), Some(45_000.0));
        assert_eq!(clock("36:00:00"), Some(129_600.0));
        assert_eq!(
            (clock("5:30 p. m."), clock("오후 5:30"), clock("5:30 μμ")),
            (Some(63_000.0), Some(63_000.0), Some(63_000.0))
        );
        assert_eq!(
            (lap("1:23.456"), lap("1:23"), lap("1:02:03.4"), lap("1:75.5")),
            (Some(83.456), None, None, None)
        );
        for text in ["", ":", "8", "8:5:5:5", "8:61", "13:00 pm", "a:b", "8:", ":05", "1,5:30"] {
            assert_eq!(clock(text), None, "{text}");
        }
        assert_eq!([shown_clock(29_100.0), shown_clock(1.0)], ["08:05", "00:00:01"]);
    }
}
