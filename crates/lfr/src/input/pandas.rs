//! Tables as `DataFrame.to_json` of pandas writes them, where they are no records: by columns, by rows, split, as values.

mod lists;
mod objects;
mod table;
#[cfg(test)]
mod tests;

use std::io::{BufRead, Read};
use std::path::Path;

use serde_json::Value;

use self::table::Table;
use super::expected::Known;
use super::records::{self, End};
use super::tree::{Node, Tree};
use super::{Notes, Options, encoding, object, stream};
use crate::error::{Error, Result};

/// Largest file of this sort, in bytes.
const MAX_FILE: u64 = 256 << 20;

/// Largest schema of a table, in bytes.
const MAX_SCHEMA: usize = 1 << 20;

/// What a file of JSON holds.
pub(super) enum Layout {
    /// Records, with the names of the columns that identify them.
    Records(Vec<String>),
    /// A table laid out otherwise.
    Table(Table),
}

/// Looks at a file: an array of arrays and an object of objects are tables, and so is one of pandas' `split` and `table`.
///
/// # Errors
/// [`Error::Io`] and [`Error::Input`] when it cannot be read or could mean several things.
pub(super) fn find(path: &Path, options: &Options, notes: &Notes) -> Result<Layout> {
    let failed = |e| stream::broken(path, &e);
    let open = || stream::open(path, options.encoding.as_deref(), notes);
    let mut text = open()?;
    let whole = match records::peek(&mut text).map_err(failed)? {
        Some(b'[') => {
            text.consume(1);
            matches!(records::peek(&mut text).map_err(failed)?, Some(b'[' | b'"'))
        }
        Some(b'{') if !records::has_lines(&mut text).map_err(failed)? => {
            let mut text = open()?;
            if let Some(index) = primary_key(&mut text).map_err(failed)? {
                return Ok(Layout::Records(index));
            }
            records::enter(&mut open()?).map_err(failed)?.is_none()
        }
        _ => false,
    };
    if !whole {
        return Ok(Layout::Records(Vec::new()));
    }
    let mut bytes = Vec::new();
    open()?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MAX_FILE {
        let what = "the size of a JSON file that is no list of records, in bytes";
        return Err(Error::TooLarge {
            path: path.to_owned(),
            what,
            size: bytes.len() as u64,
            limit: MAX_FILE,
        });
    }
    let (text, foreign) = encoding::text(&bytes);
    encoding::say(notes, usize::from(foreign), "record");
    let text = object::sound(&text);
    let table =
        Tree::parse(&text).map_or(Ok(None), |tree| table(&tree, &options.known, options.header, notes));
    match table.map_err(|problem| Error::input(path, problem))? {
        Some(table) => Ok(Layout::Table(table)),
        None => Ok(Layout::Records(Vec::new())),
    }
}

/// The names of the index of a table that begins with its schema, as `orient="table"` writes it.
fn primary_key(text: &mut stream::Text) -> std::io::Result<Option<Vec<String>>> {
    records::peek(text)?;
    text.consume(1);
    let (mut key, mut schema) = (Vec::new(), Vec::new());
    if records::peek(text)? != Some(b'"') || records::value(text, Some(&mut key))? != End::Sound {
        return Ok(None);
    }
    if key != b"\"schema\"" || records::peek(text)? != Some(b':') {
        return Ok(None);
    }
    text.consume(1);
    records::peek(text)?;
    if records::value(text, Some(&mut schema))? != End::Sound || schema.len() > MAX_SCHEMA {
        return Ok(None);
    }
    let schema: Option<Value> = serde_json::from_slice(&schema).ok();
    let names = schema.as_ref().and_then(|schema| schema.get("primaryKey")?.as_array());
    Ok(names.map(|names| names.iter().filter_map(|name| Some(name.as_str()?.to_owned())).collect()))
}

/// The table that a tree is; `None` for anything else.
///
/// # Errors
/// That it could be read in two ways.
fn table(
    tree: &Node<'_>,
    known: &Known,
    header: Option<bool>,
    notes: &Notes,
) -> std::result::Result<Option<Table>, String> {
    match tree {
        Node::List(rows) => Ok(lists::texts(rows, notes).or_else(|| lists::values(rows, known, header))),
        Node::Map(members) => match lists::split(members).or_else(|| lists::columns(members, known, notes)) {
            Some(table) => Ok(Some(table)),
            None => match objects::crossed(members, known, notes)? {
                None => Ok(objects::keyed(members, known, notes)),
                table => Ok(table),
            },
        },
        _ => Ok(None),
    }
}
