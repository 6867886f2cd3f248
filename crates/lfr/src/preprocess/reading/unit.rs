//! Units behind numbers, and how they convert into one another.

use std::collections::BTreeMap;

use super::currency::is_currency_sign;
use super::duration::lasting;
use super::families::{Family, MAGNITUDES, QUANTITIES, SIDES, TEMPERATURES, TOGETHER};

/// Longest unit, in bytes.
const UNIT: usize = 16;

/// Endings of several of one: `days`, `Tage`, `Stunden`.
const PLURALS: [&str; 4] = ["s", "e", "n", "en"];

/// A unit in the singular that a table of units has, or one of two spellings.
fn is_plural(several: &str, one: &str) -> bool {
    // `mile` is no plural of the thousands of Spanish.
    one.len() > 2 && one != "mil" && several.strip_prefix(one).is_some_and(|ending| PLURALS.contains(&ending))
}

/// Whether a unit is a power of ten.
pub(super) fn is_power(unit: &str) -> bool {
    factor(None, unit).is_some()
}

/// What a unit is worth in a family that has it.
fn worth(family: Family, unit: &str) -> Option<f64> {
    family.iter().find(|(name, _)| *name == unit || is_plural(unit, name)).map(|(_, worth)| *worth)
}

/// The same in whatever capitals: `Kg`, unless that leaves several to choose from, as `mw` does.
fn worth_in_capitals(family: Family, unit: &str) -> Option<f64> {
    let alike = |(name, _): &&(&str, f64)| {
        name.len() > 1 && name.eq_ignore_ascii_case(unit) && !is_another(family, name, unit)
    };
    let mut worths = family.iter().filter(alike).map(|(_, worth)| *worth);
    let first = worths.next();
    worth(family, unit).or(first.filter(|first| worths.all(|worth| worth == *first)))
}

/// Whether capitals make another unit of one that is spelled alike: `mJ` of `MJ`, `Mb` of `MB`. Who writes a whole unit in capitals
/// or without any, `mhz`, does not mean them; and `Min` has no prefix.
fn is_another(family: Family, name: &str, unit: &str) -> bool {
    let mixed = unit.contains(char::is_uppercase) && unit.contains(char::is_lowercase);
    let prefix = name.starts_with(['m', 'M']) && worth(family, &name[1..]).is_some();
    let other_prefix = prefix && name.as_bytes().first() != unit.as_bytes().first();
    let bits = name.ends_with(['b', 'B']) && name.as_bytes().last() != unit.as_bytes().last();
    mixed && (other_prefix || bits)
}

/// What makes a number in one unit of a number in another: it is multiplied, and then something is added.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(in crate::preprocess) struct Conversion {
    factor: f64,
    offset: f64,
}

impl Conversion {
    fn by(factor: f64) -> Self {
        Self { factor, offset: 0.0 }
    }

    /// The number in the other unit.
    pub fn of(self, number: f64) -> f64 {
        number * self.factor + self.offset
    }

    /// Whether it changes numbers.
    pub fn is_change(self) -> bool {
        self != Self::by(1.0)
    }
}

/// How a number with the unit `other` becomes one in `own`; `None` where they do not convert. Only temperatures have another
/// zero.
pub(in crate::preprocess) fn conversion(own: Option<&str>, other: &str) -> Option<Conversion> {
    let degree = |unit: &str| TEMPERATURES.iter().find(|(name, ..)| *name == unit);
    match own.filter(|own| *own != other).and_then(degree).zip(degree(other)) {
        Some((own, other)) => Some(Conversion { factor: other.1 / own.1, offset: (other.2 - own.2) / own.1 }),
        None => factor(own, other).map(Conversion::by),
    }
}

/// Whether a unit is a letter that alone could be a temperature, or a seat in a row.
pub(super) fn is_letter_of_temperature(unit: &str) -> bool {
    unit.len() == 1 && TEMPERATURES.iter().any(|(name, ..)| *name == unit)
}

/// What a number with the unit `other` is multiplied by in a column of numbers in `own`; `None` where they do not convert.
/// Without a unit of its own a column takes powers of ten, and amounts whose sides (debit, credit) are named.
pub(in crate::preprocess) fn factor(own: Option<&str>, other: &str) -> Option<f64> {
    let families = QUANTITIES.iter().chain([&MAGNITUDES]).chain(SIDES).chain(TOGETHER);
    match own {
        Some(own) if own == other || is_plural(own, other) || is_plural(other, own) => Some(1.0),
        Some(own) => {
            let exact =
                families.copied().find_map(|family| Some(worth(family, other)? / worth(family, own)?));
            let alike =
                |family: &Family| Some(worth_in_capitals(family, other)? / worth_in_capitals(family, own)?);
            exact.or_else(|| QUANTITIES.iter().find_map(alike))
        }
        None => worth(MAGNITUDES, other),
    }
}

/// How a number with a unit, a currency, both or neither becomes one of a column of numbers in `own`. An amount without
/// a unit is no weight and no share, but bare beside powers of ten and beside units that are not known.
pub(in crate::preprocess) fn scale(
    own: Option<&str>,
    unit: Option<&str>,
    currency: Option<&str>,
) -> Option<Conversion> {
    match (own, unit, currency) {
        (_, Some(unit), _) => conversion(own, unit),
        (Some(own), None, Some(currency)) if is_quantity(own) => conversion(Some(own), currency),
        _ => Some(Conversion::by(1.0)),
    }
}

/// Whether a unit is known to measure something, money included.
pub(super) fn is_quantity(unit: &str) -> bool {
    matches!(unit, "%" | "‰" | "°")
        || TEMPERATURES.iter().any(|(name, ..)| *name == unit && name.len() > 1)
        || QUANTITIES.iter().any(|family| worth(family, unit).is_some())
}

/// What the powers of ten among `units` are, in words: `thousands as k, millions as M`.
pub(super) fn magnitudes(units: &BTreeMap<&str, usize>) -> String {
    let mut powers: Vec<(f64, &str)> =
        units.keys().filter_map(|&unit| Some((factor(None, unit)?, unit))).collect();
    powers.sort_by(|a, b| a.0.total_cmp(&b.0));
    let name = |power: f64| match power.log10().round() as i32 {
        3 => "thousands",
        4 => "ten thousands",
        5 => "lakhs",
        6 => "millions",
        7 => "crores",
        8 => "hundred millions",
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
    SIDES.iter().any(|family| family[1].0 == unit)
}

/// Whether text behind a number can be its unit: `kg`, `km/h`, `°C`, `m²`, `%`, `mg/dl`, `€/kg`, `l/100km`, and `/kg` behind
/// an amount.
pub(super) fn is_unit(text: &str, amount: bool) -> bool {
    let text = if amount { text.strip_prefix('/').unwrap_or(text) } else { text };
    let mut letters = text.chars();
    let first = letters.next().is_some_and(|c| {
        c.is_alphabetic()
            || is_currency_sign(c)
            || matches!(c, '°' | '˚' | '℃' | '℉' | '%' | '‰' | '"' | '\'' | '″' | '′' | '★' | '⭐')
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
    // `kg CO2e` is a unit, `d3h` of `5d3h` is none.
    let lasts = || text.contains(['2', '3']) && lasting(&format!("1{text}")).is_some();
    first && text.len() <= UNIT && letters.all(later) && !lasts()
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
        assert_eq!((factor(Some("kWh"), "MWh"), factor(Some("N"), "S")), (Some(1000.0), Some(-1.0)));
        assert_eq!((factor(None, "万"), factor(None, "тыс.")), (Some(1e4), Some(1e3)));
        assert_eq!((factor(Some("L"), "Cr"), factor(Some("H"), "L")), (Some(100.0), Some(1.0)));
    }

    #[test]
    fn degrees_have_another_zero() {
        let in_unit = |own, other, value: f64| {
            conversion(Some(own), other).map(|conversion| (conversion.of(value) * 1e6).round() / 1e6)
        };
        assert_eq!((in_unit("°C", "°F", 212.0), in_unit("°F", "°C", 100.0)), (Some(100.0), Some(212.0)));
        assert_eq!((in_unit("°C", "°F", -40.0), in_unit("°C", "K", 293.15)), (Some(-40.0), Some(20.0)));
        assert_eq!((in_unit("K", "℃", 20.0), in_unit("°C", "℃", 20.0)), (Some(293.15), Some(20.0)));
        assert_eq!((in_unit("°C", "kg", 1.0), in_unit("°C", "M", 1.0)), (None, None));
        assert_eq!((in_unit("K", "M", 1.0), in_unit("C", "D", 1.0)), (Some(1000.0), Some(-1.0)));
        assert!(!is_quantity("K") && is_quantity("°F") && is_unit("℃", false));
        assert!(is_unit("m2", false) && is_unit("kWh/m2a", false) && !is_unit("d3h", false));
    }

    #[test]
    fn formulas_are_units_and_further_units_of_time_are_not() {
        for unit in ["cmH2O", "kg CO2e", "m2K/W", "inH2O", "m3/h", "m2"] {
            assert!(is_unit(unit, false), "{unit}");
        }
        for rest in ["d3h", "h2m", "h 22m", "y2mo", "D2H", "d2h3m"] {
            assert!(!is_unit(rest, false), "{rest}");
        }
    }

    #[test]
    fn units_of_two_systems_convert() {
        for (own, other, worth) in [
            ("kg", "lb", 0.453_592_37),
            ("mi", "km", 1.0 / 1.609_344),
            ("mph", "km/h", 1.0 / 1.609_344),
            ("l", "gal", 3.785_411_784),
            ("bar", "psi", 0.068_947_572_93),
            ("kPa", "bar", 100.0),
            ("kg", "Kg", 1.0),
            ("days", "weeks", 7.0),
            ("months", "y", 12.0),
        ] {
            let found = factor(Some(own), other).unwrap_or(f64::NAN);
            assert!((found / worth - 1.0).abs() < 1e-9, "{own} {other}: {found}");
        }
        assert_eq!((factor(Some("mW"), "MW"), factor(Some("m"), "M")), (Some(1e9), None));
    }

    #[test]
    fn milli_is_not_mega_and_bits_are_no_bytes() {
        for (own, other) in
            [("MJ", "mJ"), ("MHz", "mHz"), ("mg", "Mg"), ("MB", "Mb"), ("kB", "kb"), ("bar", "Mbar")]
        {
            let alike = if other == "kb" { Some(1.0) } else { None };
            assert_eq!(factor(Some(own), other), alike, "{own} {other}");
        }
        for (own, other, worth) in
            [("g", "MG", 1e-3), ("MHz", "mhz", 1.0), ("kB", "mb", 1e3), ("kg", "Kg", 1.0), ("s", "Min", 60.0)]
        {
            assert_eq!(factor(Some(own), other), Some(worth), "{own} {other}");
        }
    }

    #[test]
    fn amounts_are_of_their_currency() {
        let scale = |own, unit, currency| scale(own, unit, currency).map(|scale| scale.of(1.0));
        assert_eq!(
            (scale(Some("ct"), None, Some("€")), scale(Some("€"), Some("ct"), None)),
            (Some(100.0), Some(0.01))
        );
        assert_eq!((scale(Some("kg"), None, Some("€")), scale(Some("%"), None, Some("$"))), (None, None));
        assert_eq!(
            (scale(Some("Mio."), None, Some("€")), scale(Some("pcs"), None, Some("€"))),
            (Some(1.0), Some(1.0))
        );
        assert_eq!((scale(Some("kg"), None, None), scale(None, None, Some("€"))), (Some(1.0), Some(1.0)));
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
