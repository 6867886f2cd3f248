//! Encodings of text: UTF-8, UTF-16, the code page of Western Windows programs, and whatever the user names.

use std::borrow::Cow;
use std::io::{self, BufRead, Read};

use encoding_rs::{CoderResult, Decoder, Encoding, UTF_16BE, UTF_16LE, WINDOWS_1252};

use super::notes::Notes;
use crate::error::{Error, Result};

/// The mark of UTF-8, which some programs put before a text.
pub(super) const MARK: &[u8] = b"\xef\xbb\xbf";

/// Bytes decoded at a time.
const BUFFER: usize = 1 << 16;

/// The encoding that `--encoding` names, by any label of the WHATWG Encoding Standard.
///
/// # Errors
/// [`Error::Config`] for a name that is none.
pub(super) fn named(name: &str) -> Result<&'static Encoding> {
    let problem = "no known encoding; write one such as utf-8, utf-16le, windows-1252, latin1, shift_jis";
    Encoding::for_label(name.trim().as_bytes()).ok_or_else(|| Error::config("encoding", name, problem))
}

/// UTF-16, when the start of a text shows it: by its mark, or by zeros in most of every second byte.
pub(super) fn wide(start: &[u8]) -> Option<&'static Encoding> {
    match start {
        _ if is_utf_32(start) => return None,
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let zeros = |from: usize| start.iter().skip(from).step_by(2).filter(|&&byte| byte == 0).count();
    let (pairs, even, odd) = (start.len() / 2, zeros(0), zeros(1));
    let lopsided = |many: usize, few: usize| pairs >= 4 && 2 * many > pairs && 20 * few < pairs;
    if lopsided(odd, even) {
        Some(UTF_16LE)
    } else if lopsided(even, odd) {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether a text begins with the mark of UTF-32.
pub(super) fn is_utf_32(start: &[u8]) -> bool {
    start.starts_with(&[0xff, 0xfe, 0, 0]) || start.starts_with(&[0, 0, 0xfe, 0xff])
}

/// Whether `encoding` is UTF-16, which the start of a text is not: it has lines and no zero, and is UTF-8.
pub(super) fn contradicts(encoding: &'static Encoding, start: &[u8]) -> bool {
    let narrow = start.contains(&b'\n') && !start.contains(&0);
    // The last letter may be cut.
    let sound = || std::str::from_utf8(start).map_or_else(|error| error.error_len().is_none(), |_| true);
    [UTF_16LE, UTF_16BE].contains(&encoding) && narrow && sound()
}

/// `bytes` as text: UTF-8, or else windows-1252 (which contains Latin-1), and whether it was the latter.
pub(super) fn text(bytes: &[u8]) -> (Cow<'_, str>, bool) {
    match std::str::from_utf8(bytes) {
        Ok(text) => (Cow::Borrowed(text), false),
        Err(_) => (WINDOWS_1252.decode_without_bom_handling(bytes).0, true),
    }
}

/// Says how many items, each called `thing`, were read as windows-1252.
pub(super) fn say(notes: &Notes, count: usize, thing: &str) {
    let how = "not encoded as UTF-8, read as windows-1252 (Latin-1); if letters look wrong: --encoding shift_jis, \
               windows-1251, gb18030 or another";
    match count {
        0 => {}
        1 => notes.add(format!("1 {thing} is {how}")),
        _ => notes.add(format!("{count} {thing}s are {how}")),
    }
}

/// A stream decoded to UTF-8. What is not valid becomes U+FFFD, which a note says.
pub(super) struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    buffer: Vec<u8>,
    /// The part of the buffer that is not yet taken.
    rest: std::ops::Range<usize>,
    ended: bool,
    notes: Notes,
}

impl<R: BufRead> Decoded<R> {
    /// `inner`, which is encoded as `encoding`; a mark at its start is cut off.
    pub fn new(inner: R, encoding: &'static Encoding, notes: &Notes) -> Self {
        Self {
            inner,
            decoder: encoding.new_decoder_with_bom_removal(),
            buffer: vec![0; BUFFER],
            rest: 0..0,
            ended: false,
            notes: notes.clone(),
        }
    }

    fn refill(&mut self) -> io::Result<()> {
        let bytes = self.inner.fill_buf()?;
        let last = bytes.is_empty();
        let (result, taken, written, replaced) = self.decoder.decode_to_utf8(bytes, &mut self.buffer, last);
        self.inner.consume(taken);
        self.rest = 0..written;
        self.ended = last && result == CoderResult::InputEmpty;
        if replaced {
            let name = self.decoder.encoding().name();
            self.notes.add(format!("some bytes are not valid {name} and were read as \u{fffd}"));
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        while self.rest.is_empty() && !self.ended {
            self.refill()?;
        }
        let count = self.rest.len().min(into.len());
        into[..count].copy_from_slice(&self.buffer[self.rest.start..self.rest.start + count]);
        self.rest.start += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn utf_16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    fn decoded(bytes: &[u8], encoding: &'static Encoding) -> String {
        let mut text = String::new();
        Decoded::new(bytes, encoding, &Notes::default()).read_to_string(&mut text).unwrap();
        text
    }

    #[test]
    fn utf_16_shows_itself_with_and_without_a_mark() {
        let bytes = utf_16("name;größe\nA;1,5\n");
        assert_eq!(wide(&bytes), Some(UTF_16LE));
        assert_eq!(decoded(&bytes, UTF_16LE), "name;größe\nA;1,5\n");
        let swapped: Vec<u8> = bytes.chunks(2).flat_map(|pair| [pair[1], pair[0]]).collect();
        assert_eq!(wide(&swapped), Some(UTF_16BE));
        assert_eq!(wide(b"\xff\xfea\0"), Some(UTF_16LE));
        assert_eq!(decoded(b"\xff\xfea\0", UTF_16LE), "a");
        assert!(contradicts(UTF_16LE, "größe\n1\n".as_bytes()) && contradicts(UTF_16BE, b"a\nb\xc3"));
        assert!(!contradicts(UTF_16LE, &bytes) && !contradicts(WINDOWS_1252, b"a\n"));
        assert!(!contradicts(UTF_16LE, &utf_16("漢\n")) && is_utf_32(b"\xff\xfe\0\0a\0\0\0"));
        for other in [&b"a,b\n1,2\n"[..], b"a\0b", b"", b"\0\0\0\0\0\0\0\0", b"\xff\xfe\0\0"] {
            assert_eq!(wide(other), None, "{other:?}");
        }
    }

    #[test]
    fn what_is_not_utf_8_is_windows_1252() {
        assert_eq!(text(b"caf\xe9 5 \x80"), ("café 5 €".into(), true));
        assert_eq!(text("café".as_bytes()), ("café".into(), false));
    }

    #[test]
    fn encodings_have_names() {
        assert_eq!(named("Latin1").unwrap().name(), "windows-1252");
        assert_eq!(decoded(b"\x82\xa0", named("sjis").unwrap()), "あ");
        let notes = Notes::default();
        let mut text = String::new();
        Decoded::new(&b"a\xff"[..], named("utf8").unwrap(), &notes).read_to_string(&mut text).unwrap();
        assert_eq!((text.as_str(), notes.list().len()), ("a\u{fffd}", 1));
        assert!(named("klingon").unwrap_err().to_string().contains("`encoding` = klingon"));
    }

    proptest! {
        #[test]
        fn utf_16_is_read_as_written(text in "\\PC{0,300}") {
            prop_assert_eq!(decoded(&utf_16(&format!("a{text}")), UTF_16LE), format!("a{text}"));
        }
    }
}
