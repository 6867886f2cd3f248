//! 3x3 convolutions of stride 1 by minimal filtering, F(4x4, 3x3): 36 products of matrices in place of 144
//! multiplications an output tile and channel pair (Winograd 1980; Lavin and Gray 2016). The backward pass is the
//! adjoint of each of its linear maps, so it saves as much. Results differ from the direct sum by some 1e-6 of the
//! largest, see the tests.

mod tiles;
mod transform;

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::conv::Conv;
use crate::gemm::{Into, Matrix, gemm};
use crate::gradients::{Gradients, Part, add_rows, merge};
use crate::partition::{part, sum};
use crate::patches::Patches;
use crate::scratch::Scratch;
use crate::simd::vectorised;

use tiles::Side;
use transform::{LANES, SPAN, TILE, weight, weight_adjoint};

/// Products of matrices a tile.
const PRODUCTS: usize = SPAN * SPAN;
/// Numbers of transformed tiles laid out at once, which should fit the second-level cache.
const LAID_OUT: usize = 1 << 17;
/// Fewest tiles for which a product of matrices is fast.
const TILES: usize = 32;

/// A convolution that minimal filtering suits.
pub(crate) struct Winograd {
    /// Where tiles read.
    x: Side,
    /// Where tiles write.
    y: Side,
    activation: Activation,
}

impl Winograd {
    /// The plan for `conv` over `patches`, if it has a 3x3 kernel, stride 1 and whole lanes of channels.
    pub(crate) fn of(conv: &Conv, patches: &Patches) -> Option<Self> {
        let suits = conv.kernel == 3
            && conv.stride == 1
            && [conv.in_channels, conv.out_channels].iter().all(|c| c.is_multiple_of(LANES));
        let tiles = patches.grid.map(|n| n.div_ceil(TILE));
        suits.then_some(Self {
            x: Side { image: patches.image, channels: conv.in_channels, tiles, padding: patches.padding },
            y: Side { image: patches.grid, channels: conv.out_channels, tiles, padding: 0 },
            activation: conv.activation,
        })
    }

    /// As [`Conv::forward`].
    pub(crate) fn forward(&self, x: &[f32], weights: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        let factors = self.factors(weights, Order::InputsFirst);
        let items = part(x.len() / self.x.len());
        let parts = x.par_chunks(items * self.x.len()).zip(y.par_chunks_mut(items * self.y.len()));
        parts.for_each(|(x, y)| {
            for lines in self.groups(x.len() / self.x.len()) {
                let tiles = lines.len() * self.x.tiles[1];
                let (mut left, mut products) = (self.x.room(tiles), self.y.room(tiles));
                vectorised(|| self.x.read(x, &lines, &mut left));
                for place in 0..PRODUCTS {
                    let to = self.y.matrix_mut(&mut products, tiles, place);
                    let factor = self.factor(&factors, place);
                    gemm(
                        to,
                        self.x.matrix(&left, tiles, place),
                        Matrix::new(factor, self.y.channels),
                        Into::Set,
                    );
                }
                vectorised(|| self.y.write_outputs(&products, &lines, y));
            }
            self.activation.apply(y, bias);
        });
    }

    /// As [`Conv::backward`].
    pub(crate) fn backward(
        &self,
        x: &[f32],
        weights: &[f32],
        [y, dy]: [&[f32]; 2],
        gradients: Gradients<'_>,
    ) {
        check("the gradient of the weight", gradients.weight, weights.len());
        let factors = self.factors(weights, Order::OutputsFirst);
        let lens = [self.x.len(), self.y.len()];
        let items = part(x.len() / self.x.len());
        let whole = Part { x, y, dy, dx: gradients.input };
        let work = |part: &mut Part<'_>| self.backward_part(part.borrow(), &factors);
        let total = sum(&mut whole.split(items, lens), &work, &merge);
        let total = total.unwrap_or_else(|| Scratch::zeros(factors.len() + self.y.channels));
        let (d_factors, d_bias) = total.split_at(factors.len());
        for (kernel, g) in gradients.weight.chunks_exact_mut(9).enumerate() {
            let (output, input) = (kernel / self.x.channels, kernel % self.x.channels);
            let at = |i, j| d_factors[self.at(i * SPAN + j, input * self.y.channels + output)];
            weight_adjoint(&std::array::from_fn(|i| std::array::from_fn(|j| at(i, j))), g);
        }
        if let Some(bias) = gradients.bias {
            check("the gradient of the bias", bias, d_bias.len());
            bias.copy_from_slice(d_bias);
        }
    }

    /// Gradients of the factors (`[36, in, out]`) and the bias from some items; writes those of the input.
    fn backward_part(&self, mut part: Part<'_>, factors: &[f32]) -> Scratch {
        let mut total = Scratch::zeros(factors.len() + self.y.channels);
        let (d_factors, d_bias) = total.split_at_mut(factors.len());
        let before = part.before(self.activation);
        add_rows(d_bias, &before);
        if let Some(dx) = &mut part.dx {
            dx.fill(0.0);
        }
        for lines in self.groups(part.x.len() / self.x.len()) {
            let tiles = lines.len() * self.x.tiles[1];
            let (mut left, mut d_products) = (self.x.room(tiles), self.y.room(tiles));
            vectorised(|| self.x.read(part.x, &lines, &mut left));
            vectorised(|| self.y.read_outputs(&before, &lines, &mut d_products));
            for place in 0..PRODUCTS {
                let d_product = self.y.matrix(&d_products, tiles, place);
                let d_factor = &mut d_factors[self.at(place, 0)..self.at(place + 1, 0)];
                gemm(d_factor, self.x.matrix(&left, tiles, place).t(), d_product, Into::Add);
                if part.dx.is_some() {
                    let factor = Matrix::new(self.factor(factors, place), self.x.channels);
                    gemm(self.x.matrix_mut(&mut left, tiles, place), d_product, factor, Into::Set);
                }
            }
            if let Some(dx) = &mut part.dx {
                vectorised(|| self.x.add(&left, &lines, dx));
            }
        }
        total
    }

    /// Ranges of lines of tiles, of which `items` pictures have so many each, to be laid out at once.
    fn groups(&self, items: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
        let [down, across] = self.x.tiles;
        let tiles = (LAID_OUT / (PRODUCTS * (self.x.channels + self.y.channels))).max(TILES);
        crate::partition::ranges(items * down, tiles.div_ceil(across))
    }

    /// The transformed weights: of each of 36 places a matrix.
    fn factors(&self, weights: &[f32], order: Order) -> Scratch {
        let mut factors = Scratch::dirty(self.at(PRODUCTS, 0));
        for (kernel, g) in weights.chunks_exact(9).enumerate() {
            let (output, input) = (kernel / self.x.channels, kernel % self.x.channels);
            let at = match order {
                Order::InputsFirst => input * self.y.channels + output,
                Order::OutputsFirst => kernel,
            };
            for (place, &factor) in weight(g).iter().flatten().enumerate() {
                factors[self.at(place, at)] = factor;
            }
        }
        factors
    }

    fn factor<'a>(&self, factors: &'a [f32], place: usize) -> &'a [f32] {
        &factors[self.at(place, 0)..self.at(place + 1, 0)]
    }

    /// Where number `i` of the matrix at `place` is.
    fn at(&self, place: usize, i: usize) -> usize {
        place * self.x.channels * self.y.channels + i
    }
}

/// How the matrices of transformed weights lie.
enum Order {
    /// `[in, out]`.
    InputsFirst,
    /// `[out, in]`.
    OutputsFirst,
}
