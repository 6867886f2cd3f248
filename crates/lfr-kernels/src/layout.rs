//! Pictures stored the other way round.

use rayon::prelude::*;

use crate::check;

/// Rows and columns that are copied at once, so that both sides stay in the cache.
const SQUARE: usize = 16;

/// Writes each item of `from`, `rows` rows of `columns` numbers, into `to` column by column. With channels as rows,
/// channels-first pictures become channels-last; with places as rows, channels-last ones become channels-first.
///
/// # Panics
/// If the lengths differ.
pub fn transpose(from: &[f32], [rows, columns]: [usize; 2], to: &mut [f32]) {
    check("to", to, from.len());
    let size = rows * columns;
    if size > 0 {
        let items = to.par_chunks_mut(size).zip(from.par_chunks(size));
        items.for_each(|(to, from)| turn(from, [rows, columns], to));
    }
}

fn turn(from: &[f32], [rows, columns]: [usize; 2], to: &mut [f32]) {
    for top in (0..rows).step_by(SQUARE) {
        for left in (0..columns).step_by(SQUARE) {
            for row in top..(top + SQUARE).min(rows) {
                for column in left..(left + SQUARE).min(columns) {
                    to[column * rows + row] = from[row * columns + column];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_number_finds_its_place(items in 0_usize..4, rows in 0_usize..40, columns in 0_usize..40) {
            let from: Vec<f32> = (0..items * rows * columns).map(|i| i as f32).collect();
            let (mut there, mut back) = (vec![0.0; from.len()], vec![0.0; from.len()]);
            transpose(&from, [rows, columns], &mut there);
            for (i, &number) in from.iter().enumerate() {
                let (item, within) = (i / (rows * columns), i % (rows * columns));
                let (row, column) = (within / columns, within % columns);
                prop_assert_eq!(there[item * rows * columns + column * rows + row], number);
            }
            transpose(&there, [columns, rows], &mut back);
            prop_assert_eq!(back, from);
        }
    }
}
