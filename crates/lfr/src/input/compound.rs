//! A look at an .xls workbook before `calamine` reads it: that follows chains of sectors wherever they lead, and makes room for all cells
//! up to the last.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Columns of a sheet in this format.
const COLUMNS: u16 = 256;
/// Rows of a sheet.
const ROWS: u32 = 1 << 16;
/// The record with the extent of a sheet.
const DIMENSIONS: u16 = 0x200;
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

fn check_cells(mut records: &[u8]) -> io::Result<()> {
    while let [a, b, c, d, rest @ ..] = records {
        let (kind, length) = (u16::from_le_bytes([*a, *b]), u16::from_le_bytes([*c, *d]));
        let (record, later) = rest.split_at(usize::from(length).min(rest.len()));
        let outside = match (kind, record) {
            (DIMENSIONS, [_, _, _, _, r0, r1, r2, r3, _, _, c0, c1, ..]) => {
                u32::from_le_bytes([*r0, *r1, *r2, *r3]) > ROWS || u16::from_le_bytes([*c0, *c1]) > COLUMNS
            }
            (kind, [_, _, c0, c1, ..]) if CELLS.contains(&kind) => u16::from_le_bytes([*c0, *c1]) >= COLUMNS,
            _ => false,
        };
        if outside {
            return Err(io::Error::other("a cell is outside of the 65536 rows and 256 columns of a sheet"));
        }
        records = later;
    }
    Ok(())
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
        // Other records, and what is cut off, are the reader's to judge.
        assert!(check_cells(&[record(0x99, &[1, 2, 3, 4]), vec![3, 2, 200]].concat()).is_ok());
    }
}
