//! The vectors of NEON, which every aarch64 processor has.

use std::arch::aarch64::{
    float32x4_t, vaddq_f32 as add, vdupq_n_f32 as splat, vfmaq_f32, vld1q_f32 as load, vst1q_f32,
};

use super::{Into, Kernels, LINE, Run, Tile, turn};

const LANES: usize = 4;
const AHEAD: usize = 0;

pub(super) static NEON: Kernels = Kernels {
    name: "neon",
    lanes: LANES,
    ahead: AHEAD,
    tiles: &[tiles!(1: 1 2 3 4 5 6 7 8), tiles!(2: 1 2 3 4 5 6 7 8), tiles!(3: 1 2 3 4 5 6 7 8)],
    turn: turn::portable,
};

tile! {
    #[target_feature(enable = "neon")]
}

#[target_feature(enable = "neon")]
#[inline]
fn zero() -> float32x4_t {
    splat(0.0)
}

#[target_feature(enable = "neon")]
#[inline]
fn multiply_add(a: float32x4_t, b: float32x4_t, c: float32x4_t) -> float32x4_t {
    vfmaq_f32(c, a, b)
}

#[target_feature(enable = "neon")]
#[inline]
unsafe fn load_some(from: *const f32, len: usize) -> float32x4_t {
    let mut numbers = [0.0; LANES];
    // SAFETY: the caller may read `len` numbers, at most all lanes; the copy has all.
    unsafe {
        from.copy_to_nonoverlapping(numbers.as_mut_ptr(), len);
        load(numbers.as_ptr())
    }
}

#[target_feature(enable = "neon")]
#[inline]
unsafe fn store(to: *mut f32, len: usize, vector: float32x4_t) {
    let mut numbers = [0.0; LANES];
    // SAFETY: the copy has all lanes; the caller may write `len` numbers, at most all lanes.
    unsafe {
        vst1q_f32(numbers.as_mut_ptr(), vector);
        to.copy_from_nonoverlapping(numbers.as_ptr(), len);
    }
}

#[inline(always)]
fn prefetch(_: *const f32) {}
