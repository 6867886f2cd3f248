//! Documents: a file with one a line, or a folder of files.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use super::columns::EMPTY;
use super::stream::{self, MAX_BATCH, MAX_RECORD};
use super::walk::{self, DOCUMENTS, has_extension};
use super::{Batch, Notes, Options, Source};
use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::error::{Error, Result};

/// The lines of a file, identified by their number from 0, or the .txt files of a folder, identified by their
/// path within it. What is not UTF-8 is read as Latin-1. Documents without a visible character are left out.
///
/// # Errors
/// [`Error::Config`] when the options name a column.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    refuse_columns(path, options)?;
    let chunk = options.chunk;
    if path.is_dir() {
        let notes = Notes::default();
        let mut documents = walk::taking(path, "document", &notes, |path| has_extension(path, DOCUMENTS))
            .map(|file| file.map(|file| (file.id, document(&file.path))));
        let batches = std::iter::from_fn(move || batch(&mut documents, chunk));
        Ok(Source::new(Kind::Text, path, options, batches).noting(&notes))
    } else {
        let mut documents = lines(path)?;
        Ok(Source::new(Kind::Text, path, options, std::iter::from_fn(move || batch(&mut documents, chunk))))
    }
}

/// Refuses options that name a column, of which `path` has none.
///
/// # Errors
/// [`Error::Config`] naming the option.
pub(super) fn refuse_columns(path: &Path, options: &Options) -> Result<()> {
    let named = [("id", &options.id), ("label", &options.label), ("text", &options.text)];
    match named.into_iter().find(|(_, name)| name.is_some()) {
        Some((key, Some(name))) => {
            Err(Error::config(key, name, format!("{} has no columns, only documents", path.display())))
        }
        _ => Ok(()),
    }
}

/// An identifier, and the document or the reason why there is none.
type Document = (String, Result<String, String>);

/// The next documents, `None` after the last.
fn batch(documents: &mut impl Iterator<Item = Result<Document>>, most: usize) -> Option<Result<Batch>> {
    let (mut ids, mut texts, mut bad, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
    while ids.len() + bad.len() < most && bytes < MAX_BATCH {
        match documents.next() {
            None => break,
            Some(Err(error)) => return Some(Err(error)),
            Some(Ok((id, Err(reason)))) => bad.push(Quarantined { id, reason }),
            Some(Ok((id, Ok(text)))) => {
                bytes += text.len();
                ids.push(id);
                texts.push(text);
            }
        }
    }
    let items = Items::Documents(texts);
    (!ids.is_empty() || !bad.is_empty())
        .then_some(Ok(Batch { chunk: Chunk { ids, labels: None, items }, bad }))
}

fn lines(path: &Path) -> Result<impl Iterator<Item = Result<Document>> + Send + use<>> {
    let mut text = stream::open(path)?;
    let (path, mut line) = (path.to_owned(), Vec::new());
    let mut numbers = 0..;
    Ok(std::iter::from_fn(move || {
        let number = numbers.next()?;
        match stream::line(&path, &mut text, &mut line, number) {
            Ok(true) => Some(Ok((number.to_string(), decoded(&line)))),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }))
}

fn document(path: &Path) -> Result<String, String> {
    let file = File::open(path).map_err(|e| format!("cannot be read: {e}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes).map_err(|e| format!("cannot be read: {e}"))?;
    if bytes.len() > MAX_RECORD {
        return Err(format!("longer than {} MiB", MAX_RECORD >> 20));
    }
    stream::check_encoding(&bytes)?;
    decoded(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes))
}

fn decoded(bytes: &[u8]) -> Result<String, String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    };
    if text.contains('\0') {
        return Err("binary data, not text".into());
    }
    if text.trim().is_empty() { Err(EMPTY.into()) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn read(path: &Path, chunk: usize) -> Result<(Vec<String>, Vec<String>, Vec<Quarantined>)> {
        let options = Options { chunk, max_bad_fraction: 1.0, ..Options::default() };
        let mut source = open(path, &options)?;
        let (mut ids, mut texts) = (Vec::new(), Vec::new());
        for chunk in source.by_ref() {
            let chunk = chunk?;
            ids.extend(chunk.ids);
            match chunk.items {
                Items::Documents(documents) => texts.extend(documents),
                other => panic!("{other:?}"),
            }
        }
        Ok((ids, texts, source.quarantined().to_vec()))
    }

    #[test]
    fn lines_keep_their_numbers_at_any_chunk_size() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        fs::write(&path, b"\xef\xbb\xbfone\r\n\n  \ncaf\xe9\nlast").unwrap();
        for chunk in [1, 2, 100] {
            let (ids, texts, bad) = read(&path, chunk).unwrap();
            assert_eq!(ids, ["0", "3", "4"]);
            assert_eq!(texts, ["one", "café", "last"]);
            assert_eq!(bad.iter().map(|bad| bad.id.as_str()).collect::<Vec<_>>(), ["1", "2"]);
        }
    }

    #[test]
    fn folders_come_in_path_order_without_what_is_no_text() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("b")).unwrap();
        for (name, content) in [
            ("c.txt", &b"third"[..]),
            ("b/x.TXT", b"\xef\xbb\xbfsecond\nline"),
            ("a.txt", b"first"),
            ("a.md", b"no"),
            ("e.txt", b""),
            ("u.txt", b"\xff\xfea\0"),
            ("z.txt", b"a\0b"),
        ] {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let (ids, texts, bad) = read(folder.path(), 2).unwrap();
        assert_eq!(ids, ["a.txt", "b/x.TXT", "c.txt"]);
        assert_eq!(texts, ["first", "second\nline", "third"]);
        let reasons: Vec<_> = bad.iter().map(|bad| bad.reason.split(' ').next().unwrap()).collect();
        assert_eq!(reasons, ["the", "encoded", "binary"]);
    }

    #[test]
    fn columns_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { label: Some("y".into()), ..Options::default() };
        let message = open(folder.path(), &options).err().unwrap().to_string();
        assert!(message.contains("`label` = y") && message.contains("no columns"), "{message}");
    }
}
