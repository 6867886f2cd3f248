//! Thrift's compact protocol, as far as it takes to walk through a structure.

use std::io::{Read, copy, sink};

/// A list.
pub(super) const LIST: u8 = 9;

/// A structure.
pub(super) const STRUCT: u8 = 12;

/// Deepest nesting that is walked through.
const MAX_DEPTH: usize = 32;

/// What is done with a field of some number and kind: whether it was read, else it is passed over.
type Field<'a, R> = dyn FnMut(&mut Compact<R>, i64, u8) -> Result<bool, String> + 'a;

/// A reader of structures, and how far it has come.
pub(super) struct Compact<R> {
    from: R,
    /// Bytes read.
    pub read: u64,
    depth: usize,
}

impl<R: Read> Compact<R> {
    pub(super) fn new(from: R) -> Self {
        Self { from, read: 0, depth: 0 }
    }

    /// Reads a structure, handing `each` the number and the kind of every field.
    pub(super) fn structure(&mut self, each: &mut Field<'_, R>) -> Result<(), String> {
        self.nested(|this| {
            let mut id = 0;
            loop {
                let head = this.byte()?;
                if head == 0 {
                    return Ok(());
                }
                id = match head >> 4 {
                    0 => this.int()?,
                    step => id.wrapping_add(i64::from(step)),
                };
                if !each(this, id, head & 15)? {
                    this.skip(head & 15)?;
                }
            }
        })
    }

    /// Reads a list, calling `each` at every element; they must be of `kind`.
    pub(super) fn list(
        &mut self,
        kind: u8,
        each: &mut dyn FnMut(&mut Self) -> Result<(), String>,
    ) -> Result<(), String> {
        let (count, found) = self.list_head()?;
        if found != kind && count > 0 {
            return Err(BROKEN.into());
        }
        (0..count).try_for_each(|_| each(self))
    }

    /// A whole number.
    pub(super) fn int(&mut self) -> Result<i64, String> {
        let bits = self.varint()?;
        Ok((bits >> 1) as i64 ^ -((bits & 1) as i64))
    }

    fn list_head(&mut self) -> Result<(u64, u8), String> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Ok((count, head & 15))
    }

    fn skip(&mut self, kind: u8) -> Result<(), String> {
        match kind {
            1 | 2 => Ok(()),
            3 => self.byte().map(|_| ()),
            4..=6 => self.varint().map(|_| ()),
            7 => self.pass(8),
            8 => {
                let length = self.varint()?;
                self.pass(length)
            }
            9 | 10 => {
                let (count, kind) = self.list_head()?;
                // Truth values, which a field holds in its kind, take a byte in a list.
                let kind = if matches!(kind, 1 | 2) { 3 } else { kind };
                self.nested(|this| (0..count).try_for_each(|_| this.skip(kind)))
            }
            STRUCT => self.structure(&mut |_, _, _| Ok(false)),
            _ => Err(BROKEN.into()),
        }
    }

    fn nested(&mut self, walk: impl FnOnce(&mut Self) -> Result<(), String>) -> Result<(), String> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err("its structures are nested too deep".into());
        }
        walk(self)?;
        self.depth -= 1;
        Ok(())
    }

    fn varint(&mut self) -> Result<u64, String> {
        let mut bits = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            bits |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Ok(bits);
            }
        }
        Err(BROKEN.into())
    }

    fn byte(&mut self) -> Result<u8, String> {
        let mut byte = [0];
        self.from.read_exact(&mut byte).map_err(|_| BROKEN)?;
        self.read += 1;
        Ok(byte[0])
    }

    fn pass(&mut self, count: u64) -> Result<(), String> {
        let passed = copy(&mut self.from.by_ref().take(count), &mut sink()).map_err(|e| e.to_string())?;
        self.read += passed;
        if passed == count { Ok(()) } else { Err(BROKEN.into()) }
    }
}

/// What is said of bytes that are no structure.
const BROKEN: &str = "its description is damaged or cut short";
