//! Methods that score by random trees.

pub mod isolation_forest;
mod tree;

pub(crate) use tree::mean_depth;
