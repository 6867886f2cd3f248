//! Detects what a column of a table holds.

use std::collections::HashSet;

use crate::arrow::array::{Array, ArrayRef, StringArray};
use serde::{Deserialize, Serialize};

use super::as_asked::AsAsked;
use super::category::Category;
use super::cells::{Cells, Sort, is_usable};
use super::identifier::{is_identifier, names_rows};
use super::moment::{Moment, TimeOfDay};
use super::number::{Counts, Number, Oddity, Seen, seen};
use super::pieces::Pieces;
use super::reading::{
    DateOrder, Decision, Hints, NumberFormat, Piece, Reading, Tally, decide, format, is_missing, shown_clock,
    shown_date,
};
use super::shape::unread_measures;
use super::stand_in::stand_in;
use super::summary::{AS_ASKED, ColumnReading, ReadAs};
use super::table::TableOptions;
use crate::error::{Error, Result};

/// How a column becomes features.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
pub enum Encoding {
    /// One scaled number, and flags.
    Number(Number),
    /// One feature a level.
    Category(Category),
    /// A position in time, with the place in the week and the day.
    Moment(Moment),
    /// The place in the day.
    TimeOfDay(TimeOfDay),
    /// Several scaled numbers.
    Pieces(Pieces),
}

/// What is made of a column.
pub(super) struct Finding {
    /// `None`: it is of no use.
    pub encoding: Option<Encoding>,
    /// Whether it tells rows apart no better than their order does: taken only when there is nothing better.
    pub idle: bool,
    /// How it was read.
    pub reading: ColumnReading,
    /// Whether all its values are 0 or 1.
    pub binary: bool,
}

/// So many strings, none of them a number, and a column of numbers is taken for another column.
const EVIDENCE: usize = 16;
/// Mean length in bytes above which text is prose, not the names of levels.
const PROSE: usize = 64;
/// Rows from which words with digits in them, most of them different, are worth a remark.
const CODES: usize = 20;
/// Unreadable cells that are shown.
const EXAMPLES: usize = 3;

impl Encoding {
    /// Features the column becomes.
    pub fn width(&self) -> usize {
        match self {
            Encoding::Number(number) => number.width(),
            Encoding::Category(category) => category.width(),
            Encoding::Moment(moment) => moment.width(),
            Encoding::TimeOfDay(time) => time.width(),
            Encoding::Pieces(pieces) => pieces.width(),
        }
    }

    /// Writes the features of `array` into the columns from `at` of the row-major `out` of `width` columns, and tells what
    /// training did not have.
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
    ) -> Result<Oddity> {
        let cells = Cells::read(array)?
            .ok_or_else(|| mismatch(name, "numbers or text", &array.data_type().to_string()))?;
        let (oddity, wanted) = match self {
            Encoding::Number(number) => (number.encode(&cells, out, width, at), "numbers"),
            Encoding::Moment(moment) => (moment.encode(&cells, out, width, at), "dates"),
            Encoding::TimeOfDay(time) => (time.encode(&cells, out, width, at), "times of day"),
            Encoding::Pieces(pieces) => match &cells {
                Cells::Strings(_) => (pieces.encode(&cells, out, width, at), "several numbers in each cell"),
                _ => return Err(mismatch(name, "several numbers in each cell", "single numbers or dates")),
            },
            Encoding::Category(category) => {
                return Ok(category.encode(&cells.into_strings(), out, width, at));
            }
        };
        let given = match &cells {
            Cells::Strings(strings) => strings.iter().flatten().filter(|text| !is_missing(text)).count(),
            _ => 0,
        };
        if given >= EVIDENCE && oddity.unread == given {
            return Err(mismatch(name, wanted, "text that is read as none"));
        }
        Ok(oddity)
    }

    /// Whether its numbers can be computed with.
    pub fn is_sound(&self) -> bool {
        match self {
            Encoding::Number(number) => number.is_sound(),
            Encoding::Category(category) => !category.levels.is_empty(),
            Encoding::Moment(moment) => moment.is_sound(),
            Encoding::TimeOfDay(time) => time.is_sound(),
            Encoding::Pieces(pieces) => pieces.is_sound(),
        }
    }
}

fn mismatch(name: &str, expected: &str, found: &str) -> Error {
    Error::Mismatch { what: format!("column `{name}`"), expected: expected.into(), found: found.into() }
}

/// A column before the decision: its cells and, of text, what they look like.
pub(super) struct Looked<'a> {
    name: &'a str,
    asked: Option<AsAsked>,
    cells: Option<&'a [Cells]>,
    kind: String,
    tally: Option<Tally<'a>>,
}

impl<'a> Looked<'a> {
    /// Looks at all cells of the column `name`, given in one or more runs; no cells for a type that has no reading.
    pub fn at(name: &'a str, asked: Option<AsAsked>, cells: Option<&'a [Cells]>, kind: String) -> Self {
        let text = |cells: &&'a [Cells]| cells.iter().any(|cells| matches!(cells, Cells::Strings(_)));
        let strings = cells.filter(text).into_iter().flatten().filter_map(|cells| match cells {
            Cells::Strings(strings) => Some(strings),
            _ => None,
        });
        let tally = cells.filter(text).map(|_| Tally::of(strings.flatten()));
        Self { name, asked, cells, kind, tally }
    }

    /// What it says about the file.
    pub fn hints(&self) -> Hints {
        self.tally.as_ref().map(Hints::of).unwrap_or_default()
    }

    /// What is made of it, with what the whole file says.
    pub fn settle(self, hints: Hints, options: &TableOptions) -> Finding {
        let reading = ColumnReading { name: self.name.to_owned(), ..ColumnReading::default() };
        let Some(cells) = self.cells else {
            return Finding::useless(reading, format!("it holds {}, neither numbers nor text", self.kind));
        };
        let reading = ColumnReading { cells: cells.iter().map(Cells::len).sum(), ..reading };
        match self.asked {
            Some(AsAsked::Ignore) => return Finding::useless(reading, AS_ASKED.into()),
            Some(AsAsked::Category) => return Finding::levels(cells, reading, options.max_levels),
            _ => {}
        }
        let (detected, marks, remark) = match &self.tally {
            None => (Some(typed(cells)), Vec::new(), None),
            Some(tally) if tally.given == 0 => {
                let missing = reading.cells;
                let bytes = self.kind.contains("Binary");
                let reason =
                    if bytes { "it holds bytes that are no text" } else { "all its values are missing" };
                return Finding::useless(ColumnReading { missing, ..reading }, reason.into());
            }
            Some(tally) => match decide(tally, hints, options.numeric_share) {
                Decision::Values { reading, marks, remark } => (Some(reading), marks, remark),
                Decision::Words(remark) => (None, Vec::new(), remark),
            },
        };
        let asked = self.asked.and_then(|asked| asked.reading(detected.clone()));
        let remark = if asked.is_some() { None } else { remark };
        match asked.or(detected) {
            Some(values) => {
                let asked = self.asked.is_some();
                let format = match &self.tally {
                    Some(tally) if !asked => format(&values, tally),
                    _ => values.describe(),
                };
                Finding::values(cells, &values, &marks, ColumnReading { format, remark, ..reading }, asked)
            }
            None => {
                let bytes = self.tally.map_or(0, |tally| tally.bytes);
                Finding::words(cells, ColumnReading { remark, ..reading }, bytes, options.max_levels)
            }
        }
    }
}

/// How cells that the file has typed are read.
fn typed(cells: &[Cells]) -> Reading {
    match cells.first() {
        Some(Cells::Moments { sort: Sort::Clock, .. }) => Reading::TimeOfDay,
        Some(Cells::Moments { .. }) => Reading::Moment(DateOrder::YearFirst),
        _ => Reading::Written(NumberFormat::default()),
    }
}

impl Finding {
    fn useless(reading: ColumnReading, reason: String) -> Self {
        let reading = ColumnReading { left_out: Some(reason), ..reading };
        Self { encoding: None, idle: false, reading, binary: false }
    }

    /// A column of numbers, dates or times.
    fn values(cells: &[Cells], how: &Reading, marks: &[String], reading: ColumnReading, asked: bool) -> Self {
        if let Reading::Piece(piece) = how {
            return Self::pieces(cells, *piece, marks, reading);
        }
        let stands =
            if asked || !matches!(how, Reading::Written(_)) { None } else { stand_in(cells, how, marks) };
        let marks = &[marks, &stands.map(|value| value.to_string()).into_iter().collect::<Vec<_>>()].concat();
        let reading = match stands {
            Some(value) => ColumnReading { remark: Some(stood_in(value, reading.remark)), ..reading },
            None => reading,
        };
        let fitted: Option<(Encoding, Counts, Number)> = match how {
            Reading::Moment(_) | Reading::EpochSeconds | Reading::EpochMilliseconds => {
                Moment::fit(cells, how, marks)
                    .map(|(m, counts)| (Encoding::Moment(m.clone()), counts, m.position))
            }
            Reading::TimeOfDay => TimeOfDay::fit(cells, how, marks)
                .map(|(t, counts)| (Encoding::TimeOfDay(t.clone()), counts, t.number)),
            _ => Number::fit(cells, how, marks).map(|(n, counts)| (Encoding::Number(n.clone()), counts, n)),
        };
        let Some((encoding, counts, number)) = fitted else {
            let missing =
                cells.iter().flat_map(|cells| (0..cells.len()).filter(|&row| cells.is_missing(row))).count();
            let none = missing < reading.cells && matches!(how, Reading::Moment(_));
            let reason = if none { "all its dates stand for none" } else { "all its values are missing" };
            return Self::useless(ColumnReading { missing, ..reading }, reason.into());
        };
        let whole = counts.missing + counts.unread == 0 && number.flags_of_values() == 0;
        let in_words = |value: f64| match how {
            Reading::TimeOfDay => shown_clock(value),
            _ if matches!(encoding, Encoding::Moment(_)) => shown_date(value),
            Reading::Duration | Reading::MinutesSeconds if value >= 0.0 => shown_clock(value),
            _ => shown(value),
        };
        let mut reading = ColumnReading {
            read_as: read_as(how),
            missing: counts.missing,
            unread: counts.unread,
            examples: examples(cells, how, &number, counts.unread),
            marks: number.marks.iter().map(|mark| mark.text.clone()).collect(),
            limits: counts.limits,
            range: number.range.map(|range| range.map(in_words)),
            ..reading
        };
        let idle = if counts.constant && whole {
            // Whole numbers beyond 2^53 are not all told apart.
            let large = number.center.abs() >= 9e15;
            let reason = if large {
                "its values are equal, or too large to be told apart"
            } else {
                "all its values are equal"
            };
            Some(reason.to_owned())
        } else if whole
            && counts.whole
            && !asked
            && matches!(encoding, Encoding::Number(_))
            && *how != Reading::Boolean
        {
            is_identifier(&reading.name, cells, how)
        } else {
            None
        };
        if idle.is_some() && !counts.constant {
            reading.read_as = ReadAs::Identifier;
        }
        reading.left_out = idle;
        Self { encoding: Some(encoding), idle: reading.left_out.is_some(), reading, binary: counts.binary }
    }

    /// A column with several numbers in each cell, of which `first` is the first.
    fn pieces(cells: &[Cells], first: Piece, marks: &[String], reading: ColumnReading) -> Self {
        let Some((pieces, counts)) = Pieces::fit(cells, first, marks) else {
            return Self::useless(reading, "all its values are missing".into());
        };
        let number = pieces.first();
        let left_out = if counts.missing + counts.unread > 0 || number.flags_of_values() > 0 {
            None
        } else if counts.constant {
            Some("all its values are equal".to_owned())
        } else if counts.whole {
            is_identifier(&reading.name, cells, &number.reading)
        } else {
            None
        };
        let idle = left_out.is_some();
        let separator = first.separator.to_string();
        let end = |end: usize| pieces.ends(end).map(shown).collect::<Vec<_>>().join(&separator);
        let reading = ColumnReading {
            read_as: ReadAs::Number,
            missing: counts.missing,
            unread: counts.unread,
            examples: examples(cells, &number.reading, number, counts.unread),
            marks: number.marks.iter().map(|mark| mark.text.clone()).collect(),
            range: Some([end(0), end(1)]),
            left_out,
            ..reading
        };
        Self { encoding: Some(Encoding::Pieces(pieces)), idle, reading, binary: false }
    }

    /// A column of words: levels, identifiers or prose.
    fn words(cells: &[Cells], reading: ColumnReading, bytes: usize, most: usize) -> Self {
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

    fn levels(cells: &[Cells], reading: ColumnReading, most: usize) -> Self {
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

/// Says that a number stands for a missing value, before what else there is to say.
fn stood_in(value: f64, remark: Option<String>) -> String {
    let said = format!(
        "{value}, repeated and far below all others, is taken for a missing value (--columns NAME=number keeps it)"
    );
    [Some(said), remark].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// A number for people: whole, or with six digits that count.
fn shown(value: f64) -> String {
    let short = format!("{value:.5e}").parse::<f64>().unwrap_or(value);
    if value.fract() == 0.0 { value.to_string() } else { short.to_string() }
}

fn read_as(how: &Reading) -> ReadAs {
    match how {
        Reading::Moment(_) | Reading::Date | Reading::EpochSeconds | Reading::EpochMilliseconds => {
            ReadAs::Date
        }
        Reading::TimeOfDay => ReadAs::Time,
        Reading::Boolean => ReadAs::Boolean,
        Reading::Number
        | Reading::DecimalComma
        | Reading::Written(_)
        | Reading::Duration
        | Reading::MinutesSeconds
        | Reading::Piece(_) => ReadAs::Number,
    }
}

/// The first cells that could not be read.
fn examples(cells: &[Cells], how: &Reading, number: &Number, unread: usize) -> Vec<String> {
    if unread == 0 {
        return Vec::new();
    }
    let marks = || number.marks.iter().map(|mark| mark.text.as_str());
    let texts = cells.iter().flat_map(|cells| {
        let odd = seen(cells, how, marks()).enumerate().filter(|(_, seen)| *seen == Seen::Unread);
        odd.filter_map(move |(i, _)| match cells {
            Cells::Strings(strings) => Some(strings.value(i).trim().to_owned()),
            Cells::Numbers(numbers) => {
                Some(numbers.value(i).to_string()).filter(|_| !is_usable(numbers.value(i)))
            }
            Cells::Moments { .. } => None,
        })
    });
    texts.take(EXAMPLES).map(|text| text.chars().take(40).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrow::array::Float64Array;
    use std::sync::Arc;

    fn finding_as(array: ArrayRef, asked: Option<AsAsked>) -> Finding {
        let cells: Vec<Cells> = Cells::read(&array).unwrap().into_iter().collect();
        let looked = Looked::at("x", asked, Some(&cells), String::new());
        let hints = looked.hints();
        looked.settle(hints, &TableOptions::default())
    }

    fn text(cells: &[&str]) -> Finding {
        finding_as(Arc::new(StringArray::from(cells.to_vec())), None)
    }

    fn numbers(values: &[f64]) -> Finding {
        finding_as(Arc::new(Float64Array::from(values.to_vec())), None)
    }

    fn number(finding: &Finding) -> &Number {
        match &finding.encoding {
            Some(Encoding::Number(number)) => number,
            other => panic!("{other:?}"),
        }
    }

    fn left_out(finding: &Finding) -> &str {
        finding.reading.left_out.as_deref().unwrap_or("not left out")
    }

    #[test]
    fn numbers_flags_and_categories_are_told_apart() {
        let age = text(&["31", " 4e1", "", "29", "35", "33"]);
        let age = number(&age);
        assert_eq!((age.width(), age.median), (2, 33.0));
        let member = text(&["yes", "NO", "yes", "true", "0", "1"]);
        assert_eq!((&number(&member).reading, member.reading.read_as), (&Reading::Boolean, ReadAs::Boolean));
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
        assert_eq!(left_out(&names), "every value is different, so it names the rows");
        assert_eq!(names.reading.read_as, ReadAs::Identifier);
        let prose = "many words ".repeat(9);
        assert!(left_out(&text(&[&prose, &prose, "few words"])).contains("--text x"));
        assert!([nothing, names].iter().all(|finding| finding.encoding.is_none()));
    }

    #[test]
    fn constants_and_identifiers_are_idle() {
        let constant = numbers(&[1.0; 6]);
        assert!(constant.idle && constant.encoding.is_some());
        assert_eq!(left_out(&constant), "all its values are equal");
        assert!(text(&["a", "a"]).idle);
        assert!(!text(&["a", "", "a"]).idle, "whether it is there tells something");
        assert!(!numbers(&[1.0, f64::NAN, 1.0]).idle);
        let count: Vec<f64> = (1..20).map(f64::from).collect();
        assert!(numbers(&count).idle);
        let asked = finding_as(Arc::new(Float64Array::from(count)), Some(AsAsked::Number(None)));
        assert!(!asked.idle, "asked for");
    }

    #[test]
    fn odd_cells_among_numbers_are_missing_with_a_remark() {
        let mut cells: Vec<String> = (0..100).map(|i| (i * i % 37).to_string()).collect();
        (cells[3], cells[50], cells[60]) = ("abc".into(), "inf".into(), "1e39".into());
        let found = text(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        let remark = "3 cells are no number (\"abc\", \"inf\", \"1e39\") and count as missing";
        assert_eq!(found.reading.remarks(), [remark]);
        assert_eq!(number(&found).missing, 0.03);
        let found = numbers(&[1.0, 2.0, f64::INFINITY, f64::NAN, 1e300]);
        assert_eq!((found.reading.unread, found.reading.missing), (2, 1));
    }

    #[test]
    fn a_dash_is_no_category() {
        let mut cells: Vec<String> = (0..92).map(|i| (30 + i % 21).to_string()).collect();
        cells.extend(vec!["-".to_owned(); 8]);
        cells[40] = "999".into();
        let found = text(&cells.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!((found.reading.read_as, found.reading.missing), (ReadAs::Number, 8));
        assert_eq!(found.reading.range, Some(["30".into(), "999".into()]));
    }

    #[test]
    fn dates_have_a_position_and_a_format() {
        let mut days: Vec<String> = (1..29).map(|day| format!("{day:02}.05.2024")).collect();
        days[7] = "soon".into();
        let found = text(&days.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(found.reading.kind(), "date, day.month.year");
        assert_eq!(found.reading.range, Some(["2024-05-01".into(), "2024-05-28".into()]));
        assert_eq!(found.reading.remarks(), ["1 cell is no date (\"soon\") and counts as missing"]);
    }

    #[test]
    fn what_is_asked_for_wins() {
        let array = || Arc::new(StringArray::from(vec!["1", "2", "1", "3"])) as ArrayRef;
        let category = finding_as(array(), Some(AsAsked::Category));
        assert_eq!((category.reading.read_as, category.reading.levels), (ReadAs::Category, 3));
        assert_eq!(left_out(&finding_as(array(), Some(AsAsked::Ignore))), "as asked");
        let epoch = finding_as(array(), Some(AsAsked::Epoch));
        assert_eq!(epoch.reading.range, Some(["1970-01-01 00:00:01".into(), "1970-01-01 00:00:03".into()]));
        let comma = Arc::new(StringArray::from(vec!["1.234", "2.345", "9.999"])) as ArrayRef;
        let comma = finding_as(comma, Some("number:comma".parse().unwrap()));
        assert_eq!(comma.reading.range, Some(["1234".into(), "9999".into()]));
    }
}
