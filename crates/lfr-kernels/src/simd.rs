//! Loops compiled for several instruction sets, chosen at run time.
#![allow(clippy::needless_range_loop, reason = "loops over lanes read better by index")]

use pulp::Arch;

/// Runs `f` compiled for the best instruction set that the processor has. What `f` calls is included only where it
/// is inlined, so helpers for it are `#[inline(always)]`.
#[inline]
pub(crate) fn vectorised<R>(f: impl FnOnce() -> R) -> R {
    Arch::new().dispatch(f)
}

/// Partial sums kept apart: one register of AVX-512, two of AVX2, four of NEON. Fixed, so that every processor adds
/// in the same order.
const LANES: usize = 16;
/// Numbers summed in f32 before the sum is carried on in f64.
const BLOCK: usize = 2048;

/// The sum of `f(a, b)` over two slices of one length.
#[inline(always)]
pub(crate) fn sum2(a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) -> f64 {
    let mut total = 0.0;
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut lanes = [0.0; LANES];
        let (a, a_rest) = a.as_chunks::<LANES>();
        let (b, b_rest) = b.as_chunks::<LANES>();
        for (a, b) in a.iter().zip(b) {
            for l in 0..LANES {
                lanes[l] += f(a[l], b[l]);
            }
        }
        let rest: f32 = a_rest.iter().zip(b_rest).map(|(&a, &b)| f(a, b)).sum();
        total += f64::from(fold(lanes) + rest);
    }
    total
}

#[inline(always)]
fn fold(lanes: [f32; LANES]) -> f32 {
    let mut sums = lanes;
    let mut width = LANES / 2;
    while width > 0 {
        for l in 0..width {
            sums[l] += sums[l + width];
        }
        width /= 2;
    }
    sums[0]
}

/// The inner product.
#[inline(always)]
pub(crate) fn dot(a: &[f32], b: &[f32]) -> f32 {
    sum2(a, b, |a, b| a * b) as f32
}

/// `to += from`.
#[inline(always)]
pub(crate) fn add(to: &mut [f32], from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t += f);
}

/// `to += scale * from`.
#[inline(always)]
pub(crate) fn add_scaled(to: &mut [f32], scale: f32, from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t += scale * f);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_reach_every_element() {
        for n in [0, 1, 15, 16, 17, 2047, 2048, 2049, 5000] {
            let a: Vec<f32> = (0..n).map(|i| (i % 7) as f32).collect();
            let want: f64 = a.iter().map(|&v| f64::from(v * v)).sum();
            assert_eq!(vectorised(|| sum2(&a, &a, |a, b| a * b)), want, "{n}");
        }
    }

    #[test]
    fn long_sums_keep_their_precision() {
        let a = vec![0.1_f32; 10_000_000];
        let sum = vectorised(|| sum2(&a, &a, |a, _| a));
        assert!((sum / (1e7 * f64::from(0.1_f32)) - 1.0).abs() < 1e-6, "{sum}");
    }
}
