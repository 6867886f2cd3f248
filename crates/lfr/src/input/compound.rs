//! A look at an .xls workbook before `calamine` reads it: that follows chains of sectors wherever they lead, and makes room for all cells
//! up to the last.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Far more sheets than people make; all are looked at.
const MOST_SHEETS: usize = 1000;
/// Columns of a sheet in this format.
const COLUMNS: u16 = 256;
/// Rows of a sheet.
const ROWS: u32 = 1 << 16;
/// The record with the extent of a sheet.
const DIMENSIONS: u16 = 0x200;
/// The record that names a sheet and says where it begins.
const SHEET: u16 = 0x85;
/// Records that begin with the row and the column of a cell.
const CELLS: [u16; 10] = [0x06, 0xbd, 0xbe, 0xd6, 0xfd, 0x201, 0x203, 0x204, 0x205, 0x27e];

/// Checks that the chains of sectors end and that all cells are within a sheet.
///
/// # Errors
/// What is wrong.
pub(super) fn check(path: &Path) -> io::Result<()> {
    let mut file = cfb::open(path)?;
    let streams = file.walk().filter(cfb::Entry::is_stream);
    let streams: Vec<PathBuf> = streams.map(|entry| entry.path().to_owned()).collect();
    for stream in streams {
        let mut bytes = Vec::new();
        file.open_stream(&stream)?.read_to_end(&mut bytes)?;
        let name = stream.file_name().unwrap_or_default();
        if name.eq_ignore_ascii_case("workbook") || name.eq_ignore_ascii_case("book") {
            check_cells(&bytes)?;
        }
    }
    Ok(())
}

/// Checks the records from the start, and from each place where a sheet is said to begin.
fn check_cells(stream: &[u8]) -> io::Result<()> {
    let mut begins = Vec::new();
    each_record(stream, &mut |kind, record| {
        if let (SHEET, &[a, b, c, d, ..]) = (kind, record) {
            begins.push(u32::from_le_bytes([a, b, c, d]) as usize);
        }
    });
    begins.sort_unstable();
    begins.dedup();
    if begins.len() > MOST_SHEETS {
        return Err(io::Error::other("it names more than 1000 sheets"));
    }
    for begin in [0].into_iter().chain(begins) {
        let mut outside = false;
        each_record(stream.get(begin..).unwrap_or_default(), &mut |kind, record| {
            outside |= is_outside(kind, record);
        });
        if outside {
            return Err(io::Error::other("a cell is outside of the 65536 rows and 256 columns of a sheet"));
        }
    }
    Ok(())
}

fn each_record(mut records: &[u8], look: &mut dyn FnMut(u16, &[u8])) {
    while let [a, b, c, d, rest @ ..] = records {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        let (record, later) = rest.split_at(usize::from(length).min(rest.len()));
        look(kind, record);
        records = later;
    }
}

fn is_outside(kind: u16, record: &[u8]) -> bool {
    let short = |place: usize| u16::from_le_bytes([record[place], record[place + 1]]);
    let long = |place: usize| u32::from(short(place)) | u32::from(short(place + 2)) << 16;
    // The first of rows and columns, and the one behind the last; in workbooks before Excel 97 rows are 2 bytes.
    let extent = |first: u32, end: u32, left: u16, right: u16| {
        end > ROWS || first > end.saturating_sub(1) || right > COLUMNS || left > right.saturating_sub(1)
    };
    match kind {
        DIMENSIONS if record.len() == 10 => extent(short(0).into(), short(2).into(), short(4), short(6)),
        DIMENSIONS if record.len() >= 12 => extent(long(0), long(4), short(8), short(10)),
        _ => CELLS.contains(&kind) && record.len() >= 4 && short(2) >= COLUMNS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(kind: u16, data: &[u8]) -> Vec<u8> {
        let length = u16::try_from(data.len()).unwrap();
        [&kind.to_le_bytes()[..], &length.to_le_bytes(), data].concat()
    }

    #[test]
    fn cells_lie_within_a_sheet() {
        let number =
            |column: u16| record(0x203, &[&[255, 255][..], &column.to_le_bytes(), &[0; 10]].concat());
        assert!(check_cells(&[number(0), number(255)].concat()).is_ok());
        assert!(check_cells(&[number(0), number(256)].concat()).is_err());
        let extent = |rows: u32, columns: u16| {
            record(
                DIMENSIONS,
                &[&[0; 4][..], &rows.to_le_bytes(), &[0; 2], &columns.to_le_bytes(), &[0; 2]].concat(),
            )
        };
        assert!(check_cells(&extent(ROWS, 256)).is_ok());
        assert!(check_cells(&extent(ROWS + 1, 256)).is_err());
        assert!(check_cells(&extent(1, 257)).is_err());
        let backwards = |first: u32| {
            record(DIMENSIONS, &[&first.to_le_bytes()[..], &7u32.to_le_bytes(), &[0, 0, 1, 0, 0, 0]].concat())
        };
        assert!(check_cells(&backwards(6)).is_ok() && check_cells(&backwards(7)).is_err());
        assert!(check_cells(&record(DIMENSIONS, &[9, 0, 7, 0, 0, 0, 1, 0, 0, 0])).is_err());
        // An empty sheet.
        assert!(check_cells(&record(DIMENSIONS, &[0; 14])).is_ok());
        // A sheet that begins within another record.
        let within = record(0x99, &number(256));
        assert!(check_cells(&within).is_ok());
        let pointed = record(SHEET, &16u32.to_le_bytes());
        assert!(check_cells(&[pointed, vec![0; 4], within].concat()).is_err());
        // Other records, and what is cut off, are the reader's to judge.
        assert!(check_cells(&[record(0x99, &[1, 2, 3, 4]), vec![3, 2, 200]].concat()).is_ok());
    }
}
