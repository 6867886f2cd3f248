//! What is said to people about the reading of a column of numbers.

use std::collections::BTreeSet;

use super::currency::code;
use super::duration::is_uneven;
use super::tally::Tally;
use super::unit::{common, conversion, factor, is_quantity, magnitudes};
use super::{Decimal, NumberFormat, Reading};

/// What there is to say, in one line.
pub(in crate::preprocess) fn joined_remarks(
    remarks: impl IntoIterator<Item = Option<String>>,
) -> Option<String> {
    let said: Vec<String> = remarks.into_iter().flatten().collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// Says that something beside numbers is passed over.
pub(super) fn asides(tally: &Tally<'_>) -> Option<String> {
    let cells = if tally.asides == 1 { "1 cell".to_owned() } else { format!("{} cells", tally.asides) };
    (tally.asides > 0)
        .then(|| format!("only the first number of {cells} is used (of `4.5 ± 0.1`, `4.5 (0.1)`, `4.5***`)"))
}

/// Says which letters stand for powers of ten.
pub(super) fn abbreviated(tally: &Tally<'_>) -> Option<String> {
    let powers = (common(&tally.units, tally.is_bare()).is_none() && !tally.units.is_empty())
        .then(|| magnitudes(&tally.units))?;
    Some(format!("its numbers are abbreviated: {powers}"))
}

/// The format of numbers for people: the decimal sign only where a number has one, and abbreviations.
pub(in crate::preprocess) fn format(reading: &Reading, tally: &Tally<'_>) -> String {
    let Reading::Written(written) = reading else { return reading.describe() };
    let numbers = &tally.numbers;
    let separated = numbers.point + numbers.comma + numbers.either_point + numbers.either_comma > 0;
    let decimal = if separated { written.decimal } else { Decimal::Point };
    let own = NumberFormat { decimal, unit: written.unit.clone() }.describe();
    let powers = match written.unit {
        None if !tally.units.is_empty() => magnitudes(&tally.units),
        _ => String::new(),
    };
    [own, powers].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

/// What is said where years or months stand beside days.
const UNEVEN: &str = "; a year counts as 365.25 days, a month as a twelfth of it";

/// Says how long years and months are in a column of durations.
pub(super) fn uneven(tally: &Tally<'_>) -> Option<String> {
    (tally.uneven > 0).then(|| format!("its durations have years or months{UNEVEN}"))
}

/// Says that numbers of several units are converted into one.
pub(super) fn converted(tally: &Tally<'_>, foreign: usize) -> Option<String> {
    let units = tally.measures();
    let unit = common(&units, true)?;
    let several =
        units.keys().any(|other| conversion(Some(unit), other).is_some_and(|found| found.is_change()));
    (several && foreign == 0).then(|| {
        match units.keys().find(|other| factor(Some(unit), other) == Some(-1.0)) {
            Some(debit) => format!("numbers marked {debit} are negative, those marked {unit} positive"),
            None => {
                let uneven = units.keys().filter(|unit| is_uneven(unit)).count();
                let years = if uneven % units.len() == 0 { "" } else { UNEVEN };
                format!(
                    "its numbers have different units ({}); all are converted to {unit}{years}",
                    listed(tally)
                )
            }
        }
    })
}

pub(super) fn listed(tally: &Tally<'_>) -> String {
    let mut units: Vec<_> = tally.measures().into_iter().collect();
    units.sort_by_key(|&(unit, count)| (std::cmp::Reverse(count), unit));
    units.into_iter().take(3).map(|(unit, count)| format!("{unit} {count}")).collect::<Vec<_>>().join(", ")
}

/// Says that amounts get a unit that only other numbers have.
pub(super) fn lent(tally: &Tally<'_>) -> Option<String> {
    let amounts: usize = tally.amounts.values().sum();
    let units = tally.measures();
    let unit = common(&units, true).filter(|unit| tally.priced == 0 && amounts > 0 && !is_quantity(unit))?;
    Some(format!("its {amounts} amounts without a unit are taken to be in {unit}, as its other numbers are"))
}

pub(super) fn currencies(tally: &Tally<'_>) -> Option<String> {
    let codes: BTreeSet<String> = tally.currencies.keys().map(|sign| code(sign)).collect();
    let signs: Vec<_> = tally.currencies.iter().map(|(sign, count)| format!("{sign} {count}")).collect();
    (codes.len() > 1)
        .then(|| format!("amounts in several currencies ({}) are compared as they stand", signs.join(", ")))
}
