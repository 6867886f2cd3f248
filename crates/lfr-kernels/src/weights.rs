//! Between PyTorch's weight layout and the layouts that matrix products want.

/// Moves `[a, b, s]` to `[s, b, a]`, `s` the kernel's positions: `[out, in, kh, kw]` becomes `[kh, kw, in, out]`.
pub(crate) fn outer_last(from: &[f32], [a, b, s]: [usize; 3], to: &mut [f32]) {
    permute(from, [a, b, s], [1, a, a * b], to);
}

/// Moves `[a, b, s]` to `[a, s, b]`: `[out, in, kh, kw]` becomes `[out, kh, kw, in]`.
pub(crate) fn inner_last(from: &[f32], [a, b, s]: [usize; 3], to: &mut [f32]) {
    permute(from, [a, b, s], [s * b, 1, b], to);
}

/// The inverse of [`outer_last`].
pub(crate) fn from_outer_last(from: &[f32], [a, b, s]: [usize; 3], to: &mut [f32]) {
    permute(from, [s, b, a], [1, s, s * b], to);
}

/// Writes element (i, j, k) of `from` to the place that `strides` give it.
fn permute(from: &[f32], [_, b, c]: [usize; 3], strides: [usize; 3], to: &mut [f32]) {
    assert_eq!(from.len(), to.len(), "weights");
    for (i, plane) in from.chunks_exact(b * c).enumerate() {
        for (j, row) in plane.chunks_exact(c).enumerate() {
            let start = i * strides[0] + j * strides[1];
            for (k, &v) in row.iter().enumerate() {
                to[start + k * strides[2]] = v;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        let sizes @ [a, b, s] = [3, 4, 5];
        let from: Vec<f32> = (0..a * b * s).map(|v| v as f32).collect();
        let (mut outer, mut inner, mut back) = (from.clone(), from.clone(), from.clone());
        outer_last(&from, sizes, &mut outer);
        inner_last(&from, sizes, &mut inner);
        for (i, &v) in from.iter().enumerate() {
            let (x, y, z) = (i / (b * s), i / s % b, i % s);
            assert_eq!(outer[(z * b + y) * a + x], v);
            assert_eq!(inner[(x * s + z) * b + y], v);
        }
        back.fill(0.0);
        from_outer_last(&outer, sizes, &mut back);
        assert_eq!(back, from);
    }
}
