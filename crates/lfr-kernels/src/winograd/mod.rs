//! Convolutions by minimal filtering, F(4x4, 3x3): 36 products of matrices in place of 144 multiplications an output
//! tile and channel pair (Winograd 1980; Lavin and Gray 2016). A 5x5 kernel of stride 2, transposed or not, is a 3x3
//! kernel of stride 1 between a picture and the four phases of one twice as large: 144 in place of 400. The backward
//! pass is the adjoint of each of the linear maps, so it saves as much. Results differ from the direct sum by some
//! 1e-6 of the largest, see the tests.

mod kernels;
mod planes;
mod tiles;
mod transform;

use std::ops::Range;

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::conv::Conv;
use crate::conv_transpose::ConvTranspose;
use crate::gradients::{Gradients, Part, add_rows, merge};
use crate::partition::{part, sum};
use crate::patches::Images;
use crate::product::{Into, Matrix, gemm};
use crate::scratch::Scratch;
use crate::simd::add_all;

use kernels::{Kernels, Order};
use planes::Planes;
use tiles::Side;
use transform::SPAN;

/// Products of matrices a tile.
const PRODUCTS: usize = SPAN * SPAN;
/// Numbers of transformed tiles laid out at once, which should fit the second-level cache.
const LAID_OUT: usize = 1 << 18;
/// Numbers of transformed tiles kept at once in the backward pass, 16 MiB.
const KEPT: usize = 1 << 22;
/// Fewest tiles for which a product of matrices is fast.
const TILES: usize = 32;

/// A layer that minimal filtering suits.
pub(crate) struct Winograd {
    kernels: Kernels,
    /// Where tiles read.
    x: Side,
    /// Where tiles write.
    y: Side,
    activation: Activation,
}

impl Winograd {
    /// The plan for a convolution, if kernel and stride suit it and channels are whole lanes.
    pub(crate) fn of(conv: &Conv, images: Images) -> Option<Self> {
        let channels = [conv.in_channels, conv.out_channels];
        let kernels = Kernels { kernel: conv.kernel, channels, stride: conv.stride, transposed: false };
        let sizes = [[images.height, images.width], conv.output_size(images)];
        Self::new(kernels, sizes, conv.padding, conv.activation)
    }

    /// The same for a transposed convolution.
    pub(crate) fn of_transposed(conv: &ConvTranspose, images: Images) -> Option<Self> {
        let channels = [conv.in_channels, conv.out_channels];
        let kernels = Kernels { kernel: conv.kernel, channels, stride: conv.stride, transposed: true };
        let sizes = [[images.height, images.width], conv.output_size(images)];
        Self::new(kernels, sizes, conv.padding, conv.activation)
    }

    fn new(kernels: Kernels, sizes: [[usize; 2]; 2], padding: usize, activation: Activation) -> Option<Self> {
        let [x, y] = kernels.suits().then(|| kernels.sides(sizes, padding))??;
        Some(Self { kernels, x, y, activation })
    }

    /// As [`Conv::forward`].
    pub(crate) fn forward(&self, x: &[f32], weights: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        let factors = self.kernels.factors(weights, Order::InputsFirst);
        let items = part(x.len() / self.x.len());
        let parts = x.par_chunks(items * self.x.len()).zip(y.par_chunks_mut(items * self.y.len()));
        parts.for_each(|(x, y)| {
            for lines in self.groups(x.len() / self.x.len()) {
                let tiles = lines.len() * self.x.tiles[1];
                let (mut left, mut products) = (self.x.room(tiles), self.y.room(tiles));
                let mut planes = self.x.planes(&mut left, tiles);
                self.x.read(x, &lines, &mut planes);
                let mut products = self.y.planes(&mut products, tiles);
                for place in 0..PRODUCTS {
                    let factor = Matrix::new(self.kernels.matrix(&factors, place), self.y.depth());
                    let left = Matrix::new(planes.plane(place), self.x.depth());
                    gemm(products.plane_mut(place), left, factor, Into::Set);
                }
                self.y.write_outputs(&products, &lines, y);
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
        let factors = self.kernels.factors(weights, Order::OutputsFirst);
        let (mut d_factors, mut d_bias) = (Scratch::zeros(factors.len()), Scratch::zeros(self.y.channels()));
        let whole = Part { x, y, dy, dx: gradients.input };
        for batch in whole.split(self.batch(), [self.x.len(), self.y.len()]) {
            self.backward_batch(batch, &factors, &mut d_factors, &mut d_bias);
        }
        self.kernels.weights(&d_factors, gradients.weight);
        if let Some(bias) = gradients.bias {
            check("the gradient of the bias", bias, d_bias.len());
            bias.copy_from_slice(&d_bias);
        }
    }

    /// Adds the gradients of the factors (36 times `[in, out]`) and the bias from some items; writes those of the input.
    fn backward_batch(&self, batch: Part<'_>, factors: &[f32], d_factors: &mut [f32], d_bias: &mut [f32]) {
        let items = batch.x.len() / self.x.len();
        let (step, tiles) = (part(items), items * self.tiles());
        let (mut left, mut d_products) = (self.x.room(tiles), self.y.room(tiles));
        let shares = |side: &Side| step * self.tiles() * side.depth();
        let parts = batch.split(step, [self.x.len(), self.y.len()]).into_iter();
        let parts = parts.zip(self.x.planes(&mut left, tiles).split(shares(&self.x)));
        let parts = parts.zip(self.y.planes(&mut d_products, tiles).split(shares(&self.y)));
        let work = |((part, left), d_products): &mut ((Part<'_>, Planes<'_>), Planes<'_>)| {
            self.backward_part(part.borrow(), factors, left, d_products)
        };
        if let Some(of_items) = sum(&mut parts.collect::<Vec<_>>(), &work, &merge) {
            add_all(d_bias, &of_items);
        }
        let to = d_factors.par_chunks_exact_mut(self.kernels.len()).enumerate();
        to.for_each(|(place, to)| {
            let left = self.x.matrix(&left, tiles, place);
            gemm(to, left.t(), self.y.matrix(&d_products, tiles, place), Into::Add);
        });
    }

    /// The gradient of the bias from some items; lays out what that of the factors needs, and writes that of the input.
    fn backward_part(
        &self,
        mut part: Part<'_>,
        factors: &[f32],
        left: &mut Planes<'_>,
        d_products: &mut Planes<'_>,
    ) -> Scratch {
        let before = part.before(self.activation);
        let mut d_bias = Scratch::zeros(self.y.channels());
        add_rows(&mut d_bias, &before);
        if let Some(dx) = &mut part.dx {
            dx.fill(0.0);
        }
        for lines in self.groups(part.x.len() / self.x.len()) {
            let [of_x, of_y] = [&self.x, &self.y].map(|side| {
                let line = self.x.tiles[1] * side.depth();
                lines.start * line..lines.end * line
            });
            self.x.read(part.x, &lines, &mut left.at(of_x));
            let mut d_products = d_products.at(of_y);
            self.y.read_outputs(&before, &lines, &mut d_products);
            if let Some(dx) = &mut part.dx {
                self.backward_input(&d_products, factors, &lines, dx);
            }
        }
        d_bias
    }

    /// Adds to the gradient of the input what `lines` of tiles give.
    fn backward_input(&self, d_products: &Planes<'_>, factors: &[f32], lines: &Range<usize>, dx: &mut [f32]) {
        let tiles = lines.len() * self.x.tiles[1];
        let mut room = self.x.room(tiles);
        let mut d_left = self.x.planes(&mut room, tiles);
        for place in 0..PRODUCTS {
            let factor = Matrix::new(self.kernels.matrix(factors, place), self.x.depth());
            let d_product = Matrix::new(d_products.plane(place), self.y.depth());
            gemm(d_left.plane_mut(place), d_product, factor, Into::Set);
        }
        self.x.add(&d_left, lines, dx);
    }

    /// Tiles of a picture.
    fn tiles(&self) -> usize {
        self.x.tiles[0] * self.x.tiles[1]
    }

    /// Items whose tiles are all laid out at once in the backward pass, so that the products over tiles are long.
    fn batch(&self) -> usize {
        (KEPT / (PRODUCTS * (self.x.depth() + self.y.depth()) * self.tiles())).max(1)
    }

    /// Ranges of lines of tiles, of which `items` pictures have so many each, to be laid out at once.
    fn groups(&self, items: usize) -> impl Iterator<Item = Range<usize>> {
        let [down, across] = self.x.tiles;
        let tiles = (LAID_OUT / (PRODUCTS * (self.x.depth() + self.y.depth()))).max(TILES);
        crate::partition::ranges(items * down, tiles.div_ceil(across))
    }
}
