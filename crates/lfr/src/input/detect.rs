//! Finding out what an input is.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;

use super::walk::{self, DOCUMENTS, HEIF, PICTURES, has_extension};
use super::{idx, npz};
use crate::data::Kind;
use crate::error::{Error, Result};

/// The readers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A folder of pictures.
    Pictures,
    /// A folder of documents, or a file with a document a line.
    Documents,
    /// CSV and its like.
    Delimited,
    /// A JSON object a line.
    JsonLines,
    /// Parquet.
    Parquet,
    /// IDX, plain or gzipped.
    Idx,
    /// One NumPy array.
    Npy,
    /// An archive of NumPy arrays, with or without the name of one.
    Npz,
}

const ACCEPTED: &str = "accepted are a folder of pictures or of .txt documents, .csv, .tsv, .parquet, .jsonl, .txt, \
                        .npy, .npz and IDX files (plain or .gz)";

/// The format of `path`; `kind` decides where the content alone does not.
///
/// # Errors
/// [`Error::Io`] when there is nothing at `path`, [`Error::Empty`] for an empty file or a folder without items,
/// [`Error::Input`] for anything unknown.
pub(super) fn format(path: &Path, kind: Option<Kind>) -> Result<Format> {
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(_) if npz::member(path).is_some_and(|(archive, _)| archive.is_file()) => return Ok(Format::Npz),
        Err(error) => return Err(Error::io("read", path, error)),
    };
    if about.is_dir() {
        folder(path, kind)
    } else if !about.is_file() {
        Err(Error::input(path, "neither a file nor a folder; save the data as a file first"))
    } else if about.len() == 0 {
        Err(Error::Empty { path: path.to_owned(), hint: "the file has no bytes".into() })
    } else {
        file(path, kind)
    }
}

/// What most files of a folder are: pictures, or documents. Pictures come first when there are as many.
fn folder(path: &Path, kind: Option<Kind>) -> Result<Format> {
    if kind == Some(Kind::Table) {
        return Err(Error::input(path, "a folder cannot be read as a table; name one file"));
    }
    let (mut pictures, mut texts, mut others, mut example) = (HashSet::new(), Vec::new(), 0, String::new());
    let mut count = 0;
    for file in walk::files(path) {
        let file = file?;
        let stem = file.path.file_stem().map(OsStr::to_owned);
        if has_extension(&file.path, PICTURES) || has_extension(&file.path, HEIF) {
            (count, _) = (count + 1, pictures.insert(stem));
        } else if has_extension(&file.path, DOCUMENTS) {
            texts.push(stem);
        } else {
            others += 1;
        }
        example = file.id;
    }
    // A text with the name of a picture describes it.
    let documents = texts.iter().filter(|stem| !pictures.contains(stem)).count();
    match kind {
        Some(Kind::Images) if count > 0 => return Ok(Format::Pictures),
        Some(Kind::Text) if !texts.is_empty() => return Ok(Format::Documents),
        None if count > 0 && count >= documents => return Ok(Format::Pictures),
        None if documents > 0 => return Ok(Format::Documents),
        _ => {}
    }
    let readable = format!("picture (.{})", PICTURES.join(", ."));
    let wanted = match kind {
        Some(Kind::Images) => readable,
        Some(_) => "document (.txt)".into(),
        None => format!("{readable} or document (.txt)"),
    };
    let others = others + count + texts.len();
    let found = if example.is_empty() {
        String::new()
    } else {
        format!(", only {others} other files such as {example}")
    };
    Err(Error::Empty { path: path.to_owned(), hint: format!("no {wanted} in it or below it{found}") })
}

fn file(path: &Path, kind: Option<Kind>) -> Result<Format> {
    let mut head = Vec::new();
    let opened = fs::File::open(path).map_err(|e| Error::io("read", path, e))?;
    opened.take(1024).read_to_end(&mut head).map_err(|e| Error::io("read", path, e))?;
    match by_magic(path, &head)? {
        Some(format) => Ok(format),
        None => by_name(path, &head, kind),
    }
}

/// Binary formats tell themselves by their first bytes.
fn by_magic(path: &Path, head: &[u8]) -> Result<Option<Format>> {
    if head.starts_with(b"\x1f\x8b") {
        let mut start = [0; 4];
        let read = GzDecoder::new(head).read_exact(&mut start);
        return match read {
            Ok(()) if idx::is_magic(&start) => Ok(Some(Format::Idx)),
            Ok(()) => match inner_extension(path).as_str() {
                "csv" | "tsv" => Ok(Some(Format::Delimited)),
                "jsonl" | "ndjson" | "json" => Ok(Some(Format::JsonLines)),
                "txt" => Ok(Some(Format::Documents)),
                _ => Err(Error::input(
                    path,
                    "a gzip file that holds neither an IDX array nor a table; unpack it first",
                )),
            },
            Err(e) => Err(Error::input(path, format!("a damaged gzip file: {e}"))),
        };
    }
    Ok(match head {
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some(Format::Npy),
        [b'P', b'A', b'R', b'1', ..] => Some(Format::Parquet),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Format::Npz),
        _ if idx::is_magic(head) => Some(Format::Idx),
        _ => None,
    })
}

/// `csv` of `orders.csv.gz`.
fn inner_extension(path: &Path) -> String {
    let inner = path.file_stem().map(Path::new).and_then(Path::extension);
    inner.and_then(|e| e.to_str()).unwrap_or_default().to_lowercase()
}

/// Formats of text have no magic; the extension tells, then `kind`.
fn by_name(path: &Path, head: &[u8], kind: Option<Kind>) -> Result<Format> {
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let text = !head.contains(&0);
    match extension.as_str() {
        "csv" | "tsv" => Ok(Format::Delimited),
        "jsonl" | "ndjson" | "json" => Ok(Format::JsonLines),
        "parquet" => Ok(Format::Parquet),
        "npy" => Ok(Format::Npy),
        "npz" => Ok(Format::Npz),
        "txt" if kind != Some(Kind::Table) => Ok(Format::Documents),
        _ if [PICTURES, HEIF].iter().any(|known| has_extension(path, known))
            || (!text && image::guess_format(head).is_ok()) =>
        {
            Err(Error::input(path, "a single picture; name the folder that holds all pictures"))
        }
        _ if text && kind == Some(Kind::Table) => Ok(Format::Delimited),
        _ if text && kind == Some(Kind::Text) => Ok(Format::Documents),
        _ => {
            let found = if text { "text" } else { "binary data" };
            Err(Error::input(
                path,
                format!("{found} of an unknown format (extension `{extension}`); {ACCEPTED}"),
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, content: &[u8], kind: Option<Kind>) -> Result<Format, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        format(&path, kind).map_err(|e| e.to_string())
    }

    #[test]
    fn binary_formats_are_told_by_content() {
        for name in ["a", "a.csv", "a.bin", "a.txt"] {
            assert_eq!(found(name, b"\x93NUMPY\x01\0", None), Ok(Format::Npy));
            assert_eq!(found(name, b"PAR1....PAR1", None), Ok(Format::Parquet));
            assert_eq!(found(name, b"PK\x03\x04", None), Ok(Format::Npz));
            assert_eq!(found(name, b"\0\0\x08\x03\0\0\0\0", None), Ok(Format::Idx));
        }
    }

    #[test]
    fn text_formats_are_told_by_extension_then_by_kind() {
        assert_eq!(found("a.CSV", b"BMI,age\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.tsv", b"P1\tP2\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.jsonl", b"{}", None), Ok(Format::JsonLines));
        assert_eq!(found("a.txt", b"BM a line", None), Ok(Format::Documents));
        assert_eq!(found("a.txt", b"1 2 3", Some(Kind::Table)), Ok(Format::Delimited));
        assert_eq!(found("a.log", b"a line", Some(Kind::Text)), Ok(Format::Documents));
        assert_eq!(found("a.dat", b"1,2", Some(Kind::Table)), Ok(Format::Delimited));
    }

    #[test]
    fn what_is_not_accepted_is_named_and_so_is_what_is() {
        assert!(
            found("a.log", b"a line", None).is_err_and(|e| e.contains("`log`") && e.contains(".parquet"))
        );
        assert!(found("a.bin", b"\0\x01\x02", None).is_err_and(|e| e.contains("binary data")));
        assert!(found("a.png", b"\x89PNG\r\n\x1a\n", None).is_err_and(|e| e.contains("name the folder")));
        assert!(found("a", b"\x89PNG\r\n\x1a\n\0\0", None).is_err_and(|e| e.contains("name the folder")));
        assert!(
            found("a.csv", b"", None).is_err_and(|e| e.contains("a.csv is empty: the file has no bytes"))
        );
    }

    #[test]
    fn a_path_to_nothing_is_an_error() {
        for path in ["/nowhere/at/all", "/nowhere/at/all.npz:x"] {
            assert!(matches!(format(Path::new(path), None), Err(Error::Io { action: "read", .. })));
        }
    }

    #[test]
    fn folders_hold_what_most_files_are() {
        let folder = tempfile::tempdir().unwrap();
        let found = |kind| format(folder.path(), kind).map_err(|e| e.to_string());
        let add = |name: &str| fs::write(folder.path().join(name), "x").unwrap();
        assert!(found(None).is_err_and(|e| {
            e.contains("no picture (.png, .jpg, ") && e.ends_with(" or document (.txt) in it or below it")
        }));
        add(".hidden.png");
        add("labels.csv");
        assert!(
            found(Some(Kind::Images)).is_err_and(|e| e.contains(", only 1 other files such as labels.csv"))
        );
        add("a.txt");
        assert_eq!(found(None), Ok(Format::Documents));
        add("b.PNG");
        assert_eq!(found(None), Ok(Format::Pictures));
        assert_eq!(found(Some(Kind::Text)), Ok(Format::Documents));
        add("c.txt");
        assert_eq!(found(None), Ok(Format::Documents));
        add("c.heic");
        assert_eq!(found(None), Ok(Format::Pictures));
        assert!(found(Some(Kind::Table)).is_err_and(|e| e.contains("name one file")));
    }

    #[test]
    fn only_idx_is_read_packed() {
        use std::io::Write;
        let gzip = |bytes: &[u8]| {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gz.write_all(bytes).unwrap();
            gz.finish().unwrap()
        };
        assert_eq!(found("a.gz", &gzip(&[0, 0, 8, 3, 0]), None), Ok(Format::Idx));
        assert_eq!(found("a.csv.gz", &gzip(b"a,b\n1,2\n"), None), Ok(Format::Delimited));
        assert!(found("a.gz", &gzip(b"a,b\n1,2\n"), None).is_err_and(|e| e.contains("unpack it first")));
        assert!(found("a.gz", &gzip(b"\0\0\x08\x03")[..9], None).is_err_and(|e| e.contains("damaged")));
    }
}
