//! Bytes of a file of text, unpacked when it is gzipped.

use std::fs::File;
use std::io::{self, BufRead, BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::{Error, Result};

/// Longest record, line or document, in bytes.
pub(super) const MAX_RECORD: usize = 64 << 20;

/// A batch of text ends once it holds this many bytes, however few items those are.
pub(super) const MAX_BATCH: usize = 128 << 20;

/// The content of a file of text, a UTF-8 mark at its start cut off.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened, [`Error::Input`] when it is UTF-16 or damaged at its start.
pub(super) fn open(path: &Path) -> Result<Box<dyn BufRead + Send>> {
    let mut file =
        BufReader::with_capacity(1 << 16, File::open(path).map_err(|e| Error::io("read", path, e))?);
    let head = file.fill_buf().map_err(|e| broken(path, &e))?;
    let mut text: Box<dyn BufRead + Send> = if head.starts_with(b"\x1f\x8b") {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    };
    let mut start = Vec::new();
    text.by_ref().take(3).read_to_end(&mut start).map_err(|e| broken(path, &e))?;
    check_encoding(&start).map_err(|problem| Error::input(path, problem))?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start).to_vec();
    Ok(Box::new(io::Cursor::new(start).chain(text)))
}

/// Refuses UTF-16 by the mark at its start.
///
/// # Errors
/// What to do instead.
pub(super) fn check_encoding(start: &[u8]) -> Result<(), String> {
    match start {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Err("encoded as UTF-16; save it as UTF-8".into()),
        _ => Ok(()),
    }
}

/// The error for a stream that breaks off or cannot be unpacked.
pub(super) fn broken(path: &Path, error: &io::Error) -> Error {
    match error.kind() {
        ErrorKind::UnexpectedEof => Error::input(path, "the gzip data is cut short; the file is incomplete"),
        _ => Error::input(path, format!("damaged: {error}")),
    }
}

/// Reads a line of at most [`MAX_RECORD`] bytes into `line`, without its end; `false` at the end of the file.
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
        let mut text = open(&path)?;
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
    fn a_truncated_gzip_and_utf_16_say_what_is_wrong() {
        let content: Vec<u8> =
            (0..20_000u32).flat_map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()).collect();
        let packed = packed(&content);
        let message = all(&packed[..packed.len() / 2]).unwrap_err().to_string();
        assert!(message.contains("cut short"), "{message}");
        assert!(all(b"\xff\xfea\0").unwrap_err().to_string().contains("UTF-16"));
    }
}
