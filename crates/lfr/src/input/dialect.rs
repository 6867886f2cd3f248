//! How a delimited file is written: its delimiter, and whether names come first.

use csv::{ByteRecord, ReaderBuilder};

/// The delimiters that are told apart.
const DELIMITERS: &[u8] = b",;\t|";
/// Characters that delimit in files this library does not read.
const FOREIGN: &[u8] = b":^~ \x01\x1f";
/// Records looked at.
const RECORDS: usize = 100;

/// How a delimited file is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dialect {
    /// Between fields.
    pub delimiter: u8,
    /// Whether the first record holds the names of the columns.
    pub header: bool,
    /// Names of the columns; `f0`, `f1`, ... where the file has none.
    pub names: Vec<String>,
}

impl Dialect {
    /// Looks at the start of a file; `whole` tells that there is no more of it. The delimiter is the one that cuts
    /// most records into as many fields as the first. The first record is data, not names, where it has a number
    /// in every column that has numbers below.
    ///
    /// # Errors
    /// What is wrong with the file, when there is no record, a name is not UTF-8 or the delimiter is none of
    /// comma, semicolon, tab and bar.
    pub fn find(sample: &[u8], whole: bool) -> Result<Self, String> {
        if !whole && !sample.contains(&b'\n') && !sample.contains(&b'\r') {
            return Err(format!("its first line is longer than {} bytes", sample.len()));
        }
        let candidates = DELIMITERS.iter().map(|&delimiter| (delimiter, records(sample, whole, delimiter)));
        let scored =
            candidates.filter_map(|(delimiter, records)| Some((score(&records)?, delimiter, records)));
        let best = scored.reduce(|best, next| if next.0 > best.0 { next } else { best });
        let (delimiter, records) = match best {
            Some((_, delimiter, records)) => (delimiter, records),
            None => single(sample, whole)?,
        };
        let first = records.first().ok_or("it holds no record")?;
        let header = !records.get(1..).is_some_and(|rest| is_data(first, rest));
        let names = if header {
            let name =
                |field: &[u8]| Ok(std::str::from_utf8(field).map_err(|_| NOT_UTF_8)?.trim().to_owned());
            first.iter().map(name).collect::<Result<_, &str>>()?
        } else {
            (0..first.len()).map(|i| format!("f{i}")).collect()
        };
        Ok(Self { delimiter, header, names })
    }
}

const NOT_UTF_8: &str = "the names of the columns are not UTF-8; save the file as UTF-8";

/// The first records, without the last one where the sample may cut it.
fn records(sample: &[u8], whole: bool, delimiter: u8) -> Vec<ByteRecord> {
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(sample);
    let mut records: Vec<_> = reader.byte_records().take(RECORDS + 1).filter_map(Result::ok).collect();
    if records.len() > RECORDS || (!whole && records.len() > 1) {
        records.pop();
    }
    records
}

/// Records that have as many fields as the first one, then how many that is; `None` when it is one.
fn score(records: &[ByteRecord]) -> Option<(usize, usize)> {
    let fields = records.first()?.len();
    let agree = records.iter().filter(|record| record.len() == fields).count();
    (fields > 1).then_some((agree, fields))
}

/// The records of a file with a single column, by a delimiter that no record has.
fn single(sample: &[u8], whole: bool) -> Result<(u8, Vec<ByteRecord>), String> {
    let lines: Vec<&[u8]> =
        sample.split(|&byte| byte == b'\n').take(RECORDS).filter(|l| !l.trim_ascii().is_empty()).collect();
    for &foreign in FOREIGN {
        let count = |line: &&[u8]| line.trim_ascii().iter().filter(|&&byte| byte == foreign).count();
        let first = lines.first().map_or(0, count);
        if first > 0 && lines.len() > 1 && lines.iter().all(|line| count(line) == first) {
            let shown = char::from(foreign).escape_default();
            return Err(format!(
                "its columns seem to be delimited by `{shown}`; use comma, semicolon, tab or bar"
            ));
        }
    }
    let absent = |delimiter: &&u8| records(sample, whole, **delimiter).iter().all(|record| record.len() == 1);
    let delimiter = DELIMITERS.iter().find(absent).copied().unwrap_or(b'\x1f');
    Ok((delimiter, records(sample, whole, delimiter)))
}

/// Whether `first` has a number wherever most of the `rest` have, in one column at least.
fn is_data(first: &ByteRecord, rest: &[ByteRecord]) -> bool {
    let mut numeric = (0..first.len()).filter(|&column| {
        let given = rest
            .iter()
            .filter_map(|record| record.get(column))
            .filter(|field| !field.trim_ascii().is_empty());
        let (numbers, others): (Vec<_>, Vec<_>) = given.partition(|field| is_number(field));
        numbers.len() > others.len()
    });
    let holds = |column: usize| first.get(column).is_some_and(is_number);
    numeric.next().is_some_and(holds) && numeric.all(holds)
}

fn is_number(field: &[u8]) -> bool {
    std::str::from_utf8(field).is_ok_and(|text| text.trim().parse::<f64>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str) -> Dialect {
        Dialect::find(text.as_bytes(), true).unwrap()
    }

    #[test]
    fn delimiters_are_found_out() {
        for (text, delimiter) in [
            ("a,b\n1,2\n", b','),
            ("a;b\n1,5;2,5\n3,5;4\n", b';'),
            ("a\tb\nx, y, z\t2\n", b'\t'),
            ("a|b|c\n1|2|3\n", b'|'),
            ("\"a;x\",b\n\"1;2\",2\n", b','),
        ] {
            assert_eq!(find(text).delimiter, delimiter, "{text}");
        }
        assert_eq!(find("a;b\n1;2\n").names, ["a", "b"]);
    }

    #[test]
    fn a_single_column_is_not_torn_apart() {
        let dialect = find("text\nhello, world; this | that\nno\n");
        assert_eq!((dialect.delimiter, dialect.names.len()), (b'\t', 1));
        assert_eq!(find("text\nall,of;them|and\ttab\n").delimiter, b'\x1f');
    }

    #[test]
    fn other_delimiters_are_named() {
        let problem = Dialect::find(b"a:b:c\n1:2:3\n4:5:6\n", true).unwrap_err();
        assert!(problem.contains("delimited by `:`"), "{problem}");
        assert!(Dialect::find(b"a b\n1 2\n", true).unwrap_err().contains("` `"));
    }

    #[test]
    fn names_are_told_from_data() {
        assert!(find("a,b\n1,2\n").header);
        assert!(find("name,city\nx,y\n").header);
        assert!(find("a,b\n").header);
        let iris = find("5.1,3.5,setosa\n4.9,3.0,setosa\n7.0,,virginica\n");
        assert!(!iris.header);
        assert_eq!(iris.names, ["f0", "f1", "f2"]);
        assert!(find("id,2019\n1,2\n3,4\n").header, "one name above numbers is enough");
    }

    #[test]
    fn no_record_and_foreign_names_are_errors() {
        assert!(Dialect::find(b"\n\n", true).is_err());
        assert!(Dialect::find(b"a,b,c", false).unwrap_err().contains("first line is longer"));
        assert!(Dialect::find(b"caf\xe9,b\n1,2\n", true).unwrap_err().contains("UTF-8"));
    }
}
