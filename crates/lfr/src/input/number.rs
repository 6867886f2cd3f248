//! Numbers of the types NumPy knows, from bytes.

use std::str::FromStr;

use half::f16;

/// A NumPy scalar type that is a real number or a boolean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Number {
    type_: Type,
    big_endian: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Type {
    Bool,
    U8,
    U16,
    U32,
    U64,
    I8,
    I16,
    I32,
    I64,
    F16,
    F32,
    F64,
}

impl FromStr for Number {
    type Err = String;

    /// From a type string such as `<f4`.
    fn from_str(descr: &str) -> Result<Self, String> {
        let (order, name) = descr.split_at_checked(1).unwrap_or_default();
        let type_ = match name {
            "b1" => Type::Bool,
            "u1" => Type::U8,
            "u2" => Type::U16,
            "u4" => Type::U32,
            "u8" => Type::U64,
            "i1" => Type::I8,
            "i2" => Type::I16,
            "i4" => Type::I32,
            "i8" => Type::I64,
            "f2" => Type::F16,
            "f4" => Type::F32,
            "f8" => Type::F64,
            _ if name.starts_with('O') => {
                return Err("an array of Python objects; reading it could run code, so it never is: \
                            save numbers, x.astype(\"float32\")"
                    .into());
            }
            _ => {
                return Err(format!(
                    "values of NumPy type `{descr}`; accepted are bool, integers and floats"
                ));
            }
        };
        if !["<", ">", "|", "="].contains(&order) {
            return Err(format!("values of unknown NumPy type `{descr}`"));
        }
        Ok(Self { type_, big_endian: order == ">" })
    }
}

impl Number {
    /// The big-endian type that an IDX file numbers `code`.
    pub fn of_idx(code: u8) -> Option<Self> {
        let type_ = match code {
            0x08 => Type::U8,
            0x09 => Type::I8,
            0x0b => Type::I16,
            0x0c => Type::I32,
            0x0d => Type::F32,
            0x0e => Type::F64,
            _ => return None,
        };
        Some(Self { type_, big_endian: true })
    }

    /// Whether it is a float of 32 bits.
    pub fn is_single(self) -> bool {
        self.type_ == Type::F32
    }

    /// Bytes a value.
    pub fn size(self) -> usize {
        match self.type_ {
            Type::Bool | Type::U8 | Type::I8 => 1,
            Type::U16 | Type::I16 | Type::F16 => 2,
            Type::U32 | Type::I32 | Type::F32 => 4,
            Type::U64 | Type::I64 | Type::F64 => 8,
        }
    }

    /// Whether values are booleans.
    pub fn is_bool(self) -> bool {
        self.type_ == Type::Bool
    }

    /// Whether values are unsigned bytes.
    pub fn is_byte(self) -> bool {
        self.type_ == Type::U8
    }

    /// Whether values are floats.
    pub fn is_float(self) -> bool {
        matches!(self.type_, Type::F16 | Type::F32 | Type::F64)
    }

    /// The value in `bytes` (0 when there are fewer than [`Self::size`]); integers beyond 2^53 are rounded.
    pub fn value(self, bytes: &[u8]) -> f64 {
        let mut word = [0; 8];
        for (to, &from) in word.iter_mut().zip(bytes) {
            *to = from;
        }
        let bits = if self.big_endian {
            u64::from_be_bytes(word) >> (64 - 8 * self.size())
        } else {
            u64::from_le_bytes(word)
        };
        match self.type_ {
            Type::Bool => f64::from(u8::from(bits != 0)),
            Type::U8 | Type::U16 | Type::U32 | Type::U64 => bits as f64,
            Type::I8 => f64::from(bits as i8),
            Type::I16 => f64::from(bits as i16),
            Type::I32 => f64::from(bits as i32),
            Type::I64 => bits as i64 as f64,
            Type::F16 => f16::from_bits(bits as u16).to_f64(),
            Type::F32 => f64::from(f32::from_bits(bits as u32)),
            Type::F64 => f64::from_bits(bits),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ```python
    /// import numpy as np
    /// for t in "b1 u1 u2 u4 u8 i1 i2 i4 i8 f2 f4 f8".split():
    ///     for o in "<>":
    ///         print(f'("{o}{t}", "{np.array(1 if t == "b1" else 200 if t[0] == "u" else -3).astype(o + t).tobytes().hex()}")')
    /// ```
    const ENCODED: &[(&str, &str)] = &[
        ("<b1", "01"),
        (">b1", "01"),
        ("<u1", "c8"),
        (">u1", "c8"),
        ("<u2", "c800"),
        (">u2", "00c8"),
        ("<u4", "c8000000"),
        (">u4", "000000c8"),
        ("<u8", "c800000000000000"),
        (">u8", "00000000000000c8"),
        ("<i1", "fd"),
        (">i1", "fd"),
        ("<i2", "fdff"),
        (">i2", "fffd"),
        ("<i4", "fdffffff"),
        (">i4", "fffffffd"),
        ("<i8", "fdffffffffffffff"),
        (">i8", "fffffffffffffffd"),
        ("<f2", "00c2"),
        (">f2", "c200"),
        ("<f4", "000040c0"),
        (">f4", "c0400000"),
        ("<f8", "00000000000008c0"),
        (">f8", "c008000000000000"),
    ];

    #[test]
    fn every_type_in_both_byte_orders() {
        for (descr, hex) in ENCODED {
            let bytes: Vec<u8> =
                (0..hex.len()).step_by(2).map(|i| u8::from_str_radix(&hex[i..i + 2], 16).unwrap()).collect();
            let number: Number = descr.parse().unwrap();
            let expected = if number.is_bool() {
                1.0
            } else if descr.contains('u') {
                200.0
            } else {
                -3.0
            };
            assert_eq!((number.value(&bytes), number.size()), (expected, bytes.len()), "{descr}");
        }
        assert_eq!(ENCODED.len(), 24);
    }

    #[test]
    fn other_types_are_refused() {
        for descr in ["", "f4", "<f16", "<c8", "|S5", "<M8[ns]", "é", "<é", "!f4"] {
            assert!(descr.parse::<Number>().is_err(), "{descr}");
        }
    }
}
