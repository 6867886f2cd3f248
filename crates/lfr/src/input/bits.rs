//! TIFFs whose bits run from the lowest to the highest of a byte, as programs for fax and scans write them.

use std::io::Cursor;

use tiff::decoder::Decoder;
use tiff::tags::Tag;

/// The order of bits that decoders expect is 1.
const REVERSED: u16 = 2;

/// Ways of packing in which the order of bits tells: none, those of fax (2 to 4) and that of bytes which repeat.
const PACKED: [u16; 5] = [1, 2, 3, 4, 32_773];

/// The file with its bits in the order that decoders expect, where it is a TIFF of less than 8 bits a value with the other
/// one, which they do not look at.
pub(super) fn in_order(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut decoder = Decoder::new(Cursor::new(bytes)).ok()?;
    let mut list = |tag| decoder.find_tag_unsigned_vec::<u64>(tag).ok().flatten().unwrap_or_default();
    let mut first = |tag, default| list(tag).first().copied().unwrap_or(default);
    let shallow = first(Tag::BitsPerSample, 1) < 8;
    let packed = PACKED.iter().any(|&way| u64::from(way) == first(Tag::Compression, 1));
    if first(Tag::FillOrder, 1) != u64::from(REVERSED) || !shallow || !packed {
        return None;
    }
    let strips = [(Tag::StripOffsets, Tag::StripByteCounts), (Tag::TileOffsets, Tag::TileByteCounts)];
    let runs = strips.map(|(starts, sizes)| list(starts).into_iter().zip(list(sizes)).collect::<Vec<_>>());
    let (mut mended, mut left) = (bytes.to_vec(), bytes.len());
    for (start, size) in runs.into_iter().flatten() {
        let (start, size) = (usize::try_from(start).ok()?, usize::try_from(size).ok()?);
        // Runs that overlap hold more than the file.
        left = left.checked_sub(size)?;
        let run = mended.get_mut(start..start.checked_add(size)?)?;
        run.iter_mut().for_each(|byte| *byte = byte.reverse_bits());
    }
    Some(mended)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// A TIFF of 16 x 1 values of one bit, without packing, in this order of bits.
    pub fn scan(order: u16, bits: [u8; 2]) -> Vec<u8> {
        let entries: [(u16, u32); 9] = [
            (256, 16),
            (257, 1),
            (258, 1),
            (259, 1),
            (262, 1),
            (266, order.into()),
            (273, 8),
            (278, 1),
            (279, 2),
        ];
        let entry = |&(tag, value): &(u16, u32)| {
            [tag.to_le_bytes(), 4_u16.to_le_bytes()]
                .concat()
                .into_iter()
                .chain(1_u32.to_le_bytes())
                .chain(value.to_le_bytes())
                .collect::<Vec<u8>>()
        };
        let entries: Vec<u8> = entries.iter().flat_map(entry).collect();
        [&b"II*\0\x0a\0\0\0"[..], &bits, &[9, 0], &entries, &[0; 4]].concat()
    }

    #[test]
    fn bits_are_turned_where_the_file_says_so() {
        let turned = in_order(&scan(2, [0b1000_0001, 0b0000_0111])).unwrap();
        assert_eq!(turned[8..10], [0b1000_0001, 0b1110_0000]);
        assert_eq!(in_order(&scan(1, [1, 2])), None);
        assert_eq!(in_order(b"II*\0"), None);
        let mut beyond = scan(2, [1, 2]);
        let size = beyond.len() - 8;
        beyond[size] = 200;
        assert_eq!(in_order(&beyond), None, "more than there is");
    }
}
