//! CPU kernels for convolutional autoencoders and wide residual networks, forward and backward, in f32.
//!
//! * Activations are **channels-last**: `[items, height, width, channels]`, flat and contiguous.
//! * Weights have PyTorch's layouts: `[out, in, kh, kw]` for convolutions, `[in, out, kh, kw]` for transposed ones,
//!   `[out, in]` for dense layers.
//! * Work is cut into parts that depend on the shapes alone, run on rayon's current pool and summed in a fixed order:
//!   results do not depend on the number of threads.
//! * Loops use AVX-512, AVX2 with FMA, or NEON where the processor has them, chosen at run time.
//!
//! The functions panic, saying which argument, when a slice's length does not fit the shapes: that is an error in the
//! calling program, never in a user's data.

#![warn(clippy::undocumented_unsafe_blocks)]

mod activation;
mod addition;
mod average;
mod batch_norm;
mod conv;
mod conv_transpose;
mod gradients;
mod layout;
mod lfr;
mod linear;
#[cfg(feature = "burn")]
pub mod ops;
mod optimizer;
mod pages;
mod partition;
mod patches;
mod product;
mod reconstruction;
mod scratch;
mod simd;
mod sparse;
mod sparse_errors;
mod tile;
mod weights;
mod winograd;

pub use activation::{Activation, tanh};
pub use addition::add;
pub use average::{average, average_gradient};
pub use batch_norm::{BatchNorm, BatchNormGradients, Statistics, Taken};
pub use conv::Conv;
pub use conv_transpose::ConvTranspose;
pub use gradients::Gradients;
pub use layout::transpose;
pub use lfr::{Latents, Lfr, LfrGradients, Penalties};
pub use linear::Linear;
pub use optimizer::Adam;
pub use pages::keep_pages;
pub use patches::Images;
pub use reconstruction::{distances, distances_gradient, squared_errors, squared_errors_gradient};
pub use sparse::{RowGradient, SparseLinear, SparseRows};
pub use sparse_errors::{Outputs, SparseErrors};

/// Stops a call whose slice does not fit its shapes.
fn check(argument: &str, got: &[f32], want: usize) {
    assert_eq!(got.len(), want, "length of {argument}");
}
