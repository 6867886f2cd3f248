//! Columns of words: levels, identifiers or prose.

use std::collections::HashSet;

use super::Finding;
use super::wholes::{far_number, separator};
use crate::arrow::array::StringArray;
use crate::preprocess::category::Category;
use crate::preprocess::cells::Cells;
use crate::preprocess::encoding::Encoding;
use crate::preprocess::identifier::names_rows;
use crate::preprocess::reading::is_missing;
use crate::preprocess::shape::unread_measures;
use crate::preprocess::summary::{ColumnReading, ReadAs};
use crate::preprocess::tags::Tags;
use crate::readable::word;

/// Mean length in bytes above which text is prose, not the names of levels.
const PROSE: usize = 64;

/// Words of a sentence, of those that no capital begins, which names and titles have less of.
const SENTENCE: usize = 4;

/// Rows from which words with digits in them, most of them different, are worth a remark.
const CODES: usize = 20;

/// Whether most cells are sentences.
fn are_sentences<'a>(given: impl Iterator<Item = &'a str>) -> bool {
    let plain = |word: &&str| word.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
    let (mut cells, mut sentences) = (0, 0);
    for text in given {
        cells += 1;
        sentences += usize::from(text.split_whitespace().filter(plain).count() >= SENTENCE);
    }
    2 * sentences > cells
}

/// What to say of `total` cells with `different` values that are compared as words, of which the first may look like a measure.
fn compared_as_words<'a, I: Iterator<Item = &'a str>>(
    given: impl Fn() -> I,
    total: usize,
    different: usize,
    measure: Option<&str>,
) -> Option<String> {
    let coded = || given().filter(|text| text.bytes().any(|byte| byte.is_ascii_digit()));
    let many = || total >= CODES && 2 * different > total && 2 * coded().count() > total;
    let values = format!("its {different} different values in {total} rows");
    if let Some(first) = measure.filter(|_| different >= CODES) {
        let unread = "could not be read as numbers or dates";
        return Some(format!("{values} {unread} (first: `{first}`); they are compared as words"));
    }
    if many() {
        return Some(format!("{values} are compared as words, not by size"));
    }
    let far = far_number(given())?;
    Some(format!(
        "the number of `{far}` is far from all others, but its cells are compared as words, not by size"
    ))
}

impl Finding {
    /// A column of words: levels, identifiers or prose.
    pub(super) fn words(cells: &[Cells], reading: ColumnReading, bytes: usize, most: usize) -> Self {
        let columns: Vec<StringArray> = cells.iter().map(|cells| cells.clone().into_strings()).collect();
        let given = || columns.iter().flatten().flatten().filter(|text| !is_missing(text)).map(str::trim);
        let total = given().count();
        let levels = given().collect::<HashSet<_>>().len();
        let reading = ColumnReading { levels, missing: reading.cells - total, ..reading };
        let names = names_rows(levels, total);
        if bytes > PROSE * total || names && are_sentences(given()) {
            let reason = format!("it holds prose (to rank it as text, pass --text {})", word(&reading.name));
            return Self::useless(ColumnReading { read_as: ReadAs::Text, ..reading }, reason);
        }
        let looks = if reading.remark.is_none() { unread_measures(given()) } else { None };
        let measure = looks.filter(|&(_, code)| !code).map(|(first, _)| first);
        if let Some(sign) = separator(given, names).filter(|_| reading.remark.is_none() && looks.is_none()) {
            return Self::tags(&columns, reading, sign, most);
        }
        if names {
            return Self::different(reading, total, measure);
        }
        let remark = reading.remark.clone().or_else(|| compared_as_words(given, total, levels, measure));
        Self::levels_of(&columns, ColumnReading { remark, ..reading }, most)
    }

    /// A column whose `total` words are all different, or nearly so.
    fn different(reading: ColumnReading, total: usize, measure: Option<&str>) -> Self {
        let different = reading.levels;
        if let Some(first) = measure {
            let reason = format!(
                "{different} different values such as `{first}`, which are not read as numbers or dates, so it is not used \
                 (--columns NAME=category compares them as words)"
            );
            return Self::useless(reading, reason);
        }
        let reason = match &reading.remark {
            Some(remark) => remark.clone(),
            None if different == total => "every value is different, so it names the rows".into(),
            None => format!("{different} different values in {total} rows, so it names the rows"),
        };
        Self::useless(ColumnReading { read_as: ReadAs::Identifier, remark: None, ..reading }, reason)
    }

    pub(super) fn levels(cells: &[Cells], reading: ColumnReading, most: usize) -> Self {
        let columns: Vec<StringArray> = cells.iter().map(|cells| cells.clone().into_strings()).collect();
        let given = || columns.iter().flatten().flatten().filter(|text| !is_missing(text)).map(str::trim);
        let (total, levels) = (given().count(), given().collect::<HashSet<_>>().len());
        Self::levels_of(&columns, ColumnReading { levels, missing: reading.cells - total, ..reading }, most)
    }

    /// A column with several words in each cell, separated by `sign`.
    fn tags(columns: &[StringArray], reading: ColumnReading, sign: char, most: usize) -> Self {
        let tags = Tags::fit(columns, sign, most);
        let levels = tags.tags.iter().filter(|tag| !tag.name.is_empty()).count();
        let format = format!("several separated by `{sign}`");
        let reading = ColumnReading { read_as: ReadAs::Category, format, levels, ..reading };
        Self { encoding: Some(Encoding::Tags(tags)), idle: false, reading, binary: false }
    }

    fn levels_of(columns: &[StringArray], reading: ColumnReading, most: usize) -> Self {
        let idle = reading.levels < 2 && (reading.missing == 0 || reading.missing == reading.cells);
        let left_out = idle.then(|| "all its values are equal".to_owned());
        let reading = ColumnReading { read_as: ReadAs::Category, left_out, ..reading };
        let category = Category::fit(columns, most);
        Self { encoding: Some(Encoding::Category(category)), idle, reading, binary: false }
    }
}
