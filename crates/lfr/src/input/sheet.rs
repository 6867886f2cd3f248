//! The cells of a workbook's sheet.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::{Path, PathBuf};

use calamine::{Data, Reader, SheetType, SheetVisible, Sheets};
use zip::ZipArchive;

use super::compound;
use super::unpack::{self, Packing};
use crate::error::{Error, Result};
use crate::panics::caught;

/// Largest workbook, in bytes.
const MAX_FILE: u64 = 256 << 20;
/// Most bytes that its parts unpack to.
const MAX_UNPACKED: u64 = 1 << 30;
/// Most cells of a sheet, empty ones among them included.
const MAX_CELLS: usize = 20_000_000;
/// Most bytes of all texts of a sheet.
const MAX_TEXT: usize = 512 << 20;

/// The cells of a sheet from the first row and column with content to the last; all rows are `width` long.
#[derive(Debug, Default)]
pub(super) struct Grid {
    pub rows: Vec<Vec<Data>>,
    pub width: usize,
    /// Columns with formulas whose results are not in the file, and how many.
    pub unset: Vec<(usize, usize)>,
}

/// A workbook.
pub(super) struct Book {
    path: PathBuf,
    sheets: Sheets<BufReader<File>>,
}

impl Book {
    /// Opens a workbook of any format.
    ///
    /// # Errors
    /// [`Error::Io`], [`Error::TooLarge`] for more than fits in memory, [`Error::Input`] when it is damaged.
    pub fn open(path: &Path) -> Result<Self> {
        let size = path.metadata().map_err(|e| Error::io("read", path, e))?.len();
        limit(path, "the size of the workbook in bytes", size, MAX_FILE)?;
        let is_zip = unpack::packing(&unpack::head(path)?) == Some(Packing::Zip);
        match is_zip {
            true => check_parts(path)?,
            false => compound::check(path).map_err(|e| damaged(path, &e.to_string()))?,
        }
        let sheets =
            caught(|| calamine_open(path, is_zip)).unwrap_or_else(|| Err("it contradicts itself".into()));
        Ok(Self { path: path.to_owned(), sheets: sheets.map_err(|problem| damaged(path, &problem))? })
    }

    /// The names of the sheets, or of the visible ones.
    pub fn names(&self, visible: bool) -> Vec<String> {
        let sheets = self.sheets.sheets_metadata().iter();
        let sheets = sheets.filter(|sheet| sheet.typ == SheetType::WorkSheet);
        let sheets = sheets.filter(|sheet| !visible || sheet.visible == SheetVisible::Visible);
        sheets.map(|sheet| sheet.name.clone()).collect()
    }

    /// The cells of the sheet called `name`.
    ///
    /// # Errors
    /// [`Error::TooLarge`], [`Error::Input`] when it is damaged.
    pub fn read(&mut self, name: &str) -> Result<Grid> {
        let mut cells = Cells::default();
        let read = caught(|| cells.take(&mut self.sheets, name));
        read.unwrap_or_else(|| Err("it contradicts itself".into()))
            .map_err(|problem| damaged(&self.path, &format!("sheet `{name}`: {problem}")))?;
        cells.grid(&self.path)
    }
}

/// By content, not by the ending of the name.
fn calamine_open(path: &Path, is_zip: bool) -> Result<Sheets<BufReader<File>>, String> {
    let text = |e: &dyn std::fmt::Display| e.to_string();
    if !is_zip {
        return calamine::open_workbook(path).map(Sheets::Xls).map_err(|e: calamine::XlsError| text(&e));
    }
    let parts = unpack::listing(path).map_err(|e| e.to_string())?;
    let has = |part: &str| parts.iter().any(|(_, name)| name.eq_ignore_ascii_case(part));
    if has("xl/workbook.bin") {
        calamine::open_workbook(path).map(Sheets::Xlsb).map_err(|e: calamine::XlsbError| text(&e))
    } else if has("content.xml") {
        calamine::open_workbook(path).map(Sheets::Ods).map_err(|e: calamine::OdsError| text(&e))
    } else {
        calamine::open_workbook(path).map(Sheets::Xlsx).map_err(|e: calamine::XlsxError| text(&e))
    }
}

fn damaged(path: &Path, problem: &str) -> Error {
    Error::input(path, format!("not a readable workbook: {problem}"))
}

fn limit(path: &Path, what: &'static str, size: u64, limit: u64) -> Result<()> {
    if size > limit {
        return Err(Error::TooLarge { path: path.to_owned(), what, size, limit });
    }
    Ok(())
}

/// Unpacks all parts once, so that none is a bomb, and counts the cells that OpenDocument repeats.
fn check_parts(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(|e| Error::io("read", path, e))?;
    let mut zip = ZipArchive::new(BufReader::new(file)).map_err(|e| damaged(path, &e.to_string()))?;
    let mut left = MAX_UNPACKED;
    for index in 0..zip.len() {
        let part = zip.by_index(index).map_err(|e| damaged(path, &e.to_string()))?;
        let is_content = part.name().is_ok_and(|name| name == "content.xml");
        let mut part = part.take(left + 1);
        let read = if is_content {
            let mut xml = Vec::new();
            part.read_to_end(&mut xml).map(|read| {
                let cells = repeated_cells(&xml) as u64;
                (read as u64, limit(path, "the number of cells", cells, MAX_CELLS as u64))
            })
        } else {
            io::copy(&mut part, &mut io::sink()).map(|read| (read, Ok(())))
        };
        let (read, sound) = read.map_err(|e| damaged(path, &e.to_string()))?;
        sound?;
        limit(path, "the size of the unpacked workbook in bytes", read + MAX_UNPACKED - left, MAX_UNPACKED)?;
        left -= read;
    }
    Ok(())
}

/// How many cells the rows of OpenDocument XML spell out, repeated ones included, up to the last with a value.
fn repeated_cells(xml: &[u8]) -> usize {
    let (mut count, mut empty): (usize, usize) = (0, 0);
    for tag in xml.split(|&byte| byte == b'<') {
        let tag = &tag[..tag.iter().position(|&byte| byte == b'>').unwrap_or(tag.len())];
        if tag.starts_with(b"table:table-row") {
            empty = 0;
        } else if tag.starts_with(b"table:table-cell") || tag.starts_with(b"table:covered-table-cell") {
            let tag = String::from_utf8_lossy(tag);
            let repeats = tag.split("number-columns-repeated=").nth(1).unwrap_or_default();
            let digits = repeats.trim_start_matches(['"', '\'']).split(|c: char| !c.is_ascii_digit()).next();
            let repeats = digits.and_then(|digits| digits.parse::<usize>().ok()).unwrap_or(1).min(1 << 14);
            empty = empty.saturating_add(repeats);
            if tag.contains("value") || tag.contains("formula") {
                count = count.saturating_add(std::mem::take(&mut empty));
            }
        }
    }
    count
}

/// The cells of a sheet that hold something.
#[derive(Default)]
struct Cells {
    cells: Vec<(u32, u32, Data)>,
    text: usize,
    /// Formulas without results by column. Only programs that write .xlsx files leave them out.
    unset: BTreeMap<u32, usize>,
}

impl Cells {
    fn take(&mut self, sheets: &mut Sheets<BufReader<File>>, name: &str) -> Result<(), String> {
        let text = |e: &dyn std::fmt::Display| e.to_string();
        match sheets {
            Sheets::Xlsx(book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(|e| text(&e))?;
                while let Some(cell) = cells.next_cell_with_formula_metadata().map_err(|e| text(&e))? {
                    let (row, column) = cell.pos;
                    let value = Data::from(cell.value);
                    if cell.formula.is_some() && value == Data::Empty {
                        *self.unset.entry(column).or_default() += 1;
                    }
                    self.push(row, column, value)?;
                }
            }
            Sheets::Xlsb(book) => {
                let mut cells = book.worksheet_cells_reader(name).map_err(|e| text(&e))?;
                while let Some(cell) = cells.next_cell().map_err(|e| text(&e))? {
                    let (row, column) = cell.get_position();
                    self.push(row, column, cell.get_value().clone().into())?;
                }
            }
            other => {
                let range = other.worksheet_range(name).map_err(|e| text(&e))?;
                for (row, column, cell) in range.used_cells() {
                    self.push(row as u32, column as u32, cell.clone())?;
                }
            }
        }
        Ok(())
    }

    fn push(&mut self, row: u32, column: u32, cell: Data) -> Result<(), String> {
        match &cell {
            Data::Empty => return Ok(()),
            Data::String(text) if text.trim().is_empty() => return Ok(()),
            Data::String(text) => self.text += text.len(),
            _ => {}
        }
        if self.cells.len() == MAX_CELLS || self.text > MAX_TEXT {
            return Err(format!("it holds more than {MAX_CELLS} cells or {} MiB of text", MAX_TEXT >> 20));
        }
        self.cells.push((row, column, cell));
        Ok(())
    }

    fn grid(self, path: &Path) -> Result<Grid> {
        let rows = self.cells.iter().map(|&(row, ..)| row);
        let columns = self.cells.iter().map(|&(_, column, _)| column);
        let (Some(top), Some(bottom)) = (rows.clone().min(), rows.max()) else { return Ok(Grid::default()) };
        let (left, right) = (columns.clone().min().unwrap_or(0), columns.max().unwrap_or(0));
        let (height, width) = ((bottom - top) as usize + 1, (right - left) as usize + 1);
        limit(path, "the number of cells", height as u64 * width as u64, MAX_CELLS as u64)?;
        let mut grid = vec![vec![Data::Empty; width]; height];
        for (row, column, cell) in self.cells {
            grid[(row - top) as usize][(column - left) as usize] = cell;
        }
        let unset = self.unset.into_iter().filter_map(|(column, count)| {
            Some((column.checked_sub(left)? as usize, count)).filter(|&(column, _)| column < width)
        });
        Ok(Grid { rows: grid, width, unset: unset.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_that_are_repeated_count() {
        let row = |cells: &str| format!("<table:table-row>{cells}</table:table-row>");
        let empty = "<table:table-cell table:number-columns-repeated=\"16000\"/>";
        let full = "<table:table-cell table:number-columns-repeated=\"10\" office:value-type=\"float\"/>";
        assert_eq!(repeated_cells(row(empty).as_bytes()), 0);
        assert_eq!(repeated_cells(row(&format!("{full}{empty}")).repeat(3).as_bytes()), 30);
        assert_eq!(repeated_cells(row(&format!("{empty}{full}")).repeat(2).as_bytes()), 32_020);
    }

    #[test]
    fn cells_far_apart_are_refused() {
        let mut cells = Cells::default();
        cells.push(0, 0, Data::Int(1)).unwrap();
        cells.push(1_048_575, 16_383, Data::Int(1)).unwrap();
        let message = cells.grid(Path::new("a.xlsx")).unwrap_err().to_string();
        assert!(message.contains("the number of cells is 17179869184"), "{message}");
    }
}
