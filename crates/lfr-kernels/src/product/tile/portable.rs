//! Vectors that the compiler makes of arrays.

use super::{Into, Kernels, LINE, Run, Tile, turn};

const LANES: usize = 4;
const AHEAD: usize = 0;

type Vector = [f32; LANES];

pub(super) static PORTABLE: Kernels = Kernels {
    name: "portable",
    lanes: LANES,
    ahead: AHEAD,
    tiles: &[tiles!(1: 1 2 3 4), tiles!(2: 1 2 3 4)],
    turn: turn::portable,
};

tile! {}

#[inline(always)]
fn zero() -> Vector {
    [0.0; LANES]
}

#[inline(always)]
fn splat(number: f32) -> Vector {
    [number; LANES]
}

#[inline(always)]
fn add(a: Vector, b: Vector) -> Vector {
    std::array::from_fn(|i| a[i] + b[i])
}

#[inline(always)]
fn multiply_add(a: Vector, b: Vector, c: Vector) -> Vector {
    std::array::from_fn(|i| a[i] * b[i] + c[i])
}

#[inline(always)]
unsafe fn load(from: *const f32) -> Vector {
    // SAFETY: the caller may read all lanes; arrays are aligned as their numbers are.
    unsafe { *from.cast() }
}

#[inline(always)]
unsafe fn load_some(from: *const f32, len: usize) -> Vector {
    let mut vector = zero();
    // SAFETY: the caller may read `len` numbers, at most all lanes.
    unsafe { from.copy_to_nonoverlapping(vector.as_mut_ptr(), len) };
    vector
}

#[inline(always)]
unsafe fn store(to: *mut f32, len: usize, vector: Vector) {
    // SAFETY: the caller may write `len` numbers, at most all lanes.
    unsafe { to.copy_from_nonoverlapping(vector.as_ptr(), len) };
}

#[inline(always)]
fn prefetch(_: *const f32) {}
