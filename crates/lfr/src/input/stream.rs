//! Bytes of a file of text, unpacked and, where it is not UTF-8 throughout, decoded.

use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use super::encoding::{self, Decoded, MARK};
use super::legacy;
use super::notes::Notes;
use super::unpack;
use crate::error::{Error, Result};

/// Longest record, line or document, in bytes.
pub(super) const MAX_RECORD: usize = 64 << 20;

/// A batch of text ends once it holds this many bytes, however few items those are.
pub(super) const MAX_BATCH: usize = 128 << 20;

/// Bytes that show how a text is encoded.
const START: u64 = 1 << 16;

/// The content of a file.
pub(super) type Text = Box<dyn BufRead + Send>;

/// The content of a file of text, unpacked, a mark at its start cut off. UTF-16, the encoding that is asked for and one
/// that leaves no doubt are decoded; other bytes stay as they are, so that records that are not UTF-8 can be told one by one.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened, [`Error::Input`] when it is damaged at its start, [`Error::Config`] for an
/// unknown encoding.
pub(super) fn open(path: &Path, encoding: Option<&str>, notes: &Notes) -> Result<Text> {
    let mut bytes = unpack::open(path)?;
    let mut start = Vec::new();
    bytes.by_ref().take(START).read_to_end(&mut start).map_err(|e| broken(path, &e))?;
    let asked = encoding.map(encoding::named).transpose()?;
    if let Some(name) = encoding.filter(|_| asked.is_some_and(|asked| encoding::contradicts(asked, &start))) {
        let problem = format!("{} is encoded as UTF-8; leave the encoding out", path.display());
        return Err(Error::config("encoding", name, problem));
    }
    if asked.is_none() && encoding::is_utf_32(&start) {
        return Err(Error::input(path, "text encoded as UTF-32, which is not read; save it as UTF-8"));
    }
    let found = asked.map_or_else(|| sniffed(&start, notes), |_| None);
    if asked.is_none() && start.starts_with(MARK) {
        start.drain(..MARK.len());
    }
    let bytes = io::Cursor::new(start).chain(bytes);
    Ok(match asked.or(found) {
        None => Box::new(bytes),
        Some(encoding) => Box::new(BufReader::with_capacity(1 << 16, Decoded::new(bytes, encoding, notes))),
    })
}

/// The encoding that the start of a text shows, which is said.
fn sniffed(start: &[u8], notes: &Notes) -> Option<&'static encoding_rs::Encoding> {
    let wide = encoding::wide(start);
    let found = wide.or_else(|| legacy::found(start))?;
    let doubt = if wide.is_some() { "" } else { "; if letters look wrong, --encoding names another" };
    notes.add(format!("read as {}{doubt}", found.name()));
    Some(found)
}

/// The text of a whole small file, decoded as [`open`] does, and whether it was read as windows-1252.
///
/// # Errors
/// [`Error::Config`] for an unknown encoding.
pub(super) fn decode(bytes: &[u8], encoding: Option<&str>, notes: &Notes) -> Result<(String, bool)> {
    let asked = encoding.map(encoding::named).transpose()?;
    match asked.or_else(|| sniffed(bytes, notes)) {
        Some(encoding) => Ok((encoding.decode_with_bom_removal(bytes).0.into_owned(), false)),
        None => {
            let (text, foreign) = encoding::text(bytes.strip_prefix(MARK).unwrap_or(bytes));
            Ok((text.into_owned(), foreign))
        }
    }
}

/// The error for a stream that breaks off or cannot be unpacked.
pub(super) fn broken(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => {
            Error::input(path, "the packed data is cut short; the file is incomplete")
        }
        ErrorKind::FileTooLarge => Error::input(path, error.to_string()),
        _ => Error::input(path, format!("damaged: {error}")),
    }
}

/// Reads a line of at most [`MAX_RECORD`] bytes into `line`, without its end and a mark at its beginning, as where files
/// were joined; `false` at the end of the file.
///
/// # Errors
/// [`Error::Input`] for a longer line or a broken stream.
pub(super) fn line(path: &Path, text: &mut dyn BufRead, line: &mut Vec<u8>, number: u64) -> Result<bool> {
    line.clear();
    let mut rest = text.take(MAX_RECORD as u64 + 1);
    let read = rest.read_until(b'\n', line).map_err(|e| broken(path, &e))?;
    if line.len() > MAX_RECORD {
        let problem = format!("line {} is longer than {} MiB", number + 1, MAX_RECORD >> 20);
        return Err(Error::input(path, problem));
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    if line.starts_with(MARK) {
        line.drain(..MARK.len());
    }
    Ok(read > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;

    fn all(content: &[u8]) -> Result<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, content).unwrap();
        let mut text = open(&path, None, &Notes::default())?;
        let mut out = Vec::new();
        text.read_to_end(&mut out).map_err(|e| broken(&path, &e))?;
        Ok(out)
    }

    fn packed(content: &[u8]) -> Vec<u8> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::default());
        gz.write_all(content).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn marks_are_cut_and_gzip_is_unpacked() {
        assert_eq!(all(b"\xef\xbb\xbfab").unwrap(), b"ab");
        assert_eq!(all(b"a").unwrap(), b"a");
        assert_eq!(all(&packed(b"\xef\xbb\xbfab")).unwrap(), b"ab");
        let two = [packed(b"one,"), packed(b"two")].concat();
        assert_eq!(all(&two).unwrap(), b"one,two");
    }

    #[test]
    fn a_truncated_gzip_says_what_is_wrong() {
        let content: Vec<u8> =
            (0..20_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let packed = packed(&content);
        let message = all(&packed[..packed.len() / 2]).unwrap_err().to_string();
        assert!(message.contains("cut short"), "{message}");
    }

    #[test]
    fn utf_16_is_decoded_packed_or_not() {
        let wide: Vec<u8> = "\u{feff}é,b\n1,2\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(all(&wide).unwrap(), "é,b\n1,2\n".as_bytes());
        assert_eq!(all(&packed(&wide)).unwrap(), "é,b\n1,2\n".as_bytes());
        assert_eq!(decode(&wide, None, &Notes::default()).unwrap(), ("é,b\n1,2\n".to_owned(), false));
        assert_eq!(decode(b"\xe9", None, &Notes::default()).unwrap(), ("é".to_owned(), true));
        assert_eq!(
            decode(b"\xef\xbb\xbf\xd1", Some("koi8-r"), &Notes::default()).unwrap().0.chars().last(),
            Some('я')
        );
    }
}
