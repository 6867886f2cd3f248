//! Rows of a table as rows of numbers.

use arrow::array::{ArrayRef, RecordBatch};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::column::{Encoding, Finding};
use super::feature::{Feature, Part};
use crate::data::Matrix;
use crate::error::{Error, Result};

/// How columns of a table become numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TableOptions {
    /// Levels of a category that get a feature of their own, the most frequent ones; at least 1.
    pub max_levels: usize,
    /// Share of numbers among the present values from which a column of text is one of numbers, in (0, 1\].
    pub numeric_share: f64,
}

impl Default for TableOptions {
    fn default() -> Self {
        Self { max_levels: 64, numeric_share: 0.95 }
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
}

/// A column as training knew it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Column {
    name: String,
    encoding: Encoding,
}

impl TableEncoder {
    /// Finds out what each column of the rows (one or more runs of the same columns) holds. The second part
    /// tells which columns are left out or hold odd values, for the user.
    ///
    /// # Errors
    /// [`Error::NoFeatures`] when no column is of use, [`Error::Mismatch`] when the runs have different columns.
    pub fn fit(batches: &[&RecordBatch], options: &TableOptions) -> Result<(Self, Vec<String>)> {
        options.validate()?;
        let names: Vec<String> = match batches.first() {
            Some(batch) => batch.schema().fields().iter().map(|field| field.name().clone()).collect(),
            None => Vec::new(),
        };
        let arrays = batches.iter().map(|batch| find(batch, &names)).collect::<Result<Vec<_>>>()?;
        let look = |(i, name): (usize, &String)| {
            let column: Vec<&ArrayRef> = arrays.iter().filter_map(|run| run.get(i).copied()).collect();
            Finding::of(name, &column, options)
        };
        let mut findings: Vec<Finding> = names.par_iter().enumerate().map(look).collect::<Result<_>>()?;
        let warnings: Vec<String> =
            findings.iter_mut().filter_map(|finding| finding.warning.take()).collect();
        let idle = findings.iter().all(|finding| finding.idle || finding.encoding.is_none());
        let kept = names.into_iter().zip(findings).filter(|(_, finding)| idle || !finding.idle);
        let columns: Vec<Column> =
            kept.filter_map(|(name, finding)| Some(Column { name, encoding: finding.encoding? })).collect();
        if columns.is_empty() {
            return Err(no_features(&warnings));
        }
        Ok((Self { columns }, warnings))
    }

    /// The features of `batch`, one row each. Columns are found by name, in any order; others are passed over.
    /// Values are finite whatever the cells hold: missing and unusable ones count as missing.
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming columns that are absent or of another nature than in training.
    pub fn apply(&self, batch: &RecordBatch) -> Result<Matrix> {
        let arrays = find(batch, self.columns.iter().map(|column| &column.name))?;
        let width = self.width();
        let mut values = vec![0.0; batch.num_rows() * width];
        let mut at = 0;
        for (column, array) in self.columns.iter().zip(arrays) {
            column.encoding.encode(&column.name, array, &mut values, width, at)?;
            at += column.encoding.width();
        }
        Ok(Matrix { cols: width, values })
    }

    /// Features a row.
    pub fn width(&self) -> usize {
        self.columns.iter().map(|column| column.encoding.width()).sum()
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
        let unsound = |column: &&Column| match &column.encoding {
            Encoding::Number(number) => !number.is_sound(),
            Encoding::Category(category) => category.levels.is_empty(),
        };
        match self.columns.iter().find(unsound) {
            None if !self.columns.is_empty() => Ok(()),
            bad => Err(Error::Mismatch {
                what: "table encoder".into(),
                expected: "columns with finite scales".into(),
                found: bad.map_or("no column".into(), |column| format!("column `{}` without", column.name)),
            }),
        }
    }
}

impl Column {
    fn features(&self) -> Vec<Feature> {
        let parts = match &self.encoding {
            Encoding::Number(number) => {
                let value = Part::Number { center: number.center, spread: number.spread };
                [value, Part::Missing].into_iter().take(number.width()).collect()
            }
            Encoding::Category(category) => {
                let levels = category.levels.iter().map(|level| Part::Level(level.name.clone()));
                levels.chain([Part::Other]).collect::<Vec<_>>()
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
        [] => "the table has no column besides those left out on request".into(),
        _ => warnings.join("; "),
    };
    Error::NoFeatures { problem }
}

#[cfg(test)]
mod tests {
    use super::*;
    use arrow::array::{Float64Array, StringArray};
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
    fn equal_rows_keep_a_column_and_no_column_is_an_error() {
        let (encoder, warnings) = fit(&[("a", numbers(&[3.0; 4])), ("b", text(&["x"; 4]))]);
        assert_eq!((encoder.width(), warnings.len()), (3, 2));
        let rows = encoder.apply(&batch(&[("a", numbers(&[3.0; 4])), ("b", text(&["x"; 4]))])).unwrap();
        assert!((1..4).all(|i| rows.row(i) == rows.row(0)));
        let nothing = batch(&[("a", text(&["", ""]))]);
        let message = TableEncoder::fit(&[&nothing], &TableOptions::default()).unwrap_err().to_string();
        assert!(message.contains("column `a` left out: all its values are missing"), "{message}");
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
        assert!(TableEncoder { columns: vec![] }.validate().is_err());
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
                prop_assert!(all.values.iter().all(|value| value.is_finite()));
                for (i, row) in new.iter().enumerate() {
                    let alone = encoder.apply(&table(std::slice::from_ref(row))).unwrap();
                    prop_assert_eq!(alone.row(0), all.row(i));
                }
            }
        }
    }
}
