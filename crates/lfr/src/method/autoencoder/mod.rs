//! Methods that score by what an autoencoder does with an item.

pub mod ae;
pub mod ae_lfr;
pub mod drae;
mod reconstruction;
pub mod rsrae;

pub use reconstruction::Reconstructor;
pub(super) use reconstruction::map_batches;
