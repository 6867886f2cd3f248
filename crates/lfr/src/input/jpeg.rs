//! Whether a JPEG is whole: decoders fill up what is missing with grey.

/// How a JPEG ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// With an end marker, whatever follows it: phones put films and second pictures there.
    Marked,
    /// Within or just after the data of a scan.
    Open,
    /// Before any scan, or within a header.
    Cut,
}

/// Follows the markers of a JPEG from its start. Segments are passed over by their length, so that the thumbnails in
/// them do not count.
pub(super) fn end(bytes: &[u8]) -> End {
    let (mut rest, mut scanned) = (bytes, false);
    while let Some(at) = rest.iter().position(|&byte| byte == 0xff) {
        let segment = match rest.get(at + 1) {
            Some(0xd9) => return End::Marked,
            Some(&(0xc0..=0xcf | 0xda..=0xfe)) => true,
            Some(0xff) => {
                rest = &rest[at + 1..];
                continue;
            }
            Some(_) => false,
            None => break,
        };
        scanned |= rest[at + 1] == 0xda;
        let after = match rest.get(at + 2..at + 4) {
            Some(length) if segment => at + 2 + usize::from(u16::from_be_bytes([length[0], length[1]])),
            None if segment => return End::Cut,
            _ => at + 2,
        };
        rest = match rest.get(after..) {
            Some(rest) => rest,
            None => return End::Cut,
        };
    }
    if scanned { End::Open } else { End::Cut }
}

/// `bytes` with an end marker, and with four different continuations before it: a picture whose last row is there
/// decodes alike from all of them.
pub(super) fn continued(bytes: &[u8]) -> (Vec<u8>, [Vec<u8>; 4]) {
    let data = bytes.strip_suffix(&[0xff]).unwrap_or(bytes);
    let with = |more: &[u8]| [data, more, &[0xff, 0xd9]].concat();
    (with(&[]), [0x00, 0x55, 0xaa, 0x7f].map(|byte| with(&[byte; 4096])))
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: &[u8] = &[0xff, 0xd8, 0xff, 0xe1, 0, 6, 0xff, 0xd9, 0xff, 0xda];
    const SCAN: &[u8] = &[0xff, 0xda, 0, 3, 1, 7, 0xff, 0, 8, 0xff, 0xd0, 9];

    #[test]
    fn the_end_marker_counts_wherever_it_stands() {
        let scans = [START, SCAN, SCAN].concat();
        assert_eq!(end(&scans), End::Open);
        let whole = [&scans, &[0xff, 0xff, 0xd9][..]].concat();
        assert_eq!(end(&whole), End::Marked);
        assert_eq!(end(&[&whole, &b"film \xff\xda"[..]].concat()), End::Marked);
        assert_eq!(end(&[&scans, &[0xff][..]].concat()), End::Open);
    }

    #[test]
    fn headers_that_break_off_are_cut() {
        for end_ in 0..START.len() + 4 {
            assert_eq!(end(&[START, SCAN].concat()[..end_]), End::Cut, "{end_}");
        }
        assert_eq!(end(&[START, SCAN, &[0xff, 0xc4, 9, 9, 1]].concat()), End::Cut);
    }
}
