//! Arrays stored with the first index varying fastest.

/// Turns the values of `shape`, of `size` bytes each, from Fortran order (first index fastest) to C order (last index
/// fastest).
pub(super) fn c_order(values: &[u8], shape: &[u64], size: usize) -> Vec<u8> {
    if values.is_empty() {
        return Vec::new();
    }
    let strides: Vec<usize> = shape
        .iter()
        .scan(size, |stride, &extent| Some(std::mem::replace(stride, *stride * extent as usize)))
        .collect();
    let mut index = vec![0; shape.len()];
    let mut from = 0;
    let mut out = Vec::with_capacity(values.len());
    for _ in 0..values.len() / size {
        out.extend_from_slice(&values[from..from + size]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            from += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis] as usize;
            index[axis] = 0;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn an_empty_array_of_absurd_shape_stays_empty() {
        assert!(c_order(&[], &[u64::MAX, u64::MAX, 0], 8).is_empty());
    }

    proptest! {
        #[test]
        fn turning_matches_indexing(shape in proptest::collection::vec(1_u64..5, 1..4), size in 1_usize..4) {
            let count = shape.iter().product::<u64>() as usize;
            let values: Vec<u8> = (0..count * size).map(|i| i as u8).collect();
            let turned = c_order(&values, &shape, size);
            for i in 0..count {
                let (mut rest, mut from, mut stride) = (i, 0, count);
                for &extent in shape.iter().rev() {
                    stride /= extent as usize;
                    from += rest % extent as usize * stride;
                    rest /= extent as usize;
                }
                prop_assert_eq!(&turned[i * size..(i + 1) * size], &values[from * size..(from + 1) * size]);
            }
        }
    }
}
