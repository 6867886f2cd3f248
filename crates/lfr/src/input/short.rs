//! Rows that lack their last cells, as old versions of Excel write rows whose last cells are empty.

use std::collections::HashSet;

use csv::ByteRecord;

use super::encoding;
use super::header::is_numeric;

/// Whether rows below the names, which the first of `records` holds, lack cells that they would have at their end. It is so
/// where no row has more cells than there are names, at least two have as many, at least two and one in twenty
/// have fewer, and the cells that those have are numbers in the columns of numbers: a row torn in two has others.
pub(super) fn lack_last_cells(records: &[ByteRecord]) -> bool {
    let Some((names, rows)) = records.split_first().filter(|(names, _)| names.len() > 1 && are_names(names))
    else {
        return false;
    };
    let width = names.len();
    let (full, short): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.len() >= width);
    if full.len() < 2
        || short.len() < 2
        || 20 * short.len() < rows.len()
        || full.iter().any(|row| row.len() > width)
    {
        return false;
    }
    let numbers: Vec<usize> = (0..width - 1).filter(|&column| is_of_numbers(&full, column)).collect();
    let fits = |row: &&&ByteRecord| {
        let own = || numbers.iter().filter_map(|&column| row.get(column)).map(<[u8]>::trim_ascii);
        own().any(is_number) && own().all(|cell| cell.is_empty() || is_number(cell))
    };
    20 * short.iter().filter(fits).count() >= 19 * short.len()
}

fn is_number(cell: &[u8]) -> bool {
    is_numeric(&encoding::text(cell).0)
}

/// Whether cells name columns: all of them filled and different, and none a number.
fn are_names(cells: &ByteRecord) -> bool {
    let distinct: HashSet<&[u8]> = cells.iter().map(<[u8]>::trim_ascii).collect();
    distinct.len() == cells.len() && !distinct.iter().any(|cell| cell.is_empty() || is_number(cell))
}

fn is_of_numbers(rows: &[&ByteRecord], column: usize) -> bool {
    let cells = || rows.iter().filter_map(|row| row.get(column)).map(<[u8]>::trim_ascii);
    let filled = cells().filter(|cell| !cell.is_empty()).count();
    filled > 0 && 10 * cells().filter(|cell| is_number(cell)).count() >= 9 * filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lack(text: &str) -> bool {
        let records: Vec<_> =
            text.lines().map(|line| line.split(',').collect::<Vec<_>>()).map(ByteRecord::from).collect();
        lack_last_cells(&records)
    }

    #[test]
    fn rows_without_their_last_cells_are_told_from_broken_ones() {
        assert!(lack("a,b,note\n1,2,ok\n3,4\n5,6\n7,8,ok\n9,1\n"));
        assert!(lack("day,x,note,more\n2024-01-02,2,ok,a\n2024-01-03\n2024-01-04,6\n2024-01-05,8,ok,b\n"));
        for other in [
            "a,b,note\n1,2,ok\n3,4\n5,6,ok\n7,8,ok\n",
            "a,b,note\n1,2,ok\n3,4\n5,6\n7,8,ok,9\n",
            "a,b,note\n1,2,long te\nxt\n3,4,long te\nxt\n",
            "Dear all, hello, you\nhow are you, friends\nbye, now\n",
            "a,b\nx,y\nz\nx,y\nz\n",
            "1,2,3\n1,2\n1,2\n1,2,3\n",
            "",
        ] {
            assert!(!lack(other), "{other}");
        }
    }
}
