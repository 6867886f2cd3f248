//! The tile of a product that stays in registers while it is summed, for each kind of registers.
#![allow(
    unsafe_code,
    reason = "vector instructions and reads without bounds checks; `blocks.rs` checks the bounds"
)]

use super::Into;

/// A tile of a product, and where its operands are.
pub(super) struct Tile {
    /// Products that each number is a sum of.
    pub(super) depth: usize,
    /// The left operand: number `(r, l)` is at `r * row + l * step`.
    pub(super) a: *const f32,
    pub(super) row: usize,
    pub(super) step: usize,
    /// The right operand: whole vectors, row `l` at `l * width`.
    pub(super) b: *const f32,
    pub(super) width: usize,
    /// The destination: row `r` at `r * stride`.
    pub(super) to: *mut f32,
    pub(super) stride: usize,
    /// Numbers of a row's last vector that belong to the destination, at least one.
    pub(super) last: usize,
    pub(super) into: Into,
    /// What later tiles read, which only goes into the cache: [`Kernels::ahead`] numbers each step.
    pub(super) next: *const f32,
    pub(super) next_step: usize,
}

/// Computes a tile of a certain size.
///
/// # Safety
/// The processor must have the instructions. All rows and vectors of the operands must be valid for reading, and those
/// of the destination, without what lies behind the last number, for reading and writing, by nothing else meanwhile.
pub(super) type Run = unsafe fn(&Tile);

/// The tiles of one kind of registers.
pub(super) struct Kernels {
    /// What `LFR_PRODUCTS` calls them.
    pub(super) name: &'static str,
    /// Numbers of a vector.
    pub(super) lanes: usize,
    /// Numbers a step that are brought into the cache for later tiles.
    pub(super) ahead: usize,
    /// Of `v` vectors and `r` rows at `[v - 1][r - 1]`.
    pub(super) tiles: &'static [&'static [Run]],
    pub(super) turn: Turn,
}

/// Numbers of a cache line.
const LINE: usize = 16;

/// A tile in the vectors of the module it stands in. Each sum is one product after the other, so that it does not depend
/// on the tile it is in.
macro_rules! tile {
    ($(#[$attribute:meta])*) => {
        $(#[$attribute])*
        unsafe fn tile<const R: usize, const V: usize>(tile: &Tile) {
            // SAFETY: every address lies within what the caller promises; prefetching never faults.
            unsafe {
                for r in 0..R {
                    (0..V).for_each(|v| prefetch(tile.to.wrapping_add(r * tile.stride + v * LANES)));
                }
                let mut sums = [[zero(); V]; R];
                let (mut a, mut b, mut next) = (tile.a, tile.b, tile.next);
                for _ in 0..tile.depth {
                    let mut vectors = [zero(); V];
                    for (v, vector) in vectors.iter_mut().enumerate() {
                        *vector = load(b.add(v * LANES));
                    }
                    for (r, sums) in sums.iter_mut().enumerate() {
                        let scale = splat(*a.add(r * tile.row));
                        for (sum, vector) in sums.iter_mut().zip(vectors) {
                            *sum = multiply_add(scale, vector, *sum);
                        }
                    }
                    (0..AHEAD).step_by(LINE).for_each(|at| prefetch(next.wrapping_add(at)));
                    a = a.wrapping_add(tile.step);
                    b = b.wrapping_add(tile.width);
                    next = next.wrapping_add(tile.next_step);
                }
                for (r, sums) in sums.iter().enumerate() {
                    for (v, &sum) in sums.iter().enumerate() {
                        let to = tile.to.add(r * tile.stride + v * LANES);
                        let len = if v + 1 == V { tile.last } else { LANES };
                        match tile.into {
                            Into::Set => store(to, len, sum),
                            Into::Add => store(to, len, add(load_some(to, len), sum)),
                        }
                    }
                }
            }
        }
    };
}

/// The tiles of `$v` vectors by `$r` rows.
macro_rules! tiles {
    ($v:literal: $($r:literal)*) => { &[$(tile::<$r, $v> as Run),*] };
}

#[cfg(target_arch = "aarch64")]
mod neon;
mod portable;
pub(super) mod turn;
#[cfg(target_arch = "x86_64")]
mod x86;

use portable::PORTABLE;
use turn::Turn;

/// All that this processor has, the fastest first.
pub(super) fn available() -> impl Iterator<Item = &'static Kernels> {
    #[cfg(target_arch = "x86_64")]
    let vectors = x86::available();
    #[cfg(target_arch = "aarch64")]
    let vectors = [&neon::NEON].into_iter();
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    let vectors = std::iter::empty();
    vectors.chain([&PORTABLE])
}

/// The fastest; with the environment variable `LFR_PRODUCTS` those it names, so that benches can compare them.
pub(super) fn best() -> &'static Kernels {
    static BEST: std::sync::OnceLock<&Kernels> = std::sync::OnceLock::new();
    BEST.get_or_init(|| {
        let wanted = std::env::var("LFR_PRODUCTS").ok();
        let named = available().find(|kernels| Some(kernels.name) == wanted.as_deref());
        named.or_else(|| available().next()).unwrap_or(&PORTABLE)
    })
}
