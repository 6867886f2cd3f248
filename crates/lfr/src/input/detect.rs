//! Detects what an input is.

use std::fs;
use std::io::Read;
use std::path::Path;

use super::dialect::Dialect;
use super::pile::Pile;
use super::unpack::{self, Packing};
use super::walk::{self, HEIF, PICTURES, has_extension};
use super::{Notes, Options, archive, fields, idx, log, mail, npz, stream, text, xml};
use crate::data::Kind;
use crate::error::{Error, Result};

/// The readers there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// A folder or an archive of pictures.
    Pictures,
    /// A folder or an archive of documents.
    Documents,
    /// A file with one document per line.
    Lines,
    /// A mailbox or a file of contacts.
    Parts(mail::Form),
    /// Lines with the names of their values, or of a form that names them.
    Fields(fields::Form),
    /// CSV and its like.
    Delimited,
    /// JSON: an object a line, or an array of objects.
    Json,
    /// XML: elements that repeat.
    Xml,
    /// Parquet.
    Parquet,
    /// Excel or OpenDocument.
    Workbook,
    /// IDX, plain or gzipped.
    Idx,
    /// One NumPy array.
    Npy,
    /// An archive of NumPy arrays, with or without the name of one.
    Npz,
}

const ACCEPTED: &str = "accepted are a folder (also in a .zip or .tar.gz) of pictures, .txt documents, .eml mails or .html \
                        pages; files of text (.csv, .tsv, .json, .jsonl, .ndjson, .geojson, .txt, .log, .md), plain or in \
                        .gz, .bz2, .zst or .zip; .xml, .gpx, .tcx, .kml, .rss, .atom, .mbox, .vcf, .ics, .parquet, .xlsx, \
                        .xlsm, .xls, .xlsb, .ods, .npy, .npz and IDX";
/// Endings, beside .txt, of files that hold lines of text where they hold no table; none at all is one of them.
const LINES: &[&str] = &["log", "md", "text", ""];

/// Endings of workbooks.
const WORKBOOKS: &[&str] = &["xlsx", "xlsm", "xls", "xlsb", "ods"];

/// How endings of documents begin that have to be converted.
const PAGES: &[&str] = &[".doc", ".odt", ".rtf", ".pdf"];

/// Bytes of a text looked at.
const START: u64 = 1 << 16;

/// The format of `path`; the kind asked for decides where the content alone does not.
///
/// # Errors
/// [`Error::Io`] when there is nothing at `path`, [`Error::Empty`] for an empty file or a folder without items,
/// [`Error::Input`] for anything unknown.
pub(super) fn format(path: &Path, options: &Options) -> Result<Format> {
    let about = match fs::metadata(path) {
        Ok(about) => about,
        Err(_) if npz::member(path).is_some_and(|(archive, _)| archive.is_file()) => return Ok(Format::Npz),
        Err(_) if unpack::member(path).is_some() => return written(path, options),
        Err(_) if path == Path::new("-") => {
            return Err(Error::input(path, "standard input is not read; save the data as a file first"));
        }
        Err(error) => return Err(Error::io("read", path, error)),
    };
    if about.is_dir() {
        folder(path, options.kind)
    } else if !about.is_file() {
        Err(Error::input(path, "neither a file nor a folder; save the data as a file first"))
    } else if about.len() == 0 {
        Err(Error::Empty { path: path.to_owned(), hint: "the file has no bytes".into() })
    } else {
        file(path, options)
    }
}

/// What most files of a folder or an archive are.
fn folder(path: &Path, kind: Option<Kind>) -> Result<Format> {
    if kind == Some(Kind::Table) {
        return Err(Error::input(path, "a folder cannot be read as a table; name one file"));
    }
    let pile = Pile::of(walk::files(path, &Notes::default()))?;
    match pile.kind(kind) {
        Some(Kind::Images) => return Ok(Format::Pictures),
        Some(_) => return Ok(Format::Documents),
        None if kind == Some(Kind::Text) && text::ends_otherwise(path)? => return Ok(Format::Documents),
        None => {}
    }
    let readable = format!("pictures (.{})", PICTURES.join(", ."));
    let wanted = match kind {
        Some(Kind::Images) => readable,
        Some(_) => "texts".into(),
        None => format!("{readable}, .txt, .eml or .html files"),
    };
    let Some(found) = pile.list() else {
        return Err(Error::Empty { path: path.to_owned(), hint: format!("no {wanted} in it or below it") });
    };
    let pages = kind != Some(Kind::Images) && PAGES.iter().any(|ending| found.contains(ending));
    let way = match kind.is_none() && text::ends_otherwise(path)? {
        true => "; --kind text reads them",
        false if pages => "; save documents of word processors and PDFs as text (.txt) first",
        false => "",
    };
    Err(Error::input(path, format!("the folder has no {wanted}, only others ({found}){way}")))
}

fn file(path: &Path, options: &Options) -> Result<Format> {
    let head = unpack::head(path)?;
    match unpack::packing(&head) {
        Some(Packing::Zip) => zip(path, options),
        _ if archive::is_archive(path)? => members(path, options),
        Some(packing) => packed(path, packing, options),
        None => match by_magic(&head) {
            Some(format) => Ok(format),
            None => written(path, options),
        },
    }
}

/// Binary formats tell themselves by their first bytes.
fn by_magic(head: &[u8]) -> Option<Format> {
    match head {
        [0x93, b'N', b'U', b'M', b'P', b'Y', ..] => Some(Format::Npy),
        [b'P', b'A', b'R', b'1', ..] => Some(Format::Parquet),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Some(Format::Workbook),
        _ if idx::is_magic(head) => Some(Format::Idx),
        _ => None,
    }
}

/// A zip archive: a workbook, NumPy arrays, or files.
fn zip(path: &Path, options: &Options) -> Result<Format> {
    if has_extension(path, &["npz"]) {
        return Ok(Format::Npz);
    }
    if has_extension(path, WORKBOOKS) {
        return Ok(Format::Workbook);
    }
    let files = unpack::listing(path)?;
    let any = |test: fn(&str) -> bool| files.iter().any(|(_, name)| test(name));
    if any(|name| name.starts_with("xl/workbook.") || name == "content.xml") {
        Ok(Format::Workbook)
    } else if any(|name| name.ends_with(".npy")) {
        Ok(Format::Npz)
    } else {
        members(path, options)
    }
}

/// An archive of files: pictures, documents, or a table.
fn members(path: &Path, options: &Options) -> Result<Format> {
    let pile = Pile::of(walk::files(path, &Notes::default()))?;
    // Texts of other endings, which are read or named as those of a folder.
    let other = options.kind == Some(Kind::Text) || pile.kind(None).is_none();
    let texts =
        || Ok::<_, Error>(other && pile.is_without_tables(options.kind) && text::ends_otherwise(path)?);
    if options.kind != Some(Kind::Table) && (pile.is_many() || texts()?) {
        return folder(path, options.kind);
    }
    written(path, options)
}

/// A file packed otherwise: an IDX array, or text.
fn packed(path: &Path, packing: Packing, options: &Options) -> Result<Format> {
    let start = unpack::start(path)?;
    match by_magic(&start) {
        Some(Format::Idx) if packing == Packing::Gzip => Ok(Format::Idx),
        None if unpack::packing(&start).is_none() => written(path, options),
        _ => Err(Error::input(path, "a packed file of a kind that is only read unpacked; unpack it first")),
    }
}

/// Formats of text have no magic; the extension tells, then the kind, then the content.
fn written(path: &Path, options: &Options) -> Result<Format> {
    let name = unpack::name(path)?;
    // A column of documents is one of a table.
    let columns = options.text.is_some() || options.known.text.is_some();
    let kind = options.kind.filter(|&kind| kind != Kind::Text || !columns);
    let extension = name.extension().and_then(|e| e.to_str()).unwrap_or_default().to_lowercase();
    let named = match extension.as_str() {
        "csv" | "tsv" => Some(Format::Delimited),
        "jsonl" | "ndjson" | "json" | "geojson" => Some(Format::Json),
        "parquet" => Some(Format::Parquet),
        "npy" => Some(Format::Npy),
        "npz" => Some(Format::Npz),
        _ if [PICTURES, HEIF].iter().any(|known| has_extension(&name, known)) => {
            return Err(single_picture(path));
        }
        _ => None,
    };
    if let Some(format) = named {
        return Ok(format);
    }
    let mut start = Vec::new();
    let opened = stream::open(path, options.encoding.as_deref(), &Notes::default())?;
    let whole =
        opened.take(START).read_to_end(&mut start).map_err(|e| stream::broken(path, &e))? < START as usize;
    let is_text = !start.contains(&0);
    if is_text && kind != Some(Kind::Text) && xml::begins(&start, &extension) {
        return Ok(Format::Xml);
    }
    if let Some(format) = by_lines(&start, whole, kind) {
        return Ok(format);
    }
    let is_workbook = WORKBOOKS.contains(&extension.as_str());
    match kind {
        _ if !is_text && image::guess_format(&start).is_ok() => Err(single_picture(path)),
        _ if is_workbook && start.trim_ascii_start().starts_with(b"<") => Err(Error::input(
            path,
            "a web page named as a workbook; open it in a spreadsheet program and save it as .xlsx",
        )),
        Some(Kind::Table) if is_text => Ok(Format::Delimited),
        Some(Kind::Text) if is_text => Ok(Format::Lines),
        _ if has_extension(&name, walk::MAILS) => {
            Err(Error::input(path, "a single mail; name the folder that contains the mails"))
        }
        _ if is_text
            && (is_workbook || (Dialect::is_table(&start, whole) && !log::is_log(&start, whole))) =>
        {
            Ok(Format::Delimited)
        }
        _ if is_text && extension == "txt" => Ok(Format::Lines),
        _ if text::is_plain(&start) && LINES.contains(&extension.as_str()) => Ok(Format::Lines),
        _ if is_text && options.kind == Some(Kind::Text) => Ok(Format::Lines),
        _ if is_text => {
            let way = "--kind text reads its lines as documents, --kind table as rows";
            Err(Error::input(
                path,
                format!("text of an unknown format (extension `{extension}`); {way}; {ACCEPTED}"),
            ))
        }
        _ => Err(Error::input(
            path,
            format!("binary data of an unknown format (extension `{extension}`); {ACCEPTED}"),
        )),
    }
}

/// Texts that tell what they are by how their lines begin or what they are made of.
fn by_lines(start: &[u8], whole: bool, kind: Option<Kind>) -> Option<Format> {
    let parts = mail::Form::find(start).filter(|_| kind != Some(Kind::Table)).map(Format::Parts);
    let fields = || fields::Form::find(start, whole).filter(|_| kind != Some(Kind::Text)).map(Format::Fields);
    let records = || log::is_json(start, whole).then_some(Format::Json).filter(|_| kind != Some(Kind::Text));
    parts.or_else(fields).or_else(records)
}

fn single_picture(path: &Path) -> Error {
    Error::input(path, "a single image; name the folder that contains the images")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(name: &str, content: &[u8], kind: Option<Kind>) -> Result<Format, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        format(&path, &Options { kind, ..Options::default() }).map_err(|e| e.to_string())
    }

    #[test]
    fn binary_formats_are_told_by_content() {
        for name in ["a", "a.csv", "a.bin", "a.txt"] {
            assert_eq!(found(name, b"\x93NUMPY\x01\0", None), Ok(Format::Npy));
            assert_eq!(found(name, b"PAR1....PAR1", None), Ok(Format::Parquet));
            assert_eq!(found(name, b"\xd0\xcf\x11\xe0", None), Ok(Format::Workbook));
            assert_eq!(found(name, b"\0\0\x08\x03\0\0\0\0", None), Ok(Format::Idx));
        }
    }

    #[test]
    fn text_formats_are_told_by_extension_then_by_kind() {
        assert_eq!(found("a.CSV", b"BMI,age\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.tsv", b"P1\tP2\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.jsonl", b"{}", None), Ok(Format::Json));
        assert_eq!(found("a.txt", b"BM a line", None), Ok(Format::Lines));
        assert_eq!(found("a.txt", b"1 2 3", Some(Kind::Table)), Ok(Format::Delimited));
        assert_eq!(found("a.log", b"a line", Some(Kind::Text)), Ok(Format::Lines));
        assert_eq!(found("a.dat", b"1,2", Some(Kind::Table)), Ok(Format::Delimited));
        assert_eq!(found("a.txt", b"x;y\n1;2\n3;4\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.dat", b" x   y\n 1   2\n 3  14\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.txt", b"x;y\n1;2\n3;4\n", Some(Kind::Text)), Ok(Format::Lines));
        assert!(found("a", b"\x1f", None).is_err());
        for name in ["a.log", "a"] {
            assert_eq!(found(name, b"a line", None), Ok(Format::Lines));
        }
        assert_eq!(found("a.geojson", b"{}", None), Ok(Format::Json));
        for name in ["a.xml", "a.GPX", "a.kml"] {
            assert_eq!(found(name, b"<a><b/></a>", None), Ok(Format::Xml), "{name}");
            assert_eq!(found(name, b"<a><b/></a>", Some(Kind::Table)), Ok(Format::Xml), "{name}");
            assert_eq!(found(name, b"<a><b/></a>", Some(Kind::Text)), Ok(Format::Lines), "{name}");
        }
        assert_eq!(found("a.dat", b"\xef\xbb\xbf\n<?xml version='1.0'?><a/>", None), Ok(Format::Xml));
        assert_eq!(found("a.xls", b"<?xml version='1.0'?><Workbook/>", None), Ok(Format::Xml));
        assert_eq!(found("a.xlsx", b"x;y\n1;2\n", None), Ok(Format::Delimited));
        assert_eq!(found("a.xls", b"x;y\n1;2\n", None), Ok(Format::Delimited));
        assert!(found("a.xls", b"<html>", None).is_err_and(|e| e.contains("save it as .xlsx")));
    }

    #[test]
    fn a_column_of_documents_is_looked_for_in_tables() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        let known = crate::input::Known { text: Some("body".into()), ..Default::default() };
        let options = Options { kind: Some(Kind::Text), known, ..Options::default() };
        let found = |content: &[u8], options: &Options| {
            fs::write(&path, content).unwrap();
            format(&path, options).unwrap()
        };
        assert_eq!(found(b"n;body\n1;two\n3;four\n", &options), Format::Delimited);
        assert_eq!(
            found(b"{\"body\": \"one\"}\n{\"body\": \"two\"}\n{\"body\": \"six\"}\n", &options),
            Format::Json
        );
        assert_eq!(found(b"one line\nand another one\n", &options), Format::Lines);
        let lines = Options { known: Default::default(), ..options };
        assert_eq!(found(b"n;body\n1;two\n3;four\n", &lines), Format::Lines);
    }

    #[test]
    fn what_is_not_accepted_is_named_and_so_is_what_is() {
        assert!(
            found("a.cfg", b"a line", None)
                .is_err_and(|e| e.contains("`cfg`") && e.contains("--kind text") && e.contains(".parquet"))
        );
        assert!(found("a.bin", b"\0\x01\x02", None).is_err_and(|e| e.contains("binary data")));
        assert!(found("a.png", b"\x89PNG\r\n\x1a\n", None).is_err_and(|e| e.contains("name the folder")));
        assert!(found("a", b"\x89PNG\r\n\x1a\n\0\0", None).is_err_and(|e| e.contains("name the folder")));
        assert!(
            found("a.csv", b"", None).is_err_and(|e| e.contains("a.csv is empty: the file has no bytes"))
        );
    }

    #[test]
    fn documents_to_convert_and_standard_input_are_told_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["a.docx", "b.docx", "c.pdf"] {
            fs::write(folder.path().join(name), b"PK\x03\x04\0\x01").unwrap();
        }
        for kind in [None, Some(Kind::Text)] {
            let options = Options { kind, ..Options::default() };
            let message = format(folder.path(), &options).unwrap_err().to_string();
            assert!(message.contains("(.docx 2, .pdf 1); save documents"), "{message}");
        }
        let message = format(Path::new("-"), &Options::default()).unwrap_err().to_string();
        assert_eq!(message, "-: standard input is not read; save the data as a file first");
    }

    #[test]
    fn a_path_to_nothing_is_an_error() {
        for path in ["/nowhere/at/all", "/nowhere/at/all.npz:x", "/nowhere/at/all.zip:x.csv"] {
            let found = format(Path::new(path), &Options::default());
            assert!(matches!(found, Err(Error::Io { action: "read", .. })));
        }
    }

    #[test]
    fn folders_hold_what_most_files_are() {
        let folder = tempfile::tempdir().unwrap();
        let found =
            |kind| format(folder.path(), &Options { kind, ..Options::default() }).map_err(|e| e.to_string());
        let add = |name: &str| fs::write(folder.path().join(name), "x").unwrap();
        assert!(found(None).is_err_and(|e| {
            e.contains("no pictures (.png, .jpg, ")
                && e.ends_with(" .txt, .eml or .html files in it or below it")
        }));
        add(".hidden.png");
        add("labels.csv");
        assert!(
            found(Some(Kind::Images)).is_err_and(|e| e.contains("has no pictures") && e.contains("(.csv 1)"))
        );
        assert!(found(None).is_err_and(|e| e.contains("--kind text reads them")));
        assert_eq!(found(Some(Kind::Text)), Ok(Format::Documents));
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
    fn tables_and_idx_are_read_packed() {
        use std::io::Write;
        let gzip = |bytes: &[u8]| {
            let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gz.write_all(bytes).unwrap();
            gz.finish().unwrap()
        };
        assert_eq!(found("a.gz", &gzip(&[0, 0, 8, 3, 0]), None), Ok(Format::Idx));
        assert_eq!(found("a.csv.gz", &gzip(b"a,b\n1,2\n"), None), Ok(Format::Delimited));
        assert_eq!(found("a.gz", &gzip(b"a,b\n1,2\n3,4\n"), None), Ok(Format::Delimited));
        assert!(found("a.gz", &gzip(b"PAR1"), None).is_err_and(|e| e.contains("unpack it first")));
        assert!(found("a.gz", &gzip(b"\0\0\x08\x03")[..9], None).is_err_and(|e| e.contains("cut short")));
    }

    #[test]
    fn archives_hold_workbooks_arrays_or_tables() {
        use std::io::Write;
        let zip = |names: &[&str]| {
            let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for name in names {
                zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
                zip.write_all(b"a,b\n1,2\n3,4\n").unwrap();
            }
            zip.finish().unwrap().into_inner()
        };
        assert_eq!(
            found("a.zip", &zip(&["[Content_Types].xml", "xl/workbook.xml"]), None),
            Ok(Format::Workbook)
        );
        assert_eq!(found("a.ods", &zip(&["content.xml"]), None), Ok(Format::Workbook));
        assert_eq!(found("a.zip", &zip(&["x.npy"]), None), Ok(Format::Npz));
        assert_eq!(found("a.zip", &zip(&["x.csv", "read.me"]), None), Ok(Format::Delimited));
        assert_eq!(found("a.zip", &zip(&["x.jsonl"]), None), Ok(Format::Json));
        assert_eq!(found("a.zip", &zip(&["x.csv", "about.xml"]), None), Ok(Format::Delimited));
        assert!(found("a.docx", &zip(&["[Content_Types].xml", "word/document.xml"]), None).is_err());
        assert!(found("a.zip", &zip(&["x.csv", "y.csv"]), None).is_err_and(|e| e.contains("several tables")));
    }
}
