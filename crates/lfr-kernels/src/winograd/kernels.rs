//! The weights of a layer as kernels of 3x3 taps between the channels of two sides, and these transformed.

use super::transform::{BLOCK, LANES, Map, SPAN, TAPS, Weight, WeightAdjoint, blank};
use super::{PRODUCTS, Side};
use crate::scratch::Scratch;
use crate::simd::vectorised;

/// Which weight is which tap.
///
/// A kernel of stride s meets each of the s x s phases of a picture (every s-th pixel down and across) with every s-th
/// of its weights: with at most 3x3 of them where it is no larger than 3s. So it is a kernel of 3x3 and stride 1 between
/// the channels of all phases and those of the other side; taps beyond the kernel are 0.
pub(super) struct Kernels {
    /// Height and width.
    pub(super) kernel: usize,
    /// Channels of the input and of the output, as the layer has them.
    pub(super) channels: [usize; 2],
    /// Of the input, or of the output where it is transposed.
    pub(super) stride: usize,
    /// Whether the layer is a transposed convolution: weights are `[in, out, kernel, kernel]`, and flipped.
    pub(super) transposed: bool,
}

/// How a matrix of transformed weights lies.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// `[in, out]`.
    InputsFirst,
    /// `[out, in]`.
    OutputsFirst,
}

impl Kernels {
    /// Whether three taps a phase are what the kernel needs.
    pub(super) fn suits(&self) -> bool {
        let taps = self.kernel.div_ceil(self.stride);
        taps == TAPS && self.channels.iter().all(|c| c.is_multiple_of(LANES))
    }

    /// Numbers of a matrix of transformed weights.
    pub(super) fn len(&self) -> usize {
        let [inputs, outputs] = self.depths();
        inputs * outputs
    }

    /// The matrix of a place.
    pub(super) fn matrix<'a>(&self, factors: &'a [f32], place: usize) -> &'a [f32] {
        &factors[place * self.len()..][..self.len()]
    }

    /// The transformed weights: of each place a matrix.
    pub(super) fn factors(&self, weights: &[f32], order: Order) -> Scratch {
        let mut factors = Scratch::dirty(PRODUCTS * self.len());
        factors_of(self, weights, order, &mut factors);
        factors
    }

    /// The gradient of the weights from that of the transformed ones, which lie inputs first: the adjoint of
    /// [`Kernels::factors`].
    pub(super) fn weights(&self, d_factors: &[f32], d_weights: &mut [f32]) {
        weights_of(self, d_factors, d_weights);
    }

    /// Channels of input and output, all phases counted.
    fn depths(&self) -> [usize; 2] {
        let phases = self.stride * self.stride;
        let [inputs, outputs] = self.channels;
        if self.transposed { [inputs, outputs * phases] } else { [inputs * phases, outputs] }
    }

    /// Rows and columns of a matrix.
    fn matrix_sizes(&self, order: Order) -> [usize; 2] {
        let [inputs, outputs] = self.depths();
        if order == Order::InputsFirst { [inputs, outputs] } else { [outputs, inputs] }
    }

    /// Where the first weight of the pair at row `i` and column `j` of a matrix is, and row and column of its phase.
    #[inline(always)]
    fn pair(&self, order: Order, i: usize, j: usize) -> (usize, [usize; 2]) {
        let [inputs, outputs] = self.channels;
        let [input, output] = if order == Order::InputsFirst { [i, j] } else { [j, i] };
        let (pair, phase) = if self.transposed {
            (input * outputs + output % outputs, output / outputs)
        } else {
            (output * inputs + input % inputs, input / inputs)
        };
        (pair * self.kernel * self.kernel, [phase / self.stride, phase % self.stride])
    }

    /// Row or column of the kernel that a tap is, if it is within.
    #[inline(always)]
    fn tap(&self, i: usize, phase: usize) -> Option<usize> {
        let tap = if self.transposed { TAPS - 1 - i } else { i };
        let at = tap * self.stride + phase;
        (at < self.kernel).then_some(at)
    }

    /// The input's side and the output's, given the sizes of their pictures and the padding of the layer; none if
    /// the phases of a picture differ in size.
    pub(super) fn sides(&self, images: [[usize; 2]; 2], padding: usize) -> Option<[Side; 2]> {
        let whole = |image: [usize; 2]| image.iter().all(|n| n.is_multiple_of(self.stride));
        let strided = usize::from(self.transposed);
        if !whole(images[strided]) || !padding.is_multiple_of(self.stride) {
            return None;
        }
        // A flipped kernel reaches as far back as the other reaches forward.
        let padding = padding / self.stride;
        let padding = if self.transposed { (TAPS - 1).checked_sub(padding)? } else { padding };
        let strides = [[self.stride, 1], [1, self.stride]][strided];
        let side = |i: usize, padding| Side::new(images[i], self.channels[i], strides[i], padding);
        let (mut x, y) = (side(0, padding), side(1, 0));
        x.tiles = y.tiles;
        Some([x, y])
    }
}

vectorised! {
    fn factors_of(kernels: &Kernels, weights: &[f32], order: Order, factors: &mut [f32]) {
        let [rows, columns] = kernels.matrix_sizes(order);
        let (mut taps, mut tile) = (blank::<TAPS>(), blank::<SPAN>());
        for row in 0..rows {
            for start in (0..columns).step_by(BLOCK) {
                let pairs = (columns - start).min(BLOCK);
                for pair in 0..pairs {
                    let (first, phase) = kernels.pair(order, row, start + pair);
                    for (i, taps) in taps.iter_mut().enumerate() {
                        let y = kernels.tap(i, phase[0]);
                        for (j, tap) in taps.iter_mut().enumerate() {
                            tap[pair] = match (y, kernels.tap(j, phase[1])) {
                                (Some(y), Some(x)) => weights[first + y * kernels.kernel + x],
                                _ => 0.0,
                            };
                        }
                    }
                }
                Weight::both_ways(&taps, &mut tile, pairs);
                for (place, numbers) in tile.as_flattened().iter().enumerate() {
                    let to = (place * rows + row) * columns + start;
                    factors[to..to + pairs].copy_from_slice(&numbers[..pairs]);
                }
            }
        }
    }
}

vectorised! {
    fn weights_of(kernels: &Kernels, d_factors: &[f32], d_weights: &mut [f32]) {
        let [rows, columns] = kernels.matrix_sizes(Order::InputsFirst);
        let (mut tile, mut taps) = (blank::<SPAN>(), blank::<TAPS>());
        for row in 0..rows {
            for start in (0..columns).step_by(BLOCK) {
                let pairs = (columns - start).min(BLOCK);
                for (place, numbers) in tile.as_flattened_mut().iter_mut().enumerate() {
                    let from = (place * rows + row) * columns + start;
                    numbers[..pairs].copy_from_slice(&d_factors[from..from + pairs]);
                }
                WeightAdjoint::both_ways(&tile, &mut taps, pairs);
                for pair in 0..pairs {
                    let (first, phase) = kernels.pair(Order::InputsFirst, row, start + pair);
                    for (i, taps) in taps.iter().enumerate() {
                        let Some(y) = kernels.tap(i, phase[0]) else { continue };
                        for (j, tap) in taps.iter().enumerate() {
                            if let Some(x) = kernels.tap(j, phase[1]) {
                                d_weights[first + y * kernels.kernel + x] = tap[pair];
                            }
                        }
                    }
                }
            }
        }
    }
}
