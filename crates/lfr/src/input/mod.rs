//! Reading piles of data: folders of pictures or documents, arrays, tables and text files, as a stream of chunks.

mod ahead;
mod archive;
mod array;
mod bits;
mod blanks;
mod bmp;
mod budget;
mod channels;
mod columns;
mod comments;
mod compound;
mod cut;
mod deep;
mod delimited;
mod delta;
mod detect;
mod dialect;
mod drawn;
mod encoding;
mod expected;
mod fields;
mod figures;
mod fingerprint;
mod footer;
mod fortran;
mod frame;
mod frames;
mod header;
mod ids;
mod idx;
mod images;
mod jpeg;
mod jsonl;
mod keyed;
mod known;
mod last;
mod latex;
mod legacy;
mod log;
mod mail;
pub(crate) mod memory;
mod names;
mod narrow;
mod nested;
mod notes;
mod npy;
mod npz;
mod number;
mod object;
mod pandas;
mod parquet;
mod passed;
mod picture;
mod pile;
mod pixel;
mod places;
mod prose;
mod quarantine;
mod records;
mod refused;
mod rows;
mod sheet;
mod short;
mod shrink;
mod spaced;
mod square;
mod stack;
mod stored;
mod stream;
mod text;
mod thrift;
mod totals;
mod tree;
mod typed;
mod unpack;
mod walk;
mod workbook;
mod xml;

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use crate::data::{Chunk, Kind, Quarantined};
use crate::dataset::Uri;
use crate::error::{Error, Result};
pub use channels::settle_channels;
use detect::Format;
pub use expected::Known;
pub(crate) use fingerprint::Fingerprint;
pub(crate) use footer::{check as check_footer, check_pages};
pub(crate) use images::count as count_pictures;
pub use images::{picture_file, thumbnail};
pub use memory::{Given, Picture, Value};
pub(crate) use narrow::narrow;
pub use notes::Notes;
pub use pixel::{PixelRange, Stretch};
use quarantine::Account;
pub(crate) use quarantine::Batch;
use stored::Stored;

/// How to read an input.
#[derive(Clone, Debug, PartialEq)]
pub struct Options {
    /// The kind of data; `None`: detected from the path and the content.
    pub kind: Option<Kind>,
    /// Height and width to which pictures are resized, in pixels: a multiple of 8 in 8..=256.
    pub image_size: usize,
    /// Height and width of the pictures that an encoder is given, in pixels, 8 to 1024, in place of `image_size`; a
    /// [`Data`](crate::Data) still keeps them at `image_size`.
    pub wide: Option<usize>,
    /// Channels of pictures, 1 or 3. `None` (when fitting): as the data has them, see [`settle_channels`].
    pub channels: Option<usize>,
    /// How pictures of more than 8 bits a channel become pixels.
    pub stretch: Stretch,
    /// The column that identifies rows; `None`: the row or line number from 0.
    pub id: Option<String>,
    /// Columns to leave out.
    pub ignore: Vec<String>,
    /// The column of true labels, kept apart from the items.
    pub label: Option<String>,
    /// The column of text that makes a table a pile of documents.
    pub text: Option<String>,
    /// Whether the first row of a table holds names; `None`: detected.
    pub header: Option<bool>,
    /// Between the fields of a delimited file, an ASCII character; a blank stands for any run of blanks. `None`: detected.
    pub delimiter: Option<u8>,
    /// The encoding of files of text, by a name of the WHATWG Encoding Standard; `None`: detected.
    pub encoding: Option<String>,
    /// The name of a workbook's sheet, or its number from 1; `None`: the first with a table, unless a later one
    /// has more than ten times its rows. For an XML file, the name or the path of the elements that are rows; `None`: those
    /// with the most values.
    pub sheet: Option<String>,
    /// Whether rows at the end of a table that hold totals or a remark are kept; otherwise they are left out, with a note.
    pub keep_footer: bool,
    /// What a model knows of the tables that it scores.
    pub known: Known,
    /// Largest share of unreadable items accepted, in \[0, 1\].
    pub max_bad_fraction: f64,
    /// Items a chunk, at least 1; pictures come in chunks of at most 512.
    pub chunk: usize,
    /// The folder of the known data sets; `None`: see [`data_dir`](crate::dataset::data_dir).
    pub data_dir: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            kind: None,
            image_size: 32,
            wide: None,
            channels: None,
            stretch: Stretch::Data,
            id: None,
            ignore: Vec::new(),
            label: None,
            text: None,
            header: None,
            delimiter: None,
            encoding: None,
            sheet: None,
            keep_footer: false,
            known: Known::default(),
            max_bad_fraction: 0.1,
            chunk: 4096,
            data_dir: None,
        }
    }
}

impl Options {
    /// Checks every setting's range.
    ///
    /// # Errors
    /// [`Error::Config`] naming the setting.
    pub fn validate(&self) -> Result<()> {
        let size = self.image_size;
        if !(8..=256).contains(&size) || !size.is_multiple_of(8) {
            return Err(Error::config("image_size", size, "must be a multiple of 8 from 8 to 256"));
        }
        if let Some(wide) = self.wide.filter(|wide| !(8..=1024).contains(wide)) {
            return Err(Error::config("wide", wide, "must be from 8 to 1024"));
        }
        if let Some(channels) = self.channels.filter(|c| ![1, 3].contains(c)) {
            return Err(Error::config("channels", channels, "must be 1 (grey) or 3 (RGB)"));
        }
        if !(0.0..=1.0).contains(&self.max_bad_fraction) {
            return Err(Error::config("max_bad_fraction", self.max_bad_fraction, "must be from 0 to 1"));
        }
        if let Some(delimiter) = self.delimiter.filter(|d| !d.is_ascii() || b"\"\r\n\0".contains(d)) {
            let problem = "must be one ASCII character, neither a quote nor the end of a line";
            return Err(Error::config("delimiter", char::from(delimiter).escape_default(), problem));
        }
        if let Some(name) = &self.encoding {
            encoding::named(name)?;
        }
        if self.chunk == 0 {
            return Err(Error::config("chunk", self.chunk, "must be at least 1"));
        }
        Ok(())
    }
}

/// A delimiter as people write it: the character itself, `tab`, or `blank` for any run of blanks; `None` for other texts.
pub fn delimiter(text: &str) -> Option<u8> {
    match (text, text.as_bytes()) {
        ("tab" | "\\t", _) => Some(b'\t'),
        ("blank" | "space", _) => Some(b' '),
        (_, &[byte]) => Some(byte),
        _ => None,
    }
}

/// A pile of data as a stream of chunks, in the order of the input. Unreadable items are left out and counted;
/// too many of them end the stream with an error.
pub struct Source {
    kind: Kind,
    path: PathBuf,
    max_bad_fraction: f64,
    batches: Option<Box<dyn Iterator<Item = Result<Batch>> + Send>>,
    account: Account,
    fingerprint: Fingerprint,
    notes: Notes,
    warnings: Vec<String>,
    range: Arc<OnceLock<PixelRange>>,
}

impl Source {
    /// A source from the reader of one format. Batches may be empty of items.
    fn new(
        kind: Kind,
        path: &Path,
        options: &Options,
        batches: impl Iterator<Item = Result<Batch>> + Send + 'static,
    ) -> Self {
        Self {
            kind,
            path: path.to_owned(),
            max_bad_fraction: options.max_bad_fraction,
            batches: Some(Box::new(batches)),
            account: Account::default(),
            fingerprint: Fingerprint::new(kind),
            notes: Notes::default(),
            warnings: Vec::new(),
            range: Arc::default(),
        }
    }

    /// The same source, whose reader puts the range of its pictures' values into `range`.
    fn ranging(self, range: &Arc<OnceLock<PixelRange>>) -> Self {
        Self { range: Arc::clone(range), ..self }
    }

    /// The same source, whose reader says in `notes` what it decides.
    fn noting(self, notes: &Notes) -> Self {
        Self { notes: notes.clone(), ..self }
    }

    /// What the chunks hold.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The first 1000 items that were left out so far, in order.
    pub fn quarantined(&self) -> &[Quarantined] {
        self.account.first()
    }

    /// How many items were left out so far.
    pub fn bad(&self) -> usize {
        self.account.bad()
    }

    /// Adds to what the user should know about the data.
    pub(crate) fn note(&self, sentences: Vec<String>) {
        sentences.into_iter().for_each(|sentence| self.notes.add(sentence));
    }

    /// What the reader decided so far and the user should know: rows skipped, names changed, files passed over.
    pub fn notes(&self) -> Vec<String> {
        self.notes.list()
    }

    /// Adds to what may have to be mended.
    pub(crate) fn warn(&mut self, sentences: Vec<String>) {
        self.warnings.extend(sentences);
    }

    /// What may be missing from the result, such as files that outweigh those that were read, and, once a model scored all of
    /// it, what that has to say about its items; see [`Model::stream`](crate::score::Model::stream).
    pub fn warnings(&self) -> Vec<String> {
        [self.notes.warnings(), self.warnings.clone()].concat()
    }

    /// The range over which the values of pictures of more than 8 bits were stretched so far; none for other data,
    /// and for pictures stretched over the whole range of their type.
    pub fn range(&self) -> Option<PixelRange> {
        self.range.get().copied()
    }

    /// SHA-256 (hex) of the identifiers and raw values read so far; the size of chunks has no part in it.
    pub fn fingerprint(&self) -> String {
        self.fingerprint.hex()
    }

    /// The next chunk that is not empty; `None` at the end.
    fn advance(&mut self) -> Result<Option<Chunk>> {
        while let Some(batch) = self.batches.as_mut().and_then(|batches| batches.next()) {
            let Batch { chunk, bad } = batch?;
            self.account.record(chunk.ids.len(), bad);
            if !chunk.ids.is_empty() {
                self.fingerprint.update(&self.path, &chunk)?;
                return Ok(Some(chunk));
            }
        }
        if self.batches.is_some() {
            self.account.verdict(&self.path, self.max_bad_fraction)?;
        }
        Ok(None)
    }
}

impl Iterator for Source {
    type Item = Result<Chunk>;

    fn next(&mut self) -> Option<Self::Item> {
        let next = self.advance().transpose();
        if !matches!(next, Some(Ok(_))) {
            self.batches = None;
        }
        next
    }
}

/// Opens an input: a folder or an archive of pictures or of documents, an IDX, npy or npz array, a table (delimited, JSON, XML, Parquet
/// or a workbook), a text file, or, written as a [`Uri`], a known data set.
///
/// # Errors
/// [`Error::Io`], [`Error::Empty`] or [`Error::Input`] when there is nothing readable at `path`,
/// [`Error::Config`] when a setting is out of range or does not go with the data.
pub fn open(path: &Path, options: &Options) -> Result<Source> {
    options.validate()?;
    let source = match Uri::of(path)? {
        Some(uri) => known::open(path, &uri, options),
        None => read(path, options),
    }?;
    let asked = [("id", &options.id), ("label", &options.label), ("text", &options.text)];
    let asked = asked.into_iter().filter_map(|(key, name)| Some((key, name.as_ref()?)));
    let mut asked = asked.chain(options.ignore.iter().map(|name| ("ignore", name)));
    if let (Kind::Images, Some((key, column))) = (source.kind, asked.next()) {
        let problem = format!("{} holds pictures, which have no columns", path.display());
        return Err(Error::config(key, column, problem));
    }
    match options.kind.filter(|&kind| kind != source.kind) {
        None => Ok(source),
        Some(kind) => {
            let hint = if kind == Kind::Text { "; say which column is the text" } else { "" };
            Err(Error::config("kind", kind, format!("{} holds {}{hint}", path.display(), source.kind)))
        }
    }
}

/// The reader for what is at `path`.
fn read(path: &Path, options: &Options) -> Result<Source> {
    let format = detect::format(path, options)?;
    let has_sheets = matches!(format, Format::Workbook | Format::Xml);
    if let Some(sheet) = options.sheet.as_ref().filter(|_| !has_sheets) {
        let problem = format!(
            "{} is no workbook; only Excel and OpenDocument files have sheets, and XML files elements to choose from",
            path.display()
        );
        return Err(Error::config("sheet", sheet, problem));
    }
    match format {
        Format::Pictures => images::open(path, options),
        Format::Documents => text::folder(path, options),
        Format::Lines => text::open(path, options),
        Format::Parts(form) => text::parts(path, form, options),
        Format::Fields(form) => fields::open(path, form, options),
        Format::Delimited => delimited::open(path, options),
        Format::Json => jsonl::open(path, options),
        Format::Xml => xml::open(path, options),
        Format::Parquet => parquet::open(path, options),
        Format::Workbook => workbook::open(path, options),
        Format::Idx => idx::open(path, options),
        Format::Npy => array::open(path, &Stored::file(path)?, options),
        Format::Npz => npz::open(path, options),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(change: impl FnOnce(&mut Options)) -> String {
        let mut options = Options::default();
        change(&mut options);
        open(Path::new("/nowhere"), &options).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn settings_out_of_range_are_refused_by_name() {
        assert!(refused(|o| o.image_size = 30).contains("`image_size` = 30"));
        assert!(refused(|o| o.image_size = 264).contains("`image_size` = 264"));
        assert!(refused(|o| o.channels = Some(2)).contains("`channels` = 2"));
        assert!(refused(|o| o.max_bad_fraction = f64::NAN).contains("`max_bad_fraction` = NaN"));
        assert!(refused(|o| o.chunk = 0).contains("`chunk` = 0"));
        assert!(refused(|o| o.delimiter = Some(b'"')).contains("`delimiter` = \\\""));
        assert!(refused(|o| o.encoding = Some("klingon".into())).contains("`encoding` = klingon"));
        assert!(refused(|_| ()).contains("cannot read /nowhere"));
    }

    #[test]
    fn delimiters_have_names() {
        let read = [";", "tab", "\\t", "\t", "blank", " ", "", "::", "é"].map(delimiter);
        let [tab, blank] = [Some(b'\t'), Some(b' ')];
        assert_eq!(read, [Some(b';'), tab, tab, tab, blank, blank, None, None, None]);
    }

    #[test]
    fn a_kind_that_is_not_there_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 7]).unwrap();
        let options = Options { kind: Some(Kind::Table), ..Options::default() };
        let message = open(file.path(), &options).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("`kind` = table") && message.contains("holds images"), "{message}");
        let options = Options { id: Some("name".into()), ..Options::default() };
        let message = open(file.path(), &options).map(|_| ()).unwrap_err().to_string();
        assert!(message.contains("`id` = name") && message.contains("have no columns"), "{message}");
    }

    #[test]
    fn a_source_ends_for_good_after_an_error() {
        let batches = [Err(Error::input("a", "broken")), Err(Error::input("a", "again"))];
        let mut source = Source::new(Kind::Table, Path::new("a"), &Options::default(), batches.into_iter());
        assert!(source.next().is_some_and(|chunk| chunk.is_err()));
        assert!(source.next().is_none());
    }
}
