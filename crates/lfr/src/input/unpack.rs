//! Packed files: gzip, bzip2, zstd, and archives with a table inside.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use zip::ZipArchive;

use super::archive;
use super::stream::Text;
use super::walk;
use super::xml;
use crate::error::{Error, Result};

/// How a file is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Gzip,
    Bzip2,
    Zstd,
    Zip,
}

/// Content may be this many times as large as the file, or [`FREE`] bytes: more is a bomb rather than data.
pub(super) const MAX_RATIO: u64 = 250;
const FREE: u64 = 1 << 30;

/// Endings of the tables that are read from within an archive.
pub(super) const TABLES: &[&str] = &["csv", "tsv", "json", "jsonl", "ndjson"];
/// The folder that a phone packs its health data in, in one table with others that say less beside it.
const HEALTH: &str = "apple_health_export";

/// The packing that the first bytes of a file show.
pub(super) fn packing(head: &[u8]) -> Option<Packing> {
    match head {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, ..] => Some(Packing::Bzip2),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] => Some(Packing::Zip),
        _ => None,
    }
}

/// Endings of archives.
const ARCHIVES: &[&str] = &[".zip:", ".tar:", ".tgz:", ".tar.gz:", ".tar.bz2:", ".tar.zst:"];

/// The archive and the file of a path such as `archive.zip:orders.csv`, where no file has that name.
pub(super) fn member(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str().filter(|_| !path.exists())?;
    let lower = text.to_lowercase();
    let at = ARCHIVES.iter().filter_map(|ending| Some(lower.rfind(ending)? + ending.len() - 1)).max()?;
    let (archive, name) = (PathBuf::from(text.get(..at)?), text.get(at + 1..)?);
    archive.is_file().then(|| (archive, name.to_owned()))
}

/// The name of what is packed: `orders.csv` for `orders.csv.gz` and for an archive with only that table inside.
///
/// # Errors
/// [`Error::Input`] when it is unclear which file of an archive is meant.
pub(super) fn name(path: &Path) -> Result<PathBuf> {
    if let Some((_, name)) = member(path) {
        return Ok(name.into());
    }
    if archive::is_archive(path)? {
        return Ok(table(path, None)?.path);
    }
    match packing(&head(path)?) {
        None => Ok(path.to_owned()),
        Some(_) => Ok(path.file_stem().map_or_else(|| path.to_owned(), PathBuf::from)),
    }
}

/// The first bytes of a file.
///
/// # Errors
/// [`Error::Io`] when it cannot be read.
pub(super) fn head(path: &Path) -> Result<Vec<u8>> {
    let mut head = Vec::new();
    let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
    file.take(1024).read_to_end(&mut head).map_err(|e| Error::io("read", path, e))?;
    Ok(head)
}

/// The names of the files in a zip archive, and what they are for: without folders and what systems add.
///
/// # Errors
/// [`Error::Input`] when it is damaged.
pub(super) fn listing(path: &Path) -> Result<Vec<(usize, String)>> {
    let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(path, &e))?;
    let mut names = Vec::new();
    for index in 0..zip.len() {
        let member = zip.by_index_raw(index).map_err(|e| damaged(path, &e))?;
        let name = member.name().map_err(|e| damaged(path, &e))?.into_owned();
        let hidden = name.split('/').any(|part| part.starts_with('.') || part == "__MACOSX");
        if !member.is_dir() && !hidden {
            names.push((index, name));
        }
    }
    Ok(names)
}

/// The content of `path`, unpacked; of an archive, that of its table.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened, [`Error::Input`] when an archive is damaged or holds no table or several.
pub(super) fn open(path: &Path) -> Result<Text> {
    let table = match member(path) {
        Some((archive, name)) => table(&archive, Some(&name))?,
        None if archive::is_archive(path)? => table(path, None)?,
        None => return content(path),
    };
    let failed = |e: io::Error| Error::input(path, format!("`{}`: {e}", table.id));
    Ok(Box::new(BufReader::with_capacity(1 << 16, table.open().map_err(failed)?)))
}

/// The content of `path`, which is no archive, or packed once.
///
/// # Errors
/// [`Error::Io`] when it cannot be opened.
pub(super) fn content(path: &Path) -> Result<Text> {
    let failed = |e| Error::io("read", path, e);
    let mut file = BufReader::with_capacity(1 << 16, File::open(path).map_err(failed)?);
    let packing = packing(file.fill_buf().map_err(failed)?);
    let content: Box<dyn Read + Send> = match packing {
        None | Some(Packing::Zip) => return Ok(Box::new(file)),
        Some(Packing::Gzip) => Box::new(MultiGzDecoder::new(file)),
        Some(Packing::Bzip2) => Box::new(MultiBzDecoder::new(file)),
        Some(Packing::Zstd) => Box::new(zstd::stream::read::Decoder::with_buffer(file).map_err(failed)?),
    };
    let (packed, left) = (length(path)?, most(path)?);
    Ok(Box::new(BufReader::with_capacity(1 << 16, Bounded { inner: content, packed, left })))
}

/// The first bytes of what is packed.
///
/// # Errors
/// [`Error::Io`] and [`Error::Input`] when it cannot be read.
pub(super) fn start(path: &Path) -> Result<Vec<u8>> {
    let mut start = Vec::new();
    let read = content(path)?.take(1024).read_to_end(&mut start);
    read.map_err(|e| super::stream::broken(path, &e))?;
    Ok(start)
}

/// The most bytes that a file may unpack to.
///
/// # Errors
/// [`Error::Io`] when it cannot be examined.
pub(super) fn most(path: &Path) -> Result<u64> {
    Ok(length(path)?.saturating_mul(MAX_RATIO).max(FREE))
}

fn length(path: &Path) -> Result<u64> {
    Ok(path.metadata().map_err(|e| Error::io("read", path, e))?.len())
}

/// The error for a zip archive that cannot be read.
pub(super) fn damaged(path: &Path, error: &zip::result::ZipError) -> Error {
    Error::input(path, format!("a damaged zip archive: {error}"))
}

/// The table in an archive, which is called `name` or the only one.
fn table(path: &Path, name: Option<&str>) -> Result<walk::File> {
    choose(path, archive::files(path)?, name).map_err(|problem| Error::input(path, problem))
}

/// The name of the file that is read from an archive of several, where the path names none.
///
/// # Errors
/// As those of [`open`].
pub(super) fn chosen(path: &Path) -> Result<Option<String>> {
    if member(path).is_some() || !archive::is_archive(path)? {
        return Ok(None);
    }
    let several = archive::files(path)?.len() > 1;
    several.then(|| table(path, None).map(|table| table.id)).transpose()
}

fn choose(path: &Path, files: Vec<walk::File>, name: Option<&str>) -> Result<walk::File, String> {
    let listed = |files: &[walk::File]| {
        super::columns::list(&files.iter().map(|file| file.id.clone()).collect::<Vec<_>>())
    };
    if let Some(name) = name {
        let problem = format!("no file `{name}` in it; there are {}", listed(&files));
        return files.into_iter().find(|file| file.id == name).ok_or(problem);
    }
    let tables = tables(&files);
    match tables.as_slice() {
        [only] => Ok(only.clone()),
        [] if files.is_empty() => Err("an empty archive".into()),
        [] => Err(format!("an archive without a table of text ({}); unpack it first", listed(&files))),
        [first, ..] => {
            let example = format!("{}:{}", path.display(), first.id);
            Err(format!("an archive with several tables: {}; name one, such as {example}", listed(&tables)))
        }
    }
}

/// The files that may be meant. XML or a text beside a table says what it is, and so does a text beside XML.
fn tables(files: &[walk::File]) -> Vec<walk::File> {
    let of = |endings: &[&str]| -> Vec<_> {
        files.iter().filter(|file| walk::has_extension(&file.path, endings)).cloned().collect()
    };
    let xml = of(xml::ENDINGS);
    let health: Vec<_> = xml.iter().filter(|file| is_health(&file.path)).cloned().collect();
    // The parts of a document of Office.
    let is_document = files.iter().any(|file| file.id == "[Content_Types].xml");
    let sorts = [of(TABLES), if is_document { Vec::new() } else { xml }, of(walk::DOCUMENTS[0])];
    match health.len() {
        1 => health,
        _ => sorts.into_iter().find(|files| !files.is_empty()).unwrap_or_default(),
    }
}

/// Whether it is the export of a phone's health data, and not the same for hospitals (`export_cda.xml`).
fn is_health(path: &Path) -> bool {
    let text =
        |part: Option<&std::ffi::OsStr>| part.and_then(|part| part.to_str()).unwrap_or_default().to_owned();
    text(path.parent().and_then(Path::file_name)) == HEALTH && !text(path.file_stem()).ends_with("_cda")
}

/// Breaks off what unpacks to more than data does.
struct Bounded<R> {
    inner: R,
    packed: u64,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            let problem = format!(
                "{} packed bytes unpack to more than {MAX_RATIO} times as many; if they are meant to, unpack the file first",
                self.packed
            );
            io::Error::new(io::ErrorKind::FileTooLarge, problem)
        })?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use zip::write::SimpleFileOptions;

    fn content(path: &Path) -> Result<String> {
        let mut text = String::new();
        open(path)?.read_to_string(&mut text).map_err(|e| super::super::stream::broken(path, &e))?;
        Ok(text)
    }

    fn zip(path: &Path, files: &[&str]) {
        let mut zip = zip::ZipWriter::new(File::create(path).unwrap());
        for name in files {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(format!("in {name}").as_bytes()).unwrap();
        }
        zip.finish().unwrap();
    }

    #[test]
    fn every_packing_is_undone() {
        let folder = tempfile::tempdir().unwrap();
        let mut bz = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        bz.write_all(b"a,b").unwrap();
        let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gz.write_all(b"a,b").unwrap();
        let packed = [
            ("a.csv.bz2", bz.finish().unwrap()),
            ("a.csv.gz", gz.finish().unwrap()),
            ("a.csv.zst", zstd::stream::encode_all(&b"a,b"[..], 1).unwrap()),
        ];
        for (file, bytes) in packed {
            let path = folder.path().join(file);
            std::fs::write(&path, &bytes).unwrap();
            assert_eq!(content(&path).unwrap(), "a,b", "{file}");
            assert_eq!(name(&path).unwrap(), Path::new("a.csv"), "{file}");
            std::fs::write(&path, &bytes[..bytes.len() - 3]).unwrap();
            let message = content(&path).unwrap_err().to_string();
            assert!(message.contains("cut short"), "{message}");
        }
    }

    #[test]
    fn an_archive_has_one_table_or_names_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.zip");
        zip(&path, &["readme.md", "__MACOSX/t.csv", "sub/t.csv"]);
        assert_eq!(content(&path).unwrap(), "in sub/t.csv");
        assert_eq!(name(&path).unwrap(), Path::new("sub/t.csv"));
        zip(&path, &["t.csv", "u.csv"]);
        let message = content(&path).unwrap_err().to_string();
        assert!(
            message.contains("several tables: t.csv, u.csv") && message.contains("a.zip:t.csv"),
            "{message}"
        );
        let named = |name: &str| content(&folder.path().join(format!("a.zip:{name}")));
        assert_eq!(named("u.csv").unwrap(), "in u.csv");
        assert!(named("v.csv").unwrap_err().to_string().contains("there are t.csv, u.csv"));
        zip(&path, &["a.exe"]);
        assert!(content(&path).unwrap_err().to_string().contains("without a table"));
    }

    #[test]
    fn a_bomb_is_broken_off() {
        let mut bounded = Bounded { inner: io::repeat(b'a'), packed: 10, left: 1 << 20 };
        let error = io::copy(&mut bounded, &mut io::sink()).unwrap_err();
        assert!(error.to_string().contains("10 packed bytes"), "{error}");
    }
}
