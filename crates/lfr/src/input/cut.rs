//! The start of a delimited file, cut into records by the delimiter that fits.

use std::collections::HashMap;
use std::io::Read;

use csv::{ByteRecord, ReaderBuilder};

use super::comments::{Comments, is_hashed};
use super::encoding::{self, MARK};
use super::expected::Known;
use super::header::{MAX_ABOVE, has_digit};
use super::short::lack_last_cells;
use super::spaced::{Unspaced, has_spaced_quote};

/// The delimiters that are distinguished.
pub(super) const DELIMITERS: &[u8] = b",;\t|";
/// A delimiter that files do not have, for a single column.
const NONE: u8 = b'\x1f';
/// Characters that delimit in files that are read only when the user says so.
const FOREIGN: &[u8] = b":^~ \x01\x1f";
/// Records looked at behind the comments at the top.
const RECORDS: usize = 100 + MAX_ABOVE;
/// Most lines above the table that have fields as rows have.
const MAX_ROWS_ABOVE: usize = 30;
/// Most lines of comments at the top.
const COMMENTS: usize = 10_000;

/// Records of a file.
#[derive(Clone, Debug)]
pub(super) struct Cut {
    /// Between fields.
    pub delimiter: u8,
    /// All records of the sample.
    pub records: Vec<ByteRecord>,
    /// Fields of most records.
    pub width: usize,
    /// The first record of the table.
    pub start: usize,
    /// Whether lines that begin with `#` are comments.
    pub comments: bool,
    /// Whether blanks between a delimiter and a quote are skipped.
    pub spaced: bool,
    /// Whether rows lack cells at their end.
    pub short: bool,
    /// Records of that width.
    agree: usize,
}

/// Whether a record is a line drawn below the names, as in Markdown and psql.
pub(super) fn is_rule(record: &ByteRecord) -> bool {
    let mut drawn = record.iter().map(<[u8]>::trim_ascii).filter(|field| !field.is_empty()).peekable();
    let is_drawn = |field: &[u8]| {
        field.windows(2).any(|pair| matches!(pair, b"--" | b"=="))
            && field.iter().all(|byte| b"-=+:".contains(byte))
    };
    drawn.peek().is_some() && drawn.all(is_drawn)
}

/// Whether a record is a line drawn through all columns, as below the rows of reStructuredText.
pub(super) fn is_frame(record: &ByteRecord) -> bool {
    let long = |field: &[u8]| field.starts_with(b"====") || field.starts_with(b"----");
    matches!(record.as_slice(), [b'=' | b'-', ..])
        && is_rule(record)
        && record.iter().any(long)
        && !record.iter().any(<[u8]>::is_empty)
}

impl Cut {
    /// `sample` by the delimiter that cuts most records alike, and of those the one that makes most fields; by one
    /// that no record has where there is a single column.
    ///
    /// # Errors
    /// That the delimiter is one that has to be asked for, or that there is no record.
    pub fn find(sample: &[u8], whole: bool) -> Result<Self, String> {
        let cuts = DELIMITERS.iter().filter_map(|&delimiter| Self::by(delimiter, sample, whole));
        let best = cuts.filter(Self::fits).reduce(|best, next| {
            // Lines above a table may have a comma each, so that a few more lines agree on it.
            let nearly = 10 * next.agree >= 9 * best.agree;
            let decimals = best.delimiter == b',' && nearly && next.has_commas_within(&best);
            let better = (next.agree, next.width) > (best.agree, best.width);
            if decimals || better { next } else { best }
        });
        if let Some(cut) = best {
            return Ok(cut);
        }
        check_foreign(sample)?;
        let absent = |delimiter: &&u8| {
            records(sample, whole, **delimiter).iter().all(|record| is_hashed(record) || record.len() == 1)
        };
        let delimiter = DELIMITERS.iter().find(absent).copied().unwrap_or(NONE);
        Self::by(delimiter, sample, whole).ok_or_else(|| "it holds no record".into())
    }

    /// `sample` by the delimiter, the one `asked` for if any, that parts the names of the known columns from one another,
    /// or makes as many fields as a table without names needs; `None` where none does, or most rows are of another width.
    pub fn known(asked: Option<u8>, known: &Known, sample: &[u8], whole: bool) -> Option<Self> {
        if known.columns.is_empty() {
            return None;
        }
        let delimiters = asked.map_or_else(|| [DELIMITERS, &[NONE]].concat(), |asked| vec![asked]);
        let cuts: Vec<Self> =
            delimiters.into_iter().filter_map(|delimiter| Self::by(delimiter, sample, whole)).collect();
        let named = cuts.iter().filter_map(|cut| Some((cut, cut.place_of(known)?)));
        let named: Vec<_> = named.map(|(cut, start)| (cut, start, cut.records[start].len())).collect();
        let most = |(cut, start, width): &(&Self, usize, usize)| cut.alike(*start, *width);
        let nameless = || Self::nameless(&cuts, known.fields()?).map(|cut| (cut, cut.start, cut.width));
        let (cut, start, width) = named.into_iter().rev().max_by_key(most).or_else(nameless)?;
        let below = cut.records.len() - start;
        let agree = cut.alike(start, width);
        (2 * agree >= below).then(|| Self { start, width, agree, ..cut.clone() })
    }

    /// Of several cuts of a table without names the one with fewest fields, but at least `fields`; not by commas where
    /// all of them stand within numbers.
    fn nameless(cuts: &[Self], fields: usize) -> Option<&Self> {
        let key = |cut: &Self| (cut.width, usize::MAX - cut.alike(cut.start, cut.width));
        cuts.iter().filter(|cut| cut.width >= fields).reduce(|best, next| {
            let decimals = best.delimiter == b',' && next.width > 1 && next.has_decimal_commas();
            if decimals || key(next) < key(best) { next } else { best }
        })
    }

    /// The record that holds the names of the known columns.
    fn place_of(&self, known: &Known) -> Option<usize> {
        let comments = self.records.iter().take_while(|record| is_hashed(record)).count();
        self.records.iter().take(comments + MAX_ABOVE + 1).position(|record| {
            let cells: Vec<_> = record.iter().map(|field| encoding::text(field).0).collect();
            known.are_in(&cells.iter().map(|cell| &**cell).collect::<Vec<_>>())
        })
    }

    /// Records from `start` on that have `width` fields.
    fn alike(&self, start: usize, width: usize) -> usize {
        let alike = |record: &&ByteRecord| record.len() == width || (self.short && record.len() < width);
        self.records[start..].iter().filter(alike).count()
    }

    /// `sample` by `delimiter`; `None` without a record. Blanks before quotes are skipped where that makes the records no
    /// less alike.
    pub fn by(delimiter: u8, sample: &[u8], whole: bool) -> Option<Self> {
        let cut = Self::of(delimiter, records(sample, whole, delimiter))?;
        if !cut.records.iter().any(has_spaced_quote) {
            return Some(cut);
        }
        let mut unspaced = Vec::new();
        Unspaced::new(sample, delimiter).read_to_end(&mut unspaced).ok()?;
        let other = Self::of(delimiter, records(&unspaced, whole, delimiter))?;
        Some(if other.agree < cut.agree { cut } else { Self { spaced: true, ..other } })
    }

    fn of(delimiter: u8, records: Vec<ByteRecord>) -> Option<Self> {
        let widest = records.iter().map(ByteRecord::len).max()?;
        let names = records.iter().position(|record| record.len() == widest)?;
        let cut = Self {
            delimiter,
            records: Vec::new(),
            width: widest,
            start: names,
            comments: false,
            spaced: false,
            short: true,
            agree: records.len() - names,
        };
        if lack_last_cells(&records[names..]) {
            return Some(Self { records, ..cut });
        }
        let plain = || records.iter().filter(|record| !is_hashed(record));
        let mut counts: HashMap<usize, usize> = HashMap::new();
        plain().for_each(|record| *counts.entry(record.len()).or_default() += 1);
        let most = counts.into_iter().map(|(width, count)| (count, width)).max();
        let (_, width) = most.or_else(|| Some((0, records.first()?.len())))?;
        let Comments { comments, names } = Comments::of(&records, width);
        let counts = |(place, record): &(usize, &ByteRecord)| {
            record.len() == width && (!comments || !is_hashed(record) || names == Some(*place))
        };
        let start = records.iter().enumerate().find(counts)?.0;
        let agree = records.iter().enumerate().filter(counts).count();
        Some(Self { width, start, comments, short: false, agree, records, ..cut })
    }

    /// Whether the delimiter parts columns: what it cuts is regular, and begins at the top or soon below.
    fn fits(&self) -> bool {
        let rest = &self.records[self.start..];
        let plain = rest.iter().filter(|record| !(self.comments && is_hashed(record))).count();
        let title = self.records[..self.start].iter().rfind(|record| !is_hashed(record));
        let regular = match title {
            Some(title) => {
                self.agree >= 2 && 5 * self.agree >= 4 * plain && self.has_names(title) && !self.is_prose()
            }
            None => 2 * self.agree >= plain,
        };
        self.width > 1 && self.titles() <= MAX_ABOVE && self.rows_above() <= MAX_ROWS_ABOVE && regular
    }

    /// Whether names come first, or stand in the shorter line above: numbers below a single name are no columns, unless
    /// tabs part them.
    fn has_names(&self, above: &ByteRecord) -> bool {
        if self.delimiter == b'\t' {
            return true;
        }
        let rows = &self.records[self.start..];
        let letters = |field: &[u8]| field.iter().any(|byte| byte.is_ascii_alphabetic() || !byte.is_ascii());
        let last_is_void = || rows.iter().all(|row| row.get(self.width - 1).is_none_or(<[u8]>::is_empty));
        rows.first().is_some_and(|row| row.iter().any(letters) || counts_wells(row))
            || (above.len() + 1 == self.width && (self.width > 2 || last_is_void()))
    }

    /// Whether the delimiter stands within what the records say: within numbers, as in `REWE 12,50 €`, or between a day and
    /// a time with words behind it. Names without a digit in the first record vouch for columns.
    pub fn tears(&self) -> bool {
        let rows = &self.records[self.start..];
        let names = |row: &ByteRecord| {
            !row.iter().flatten().any(u8::is_ascii_digit) && row.iter().all(|cell| !cell.is_empty())
        };
        let above =
            self.records[..self.start].last().filter(|row| row.len() > 1 && row.len() + 1 == self.width);
        let named = rows.first().into_iter().chain(above).any(names);
        let cells = |row: &ByteRecord| -> Vec<String> {
            row.iter().map(|field| encoding::text(field).0.trim().to_owned()).collect()
        };
        let torn = |row: &&ByteRecord| {
            cells(row).windows(2).any(|pair| {
                let within = pair[0].ends_with(|c: char| c.is_ascii_digit())
                    && pair[1].starts_with(|c: char| c.is_ascii_digit());
                within && !pair.iter().all(|cell| is_value(cell))
            })
        };
        !named && 2 * rows.iter().filter(torn).count() >= rows.len()
    }

    /// Whether there are commas, all of them within numbers.
    fn has_decimal_commas(&self) -> bool {
        self.commas_are(|field| field.iter().all(|byte| b"+-.,0123456789 ".contains(byte)))
    }

    /// Whether there are commas, all of them in fields that pass the test.
    fn commas_are(&self, test: fn(&[u8]) -> bool) -> bool {
        let fields = self.records[self.start..].iter().flatten();
        let mut fields = fields.filter(|field| field.contains(&b',')).peekable();
        fields.peek().is_some() && fields.all(test)
    }

    /// Whether commas, by which `other` is cut, stand within the fields of this delimiter: within numbers, within amounts
    /// below no names that commas separate, or below more names, none of which has any.
    fn has_commas_within(&self, other: &Self) -> bool {
        let amounts = || self.commas_are(is_amount) && other.names().is_none();
        let names = || self.width > other.width && self.names().is_some_and(|names| !names.contains(&b','));
        self.has_decimal_commas() || amounts() || names()
    }

    /// The first record without delimiters, if it holds words without a digit or a gap, but at its end.
    fn names(&self) -> Option<&[u8]> {
        let first = &self.records[self.start];
        let filled = first.iter().take_while(|cell| !cell.is_empty()).count();
        let words = !first.as_slice().iter().any(u8::is_ascii_digit);
        let whole = filled > 1 && first.iter().skip(filled).all(<[u8]>::is_empty);
        (words && whole).then_some(first.as_slice())
    }

    /// Lines above the table with more fields than a setting and its value have: many are a table of their own.
    fn rows_above(&self) -> usize {
        self.records[..self.start].iter().filter(|record| !is_hashed(record) && record.len() > 2).count()
    }

    /// Lines above the table that are no comments.
    pub fn titles(&self) -> usize {
        self.records[..self.start].iter().filter(|record| !is_hashed(record)).count()
    }

    /// Whether a blank follows every comma, as in sentences.
    fn is_prose(&self) -> bool {
        let mut fields = self.records[self.start..].iter().flat_map(|record| record.iter().skip(1));
        self.delimiter == b',' && fields.all(|field| field.starts_with(b" "))
    }
}

/// Whether a row is an empty corner and 1, 2, 3, ..., above the rows of a plate of wells.
fn counts_wells(row: &ByteRecord) -> bool {
    let mut cells = row.iter().map(<[u8]>::trim_ascii).zip(0_usize..);
    row.len() > 3
        && cells.next().is_some_and(|(corner, _)| corner.is_empty())
        && cells.all(|(cell, place)| cell == place.to_string().as_bytes())
}

/// Whether a cell is one number, alone or with a sign, a currency or a unit beside it: `1.234,56 EUR`.
fn is_amount(cell: &[u8]) -> bool {
    let begins = cell.iter().position(u8::is_ascii_digit).unwrap_or(cell.len());
    let (before, rest) = cell.split_at(begins);
    let ends = rest.iter().position(|byte| !b"+-.,0123456789 '".contains(byte)).unwrap_or(rest.len());
    let (number, behind) = rest.split_at(ends);
    let word = |text: &[u8]| !text.iter().any(|byte| byte.is_ascii_digit() || *byte == b',');
    let apart = |letter: Option<&u8>| letter.is_none_or(|letter| !letter.is_ascii_alphabetic());
    let decimal = |pair: &[u8]| pair[0] != b',' || pair[1] == b'-' || pair[1].is_ascii_digit();
    word(before)
        && word(behind)
        && apart(before.last())
        && (number.ends_with(b" ") || apart(behind.first()))
        && number.windows(2).all(decimal)
        && !number.ends_with(b",")
}

/// Whether a cell is a number, a date, a code or the like as a whole: a digit, and no words.
pub(super) fn is_value(cell: &str) -> bool {
    let closed = |open, close| cell.matches(open).count() == cell.matches(close).count();
    let words = cell.contains(char::is_alphabetic) && cell.contains(char::is_whitespace);
    has_digit(cell) && !words && closed('[', ']') && closed('(', ')')
}

/// The first records, without the last one where the sample may cut it. Comments at the top do not count.
fn records(sample: &[u8], whole: bool, delimiter: u8) -> Vec<ByteRecord> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(sample);
    let (mut records, mut comments) = (Vec::new(), 0);
    for record in reader.byte_records().filter_map(Result::ok) {
        comments += usize::from(comments == records.len() && comments < COMMENTS && is_hashed(&record));
        records.push(unmarked(record));
        if records.len() > comments + RECORDS {
            break;
        }
    }
    if records.len() > comments + RECORDS || (!whole && records.len() > 1) {
        records.pop();
    }
    records
}

/// The record without the mark of an encoding at its beginning, as where files were joined. Quotes behind a mark are
/// part of its first field, and go too.
pub(super) fn unmarked(record: ByteRecord) -> ByteRecord {
    if !record.as_slice().starts_with(MARK) {
        return record;
    }
    let first = record.get(0).unwrap_or_default();
    let first = first.strip_prefix(MARK).unwrap_or(first);
    let bare = first.strip_prefix(b"\"").and_then(|first| first.strip_suffix(b"\"")).unwrap_or(first);
    let mut unmarked: ByteRecord = [bare].into_iter().chain(record.iter().skip(1)).collect();
    unmarked.set_position(record.position().cloned());
    unmarked
}

/// Whether every line is one quoted field that holds a row: with as many delimiters as the first, two at least.
pub(super) fn is_wrapped(sample: &[u8], whole: bool) -> bool {
    let parts = |delimiter: &u8| {
        let records = records(sample, whole, *delimiter);
        let count = |record: &ByteRecord| record.as_slice().iter().filter(|byte| *byte == delimiter).count();
        let first = records.first().map_or(0, count);
        first > 1 && records.len() > 2 && records.iter().all(|row| row.len() == 1 && count(row) == first)
    };
    sample.starts_with(b"\"") && DELIMITERS.iter().any(parts)
}

/// Refuses a file whose lines all have the same number of a delimiter that is too common to be taken for one.
fn check_foreign(sample: &[u8]) -> Result<(), String> {
    let lines = sample.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    let lines: Vec<&[u8]> = lines.take(RECORDS).collect();
    for &foreign in FOREIGN {
        let count = |line: &&[u8]| line.trim_ascii().iter().filter(|&&byte| byte == foreign).count();
        let first = lines.first().map_or(0, count);
        if first > 0 && lines.len() > 1 && lines.iter().all(|line| count(line) == first) {
            let shown = char::from(foreign).escape_default();
            return Err(format!(
                "its columns seem to be delimited by `{shown}`; if so, say it with --delimiter"
            ));
        }
    }
    Ok(())
}
