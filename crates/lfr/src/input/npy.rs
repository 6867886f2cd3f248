//! The npy format: a header in Python's notation, then values.

use std::io::{ErrorKind, Read};
use std::path::Path;

use super::number::Number;
use crate::error::{Error, Result};

/// First bytes of every file.
pub(super) const MAGIC: &[u8] = b"\x93NUMPY";

/// Longest header read, in bytes; `numpy` writes about 100.
const MAX_HEADER: u32 = 1 << 16;

/// What a header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    /// The type of the values.
    pub number: Number,
    /// Whether the first index varies fastest.
    pub fortran: bool,
    /// The extents.
    pub shape: Vec<u64>,
    /// Its own length in the file, in bytes.
    pub length: u64,
}

impl Header {
    /// Reads the header off the start of `bytes`.
    ///
    /// # Errors
    /// [`Error::Input`] for anything `numpy.save` does not write, for arrays of Python objects, which are never
    /// unpickled, and for values that are no real numbers.
    pub fn read(path: &Path, bytes: &mut impl Read) -> Result<Self> {
        let mut start = [0; 8];
        fill(path, bytes, &mut start)?;
        if !start.starts_with(MAGIC) {
            return Err(Error::input(path, "not an npy array: the first bytes are not `\\x93NUMPY`"));
        }
        let (length, before) = match start[6] {
            1 => {
                let mut length = [0; 2];
                fill(path, bytes, &mut length)?;
                (u32::from(u16::from_le_bytes(length)), 10)
            }
            2 | 3 => {
                let mut length = [0; 4];
                fill(path, bytes, &mut length)?;
                (u32::from_le_bytes(length), 12)
            }
            version => return Err(Error::input(path, format!("npy version {version} is not known"))),
        };
        if length > MAX_HEADER {
            let (size, limit) = (u64::from(length), u64::from(MAX_HEADER));
            return Err(Error::TooLarge { path: path.to_owned(), what: "the npy header", size, limit });
        }
        let mut text = vec![0; length as usize];
        fill(path, bytes, &mut text)?;
        let text = String::from_utf8_lossy(&text);
        parse(&text, before + u64::from(length)).map_err(|problem| Error::input(path, problem))
    }

    /// Number of values.
    pub fn count(&self) -> Option<u64> {
        self.shape.iter().try_fold(1_u64, |product, &extent| product.checked_mul(extent))
    }
}

fn fill(path: &Path, bytes: &mut impl Read, into: &mut [u8]) -> Result<()> {
    bytes.read_exact(into).map_err(|e| match e.kind() {
        ErrorKind::UnexpectedEof => Error::input(path, "cut short within the npy header"),
        _ => Error::input(path, format!("damaged: {e}")),
    })
}

/// The dictionary of type, order and shape.
fn parse(text: &str, length: u64) -> Result<Header, String> {
    let number = descr(value(text, "descr")?)?;
    let order = value(text, "fortran_order")?;
    let fortran = order.starts_with("True");
    if !fortran && !order.starts_with("False") {
        return Err("npy header: `fortran_order` is neither True nor False".into());
    }
    let shape = shape(value(text, "shape")?).ok_or("npy header: `shape` is not a tuple of sizes")?;
    Ok(Header { number, fortran, shape, length })
}

/// What follows `'key':`.
fn value<'a>(text: &'a str, key: &str) -> Result<&'a str, String> {
    let (_, rest) =
        text.split_once(&format!("'{key}':")).ok_or_else(|| format!("npy header: no `{key}` in it"))?;
    Ok(rest.trim_start())
}

fn descr(value: &str) -> Result<Number, String> {
    match value.strip_prefix('\'').and_then(|rest| rest.split_once('\'')) {
        Some((descr, _)) => descr.parse(),
        None => Err("a structured array; save one plain array of numbers".into()),
    }
}

fn shape(value: &str) -> Option<Vec<u64>> {
    let (inside, _) = value.strip_prefix('(')?.split_once(')')?;
    let extents = inside.split(',').map(str::trim).filter(|extent| !extent.is_empty());
    extents.map(|extent| extent.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header(text: &str) -> Result<Header> {
        let mut bytes = [MAGIC, &[1, 0], &(text.len() as u16).to_le_bytes()].concat();
        bytes.extend(text.as_bytes());
        Header::read(Path::new("a.npy"), &mut bytes.as_slice())
    }

    #[test]
    fn a_header_as_numpy_writes_it() {
        let found =
            header("{'descr': '<f4', 'fortran_order': False, 'shape': (3, 28, 28), }     \n").unwrap();
        assert_eq!(
            (found.shape.as_slice(), found.fortran, found.number.size()),
            (&[3, 28, 28][..], false, 4)
        );
        let found = header("{'descr': '|u1', 'fortran_order': True, 'shape': (7,), }\n").unwrap();
        assert_eq!((found.shape.as_slice(), found.fortran, found.number.size()), (&[7][..], true, 1));
        assert!(header("{'descr': '|u1', 'fortran_order': False, 'shape': (), }").unwrap().shape.is_empty());
    }

    #[test]
    fn objects_and_other_types_are_refused_by_name() {
        let refusal = |descr: &str| {
            let text = format!("{{'descr': {descr}, 'fortran_order': False, 'shape': (3,), }}");
            header(&text).unwrap_err().to_string()
        };
        assert!(refusal("'|O'").contains("Python objects"), "{}", refusal("'|O'"));
        assert!(refusal("'<U5'").contains("<U5"));
        assert!(refusal("'<c8'").contains("<c8"));
        assert!(refusal("[('x', '<f4'), ('y', '<f4')]").contains("structured"));
    }

    #[test]
    fn broken_headers_are_errors() {
        for text in ["", "{'descr': '<f4'}", "{'descr': '<f4', 'fortran_order': 3, 'shape': (1,)}"] {
            assert!(header(text).is_err(), "{text}");
        }
        for shape in ["(-1,)", "(1e9,)", "(18446744073709551616,)", "(3", "3"] {
            let text = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}");
            assert!(header(&text).is_err(), "{text}");
        }
        let huge = [MAGIC, &[2, 0], &u32::MAX.to_le_bytes()].concat();
        let found = Header::read(Path::new("a.npy"), &mut huge.as_slice());
        assert!(matches!(found, Err(Error::TooLarge { .. })));
    }

    #[test]
    fn the_number_of_values_may_overflow() {
        let text = format!("{{'descr': '<f8', 'fortran_order': False, 'shape': ({0}, {0}), }}", u64::MAX);
        assert_eq!(header(&text).unwrap().count(), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(version in 0_u8..5, rest in proptest::collection::vec(any::<u8>(), 0..200)) {
            let bytes = [MAGIC, &[version, 0], &rest].concat();
            let _ = Header::read(Path::new("a.npy"), &mut bytes.as_slice());
            let _ = Header::read(Path::new("a.npy"), &mut rest.as_slice());
        }

        #[test]
        fn no_text_makes_it_panic(text in "(\\PC|['(){},:]|'descr': |'shape': |'fortran_order': |<f4|True|[0-9]){0,40}") {
            let _ = header(&text);
        }
    }
}
