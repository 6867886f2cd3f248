//! Run-length coded BMP pictures, whose decoder takes an end without a pixel for a black picture.

/// Whether the pixel data of a run-length coded BMP ends before its first pixel. Of other pictures it is never so.
pub(super) fn lacks_pixels(bytes: &[u8]) -> bool {
    let word =
        |at: usize| bytes.get(at..at + 4).and_then(|word| word.try_into().ok()).map(u32::from_le_bytes);
    let (Some(start), Some(1 | 2)) = (word(10), word(30)) else { return false };
    let mut data = bytes.get(start as usize..).unwrap_or_default();
    loop {
        data = match data {
            // The end of a row, a jump.
            [0, 0, rest @ ..] | [0, 2, _, _, rest @ ..] => rest,
            [0, 1, ..] | [_] | [] => return true,
            _ => return false,
        };
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An RLE8 picture of 4 x 2 pixels in two greys, with this pixel data.
    pub fn rle(data: &[u8]) -> Vec<u8> {
        let mut bytes = b"BM".to_vec();
        for word in [62 + data.len() as u32, 0, 62, 40, 4, 2, (8 << 16) | 1, 1, data.len() as u32, 0, 0, 2, 2]
        {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend([9, 9, 9, 0, 200, 200, 200, 0]);
        bytes.extend(data);
        bytes
    }

    #[test]
    fn an_end_before_the_first_pixel_is_noticed() {
        for data in [&[][..], &[0, 1], &[0, 0, 0, 0, 0, 1], &[0, 2, 1, 1, 0, 1], &[0]] {
            assert!(lacks_pixels(&rle(data)), "{data:?}");
        }
        assert!(!lacks_pixels(&rle(&[4, 1, 0, 0, 4, 0, 0, 1])));
        assert!(!lacks_pixels(&rle(&[0, 4, 1, 0, 1, 0, 0, 1])));
        assert!(!lacks_pixels(b"BM"));
    }
}
