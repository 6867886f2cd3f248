//! Two-dimensional convolution.

use rayon::prelude::*;

use crate::activation::Activation;
use crate::check;
use crate::gradients::{Gradients, Part, add_rows, merge, write};
use crate::partition::{part, sum};
use crate::patches::{Images, Patches};
use crate::product::{Into, Matrix, Packed, gemm, gemm_packed};
use crate::scratch::Scratch;
use crate::weights::{inner_last, outer_last};
use crate::winograd::Winograd;

/// Numbers of patches laid out at once; with the weights they should fit the second-level cache.
const LAID_OUT: usize = 1 << 17;

/// `y = act(conv(x, weight) + bias)` with a square kernel, as PyTorch's `conv2d` with dilation 1 and one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Conv {
    /// Channels of `x`.
    pub in_channels: usize,
    /// Channels of `y`.
    pub out_channels: usize,
    /// Height and width of the kernel.
    pub kernel: usize,
    /// Pixels from one patch to the next.
    pub stride: usize,
    /// Zeros added at each side.
    pub padding: usize,
    /// Applied to each output.
    pub activation: Activation,
}

impl Conv {
    /// Height and width of `y`.
    ///
    /// # Panics
    /// If the kernel is larger than the padded image, or a size is 0.
    pub fn output_size(&self, images: Images) -> [usize; 2] {
        assert!(
            self.in_channels * self.out_channels * self.kernel * self.stride > 0,
            "a size of {self:?} is 0"
        );
        [images.height, images.width].map(|n| {
            let padded = n + 2 * self.padding;
            assert!(n > 0 && padded >= self.kernel, "kernel of {self:?} on {images:?}");
            (padded - self.kernel) / self.stride + 1
        })
    }

    /// Computes `y` (`[items, oh, ow, out]`) from `x` (`[items, h, w, in]`), `weight` (`[out, in, kernel, kernel]`) and
    /// `bias` (`[out]`).
    ///
    /// # Panics
    /// If a length does not fit.
    pub fn forward(&self, images: Images, x: &[f32], weight: &[f32], bias: Option<&[f32]>, y: &mut [f32]) {
        let patches = self.patches(images);
        let (x_len, y_len) = self.check(images, &patches, x, weight);
        check("y", y, images.items * y_len);
        bias.inspect(|bias| check("bias", bias, self.out_channels));
        if let Some(winograd) = Winograd::of(self, images) {
            return winograd.forward(x, weight, bias, y);
        }
        let mut packed = Scratch::dirty(weight.len());
        outer_last(weight, self.weight_sizes(), &mut packed);
        let packed = Packed::new(Matrix::new(&packed, self.out_channels));
        let step = part(images.items);
        x.par_chunks(step * x_len).zip(y.par_chunks_mut(step * y_len)).for_each(|(x, y)| {
            let group = group(&patches);
            for (x, y) in x.chunks(group * x_len).zip(y.chunks_mut(group * y_len)) {
                with_rows(&patches, x, |rows| {
                    gemm_packed(y, Matrix::new(rows, patches.len()), &packed, Into::Set);
                });
                self.activation.apply(y, bias);
            }
        });
    }

    /// Computes the gradients from those of the output, `dy`. `y` is what [`Conv::forward`] gave; with
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
        let (x_len, y_len) = self.check(images, &patches, x, weight);
        check("dy", dy, images.items * y_len);
        if let Some(winograd) = Winograd::of(self, images) {
            return winograd.backward(x, weight, [y, dy], gradients);
        }
        let mut packed = Scratch::dirty(weight.len());
        inner_last(weight, self.weight_sizes(), &mut packed);
        let packed = Packed::new(Matrix::new(&packed, patches.len()));
        let lens = [x_len, y_len];
        let whole = Part { x, y, dy, dx: gradients.input };
        let work = |part: &mut Part<'_>| {
            let mut total = Scratch::zeros(weight.len() + self.out_channels);
            let (d_weight, d_bias) = total.split_at_mut(weight.len());
            for part in part.borrow().split(group(&patches), lens) {
                let before = part.before(self.activation);
                let d_before = Matrix::new(&before, self.out_channels);
                with_rows(&patches, part.x, |rows| {
                    gemm(d_weight, Matrix::new(rows, patches.len()).t(), d_before, Into::Add);
                });
                add_rows(d_bias, &before);
                if let Some(dx) = part.dx {
                    scatter_product(&patches, d_before, &packed, dx);
                }
            }
            total
        };
        let total = sum(&mut whole.split(part(images.items), lens), &work, &merge);
        write(total, self.weight_sizes(), gradients.weight, gradients.bias);
    }

    fn weight_sizes(&self) -> [usize; 3] {
        [self.out_channels, self.in_channels, self.kernel * self.kernel]
    }

    fn patches(&self, images: Images) -> Patches {
        Patches {
            image: [images.height, images.width],
            channels: self.in_channels,
            grid: self.output_size(images),
            kernel: self.kernel,
            stride: self.stride,
            padding: self.padding,
        }
    }

    /// Numbers of one input and of one output.
    fn check(&self, images: Images, patches: &Patches, x: &[f32], weight: &[f32]) -> (usize, usize) {
        check("x", x, images.items * patches.image_len());
        check("weight", weight, self.weight_sizes().iter().product());
        (patches.image_len(), patches.count() * self.out_channels)
    }
}

/// Images whose patches are laid out at once.
pub(crate) fn group(patches: &Patches) -> usize {
    (LAID_OUT / (patches.count() * patches.len())).max(1)
}

/// Calls `f` with the patches of `images`, which for 1x1 kernels are the images themselves.
pub(crate) fn with_rows(patches: &Patches, images: &[f32], f: impl FnOnce(&[f32])) {
    if patches.are_pixels() {
        return f(images);
    }
    let items = images.len() / patches.image_len();
    let mut rows = Scratch::dirty(items * patches.count() * patches.len());
    patches.gather(images, &mut rows);
    f(&rows);
}

/// `images` = the sum of the patches `a b`.
pub(crate) fn scatter_product(patches: &Patches, a: Matrix<'_>, b: &Packed, images: &mut [f32]) {
    if patches.are_pixels() {
        return gemm_packed(images, a, b, Into::Set);
    }
    let items = images.len() / patches.image_len();
    let mut rows = Scratch::dirty(items * patches.count() * patches.len());
    gemm_packed(&mut rows, a, b, Into::Set);
    images.fill(0.0);
    patches.scatter(&rows, images);
}
