//! Latent feature reconstruction as a plug-in (Lin et al. 2023, section 3).
//!
//! A [`Backbone`] maps items to a latent z and scores them from a latent; a [`LatentLayer`] reconstructs the
//! latent, z' = AᵀAz, and asks a penalty for doing so badly. [`Plugged`] composes the two: which of z and z'
//! the backbone is fed in training and in scoring makes the four variants of Eq. 12. AE-LFR is trained on z and
//! scored on z'; with [`Identity`] the same code is the plain backbone.

mod backbone;
mod layer;
mod lfr;
mod marked;
#[cfg(test)]
mod parity;
mod plugged;
mod split;

pub use backbone::{AutoencoderBackbone, Backbone, TaskLoss};
pub use layer::{Identity, LatentLayer, Marking};
pub use lfr::{Lfr, LfrConfig, Orthogonality};
pub(crate) use marked::MarkedLoss;
pub use plugged::{Fed, Plugged};
pub use split::split_loss;
