//! How much memory there is, and how much of it data take.

use crate::arrow::array::{Array, ArrayRef};
use crate::data::{Chunk, Items};

/// Assumed where the system does not say, in bytes.
const ASSUMED: u64 = 4 << 30;

/// Bytes of memory that can be had without swapping: `MemAvailable` of Linux, else 4 GiB.
pub(crate) fn available() -> u64 {
    std::fs::read_to_string("/proc/meminfo").ok().and_then(|text| parse(&text)).unwrap_or(ASSUMED)
}

fn parse(text: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

/// Bytes that a chunk takes in memory.
pub(crate) fn size(chunk: &Chunk) -> u64 {
    let texts = |texts: &[String]| texts.iter().map(|text| text.len() + size_of::<String>()).sum::<usize>();
    let part = |column: &ArrayRef| {
        column.to_data().get_slice_memory_size().unwrap_or_else(|_| column.get_array_memory_size())
    };
    let items = match &chunk.items {
        Items::Images(images) => images.pixels.len(),
        // Chunks may be parts of one table.
        Items::Rows(rows) => rows.columns().iter().map(part).sum(),
        Items::Documents(documents) => texts(documents),
    };
    (items + texts(&chunk.ids) + chunk.labels.as_deref().map_or(0, texts)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_is_asked() {
        assert_eq!(parse("MemTotal: 24 kB\nMemAvailable:      12 kB\n"), Some(12 << 10));
        assert_eq!(parse("MemTotal: 24 kB\n"), None);
        assert!(available() > 1 << 20);
    }
}
