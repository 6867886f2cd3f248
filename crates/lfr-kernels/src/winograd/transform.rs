//! The linear maps of F(4x4, 3x3), many channels at a time (Lavin and Gray 2016, section 4.3).
#![allow(clippy::needless_range_loop, reason = "loops over places and channels read better by index")]

/// Channels that vectors hold whole.
pub(super) const LANES: usize = 8;
/// Most channels that are transformed together.
pub(super) const BLOCK: usize = 64;
/// Pixels a tile gives, down and across.
pub(super) const TILE: usize = 4;
/// Weights a kernel has, down and across.
pub(super) const TAPS: usize = 3;
/// Pixels a tile reads, down and across: those and the kernel's overhang.
pub(super) const SPAN: usize = TILE + TAPS - 1;

/// `N x N` places of a tile, of each the numbers of a block of channels.
pub(super) type Tile<const N: usize> = [[[f32; BLOCK]; N]; N];

/// A tile to be written.
pub(super) const fn blank<const N: usize>() -> Tile<N> {
    [[[0.0; BLOCK]; N]; N]
}

/// A linear map along a line of places, known when the loops over tiles are compiled.
pub(super) trait Map<const I: usize, const O: usize> {
    /// The line's image, of one channel.
    fn of(x: [f32; I]) -> [f32; O];

    /// The image of a tile's first `channels` channels, along columns and then along rows.
    #[inline(always)]
    fn both_ways(x: &Tile<I>, to: &mut Tile<O>, channels: usize) {
        let channels = channels.min(BLOCK);
        let mut half = [[[0.0; BLOCK]; I]; O];
        for j in 0..I {
            // How many there are is not known here, so that the compiler takes vectors of channels, not of places.
            for c in 0..channels {
                let image = Self::of(std::array::from_fn(|i| x[i][j][c]));
                for o in 0..O {
                    half[o][j][c] = image[o];
                }
            }
        }
        for (half, to) in half.iter().zip(to) {
            for c in 0..channels {
                let image = Self::of(std::array::from_fn(|j| half[j][c]));
                for o in 0..O {
                    to[o][c] = image[o];
                }
            }
        }
    }
}

/// The points that the polynomials are evaluated at are 0, ±A, ±B and infinity. A pair whose product is 1 rounds half as
/// much as the customary 1 and 2.
const A: f32 = std::f32::consts::FRAC_1_SQRT_2;
const B: f32 = std::f32::consts::SQRT_2;

/// Bᵀd: six pixels to six products' left factors.
pub(super) struct Input;

impl Map<SPAN, SPAN> for Input {
    #[inline(always)]
    fn of(d: [f32; SPAN]) -> [f32; SPAN] {
        let (a, odd_a) = (d[4] - 2.0 * d[2], A * (d[3] - 2.0 * d[1]));
        let (b, odd_b) = (d[4] - 0.5 * d[2], B * (d[3] - 0.5 * d[1]));
        [d[0] - 2.5 * d[2] + d[4], a + odd_a, a - odd_a, b + odd_b, b - odd_b, d[1] - 2.5 * d[3] + d[5]]
    }
}

/// Bv: the adjoint of [`Input`].
pub(super) struct InputAdjoint;

impl Map<SPAN, SPAN> for InputAdjoint {
    #[inline(always)]
    fn of(v: [f32; SPAN]) -> [f32; SPAN] {
        let (a, odd_a) = (v[1] + v[2], A * (v[1] - v[2]));
        let (b, odd_b) = (v[3] + v[4], B * (v[3] - v[4]));
        [
            v[0],
            v[5] - 2.0 * odd_a - 0.5 * odd_b,
            -2.5 * v[0] - 2.0 * a - 0.5 * b,
            odd_a + odd_b - 2.5 * v[5],
            v[0] + a + b,
            v[5],
        ]
    }
}

/// Aᵀm: six products to four outputs.
pub(super) struct Output;

impl Map<SPAN, TILE> for Output {
    #[inline(always)]
    fn of(m: [f32; SPAN]) -> [f32; TILE] {
        let (a, odd_a) = (m[1] + m[2], A * (m[1] - m[2]));
        let (b, odd_b) = (m[3] + m[4], B * (m[3] - m[4]));
        [m[0] + a + b, odd_a + odd_b, 0.5 * a + 2.0 * b, 0.5 * odd_a + 2.0 * odd_b + m[5]]
    }
}

/// Ay: the adjoint of [`Output`].
pub(super) struct OutputAdjoint;

impl Map<TILE, SPAN> for OutputAdjoint {
    #[inline(always)]
    fn of(y: [f32; TILE]) -> [f32; SPAN] {
        let (a, odd_a) = (y[0] + 0.5 * y[2], A * (y[1] + 0.5 * y[3]));
        let (b, odd_b) = (y[0] + 2.0 * y[2], B * (y[1] + 2.0 * y[3]));
        [y[0], a + odd_a, a - odd_a, b + odd_b, b - odd_b, y[3]]
    }
}

/// Gg: three weights to six products' right factors.
pub(super) struct Weight;

impl Map<TAPS, SPAN> for Weight {
    #[inline(always)]
    fn of(g: [f32; TAPS]) -> [f32; SPAN] {
        let (a, odd_a) = ((g[0] + 0.5 * g[2]) * (-2.0 / 3.0), A * g[1] * (-2.0 / 3.0));
        let (b, odd_b) = ((g[0] + 2.0 * g[2]) * (1.0 / 6.0), B * g[1] * (1.0 / 6.0));
        [g[0], a + odd_a, a - odd_a, b + odd_b, b - odd_b, g[2]]
    }
}

/// Gᵀu: the adjoint of [`Weight`].
pub(super) struct WeightAdjoint;

impl Map<SPAN, TAPS> for WeightAdjoint {
    #[inline(always)]
    fn of(u: [f32; SPAN]) -> [f32; TAPS] {
        let (a, odd_a) = ((u[1] + u[2]) * (-2.0 / 3.0), A * (u[1] - u[2]) * (-2.0 / 3.0));
        let (b, odd_b) = ((u[3] + u[4]) * (1.0 / 6.0), B * (u[3] - u[4]) * (1.0 / 6.0));
        [u[0] + a + b, odd_a + odd_b, 0.5 * a + 2.0 * b + u[5]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers<const N: usize>(seed: usize) -> [f32; N] {
        std::array::from_fn(|i| ((i * 7 + seed * 5) % 11) as f32 - 5.0)
    }

    fn inner<const N: usize>(a: [f32; N], b: [f32; N]) -> f32 {
        a.iter().zip(&b).map(|(a, b)| a * b).sum()
    }

    fn check_adjoint<M: Map<I, O>, N: Map<O, I>, const I: usize, const O: usize>() {
        let (forward, adjoint) = (inner(M::of(numbers(1)), numbers(2)), inner(numbers(1), N::of(numbers(2))));
        assert!((forward - adjoint).abs() < 2e-5, "{forward} {adjoint}");
    }

    #[test]
    fn adjoints_are_adjoint() {
        check_adjoint::<Input, InputAdjoint, _, _>();
        check_adjoint::<Output, OutputAdjoint, _, _>();
        check_adjoint::<Weight, WeightAdjoint, _, _>();
    }

    #[test]
    fn four_outputs_of_three_weights() {
        let (d, g): ([f32; SPAN], [f32; TAPS]) = (numbers(1), numbers(2));
        let (left, right) = (Input::of(d), Weight::of(g));
        let products = std::array::from_fn(|i| left[i] * right[i]);
        for (x, y) in Output::of(products).iter().enumerate() {
            let want: f32 = (0..TAPS).map(|k| g[k] * d[x + k]).sum();
            assert!((y - want).abs() < 1e-4, "{y} {want}");
        }
    }
}
