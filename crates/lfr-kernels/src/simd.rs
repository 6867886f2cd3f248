//! Loops compiled for several instruction sets, chosen at run time.
#![allow(clippy::needless_range_loop, reason = "loops over lanes read better by index")]

/// Compiles a function for AVX-512, for AVX2 and for whatever the build targets; a call takes the best that the processor
/// has. What the function calls is included only where it is inlined, so helpers for it are `#[inline(always)]`: even a
/// closure or a function passed to it would be compiled for the build's target alone.
macro_rules! vectorised {
    ($function:item) => {
        #[multiversion::multiversion(targets(
            "x86_64+avx512f+avx512bw+avx512cd+avx512dq+avx512vl+avx2+fma+bmi1+bmi2+lzcnt+popcnt",
            "x86_64+avx2+fma+bmi1+bmi2+lzcnt+popcnt",
        ))]
        $function
    };
}

pub(crate) use vectorised;

/// Partial sums kept apart: one register of AVX-512, two of AVX2, four of NEON. Fixed, so that every processor adds
/// in the same order.
pub(crate) const LANES: usize = 16;
/// Numbers summed in f32 before the sum is carried on in f64.
const BLOCK: usize = 2048;

/// A function of two numbers.
trait Pair {
    fn of(a: f32, b: f32) -> f32;
}

struct Product;

impl Pair for Product {
    #[inline(always)]
    fn of(a: f32, b: f32) -> f32 {
        a * b
    }
}

struct SquaredDifference;

impl Pair for SquaredDifference {
    #[inline(always)]
    fn of(a: f32, b: f32) -> f32 {
        (a - b) * (a - b)
    }
}

/// The sum of `F(a, b)` over two slices of one length.
#[inline(always)]
fn sum<F: Pair>(a: &[f32], b: &[f32]) -> f64 {
    let mut total = 0.0;
    for (a, b) in a.chunks(BLOCK).zip(b.chunks(BLOCK)) {
        let mut lanes = [0.0; LANES];
        let (a, a_rest) = a.as_chunks::<LANES>();
        let (b, b_rest) = b.as_chunks::<LANES>();
        for (a, b) in a.iter().zip(b) {
            for l in 0..LANES {
                lanes[l] += F::of(a[l], b[l]);
            }
        }
        let rest: f32 = a_rest.iter().zip(b_rest).map(|(&a, &b)| F::of(a, b)).sum();
        total += f64::from(fold(lanes) + rest);
    }
    total
}

/// The sum of lanes, in a fixed order.
#[inline(always)]
pub(crate) fn fold(lanes: [f32; LANES]) -> f32 {
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
pub(crate) fn inner(a: &[f32], b: &[f32]) -> f64 {
    sum::<Product>(a, b)
}

/// The squared distance.
#[inline(always)]
pub(crate) fn squared_distance(a: &[f32], b: &[f32]) -> f64 {
    sum::<SquaredDifference>(a, b)
}

/// `to += from`.
#[inline(always)]
pub(crate) fn add(to: &mut [f32], from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t += f);
}

/// Copies numbers; of the lengths that kernels have most often without a call, which would take longer.
#[inline(always)]
pub(crate) fn copy(to: &mut [f32], from: &[f32]) {
    match to.len() {
        3 => copy_exactly::<3>(to, from),
        5 => copy_exactly::<5>(to, from),
        9 => copy_exactly::<9>(to, from),
        15 => copy_exactly::<15>(to, from),
        32 => copy_exactly::<32>(to, from),
        64 => copy_exactly::<64>(to, from),
        _ => to.copy_from_slice(from),
    }
}

#[inline(always)]
fn copy_exactly<const N: usize>(to: &mut [f32], from: &[f32]) {
    if let (Some(to), Some(from)) = (to.first_chunk_mut::<N>(), from.first_chunk::<N>()) {
        *to = *from;
    }
}

/// `to += scale * from`.
#[inline(always)]
pub(crate) fn add_scaled(to: &mut [f32], scale: f32, from: &[f32]) {
    to.iter_mut().zip(from).for_each(|(t, f)| *t += scale * f);
}

vectorised! {
    /// `to += from`, for callers that are not compiled for several instruction sets.
    pub(crate) fn add_all(to: &mut [f32], from: &[f32]) {
        add(to, from);
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;
    use crate::activation::tanh;

    vectorised! {
        fn sum_of_products(a: &[f32], b: &[f32]) -> f64 {
            inner(a, b)
        }
    }

    #[test]
    fn sums_reach_every_element() {
        for n in [0, 1, 15, 16, 17, 2047, 2048, 2049, 5000] {
            let a: Vec<f32> = (0..n).map(|i| (i % 7) as f32).collect();
            let want: f64 = a.iter().map(|&v| f64::from(v * v)).sum();
            assert_eq!(sum_of_products(&a, &a), want, "{n}");
        }
    }

    #[test]
    fn long_sums_keep_their_precision() {
        let (a, ones) = (vec![0.1_f32; 10_000_000], vec![1.0; 10_000_000]);
        let sum = sum_of_products(&a, &ones);
        assert!((sum / (1e7 * f64::from(0.1_f32)) - 1.0).abs() < 1e-6, "{sum}");
    }

    #[test]
    fn copies_of_any_length() {
        for n in 0..100 {
            let from: Vec<f32> = (0..n).map(|i| i as f32).collect();
            let mut to = vec![-1.0; n];
            copy(&mut to, &from);
            assert_eq!(to, from);
        }
    }

    #[inline(always)]
    fn all_tanh(values: &mut [f32]) {
        values.iter_mut().for_each(|v| *v = tanh(*v));
    }

    vectorised! {
        fn all_tanh_vectorised(values: &mut [f32]) {
            all_tanh(values);
        }
    }

    #[inline(never)]
    fn all_tanh_for_the_target(values: &mut [f32]) {
        all_tanh(values);
    }

    /// Shortest of many times.
    fn time(f: fn(&mut [f32]), values: &mut [f32]) -> Duration {
        let once = |_| {
            let start = Instant::now();
            f(values);
            start.elapsed()
        };
        (0..200).map(once).min().unwrap_or_default()
    }

    /// Closures once hid the loops from the wider instruction sets, which no result shows.
    #[cfg(target_arch = "x86_64")]
    #[test]
    fn wider_instructions_are_used() {
        if !std::arch::is_x86_feature_detected!("avx2") || cfg!(target_feature = "avx2") {
            return;
        }
        let mut values = vec![0.25; 4096];
        let slow = time(all_tanh_for_the_target, &mut values);
        let fast = time(all_tanh_vectorised, &mut values);
        assert!(fast.as_secs_f64() < 0.8 * slow.as_secs_f64(), "{fast:?} {slow:?}");
    }
}
