//! Columns of words: levels, identifiers or prose.

use std::collections::HashSet;

use super::Finding;
use crate::arrow::array::StringArray;
use crate::preprocess::category::Category;
use crate::preprocess::cells::Cells;
use crate::preprocess::encoding::Encoding;
use crate::preprocess::identifier::names_rows;
use crate::preprocess::reading::is_missing;
use crate::preprocess::shape::unread_measures;
use crate::preprocess::summary::{ColumnReading, ReadAs};

/// Mean length in bytes above which text is prose, not the names of levels.
const PROSE: usize = 64;

/// Rows from which words with digits in them, most of them different, are worth a remark.
const CODES: usize = 20;

impl Finding {
    /// A column of words: levels, identifiers or prose.
    pub(super) fn words(cells: &[Cells], reading: ColumnReading, bytes: usize, most: usize) -> Self {
        let columns: Vec<StringArray> = cells.iter().map(|cells| cells.clone().into_strings()).collect();
        let given = || columns.iter().flatten().flatten().filter(|text| !is_missing(text)).map(str::trim);
        let total = given().count();
        let different = given().collect::<HashSet<_>>().len();
        let levels = different;
        if bytes > PROSE * total {
            let reading =
                ColumnReading { read_as: ReadAs::Text, levels, missing: reading.cells - total, ..reading };
            let name = &reading.name;
            let reason = format!("it holds prose (to rank it as text, pass --text {name})");
            return Self::useless(reading, reason);
        }
        let looks = if reading.remark.is_none() { unread_measures(given()) } else { None };
        if names_rows(different, total) {
            let missing = reading.cells - total;
            if let Some((first, false)) = looks {
                let reason = format!(
                    "{different} different values such as `{first}`, which are not read as numbers or dates, so it is not used \
                     (--columns NAME=category compares them as words)"
                );
                return Self::useless(ColumnReading { levels, missing, ..reading }, reason);
            }
            let reading = ColumnReading { read_as: ReadAs::Identifier, levels, missing, ..reading };
            let reason = match &reading.remark {
                Some(remark) => remark.clone(),
                None if different == total => "every value is different, so it names the rows".into(),
                None => format!("{different} different values in {total} rows, so it names the rows"),
            };
            return Self::useless(ColumnReading { remark: None, ..reading }, reason);
        }
        let coded = || given().filter(|text| text.bytes().any(|byte| byte.is_ascii_digit()));
        let measures = looks.filter(|&(_, code)| !code && different >= CODES).map(|(first, _)| first);
        let remark = reading.remark.or_else(|| {
            let many = total >= CODES && 2 * different > total && 2 * coded().count() > total;
            let values = format!("its {different} different values in {total} rows");
            match measures {
                Some(first) => Some(format!(
                    "{values} could not be read as numbers or dates (first: `{first}`); they are compared as words"
                )),
                None => many.then(|| format!("{values} are compared as words, not by size")),
            }
        });
        let missing = reading.cells - total;
        Self::levels_of(&columns, ColumnReading { levels, missing, remark, ..reading }, most)
    }

    pub(super) fn levels(cells: &[Cells], reading: ColumnReading, most: usize) -> Self {
        let columns: Vec<StringArray> = cells.iter().map(|cells| cells.clone().into_strings()).collect();
        let given = || columns.iter().flatten().flatten().filter(|text| !is_missing(text)).map(str::trim);
        let (total, levels) = (given().count(), given().collect::<HashSet<_>>().len());
        Self::levels_of(&columns, ColumnReading { levels, missing: reading.cells - total, ..reading }, most)
    }

    fn levels_of(columns: &[StringArray], reading: ColumnReading, most: usize) -> Self {
        let idle = reading.levels < 2 && (reading.missing == 0 || reading.missing == reading.cells);
        let left_out = idle.then(|| "all its values are equal".to_owned());
        let reading = ColumnReading { read_as: ReadAs::Category, left_out, ..reading };
        let category = Category::fit(columns, most);
        Self { encoding: Some(Encoding::Category(category)), idle, reading, binary: false }
    }
}
