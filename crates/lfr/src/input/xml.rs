//! XML files with a table in them: elements of one kind that come again and again.

mod cells;
mod choose;
mod elements;
mod encoding;
mod kinds;
mod marks;
mod outline;
mod told;

use std::path::Path;
use std::sync::Arc;

use self::choose::Rows;
use self::elements::Elements;
use self::marks::Marks;
use self::outline::Outline;
use super::{Notes, Options, Source, keyed, stream, unpack};
use crate::error::{Error, Result};

/// Endings of files of XML.
pub(super) const ENDINGS: &[&str] = &["xml", "gpx", "tcx", "kml", "rss", "atom"];

/// Whether a file whose text begins with `start` is XML, by its declaration or its ending.
pub(super) fn begins(start: &[u8], extension: &str) -> bool {
    let start = start.trim_ascii_start();
    start.starts_with(b"<?xml") || (start.starts_with(b"<") && ENDINGS.contains(&extension))
}

/// The elements of a file, plain or packed, that come several times in one element and have the most values, numbered from
/// 0. Attributes and the texts of elements within become columns named by their path (`a.b`), without the prefixes of
/// namespaces; of elements of one name in one element, the second is `a.1`. The file is read once more to find the
/// elements, and once for the columns. The option that names a sheet chooses other elements. Only the references that XML itself knows are replaced.
///
/// # Errors
/// [`Error::Config`] where no element has the name asked for, [`Error::Input`] for a file without such elements or a text with elements in it, and for damaged XML.
pub(super) fn open(path: &Path, options: &Options) -> Result<Source> {
    let notes = Notes::default();
    let encoding = options.encoding.clone().map_or_else(|| encoding::of(path), |asked| Ok(Some(asked)))?;
    let marks =
        || -> Result<Marks> { Ok(Marks::new(path, stream::open(path, encoding.as_deref(), &notes)?)) };
    let mut first = marks()?;
    let outline = Outline::read(path, &mut first)?;
    let (known, asked) = (&options.known.columns, options.sheet.as_deref());
    let rows = Rows::find(outline, known, asked).map_err(|problem| Error::input(path, problem))?.ok_or_else(
        || {
            let problem = format!("no element of {} has that name or path", path.display());
            Error::config("sheet", asked.unwrap_or_default(), problem)
        },
    )?;
    if let Some(name) = unpack::chosen(path)? {
        notes.add(format!("`{name}` in the archive is read"));
    }
    rows.told().into_iter().for_each(|sentence| notes.add(sentence));
    if first.unknown > 0 {
        notes.add(format!(
            "references that XML does not know, such as &nbsp;, are kept as written: {}",
            first.unknown
        ));
    }
    let rows = Arc::new(rows);
    keyed::source(path, options, &notes, &[], || Ok(Elements::new(marks()?, Arc::clone(&rows))))
}

#[cfg(test)]
mod tests;
