//! Layers, initialisation and optimisers, in PyTorch's conventions.

mod activation;
pub mod autoencoder;
mod batch_norm;
pub mod elite_network;
mod forward_mode;
mod gradient_descent;
mod init;
mod items;
mod layers;
mod norms;
mod optimizer;
mod readback;
mod rows;
mod state;
pub mod subspace_autoencoder;
pub mod vector_network;
pub mod wide_resnet;

pub use activation::Activation;
pub use batch_norm::BatchNorm;
pub use forward_mode::Dual;
pub use gradient_descent::{Direction, GradientDescent};
pub(crate) use init::within;
pub use init::{Init, Initializer};
pub use items::{Items, numbers};
pub use layers::{Conv, ConvTranspose, Linear};
pub(crate) use norms::{norms, root};
pub use optimizer::Adam;
pub use readback::{Readback, scalar};
pub use rows::{Batch, Rows};
pub(crate) use state::{identified, identities, is_finite};
pub use state::{load_state, store_state};
