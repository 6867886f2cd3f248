//! Named arrays of a fitted model, as the model file stores them.

use std::collections::BTreeMap;

use crate::error::{Error, Result};

/// The numbers of an array.
#[derive(Clone, Debug, PartialEq)]
pub enum Values {
    /// 32-bit floats.
    F32(Vec<f32>),
    /// 64-bit floats.
    F64(Vec<f64>),
    /// Unsigned 32-bit integers.
    U32(Vec<u32>),
    /// Bytes.
    U8(Vec<u8>),
}

/// A row-major array.
#[derive(Clone, Debug, PartialEq)]
pub struct Array {
    /// Extent of each dimension; the product is the number of values.
    pub shape: Vec<usize>,
    /// The numbers.
    pub values: Values,
}

/// Arrays by name. Names are paths such as `forest.threshold`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Weights {
    arrays: BTreeMap<String, Array>,
}

macro_rules! typed {
    ($put:ident, $take:ident, $variant:ident, $type:ty, $dtype:literal, $finite:expr) => {
        #[doc = concat!("Adds an array of ", $dtype, ": as many values as `shape` holds, all finite, as")]
        #[doc = concat!("[`Weights::", stringify!($take), "`] refuses others.")]
        pub fn $put(&mut self, name: impl Into<String>, shape: &[usize], values: Vec<$type>) {
            debug_assert_eq!(shape.iter().product::<usize>(), values.len());
            self.insert(name, Array { shape: shape.to_vec(), values: Values::$variant(values) });
        }

        #[doc = concat!("Takes out an array of ", $dtype, " of exactly `shape`; `None` leaves an extent open.")]
        ///
        /// # Errors
        /// [`Error::Mismatch`] when the array is absent, of another type or shape, or not finite.
        pub fn $take(&mut self, name: &str, shape: &[Option<usize>]) -> Result<(Vec<usize>, Vec<$type>)> {
            let array = self.take(name, shape)?;
            match array.values {
                Values::$variant(values) if values.iter().all($finite) => Ok((array.shape, values)),
                Values::$variant(_) => Err(mismatch(name, "finite values", "NaN or infinity")),
                other => Err(mismatch(name, $dtype, other.dtype())),
            }
        }
    };
}

impl Values {
    /// The type's name.
    pub fn dtype(&self) -> &'static str {
        match self {
            Values::F32(_) => "f32",
            Values::F64(_) => "f64",
            Values::U32(_) => "u32",
            Values::U8(_) => "u8",
        }
    }

    /// Their size in memory.
    pub(crate) fn bytes(&self) -> usize {
        match self {
            Values::F32(values) => size_of_val(values.as_slice()),
            Values::F64(values) => size_of_val(values.as_slice()),
            Values::U32(values) => size_of_val(values.as_slice()),
            Values::U8(values) => values.len(),
        }
    }
}

impl Weights {
    /// Adds an array; a second one of the same name replaces it.
    pub fn insert(&mut self, name: impl Into<String>, array: Array) {
        self.arrays.insert(name.into(), array);
    }

    typed!(put_f32, take_f32, F32, f32, "f32", |v| v.is_finite());
    typed!(put_f64, take_f64, F64, f64, "f64", |v| v.is_finite());
    typed!(put_u32, take_u32, U32, u32, "u32", |_| true);
    typed!(put_u8, take_u8, U8, u8, "u8", |_| true);

    fn take(&mut self, name: &str, shape: &[Option<usize>]) -> Result<Array> {
        let array = self.arrays.remove(name).ok_or_else(|| mismatch(name, "an array", "none"))?;
        let fits = array.shape.len() == shape.len()
            && array.shape.iter().zip(shape).all(|(&have, want)| want.is_none_or(|w| w == have));
        if fits {
            Ok(array)
        } else {
            {
                let extents: Vec<String> =
                    shape.iter().map(|extent| extent.map_or("any".into(), |e| e.to_string())).collect();
                Err(mismatch(
                    name,
                    format!("shape [{}]", extents.join(", ")),
                    format!("shape {:?}", array.shape),
                ))
            }
        }
    }

    /// All arrays in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Array)> {
        self.arrays.iter().map(|(name, array)| (name.as_str(), array))
    }

    /// Moves every array of `other` in, `prefix` put before its name.
    pub fn absorb(&mut self, prefix: &str, other: Weights) {
        self.arrays.extend(other.arrays.into_iter().map(|(name, array)| (format!("{prefix}{name}"), array)));
    }

    /// Takes out every array whose name begins with `prefix`, the prefix cut off.
    pub fn split_off(&mut self, prefix: &str) -> Weights {
        let names: Vec<String> =
            self.arrays.keys().filter(|name| name.starts_with(prefix)).cloned().collect();
        let taken = names.into_iter().filter_map(|name| {
            self.arrays.remove(&name).map(|array| (name[prefix.len()..].to_owned(), array))
        });
        Weights { arrays: taken.collect() }
    }

    /// Checks that every array was taken.
    ///
    /// # Errors
    /// [`Error::Mismatch`] naming an array nobody asked for.
    pub fn finish(self) -> Result<()> {
        match self.arrays.into_keys().next() {
            None => Ok(()),
            Some(name) => Err(mismatch("arrays of the model", "no more", name)),
        }
    }
}

fn mismatch(what: &str, expected: impl Into<String>, found: impl Into<String>) -> Error {
    Error::Mismatch { what: what.to_owned(), expected: expected.into(), found: found.into() }
}
