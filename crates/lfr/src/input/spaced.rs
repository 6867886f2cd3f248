//! Blanks between a delimiter and a quote, which hide the quote from a reader of CSV.

use std::io::{self, Read};

use csv::ByteRecord;

/// Whether a field behind a delimiter begins with blanks and a quote.
pub(super) fn has_spaced_quote(record: &ByteRecord) -> bool {
    let hidden = |field: &[u8]| field.starts_with(b" ") && field.trim_ascii_start().starts_with(b"\"");
    record.iter().skip(1).any(hidden)
}

/// A delimited text without the blanks at the beginning of its fields.
pub(super) struct Unspaced<R> {
    inner: R,
    delimiter: u8,
    /// Whether a field begins.
    begins: bool,
    quoted: bool,
    /// Whether a quote has just ended, which another goes on with.
    ended: bool,
}

impl<R: Read> Unspaced<R> {
    /// The text of `inner`, whose fields are separated by `delimiter`.
    pub fn new(inner: R, delimiter: u8) -> Self {
        Self { inner, delimiter, begins: true, quoted: false, ended: false }
    }

    /// Whether a byte is kept.
    fn keeps(&mut self, byte: u8) -> bool {
        if self.begins && byte == b' ' {
            return false;
        }
        let quote = byte == b'"';
        if self.quoted {
            (self.quoted, self.ended) = (!quote, quote);
        } else {
            self.quoted = quote && (self.begins || self.ended);
            self.begins = byte == self.delimiter || matches!(byte, b'\n' | b'\r');
            self.ended = false;
        }
        true
    }
}

impl<R: Read> Read for Unspaced<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.inner.read(into)?;
            let mut kept = 0;
            for at in 0..read {
                into[kept] = into[at];
                kept += usize::from(self.keeps(into[at]));
            }
            if kept > 0 || read == 0 {
                return Ok(kept);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn unspaced(text: &str) -> String {
        let mut found = String::new();
        Unspaced::new(text.as_bytes(), b',').read_to_string(&mut found).unwrap();
        found
    }

    #[test]
    fn blanks_within_fields_stay() {
        assert_eq!(
            unspaced("a, b c ,  \"d,  \"\"e, f\", g\n h,\r\n  i\n"),
            "a,b c ,\"d,  \"\"e, f\",g\nh,\r\ni\n"
        );
        assert_eq!(unspaced("5\" x, \"a\", 3\n"), "5\" x,\"a\",3\n");
    }

    #[test]
    fn quotes_behind_blanks_are_found() {
        let found = |fields: &[&str]| has_spaced_quote(&ByteRecord::from(fields.to_vec()));
        assert!(found(&["a", " \"b\""]) && found(&["a", "  \"1"]));
        assert!(!found(&[" \"a\"", "b"]) && !found(&["a", "he said \"b\""]) && !found(&["a", "\"b\""]));
    }

    proptest! {
        #[test]
        fn a_text_without_blanks_is_kept(text in "[a,\"\r\n]{0,60}") {
            prop_assert_eq!(unspaced(&text), text);
        }
    }
}
