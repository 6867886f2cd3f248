//! Arrays as safetensors keeps them: little-endian bytes.

use std::borrow::Cow;

use safetensors::tensor::{Dtype, TensorInfo, View};

use crate::data::{Array, Values};

/// An array on its way into a file.
pub(crate) struct Stored<'a>(pub &'a Array);

impl View for Stored<'_> {
    fn dtype(&self) -> Dtype {
        match self.0.values {
            Values::F32(_) => Dtype::F32,
            Values::F64(_) => Dtype::F64,
            Values::U32(_) => Dtype::U32,
            Values::U8(_) => Dtype::U8,
        }
    }

    fn shape(&self) -> &[usize] {
        &self.0.shape
    }

    fn data(&self) -> Cow<'_, [u8]> {
        match &self.0.values {
            Values::F32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::F64(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::U32(values) => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
            Values::U8(values) => Cow::Borrowed(values),
        }
    }

    fn data_len(&self) -> usize {
        self.0.values.bytes()
    }
}

/// The array that `info` describes, from its bytes; what is wrong with it otherwise.
pub(crate) fn array(name: &str, info: &TensorInfo, bytes: &[u8]) -> Result<Array, String> {
    let values = match info.dtype {
        Dtype::F32 => Values::F32(numbers(bytes, f32::from_le_bytes)),
        Dtype::F64 => Values::F64(numbers(bytes, f64::from_le_bytes)),
        Dtype::U32 => Values::U32(numbers(bytes, u32::from_le_bytes)),
        Dtype::U8 => Values::U8(bytes.to_vec()),
        other => return Err(format!("array `{name}` holds {other}, which an lfr model never does")),
    };
    let finite = match &values {
        Values::F32(values) => values.iter().all(|v| v.is_finite()),
        Values::F64(values) => values.iter().all(|v| v.is_finite()),
        Values::U32(_) | Values::U8(_) => true,
    };
    if !finite {
        return Err(format!("array `{name}` holds NaN or infinity"));
    }
    Ok(Array { shape: info.shape.clone(), values })
}

fn numbers<const N: usize, T>(bytes: &[u8], from: fn([u8; N]) -> T) -> Vec<T> {
    bytes.as_chunks().0.iter().map(|&chunk| from(chunk)).collect()
}
