//! The counts that delta-encoded pages of Parquet declare within their data, by which the decoder allocates.
//!
//! Source: <https://github.com/apache/parquet-format/blob/master/Encodings.md>.

use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::file::reader::RowGroupReader;

/// Checks the pages of column `leaf`: none may declare more values than it has.
///
/// # Errors
/// What is wrong.
pub(super) fn check(group: &dyn RowGroupReader, leaf: usize) -> Result<(), String> {
    let about = group.metadata().column(leaf).column_descr();
    let levels = usize::from(about.max_rep_level() > 0) + usize::from(about.max_def_level() > 0);
    for page in group.get_column_page_reader(leaf).map_err(|e| e.to_string())? {
        let page = page.map_err(|e| e.to_string())?;
        let (values, skipped) = match &page {
            Page::DataPage { buf, .. } => (buf, after_levels(buf, levels)),
            Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
                (buf, (*def_levels_byte_len as usize).checked_add(*rep_levels_byte_len as usize))
            }
            Page::DictionaryPage { .. } => continue,
        };
        let blocks = match page.encoding() {
            Encoding::DELTA_BINARY_PACKED | Encoding::DELTA_LENGTH_BYTE_ARRAY => 1,
            Encoding::DELTA_BYTE_ARRAY => 2,
            _ => continue,
        };
        let values = skipped.and_then(|at| values.get(at..)).ok_or("the levels of a page are damaged")?;
        are_counted(values, blocks, u64::from(page.num_values()))
            .filter(|sound| *sound)
            .ok_or("a delta-encoded page declares more values than it holds")?;
    }
    Ok(())
}

/// Where the values of a page of the first version begin: behind its levels, each with its length before it.
fn after_levels(buf: &[u8], levels: usize) -> Option<usize> {
    (0..levels).try_fold(0usize, |at, _| {
        let length = buf.get(at..)?.first_chunk::<4>()?;
        at.checked_add(4)?.checked_add(u32::from_le_bytes(*length) as usize)
    })
}

/// Whether the first `blocks` sequences of delta-encoded integers have at most `most` values each. A page without
/// values may be empty.
fn are_counted(mut bytes: &[u8], blocks: usize, most: u64) -> Option<bool> {
    for _ in 0..blocks {
        if bytes.is_empty() {
            return Some(true);
        }
        let block = varint(&mut bytes)?;
        let parts = varint(&mut bytes)?;
        let count = varint(&mut bytes)?;
        varint(&mut bytes)?;
        if count > most || parts == 0 || !block.is_multiple_of(parts) || block > (1 << 20) {
            return Some(false);
        }
        let mut left = count.saturating_sub(1);
        while left > 0 {
            varint(&mut bytes)?;
            let (widths, rest) = bytes.split_at_checked(usize::try_from(parts).ok()?)?;
            bytes = rest;
            for &width in widths {
                if left == 0 {
                    break;
                }
                let length = usize::from(width) * usize::try_from(block / parts).ok()? / 8;
                // The last part need not be filled up.
                bytes = bytes.get(length.min(bytes.len())..)?;
                left = left.saturating_sub(block / parts);
            }
            if block == 0 {
                return Some(false);
            }
        }
    }
    Some(true)
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return Some(value);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Blocks of 128 values in 4 parts; five values from 7 on, 1 apart: deltas of width 0.
    const FIVE: [u8; 10] = [0x80, 1, 4, 5, 14, 2, 0, 0, 0, 0];

    #[test]
    fn sequences_are_walked_by_their_headers() {
        assert_eq!(are_counted(&FIVE, 1, 5), Some(true));
        assert_eq!(are_counted(&FIVE, 1, 4), Some(false));
        let two = [FIVE, FIVE].concat();
        assert_eq!(are_counted(&two, 2, 5), Some(true));
        let mut huge = two.clone();
        huge[13] = 100;
        assert_eq!((are_counted(&huge, 1, 5), are_counted(&huge, 2, 5)), (Some(true), Some(false)));
        assert_eq!(are_counted(&FIVE[..3], 1, 5), None);
    }

    #[test]
    fn values_begin_behind_the_levels() {
        assert_eq!(after_levels(&[2, 0, 0, 0, 9, 9, 7], 1), Some(6));
        assert_eq!((after_levels(&[7], 0), after_levels(&[7], 1)), (Some(0), None));
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic_or_hang(bytes in prop::collection::vec(any::<u8>(), 0..60), blocks in 0..3usize) {
            let _ = are_counted(&bytes, blocks, 1 << 31);
        }
    }
}
