//! Layers, initialisation and training, in PyTorch's conventions.

mod activation;
pub mod autoencoder;
mod descent;
mod dual;
pub mod elite_network;
mod init;
mod items;
mod layers;
mod norm;
mod optimizer;
mod readback;
mod state;
pub mod subspace_autoencoder;
mod train;
pub mod wide_resnet;

pub use activation::Activation;
pub use descent::{Descent, Direction};
pub use dual::Dual;
pub(crate) use init::within;
pub use init::{Init, Initializer};
pub use items::{Items, numbers};
pub use layers::{Conv, ConvTranspose, Linear};
pub use norm::BatchNorm;
pub use optimizer::Adam;
pub use readback::Readback;
pub use state::{load_state, store_state};
pub use train::{Batch, Loss, Schedule, diverged, scalar, train};
