//! Measures in two units, the larger first: `6'5"`, `5 ft 3 in`, `8 lb 3 oz`, `2 yrs 3 mos`.

/// Two units of one quantity as people write them.
struct Pair {
    larger: &'static [&'static str],
    smaller: &'static [&'static str],
    /// How many of the smaller one of the larger is.
    ratio: f64,
    /// The name of the smaller.
    unit: &'static str,
}

const PAIRS: [Pair; 3] = [
    Pair {
        larger: &["'", "′", "’", "ft", "ft.", "feet", "foot"],
        smaller: &["\"", "″", "”", "''", "in", "in.", "inch", "inches"],
        ratio: 12.0,
        unit: "in",
    },
    Pair { larger: &["lb", "lb.", "lbs", "lbs."], smaller: &["oz", "oz."], ratio: 16.0, unit: "oz" },
    Pair {
        larger: &["y", "yr", "yrs", "year", "years", "Jahr", "Jahre"],
        smaller: &["mo", "mos", "month", "months", "Monat", "Monate"],
        ratio: 12.0,
        unit: "months",
    },
];

/// The number of smaller units, and their name.
pub(super) fn compound(text: &str) -> Option<(f64, &'static str)> {
    let (first, rest) = digits(text)?;
    let second = rest.find(|c: char| c.is_ascii_digit())?;
    let (larger, rest) = rest.split_at(second);
    let larger = larger.trim_end_matches(" and ").trim_matches([' ', ',']);
    let (second, smaller) = digits(rest)?;
    let pair =
        PAIRS.iter().find(|pair| pair.larger.contains(&larger) && pair.smaller.contains(&smaller.trim()))?;
    let (first, second): (f64, f64) = (first.parse().ok()?, second.parse().ok()?);
    (first.fract() == 0.0 && second < pair.ratio).then_some((first * pair.ratio + second, pair.unit))
}

/// The digits in front, with a point, and what is behind them.
fn digits(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    (end > 0).then(|| text.split_at(end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn two_units_are_one_number() {
        for (text, found) in [
            ("6'5\"", (77.0, "in")),
            ("5 ft 3.5 in", (63.5, "in")),
            ("5′ 3″", (63.0, "in")),
            ("8 lb 3 oz", (131.0, "oz")),
            ("8 lbs, 3 oz", (131.0, "oz")),
            ("2 yrs 3 mos", (27.0, "months")),
            ("1 year and 2 months", (14.0, "months")),
        ] {
            assert_eq!(compound(text), Some(found), "{text}");
        }
        for text in
            ["5'30\"", "6'5", "5 ft", "3 lb 2 in", "2h 5m", "5.5 ft 3 in", "", "5", "1.2.3 ft 3 in", "a 5 ft"]
        {
            assert_eq!(compound(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "([0-9.'\" ]|ft|in|oz|\\PC){0,12}") {
            let _ = compound(&text);
        }
    }
}
