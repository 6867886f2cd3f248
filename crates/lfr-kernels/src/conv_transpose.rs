//! Two-dimensional transposed convolution: the convolution's backward pass as a forward pass.

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::conv::{group, scatter_product, with_rows};
use crate::gradients::{Gradients, Part, add_rows, merge, write};
use crate::partition::{part, sum};
use crate::patches::{Images, Patches};
use crate::product::{Into, Matrix, Packed, gemm, gemm_packed};
use crate::scratch::Scratch;
use crate::weights::{inner_last, outer_last};
use crate::winograd::Winograd;

/// `y = act(conv_transpose(x, weight) + bias)` with a square kernel, as PyTorch's `conv_transpose2d` with dilation 1
/// and one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConvTranspose {
    /// Channels of `x`.
    pub in_channels: usize,
    /// Channels of `y`.
    pub out_channels: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
    /// Pixels of `y` from one patch to the next.
    pub stride: usize,
    /// Pixels cut off at each side of `y`.
    pub padding: usize,
    /// Pixels added at the bottom and at the right of `y`, fewer than `stride`.
    pub output_padding: usize,
    /// Applied to each output.
    pub activation: Activation,
}

impl ConvTranspose {
    /// Height and width of `y`.
    ///
    /// # Panics
    /// If nothing of `y` is left, or a size is 0.
    pub fn output_size(&self, images: Images) -> [usize; 2] {
        assert!(
            self.in_channels * self.out_channels * self.kernel * self.stride > 0,
            "a size of {self:?} is 0"
        );
        assert!(self.output_padding < self.stride, "output padding of {self:?}");
        [images.height, images.width].map(|n| {
            let whole = n.saturating_sub(1) * self.stride + self.kernel + self.output_padding;
            assert!(n > 0 && whole > 2 * self.padding, "padding of {self:?} on {images:?}");
            whole - 2 * self.padding
        })
    }

    /// Computes `y` (`[items, oh, ow, out]`) from `x` (`[items, h, w, in]`), `weight` (`[in, out, kernel, kernel]`) and
    /// `bias` (`[out]`).
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn forward(&self, images: Images, x: &[f32], weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        let patches = self.patches(images);
        let x_len = self.check(images, x, weight);
        check("y", y, images.items * patches.image_len());
        bias.inspect(|bias| check("bias", bias, self.out_channels));
        if let Some(winograd) = Winograd::of_transposed(self, images) {
            return winograd.forward(x, weight, bias, y);
        }
        let mut packed = Scratch::dirty(weight.len());
        inner_last(weight, self.weight_sizes(), &mut packed);
        let packed = Packed::new(Matrix::new(&packed, patches.len()));
        let (step, y_len) = (part(images.items), patches.image_len());
        x.par_chunks(step * x_len).zip(y.par_chunks_mut(step * y_len)).for_each(|(x, y)| {
            let group = group(&patches);
            for (x, y) in x.chunks(group * x_len).zip(y.chunks_mut(group * y_len)) {
                let x = Matrix::new(x, self.in_channels);
                scatter_product(&patches, x, &packed, y);
                self.activation.apply(y, bias);
            }
        });
    }

    /// Computes the gradients from those of the output, `dy`. `y` is what [`ConvTranspose::forward`] gave; with
    /// [`Activation::None`] it may be empty.
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn backward(
        &self,
        images: Images,
        x: &[f32],
        weight: &[f32],
        [y, dy]: [&[f32]; 2],
        gradients: Gradients<'_>,
    ) {
        let patches = self.patches(images);
        let (x_len, y_len) = (self.check(images, x, weight), patches.image_len());
        check("dy", dy, images.items * y_len);
        if let Some(winograd) = Winograd::of_transposed(self, images) {
            return winograd.backward(x, weight, [y, dy], gradients);
        }
        let mut packed = Scratch::dirty(weight.len());
        outer_last(weight, self.weight_sizes(), &mut packed);
        let packed = Packed::new(Matrix::new(&packed, self.in_channels));
        let lens = [x_len, y_len];
        let whole = Part { x, y, dy, dx: gradients.input };
        let work = |part: &mut Part<'_>| {
            let mut total = Scratch::zeros(weight.len() + self.out_channels);
            let (d_weight, d_bias) = total.split_at_mut(weight.len());
            for part in part.borrow().split(group(&patches), lens) {
                let before = part.before(self.activation);
                add_rows(d_bias, &before);
                with_rows(&patches, &before, |rows| {
                    let rows = Matrix::new(rows, patches.len());
                    gemm(d_weight, rows.t(), Matrix::new(part.x, self.in_channels), Into::Add);
                    if let Some(dx) = part.dx {
                        gemm_packed(dx, rows, &packed, Into::Set);
                    }
                });
            }
            total
        };
        let total = sum(&mut whole.split(part(images.items), lens), &work, &merge);
        write(total, self.weight_sizes(), gradients.weight, gradients.bias);
    }

    fn weight_sizes(&self) -> [usize; 3] {
        [self.in_channels, self.out_channels, self.kernel * self.kernel]
    }

    /// Patches of the output, one for each pixel of the input.
    fn patches(&self, images: Images) -> Patches {
        Patches {
            image: self.output_size(images),
            channels: self.out_channels,
            grid: [images.height, images.width],
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
        }
    }

    /// Numbers of one input.
    fn check(&self, images: Images, x: &[f32], weight: &[f32]) -> usize {
        let len = images.pixels() * self.in_channels;
        check("x", x, images.items * len);
        check("weight", weight, self.weight_sizes().iter().product());
        len
    }
}
