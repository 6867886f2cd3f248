//! The linear maps of F(4x4, 3x3), eight channels at a time (Lavin and Gray 2016, section 4.3).

use std::ops::{Add, Mul, Sub};

/// Channels that are transformed together.
pub(super) const LANES: usize = 8;
/// Pixels a tile gives, down and across.
pub(super) const TILE: usize = 4;
/// Pixels a tile reads, down and across: those and the kernel's overhang.
pub(super) const SPAN: usize = TILE + 2;

/// One number of each of eight channels.
#[derive(Clone, Copy)]
pub(super) struct Lane([f32; LANES]);

impl Lane {
    pub(super) const ZERO: Self = Self([0.0; LANES]);

    #[inline(always)]
    pub(super) fn load(from: &[f32]) -> Self {
        let mut lane = [0.0; LANES];
        lane.copy_from_slice(&from[..LANES]);
        Self(lane)
    }

    #[inline(always)]
    pub(super) fn store(self, to: &mut [f32]) {
        to[..LANES].copy_from_slice(&self.0);
    }
}

macro_rules! lanewise {
    ($trait:ident, $method:ident, $assign:tt) => {
        impl $trait for Lane {
            type Output = Self;

            #[inline(always)]
            fn $method(self, other: Self) -> Self {
                let mut lane = self.0;
                lane.iter_mut().zip(other.0).for_each(|(a, b)| *a $assign b);
                Self(lane)
            }
        }
    };
}

lanewise!(Add, add, +=);
lanewise!(Sub, sub, -=);

impl Mul<f32> for Lane {
    type Output = Self;

    #[inline(always)]
    fn mul(self, by: f32) -> Self {
        let mut lane = self.0;
        for value in &mut lane {
            *value *= by;
        }
        Self(lane)
    }
}

/// Applies `f` along the columns of `x`, then along its rows.
#[inline(always)]
pub(super) fn both_ways<const I: usize, const O: usize>(
    x: &[[Lane; I]; I],
    f: impl Fn([Lane; I]) -> [Lane; O],
) -> [[Lane; O]; O] {
    let mut half = [[Lane::ZERO; I]; O];
    for j in 0..I {
        let mut column = [Lane::ZERO; I];
        for i in 0..I {
            column[i] = x[i][j];
        }
        let column = f(column);
        for i in 0..O {
            half[i][j] = column[i];
        }
    }
    let mut out = [[Lane::ZERO; O]; O];
    for i in 0..O {
        out[i] = f(half[i]);
    }
    out
}

/// Bᵀd: six pixels to six products' left factors.
#[inline(always)]
pub(super) fn input(d: [Lane; SPAN]) -> [Lane; SPAN] {
    let (a, b) = (d[4] - d[2] * 4.0, d[3] - d[1] * 4.0);
    let (c, e) = (d[4] - d[2], (d[3] - d[1]) * 2.0);
    [d[0] * 4.0 - d[2] * 5.0 + d[4], a + b, a - b, c + e, c - e, d[1] * 4.0 - d[3] * 5.0 + d[5]]
}

/// Bv: the adjoint of [`input`].
#[inline(always)]
pub(super) fn input_adjoint(v: [Lane; SPAN]) -> [Lane; SPAN] {
    let (sum1, sum3) = (v[1] + v[2], v[3] + v[4]);
    let (difference1, difference3) = (v[1] - v[2], (v[3] - v[4]) * 2.0);
    [
        v[0] * 4.0,
        v[5] * 4.0 - difference1 * 4.0 - difference3,
        v[0] * -5.0 - sum1 * 4.0 - sum3,
        difference1 + difference3 - v[5] * 5.0,
        v[0] + sum1 + sum3,
        v[5],
    ]
}

/// Aᵀm: six products to four outputs.
#[inline(always)]
pub(super) fn output(m: [Lane; SPAN]) -> [Lane; TILE] {
    let (sum1, sum3) = (m[1] + m[2], m[3] + m[4]);
    let (difference1, difference3) = (m[1] - m[2], m[3] - m[4]);
    [
        m[0] + sum1 + sum3,
        difference1 + difference3 * 2.0,
        sum1 + sum3 * 4.0,
        difference1 + difference3 * 8.0 + m[5],
    ]
}

/// Ay: the adjoint of [`output`].
#[inline(always)]
pub(super) fn output_adjoint(y: [Lane; TILE]) -> [Lane; SPAN] {
    let (even, odd) = (y[0] + y[2], y[1] + y[3]);
    let (even2, odd2) = (y[0] + y[2] * 4.0, y[1] * 2.0 + y[3] * 8.0);
    [y[0], even + odd, even - odd, even2 + odd2, even2 - odd2, y[3]]
}

/// G, from three weights to six right factors.
const G: [[f32; 3]; SPAN] = [
    [1.0 / 4.0, 0.0, 0.0],
    [-1.0 / 6.0, -1.0 / 6.0, -1.0 / 6.0],
    [-1.0 / 6.0, 1.0 / 6.0, -1.0 / 6.0],
    [1.0 / 24.0, 1.0 / 12.0, 1.0 / 6.0],
    [1.0 / 24.0, -1.0 / 12.0, 1.0 / 6.0],
    [0.0, 0.0, 1.0],
];

/// G g Gᵀ of a kernel of nine weights.
#[inline(always)]
pub(super) fn weight(g: &[f32]) -> [[f32; SPAN]; SPAN] {
    let half = G.map(|row| [0, 1, 2].map(|x| row[0] * g[x] + row[1] * g[3 + x] + row[2] * g[6 + x]));
    half.map(|line| G.map(|row| row[0] * line[0] + row[1] * line[1] + row[2] * line[2]))
}

/// Gᵀ u G: the adjoint of [`weight`].
#[inline(always)]
pub(super) fn weight_adjoint(u: &[[f32; SPAN]; SPAN], g: &mut [f32]) {
    let half = u.map(|line| [0, 1, 2].map(|x| (0..SPAN).map(|j| line[j] * G[j][x]).sum::<f32>()));
    for (place, g) in g.iter_mut().enumerate() {
        *g = (0..SPAN).map(|i| G[i][place / 3] * half[i][place % 3]).sum();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes<const N: usize>(seed: usize) -> [Lane; N] {
        std::array::from_fn(|i| Lane([((i * 7 + seed * 5) % 11) as f32 - 5.0; LANES]))
    }

    fn inner<const N: usize>(a: [Lane; N], b: [Lane; N]) -> f32 {
        a.iter().zip(&b).map(|(a, b)| a.0[0] * b.0[0]).sum()
    }

    #[test]
    fn adjoints_are_adjoint() {
        assert_eq!(inner(input(lanes(1)), lanes(2)), inner(lanes(1), input_adjoint(lanes(2))));
        assert_eq!(inner(output(lanes(3)), lanes(4)), inner(lanes(3), output_adjoint(lanes(4))));
        let g: [f32; 9] = std::array::from_fn(|i| (i * 5 % 7) as f32);
        let u: [[f32; SPAN]; SPAN] =
            std::array::from_fn(|i| std::array::from_fn(|j| ((i * 6 + j) % 5) as f32));
        let mut back = [0.0; 9];
        weight_adjoint(&u, &mut back);
        let forward: f32 = weight(&g).iter().flatten().zip(u.iter().flatten()).map(|(a, b)| a * b).sum();
        let adjoint: f32 = g.iter().zip(&back).map(|(a, b)| a * b).sum();
        assert!((forward - adjoint).abs() < 1e-4 * forward.abs(), "{forward} {adjoint}");
    }

    #[test]
    fn four_outputs_of_three_weights() {
        let (d, g): ([Lane; SPAN], _) = (lanes(1), [2.0, -3.0, 5.0]);
        let factors = G.map(|row| row[0] * g[0] + row[1] * g[1] + row[2] * g[2]);
        let left = input(d);
        let products = std::array::from_fn(|i| left[i] * factors[i]);
        for (x, y) in output(products).iter().enumerate() {
            let want: f32 = (0..3).map(|k| g[k] * d[x + k].0[0]).sum();
            assert!((y.0[0] - want).abs() < 1e-4, "{} {want}", y.0[0]);
        }
    }
}
