//! Units that convert into one another.

use std::collections::BTreeMap;

use super::currency::is_currency_sign;

/// Longest unit, in bytes.
const UNIT: usize = 16;

/// Units of one quantity, with what one of each is worth.
const FAMILIES: &[&[(&str, f64)]] = &[
    &[
        ("ns", 1e-9),
        ("µs", 1e-6),
        ("us", 1e-6),
        ("ms", 1e-3),
        ("s", 1.0),
        ("sec", 1.0),
        ("min", 60.0),
        ("h", 3600.0),
        ("hr", 3600.0),
        ("hour", 3600.0),
        ("Std", 3600.0),
        ("Std.", 3600.0),
        ("day", 86_400.0),
        ("Tag", 86_400.0),
        ("week", 604_800.0),
    ],
    &[("B", 1.0), ("kB", 1e3), ("KB", 1e3), ("MB", 1e6), ("GB", 1e9), ("TB", 1e12)],
    &[
        ("B", 1.0),
        ("KiB", 1024.0),
        ("MiB", 1_048_576.0),
        ("GiB", 1_073_741_824.0),
        ("TiB", 1_099_511_627_776.0),
    ],
    &[("µg", 1e-6), ("mg", 1e-3), ("g", 1.0), ("kg", 1e3), ("t", 1e6)],
    &[("mm", 1e-3), ("cm", 1e-2), ("m", 1.0), ("km", 1e3)],
    &[("ml", 1e-3), ("cl", 1e-2), ("l", 1.0), ("mL", 1e-3), ("L", 1.0)],
    MAGNITUDES,
    &[("S", -1.0), ("H", 1.0)],
    &[("D", -1.0), ("C", 1.0)],
    &[("DR", -1.0), ("CR", 1.0)],
    &[("Dr", -1.0), ("Cr", 1.0)],
    &[("Dr.", -1.0), ("Cr.", 1.0)],
];

/// Powers of ten as people abbreviate them: `50k`, `1.2M`.
const MAGNITUDES: &[(&str, f64)] = &[
    ("k", 1e3),
    ("K", 1e3),
    ("M", 1e6),
    ("Mio", 1e6),
    ("Mio.", 1e6),
    ("mln", 1e6),
    ("mn", 1e6),
    ("million", 1e6),
    ("Mrd", 1e9),
    ("Mrd.", 1e9),
    ("bn", 1e9),
    ("B", 1e9),
    ("G", 1e9),
    ("billion", 1e9),
    ("tn", 1e12),
    ("Tsd", 1e3),
    ("Tsd.", 1e3),
    ("tsd.", 1e3),
    ("thousand", 1e3),
    ("lakh", 1e5),
    ("crore", 1e7),
];

/// Endings of several of one: `days`, `Tage`, `Stunden`.
const PLURALS: [&str; 4] = ["s", "e", "n", "en"];

/// A unit in the singular that a table of units has, or one of two spellings.
fn is_plural(several: &str, one: &str) -> bool {
    one.len() > 2 && several.strip_prefix(one).is_some_and(|ending| PLURALS.contains(&ending))
}

/// Whether a unit is a power of ten.
pub(super) fn is_power(unit: &str) -> bool {
    factor(None, unit).is_some()
}

/// What a number with the unit `other` is multiplied by in a column of numbers in `own`; `None` where they do not convert.
/// Without a unit of its own a column takes powers of ten, and amounts whose sides (debit, credit) are named.
pub(in crate::preprocess) fn factor(own: Option<&str>, other: &str) -> Option<f64> {
    let worth = |family: &[(&str, f64)], unit: &str| {
        family.iter().find(|(name, _)| *name == unit || is_plural(unit, name)).map(|(_, worth)| *worth)
    };
    match own {
        Some(own) if own == other || is_plural(own, other) || is_plural(other, own) => Some(1.0),
        Some(own) => FAMILIES.iter().find_map(|family| Some(worth(family, other)? / worth(family, own)?)),
        None => worth(MAGNITUDES, other),
    }
}

/// What the powers of ten among `units` are, in words: `thousands as k, millions as M`.
pub(super) fn magnitudes(units: &BTreeMap<&str, usize>) -> String {
    let mut powers: Vec<(f64, &str)> =
        units.keys().filter_map(|&unit| Some((factor(None, unit)?, unit))).collect();
    powers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = |power: f64| match power.log10().round() as i32 {
        3 => "thousands",
        5 => "lakhs",
        6 => "millions",
        7 => "crores",
        12 => "trillions",
        _ => "billions",
    };
    let words: Vec<String> =
        powers.into_iter().map(|(power, unit)| format!("{} as {unit}", name(power))).collect();
    words.join(", ")
}

/// The most frequent of a column's units and whether each of the others converts into it; a credit where there are debits.
/// `bare` tells that there are numbers without a unit: `950` beside `12k` is no thousands.
pub(super) fn common<'a>(units: &BTreeMap<&'a str, usize>, bare: bool) -> Option<&'a str> {
    let &most = units.iter().max_by_key(|&(unit, &count)| (count, std::cmp::Reverse(*unit)))?.0;
    let powers = units.keys().all(|unit| factor(None, unit).is_some());
    // Beside bare numbers `B` is bytes.
    if powers && (bare && most != "B" || units.len() > 1) {
        return None;
    }
    Some(
        units
            .keys()
            .copied()
            .find(|unit| factor(Some(most), unit) == Some(-1.0) && is_credit(unit))
            .unwrap_or(most),
    )
}

fn is_credit(unit: &str) -> bool {
    FAMILIES.iter().any(|family| family.len() == 2 && family[1].0 == unit)
}

/// Whether text behind a number can be its unit: `kg`, `km/h`, `°C`, `m²`, `%`, `mg/dl`, `€/kg`, `l/100km`, and `/kg` behind
/// an amount.
pub(super) fn is_unit(text: &str, amount: bool) -> bool {
    let text = if amount { text.strip_prefix('/').unwrap_or(text) } else { text };
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| {
        c.is_alphabetic() || is_currency_sign(c) || matches!(c, '°' | '%' | '‰' | '"' | '\'' | '″' | '′')
    });
    let (mut per, mut last) = (false, 'a');
    let later = |c: char| {
        per |= c == '/';
        // `m2` is a unit, `h 22m` is two numbers.
        let powered = matches!(c, '2' | '3') && (last.is_alphabetic() || last == '^');
        let digit = c.is_ascii_digit() && (per && last != ' ' || powered);
        last = c;
        c.is_alphabetic()
            || is_currency_sign(c)
            || digit
            || matches!(c, '/' | '²' | '³' | '·' | '°' | '.' | '^' | '-' | '*' | ' ' | '%')
    };
    first && text.len() <= UNIT && letters.all(later)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_of_one_quantity_convert() {
        assert_eq!(factor(Some("KB"), "MB"), Some(1000.0));
        assert_eq!(factor(Some("ms"), "s"), Some(1000.0));
        assert_eq!(factor(Some("B"), "KiB"), Some(1024.0));
        assert_eq!(factor(Some("kg"), "cm"), None);
        assert_eq!((factor(None, "k"), factor(None, "kg")), (Some(1000.0), None));
        assert_eq!((factor(Some("days"), "day"), factor(Some("Tag"), "Tage")), (Some(1.0), Some(1.0)));
        assert_eq!((factor(Some("item"), "items"), factor(Some("m"), "ms")), (Some(1.0), None));
        assert_eq!((factor(None, "crores"), factor(Some("h"), "days")), (Some(1e7), Some(24.0)));
        assert_eq!((factor(Some("H"), "S"), factor(Some("xyz"), "xyz")), (Some(-1.0), Some(1.0)));
    }

    #[test]
    fn the_common_unit_is_the_most_frequent() {
        let common = |units: &[(&'static str, usize)], bare| common(&units.iter().copied().collect(), bare);
        assert_eq!(common(&[("KB", 5), ("MB", 9)], false), Some("MB"));
        assert_eq!(common(&[("S", 9), ("H", 2)], false), Some("H"));
        assert_eq!((common(&[("k", 9)], true), common(&[("k", 9)], false)), (None, Some("k")));
        assert_eq!((common(&[("B", 9)], true), common(&[("B", 2), ("M", 9)], false)), (Some("B"), None));
        assert_eq!(common(&[], true), None);
    }
}
