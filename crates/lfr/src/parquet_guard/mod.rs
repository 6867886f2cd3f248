//! What the Parquet reader takes on trust and a small file can lie about: the list of columns, over whose depth it
//! recurses, and the sizes of pages, for which it sets memory aside.
//!
//! The footer and the head of every page are read here first, in the compact protocol of Thrift, without keeping more
//! of them than a few numbers a column.

mod compact;

use std::fs::File;
use std::io::{BufReader, Read, Seek, SeekFrom};

use compact::{Compact, LIST, STRUCT};

/// Deepest nesting of columns.
const MAX_DEPTH: usize = 64;

/// Most columns, groups of columns among them.
const MAX_COLUMNS: usize = 1_000_000;

/// Largest page, in bytes as unpacked; writers make pages of a megabyte.
const MAX_PAGE: i64 = 128 << 20;

/// What a checked file may be trusted with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Checked {
    /// Rows that the footer declares.
    pub rows: u64,
    /// Bytes of the largest dictionary, as unpacked: a single value may take as many.
    pub dictionary: usize,
}

/// Where the pages of a column lie.
#[derive(Default)]
struct Chunk {
    data: i64,
    dictionary: Option<i64>,
    length: i64,
}

/// Checks `file` before a reader opens it.
///
/// # Errors
/// A sentence that says what is wrong.
pub(crate) fn check(file: &mut File) -> Result<Checked, String> {
    let damaged = |e: std::io::Error| format!("cannot be read as Parquet: {e}");
    let size = file.metadata().map_err(damaged)?.len();
    if size < 12 {
        return Err("too short to be Parquet".into());
    }
    let mut tail = [0; 8];
    file.seek(SeekFrom::Start(size - 8)).map_err(damaged)?;
    file.read_exact(&mut tail).map_err(damaged)?;
    let [a, b, c, d, magic @ ..] = tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if magic != *b"PAR1" || length > size - 12 {
        return Err("not Parquet, or its end is missing".into());
    }
    file.seek(SeekFrom::Start(size - 8 - length)).map_err(damaged)?;
    let (rows, chunks) = footer(&mut Compact::new(BufReader::new((&*file).take(length))))?;
    let mut checked = Checked { rows, dictionary: 0 };
    for chunk in &chunks {
        checked.dictionary = checked.dictionary.max(pages(file, size - 8 - length, chunk)?);
    }
    file.rewind().map_err(damaged)?;
    Ok(checked)
}

/// The rows that are declared and the columns' places.
fn footer<R: Read>(footer: &mut Compact<R>) -> Result<(u64, Vec<Chunk>), String> {
    let (mut children, mut rows, mut chunks) = (Vec::new(), 0, Vec::new());
    footer.structure(&mut |footer, id, kind| {
        match (id, kind) {
            (2, LIST) => footer.list(STRUCT, &mut |footer| {
                let mut count = 0;
                footer.structure(&mut |footer, id, _| {
                    if id == 5 {
                        count = footer.int()?;
                    }
                    Ok(id == 5)
                })?;
                children.push(count);
                if children.len() > MAX_COLUMNS {
                    Err(format!("more than {MAX_COLUMNS} columns"))
                } else {
                    Ok(())
                }
            })?,
            (3, _) => rows = footer.int()?,
            (4, LIST) => footer.list(STRUCT, &mut |footer| row_group(footer, &mut chunks))?,
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    schema(&children)?;
    let rows = u64::try_from(rows).map_err(|_| "its footer declares fewer than no rows")?;
    Ok((rows, chunks))
}

fn row_group<R: Read>(footer: &mut Compact<R>, chunks: &mut Vec<Chunk>) -> Result<(), String> {
    footer.structure(&mut |footer, id, kind| {
        if (id, kind) != (1, LIST) {
            return Ok(false);
        }
        footer.list(STRUCT, &mut |footer| {
            footer.structure(&mut |footer, id, kind| {
                let is_metadata = (id, kind) == (3, STRUCT);
                if is_metadata {
                    chunks.push(chunk(footer)?);
                }
                Ok(is_metadata)
            })
        })?;
        Ok(true)
    })
}

fn chunk<R: Read>(footer: &mut Compact<R>) -> Result<Chunk, String> {
    let mut chunk = Chunk::default();
    footer.structure(&mut |footer, id, _| {
        match id {
            7 => chunk.length = footer.int()?,
            9 => chunk.data = footer.int()?,
            11 => chunk.dictionary = Some(footer.int()?),
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(chunk)
}

/// Checks the tree of columns, given how many each one, in the order of a walk from the root, has below it.
fn schema(children: &[i64]) -> Result<(), String> {
    let mut open: Vec<i64> = Vec::new();
    for (i, &count) in children.iter().enumerate() {
        match open.last_mut() {
            Some(left) => *left -= 1,
            None if i > 0 => return Err("its footer lists columns that belong nowhere".into()),
            None => {}
        }
        if count > 0 {
            open.push(count);
        }
        if open.len() > MAX_DEPTH {
            return Err(format!("its columns are nested more than {MAX_DEPTH} deep"));
        }
        while open.last() == Some(&0) {
            open.pop();
        }
    }
    if open.is_empty() { Ok(()) } else { Err("its footer declares more columns than it lists".into()) }
}

/// Checks the heads of the pages of a column, all of them before `end`, and gives the bytes of its dictionary.
fn pages(file: &File, end: u64, chunk: &Chunk) -> Result<usize, String> {
    let start = chunk.dictionary.filter(|&place| place > 0).map_or(chunk.data, |place| place.min(chunk.data));
    let (Ok(start), Ok(length)) = (u64::try_from(start), u64::try_from(chunk.length)) else {
        return Err("its footer puts a column before the beginning".into());
    };
    let stop = start
        .checked_add(length)
        .filter(|&stop| stop <= end)
        .ok_or("its footer puts a column beyond the end")?;
    let (mut at, mut dictionary) = (start, 0);
    while at < stop {
        let mut file = file;
        file.seek(SeekFrom::Start(at)).map_err(|e| e.to_string())?;
        let mut head = Compact::new(BufReader::with_capacity(512, file.take(stop - at)));
        let page = page(&mut head)?;
        if page.values < 0 || !(0..=MAX_PAGE).contains(&page.unpacked) || page.packed < 0 {
            return Err(format!("a page of {} bytes, the limit is {MAX_PAGE}", page.unpacked));
        }
        if page.is_dictionary {
            // The shortest values of a dictionary take two bytes.
            if page.values > page.unpacked / 2 {
                return Err(format!("a dictionary of {} values in {} bytes", page.values, page.unpacked));
            }
            dictionary = dictionary.max(page.unpacked as usize);
        }
        at = (at + head.read).saturating_add(page.packed as u64);
    }
    Ok(dictionary)
}

/// The head of a page.
#[derive(Default)]
struct Page {
    unpacked: i64,
    packed: i64,
    values: i64,
    is_dictionary: bool,
}

fn page<R: Read>(head: &mut Compact<R>) -> Result<Page, String> {
    let mut page = Page::default();
    head.structure(&mut |head, id, kind| {
        match (id, kind) {
            (2, _) => page.unpacked = head.int()?,
            (3, _) => page.packed = head.int()?,
            (7, STRUCT) => {
                page.is_dictionary = true;
                head.structure(&mut |head, id, _| {
                    if id == 1 {
                        page.values = head.int()?;
                    }
                    Ok(id == 1)
                })?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    })?;
    Ok(page)
}

#[cfg(test)]
mod tests;
