//! Rows of a table as rows of numbers.

use std::collections::BTreeMap;

use crate::arrow::array::{ArrayRef, RecordBatch};
use crate::arrow::datatypes::DataType;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::as_asked::AsAsked;
use super::cells::Cells;
use super::column::{Encoding, Finding, Looked};
use super::feature::{Feature, Part};
use super::number::{Number, Oddity};
use super::reading::Hints;
use super::summary::{ColumnReading, ReadAs, warnings};
use crate::data::Matrix;
use crate::error::{Error, Result};

/// From so many columns of zeros and ones on, most of all columns, they share one scale: a rare one must not count for
/// more than a common one where there are hundreds of them.
const FLAGS: usize = 50;

/// How columns of a table become numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableOptions {
    /// Levels of a category that get a feature of their own, the most frequent ones; at least 1.
    pub max_levels: usize,
    /// Share of values among the present cells from which a column of text is one of numbers, dates or times although the
    /// other cells are not marks, in (0, 1\].
    pub numeric_share: f64,
    /// How columns are to be read, by their names; the others are detected.
    pub columns: BTreeMap<String, AsAsked>,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { max_levels: 64, numeric_share: 0.9, columns: BTreeMap::new() }
    }
}

impl TableOptions {
    /// Checks the ranges.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        if self.max_levels == 0 {
            return Err(Error::config("max_levels", 0, "must be at least 1"));
        }
        if !(self.numeric_share > 0.0 && self.numeric_share <= 1.0) {
            return Err(Error::config("numeric_share", self.numeric_share, "must be above 0 and at most 1"));
        }
        Ok(())
    }
}

/// The columns of a table that carry information, and how each becomes features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableEncoder {
    columns: Vec<Column>,
    /// How every column was read, those left out included.
    #[serde(default)]
    readings: Vec<ColumnReading>,
    /// Whether rows without a value have no features; not so in models of version 0.1 before it was said.
    #[serde(default)]
    sets_blank_apart: bool,
}

/// A column as training knew it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    encoding: Encoding,
}

impl TableEncoder {
    /// Detects what each column of the rows (one or more runs of the same columns) holds. The second part
    /// tells which columns are left out or hold odd values, for the user.
    ///
    /// # Errors
    /// [`Error::NoFeatures`] when no column is of use, [`Error::Mismatch`] when the runs have different columns,
    /// [`Error::Config`] when the options name a column that is not there.
    pub fn fit(batches: &[&RecordBatch], options: &TableOptions) -> Result<(Self, Vec<String>)> {
        let (findings, readings) = look(batches, options)?;
        let said = warnings(&readings);
        let idle = falls_back(&findings);
        let flags = findings.iter().filter(|finding| finding.binary && !finding.idle).count();
        let kept: Vec<Finding> = findings.into_iter().filter(|finding| idle || !finding.idle).collect();
        let sparse = flags >= FLAGS && 2 * flags >= kept.len();
        let mut columns: Vec<Column> = Vec::new();
        let mut shared: Vec<usize> = Vec::new();
        for finding in kept {
            if let Some(encoding) = finding.encoding {
                shared.extend((sparse && finding.binary).then_some(columns.len()));
                columns.push(Column { name: finding.reading.name, encoding });
            }
        }
        if columns.is_empty() {
            return Err(no_features(&said));
        }
        share_scale(&mut columns, &shared);
        Ok((Self { columns, readings, sets_blank_apart: true }, said))
    }

    /// How the columns of the rows would be read, without a fit.
    ///
    /// # Errors
    /// As [`TableEncoder::fit`], but for columns that are of no use.
    pub fn readings_of(batches: &[&RecordBatch], options: &TableOptions) -> Result<Vec<ColumnReading>> {
        look(batches, options).map(|(_, readings)| readings)
    }

    /// The only column of prose of a table that has no other column to learn from, which is better ranked as text.
    ///
    /// # Errors
    /// As [`TableEncoder::readings_of`].
    pub fn only_prose(batches: &[&RecordBatch], options: &TableOptions) -> Result<Option<String>> {
        let mut found = None;
        // Most tables show by their first rows that they have more.
        for batches in [&batches[..batches.len().min(1)], batches] {
            let mut readings = Self::readings_of(batches, options)?;
            if readings.iter().any(|reading| reading.left_out.is_none()) {
                return Ok(None);
            }
            readings.retain(|reading| reading.read_as == ReadAs::Text);
            match <[ColumnReading; 1]>::try_from(readings) {
                Ok([only]) => found = Some(only.name),
                Err(_) => return Ok(None),
            }
        }
        Ok(found)
    }

    /// How every column was read in training, those left out included; empty for models of version 0.1.
    pub fn readings(&self) -> &[ColumnReading] {
        &self.readings
    }

    /// The features of `batch`, one row each. Columns are found by name, in any order; others are passed over.
    /// Values are finite whatever the cells hold, as missing and unusable ones count as missing; but those of a row in
    /// which all cells are missing are NaN throughout, see [`Features::featureless`](crate::data::Features::featureless).
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming columns that are absent or of another nature than in training.
    pub fn apply(&self, batch: &RecordBatch) -> Result<Matrix> {
        self.apply_noting(batch, &mut self.no_oddities())
    }

    /// As [`TableEncoder::apply`], and counts for each column what training did not have.
    pub(crate) fn apply_noting(&self, batch: &RecordBatch, oddities: &mut [Oddity]) -> Result<Matrix> {
        let arrays = find(batch, self.columns.iter().map(|column| &column.name))?;
        let width = self.width();
        let mut values = vec![0.0; batch.num_rows() * width];
        let mut at = 0;
        for ((column, array), oddity) in self.columns.iter().zip(&arrays).zip(oddities) {
            oddity.add(column.encoding.encode(&column.name, array, &mut values, width, at)?);
            at += column.encoding.width();
        }
        if self.sets_blank_apart {
            for row in blank(&arrays, batch.num_rows())? {
                values[row * width..(row + 1) * width].fill(f32::NAN);
            }
        }
        Ok(Matrix { cols: width, values })
    }

    /// A count of nothing for each column.
    pub(crate) fn no_oddities(&self) -> Vec<Oddity> {
        vec![Oddity::default(); self.columns.len()]
    }

    /// What scoring saw that training did not, one sentence for each sort.
    pub(crate) fn odd(&self, oddities: &[Oddity]) -> Vec<String> {
        type Count = fn(&Oddity) -> usize;
        const SORTS: [(Count, &str); 4] = [
            (|oddity| oddity.unread, "cells that cannot be read as in training count as missing"),
            (|oddity| oddity.missing, "cells are missing where training had none"),
            (|oddity| oddity.beyond, "values lie beyond the range of training"),
            (|oddity| oddity.unknown, "levels were not in training"),
        ];
        let sentence = |(count, what): (Count, &str)| {
            let named = self.columns.iter().zip(oddities).filter(|(_, oddity)| count(oddity) > 0);
            let names: Vec<&str> = named.map(|(column, _)| column.name.as_str()).collect();
            let total: usize = oddities.iter().map(count).sum();
            (total > 0).then(|| format!("{}: {total} {what}", super::summary::listed(&names)))
        };
        SORTS.into_iter().filter_map(sentence).collect()
    }

    /// The columns that it needs.
    pub fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }

    /// The columns that training kept, in their order, and how each becomes features.
    pub(crate) fn encodings(&self) -> impl Iterator<Item = (&str, &Encoding)> {
        self.columns.iter().map(|column| (column.name.as_str(), &column.encoding))
    }

    /// Whether rows without a value have no features.
    pub(crate) fn sets_blank_apart(&self) -> bool {
        self.sets_blank_apart
    }

    /// Features per row.
    pub fn width(&self) -> usize {
        self.columns.iter().map(|column| column.encoding.width()).sum()
    }

    /// The place of each feature's column, in order.
    pub(super) fn columns_of_features(&self) -> Vec<u32> {
        let places = self.columns.iter().zip(0..);
        places.flat_map(|(column, place)| std::iter::repeat_n(place, column.encoding.width())).collect()
    }

    /// What each feature stands for, in order.
    pub fn features(&self) -> Vec<Feature> {
        self.columns.iter().flat_map(Column::features).collect()
    }

    /// Checks an encoder read from a file.
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming a column whose numbers cannot be computed with.
    pub fn validate(&self) -> Result<()> {
        match self.columns.iter().find(|column| !column.encoding.is_sound()) {
            None if !self.columns.is_empty() => Ok(()),
            bad => Err(Error::Mismatch {
                what: "table encoder".into(),
                expected: "columns with finite scales".into(),
                found: bad.map_or("no column".into(), |column| format!("column `{}` without", column.name)),
            }),
        }
    }
}

/// The rows in which all cells are missing.
fn blank(columns: &[&ArrayRef], rows: usize) -> Result<Vec<usize>> {
    let mut blank: Vec<usize> = (0..rows).collect();
    for column in columns {
        if blank.is_empty() {
            break;
        }
        if let Some(cells) = Cells::read(column)? {
            blank.retain(|&row| cells.is_missing(row));
        }
    }
    Ok(blank)
}

/// Whether nothing but columns of little use is left, which are then taken. Prose is better ranked in another way, and a column
/// that only counts the rows says nothing beside words that name them or values that could not be read.
fn falls_back(findings: &[Finding]) -> bool {
    let (kept, others): (Vec<_>, Vec<_>) = findings.iter().partition(|finding| finding.encoding.is_some());
    let counts = kept.iter().all(|finding| finding.reading.read_as == ReadAs::Identifier);
    let better = |finding: &&Finding| match finding.reading.read_as {
        ReadAs::Text => true,
        ReadAs::Identifier => counts,
        ReadAs::Nothing => counts && finding.reading.levels > 0,
        _ => false,
    };
    kept.iter().all(|finding| finding.idle) && !others.iter().any(better)
}

/// What each column holds, and how it was read.
fn look(batches: &[&RecordBatch], options: &TableOptions) -> Result<(Vec<Finding>, Vec<ColumnReading>)> {
    options.validate()?;
    let schema = batches.first().map(|batch| batch.schema());
    let fields = schema.iter().flat_map(|schema| schema.fields().iter());
    let names: Vec<String> = fields.map(|field| field.name().clone()).collect();
    if let Some(unknown) = options.columns.keys().find(|name| !names.contains(name)) {
        let there: Vec<&str> = names.iter().map(String::as_str).collect();
        let problem = format!("there is no such column; there are {}", super::summary::listed(&there));
        return Err(Error::config("columns", unknown, problem));
    }
    let arrays = batches.iter().map(|batch| find(batch, &names)).collect::<Result<Vec<_>>>()?;
    let run = |i: usize| arrays.iter().filter_map(move |run| run.get(i).copied());
    let cells =
        (0..names.len()).into_par_iter().map(|i| run(i).map(Cells::read).collect::<Result<Option<Vec<_>>>>());
    let cells: Vec<Option<Vec<Cells>>> = cells.collect::<Result<_>>()?;
    let looked: Vec<Looked<'_>> = (names.par_iter().zip(&cells).enumerate())
        .map(|(i, (name, cells))| {
            let kind = run(i).next().map(|array| kind(array.data_type())).unwrap_or_default();
            Looked::at(name, options.columns.get(name).copied(), cells.as_deref(), kind)
        })
        .collect();
    let hints = looked.iter().map(Looked::hints).fold(of_file(schema.as_deref()), Hints::and);
    let findings: Vec<Finding> = looked.into_par_iter().map(|looked| looked.settle(hints, options)).collect();
    let mut readings: Vec<ColumnReading> = findings.iter().map(|finding| finding.reading.clone()).collect();
    if falls_back(&findings) {
        // There is nothing better, so they are taken.
        for (reading, finding) in readings.iter_mut().zip(&findings).filter(|(_, finding)| finding.idle) {
            let reason = finding.reading.left_out.clone().unwrap_or_default();
            (reading.left_out, reading.remark) =
                (None, Some(format!("{reason}; used because there is nothing else")));
        }
    }
    Ok((findings, readings))
}

/// The type of a column for people.
fn kind(of: &DataType) -> String {
    match of {
        DataType::Map(..) => "a map".into(),
        DataType::Struct(_) => "a structure".into(),
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) | DataType::ListView(_) => {
            "a list".into()
        }
        other => other.to_string(),
    }
}

/// What the file's form says about the decimal sign; readers leave it in the schema.
fn of_file(schema: Option<&crate::arrow::datatypes::Schema>) -> Hints {
    match schema.and_then(|schema| schema.metadata().get(DECIMAL)).map(String::as_str) {
        Some("point") => Hints { point_for_certain: true, ..Hints::default() },
        Some("comma") => Hints { comma: 1, ..Hints::default() },
        _ => Hints::default(),
    }
}

/// Key of a schema's metadata: `point` where numbers have a decimal point for certain (JSON), `comma` where a comma is
/// likely (fields parted by semicolons).
pub(crate) const DECIMAL: &str = "lfr.decimal";

/// Gives the columns of zeros and ones at these places the root of their mean variance as their scale.
fn share_scale(columns: &mut [Column], places: &[usize]) {
    let number = |encoding: &Encoding| match encoding {
        Encoding::Number(number) => Some(number.spread),
        _ => None,
    };
    let spreads: Vec<f64> = places.iter().filter_map(|&place| number(&columns[place].encoding)).collect();
    let common =
        (spreads.iter().map(|spread| spread * spread).sum::<f64>() / spreads.len().max(1) as f64).sqrt();
    for &place in places {
        if let Encoding::Number(number) = &mut columns[place].encoding {
            number.spread = common;
        }
    }
}

impl Column {
    fn features(&self) -> Vec<Feature> {
        let parts: Vec<Part> = match &self.encoding {
            Encoding::Number(number) => {
                let value = Part::Number { center: number.center, spread: number.spread };
                [value].into_iter().chain(number.flag_parts()).collect()
            }
            Encoding::Moment(moment) => {
                let number = &moment.position;
                let value = Part::Moment { center: number.center, spread: number.spread };
                let circles = moment
                    .circles
                    .iter()
                    .flat_map(|_| [Part::DayOfWeek, Part::DayOfWeek, Part::TimeOfDay, Part::TimeOfDay]);
                [value].into_iter().chain(number.flag_parts()).chain(circles).collect()
            }
            Encoding::TimeOfDay(time) => {
                [Part::TimeOfDay, Part::TimeOfDay].into_iter().chain(time.number.flag_parts()).collect()
            }
            Encoding::Pieces(pieces) => {
                let value = |(place, number): (usize, &Number)| {
                    let value = Part::Piece { place, center: number.center, spread: number.spread };
                    [value].into_iter().chain(number.flag_parts())
                };
                pieces.numbers().iter().enumerate().flat_map(value).collect()
            }
            Encoding::Category(category) => {
                let levels = category.levels.iter().map(|level| Part::Level(level.name.clone()));
                levels.chain([Part::Other]).collect()
            }
        };
        parts.into_iter().map(|part| Feature { column: self.name.clone(), part }).collect()
    }
}

/// The columns `names` of `batch`.
fn find<'a>(
    batch: &'a RecordBatch,
    names: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<&'a ArrayRef>> {
    let mut found = vec![];
    let mut absent = vec![];
    for name in names {
        match batch.column_by_name(name) {
            Some(array) => found.push(array),
            None => absent.push(name.as_str()),
        }
    }
    if absent.is_empty() {
        return Ok(found);
    }
    let schema = batch.schema();
    let present: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    Err(Error::Mismatch {
        what: "columns".into(),
        expected: absent.join(", "),
        found: format!("none of that name among {}", present.join(", ")),
    })
}

fn no_features(warnings: &[String]) -> Error {
    let problem = match warnings {
        [] => "the table has no column except those that --ignore leaves out".into(),
        _ => format!(
            "{}; say how to read one by --columns NAME=number or NAME=category, or rank one as text by --text NAME",
            warnings.join("; ")
        ),
    };
    Error::NoFeatures { problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::{Float64Array, StringArray};
    use proptest::prelude::*;
    use std::sync::Arc;

    fn text(cells: &[&str]) -> ArrayRef {
        Arc::new(StringArray::from(cells.to_vec()))
    }

    fn numbers(values: &[f64]) -> ArrayRef {
        Arc::new(Float64Array::from(values.to_vec()))
    }

    fn batch(columns: &[(&str, ArrayRef)]) -> RecordBatch {
        RecordBatch::try_from_iter(columns.iter().cloned()).unwrap()
    }

    fn fit(columns: &[(&str, ArrayRef)]) -> (TableEncoder, Vec<String>) {
        TableEncoder::fit(&[&batch(columns)], &TableOptions::default()).unwrap()
    }

    #[test]
    fn columns_are_matched_by_name_and_absent_ones_are_named() {
        let (encoder, _) = fit(&[("a", numbers(&[1.0, 2.0, 4.0])), ("b", numbers(&[5.0, 1.0, 3.0]))]);
        let same = encoder.apply(&batch(&[("a", numbers(&[2.0])), ("b", numbers(&[3.0]))])).unwrap();
        let turned = batch(&[("b", numbers(&[3.0])), ("new", text(&["x"])), ("a", text(&["2"]))]);
        assert_eq!(encoder.apply(&turned).unwrap(), same);
        let message = encoder.apply(&batch(&[("c", numbers(&[1.0]))])).unwrap_err().to_string();
        assert!(message.contains("expected a, b") && message.contains("among c"), "{message}");
    }

    #[test]
    fn numbers_that_became_text_are_missing_or_another_column() {
        let (encoder, _) = fit(&[("a", numbers(&[1.0, 2.0, 4.0]))]);
        assert!(encoder.apply(&batch(&[("a", text(&["2", "oops"]))])).is_ok());
        let message = encoder.apply(&batch(&[("a", text(&["oops"; 16]))])).unwrap_err().to_string();
        assert!(message.contains("column `a`: expected numbers"), "{message}");
    }

    #[test]
    fn the_only_prose_is_found_and_row_numbers_do_not_stand_in_for_it() {
        let prose: Vec<String> = (0..12)
            .map(|i| format!("Letter {i}: we had a fine day at the sea and will come again next summer."))
            .collect();
        let prose = text(&prose.iter().map(String::as_str).collect::<Vec<_>>());
        let count = numbers(&(0..12).map(f64::from).collect::<Vec<_>>());
        let lists: Vec<String> = (0..12).map(|i| format!("[{i}, 0.{i}, 1, 2, 3, 4]")).collect();
        let lists = text(&lists.iter().map(String::as_str).collect::<Vec<_>>());
        let only = |columns: &[(&str, ArrayRef)]| {
            TableEncoder::only_prose(&[&batch(columns)], &TableOptions::default()).unwrap()
        };
        let fits = |columns: &[(&str, ArrayRef)]| {
            TableEncoder::fit(&[&batch(columns)], &TableOptions::default())
                .map(|_| ())
                .map_err(|e| e.to_string())
        };
        let two = [("id", count.clone()), ("review", prose.clone())];
        assert_eq!(only(&two), Some("review".into()));
        assert!(fits(&two).unwrap_err().contains("rank one as text by --text NAME"));
        let many = numbers(&(0..12).map(|i| f64::from(i * i % 7)).collect::<Vec<_>>());
        assert_eq!(only(&[("stars", many), ("review", prose.clone())]), None);
        assert_eq!(only(&[("review", prose.clone()), ("answer", prose)]), None);
        assert!(fits(&[("id", count.clone()), ("vec", lists)]).is_err());
        assert!(fits(&[("id", count)]).is_ok(), "alone it is all there is");
    }

    #[test]
    fn equal_rows_keep_a_column_and_no_column_is_an_error() {
        let (encoder, said) = fit(&[("a", numbers(&[3.0; 4])), ("b", text(&["x"; 4]))]);
        assert_eq!((encoder.width(), said.len()), (3, 2));
        assert!(
            said[0].ends_with("all its values are equal; used because there is nothing else"),
            "{said:?}"
        );
        let rows = encoder.apply(&batch(&[("a", numbers(&[3.0; 4])), ("b", text(&["x"; 4]))])).unwrap();
        assert!((1..4).all(|i| rows.row(i) == rows.row(0)));
        let nothing = batch(&[("a", text(&["", ""]))]);
        let message = TableEncoder::fit(&[&nothing], &TableOptions::default()).unwrap_err().to_string();
        assert!(message.contains("column `a` left out: all its values are missing"), "{message}");
    }

    #[test]
    fn a_row_without_a_value_has_no_features() {
        let (encoder, _) = fit(&[("a", text(&["1", "2", "4", "-"])), ("c", text(&["x", "y", "x", "NA"]))]);
        let rows =
            encoder.apply(&batch(&[("a", text(&["", "-", "oops", "3"])), ("c", text(&["?", "x", "", ""]))]));
        let rows = rows.unwrap();
        let blank: Vec<bool> = (0..4).map(|i| rows.row(i).iter().all(|value| value.is_nan())).collect();
        assert_eq!(blank, [true, false, false, false]);
        let old = TableEncoder { sets_blank_apart: false, ..encoder };
        let rows = old.apply(&batch(&[("a", text(&[""])), ("c", text(&[""]))])).unwrap();
        assert!(rows.values.iter().all(|value| value.is_finite()), "models of version 0.1");
    }

    #[test]
    fn hundreds_of_flags_share_one_scale() {
        let column = |i: usize| {
            let values: Vec<f64> = (0..200).map(|row| f64::from(u8::from(row % (i + 3) == 0))).collect();
            (format!("f{i}"), numbers(&values))
        };
        let columns: Vec<(String, ArrayRef)> = (0..60).map(column).collect();
        let columns: Vec<(&str, ArrayRef)> =
            columns.iter().map(|(n, a)| (n.as_str(), Arc::clone(a))).collect();
        let (encoder, _) = fit(&columns);
        let rows = encoder.apply(&batch(&columns)).unwrap();
        let step = |j: usize| {
            (0..200).map(|i| rows.row(i)[j]).fold(f32::MIN, f32::max)
                - (0..200).map(|i| rows.row(i)[j]).fold(f32::MAX, f32::min)
        };
        assert!((step(0) - step(59)).abs() < 1e-4, "{} {}", step(0), step(59));
        let few = fit(&columns[..20]).0.apply(&batch(&columns[..20])).unwrap();
        assert!(few.row(0)[0] != rows.row(0)[0], "a few are standardised each");
    }

    #[test]
    fn what_scoring_has_and_training_had_not_is_said_once() {
        let (encoder, _) = fit(&[("a", text(&["1", "2", "4", "3"])), ("c", text(&["x", "y", "x", "y"]))]);
        let new = batch(&[("a", text(&["9", "", "two", "3"])), ("c", text(&["x", "z", "z", "y"]))]);
        let mut oddities = encoder.no_oddities();
        encoder.apply_noting(&new, &mut oddities).unwrap();
        assert_eq!(
            encoder.odd(&oddities),
            [
                "column `a`: 1 cells that cannot be read as in training count as missing",
                "column `a`: 1 cells are missing where training had none",
                "column `a`: 1 values lie beyond the range of training",
                "column `c`: 2 levels were not in training",
            ]
        );
    }

    #[test]
    fn a_decision_in_doubt_follows_the_other_columns() {
        let prices = ["12,50", "3,20", "1,99", "7,00"];
        let counts = ["1.250", "2.155", "3.000", "9.800"];
        let range = |columns: &[(&str, ArrayRef)]| {
            let readings = TableEncoder::readings_of(&[&batch(columns)], &TableOptions::default()).unwrap();
            readings.last().unwrap().range.clone().unwrap()
        };
        assert_eq!(range(&[("n", text(&counts))]), ["1.25", "9.8"]);
        assert_eq!(range(&[("p", text(&prices)), ("n", text(&counts))]), ["1250", "9800"]);
        let asked =
            TableOptions { columns: [("m".into(), AsAsked::Ignore)].into(), ..TableOptions::default() };
        let refused = TableEncoder::readings_of(&[&batch(&[("n", text(&counts))])], &asked).unwrap_err();
        assert!(refused.to_string().contains("no such column"), "{refused}");
    }

    #[test]
    fn runs_of_rows_are_one_table() {
        let (first, second) = (batch(&[("a", numbers(&[1.0, 2.0]))]), batch(&[("a", numbers(&[3.0, 9.0]))]));
        let (whole, _) = fit(&[("a", numbers(&[1.0, 2.0, 3.0, 9.0]))]);
        assert_eq!(TableEncoder::fit(&[&first, &second], &TableOptions::default()).unwrap().0, whole);
    }

    #[test]
    fn survives_json_and_refuses_damage() {
        let (encoder, _) = fit(&[("a", numbers(&[0.1, 0.2, 0.7])), ("b", text(&["x", "y", "x"]))]);
        let json = serde_json::to_string(&encoder).unwrap();
        assert_eq!(serde_json::from_str::<TableEncoder>(&json).unwrap(), encoder);
        assert!(encoder.validate().is_ok());
        let spread = json.replace("\"spread\":", "\"spread\":-");
        assert!(serde_json::from_str::<TableEncoder>(&spread).unwrap().validate().is_err());
        assert!(
            TableEncoder { columns: vec![], readings: vec![], sets_blank_apart: true }.validate().is_err()
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn whatever_is_scored_is_finite_and_by_itself(
            train in prop::collection::vec(("[ab]?|NA", any::<f64>()), 2..30),
            new in prop::collection::vec(("\\PC{0,4}|-?[0-9]{1,3}", any::<f64>()), 1..10),
        ) {
            let table = |rows: &[(String, f64)]| {
                let (texts, values): (Vec<&str>, Vec<f64>) = rows.iter().map(|(t, v)| (t.as_str(), *v)).unzip();
                batch(&[("t", text(&texts)), ("v", numbers(&values))])
            };
            if let Ok((encoder, _)) = TableEncoder::fit(&[&table(&train)], &TableOptions::default()) {
                let all = encoder.apply(&table(&new)).unwrap();
                for (i, row) in new.iter().enumerate() {
                    let alone = encoder.apply(&table(std::slice::from_ref(row))).unwrap();
                    let bits = |row: &[f32]| row.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
                    prop_assert_eq!(bits(alone.row(0)), bits(all.row(i)));
                    let blank = all.row(i).iter().all(|value| value.is_nan());
                    prop_assert!(blank || all.row(i).iter().all(|value| value.is_finite()));
                }
            }
        }
    }
}
