//! Finding out what a column of a table holds.

use std::collections::HashSet;

use arrow::array::{Array, ArrayRef, Float64Array, StringArray};
use serde::{Deserialize, Serialize};

use super::category::Category;
use super::cells::{Cells, Reading, is_missing, is_usable};
use super::number::Number;
use super::table::TableOptions;
use crate::error::{Error, Result};

/// How a column becomes features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Encoding {
    /// One scaled number, and a flag for missing values where training had some.
    Number(Number),
    /// One feature a level.
    Category(Category),
}

/// What is made of a column.
pub(super) struct Finding {
    /// `None`: it is of no use.
    pub encoding: Option<Encoding>,
    /// Whether it tells rows apart no better than their order does: taken only when there is nothing better.
    pub idle: bool,
    /// What the user should know about it.
    pub warning: Option<String>,
}

/// So many strings, none of them a number, and a column of numbers is taken for another column.
const EVIDENCE: usize = 16;
/// A column of categories has at most this many different values, or no more than one for every two rows.
const FEW_LEVELS: usize = 20;
/// Mean length in bytes above which text is prose, not the names of levels.
const PROSE: usize = 64;

impl Encoding {
    /// Features the column becomes.
    pub fn width(&self) -> usize {
        match self {
            Encoding::Number(number) => number.width(),
            Encoding::Category(category) => category.width(),
        }
    }

    /// Writes the features of `array` into the columns from `at` of the row-major `out` of `width` columns.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when the column `name` is not what it was in training.
    pub fn encode(
        &self,
        name: &str,
        array: &ArrayRef,
        out: &mut [f32],
        width: usize,
        at: usize,
    ) -> Result<()> {
        let cells = Cells::read(array)?
            .ok_or_else(|| mismatch(name, "numbers or text", &array.data_type().to_string()))?;
        match self {
            Encoding::Number(number) => {
                let given = match &cells {
                    Cells::Strings(strings) => {
                        strings.iter().flatten().filter(|text| !is_missing(text)).count()
                    }
                    Cells::Numbers(_) => 0,
                };
                let numbers = cells.into_numbers(number.reading);
                if given >= EVIDENCE && numbers.null_count() == numbers.len() {
                    return Err(mismatch(name, "numbers", "text that is no number"));
                }
                number.encode(&numbers, out, width, at);
            }
            Encoding::Category(category) => category.encode(&cells.into_strings(), out, width, at),
        }
        Ok(())
    }
}

fn mismatch(name: &str, expected: &str, found: &str) -> Error {
    Error::Mismatch { what: format!("column `{name}`"), expected: expected.into(), found: found.into() }
}

impl Finding {
    /// Looks at all values of the column `name`, given in one or more runs.
    ///
    /// # Errors
    /// [`Error::Mismatch`] when a value cannot be converted.
    pub fn of(name: &str, arrays: &[&ArrayRef], options: &TableOptions) -> Result<Self> {
        let cells: Option<Vec<Cells>> =
            arrays.iter().map(|array| Cells::read(array)).collect::<Result<_>>()?;
        let Some(cells) = cells else {
            let kind = arrays.first().map(|array| array.data_type().to_string()).unwrap_or_default();
            return Ok(Self::useless(name, &format!("its type {kind} is neither numbers nor text")));
        };
        if cells.iter().all(|cells| matches!(cells, Cells::Numbers(_))) {
            let numbers =
                cells.into_iter().map(|cells| cells.into_numbers(Reading::Number)).collect::<Vec<_>>();
            let unusable =
                numbers.iter().flatten().flatten().filter(|v| !v.is_nan() && !is_usable(*v)).count();
            let note = (unusable > 0).then(|| format!("{unusable} numbers are infinite or beyond 32 bits"));
            return Ok(Self::numbers(name, &numbers, Reading::Number, note));
        }
        let strings: Vec<StringArray> = cells.into_iter().map(Cells::into_strings).collect();
        Ok(Self::strings(name, &strings, options))
    }

    fn strings(name: &str, columns: &[StringArray], options: &TableOptions) -> Self {
        let given = || columns.iter().flatten().flatten().filter(|text| !is_missing(text));
        let total = given().count();
        if total == 0 {
            return Self::useless(name, "all its values are missing");
        }
        if given().all(|text| Reading::Boolean.read(text).is_some()) {
            return Self::numbers(name, &read(columns, Reading::Boolean), Reading::Boolean, None);
        }
        let enough = |reading: &Reading| {
            let numbers = given().filter(|text| reading.read(text).is_some()).count();
            numbers as f64 >= options.numeric_share * total as f64
        };
        let comma = given().any(has_fraction).then_some(Reading::DecimalComma);
        if let Some(reading) = [Reading::Number, Reading::Date].into_iter().chain(comma).find(enough) {
            let mut odd = given().filter(|text| !reading.read(text).is_some_and(is_usable));
            let note = odd.next().map(|first| {
                let kind = if reading == Reading::Date { "dates" } else { "usable numbers" };
                format!("{} values are no {kind} (the first: {first:?})", 1 + odd.count())
            });
            return Self::numbers(name, &read(columns, reading), reading, note);
        }
        let different = given().map(str::trim).collect::<HashSet<_>>().len();
        if different > 1 && (different == total || different > FEW_LEVELS && 2 * different > total) {
            return Self::useless(
                name,
                &format!("{different} different values in {total} rows identify, not describe"),
            );
        }
        if given().map(str::len).sum::<usize>() > PROSE * total {
            return Self::useless(name, "it holds prose (to rank it as text, pass --text)");
        }
        let idle = different == 1 && total == columns.iter().map(StringArray::len).sum::<usize>();
        Self {
            encoding: Some(Encoding::Category(Category::fit(columns, options.max_levels))),
            idle,
            warning: idle.then(|| format!("column `{name}` left out: all its values are equal")),
        }
    }

    fn numbers(name: &str, columns: &[Float64Array], reading: Reading, note: Option<String>) -> Self {
        let Some((number, constant)) = Number::fit(columns, reading) else {
            return Self::useless(name, "all its values are missing");
        };
        let reason = if constant && number.missing == 0.0 {
            Some("all its values are equal")
        } else {
            counts_rows(columns).then_some("it only counts the rows")
        };
        let note = note.map(|note| format!("column `{name}`: {note}; taken as missing"));
        Self {
            encoding: Some(Encoding::Number(number)),
            idle: reason.is_some(),
            warning: reason.map(|reason| format!("column `{name}` left out: {reason}")).or(note),
        }
    }

    fn useless(name: &str, reason: &str) -> Self {
        Self { encoding: None, idle: false, warning: Some(format!("column `{name}` left out: {reason}")) }
    }
}

fn read(columns: &[StringArray], reading: Reading) -> Vec<Float64Array> {
    columns.iter().map(|strings| strings.iter().map(|text| reading.read(text?)).collect()).collect()
}

/// Whether a comma in `text` parts whole from fraction; before three digits it may as well part thousands.
fn has_fraction(text: &str) -> bool {
    text.trim().split_once(',').is_some_and(|(_, fraction)| fraction.len() != 3)
}

/// Whether the values are 0, 1, 2, ... or 1, 2, 3, ..., ten at least.
fn counts_rows(columns: &[Float64Array]) -> bool {
    let mut values = columns.iter().flatten();
    let Some(Some(first)) = values.next() else { return false };
    let steady = values.zip(1u32..).all(|(value, i)| value == Some(first + f64::from(i)));
    (first == 0.0 || first == 1.0) && steady && columns.iter().map(Array::len).sum::<usize>() >= 10
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    fn finding(array: ArrayRef) -> Finding {
        Finding::of("x", &[&array], &TableOptions::default()).unwrap()
    }

    fn text(cells: &[&str]) -> Finding {
        finding(Arc::new(StringArray::from(cells.to_vec())))
    }

    fn numbers(values: &[f64]) -> Finding {
        finding(Arc::new(Float64Array::from(values.to_vec())))
    }

    fn number(finding: Finding) -> Number {
        match finding.encoding {
            Some(Encoding::Number(number)) => number,
            other => panic!("{other:?}"),
        }
    }

    fn left_out(finding: &Finding) -> &str {
        finding.warning.as_deref().and_then(|warning| warning.strip_prefix("column `x` left out: ")).unwrap()
    }

    #[test]
    fn numbers_flags_and_categories_are_told_apart() {
        let age = number(text(&["31", " 4e1", "", "29", "35", "33"]));
        assert_eq!((age.reading, age.width(), age.median), (Reading::Number, 2, 33.0));
        let member = number(text(&["yes", "NO", "yes", "true", "0", "1"]));
        assert_eq!((member.reading, member.median), (Reading::Boolean, 1.0));
        match text(&["red", "blue", "red", "NA", "blue", "red"]).encoding {
            Some(Encoding::Category(colour)) => {
                let levels: Vec<_> = colour.levels.iter().map(|level| level.name.as_str()).collect();
                assert_eq!(levels, ["red", "blue", ""]);
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn useless_columns_are_left_out_with_a_reason() {
        let nothing = text(&["", "NA", "null", "?", "None"]);
        assert_eq!(left_out(&nothing), "all its values are missing");
        let names = text(&["ann", "bob", "cid", "dan"]);
        assert_eq!(left_out(&names), "4 different values in 4 rows identify, not describe");
        let prose = "many words ".repeat(9);
        assert!(left_out(&text(&[&prose, &prose, "few words"])).contains("--text"));
        assert!([nothing, names].iter().all(|finding| finding.encoding.is_none()));
    }

    #[test]
    fn constants_and_row_numbers_are_idle() {
        let constant = numbers(&[1.0; 6]);
        assert!(constant.idle && constant.encoding.is_some());
        assert_eq!(left_out(&constant), "all its values are equal");
        assert!(text(&["a", "a"]).idle);
        assert!(!text(&["a", "", "a"]).idle, "whether it is there tells something");
        assert!(!numbers(&[1.0, f64::NAN, 1.0]).idle);
        let count: Vec<f64> = (1..20).map(f64::from).collect();
        assert_eq!(left_out(&numbers(&count)), "it only counts the rows");
        assert!(!numbers(&count[2..]).idle);
    }

    #[test]
    fn odd_cells_among_numbers_are_missing_with_a_warning() {
        let mut cells: Vec<String> = (0..100).map(|i| (i * i % 37).to_string()).collect();
        (cells[3], cells[50], cells[60]) = ("abc".into(), "inf".into(), "1e39".into());
        let found = text(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        let warning = "column `x`: 3 values are no usable numbers (the first: \"abc\"); taken as missing";
        assert_eq!(found.warning.as_deref(), Some(warning));
        assert_eq!(number(found).missing, 0.03);
        let warning = "column `x`: 2 numbers are infinite or beyond 32 bits; taken as missing";
        assert_eq!(numbers(&[1.0, 2.0, f64::INFINITY, f64::NAN, 1e300]).warning.as_deref(), Some(warning));
    }

    #[test]
    fn dates_are_numbers() {
        let mut days: Vec<String> = (1..29).map(|day| format!("2024-05-{day:02}")).collect();
        days[7] = "soon".into();
        let found = text(&days.iter().map(String::as_str).collect::<Vec<_>>());
        assert!(found.warning.as_deref().unwrap().contains("1 values are no dates (the first: \"soon\")"));
        assert_eq!(number(found).reading, Reading::Date);
    }

    #[test]
    fn decimal_commas_are_told_from_thousands() {
        let comma = number(text(&["1,5", "2,25", "1,5", "7"]));
        assert_eq!(
            comma,
            Number { reading: Reading::DecimalComma, ..number(numbers(&[1.5, 2.25, 1.5, 7.0])) }
        );
        let thousands = text(&["1,500", "2,250", "1,500"]).encoding;
        assert!(matches!(thousands, Some(Encoding::Category(_))), "{thousands:?}");
    }
}
