//! A look at what a Parquet file says about itself before a reader allocates and recurses by it.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use parquet::arrow::ProjectionMask;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::delta;
use super::thrift::{STRUCT, Thrift};
use crate::panics::caught;

/// Deepest nesting of columns.
const MAX_DEPTH: usize = 32;
/// Pages of this many bytes are taken for sound, larger ones when they unpack to at most [`MAX_RATIO`] times as many.
const FREE: i64 = 64 << 20;
/// Deflate never shrinks more than 1032 times.
const MAX_RATIO: i64 = 1032;
/// Bytes read at a time to find the header of a page; headers with long statistics take several.
const HEADER: u64 = 1 << 10;

const CUT: &str = "not a readable Parquet file (cut short?)";

/// Checks the footer of a file: its length, and that the tree of columns is sound and not too deep.
///
/// # Errors
/// What is wrong.
pub(crate) fn check(file: &mut File) -> Result<(), String> {
    let footer = read_footer(file).map_err(|e| format!("{CUT}: {e}"))?;
    let counts = children(&footer).ok_or_else(|| format!("{CUT}: its footer is damaged"))?;
    // Children still to come, of every column that encloses the next one.
    let mut open: Vec<i64> = vec![1];
    for &count in &counts {
        while open.last() == Some(&0) {
            open.pop();
        }
        match open.last_mut() {
            Some(left) if count >= 0 => *left -= 1,
            _ => return Err(format!("{CUT}: its columns contradict each other")),
        }
        if count > 0 {
            open.push(count);
        }
        if open.len() > MAX_DEPTH + 1 {
            return Err(format!("its columns are nested deeper than {MAX_DEPTH} levels"));
        }
    }
    match open.iter().all(|&left| left == 0) {
        true => Ok(()),
        false => Err(format!("{CUT}: it declares more columns than it describes")),
    }
}

fn read_footer(file: &mut File) -> io::Result<Vec<u8>> {
    let bad = |problem| Err(io::Error::new(io::ErrorKind::InvalidData, problem));
    let size = file.metadata()?.len();
    let mut tail = [0; 8];
    if size < 12 {
        return bad("it is too short");
    }
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut tail)?;
    let [a, b, c, d, magic @ ..] = tail;
    let length = u64::from(u32::from_le_bytes([a, b, c, d]));
    if &magic != b"PAR1" {
        return bad("its end is missing, or it is encrypted");
    }
    if length > size - 12 {
        return bad("its footer is longer than the file");
    }
    file.seek(SeekFrom::Start(size - 8 - length))?;
    let mut footer = Vec::new();
    file.take(length).read_to_end(&mut footer)?;
    Ok(footer)
}

/// The number of children of every column of the schema, depth first, once all of the footer makes sense.
fn children(footer: &[u8]) -> Option<Vec<i64>> {
    let mut counts = Vec::new();
    Thrift::new(footer).fields(|id, _, thrift| {
        if id != 2 {
            return Some(false);
        }
        let (kind, count) = thrift.list()?;
        for _ in 0..count {
            if kind != STRUCT {
                return None;
            }
            let mut children = 0;
            thrift.fields(|id, _, thrift| {
                if id == 5 {
                    children = thrift.integer()?;
                }
                Some(id == 5)
            })?;
            counts.push(children);
        }
        Some(true)
    })?;
    Some(counts)
}

/// What the headers of the pages tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pages {
    /// Bytes of the largest dictionaries of texts (or pages of texts that repeat parts of earlier ones), one a column.
    pub repeated: u64,
}

/// Checks the headers of all pages of the columns in `mask`: that they lie within their column, unpack to a sensible
/// size, and hold as many values as the footer declares.
///
/// # Errors
/// What is wrong.
pub(crate) fn check_pages(
    file: &mut File,
    about: &ParquetMetaData,
    mask: &ProjectionMask,
) -> Result<Pages, String> {
    let size = file.metadata().map_err(|e| e.to_string())?.len();
    let declared: i64 = about.row_groups().iter().map(|group| group.num_rows()).sum();
    if declared != about.file_metadata().num_rows() {
        let rows = about.file_metadata().num_rows();
        return Err(format!("its footer declares {rows} rows, its row groups {declared}"));
    }
    let mut repeated = vec![0; about.file_metadata().schema_descr().num_columns()];
    let mut deltas = Vec::new();
    for (number, group) in about.row_groups().iter().enumerate() {
        let columns = group.columns().iter().zip(&mut repeated).enumerate();
        for (leaf, (column, largest)) in columns.filter(|(leaf, _)| mask.leaf_included(*leaf)) {
            let found = check_column(file, column, size).map_err(|problem| {
                format!("column {} of row group {number}: {problem}", column.column_path())
            })?;
            let flat = column.column_descr().max_rep_level() == 0;
            let expected = if flat { group.num_rows() } else { column.num_values() };
            if found.values != expected {
                return Err(format!(
                    "column {} of row group {number} holds {} values, the footer declares {expected}",
                    column.column_path(),
                    found.values
                ));
            }
            *largest = found.repeated.max(*largest);
            if found.delta {
                deltas.push((number, leaf));
            }
        }
    }
    if !deltas.is_empty() {
        check_deltas(file, &deltas)?;
    }
    Ok(Pages { repeated: repeated.iter().sum() })
}

/// Checks the delta-encoded columns `deltas`, by row group and place.
fn check_deltas(file: &File, deltas: &[(usize, usize)]) -> Result<(), String> {
    let file = file.try_clone().map_err(|e| e.to_string())?;
    let check = || -> Result<(), String> {
        let reader = SerializedFileReader::new(file).map_err(|e| e.to_string())?;
        for &(group, leaf) in deltas {
            let group = reader.get_row_group(group).map_err(|e| e.to_string())?;
            delta::check(group.as_ref(), leaf)?;
        }
        Ok(())
    };
    caught(check).unwrap_or_else(|| Err("its pages contradict themselves".into()))
}

/// What the pages of a column hold.
#[derive(Default)]
struct Column {
    values: i64,
    /// Bytes of a dictionary of texts, or of the largest page of texts that repeat parts of earlier ones.
    repeated: u64,
    /// Whether a page is delta-encoded.
    delta: bool,
}

fn check_column(file: &mut File, column: &ColumnChunkMetaData, size: u64) -> Result<Column, String> {
    let starts = [Some(column.data_page_offset()), column.dictionary_page_offset().filter(|&at| at > 0)];
    let start = starts.into_iter().flatten().min().unwrap_or(0);
    let (start, length) = match (u64::try_from(start), u64::try_from(column.compressed_size())) {
        (Ok(start), Ok(length)) if start.checked_add(length).is_some_and(|end| end <= size) => {
            (start, length)
        }
        _ => return Err("it lies outside of the file".into()),
    };
    let is_text = column.column_type() == parquet::basic::Type::BYTE_ARRAY;
    let (mut at, end, mut found) = (start, start + length, Column::default());
    while at < end && found.values < column.num_values() {
        let page = Page::read(file, at, end).ok_or("the header of a page is damaged")?;
        let fits = page.packed >= 0 && at + page.header + page.packed as u64 <= end;
        if !fits || page.values < 0 || page.unpacked < 0 {
            return Err("a page is longer than its column".into());
        }
        if page.unpacked > FREE.max(page.packed.saturating_mul(MAX_RATIO)) {
            return Err(format!("a page of {} bytes claims to unpack to {}", page.packed, page.unpacked));
        }
        match page.kind {
            2 if page.values > page.unpacked => return Err("a dictionary has more values than bytes".into()),
            2 if is_text => found.repeated = page.unpacked as u64,
            0 | 3 => {
                found.values += page.values;
                found.delta |= (5..=7).contains(&page.encoding);
                if page.encoding == 7 {
                    found.repeated = found.repeated.max(page.unpacked as u64);
                }
            }
            _ => {}
        }
        at += page.header + page.packed as u64;
    }
    Ok(found)
}

/// The header of a page.
#[derive(Debug, Default)]
struct Page {
    /// 0 and 3: data, 2: a dictionary.
    kind: i64,
    unpacked: i64,
    packed: i64,
    values: i64,
    /// Of its values; 5, 6 and 7: as differences.
    encoding: i64,
    /// Bytes of the header itself.
    header: u64,
}

impl Page {
    fn read(file: &mut File, at: u64, end: u64) -> Option<Self> {
        let mut bytes = Vec::new();
        let mut most = HEADER;
        file.seek(SeekFrom::Start(at)).ok()?;
        loop {
            let rest = most.min(end - at) - bytes.len() as u64;
            file.by_ref().take(rest).read_to_end(&mut bytes).ok()?;
            if let Some(page) = Self::parse(&bytes) {
                return Some(page);
            }
            if rest == 0 || most > (16 << 20) {
                return None;
            }
            most *= 8;
        }
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let (mut page, mut thrift) = (Self::default(), Thrift::new(bytes));
        thrift.fields(|id, _, thrift| {
            match id {
                1 => page.kind = thrift.integer()?,
                2 => page.unpacked = thrift.integer()?,
                3 => page.packed = thrift.integer()?,
                5 | 7 | 8 => {
                    let encoding = if id == 8 { 4 } else { 2 };
                    thrift.fields(|id, _, thrift| {
                        match id {
                            1 => page.values = thrift.integer()?,
                            _ if id == encoding => page.encoding = thrift.integer()?,
                            _ => return Some(false),
                        }
                        Some(true)
                    })?;
                }
                _ => return Some(false),
            }
            Some(true)
        })?;
        page.header = thrift.position() as u64;
        Some(page)
    }
}
