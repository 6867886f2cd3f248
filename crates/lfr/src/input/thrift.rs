//! The compact protocol of Apache Thrift, as far as it takes to look at Parquet's headers before they are trusted.
//!
//! Source: <https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md>.

/// Deepest nesting of structs and lists.
const MAX_DEPTH: usize = 16;

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
pub(super) const STRUCT: u8 = 12;
const UUID: u8 = 13;

/// A place within encoded bytes. Everything gives `None` where the bytes end or make no sense; nothing allocates.
pub(super) struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Thrift<'a> {
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, at: 0 }
    }

    /// Bytes read so far.
    pub fn position(&self) -> usize {
        self.at
    }

    fn byte(&mut self) -> Option<u8> {
        let byte = *self.bytes.get(self.at)?;
        self.at += 1;
        Some(byte)
    }

    fn jump(&mut self, count: u64) -> Option<()> {
        self.at = self.at.checked_add(usize::try_from(count).ok()?).filter(|&at| at <= self.bytes.len())?;
        Some(())
    }

    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(value);
            }
        }
        None
    }

    /// An integer of 16, 32 or 64 bits.
    pub fn integer(&mut self) -> Option<i64> {
        let value = self.varint()?;
        Some((value >> 1) as i64 ^ -((value & 1) as i64))
    }

    /// The fields of a struct: `take` is given the number and type of each, and tells whether it has read the value.
    pub fn fields(&mut self, mut take: impl FnMut(i64, u8, &mut Self) -> Option<bool>) -> Option<()> {
        let mut id = 0;
        loop {
            let head = self.byte()?;
            let kind = head & 0x0f;
            if kind == 0 {
                return Some(());
            }
            id = match head >> 4 {
                0 => self.integer()?,
                step => i64::wrapping_add(id, i64::from(step)),
            };
            if !take(id, kind, self)? {
                self.skip(kind, 0)?;
            }
        }
    }

    /// The type and number of the elements of a list that begins here; there is at least a byte for each.
    pub fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        (count <= (self.bytes.len() - self.at) as u64).then_some((head & 0x0f, count))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Option<()> {
        if depth > MAX_DEPTH {
            return None;
        }
        match kind {
            TRUE | FALSE => Some(()),
            BYTE => self.jump(1),
            4..=6 => self.varint().map(|_| ()),
            DOUBLE => self.jump(8),
            UUID => self.jump(16),
            BINARY => {
                let length = self.varint()?;
                self.jump(length)
            }
            LIST | SET => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| match kind {
                    TRUE | FALSE => self.jump(1),
                    _ => self.skip(kind, depth + 1),
                })
            }
            MAP => {
                let count = self.varint()?;
                let kinds = if count == 0 { 0 } else { self.byte()? };
                (0..count).try_for_each(|_| {
                    self.skip(kinds >> 4, depth + 1)?;
                    self.skip(kinds & 0x0f, depth + 1)
                })
            }
            STRUCT => loop {
                let head = self.byte()?;
                if head & 0x0f == 0 {
                    return Some(());
                }
                if head >> 4 == 0 {
                    self.varint()?;
                }
                self.skip(head & 0x0f, depth + 1)?;
            },
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_lists_and_integers_are_walked() {
        // 1: i32 = -3; 2: list of 2 structs with 5: i32 = 7; 4: binary "ab"; end.
        let bytes = [0x15, 5, 0x19, 0x2c, 0x55, 14, 0, 0x55, 14, 0, 0x28, 2, b'a', b'b', 0];
        let (mut thrift, mut one, mut sevens) = (Thrift::new(&bytes), None, 0);
        thrift
            .fields(|id, _, thrift| match id {
                1 => {
                    one = thrift.integer();
                    Some(true)
                }
                2 => {
                    let (kind, count) = thrift.list()?;
                    assert_eq!((kind, count), (STRUCT, 2));
                    for _ in 0..count {
                        thrift.fields(|id, _, thrift| {
                            sevens += i64::from(id == 5) * thrift.integer()?;
                            Some(true)
                        })?;
                    }
                    Some(true)
                }
                _ => Some(false),
            })
            .unwrap();
        assert_eq!((one, sevens, thrift.position()), (Some(-3), 14, bytes.len()));
    }

    #[test]
    fn lengths_beyond_the_bytes_are_nothing() {
        assert_eq!(Thrift::new(&[0xfc, 0xff, 0xff, 0xff, 0xff, 0x0f]).list(), None);
        assert_eq!(Thrift::new(&[0x28, 9, b'a', 0]).fields(|_, _, _| Some(false)), None);
        assert_eq!(Thrift::new(&[0x1c; 100]).fields(|_, _, _| Some(false)), None);
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = Thrift::new(&bytes).fields(|_, _, _| Some(false));
        }
    }
}
