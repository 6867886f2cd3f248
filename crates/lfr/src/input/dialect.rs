//! How a delimited file is written: its delimiter, where its rows begin, and the names of its columns.

use std::borrow::Cow;

use csv::ByteRecord;

use super::blanks::{self, Blank};
use super::comments::is_hashed;
use super::cut::{self, Cut};
use super::drawn::Drawn;
use super::encoding;
use super::expected::Known;
use super::header::Heading;
use super::latex;
use super::names::Names;
use super::notes::Notes;
use super::refused;

/// What the user says about a file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    /// Between fields.
    pub delimiter: Option<u8>,
    /// Whether there is a row of names.
    pub header: Option<bool>,
    /// The columns that a model knows.
    pub known: Option<&'a Known>,
}

/// How a delimited file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// The columns; named `f0`, `f1`, ... where the file has no names.
    pub names: Names,
    /// Bytes before the first row.
    pub start: usize,
    /// Lines before the first row.
    pub lines: u64,
    /// Whether lines that begin with `#` are comments.
    pub comments: bool,
    /// Whether blanks between a delimiter and a quote are skipped; `start` does not count them.
    pub spaced: bool,
    /// Whether the last field is what a delimiter at the end of a row leaves: it need not be there.
    pub trailing: bool,
    /// Whether rows lack cells at their end.
    pub short: bool,
    /// The row of names, which may come again.
    pub heading: Option<ByteRecord>,
    /// Whether names are encoded as windows-1252.
    pub foreign: bool,
}

impl Dialect {
    /// Looks at the start of a file; `whole` tells that there is no more of it. `sep=;` in the first line is obeyed.
    /// The delimiter is the one that parts the names that are known, else the one that cuts most records into as many
    /// fields as most records have; lines above the first such record are no part of the table. What is decided is said
    /// in `notes`.
    ///
    /// # Errors
    /// What is wrong with the file, when there is no record or the delimiter is none of comma, semicolon, tab and bar.
    pub fn find(sample: &[u8], whole: bool, asked: Asked<'_>, notes: &Notes) -> Result<Self, String> {
        if !whole && !sample.contains(&b'\n') && !sample.contains(&b'\r') {
            return Err(format!("its first line is longer than {} bytes", sample.len()));
        }
        let (declared, skipped) = declared(sample);
        let body = &sample[skipped..];
        let (none, delimiter) = (Known::default(), asked.delimiter.or(declared));
        let known = asked.known.unwrap_or(&none);
        if let Some(problem) = refused::reason(body).filter(|_| delimiter.is_none()) {
            return Err(problem.into());
        }
        let cut = match (Cut::known(delimiter, known, body, whole), delimiter) {
            (Some(cut), _) => cut,
            (None, Some(delimiter)) => Cut::by(delimiter, body, whole).ok_or(NO_RECORD)?,
            (None, None) => Cut::find(body, whole)?,
        };
        let table = Table::of(&cut);
        let rows: Vec<Vec<&str>> =
            table.rows.iter().map(|row| row.cells.iter().map(|cell| &**cell).collect()).collect();
        let heading = match table.headed {
            true => Heading { above: 0, named: asked.header.unwrap_or(true), below: 0 },
            false => Heading::find(&rows, asked.header, known),
        };
        let (first, above) = (heading.length(), heading.above);
        let names = match heading.names(&rows, notes) {
            Some(names) => Names::settle(names, rows.get(first..).unwrap_or_default(), notes),
            None => Names::numbered(cut.width),
        };
        let heading = table.rows.get(heading.above).filter(|_| heading.named && cut.width > 1);
        let heading = heading.and_then(|row| cut.records.get(row.place)).cloned();
        let above = table.above + above;
        if above > 0 {
            let lines = if above == 1 { "1 line".to_owned() } else { format!("{above} lines") };
            notes.add(format!("{lines} above the table skipped"));
        }
        if table.shifted && names.index.is_none() {
            notes.add("every row has one field more than there are names: the first is taken to lack its name, so names may be shifted");
        }
        if table.comments {
            notes.add("lines that begin with # are skipped as comments");
        }
        // Behind the names come the rows, whether they are as wide or not.
        let place = match first.checked_sub(1) {
            None => table.rows.first().map(|row| row.place),
            Some(names) => table.rows.get(names).map(|row| row.place + 1),
        };
        let place = place.map(|place| place + usize::from(cut.records.get(place).is_some_and(cut::is_rule)));
        let at = place.and_then(|place| cut.records.get(place)).and_then(ByteRecord::position);
        let (start, line) = at.map_or((body.len(), 1), |at| (at.byte() as usize, at.line()));
        Ok(Self {
            delimiter: cut.delimiter,
            short: cut.short,
            heading,
            trailing: names.spare.last().is_some_and(|&last| last + 1 == cut.width),
            names,
            start: skipped + start,
            lines: line - 1 + u64::from(skipped > 0),
            comments: table.comments,
            spaced: cut.spaced,
            foreign: table.rows.get(..first).unwrap_or_default().iter().any(|row| row.foreign),
        })
    }

    /// What separates the columns of a file where no delimiter does: runs of blanks, their places in a line, the bars of a drawn
    /// table, or a delimiter behind quotes around the whole line.
    pub fn aligned(sample: &[u8], whole: bool, known: &Known) -> Option<Blank> {
        if let Some(drawn) = Drawn::find(sample) {
            return Some(Blank::Drawn(drawn));
        }
        if latex::is_table(sample) {
            return Some(Blank::Latex);
        }
        if cut::is_wrapped(sample, whole) {
            return Some(Blank::Quoted);
        }
        let parts = |cut: Cut| cut.width > 1 && !(cut.delimiter == b',' && cut.tears());
        let delimited = declared(sample).0.is_some()
            || refused::reason(sample).is_some()
            || Cut::known(None, known, sample, whole).is_some()
            || Cut::find(sample, whole).is_ok_and(parts);
        match delimited {
            true => None,
            false if blanks::are_first(sample, known) => Some(Blank::Run),
            false => blanks::find(sample),
        }
    }

    /// Whether a text is a table rather than a document a line: one that is refused, or at least three records, nearly
    /// all of one width, of short cells; separated by commas, mostly numbers, dates and codes, none of which the commas tear.
    pub fn is_table(sample: &[u8], whole: bool) -> bool {
        if refused::reason(sample).is_some() {
            return true;
        }
        let aligned = || Self::aligned(sample, whole, &Known::default()).is_some();
        let Some(cut) = Cut::find(sample, whole).ok().filter(|cut| cut.width > 1 && cut.titles() < 6) else {
            return aligned();
        };
        let rows = &cut.records[cut.start..];
        let regular =
            if cut.short { rows.len() } else { rows.iter().filter(|row| row.len() == cut.width).count() };
        let cells = || rows.iter().skip(1).flatten();
        let count = cells().count();
        let numbers = cells().filter(|cell| cut::is_value(encoding::text(cell).0.trim())).count();
        let bytes: usize = cells().map(<[u8]>::len).sum();
        let short = bytes <= 24 * count;
        aligned()
            || regular >= 3
                && 20 * regular >= 19 * rows.len()
                && short
                && (cut.delimiter != b',' || (2 * numbers >= count && !cut.tears()))
    }
}

const NO_RECORD: &str = "it holds no record";

/// The delimiter that a first line such as `sep=;` declares, as Excel reads and writes it, and the bytes of that line.
fn declared(sample: &[u8]) -> (Option<u8>, usize) {
    let end = sample.iter().position(|&byte| byte == b'\n').map_or(sample.len(), |at| at + 1);
    let line = sample[..end].strip_suffix(b"\n").unwrap_or(&sample[..end]);
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let line = line.strip_prefix(b"\"").and_then(|line| line.strip_suffix(b"\"")).unwrap_or(line);
    match line {
        [b's' | b'S', b'e' | b'E', b'p' | b'P', b'=', delimiter] => (Some(*delimiter), end),
        _ => (None, 0),
    }
}

/// A row of the sample.
struct Row<'a> {
    cells: Vec<Cow<'a, str>>,
    foreign: bool,
    /// Its place among the records.
    place: usize,
}

impl<'a> Row<'a> {
    fn of(place: usize, record: &'a ByteRecord) -> Self {
        let cells: Vec<_> = record.iter().map(encoding::text).collect();
        let foreign = cells.iter().any(|(_, foreign)| *foreign);
        Self { cells: cells.into_iter().map(|(cell, _)| cell).collect(), foreign, place }
    }
}

/// The rows of the sample, names first if there are any.
struct Table<'a> {
    rows: Vec<Row<'a>>,
    /// Lines above them.
    above: usize,
    comments: bool,
    /// Whether the first row is known to hold names.
    headed: bool,
    /// Whether a name was added for the first column.
    shifted: bool,
}

impl<'a> Table<'a> {
    fn of(cut: &'a Cut) -> Self {
        let before = cut.records[..cut.start].iter().enumerate();
        let (hashed, before): (Vec<_>, Vec<_>) = before.partition(|(_, record)| is_hashed(record));
        // The first record may hold names behind a `#`.
        let fits = |(i, record): &(usize, &ByteRecord)| {
            record.len() == cut.width
                && !cut::is_rule(record)
                && (*i == cut.start || !(cut.comments && is_hashed(record)))
        };
        let rows = cut.records.iter().enumerate().skip(cut.start).filter(fits);
        let mut rows: Vec<Row> = rows.map(|(i, record)| Row::of(i, record)).collect();
        let comments = cut.comments || !hashed.is_empty();
        let (mut above, mut headed) = (before.len(), false);
        // Names behind a `#`, as scientific programs write them.
        let second = rows.get(1).is_some_and(|row| !row.cells[0].starts_with('#'));
        if let Some(first) = rows.first_mut().filter(|row| second && row.cells[0].starts_with('#')) {
            first.cells[0] = first.cells[0][1..].trim().to_owned().into();
            headed = true;
        }
        // Names with a delimiter at their end that rows lack, or separated by another one.
        let other = before.last().copied().filter(|_| !headed).and_then(|(place, record)| {
            let cells = names_otherwise(record, cut.width)?;
            Some(Row { cells, foreign: false, place })
        });
        // Names that are one fewer than the fields below: rows that end with a delimiter, or begin with their name.
        let short = before.last().copied().filter(|(_, record)| !headed && record.len() + 1 == cut.width);
        let texts: Vec<Vec<&str>> =
            rows.iter().map(|row| row.cells.iter().map(|cell| &**cell).collect()).collect();
        let mut shifted = false;
        let nameless = !Heading::find(&texts, None, &Known::default()).named;
        if let Some(names) = other.filter(|_| nameless) {
            rows.insert(0, names);
            (above, headed) = (above - 1, true);
        } else if let Some((place, short)) = short.filter(|_| nameless) {
            let last_is_void =
                rows.iter().all(|row| row.cells.last().is_none_or(|cell| cell.trim().is_empty()));
            let mut names = Row::of(place, short);
            let named = names.cells.iter().all(|cell| cell.contains(char::is_alphabetic));
            if last_is_void || (named && before.len() == 1 && cut.width > 2) {
                shifted = !last_is_void;
                names.cells.insert(if last_is_void { cut.width - 1 } else { 0 }, "".into());
                rows.insert(0, names);
                (above, headed) = (above - 1, true);
            }
        }
        Self { rows, above, comments, headed, shifted }
    }
}

/// The `width` names in a record that the delimiter of the rows cuts otherwise: with an empty cell behind them, or as
/// one, which another delimiter separates.
fn names_otherwise(record: &ByteRecord, width: usize) -> Option<Vec<Cow<'_, str>>> {
    let cells: Vec<&[u8]> = match (record.len(), record.get(0)) {
        (1, Some(all)) => {
            let parted = |delimiter: &u8| all.split(|byte| byte == delimiter).collect::<Vec<_>>();
            cut::DELIMITERS.iter().map(parted).find(|cells| cells.len() == width)?
        }
        (count, _) if count == width + 1 && record.get(width) == Some(b"") => {
            record.iter().take(width).collect()
        }
        _ => return None,
    };
    let cells: Vec<_> = cells.into_iter().map(|cell| encoding::text(cell).0).collect();
    let name = |cell: &Cow<'_, str>| cell.contains(char::is_alphabetic) && !cell.starts_with(' ');
    (width > 1 && cells.iter().all(name)).then_some(cells)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> (Dialect, Vec<String>) {
        let notes = Notes::default();
        let dialect = Dialect::find(text.as_bytes(), true, Asked::default(), &notes).unwrap();
        (dialect, notes.list())
    }

    fn find(text: &str) -> Dialect {
        found(text).0
    }

    /// The names and the text of the rows.
    fn parts(text: &str) -> (Vec<String>, &str) {
        let dialect = find(text);
        (dialect.names.all, &text[dialect.start..])
    }

    #[test]
    fn delimiters_are_found() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n3,5;4\n", b';'),
            ("1,5;2,5\n3,5;4,5\n", b';'),
            ("a\tb\nx, y, z\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("\"a;x\",b\n\"1;2\",2\n", b','),
            ("name;x\na;1,5\nb;2,5\nc;3,5\n", b';'),
        ] {
            assert_eq!(find(text).delimiter, delimiter, "{text}");
        }
        assert_eq!(find("a;b\n1;2\n").names.all, ["a", "b"]);
    }

    #[test]
    fn a_single_column_is_not_torn_apart() {
        let dialect = find("text\nhello, world; this | that\nno\n");
        assert_eq!((dialect.delimiter, dialect.names.all.len()), (b'\t', 1));
        assert_eq!(find("text\nall,of;them|and\ttab\n").delimiter, b'\x1f');
        assert_eq!(find("amount\n1 234,50\n999,00\n12 000,50\n").names.all, ["amount"]);
        assert_eq!(find("text\nhello, world\nfoo, bar\n").names.all, ["text"]);
    }

    #[test]
    fn other_delimiters_are_named() {
        let find = |text: &[u8]| Dialect::find(text, true, Asked::default(), &Notes::default());
        let problem = find(b"a:b:c\n1:2:3\n4:5:6\n").unwrap_err();
        assert!(problem.contains("delimited by `:`") && problem.contains("--delimiter"), "{problem}");
        let asked = Asked { delimiter: Some(b':'), ..Asked::default() };
        let dialect = Dialect::find(b"a:b:c\n1:2:3\n", true, asked, &Notes::default()).unwrap();
        assert_eq!(dialect.names.all, ["a", "b", "c"]);
    }

    #[test]
    fn names_are_told_from_data() {
        let iris = find("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,,virginica\n");
        assert_eq!((iris.names.all, iris.start), (vec!["f0".into(), "f1".into(), "f2".into()], 0));
        assert_eq!(parts("a,b\n1,2\n"), (vec!["a".into(), "b".into()], "1,2\n"));
    }

    #[test]
    fn lines_drawn_below_the_names_are_no_rows() {
        assert_eq!(
            parts("id | x\n---+---\n1 | 2\n3 | 4\n5 | 6\n"),
            (vec!["id".into(), "x".into()], "1 | 2\n3 | 4\n5 | 6\n")
        );
        let (names, rows) = parts("| id | x |\n|----|--:|\n| 1 | 2 |\n| 3 | 4 |\n");
        assert_eq!((names[1].as_str(), rows), ("id", "| 1 | 2 |\n| 3 | 4 |\n"));
    }

    #[test]
    fn a_declared_delimiter_is_obeyed() {
        for text in ["sep=;\nx;y\n1;2\n", "\"sep=;\"\r\nx;y\n1;2\n", "SEP=;\nx;y\n1;2\n"] {
            let dialect = find(text);
            assert_eq!((dialect.delimiter, dialect.names.all.len(), dialect.lines), (b';', 2, 2), "{text}");
            assert_eq!(&text[dialect.start..], "1;2\n");
        }
        assert_eq!(find("sep=\t\nx\ty\n1\t2\n").delimiter, b'\t');
    }

    #[test]
    fn lines_above_the_names_are_skipped_and_said() {
        let bank = "Account: 1; exported 01.02.2024\n\nday;text;amount;sum\n01.02.2024;a;1,5;2\n02.02.2024;b;2,5;3\n";
        let (dialect, notes) = found(bank);
        assert_eq!(dialect.names.all, ["day", "text", "amount", "sum"]);
        assert_eq!((dialect.lines, notes), (3, vec!["1 line above the table skipped".to_owned()]));
        let (dialect, _) = found("Account: 1; exported\n\nx;y;z\n1;2;a\n3;4;b\n");
        assert_eq!(dialect.names.all, ["x", "y", "z"]);
        let (dialect, notes) = found("Report,,\nMay,,\nname,x,y\na,1,2\nb,3,4\nc,5,6\n");
        assert_eq!((dialect.names.all.len(), notes.len()), (3, 1));
        assert_eq!(dialect.names.all[0], "name");
    }

    #[test]
    fn comments_are_skipped_and_names_may_be_one() {
        let (dialect, notes) = found("# made by x\n# on Monday\nx,y\n1,2\n3,4\n# end\n");
        assert!(dialect.comments && notes[0].contains("begin with #"), "{notes:?}");
        assert_eq!(dialect.names.all, ["x", "y"]);
        let (dialect, _) = found("# x,y\n1,2\n3,4\n");
        assert_eq!((dialect.comments, dialect.names.all), (false, vec!["x".into(), "y".into()]));
        let (dialect, notes) = found("colour,n\n#ff0000,1\n#00ff00,2\n#0000ff,3\n");
        assert!(!dialect.comments && notes.is_empty(), "{notes:?}");
    }

    #[test]
    fn delimiters_at_the_end_of_rows_make_no_column() {
        for text in ["a,b,\n1,2,\n3,4,\n", "a,b\n1,2,\n3,4,\n"] {
            let (dialect, notes) = found(text);
            assert_eq!((dialect.names.spare.as_slice(), dialect.trailing), (&[2][..], true), "{text}");
            assert_eq!((&text[dialect.start..], notes.len()), ("1,2,\n3,4,\n", 0), "{notes:?}");
        }
    }

    #[test]
    fn names_one_fewer_than_fields_leave_the_first_to_the_rows() {
        let dialect = find("\"x\",\"y\"\n\"a\",1,2\n\"b\",3,4\n");
        assert_eq!((dialect.names.index, dialect.names.all.len()), (Some(0), 3));
    }

    #[test]
    fn tables_are_told_from_lines_of_text() {
        let is_table = |text: &str| Dialect::is_table(text.as_bytes(), true);
        let calls = "Number,Date,Took\n+49,Jan 02, 2024 08:46,10\n+48,Jan 03, 2024 09:46,12\n+49,Jan 04, 2024 08:50,9\n";
        assert_eq!(Dialect::aligned(calls.as_bytes(), true, &Known::default()), None);
        for text in ["x,y\n1,2\n3,4\n", "name\tcity\nA\tB\nC\tD\n", "x;y;z\n1;2;a\n1;4;b\n"] {
            assert!(is_table(text), "{text}");
        }
        for text in [
            "red, green\nblue, pink\nblack, grey\n",
            "red green\nblue pink\nblack grey\n",
            "Dear Sir, hello\nno\nThat is 5, or not\n",
            "1\n2\n3\n",
            "",
        ] {
            assert!(!is_table(text), "{text}");
        }
    }

    #[test]
    fn rows_of_another_width_stay_below_the_names() {
        assert_eq!(parts("a,b\n1\n2,3\n4,5\n").1, "1\n2,3\n4,5\n");
        assert_eq!(parts("Title\na,b,c\n1\n2,3,4\n4,5,6\n7,8,9\n").1, "1\n2,3,4\n4,5,6\n7,8,9\n");
    }

    #[test]
    fn no_record_is_an_error() {
        let find = |text: &[u8], whole| Dialect::find(text, whole, Asked::default(), &Notes::default());
        assert!(find(b"\n\n", true).is_err());
        assert!(find(b"a,b,c", false).unwrap_err().contains("first line is longer"));
        assert_eq!(find(b"caf\xe9,b\n1,2\n", true).unwrap().names.all, ["café", "b"]);
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in "([a-c0-9,;\t|#\"\r\n. =]|sep=){0,100}",
            whole in any::<bool>(),
        ) {
            for sample in [bytes.as_slice(), text.as_bytes()] {
                let _ = Dialect::find(sample, whole, Asked::default(), &Notes::default());
                let _ = Dialect::is_table(sample, whole);
            }
        }
    }
}
