//! Columns of numbers whose values say that the reading may be wrong.

use crate::preprocess::cells::Cells;
use crate::preprocess::reading::{Cell, NumberFormat, Reading, Tally, has_unit};
use crate::statistics::quantile;

/// So many numbers of each sort tell what size they are.
const FEW: usize = 5;

/// So many times larger than the others, numbers are of another unit.
const FAR: f64 = 10.0;

/// Names of columns that hold dates, in lower case.
const DATES: [&str; 9] = ["date", "datum", "tag", "day", "data", "fecha", "dato", "dag", "дата"];

/// What is doubtful about a column whose cells are read as `reading`.
pub(super) fn of(name: &str, cells: &[Cells], tally: &Tally<'_>, reading: &Reading) -> Option<String> {
    match reading {
        Reading::Written(format) if !tally.units.is_empty() && tally.is_bare() => strangers(cells, format),
        Reading::Written(_) if tally.units.is_empty() => days(name, tally),
        _ => None,
    }
}

/// Says that decimal numbers may be days and months: `17.03` in a column `date`.
fn days(name: &str, tally: &Tally<'_>) -> Option<String> {
    let name = name.to_lowercase();
    let named = name.split(|c: char| !c.is_alphabetic()).any(|word| DATES.contains(&word));
    let numbers = &tally.numbers;
    if !named || numbers.all < FEW || numbers.point != numbers.all || numbers.all < tally.given {
        return None;
    }
    let day_and_month = |&bits: &u64| {
        let hundredths = f64::from_bits(bits) * 100.0;
        let (day, month) = ((hundredths.round() / 100.0).floor(), hundredths.round() % 100.0);
        (hundredths - hundredths.round()).abs() < 1e-6
            && (1.0..=31.0).contains(&day)
            && (1.0..=12.0).contains(&month)
    };
    tally.different.iter().all(day_and_month).then(|| {
        "its values could be days and months (17.03 is March 17), but are read as decimal numbers; dates have a year, or a \
         second point (17.03.)"
            .to_owned()
    })
}

/// Says that numbers without a unit are of another size than those with one, so that they may not be in that unit: `95` beside
/// `2 h`, `0.12` beside `12%`.
fn strangers(cells: &[Cells], format: &NumberFormat) -> Option<String> {
    let unit = format.unit.as_deref()?;
    let [with, bare] = sizes(cells, format)?;
    let [with_quartiles, bare_quartiles] =
        [&with, &bare].map(|sizes| [0.25, 0.5, 0.75].map(|at| quantile(sizes, at)));
    let above = |a: [f64; 3], b: [f64; 3]| a[1] > FAR * b[1] && a[0] > b[2];
    let apart = above(with_quartiles, bare_quartiles) || above(bare_quartiles, with_quartiles);
    apart.then(|| {
        format!(
            "{} numbers without a unit are read as {unit}, but are of another size than those with one (median {} against {}); \
             if they are not in {unit}, write their unit into the file",
            bare.len(),
            bare_quartiles[1],
            with_quartiles[1]
        )
    })
}

/// The sizes of numbers with a unit and without, in order; `None` where there are few of either.
fn sizes(cells: &[Cells], format: &NumberFormat) -> Option<[Vec<f64>; 2]> {
    let (mut with, mut bare) = (Vec::new(), Vec::new());
    let texts = cells.iter().filter_map(|cells| match cells {
        Cells::Strings(strings) => Some(strings.iter().flatten()),
        _ => None,
    });
    for text in texts.flatten() {
        if let Cell::Value(value) = format.read(text.trim()) {
            if has_unit(text) { with.push(value.abs()) } else { bare.push(value.abs()) }
        }
    }
    let mut both = [with, bare];
    both.iter_mut().for_each(|sizes| sizes.sort_unstable_by(f64::total_cmp));
    both.iter().all(|sizes| sizes.len() >= FEW).then_some(both)
}
