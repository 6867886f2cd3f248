//! Documents: a file with one per line, a folder of files, or a mailbox.

use std::io::Read;
use std::path::Path;

use super::columns::EMPTY;
use super::delimited::say_empty;
use super::mail::{self, Parts};
use super::pile::Pile;
use super::stream::{self, MAX_BATCH, MAX_RECORD};
use super::walk::{self, DOCUMENTS, File, Sought, has_extension};
use super::{Batch, Notes, Options, Source, encoding, unpack};
use crate::data::{Chunk, Items, Kind, Quarantined};
use crate::error::{Error, Result};

/// The files of a folder or an archive, identified by their path within it: those of the sort of documents that is most
/// frequent, or all texts where the user asks for text and most of those do not end in .txt; new data for a model are
/// taken as those it was fitted on. What is neither UTF-8 nor
/// UTF-16 is read as windows-1252, which a note says. Documents without a visible character are left out.
///
/// # Errors
/// [`Error::Config`] when the options name a column.
pub(super) fn folder(path: &Path, options: &Options) -> Result<Source> {
    refuse_columns(path, options)?;
    let (notes, encoding) = (Notes::default(), options.encoding.clone());
    let pile = Pile::of(walk::files(path, &notes))?;
    let asked = options.kind == Some(Kind::Text) && !(options.known.one_sort && pile.has_documents());
    let any = asked && ends_otherwise(path)?;
    let sort = pile.endings();
    let wanted = move |file: &File| has_extension(&file.path, sort) || (any && is_text(file));
    let sought = Sought { what: "document", readable: options.kind.is_none() && pile.ends_otherwise() };
    let files = walk::taking(path, sought, &notes, wanted);
    let said = notes.clone();
    let read = move |file: Result<File>| -> Result<Document> {
        let file = file?;
        let text = document(&file, encoding.as_deref(), &said)?;
        Ok((file.id, text))
    };
    Ok(source(path, files.map(read), "document", options, &notes))
}

/// The lines of a file, identified by their number from 0, encoded as those of [`folder`].
///
/// # Errors
/// [`Error::Config`] when the options name a column.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    refuse_columns(path, options)?;
    let notes = Notes::default();
    if options.kind.is_none() {
        notes.add("read as lines of text; --kind table reads it as a table");
    }
    let lines = lines(path, options.encoding.as_deref(), &notes)?;
    Ok(source(path, lines, "line", options, &notes))
}

/// The mails of a mailbox or the contacts of a file, identified by their number from 0.
///
/// # Errors
/// [`Error::Config`] when the options name a column.
pub(super) fn parts(path: &Path, form: mail::Form, options: &Options) -> Result<Source> {
    refuse_columns(path, options)?;
    let notes = Notes::default();
    notes.add(match form {
        mail::Form::Mails => "read as a mailbox; each mail is a document",
        mail::Form::Contacts => "read as contacts; each is a document",
    });
    let mut parts = Parts { text: unpack::open(path)?, form, read: 0, started: false };
    let (own, mut numbers) = (path.to_owned(), 0_u64..);
    let text = move |part: Vec<u8>| match form {
        mail::Form::Mails => mail::mail(&part).ok_or("no mail".into()).and_then(|text| visible(text, false)),
        mail::Form::Contacts => {
            let (text, foreign) = mail::contact(&part);
            visible(text, foreign)
        }
    };
    let documents = std::iter::from_fn(move || {
        let part = parts.next(&own).transpose()?;
        let number = numbers.next()?.to_string();
        Some(part.map(|part| (number, part.and_then(text))))
    });
    Ok(source(path, documents, "contact", options, &notes))
}

fn source(
    path: &Path,
    documents: impl Iterator<Item = Result<Document>> + Send + 'static,
    thing: &'static str,
    options: &Options,
    notes: &Notes,
) -> Source {
    let mut data = Data { documents, foreign: 0, thing, notes: notes.clone() };
    let chunk = options.chunk;
    let batches = std::iter::from_fn(move || data.batch(chunk));
    Source::new(Kind::Text, path, options, batches).noting(notes)
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

/// Whether most texts of a folder or an archive do not end in .txt.
///
/// # Errors
/// [`Error::Io`] for a folder that cannot be read.
pub(super) fn ends_otherwise(folder: &Path) -> Result<bool> {
    let (mut documents, mut others) = (0_usize, 0_usize);
    for file in walk::files(folder, &Notes::default()) {
        let file = file?;
        if has_extension(&file.path, DOCUMENTS[0]) {
            documents += 1;
        } else if is_text(&file) {
            others += 1;
        }
    }
    Ok(others > documents)
}

/// Whether a file begins as a text does: some bytes, without control characters unless it is UTF-16, and no page of PDF or
/// RTF.
fn is_text(file: &File) -> bool {
    let mut start = Vec::new();
    let read = file.open().and_then(|file| file.take(4096).read_to_end(&mut start));
    let page = start.starts_with(b"%PDF") || start.starts_with(b"{\\rtf");
    read.is_ok_and(|length| length > 0) && (encoding::wide(&start).is_some() || (is_plain(&start) && !page))
}

/// Whether bytes hold no control characters but those of texts.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|byte| *byte >= b' ' || b"\t\n\r\x0c\x1b".contains(byte))
}

/// An identifier, and the document or the reason why there is none.
type Document = (String, Result<Text, String>);

/// A document, and whether it was read as windows-1252.
type Text = (String, bool);

/// The documents of an input.
struct Data<I> {
    documents: I,
    /// How many were read as windows-1252 so far.
    foreign: usize,
    /// What one of them is called.
    thing: &'static str,
    notes: Notes,
}

impl<I: Iterator<Item = Result<Document>>> Data<I> {
    /// The next documents, `None` after the last.
    fn batch(&mut self, most: usize) -> Option<Result<Batch>> {
        let (mut ids, mut texts, mut bad, mut bytes) = (Vec::new(), Vec::new(), Vec::new(), 0);
        while ids.len() + bad.len() < most && bytes < MAX_BATCH {
            match self.documents.next() {
                None => break,
                Some(Err(error)) => return Some(Err(error)),
                Some(Ok((id, Err(reason)))) => bad.push(Quarantined { id, reason }),
                Some(Ok((id, Ok((text, foreign))))) => {
                    bytes += text.len();
                    self.foreign += usize::from(foreign);
                    ids.push(id);
                    texts.push(text);
                }
            }
        }
        if ids.is_empty() && bad.is_empty() {
            encoding::say(&self.notes, self.foreign, self.thing);
            return None;
        }
        Some(Ok(Batch { chunk: Chunk { ids, labels: None, items: Items::Documents(texts) }, bad }))
    }
}

fn lines(
    path: &Path,
    encoding: Option<&str>,
    notes: &Notes,
) -> Result<impl Iterator<Item = Result<Document>> + Send + use<>> {
    let mut text = stream::open(path, encoding, notes)?;
    let (path, mut line, notes) = (path.to_owned(), Vec::new(), notes.clone());
    let (mut numbers, mut empty) = (0.., 0);
    let next = move || loop {
        let number = numbers.next()?;
        match stream::line(&path, &mut text, &mut line, number) {
            Ok(true) => {
                let (text, foreign) = encoding::text(&line);
                if text.trim().is_empty() {
                    empty += 1;
                    continue;
                }
                return Some(Ok((number.to_string(), visible(text.into_owned(), foreign))));
            }
            Ok(false) => {
                say_empty(&notes, std::mem::take(&mut empty), "line");
                return None;
            }
            Err(error) => return Some(Err(error)),
        }
    };
    Ok(std::iter::from_fn(next))
}

/// The text of a file; of a mail or a web page, what there is to read.
///
/// # Errors
/// [`Error::Config`] for an unknown encoding.
fn document(file: &File, encoding: Option<&str>, notes: &Notes) -> Result<Result<Text, String>> {
    let mut bytes = Vec::new();
    let read = file.open().and_then(|file| file.take(MAX_RECORD as u64 + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        return Ok(Err(format!("cannot be read: {error}")));
    }
    if bytes.len() > MAX_RECORD {
        return Ok(Err(format!("longer than {} MiB", MAX_RECORD >> 20)));
    }
    if has_extension(&file.path, walk::MAILS)
        && let Some(text) = mail::mail(&bytes)
    {
        return Ok(visible(text, false));
    }
    let (text, foreign) = stream::decode(&bytes, encoding, notes)?;
    let is_page = has_extension(&file.path, walk::PAGES);
    Ok(visible(if is_page { mail::page(&text) } else { text }, foreign))
}

fn visible(text: String, foreign: bool) -> Result<Text, String> {
    if text.contains('\0') {
        return Err("binary data, not text".into());
    }
    if text.trim().is_empty() { Err(EMPTY.into()) } else { Ok((text, foreign)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn open(path: &Path, options: &Options) -> Result<Source> {
        if path.is_dir() { folder(path, options) } else { super::open(path, options) }
    }

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
            assert!(bad.is_empty(), "{bad:?}");
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
        assert_eq!(ids, ["a.txt", "b/x.TXT", "c.txt", "u.txt"]);
        assert_eq!(texts, ["first", "second\nline", "third", "a"]);
        let reasons: Vec<_> = bad.iter().map(|bad| bad.reason.split(' ').next().unwrap()).collect();
        assert_eq!(reasons, ["the", "binary"]);
    }

    #[test]
    fn encodings_of_a_folder_are_counted_or_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in
            [("a.txt", &b"caf\xe9"[..]), ("b.txt", b"tea"), ("c.txt", b"\xc3\xa9"), ("d.txt", b"\xd1")]
        {
            fs::write(folder.path().join(name), content).unwrap();
        }
        let mut source = open(folder.path(), &Options::default()).unwrap();
        source.by_ref().for_each(|chunk| drop(chunk.unwrap()));
        assert!(
            source.notes()[0].starts_with("2 documents are not encoded as UTF-8"),
            "{:?}",
            source.notes()
        );
        let options = Options { encoding: Some("koi8-r".into()), ..Options::default() };
        let chunk = open(folder.path(), &options).unwrap().next().unwrap().unwrap();
        assert!(matches!(chunk.items, Items::Documents(texts) if texts[3] == "я"));
        let options = Options { encoding: Some("klingon".into()), ..Options::default() };
        assert!(open(folder.path(), &options).unwrap().next().unwrap().is_err());
    }

    #[test]
    fn columns_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let options = Options { label: Some("y".into()), ..Options::default() };
        let message = open(folder.path(), &options).err().unwrap().to_string();
        assert!(message.contains("`label` = y") && message.contains("no columns"), "{message}");
    }
}
