//! IDX arrays, the format of MNIST and its kin: a magic number, big-endian extents, values.

use std::fs::File;
use std::io::{BufReader, ErrorKind, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::error::{Error, Result};

/// The code of the type of values that are bytes.
const BYTES: u8 = 8;

/// Whether bytes begin as an IDX file of any type and rank does.
pub(crate) fn is_magic(head: &[u8]) -> bool {
    matches!(head, [0, 0, 8 | 9 | 11..=14, 1..=4, ..])
}

/// The content, and its size unless that takes unpacking.
pub(crate) fn bytes(path: &Path) -> Result<(Box<dyn Read + Send>, Option<u64>)> {
    let failed = |e| Error::io("read", path, e);
    let open = || File::open(path).map_err(failed);
    let mut start = Vec::new();
    open()?.take(2).read_to_end(&mut start).map_err(failed)?;
    let file = BufReader::new(open()?);
    if start == [0x1f, 0x8b] {
        Ok((Box::new(BufReader::new(MultiGzDecoder::new(file))), None))
    } else {
        let size = file.get_ref().metadata().map_err(failed)?.len();
        Ok((Box::new(file), Some(size)))
    }
}

/// All values of an IDX file of bytes whose items have the extents `item`, at most `limit` of them.
///
/// # Errors
/// [`Error::Input`] for another file, [`Error::TooLarge`].
pub(crate) fn values(path: &Path, item: &[u32], limit: u64) -> Result<Vec<u8>> {
    let (mut content, _) = bytes(path)?;
    let (code, extents) = header(path, &mut content)?;
    let wrong = |problem: String| Error::input(path, problem);
    if code != BYTES || extents[1..] != *item {
        let found = &extents[1..];
        return Err(wrong(format!("an IDX file, but not of bytes in items of {item:?} (found {found:?})")));
    }
    let declared = extents.iter().fold(1, |total: u64, &extent| total.saturating_mul(extent.into()));
    if declared > limit {
        return Err(Error::TooLarge {
            path: path.to_owned(),
            what: "the declared size",
            size: declared,
            limit,
        });
    }
    let mut values = Vec::new();
    let read = content.take(declared + 1).read_to_end(&mut values);
    match read.map_err(|e| wrong(format!("damaged: {e}")))? as u64 {
        found if found == declared => Ok(values),
        found if found < declared => {
            Err(wrong(format!("{found} bytes of data where the header promises {declared}; get it again")))
        }
        _ => Err(wrong(format!("goes on after the {declared} bytes that the header promises; get it again"))),
    }
}

/// The code of the type of the values, and the extents: at least that of the items.
pub(crate) fn header(path: &Path, bytes: &mut impl Read) -> Result<(u8, Vec<u32>)> {
    let mut word = || {
        let mut word = [0; 4];
        bytes.read_exact(&mut word).map(|()| word).map_err(|e| match e.kind() {
            ErrorKind::UnexpectedEof => Error::input(path, "cut short within the header of an IDX file"),
            _ => Error::input(path, format!("damaged: {e}")),
        })
    };
    let head = word()?;
    if !is_magic(&head) {
        return Err(Error::input(path, format!("starts with {head:?}, not as an IDX file")));
    }
    let extents = (0..head[3]).map(|_| word().map(u32::from_be_bytes)).collect::<Result<_>>()?;
    Ok((head[2], extents))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn idx(extents: &[u32], values: &[u8]) -> Vec<u8> {
        let extents: Vec<[u8; 4]> = extents.iter().map(|extent| extent.to_be_bytes()).collect();
        [&[0, 0, BYTES, extents.len() as u8], extents.as_flattened(), values].concat()
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
        gz.write_all(bytes).unwrap();
        gz.finish().unwrap()
    }

    #[test]
    fn all_bytes_of_items_of_a_known_size_are_read_or_refused() {
        let of = |bytes: &[u8], item: &[u32]| {
            let file = tempfile::NamedTempFile::new().unwrap();
            std::fs::write(file.path(), bytes).unwrap();
            values(file.path(), item, 1000).map_err(|e| e.to_string())
        };
        let labels = |n: u32, values: &[u8]| idx(&[n], values);
        assert_eq!(of(&labels(3, &[0, 1, 2]), &[]).unwrap(), [0, 1, 2]);
        assert_eq!(of(&gzip(&idx(&[1, 2, 2], &[7; 4])), &[2, 2]).unwrap(), [7; 4]);
        for (bytes, item, part) in [
            (labels(3, &[0, 1]), &[][..], "2 bytes of data where the header promises 3"),
            (labels(3, &[0; 4]), &[], "goes on after the 3 bytes"),
            (labels(3, &[0; 3]), &[2, 2], "not of bytes in items of [2, 2]"),
            (idx(&[1, 2, 3], &[0; 6]), &[2, 2], "found [2, 3]"),
            (idx(&[u32::MAX, 2, 2], &[]), &[2, 2], "the declared size is"),
            (b"\x89PNG0000".to_vec(), &[], "not as an IDX file"),
            (vec![0, 0, 8], &[], "cut short"),
            (b"\x1f\x8b\x08oh no".to_vec(), &[], "cut short"),
        ] {
            let problem = of(&bytes, item).unwrap_err();
            assert!(problem.contains(part), "{problem}");
        }
    }
}
