//! Which lines that begin with `#` are comments.

use csv::ByteRecord;

use super::encoding;
use super::header::{has_digit, is_numeric};

/// Whether a record begins with `#`.
pub(super) fn is_hashed(record: &ByteRecord) -> bool {
    record.get(0).is_some_and(|field| field.starts_with(b"#"))
}

/// What lines that begin with `#` are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Comments {
    /// Whether they are comments.
    pub comments: bool,
    /// The place of one that holds the names of the columns.
    pub names: Option<usize>,
}

impl Comments {
    /// Looks at `records`, of which most that do not begin with `#` have `width` fields. Several lines `# such as this`
    /// at the top are comments, whatever their fields; elsewhere lines of that width are data.
    pub fn of(records: &[ByteRecord], width: usize) -> Self {
        let hashed = || records.iter().enumerate().filter(|(_, record)| is_hashed(record));
        let full: Vec<usize> =
            hashed().filter(|(_, record)| record.len() == width).map(|(place, _)| place).collect();
        let first = records.first().is_some_and(is_hashed);
        if width == 1 {
            return Self { comments: first && 2 * full.len() < records.len(), names: None };
        }
        let block = records.iter().take_while(|record| is_hashed(record)).count();
        if block > 1 && block < records.len() && is_note(&records[0]) && full.iter().all(|&i| i < block) {
            let names = full.last().copied().filter(|&place| match full.len() {
                1 => place + 1 == block || is_data(&records[block]),
                _ => place + 1 == block && is_data(&records[block]) && !has_number(&records[place]),
            });
            return Self { comments: true, names };
        }
        // The only line of that width is the names where it comes first.
        let leads = records.iter().position(|record| record.len() == width);
        let names = full.first().copied().filter(|&place| full.len() == 1 && leads == Some(place));
        let (any, several) = (hashed().next().is_some(), hashed().nth(1).is_some());
        Self { comments: (any && full.is_empty()) || (several && names.is_some()), names }
    }
}

/// Whether a record begins as a remark does: with a blank, or nothing, behind the `#`.
fn is_note(record: &ByteRecord) -> bool {
    record.get(0).is_some_and(|field| matches!(field, [b'#'] | [b'#', b' ' | b'\t' | b'#', ..]))
}

fn is_data(record: &ByteRecord) -> bool {
    record.iter().any(|field| has_digit(&encoding::text(field).0))
}

fn has_number(record: &ByteRecord) -> bool {
    record.iter().any(|field| is_numeric(encoding::text(field).0.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(text: &str, width: usize) -> (bool, Option<usize>) {
        let records: Vec<_> =
            text.lines().map(|line| line.split(',').collect::<Vec<_>>()).map(ByteRecord::from).collect();
        let Comments { comments, names } = Comments::of(&records, width);
        (comments, names)
    }

    #[test]
    fn remarks_above_a_table_are_comments_whatever_their_fields() {
        assert_eq!(find("# by me, today\n# p,1\n# q,2\nx,y\n1,2\n", 2), (true, None));
        assert_eq!(find("# by me, today\n# x,y\n1,2\n3,4\n", 2), (true, Some(1)));
        assert_eq!(find("# one\n# x,y\nanna,berlin\nbert,paris\n", 2), (true, Some(1)));
        assert_eq!(find("# p,1\n# q,2\n1,2\n3,4\n", 2), (true, None));
        assert_eq!(find("# one\nx,y\n1,2\n# end\n", 2), (true, None));
    }

    #[test]
    fn values_that_begin_with_a_hash_are_none() {
        assert_eq!(find("#x,y\n1,2\n3,4\n", 2), (false, Some(0)));
        assert_eq!(find("colour,n\n#ff0000,1\n#00ff00,2\n", 2), (false, None));
        assert_eq!(find("#ff0000,1\n#00ff00,2\n#0000ff,3\nred,3\n", 2), (false, None));
        assert_eq!(find("# 1,1\n# 2,2\n3,3\n# 4,4\n", 2), (false, None));
    }
}
