//! How a column was read, for people.

use serde::{Deserialize, Serialize};

/// How a column of a table was read, and what was decided about it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnReading {
    /// The column.
    pub name: String,
    /// What its cells are.
    pub read_as: ReadAs,
    /// The format in words: `decimal comma, in kg`, `day.month.year`; empty where there is nothing to say.
    pub format: String,
    /// All its cells.
    pub cells: usize,
    /// Cells that are empty or hold a mark of a missing value.
    pub missing: usize,
    /// Cells that hold something else than the column does; they count as missing.
    pub unread: usize,
    /// The first of those, at most three.
    pub examples: Vec<String>,
    /// Repeated strings in place of a value; each is a feature of its own.
    pub marks: Vec<String>,
    /// Cells such as `<0.5`, read as their limit.
    pub limits: usize,
    /// Different values of words; 0 for numbers and dates.
    pub levels: usize,
    /// Smallest and largest value, as shown to people.
    pub range: Option<[String; 2]>,
    /// Why the column has no part in the scores.
    pub left_out: Option<String>,
    /// What else the user should know.
    pub remark: Option<String>,
}

/// What the cells of a column are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadAs {
    /// Numbers.
    Number,
    /// Dates, with or without a time.
    Date,
    /// Times of day.
    Time,
    /// Yes and no.
    Boolean,
    /// One of some levels.
    Category,
    /// Names of rows, different in each.
    Identifier,
    /// Prose.
    Text,
    /// Nothing that can be used.
    #[default]
    Nothing,
}

impl ReadAs {
    /// The word for people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time of day",
            Self::Boolean => "yes or no",
            Self::Category => "category",
            Self::Identifier => "identifier",
            Self::Text => "text",
            Self::Nothing => "nothing",
        }
    }
}

impl ColumnReading {
    /// What the cells are, with the format: `number, decimal comma`.
    pub fn kind(&self) -> String {
        match self.format.as_str() {
            "" => self.read_as.name().into(),
            format => format!("{}, {format}", self.read_as.name()),
        }
    }

    /// What is not as one would expect, one sentence each without the column's name.
    pub fn remarks(&self) -> Vec<String> {
        let unread = (self.unread > 0).then(|| {
            let examples: Vec<_> = self.examples.iter().map(|text| format!("{text:?}")).collect();
            let (cells, counts) =
                if self.unread == 1 { ("cell is", "counts") } else { ("cells are", "count") };
            let what = self.read_as.name();
            format!("{} {cells} no {what} ({}) and {counts} as missing", self.unread, examples.join(", "))
        });
        let marks = (!self.marks.is_empty()).then(|| {
            let marks: Vec<_> = self.marks.iter().map(|mark| format!("`{mark}`")).collect();
            format!("{} among its values: each is a feature of its own", marks.join(", "))
        });
        self.remark.clone().into_iter().chain(unread).chain(marks).collect()
    }
}

/// Why a column is left out that the user does not want; no warning tells what they know.
pub(super) const AS_ASKED: &str = "as asked";

/// The sentences for the user about all columns: one per remark, and one per reason to leave columns out.
pub(super) fn warnings(columns: &[ColumnReading]) -> Vec<String> {
    let mut reasons: Vec<(&str, Vec<&str>)> = Vec::new();
    let mut all = Vec::new();
    for column in columns {
        if let Some(reason) = &column.left_out {
            if reason == AS_ASKED {
                continue;
            }
            match reasons.iter_mut().find(|(known, _)| known == reason) {
                Some((_, names)) => names.push(&column.name),
                None => reasons.push((reason, vec![&column.name])),
            }
        } else {
            all.extend(
                column.remarks().into_iter().map(|remark| format!("column `{}`: {remark}", column.name)),
            );
        }
    }
    all.extend(reasons.into_iter().map(|(reason, names)| match names.as_slice() {
        [one] => format!("column `{one}` left out: {reason}"),
        many => format!("{} left out: {reason}", listed(many)),
    }));
    all
}

/// The names of columns for a sentence, the first five of them.
pub(super) fn listed(names: &[&str]) -> String {
    let shown: Vec<_> = names.iter().take(5).map(|name| format!("`{name}`")).collect();
    match names.len() {
        1 => format!("column {}", shown.join("")),
        2..=5 => format!("columns {}", shown.join(", ")),
        more => format!("{more} columns ({}, ...)", shown.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_left_out_for_one_reason_are_one_line() {
        let constant = |i: usize| ColumnReading {
            name: format!("f{i}"),
            left_out: Some("all its values are equal".into()),
            ..ColumnReading::default()
        };
        let many: Vec<_> = (0..364).map(constant).collect();
        let expected = "364 columns (`f0`, `f1`, `f2`, `f3`, `f4`, ...) left out: all its values are equal";
        assert_eq!(warnings(&many), [expected]);
        assert_eq!(warnings(&many[..1]), ["column `f0` left out: all its values are equal"]);
        assert!(warnings(&[ColumnReading::default()]).is_empty());
        let asked = ColumnReading { left_out: Some(AS_ASKED.into()), ..constant(1) };
        assert!(warnings(&[asked]).is_empty());
    }

    #[test]
    fn remarks_name_what_is_odd() {
        let column = ColumnReading {
            name: "x".into(),
            read_as: ReadAs::Number,
            format: "decimal comma".into(),
            unread: 2,
            examples: vec!["abc".into()],
            marks: vec!["closed".into()],
            ..ColumnReading::default()
        };
        assert_eq!(column.kind(), "number, decimal comma");
        assert_eq!(
            warnings(&[column]),
            [
                "column `x`: 2 cells are no number (\"abc\") and count as missing",
                "column `x`: `closed` among its values: each is a feature of its own"
            ]
        );
    }
}
