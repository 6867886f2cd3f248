//! Layers, initialisation and training, in PyTorch's conventions.

mod activation;
pub mod autoencoder;
pub mod elite_network;
mod forward_mode;
mod gradient_descent;
mod init;
mod items;
mod keeper;
mod layers;
mod norm;
mod optimizer;
mod readback;
mod rows;
mod state;
pub mod subspace_autoencoder;
mod tally;
mod train;
pub mod wide_resnet;

pub use activation::Activation;
pub use forward_mode::Dual;
pub use gradient_descent::{Direction, GradientDescent};
pub(crate) use init::within;
pub use init::{Init, Initializer};
pub use items::{Items, numbers};
pub use layers::{Conv, ConvTranspose, Linear};
pub use norm::BatchNorm;
pub use optimizer::Adam;
pub use readback::Readback;
pub use rows::Rows;
pub use state::{load_state, store_state};
pub use train::{AdamStep, Batch, Loss, Schedule, Step, diverged, scalar, train};
