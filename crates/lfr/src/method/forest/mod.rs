//! Methods that score by random trees.

pub mod isolation_forest;
mod tree;
