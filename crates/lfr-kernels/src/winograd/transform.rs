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

/// Bᵀd: six pixels to six products' left factors.
pub(super) struct Input;

impl Map<SPAN, SPAN> for Input {
    #[inline(always)]
    fn of(d: [f32; SPAN]) -> [f32; SPAN] {
        let (a, b) = (d[4] - d[2] * 4.0, d[3] - d[1] * 4.0);
        let (c, e) = (d[4] - d[2], (d[3] - d[1]) * 2.0);
        [d[0] * 4.0 - d[2] * 5.0 + d[4], a + b, a - b, c + e, c - e, d[1] * 4.0 - d[3] * 5.0 + d[5]]
    }
}

/// Bv: the adjoint of [`Input`].
pub(super) struct InputAdjoint;

impl Map<SPAN, SPAN> for InputAdjoint {
    #[inline(always)]
    fn of(v: [f32; SPAN]) -> [f32; SPAN] {
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
}

/// Aᵀm: six products to four outputs.
pub(super) struct Output;

impl Map<SPAN, TILE> for Output {
    #[inline(always)]
    fn of(m: [f32; SPAN]) -> [f32; TILE] {
        let (sum1, sum3) = (m[1] + m[2], m[3] + m[4]);
        let (difference1, difference3) = (m[1] - m[2], m[3] - m[4]);
        [
            m[0] + sum1 + sum3,
            difference1 + difference3 * 2.0,
            sum1 + sum3 * 4.0,
            difference1 + difference3 * 8.0 + m[5],
        ]
    }
}

/// Ay: the adjoint of [`Output`].
pub(super) struct OutputAdjoint;

impl Map<TILE, SPAN> for OutputAdjoint {
    #[inline(always)]
    fn of(y: [f32; TILE]) -> [f32; SPAN] {
        let (even, odd) = (y[0] + y[2], y[1] + y[3]);
        let (even2, odd2) = (y[0] + y[2] * 4.0, y[1] * 2.0 + y[3] * 8.0);
        [y[0], even + odd, even - odd, even2 + odd2, even2 - odd2, y[3]]
    }
}

/// Gg: three weights to six products' right factors.
pub(super) struct Weight;

impl Map<TAPS, SPAN> for Weight {
    #[inline(always)]
    fn of(g: [f32; TAPS]) -> [f32; SPAN] {
        let (ends, middle) = ((g[0] + g[2]) * (-1.0 / 6.0), g[1] * (1.0 / 6.0));
        let (far, half) = (g[0] * (1.0 / 24.0) + g[2] * (1.0 / 6.0), g[1] * (1.0 / 12.0));
        [g[0] * 0.25, ends - middle, ends + middle, far + half, far - half, g[2]]
    }
}

/// Gᵀu: the adjoint of [`Weight`].
pub(super) struct WeightAdjoint;

impl Map<SPAN, TAPS> for WeightAdjoint {
    #[inline(always)]
    fn of(u: [f32; SPAN]) -> [f32; TAPS] {
        let (sum1, sum3) = ((u[1] + u[2]) * (-1.0 / 6.0), u[3] + u[4]);
        let (difference1, difference3) = (u[2] - u[1], u[3] - u[4]);
        [
            u[0] * 0.25 + sum1 + sum3 * (1.0 / 24.0),
            difference1 * (1.0 / 6.0) + difference3 * (1.0 / 12.0),
            sum1 + sum3 * (1.0 / 6.0) + u[5],
        ]
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

    #[test]
    fn adjoints_are_adjoint() {
        assert_eq!(inner(Input::of(numbers(1)), numbers(2)), inner(numbers(1), InputAdjoint::of(numbers(2))));
        assert_eq!(
            inner(Output::of(numbers(3)), numbers(4)),
            inner(numbers(3), OutputAdjoint::of(numbers(4)))
        );
        let (forward, adjoint) =
            (inner(Weight::of(numbers(5)), numbers(6)), inner(numbers(5), WeightAdjoint::of(numbers(6))));
        assert!((forward - adjoint).abs() < 1e-5, "{forward} {adjoint}");
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
